"""What a search is limited to, and how its finds are sorted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import Filters, Slot, SortKey


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: `slot` is one of MAX_PRICE MIN_PRICE (in 分), MAX_ETA_MINUTES, MAX_DISCOUNT
    MIN_DISCOUNT (fraction of the list price), MIN_RATING."""

    slot: Slot
    value: Decimal


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Limit], ...]:
    """All limits in what is still free; claims their characters. Two limits may share a mark's
    characters (500到1000之间). Call after accounts, before amounts."""
    return ()


def read_sort(page: Page, lexicon: Lexicon) -> tuple[Mark[SortKey], ...]:
    """The words that say how to sort (最便宜, 销量最高, 哪个到账快). Claims nothing."""
    return ()


def collected(marks: Iterable[Mark[Limit]]) -> Filters:
    """The limits as one value; of two of a kind the later counts."""
    return Filters()
