"""Who lets something else go calls nothing off: 先不管那个，充到137…, 旧号不用了，137…."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
ASKED = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-100"),))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text",
    [
        "先不管那个 话费充到13712345678",
        "那个先不说，13712345678",
        "上次那个号不用了，13712345678",
        "旧号不要了 充13712345678",
        "以前的手机号注销了，13712345678",
    ],
)
def test_the_number_behind_it_answers(parser: Parser, text: str) -> None:
    understood = parser.understand(text, ASKED)
    assert understood.intent is Intent.PROVIDE
    assert [line.account.value for line in understood.lines if line.account] == ["13712345678"]


@pytest.mark.parametrize("text", ["不弄了，有客服吗", "算了先不弄了 转人工", "不充了，找个人工"])
def test_a_person_is_asked_for(parser: Parser, text: str) -> None:
    assert parser.understand(text, ASKED).intent is Intent.HUMAN


@pytest.mark.parametrize(
    "text", ["不要了 13712345678", "先不管了", "先不管那个，取消吧", "那个号不充了", "不用人工，不要了"]
)
def test_else_it_is_called_off(parser: Parser, text: str) -> None:
    assert parser.understand(text, ASKED).intent is Intent.CANCEL
