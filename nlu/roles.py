"""What the words of a name do in it: which of them name a product, and what it costs to leave one out."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Role(Enum):
    """What a token of a name does."""

    BRAND = "brand"
    CONTENT = "content"
    UNIT = "unit"
    """What the goods are counted in, where it has a name of its own: 创世结晶."""
    SUBJECT = "subject"
    GENERIC = "generic"
    TIER = "tier"
    PLAIN_TIER = "plain tier"
    COUNTRY = "country"
    CARRIER = "carrier"
    NOTE = "note"
    """What describes goods that are named before it: 门店自提."""

    __hash__ = object.__hash__  # a dictionary key in every name; enum's own is written in Python


COST = {
    Role.BRAND: 2.0,
    Role.CONTENT: 1.5,
    Role.UNIT: 0.3,
    Role.SUBJECT: 0.2,
    Role.GENERIC: 0.0,
    Role.TIER: 3.0,
    Role.PLAIN_TIER: 0.65,
    Role.COUNTRY: 1.0,
    Role.CARRIER: 1.0,
    Role.NOTE: 0.7,
}
"""What it costs to leave a token out."""

STRONG = frozenset({Role.BRAND, Role.CONTENT, Role.UNIT})
"""Tokens that can name a product; the others only qualify it."""


QUALIFYING = frozenset({Role.TIER, Role.COUNTRY, Role.CARRIER})
"""Words that set a product apart from its siblings."""


class Token(NamedTuple):
    """A word of a name. (Named tuples: a hundred are made to spell out one name.)"""

    text: str
    """Normalised, without blanks."""
    role: Role
    meaning: str
    """For tiers, countries and carriers: which one, whatever the spelling."""


class Form(NamedTuple):
    """One way to say a product; `tokens` are those that were kept."""

    text: str
    cost: float
    tokens: tuple[Token, ...]
