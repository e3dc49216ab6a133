"""Slips of the finger: what an order with one of them may have meant besides is asked about, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.nlu.readers import TABLES
from tests.nlu.test_corpus import CATALOGS, complete
from tests.nlu.test_proof import spelled

CAUSES: dict[str, Any] = yaml.safe_load((TABLES / "slips.yaml").read_text(encoding="utf-8"))
DATA = Path(__file__).parents[2] / "data"


@cache
def framer(shop: str) -> Framer:
    return framer_for(CATALOGS[shop], DATA)


def asked() -> Iterator[tuple[str, str, str]]:
    for cause, table in CAUSES.items():
        for shop, texts in table.get("asked", {}).items():
            yield from ((cause, shop, text) for text in texts)


def ordered() -> Iterator[tuple[str, str, list[str]]]:
    for table in CAUSES.values():
        for shop, texts in table.get("ordered", {}).items():
            yield from ((shop, text, lines) for text, lines in texts.items())


@pytest.mark.parametrize(("cause", "shop", "text"), list(asked()))
def test_what_a_slip_may_have_hidden_is_asked(cause: str, shop: str, text: str) -> None:
    assert not complete(dict(framer(shop).frame(text))), cause


@pytest.mark.parametrize(("shop", "text", "lines"), list(ordered()))
def test_what_a_slip_leaves_whole_is_ordered(shop: str, text: str, lines: list[str]) -> None:
    frame: Any = framer(shop).frame(text)
    assert [spelled(line) for line in frame["lines"]] == lines
    assert complete(frame)
