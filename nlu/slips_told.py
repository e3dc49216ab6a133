"""What is told of a slip behind its correction: …，不对，是139…，刚才打错了.

By itself such a word corrects what stands before it, and with nothing behind it the order is in doubt. Where a correction
was made already, it only says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlu.records import SEPARATORS, SLOTS, Event, EventKind
from nlu.signs import Signs
from nlu.understanding import Slot


def with_slips_told(text: str, events: Sequence[Event], signs: Signs) -> list[Event]:
    """The events, where a word that tells of a slip behind a correction that was made need not correct anything."""
    why = {at for at, _ in _told(text, events, signs)}
    return [replace(event, mild=True) if at in why else event for at, event in enumerate(events)]


def slips_told(text: str, events: Sequence[Event], signs: Signs) -> tuple[tuple[int, int], ...]:
    """Where that is told, in clauses that say nothing else."""
    return tuple(
        (begin, events[at].end)
        for at, begin in _told(text, events, signs)
        if signs.only_a_slip.fullmatch(text, begin, events[at].end)
    )


def _told(text: str, events: Sequence[Event], signs: Signs) -> Iterator[tuple[int, int]]:
    """The places of such events, and where their clauses begin."""
    begin, corrected = 0, False
    made: dict[Slot, int] = {}  # where the last value stands that was said since a correction
    for at, event in enumerate(events):
        if event.kind is EventKind.CORRECTION:
            if made and signs.tells_of_slip.fullmatch(text, event.start, event.end):
                last = made.get(event.of_slot, begin) if event.of_slot else max(made.values())
                # …，又打错了
                if last < begin and not signs.slipped_again.search(text, begin, event.start):
                    yield at, begin
            corrected = True
        elif event.kind in SEPARATORS:
            begin = max(begin, event.end)
        elif corrected and event.kind in SLOTS:
            slot = SLOTS[event.kind]
            made[slot] = max(made.get(slot, 0), event.start)
