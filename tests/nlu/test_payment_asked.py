"""A question about ways to pay takes nothing from the order beside it, and is answered with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("京东卡50来一张，再问下能用支付宝不", "jd-ecard-50"),
        ("来张天猫卡100，支持花呗吗？", "tmall-card-100"),
        ("充50话费13800138000，微信能付吗", "topup-50"),
        ("充50话费13800138000，对了可以刷卡不", "topup-50"),
        ("请问能用银联吗，充100Q币到1029384756", "qcoin-100"),
    ],
)
@pytest.mark.parametrize(
    "asked", [Expectation(), Expectation(people=("老妈",))], ids=["a stranger", "a regular"]
)
def test_the_order_is_whole_and_the_question_is_kept(
    parser: Parser, text: str, sku: str, asked: Expectation
) -> None:
    understood = parser.understand(text, asked)
    assert understood.intent is Intent.ORDER
    assert [line.sku.value for line in understood.lines if line.sku] == [sku]
    assert understood.topic == "payment"


@pytest.mark.parametrize(
    "text",
    [
        "京东卡50能用支付宝买吗",
        "能用支付宝吗",
        "要是能用支付宝就来张京东卡100",
        "不能用支付宝吗，那京东卡100不要了",
        "能用支付宝吗，京东卡50怎么卖",
    ],
)
def test_what_hangs_on_it_stays_a_question(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is not Intent.ORDER
