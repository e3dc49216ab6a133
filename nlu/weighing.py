"""What a message as a whole speaks for: every trait of it weighs for or against each intent.

Single signs are right where they stand alone; in a story, a complaint or a polite detour several stand
side by side. The weights are fitted to the sentences of many people (`tests/bench/weigh.py`), and what
they say is heard where no sign decides, and where a sign speaks of something beside an order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nlu.evidence import Evidence
from nlu.examples import BARE, MASKS
from nlu.understanding import Intent

_GRAM_MAX = 3
_LONG = 6

_COUNTED = (
    "goods", "nouns", "unknown", "sizes", "accounts", "quantities", "regions", "order_number", "last_order",
    "limits", "sorts", "payments", "contact", "remembered", "renewed", "forgotten", "quoted", "quoted_speech",
    "doubtful", "corrected", "contrasted", "trade", "foreign", "qualifiers", "units", "reals",
)  # fmt: skip
"""What was read of a message that says something of what it wants."""


def traits(seen: Evidence) -> Iterator[str]:
    """The traits of a message: its short runs of characters (slots masked), which kinds of words of stance
    stand in it, before and behind its slots and in which clauses, and what was read."""
    text = f"^{BARE.sub('', seen.masked)}$"
    for length in range(1, _GRAM_MAX + 1):
        yield from (text[at : at + length] for at in range(len(text) - length + 1))
    whole = f"{int(seen.goods > 0)}{int(seen.sizes > 0)}{int(seen.accounts > 0)}"
    yield f"whole {whole}"
    yield f"long {min(_LONG, int(math.log2(len(seen.text) + 1)))}"
    yield from (f"has {name}" for name in _COUNTED if getattr(seen, name))
    if seen.asks:
        yield from ("asks", f"asks {whole}")
    ordering = seen.ordering
    for kind, cues in seen.cues.items():
        yield from (f"{kind} {whole}", f"{kind}")
        if seen.first_slot >= 0:
            if cues[0].start < seen.first_slot:
                yield f"{kind} before"
            if cues[-1].start > seen.last_slot:
                yield f"{kind} behind"
            inside = [cue.start in ordering for cue in cues]
            if any(inside):
                yield f"{kind} within"
            if not all(inside):
                yield f"{kind} apart"


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely each intent is, 0 to 1."""

    shares: Mapping[Intent, float]

    @property
    def intent(self) -> Intent:
        return max(self.shares, key=self.shares.__getitem__)

    @property
    def share(self) -> float:
        return self.shares[self.intent]

    def of(self, *intents: Intent) -> float:
        """How likely it is one of these."""
        return sum(self.shares.get(intent, 0.0) for intent in intents)


class Weighing:
    """Weighs messages. Immutable."""

    def __init__(self, weights: Mapping[str, Mapping[Intent, float]]) -> None:
        """`weights`: of each trait, how much it says for the intents on which it says anything."""
        # Half of the traits say what another says, and share its row.
        alike = {id(says): says for says in weights.values()}
        rows = {one: tuple([says.get(intent, 0.0) for intent in _INTENTS]) for one, says in alike.items()}
        self._weights = {_masked(trait): rows[id(says)] for trait, says in weights.items()}
        """Of each trait: how much it says for each of `_INTENTS`."""

    def weigh(self, seen: Evidence) -> Weighed:
        said = [self._weights[trait] for trait in dict.fromkeys(traits(seen)) if trait in self._weights]
        scores = list(map(sum, zip(_NOTHING, *said, strict=True)))
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        total = sum(shares)
        return Weighed({intent: share / total for intent, share in zip(_INTENTS, shares, strict=True)})


_INTENTS = tuple(Intent)
_NOTHING = (0.0,) * len(_INTENTS)


def _masked(trait: str) -> str:
    if "{" not in trait:
        return trait
    for name, mask in MASKS.items():
        trait = trait.replace(f"{{{name}}}", mask)
    return trait


def legible(trait: str) -> str:
    """A trait as it is written down: with the names of slots instead of their masks."""
    for name, mask in MASKS.items():
        trait = trait.replace(mask, f"{{{name}}}")
    return trait
