"""One word names the other tier, or the sibling, of what lies in hand: 换成家庭版, VIP改SVIP."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
PERSONAL = LineInHand(product_id="m365", sku_id="m365-personal-1y", account="lin@163.com")
VIDEO = LineInHand(product_id="tencent-video", sku_id="tencent-video-1m", account="13800138000")
ORDERED = Expectation(lines=(PERSONAL,), quoted=True)
WATCHED = Expectation(lines=(VIDEO,), quoted=True)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text", ["换成家庭版", "还是家庭版吧", "要不家庭版吧 一家人都能用", "个人版改家庭版", "家庭版"]
)
def test_the_other_tier_is_wanted(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, ORDERED).lines
    assert line.sku is not None
    assert line.sku.value == "m365-family-1y"


@pytest.mark.parametrize(
    "text",
    ["换成SVIP", "VIP改SVIP", "直接换超级影视月卡吧", "升级成超级会员", "要svip的吧", "还是超级影视吧"],
)
def test_the_sibling_is_wanted(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, WATCHED).lines
    assert line.product is not None
    assert line.product.value == "tencent-svip"


@pytest.mark.parametrize("text", ["换成会员", "家庭版几个人用", "SVIP多少钱", "换成专业版", "不要SVIP"])
@pytest.mark.parametrize("asked", [ORDERED, WATCHED])
def test_else_nothing_is_changed(parser: Parser, text: str, asked: Expectation) -> None:
    lines = parser.understand(text, asked).lines
    assert all(line.product is None and line.sku is None for line in lines)
