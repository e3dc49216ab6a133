"""Orders of people of many walks: their tables, their kin, their dialect, and what they tell beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.nlu.test_corpus import complete

DATA = Path(__file__).parents[2] / "data"

ORDERED = {
    "房间\t手机\t话费\n201\t13989907731\t30\n305\t18189906625\t100": [
        ("topup-30", 1, "13989907731", None),
        ("topup-100", 1, "18189906625", None),
    ],
    "手机\t话费\t宿舍\n13989907731\t30\t100\n18189906625\t100\t50": [
        ("topup-30", 1, "13989907731", None),
        ("topup-100", 1, "18189906625", None),
    ],
    "413寝的话费：\n老大 50 18326614907\n老二 30 15256901138": [
        ("topup-50", 1, "18326614907", None),
        ("topup-30", 1, "15256901138", None),
    ],
    "京东卡两张1000的，卡密直接发我；steam国区200走起": [
        ("jd-ecard-1000", 2, None, None),
        ("steam-cn-200", 1, None, None),
    ],
    "京东卡100一张，直接来200的": [("jd-ecard-200", 1, None, None)],
}
ASKED: dict[str, dict[str, Any]] = {
    "绿钻一年的多儿钱": {"intent": "price"},
    "领导让先询个价，不急着买：\n京东E卡200 15张\n星巴克50 15张": {"intent": "price"},
    "给我老头子充50话费": {"intent": "order", "contact": "老头子", "missing": ["account"]},
    "网易点卡跟骏卡，哪个折扣大": {"intent": "search", "sort": "discount"},
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_an_order_is_whole(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    lines = [(line["sku"], line["quantity"], line["account"], line["region"]) for line in frame["lines"]]
    assert (lines, complete(frame)) == (ORDERED[text], True)


@pytest.mark.parametrize("text", ASKED)
def test_what_is_no_whole_order(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert {key: frame[key] for key in ASKED[text]} == ASKED[text]
    assert not complete(frame)
