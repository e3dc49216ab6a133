"""What was said, in the order in which it was said: goods, numbers, recipients and the words between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.contrasts import contrasted
from nlu.corrections import Cue, CueKind
from nlu.covered import Covered
from nlu.mention import Mention, MentionKind
from nlu.page import Mark
from nlu.quantities import Quantity
from nlu.records import Event, EventKind
from nlu.signs import Signs
from nlu.turns import Turns


def events_of(
    text: str, mentions: Sequence[Mention], recipients: Sequence[Mark[Account]], sizes: Sequence[Mark[Amount]],
    counts: Sequence[Mark[Quantity]], cues: Mapping[CueKind, tuple[Cue, ...]],
    signs: Signs,
) -> list[Event]:  # fmt: skip
    slots = [
        *_named(mentions, sizes),
        *(Event(EventKind.ACCOUNT, mark.start, mark.end, account=mark.value) for mark in recipients),
        *(Event(EventKind.AMOUNT, mark.start, mark.end, amount=mark.value) for mark in sizes),
        *(Event(EventKind.QUANTITY, mark.start, mark.end, quantity=mark.value) for mark in counts),
    ]
    slots = _without_uses(text, slots, signs)
    separators = _separators(text, slots)
    turns = Turns(text, slots, separators, cues, signs).found()
    events = [*slots, *separators, *turns]
    return contrasted(text, sorted(events, key=lambda event: (event.start, event.end)), signs)


def _named(mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]]) -> Iterator[Event]:
    """The names; not words of the trade in which a size was found."""
    sized = Covered.by(sizes)
    for mention in mentions:
        kind = _KIND_OF.get(mention.kind)
        if kind is None or (kind is EventKind.NOUN and sized.meets(mention.start, mention.end)):
            continue
        yield Event(kind, mention.start, mention.end, mention=mention)


_KIND_OF = {
    MentionKind.NAME: EventKind.NAME,
    MentionKind.NOUN: EventKind.NOUN,
    MentionKind.QUALIFIER: EventKind.QUALIFIER,
    MentionKind.REGION: EventKind.REGION,
    MentionKind.UNKNOWN: EventKind.NAME,
}


def _without_uses(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """滴滴券20的…，加班打车用: what goods that were named before are for is no other goods."""
    named = [event.start for event in events if event.kind is EventKind.NAME]
    return [
        event
        for event in events
        if event.kind is not EventKind.NOUN
        or not any(start < event.start for start in named)
        or not signs.for_use.match(text, event.end)
    ]


def _separators(text: str, slots: Sequence[Event]) -> list[Event]:
    """The signs between, but for those inside of what was read."""
    taken = bytearray(len(text) + 1)
    for slot in slots:
        taken[slot.start : slot.end] = b"\x01" * (slot.end - slot.start)
    return [
        Event(_SEPARATES[found[0]], found.start(), found.end())
        for found in _SEPARATOR.finditer(text)
        if not taken[found.start()]
    ]


_SEPARATES = {
    **dict.fromkeys("\n;；。!！?？", EventKind.STOP),
    **dict.fromkeys(",，", EventKind.COMMA),
    **dict.fromkeys("、&/+", EventKind.JOIN),
}
_SEPARATOR = re.compile(f"[{re.escape(''.join(_SEPARATES))}]")
