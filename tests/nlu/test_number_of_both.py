"""A number that was asked for stays an answer, whatever else comes on top of it: 138… 再加一个优酷，同一个号."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
VIDEO = LineInHand(product_id="tencent-video", sku_id="tencent-video-1m")
ASKED = Expectation(asking=Slot.ACCOUNT, lines=(VIDEO,))
OF_SECOND = Expectation(
    asking=Slot.ACCOUNT,
    lines=(
        LineInHand(product_id="tencent-video", sku_id="tencent-video-1m", account="13800138000"),
        LineInHand(product_id="youku", sku_id="youku-1m"),
    ),
)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


def test_in_front_of_what_comes_on_top_it_answers(parser: Parser) -> None:
    answer, more = parser.understand("13800138000，再加一个优酷月卡", ASKED).lines
    assert (answer.position, answer.account and answer.account.value) == (0, "13800138000")
    assert more.account is None


def test_it_is_of_both_where_that_is_said(parser: Parser) -> None:
    answer, more = parser.understand("13800138000 再加一个优酷月卡 同一个号", ASKED).lines
    assert answer.account is not None
    assert more.account is not None


def test_behind_it_it_is_of_that(parser: Parser) -> None:
    (more,) = parser.understand("再加一个优酷月卡 13800138000", ASKED).lines
    assert more.account is not None


@pytest.mark.parametrize("text", ["也是这个号", "同一个号", "还是这个号码"])
def test_the_same_number_answers_too(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, OF_SECOND).lines
    assert line.account is not None
    assert line.account.value == "13800138000"


@pytest.mark.parametrize("text", ["不是这个号", "换个号，不是同一个号", "是同一个号吗"])
def test_another_number_does_not(parser: Parser, text: str) -> None:
    assert all(line.account is None for line in parser.understand(text, OF_SECOND).lines)
