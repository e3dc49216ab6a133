"""Talk around an order changes nothing of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from bot.commands.parse import framer_for
from tests.nlu.readers import DATA, table

ORDERS = tuple(str(order) for order in table("chatter")["orders"])  # type: ignore[attr-defined]
CHATTER = tuple(
    str(clause)
    for clauses in table("chatter")["chatter"].values()  # type: ignore[attr-defined]
    for clause in clauses
)
LISTENED = table("chatter")["listened"]


def test_there_is_much_talk() -> None:
    assert len(CHATTER) >= 40
    assert len(ORDERS) >= 18


@pytest.mark.parametrize("order", ORDERS)
def test_talk_before_and_behind_an_order_changes_nothing(order: str) -> None:
    plain = _said(order)
    assert plain[0] == "order"
    assert plain[2:] == ([], [])
    changed = [
        text
        for at, clause in enumerate(CHATTER)
        for text in (f"{clause}，{order}" if at % 2 else f"{order}，{clause}",)
        if _said(text) != plain
    ]
    assert changed == []


@pytest.mark.parametrize("text", LISTENED)
def test_a_clause_that_asks_or_takes_back_is_no_talk(text: str) -> None:
    intent, _, missing, problems = _said(text)
    assert intent not in ("order", "modify") or missing or problems


@cache
def _framer() -> Any:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


def _said(text: str) -> tuple[Any, ...]:
    frame = _framer().frame(text)
    lines = [(line["sku"], line["quantity"], line["account"], line["region"]) for line in frame["lines"]]
    return frame["intent"], lines, frame["missing"], frame["problems"]
