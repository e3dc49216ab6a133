"""From what was read to what counts as evidence for an intent."""

from __future__ import annotations

from nlu.intents import MASKS, Evidence
from nlu.reading import Reading
from nlu.records import EventKind


def evidence_of(reading: Reading) -> Evidence:
    """The evidence of one reading."""

    def count(kind: EventKind) -> int:
        return sum(event.kind is kind for event in reading.events)

    return Evidence(
        text=reading.page.text.strip(),
        rest=reading.rest,
        masked=_masked(reading),
        cues=reading.cues,
        goods=count(EventKind.NAME),
        nouns=count(EventKind.NOUN),
        unknown=len(reading.unknown),
        sizes=count(EventKind.AMOUNT),
        accounts=count(EventKind.ACCOUNT),
        quantities=count(EventKind.QUANTITY),
        regions=count(EventKind.REGION),
        order_number=reading.order_ref not in (None, "last"),
        last_order=reading.order_ref == "last",
        limits=reading.limits,
        sorts=reading.sort is not None,
        payments=reading.payment is not None,
        contact=reading.contact is not None,
        remembered=reading.remembered is not None,
        quoted=_quoted(reading),
    )


def _masked(reading: Reading) -> str:
    text = reading.page.text
    pieces: list[str] = []
    at = 0
    for start, end, slot in reading.masks:
        pieces += [text[at:start], MASKS[slot]]
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _quoted(reading: Reading) -> bool:
    """Whether what could be ordered stands, all or in part, between quotation marks."""
    return any(
        quote.start < event.start and event.end < quote.end
        for quote in reading.quotes
        for event in reading.events
        if event.kind in (EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT)
    )
