"""How often a reading like this one is right: the confidence of a frame, calibrated.

How clear the signs of an intent were says little about whether a whole frame is right: most wrong
ones had clear signs, and words that nobody read, a name that only sounds like one, or a correction.
So a small logistic model weighs such clues. Its weights are `data/confidence.toml`, fitted by
`python -m tests.bench.calibrate` to messages that nobody tuned the reader on, and its reliability is
what `make bench` draws. It decides nothing about what a message means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nlu.mention import Closeness
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.understanding import Intent, SpokenLine

Clues = Mapping[str, float]
"""Name of a clue -> how much of it there is, about 0 to 1; `none` of it is left out."""

_UNREAD_MAX = 12
"""More characters that nobody read say no more than so many."""
_LONG = 100
"""A message of so many characters has a full clue of length."""

_KINDS = {
    "orders": frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.REORDER}),
    "looks": frozenset({Intent.SEARCH, Intent.PRICE}),
    "asks": frozenset({Intent.FAQ, Intent.HELP}),
    "foreign": frozenset({Intent.OUT_OF_SCOPE}),
}
"""What else there is (answers, after-sales, politeness) is the case that the others are compared with."""


def clues_of(reading: Reading, intent: Intent, clear: float, lines: Sequence[SpokenLine]) -> Clues:
    """The clues of one reading. `clear` is how clear the signs of the intent were, 0 to 1."""
    clear = min(max(clear, 0.02), 0.99)
    kind = next((name for name, intents in _KINDS.items() if intent in intents), None)
    unread = min(len(reading.shape.left.over), _UNREAD_MAX) / _UNREAD_MAX
    events = [event.kind for event in reading.events]
    closeness = {event.mention.closeness for event in reading.events if event.mention is not None}
    clues = {
        "clear": math.log(clear / (1 - clear)) / 4,
        "long": min(len(reading.page.text), _LONG) / _LONG,
        "turned": float(EventKind.CORRECTION in events or EventKind.INSTEAD in events),
        "doubtful": float(any(record.doubtful for record in reading.records)),
    }
    if kind is not None:
        clues[kind] = 1.0
    if kind == "orders":
        clues |= {
            "unread": unread,
            "several": math.log2(len(lines)) / 4 if len(lines) > 1 else 0.0,
            "open": float(any(line.sku is None for line in lines) or not lines),
            "problem": float(any(line.problems for line in lines)),
            "sounds": float(any(one is not Closeness.EXACT for one in closeness)),
            "unnamed": float(not any(line.product for line in lines)),
        }
    return {name: amount for name, amount in clues.items() if amount}


def confidence(weights: Mapping[str, float], clues: Clues) -> float:
    """How often a frame with such clues is right, 0 to 1."""
    total = weights.get("base", 0.0) + sum(weights.get(name, 0.0) * amount for name, amount in clues.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
