"""What was said of the goods of one line, and which goods these are decided to be."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlu.amounts import Amount
from nlu.delivery_words import ComesAs
from nlu.mention import Mention
from nlu.roles import Role
from nlu.variants import VariantReading


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that was said of the goods of one line."""

    mention: Mention | None = None
    noun: Mention | None = None
    qualifiers: tuple[tuple[Role, str], ...] = ()
    refused: tuple[tuple[Role, str], ...] = ()
    """Tiers that are not wanted: 不要慢充."""
    amounts: tuple[Amount, ...] = ()
    nearby: str = ""
    """The characters of the line, for words that tell variants apart (个人版)."""
    around: str = ""
    """The whole message, where the line is its only one."""
    regions: tuple[str, ...] = ()
    """Spellings of servers that were said."""
    carrier: str | None = None
    """Of the number to be charged."""
    account_kind: str | None = None
    """What the recipient was called, if it was called anything."""
    labels: tuple[str, ...] = ()
    """Words of the variants' labels that were said, those taken back left out."""
    scraps: str = ""
    """Characters in and around the line that nobody understood."""
    beside: str = ""
    """Those of them that all but touch the name."""
    behind: str = ""
    """What stands right behind the name."""
    comes_as: frozenset[ComesAs] = frozenset()
    """How the goods are to come, where that was said; both where it cannot be told."""
    requalified: bool = False
    tops_up: bool = False
    """充/交/缴 with a mobile number or a contact: with no product named it is the plain phone top-up."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`product_id` None: open, with `product_options`. The variant likewise."""

    product_id: str | None = None
    product_options: tuple[str, ...] = ()
    variant: VariantReading = field(default_factory=VariantReading)
    sureness: float = 1.0
    carrier_conflict: bool = False
