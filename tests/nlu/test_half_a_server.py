"""Half the name of a server leaves those that fit, and a name of none is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import Filler, vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, ProblemCode, Slot
from orders.catalog_file import read_catalog
from orders.draft import Draft, DraftLine

DATA = Path(__file__).resolve().parents[2] / "data"
CATALOG = read_catalog(DATA / "catalog" / "demo.csv")
SERVER = Expectation(
    asking=Slot.REGION, lines=(LineInHand(product_id="hok", sku_id="hok-680", account="12345678"),)
)
NUMBER = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="hok", sku_id="hok-680"),))
NUMBERED = Expectation(
    asking=Slot.REGION, lines=(LineInHand(product_id="dnf", sku_id="dnf-1000", account="12345678"),)
)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(CATALOG), Lexicon.read(DATA))


@pytest.mark.parametrize("asked", [SERVER, NUMBER])
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("微信区", ("安卓微信区", "苹果微信区")),
        ("安卓的", ("安卓QQ区", "安卓微信区")),
        ("是苹果", ("苹果QQ区", "苹果微信区")),
    ],
)
def test_the_servers_that_fit_stay_open(
    parser: Parser, text: str, fits: tuple[str, ...], asked: Expectation
) -> None:
    (line,) = parser.understand(text, asked).lines
    assert (line.region, line.region_options) == (None, fits)


def test_a_way_to_pay_is_half_a_server_only_where_one_is_asked_for(parser: Parser) -> None:
    assert parser.understand("微信", SERVER).lines[0].region_options == ("安卓微信区", "苹果微信区")
    assert parser.understand("微信", NUMBER).intent is Intent.PAY


def test_servers_are_numbered_in_digits_too(parser: Parser) -> None:
    (line,) = parser.understand("跨3", NUMBERED).lines
    assert line.region_options == ("跨三A", "跨三B")


@pytest.mark.parametrize("halves", [("微信区", "安卓"), ("安卓", "微信区")])
def test_two_halves_make_one_server(parser: Parser, halves: tuple[str, str]) -> None:
    filler = Filler(CATALOG, parser, sure_at=0.8)
    draft = Draft((DraftLine(product_id="hok", sku_id="hok-680", account="12345678"),))
    for half in halves:
        draft = filler.filled(draft, parser.understand(half, SERVER)).draft
    assert draft.lines[0].region == "安卓微信区"
    assert draft.lines[0].region_options == ()


@pytest.mark.parametrize("text", ["官服", "国服的", "国际服"])
def test_a_server_that_the_goods_have_not_is_told(parser: Parser, text: str) -> None:
    problems = [one for line in parser.understand(text, SERVER).lines for one in line.problems]
    assert [one.code for one in problems] == [ProblemCode.REGION_UNKNOWN]


@pytest.mark.parametrize("text", ["这个区是哪个区", "哪个区", "什么服", "找客服"])
def test_who_asks_names_none(parser: Parser, text: str) -> None:
    understood = parser.understand(text, SERVER)
    assert not [one for line in understood.lines for one in line.problems]
