"""What a card key is: one secret, in one of three states, told apart by its last characters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NUMBER_AND_PASSWORD = "\t"
"""Between the two parts of a key that has two. No key holds one by itself: it cannot be printed."""

HINT_FROM = 12
"""The last four characters of a shorter key would tell too much of it."""


class KeyState(StrEnum):
    FREE = "free"
    SOLD = "sold"
    """To one order line, for ever."""
    VOID = "void"
    """Nobody gets it any more: given back, replaced, expired, or struck off."""


@dataclass(frozen=True, slots=True)
class SoldKey:
    """A key of an order as staff may see it: by its number and its last characters."""

    key_no: int
    line_no: int
    state: KeyState
    replaced_by: int | None
    hint: str = ""


def hint(secret: str) -> str:
    """`****3F7K`: enough to tell two keys of an order apart."""
    return f"****{secret[-4:]}" if len(secret) >= HINT_FROM else "****"
