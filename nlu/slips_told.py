"""What is told of a slip behind its correction: …，不对，是139…，刚才打错了.

By itself such a word corrects what stands before it, and with nothing behind it the order is in doubt. Where a correction
was made already, it only says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlu.records import SEPARATORS, SLOTS, Event, EventKind
from nlu.signs import Signs


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
    for at, event in enumerate(events):
        if event.kind is not EventKind.CORRECTION or not signs.tells_of_slip.fullmatch(
            text, event.start, event.end
        ):
            continue
        before = events[:at]
        begin = max((e.end for e in before if e.kind in SEPARATORS), default=0)
        turn = next((i for i, e in enumerate(before) if e.kind is EventKind.CORRECTION), at)
        made = [e for e in before[turn:] if e.kind in SLOTS]
        if event.of_slot is not None:
            made = [e for e in made if SLOTS[e.kind] is event.of_slot]
        again = signs.slipped_again.search(text, begin, event.start)  # …，又打错了
        if made and not again and not any(begin <= e.start for e in made):
            yield at, begin
