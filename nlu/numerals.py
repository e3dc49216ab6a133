"""Numbers as people write and say them, read by place value, exact or openly not exact.

一百五 is 150, 一百零五 is 105; 三五百, 十几 and 100左右 are no single number, and nobody may
read one out of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from nlu.page import Mark


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both ends included.

    `exact` is False for a range and for everything approximate (百来, 100左右, 三五百, 十几),
    also where both ends happen to be the same.
    """

    low: Decimal
    high: Decimal
    exact: bool = True
    arabic: bool = False
    """Whether it was written in digits 0-9 (perhaps with a 万, k or w behind)."""

    @property
    def value(self) -> Decimal | None:
        """The one number that was meant, or None when no one number was."""
        return self.low if self.exact else None


def number_at(text: str, start: int) -> Mark[Number] | None:
    """The longest number that begins at `start`, or None."""
    return None


def numbers(text: str) -> Iterator[Mark[Number]]:
    """All numbers of `text`, left to right, not overlapping. Linear in the text.

    Purely by form: 一 of 一起 is found too. Whoever asks decides what counts (`Lexicon` lists
    words in which a numeral counts nothing).
    """
    yield from ()


def number(text: str) -> Number | None:
    """The number that the whole of `text` is, or None."""
    mark = number_at(text, 0)
    return mark.value if mark and mark.end == len(text) else None
