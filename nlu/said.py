"""One message and the lines that were made of it, as they are held against each other (`nlu/proof.py`)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain

from nlu.alternations import any_of
from nlu.clauses import Clauses
from nlu.covered import Covered
from nlu.lexicon import Lexicon
from nlu.reading import Reading
from nlu.records import Event, EventKind, Record
from nlu.understanding import SpokenLine
from nlu.vocabulary import VariantWords, Vocabulary


class Unproven(StrEnum):
    """Why a line is not proven."""

    NUMBER = "number"
    """A number was said that nobody used and that tells of nothing else."""
    COUNT = "count"
    """What was counted is perhaps not the goods."""
    COUNT_UNUSED = "count unused"
    SHARED_COUNT = "shared count"
    REFUSED = "refused"
    TOLD = "told"
    """The customer has it, or had it."""
    RECIPIENT = "recipient"
    """A recipient that was said for other goods is of another kind than these need."""
    REGION = "region"
    """The server that was said may be another one of the goods."""
    SIBLING = "sibling"
    """A piece of a name was said that other goods share."""
    NAME_UNUSED = "name unused"
    TIER_UNUSED = "tier unused"
    SIZE_UNUSED = "size unused"
    RECIPIENT_UNUSED = "recipient unused"
    RECIPIENTS = "recipients"
    CROSSED = "crossed"
    STRANGER = "stranger"
    """A word stands beside the name that makes another thing of the goods."""


Doubt = tuple[int, Unproven]
"""Which line is not proven, by its place, and why."""


@dataclass(frozen=True)
class Said:
    """One message and its lines; each line was made of the record at its place."""

    reading: Reading
    text: str
    lines: Sequence[SpokenLine]
    records: Sequence[Record]
    clauses: Clauses
    said_in: Mapping[int, Sequence[Event]]
    """The events of each clause."""
    turned: bool
    """Something was taken back: then not everything that was said has to be ordered."""

    @classmethod
    def of(cls, reading: Reading, lines: Sequence[SpokenLine]) -> Said:
        text = reading.page.text
        clauses = Clauses.of(text, _CLAUSE_END)
        said_in: defaultdict[int, list[Event]] = defaultdict(list)
        for event in reading.events:
            said_in[clauses.at(event.start)].append(event)
        turned = any(event.kind in _TURNS for event in reading.events)
        return cls(reading, text, lines, reading.records, clauses, said_in, turned)

    @cached_property
    def rejected(self) -> frozenset[int]:
        """Where what was set against something else begins."""
        return frozenset(e.end for e in self.reading.events if e.kind is EventKind.REJECTS)

    @cached_property
    def recipients(self) -> frozenset[str]:
        return frozenset(event.account.text for event in self.reading.events if event.account is not None)

    @cached_property
    def cues(self) -> Covered:
        """Where words of stance stand."""
        return Covered.by(cue for found in self.reading.cues.values() for cue in found)

    @cached_property
    def read(self) -> Covered:
        """Where something was understood."""
        cues = (cue for found in self.reading.cues.values() for cue in found)
        return Covered.by(chain(self.reading.events, cues))

    def clause(self, at: int) -> int:
        """Which clause a place is in."""
        return self.clauses.at(at)

    def bounds(self, at: int) -> tuple[int, int]:
        """Where the clause of a place begins and ends."""
        return self.clauses.bounds(at)

    def beside(self, at: int, kinds: frozenset[EventKind]) -> list[Event]:
        """The events of such kinds in the clause of a place."""
        return [event for event in self.said_in.get(self.clause(at), ()) if event.kind in kinds]

    def pairs(self) -> Sequence[tuple[int, SpokenLine, Record]]:
        """Each line with its place and what it was made of."""
        return self._pairs

    @cached_property
    def _pairs(self) -> Sequence[tuple[int, SpokenLine, Record]]:
        # One proof after the other goes through them, fifty times a message.
        return [(at, *pair) for at, pair in enumerate(zip(self.lines, self.records, strict=True))]

    def nearest(self, at: int) -> int:
        """The line that a place in the text most likely belongs to."""
        before = [place for place, record in enumerate(self.records) if record.start <= at]
        return before[-1] if before else 0

    def all(self, why: Unproven) -> Iterator[Doubt]:
        """Every line is in doubt."""
        yield from ((at, why) for at in range(len(self.lines)))


def variant_of(line: SpokenLine, vocabulary: Vocabulary) -> VariantWords | None:
    """What a line orders. Looked for among the few variants of its product: a list of all SKUs would be the
    largest thing that a reader of a large catalog holds."""
    if line.product is None or line.sku is None:
        return None
    variants = vocabulary.products[line.product.value].variants
    return next((variant for variant in variants if variant.sku_id == line.sku.value), None)


def refusing(lexicon: Lexicon) -> str:
    """The pattern of a word that refuses what stands behind it. Not of 别的 and 级别, nor of 非要, which insists."""
    front, behind, insisting = (
        any_of(lexicon, f"proof.{name}")
        for name in ("not_refusing_front", "not_refusing_behind", "insisting")
    )
    return rf"(?<!{front})(?!{insisting}){any_of(lexicon, 'proof.refusing')}(?!{behind})"


SLOT_EVENTS = frozenset(
    {
        EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT, EventKind.QUALIFIER, EventKind.REGION,
        EventKind.QUANTITY, EventKind.ACCOUNT,
    }
)  # fmt: skip
_TURNS = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER})
_CLAUSE_END = re.compile(r"[,，。;；!！?？\n:：]")
