"""Tables pasted from a spreadsheet: what a bare number means, its column says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlu.accounts import UID, Account
from nlu.amounts import AmountKind
from nlu.quantities import Quantity, QuantityKind
from nlu.records import Event, EventKind

ACCOUNT_MIN = 5
"""Digits from which on a bare number may be a recipient."""


@dataclass(frozen=True, slots=True)
class _Header:
    start: int
    end: int
    columns: tuple[str | None, ...]


def in_columns(
    text: str,
    events: Sequence[Event],
    columns: Mapping[str, tuple[str, ...]],
    kinds: tuple[str, ...] = (UID,),
) -> list[Event]:
    """The events with the bare numbers of a table read by the heading of their column: a number of
    pieces is a quantity, a row number is nothing, and under 学号 stands a recipient."""
    header = _header(text, columns) if "\n" in text else None
    if header is None:
        return list(events)
    read: list[Event] = []
    for event in events:
        bare = (
            event.kind is EventKind.AMOUNT
            and event.amount is not None
            and event.amount.kind is AmountKind.BARE
        )
        meaning = _column(text, event.start, header) if event.start > header.end else None
        whole = event.amount is not None and event.amount.text.isdigit()
        if bare and meaning == "account" and whole and len(text[event.start : event.end]) >= ACCOUNT_MIN:
            number = Account(text[event.start : event.end], kinds)
            read.append(Event(EventKind.ACCOUNT, event.start, event.end, account=number))
        elif not bare or event.amount is None or meaning not in ("quantity", "index"):
            read.append(event)
        elif meaning == "quantity" and not event.amount.exact:
            read.append(event)  # ~3: a number that is not read here stays, and is asked about
        elif meaning == "quantity":
            count = Quantity(int(event.amount.low), QuantityKind.TIMES)
            read.append(Event(EventKind.QUANTITY, event.start, event.end, quantity=count))
    return _with_broken_numbers(text, read, header)


def _with_broken_numbers(text: str, events: list[Event], header: _Header) -> list[Event]:
    """A row whose recipient nobody could read keeps its place, and its recipient is asked for."""
    if "account" not in header.columns:
        return events
    at = header.columns.index("account")
    start = 0
    for line in text.split("\n"):
        cells = list(_cells(line, start))
        start += len(line) + 1
        if start <= header.end + 1 or len(cells) != len(header.columns):
            continue
        begin, end = cells[at]
        there = [event for event in events if begin <= event.start < end]
        if any(event.kind is EventKind.ACCOUNT for event in there) or not text[begin:end].strip(" -:"):
            continue
        events = [event for event in events if event not in there]
        nobody = Account(text[begin:end].strip(), (), masked=True)
        events.append(Event(EventKind.ACCOUNT, begin, end, account=nobody))
    return sorted(events, key=lambda event: (event.start, event.end))


def _cells(line: str, start: int) -> list[tuple[int, int]]:
    """Where the cells of a line stand in the text."""
    separator = next((one for one in ("\t", "|", ",", ";") if one in line), " ")
    places = []
    for cell in line.split(separator):
        places.append((start, start + len(cell)))
        start += len(cell) + 1
    return places


def _header(text: str, columns: Mapping[str, tuple[str, ...]]) -> _Header | None:
    start = 0
    for line in text.split("\n"):
        cells = [cell.strip() for cell in _split(line)]
        if len(cells) > 1:
            meanings = tuple(_meaning(cell, columns) for cell in cells)
            if sum(meaning is not None for meaning in meanings) > 1:
                return _Header(start, start + len(line), meanings)
        start += len(line) + 1
        if any(character.isdigit() for character in line):
            return None
    return None


def _split(line: str) -> list[str]:
    for separator in ("\t", "|", ",", ";"):
        if separator in line:
            return line.split(separator)
    return re.split(r" +", line.strip())


def _meaning(cell: str, columns: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((meaning for meaning, words in columns.items() if cell in words), None)


def _column(text: str, offset: int, header: _Header) -> str | None:
    begins = text.rfind("\n", 0, offset) + 1
    ends = text.find("\n", offset)
    line = text[begins : ends if ends >= 0 else len(text)]
    before = _split(line[: offset - begins] + "x")
    if len(_split(line)) != len(header.columns) or len(before) > len(header.columns):
        # A row that is not cut like its heading says nothing of its columns: 134 1102 9938,20.
        return None
    return header.columns[len(before) - 1]
