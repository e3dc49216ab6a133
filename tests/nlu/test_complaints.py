"""Goods that do not work, and goods that are wanted back: heard as such, and never as an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text",
    [
        "退京东卡",
        "退50京东卡",
        "帮我退50话费",
        "退优酷月卡",
        "我要退京东卡50",
        "退第一个",
        "只退话费",
        "退50",
        "骏网卡50那张退款",
        "京东卡100的退款吧",
        "天猫卡200退款",
        "京东卡50的那张 退款谢谢",
    ],
)
def test_goods_that_are_wanted_back_are_not_ordered(parser: Parser, text: str) -> None:
    heard = parser.understand(text)
    assert (heard.intent.value, heard.lines) == ("refund", ())


@pytest.mark.parametrize(
    "text",
    [
        "充50话费到13800138000",
        "退京东卡，充50话费到13800138000",
        "退订优酷月卡",
        "退休了给我妈充50话费13800138000",
        "来张100的京东卡，能退吗",
        "京东卡50，不行就退款",
        "京东卡100一张随时退款吧",
        "京东卡50来一张，支持退款",
        "天猫卡200，没货退款",
    ],
)
def test_other_wishes_are_not_taken_for_that(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent.value != "refund"


@pytest.mark.parametrize(
    ("text", "goods"),
    [("退京东卡", ("jd-ecard",)), ("骏网卡50那张退款", ("junwang-50",)), ("话费50退款", ("topup-50",))],
)
def test_it_is_known_which_goods_are_wanted_back(parser: Parser, text: str, goods: tuple[str, ...]) -> None:
    assert parser.understand(text).options == goods


@pytest.mark.parametrize(
    "text", ["我哪个还没付", "哪几单没付钱", "还有没付的吗", "爱奇艺那个没事吧", "话费那单没问题吧"]
)
def test_who_asks_after_his_orders_searches_for_nothing(parser: Parser, text: str) -> None:
    heard = parser.understand(text)
    assert (heard.intent.value, heard.lines) == ("status", ())


@pytest.mark.parametrize(
    "text", ["卡密无效", "卡密打不开", "卡密有问题", "兑换码兑换不了怎么办", "这张卡用不了，退钱"]
)
def test_what_does_not_work_is_heard(parser: Parser, text: str) -> None:
    assert parser.understand(text).broken


@pytest.mark.parametrize("text", ["卡密在哪看", "充值卡怎么用", "退款", "充50Q币到12345678"])
def test_what_only_asks_is_no_complaint(parser: Parser, text: str) -> None:
    assert not parser.understand(text).broken
