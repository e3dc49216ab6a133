"""A reason beside a change changes nothing of it: 改100吧 工资就剩300了, 2张就够了，另外俩人自己买."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
CREDIT = LineInHand(product_id="topup", sku_id="topup-200", account="13800138000")
CARDS = LineInHand(product_id="tmall-card", sku_id="tmall-card-50", quantity=4)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text",
    [
        "改100吧 这个月工资就剩300了还要交房租",
        "改成100，兜里就剩150了",
        "换100的，卡里只有180块",
        "算了换100的吧 生活费只剩两百了",
        "改成100，我还要上班快点",
    ],
)
def test_what_somebody_has_left_is_no_size(parser: Parser, text: str) -> None:
    understood = parser.understand(text, Expectation(lines=(CREDIT,), quoted=True))
    (line,) = understood.lines
    assert line.sku is not None
    assert line.sku.value == "topup-100"
    assert not understood.adds


@pytest.mark.parametrize("text", ["2张就够了,群里另外俩人说自己买", "2张就够了 别人自己买"])
def test_what_others_do_is_no_wish(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, Expectation(lines=(CARDS,), quoted=True)).lines
    assert line.quantity is not None
    assert line.quantity.value == 2


def test_what_comes_on_top_does(parser: Parser) -> None:
    asked = Expectation(lines=(CREDIT,), quoted=True)
    assert parser.understand("13812345678也要50的", asked).adds
    assert parser.understand("13812345678 也要", asked).adds


@pytest.mark.parametrize(
    ("text", "sku"),
    [("充50话费13812345678，兜里就剩60了", "topup-50"), ("话费余额剩50，给13812345678充100", "topup-100")],
)
def test_so_it_is_beside_an_order(parser: Parser, text: str, sku: str) -> None:
    (line,) = parser.understand(text).lines
    assert line.sku is not None
    assert line.sku.value == sku
