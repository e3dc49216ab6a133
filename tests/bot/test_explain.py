"""`xiadan parse --explain` shows how a message was read; the page in the docs is what it shows."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from bot.commands.explain import show
from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.explanation import Piece, PieceKind

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reading.md"
BLOCK = re.compile(r'```text\n\$ xiadan parse --explain "(?P<text>[^"\n]+)"\n(?P<shown>.*?)```\n', re.S)


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(ROOT / "data" / "catalog" / "demo.csv", ROOT / "data")


def printed(framer: Framer, text: str, colour: bool = False) -> str:
    out = io.StringIO()
    show(
        framer,
        text,
        Console(file=out, width=110, force_terminal=colour, color_system="truecolor" if colour else None),
    )
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def pieces(framer: Framer, text: str) -> dict[str, Piece]:
    """By the characters as typed."""
    return {
        text[piece.span.start : piece.span.end]: piece
        for piece in framer.explain(text).pieces
        if piece.kind is not PieceKind.WORD
    }


def test_the_page_shows_what_is_printed(framer: Framer, request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    fresh = BLOCK.sub(
        lambda block: (
            f'```text\n$ xiadan parse --explain "{block["text"]}"\n\n{printed(framer, block["text"])}```\n'
        ),
        page,
    )
    if request.config.getoption("--accept"):
        PAGE.write_text(fresh, encoding="utf-8")
    assert len(BLOCK.findall(page)) >= 12
    assert fresh == PAGE.read_text(encoding="utf-8"), (
        "print the page anew with pytest --accept, and look at it"
    )


def test_every_value_shows_what_it_was_read_as(framer: Framer) -> None:
    found = pieces(framer, "给老妈充100话费，再来两张50的京东卡")
    assert found["老妈"].kind is PieceKind.CONTACT
    assert (found["100"].kind, found["100"].meaning) == (PieceKind.SIZE, "100 bare")
    assert (found["两张"].kind, found["两张"].meaning) == (PieceKind.QUANTITY, "2 of it")
    assert found["京东卡"].meaning == "jd-ecard"
    assert found["再来"].kind is PieceKind.TURN


def test_a_value_that_was_corrected_away_is_shown_and_not_in_the_result(framer: Framer) -> None:
    found = pieces(framer, "13800138000充100话费，不对，50")
    assert not found["100"].used
    assert found["50"].used


def test_a_number_that_is_no_amount_says_what_it_is(framer: Framer) -> None:
    assert pieces(framer, "第3个号13800138000充30话费")["第3个"].kind is PieceKind.OTHER_NUMBER


def test_offsets_are_those_of_the_text_as_typed(framer: Framer) -> None:
    assert "１００" in pieces(framer, "話費１００  13800138000")


def test_colour_is_for_terminals_only(framer: Framer) -> None:
    assert "\x1b[" not in printed(framer, "话费50")
    assert "\x1b[" in printed(framer, "话费50", colour=True)


@pytest.mark.parametrize(
    "text", ["[red]话费[/red]50", "话费50[/]", "\x1b[31m话费50", "话费\t50\n13800138000", ""]
)
def test_what_a_customer_wrote_is_no_markup_and_moves_no_cursor(framer: Framer, text: str) -> None:
    shown = printed(framer, text)
    assert "\x1b" not in shown
    first = shown.splitlines()[0] if text else ""
    assert all(character in first for character in text if character.isprintable() and character != " ")
