"""Who leaves it as it is changes nothing and calls nothing off: 算了不改了, 要不要改成200呢."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.putting_off import PUT_OFF
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
TOPUP = LineInHand(product_id="topup", sku_id="topup-100", account="13800138000")
QUOTED = Expectation(lines=(TOPUP,), quoted=True)
ANOTHER = LineInHand(product_id="topup", sku_id="topup-50", account="15112340000")
OF_TWO = Expectation(lines=(TOPUP, ANOTHER), quoted=True)
CARDS = Expectation(lines=(LineInHand(product_id="jd-ecard", sku_id="jd-ecard-50", quantity=2),), quoted=True)
ASKED = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-100"),))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize("asked", [QUOTED, OF_TWO])
@pytest.mark.parametrize(
    "text",
    [
        "不改了",
        "算了不改了",
        "算了，不用改",
        "那就别换了吧",
        "还是不换了",
        "就按原来的吧",
        "照旧",
        "还是刚才那样",
        "都改成50 算了不改了",
        "换成腾讯会员吧，想了想还是不换了",
        "改成200，不对，还是原来的吧",
        "不改了，谢谢",
    ],
)
def test_it_stays_as_it_was(parser: Parser, text: str, asked: Expectation) -> None:
    understood = parser.understand(text, asked)
    assert understood.revives
    assert not understood.lines


@pytest.mark.parametrize("asked", [QUOTED, OF_TWO])
@pytest.mark.parametrize(
    "text",
    [
        "我考虑一下要不要改成200的",
        "要不要改成200呢",
        "不知道该不该换成50的",
        "再想想换不换200，有点纠结",
        "我在想是不是应该改50",
    ],
)
def test_who_only_wonders_changes_nothing(parser: Parser, text: str, asked: Expectation) -> None:
    understood = parser.understand(text, asked)
    assert understood.topic == PUT_OFF
    assert not understood.lines


def test_so_he_wonders_how_many(parser: Parser) -> None:
    assert parser.understand("要不要加一张呢", CARDS).topic == PUT_OFF
    assert parser.understand("再加两张 算了 还是不加了", CARDS).revives


@pytest.mark.parametrize(
    "text",
    [
        "要不改成200吧",
        "要不要改成200，算了改吧",
        "改成200算了",
        "还是200吧 不改了",
        "改成200的，就这样不改了",
        "能不能改成200",
        "考虑好了，改成200",
    ],
)
def test_who_decides_changes_it(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, QUOTED).lines
    assert line.measure is not None
    assert line.measure.value.text == "200"


@pytest.mark.parametrize("text", ["不改了，不要了", "算了不要了", "不改了，取消吧"])
def test_what_is_called_off_is_called_off(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).intent is Intent.CANCEL


def test_a_number_that_was_asked_for_is_an_answer(parser: Parser) -> None:
    (line,) = parser.understand("是不是要13800138000", ASKED).lines
    assert line.account is not None


def test_with_nothing_in_hand_nothing_is_left_as_it_was(parser: Parser) -> None:
    assert not parser.understand("不改了").revives


CHANGED = replace(QUOTED, changed=True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("还是原来的吧", 0),
        ("算了 还是一开始那个吧", 0),
        ("改回最初的那个", 0),
        ("换回去", -1),
        ("改回来吧，谢谢", -1),
        ("还是刚才那个吧", -1),
        ("不对 还是刚才那个号", -1),
        ("数量还是之前的吧", -1),
        ("等等，还是换回去", -1),
        ("恢复成刚才那样吧", -1),
    ],
)
def test_once_it_was_changed_it_can_be_again_what_it_was(parser: Parser, text: str, place: int) -> None:
    understood = parser.understand(text, CHANGED)
    assert (understood.intent, understood.revives, understood.order_at) == (Intent.MODIFY, True, place)


@pytest.mark.parametrize(
    "text",
    [
        "不要原来的",
        "原来的价格是多少",
        "刚才那个多少钱",
        "换回100的",
        "算了不改了",
        "不改了",
        "原来这样",
        "改回给老妈",
    ],
)
def test_what_says_something_else_is_no_way_back(parser: Parser, text: str) -> None:
    understood = parser.understand(text, CHANGED)
    assert not (understood.intent is Intent.MODIFY and understood.revives)


@pytest.mark.parametrize("text", ["换回去", "改回来吧"])
def test_there_is_no_way_back_where_nothing_was_changed(parser: Parser, text: str) -> None:
    assert not parser.understand(text, QUOTED).revives
