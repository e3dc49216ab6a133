"""What of a message is covered by some stretches of it: asked of hundreds of marks without holding each against each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Protocol


class Stretch(Protocol):
    """Anything that stands somewhere in a message: a mark, an event, a mention, a cue."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Covered:
    """Some stretches of a text, in any order; they may overlap. Immutable."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: Sequence[int] = ()
        self._furthest: Sequence[int] = ()
        """By place: how far the stretches reach that begin up to there."""
        if ordered := sorted(spans):  # of most kinds a message has none
            self._starts, ends = zip(*ordered, strict=True)
            self._furthest = tuple(accumulate(ends, max))

    @classmethod
    def by(cls, stretches: Iterable[Stretch]) -> Covered:
        return cls([(one.start, one.end) for one in stretches])

    def meets(self, start: int, end: int) -> bool:
        """Whether one of them shares a character with `start:end`."""
        begun = bisect_left(self._starts, end)
        return begun > 0 and self._furthest[begun - 1] > start

    def holds(self, start: int, end: int) -> bool:
        """Whether all of `start:end` is in one of them."""
        begun = bisect_left(self._starts, start + 1)
        return begun > 0 and self._furthest[begun - 1] >= end
