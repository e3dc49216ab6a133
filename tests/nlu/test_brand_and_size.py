"""Short names in front of a size, and what the goods are behind one: 知乎半年, 肯德基50券."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ["肯德基50券 15622047718", "肯德基代金券50 15622047718"])
def test_what_the_goods_are_is_no_unit_of_what_is_sold_by_money(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [line["sku"] for line in frame["lines"]] == ["kfc-50"]
    assert not frame["missing"]


@pytest.mark.parametrize(
    ("text", "product"), [("知乎半年 13014478265", "zhihu"), ("芒果 半年 13014478265", "mgtv")]
)
def test_a_short_name_in_front_of_a_period_is_believed(framer: Framer, text: str, product: str) -> None:
    frame = framer.frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]
    assert [line["product"] for line in frame["lines"]] == [product]
