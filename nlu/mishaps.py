"""What went wrong another time, told beside an order to warn of it: 别再充错了啊，上次就充到别人号上去了.

Its words are those of a complaint, of money asked back and of an order of the past. Where the message warns of the
same and orders, nothing of the kind is wanted. Without a warning it may well be the complaint that it sounds like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.alternations import any_of
from nlu.clauses import CLAUSE
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind
from nlu.signs import Signs

_SLOTS = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.REGION})


class Mishaps:
    """Finds the clauses that tell of such. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        once, done, wrong, unsettled, watchful = (
            any_of(lexicon, f"mishaps.{name}") for name in ("once", "done", "wrong", "unsettled", "watchful")
        )
        self._happened = re.compile(
            rf"{once}(?:(?!{unsettled}).){{0,8}}?{done}{wrong}(?:(?!{unsettled}).){{0,10}}"
        )
        self._watchful = re.compile(watchful)
        self._careful = Signs.read(lexicon).careful

    def told(self, text: str, events: Sequence[Event]) -> tuple[tuple[int, int], ...]:
        """Where a message that warns of a slip, and orders goods in some size, tells of one that happened."""
        kinds = {event.kind for event in events}
        if not kinds >= {EventKind.NAME, EventKind.AMOUNT} or not self._happened.search(text):
            return ()
        slots = [event.start for event in events if event.kind in _SLOTS]
        clauses = [match.span() for match in CLAUSE.finditer(text)]
        told = [
            (start, end)
            for start, end in clauses
            if self._happened.fullmatch(text, start, end) and not any(start <= at < end for at in slots)
        ]
        warns = any(
            sign.search(text, start, end)
            for start, end in clauses
            if (start, end) not in told
            for sign in (self._careful, self._watchful)
        )
        return tuple(told) if warns else ()
