"""How many more, and what stands beside a change: 再多两张 on top of three are five, and not two."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
CARDS = Expectation(
    lines=(LineInHand(product_id="jd-ecard", sku_id="jd-ecard-100", quantity=3),), quoted=True, open_orders=1
)
PHONES = Expectation(
    lines=tuple(
        LineInHand(product_id="topup", sku_id="topup-100", account=account, quantity=1)
        for account in ("13890247716", "15185530249", "18068142735")
    ),
    quoted=True,
    open_orders=1,
)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("再多两张", 2),
        ("多两张", 2),
        ("那就多两张吧", 2),
        ("再两张", 2),
        ("再补两张", 2),
        ("再整两张", 2),
        ("再给我整两张", 2),
        ("再多两张 一共5张", 2),
        ("再多来两张，总共5张", 2),
        ("下多了一张", -1),
    ],
)
def test_so_many_come_on_top_or_go(parser: Parser, text: str, change: int) -> None:
    (line,) = parser.understand(text, CARDS).lines
    assert (line.quantity, line.quantity_change) == (None, change)


@pytest.mark.parametrize("text", ["改两张", "再改两张", "2张就够了"])
def test_so_many_there_are(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, CARDS).lines
    assert line.quantity is not None
    assert (line.quantity.value, line.quantity_change) == (2, None)


def test_a_sum_that_is_none_is_asked_about(parser: Parser) -> None:
    assert parser.understand("再多两张 一共6张", CARDS).lines == ()


@pytest.mark.parametrize("text", ["都改成50 预算不够", "都换成50 这个月紧张"])
def test_a_reason_beside_it_hides_no_change(parser: Parser, text: str) -> None:
    understood = parser.understand(text, PHONES)
    assert understood.intent is Intent.MODIFY
    assert [line.sku.value for line in understood.lines if line.sku] == ["topup-50"] * 3
