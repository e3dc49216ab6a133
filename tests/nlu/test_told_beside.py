"""What is told beside an order: it leaves it as it is, or makes it none; which of the two, by cause."""

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

CAUSES: dict[str, Any] = yaml.safe_load((TABLES / "told.yaml").read_text(encoding="utf-8"))
DATA = Path(__file__).parents[2] / "data"


@cache
def framer(shop: str) -> Framer:
    return framer_for(CATALOGS[shop], DATA)


def told(what: str) -> Iterator[tuple[str, str, str]]:
    for cause, table in CAUSES.items():
        for shop, texts in table.get(what, {}).items():
            yield from ((cause, shop, text) for text in texts)


@pytest.mark.parametrize(("cause", "shop", "text"), list(told("ordered")))
def test_what_changes_nothing_leaves_the_order_whole(cause: str, shop: str, text: str) -> None:
    frame: Any = framer(shop).frame(text)
    assert [spelled(line) for line in frame["lines"]] == CAUSES[cause]["ordered"][shop][text]
    assert complete(frame)


@pytest.mark.parametrize(("cause", "shop", "text"), list(told("asked")))
def test_what_may_change_it_is_asked(cause: str, shop: str, text: str) -> None:
    assert not complete(dict(framer(shop).frame(text))), cause


@pytest.mark.parametrize(("cause", "shop", "text"), list(told("meant")))
def test_what_is_wanted_besides_an_order(cause: str, shop: str, text: str) -> None:
    frame: Any = framer(shop).frame(text)
    expected = CAUSES[cause]["meant"][shop][text]
    assert {key: _shown(frame[key]) for key in expected} == expected


def _shown(value: Any) -> Any:
    """Of a problem its code, of a line how the table writes it."""
    if not isinstance(value, list):
        return value
    return [_said(one) if isinstance(one, dict) else one for one in value]


def _said(found: dict[str, Any]) -> str:
    return spelled(found) if "sku" in found else str(found["code"])
