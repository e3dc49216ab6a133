"""A name found in a message: the products that it may be, and how surely it is one of them.

Deciding between these waits until sizes, regions and numbers are known (`nlu/goods.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nlu.roles import Role


class MentionKind(Enum):
    """What a word found in a message does."""

    NAME = "name"
    """It names a product, or one of few siblings."""
    NOUN = "noun"
    """It only says what kind of thing: 会员, 点券."""
    UNKNOWN = "unknown"
    """A well-known good that this shop does not sell."""
    QUALIFIER = "qualifier"
    """A tier, country or carrier standing by itself: 白金, 港服, 移动."""
    REGION = "region"
    """A server of one of the products."""

    __hash__ = object.__hash__  # looked up for every name found; enum's own is written in Python


class Closeness(Enum):
    """How a name was recognised; the value is the sureness that this leaves."""

    EXACT = 1.0
    PARTIAL = 0.9
    SOUND = 0.85
    TYPO = 0.8

    __hash__ = object.__hash__  # looked up for every name found; enum's own is written in Python


BRANDLESS = 2.0
"""What a name costs from which on it lacks a brand."""
SHORT_OF_A_WORD = 1.0
"""What a name costs from which on it is nobody's whole name."""
ANOTHER = 1.2
"""What it costs to call goods by the whole name of others."""
EQUAL_WITHIN = 0.6
"""Products whose names cost this much more than the best are still equally meant."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found at `start:end` of the page's text."""

    start: int
    end: int
    text: str
    kind: MentionKind
    options: Mapping[str, float] = field(default_factory=dict)
    """Product id -> what it costs to call it this. For regions: product id -> 0."""
    closeness: Closeness = Closeness.EXACT
    thin: bool = False
    """A word that may mean something else (世界, 滴滴): a name only where a fitting size stands by."""
    role: Role | None = None
    meaning: str = ""
    """Of a qualifier: which. Of a region: its squeezed spelling. Of an unknown good: its brand."""
    said: frozenset[str] = frozenset()
    """Meanings of the tiers, countries and carriers inside the name."""
    family: Mapping[str, float] = field(default_factory=dict)
    """The options that the name has without its tiers and countries."""
    partial: bool = False
    """Only the first or last characters of a brand were said."""
    tail: bool = False
    """It was the last ones."""

    @property
    def guessed(self) -> bool:
        """Whether what was typed is not the name itself, only near to it."""
        return self.partial or self.closeness is not Closeness.EXACT
