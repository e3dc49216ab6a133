"""Words that run into each other: 顺便再充 waits for nothing, 等的时候 neither, and 就行了啊不要 corrects nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text", ["顺便再充30Q币,qq605918273", "等的时候再给我弟充30Q币,qq605918273", "另外再充30Q币,qq605918273"]
)
def test_who_asks_for_more_meanwhile_orders(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is Intent.ORDER


@pytest.mark.parametrize("text", ["等我发工资再充30Q币,qq605918273", "等打折的时候再充100Q币到605918273"])
def test_who_waits_does_not(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is not Intent.ORDER


@pytest.mark.parametrize("text", ["充三十就行了啊不要一百了", "你给我充三十就够了啊不要一百"])
def test_what_is_refused_in_one_breath_is_not_the_correction(parser: Parser, text: str) -> None:
    asked = Expectation(
        lines=(LineInHand(product_id="topup", sku_id="topup-200", account="13800138000"),), quoted=True
    )
    (line,) = parser.understand(text, asked).lines
    assert line.measure is not None
    assert line.measure.value.text == "三十"
