"""Which order is talked about: by its number, or as the last one. Read before everything else,
so that the digits of an order number are no phone, and 上一单 is no quantity."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page

LAST = "last"


@dataclass(frozen=True, slots=True)
class Reference:
    """`order` is an order number (digits), or `LAST`."""

    order: str


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Reference], ...]:
    """All references, left to right; claims their characters (of a number, not of its label)."""
    return ()
