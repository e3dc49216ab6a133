"""What the readers found on a page, and what of it is believed: what is handed from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.corrections import Cue, CueKind
from nlu.filters import Limit
from nlu.mention import Mention
from nlu.other_numbers import OtherNumber
from nlu.page import Mark, Page
from nlu.quantities import Quantity
from nlu.references import Reference
from nlu.understanding import PaymentMethod, SortKey

MARKS_MAX = 400
"""More names, numbers and recipients than fifty lines ever hold: whatever that is, it is no order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What each reader found on the page."""

    page: Page
    markers: tuple[tuple[int, int], ...]
    """Where the items of a list begin."""
    order: tuple[Mark[Reference], ...]
    recipients: tuple[Mark[Account], ...]
    mentions: tuple[Mention, ...]
    parts: tuple[tuple[int, int], ...]
    """Where single digits of a number are spoken of."""
    others: tuple[Mark[OtherNumber], ...]
    limits: tuple[Mark[Limit], ...]
    sorts: tuple[Mark[SortKey], ...]
    sizes: tuple[Mark[Amount], ...]
    counts: tuple[Mark[Quantity], ...]
    paying: tuple[Mark[PaymentMethod], ...]
    cues: Mapping[CueKind, tuple[Cue, ...]]

    @property
    def numbers(self) -> list[tuple[int, int]]:
        """Where sizes and counts stand."""
        return [
            *((mark.start, mark.end) for mark in self.sizes),
            *((mark.start, mark.end) for mark in self.counts),
        ]

    @property
    def crowded(self) -> bool:
        found = (self.recipients, self.mentions, self.limits, self.sizes, self.counts)
        return sum(map(len, found)) > MARKS_MAX


@dataclass(frozen=True, slots=True)
class Slots:
    """What is believed of it."""

    mentions: tuple[Mention, ...]
    used: tuple[Mark[Account], ...]
    sized: tuple[Mark[Amount], ...]
    counted: tuple[Mark[Quantity], ...]
    told: frozenset[int]
    """Where numbers stand that are perhaps only told: an order that is whole without them is read so."""
    spoken_of: frozenset[int]
    """Where goods are named that are only spoken of: they are none of the order."""
