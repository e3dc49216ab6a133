"""The one of several whose number was refused is dropped by its digits or as the wrong one, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
FIRST = LineInHand(product_id="topup", sku_id="topup-30", account="13830303494")
WRONG = LineInHand(product_id="topup", sku_id="topup-30", account_begun="12844887733")
TOO_SHORT = LineInHand(product_id="topup", sku_id="topup-30", account_begun="1345804115")
LAST = LineInHand(product_id="topup", sku_id="topup-30", account="13458041157")
ONE_WRONG = Expectation(asking=Slot.ACCOUNT, lines=(FIRST, WRONG, LAST))
TWO_WRONG = Expectation(asking=Slot.ACCOUNT, lines=(FIRST, WRONG, TOO_SHORT))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


def dropped(parser: Parser, text: str, asked: Expectation) -> list[int | None]:
    return [line.position for line in parser.understand(text, asked).lines if line.dropped]


@pytest.mark.parametrize(
    "text",
    [
        "12844887733不要了，充另外两个",
        "12844887733不要了",
        "错的那个不要了",
        "有问题的那个去掉",
        "那个错的号不充了",
        "不对的那笔先不要",
        "那个不要了，其他的照充",
        "充另外两个吧",
        "其余的先充",
    ],
)
def test_the_wrong_one_goes_and_the_others_stay(parser: Parser, text: str) -> None:
    assert dropped(parser, text, ONE_WRONG) == [1]


@pytest.mark.parametrize("text", ["错的都不要了，其余照充", "有问题的那两个不要了"])
def test_all_wrong_ones_go_together(parser: Parser, text: str) -> None:
    assert dropped(parser, text, TWO_WRONG) == [1, 2]


def test_a_right_one_is_dropped_by_its_own_digits(parser: Parser) -> None:
    assert dropped(parser, "13830303494不要了", ONE_WRONG) == [0]


def test_which_of_two_wrong_ones_goes_is_not_guessed(parser: Parser) -> None:
    assert dropped(parser, "错的那个不要了", TWO_WRONG) in ([], [1, 2])
    assert dropped(parser, "充另外两个", TWO_WRONG) == []


def test_who_wants_none_of_it_calls_all_off(parser: Parser) -> None:
    assert parser.understand("都不要了", ONE_WRONG).intent is Intent.CANCEL


def test_so_many_others_as_there_are(parser: Parser) -> None:
    assert dropped(parser, "充另外三个", ONE_WRONG) == []
