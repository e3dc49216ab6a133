"""No order that the message does not prove: what is asked about, and what needs no question."""

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

SHOPS: dict[str, Any] = yaml.safe_load((TABLES / "proof.yaml").read_text(encoding="utf-8"))
DATA = Path(__file__).parents[2] / "data"


@cache
def framer(shop: str) -> Framer:
    return framer_for(CATALOGS[shop], DATA)


def asked() -> Iterator[tuple[str, str]]:
    for shop, table in SHOPS.items():
        yield from ((shop, text) for text in table.get("asked", ()))


def ordered() -> Iterator[tuple[str, str, list[str]]]:
    for shop, table in SHOPS.items():
        yield from ((shop, text, lines) for text, lines in table.get("ordered", {}).items())


def spelled(line: dict[str, Any]) -> str:
    """A line as the table writes it."""
    said = (line["sku"], line["quantity"], line["account"], line["region"])
    return " ".join(str(value) for value in said if value is not None)


@pytest.mark.parametrize(("shop", "text"), list(asked()))
def test_what_the_message_does_not_prove_is_asked(shop: str, text: str) -> None:
    assert not complete(dict(framer(shop).frame(text)))


@pytest.mark.parametrize(("shop", "text", "lines"), list(ordered()))
def test_what_it_proves_is_ordered(shop: str, text: str, lines: list[str]) -> None:
    frame: Any = framer(shop).frame(text)
    assert [spelled(line) for line in frame["lines"]] == lines
    assert complete(frame)


def test_what_is_not_proven_stays_to_be_chosen_and_changes_nothing() -> None:
    frame: Any = framer("demo").frame("京东卡50 x6人")
    assert frame["missing"] == ["variant"]
    assert frame["candidates"] == ["jd-ecard-50"]


def test_a_server_that_is_not_proven_is_asked_for_alone() -> None:
    frame: Any = framer("demo").frame("王者荣耀点券648的 安卓区 QQ 711300925")
    assert frame["missing"] == ["region"]
