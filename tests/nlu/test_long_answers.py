"""An answer that says the same over and over is read in no time, and means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


# Each is made of words that are made of words: one that tried all ways to part them would never end.
@pytest.mark.parametrize("asked", [Slot.ACCOUNT, None], ids=["a number", "a quote"])
@pytest.mark.parametrize(
    "again",
    [
        "给我",
        "手机号码",
        "你们家",
        "要是",
        "别的东西",
        "没货就算了",
        "好好用",
        "真的",
        "便宜一点",
        "账号是",
        "qq号",
        "下次还来",
        "我的号",
        "就行了",
        "那就充",
        "就选",
        "先别急",
        "后4位",
        "就好了",
        "的那个",
        "不要了",
        "刚刚",
    ],
)
def test_it_is_read_to_its_end(parser: Parser, again: str, asked: Slot | None) -> None:
    hand = LineInHand("topup", "topup-50", account=None if asked else "13812345678")
    expected = Expectation(asking=asked, lines=(hand,), quoted=asked is None)
    understood = parser.understand(again * (160 // len(again)) + "#", expected)
    assert not any(line.account for line in understood.lines)


@pytest.mark.parametrize("again", ["我", "要是", "一共", "的"])
def test_so_is_a_message_that_is_nothing_else(parser: Parser, again: str) -> None:
    hand = LineInHand("topup", "topup-50", account="13812345678")
    understood = parser.understand(again * (900 // len(again)), Expectation(lines=(hand,), quoted=True))
    assert not understood.lines
