"""Servers that are numbered, and one of them that the goods do not have: 跨九 where 跨一 to 跨五 are served.

Its number would else be read as a size, and the server be asked for as if nothing had been said of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from nlu.mention import Mention, MentionKind
from nlu.normalise import plain
from nlu.numerals import number
from nlu.records import Event, EventKind
from nlu.vocabulary import Vocabulary


def with_numbered(text: str, events: list[Event], vocabulary: Vocabulary) -> list[Event]:
    """The events, with such a server in the place of its number."""
    if any(event.kind is EventKind.REGION for event in events):
        return events
    named = [event.mention for event in events if event.mention and event.kind is EventKind.NAME]
    regions = [region for one in named for id in one.options for region in vocabulary.products[id].regions]
    firm = [event for event in events if event.kind in _FIRM]
    for start, end in _strange(text, regions):
        if not any(event.start < end and start < event.end for event in firm):
            server = Event(
                EventKind.REGION, start, end, mention=Mention(start, end, text[start:end], MentionKind.REGION)
            )
            kept = [event for event in events if not (event.start < end and start < event.end)]
            return sorted([*kept, server], key=lambda event: (event.start, event.end))
    return events


def _strange(text: str, regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a server is named as the goods' own are, by another number or letter."""
    served: dict[tuple[str, str], set[tuple[Decimal, str]]] = defaultdict(set)
    for region in map(plain, regions):
        form = _NUMBERED.fullmatch(region)
        if form is not None and form["head"]:
            served[form["head"], form["tail"]].add(_which(form))
    for (head, tail), known in served.items():
        if len(known) < _SERVED_MIN:
            continue
        for match in re.finditer(rf"{re.escape(head)} ?{_NUMBER}{re.escape(tail) or '区?'}", text):
            n, letter = _which(match)
            by_letter = not letter and any(
                n == other for other, _ in known
            )  # 跨三 of 跨三A and 跨三B is open
            if (n, letter) not in known and not by_letter:
                yield match.span()


def _which(match: re.Match[str]) -> tuple[Decimal, str]:
    value = number(match["n"])
    return (value.low if value is not None else Decimal(0)), match["letter"] or ""


_NUMBER = r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<letter>[a-z](?![a-z]))?"
_NUMBERED = re.compile(rf"(?P<head>[^\d一二三四五六七八九十]*){_NUMBER}(?P<tail>\D*)")
_SERVED_MIN = 2
"""Fewer numbered servers show no row of them."""
_FIRM = frozenset({EventKind.NAME, EventKind.ACCOUNT})
