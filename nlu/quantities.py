"""How many are meant: a count with a measure word (两张), or a factor (x2, *2).

`50个Q币` is a count only where Q币 is no unit of the catalog, so this reader claims nothing;
the parser decides and takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page


class QuantityKind(StrEnum):
    COUNTED = "counted"
    """With a measure word: 两张, 来俩, 3份."""
    TIMES = "times"
    """As a factor: x2, *2, ×2."""
    ARTICLE = "article"
    """A 一 or none that only means `a`: 来个, 一个, 整张. The quantity is 1, and any other
    quantity in the same line counts instead."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`count` is None when no one number was meant (三五张, 十来个, 几张): ask."""

    count: int | None
    kind: QuantityKind
    word: str = ""
    """The measure word as normalised; `个` may as well belong to a unit (`50个Q币`)."""
    each: bool = False
    """Said of each recipient or product: 各两张, 每个号一份."""
    follows: int = 0
    """Offset in the normalised text of what is counted (behind the measure word and blanks)."""


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Quantity], ...]:
    """All quantities in what is still free, left to right. Claims nothing."""
    return ()
