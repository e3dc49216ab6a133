"""Numbers that are no amount: dates, times, ordinals, versions, ages, codes, other people's numbers.

Taking them away before amounts are read is what keeps 5G套餐, 第3个 and 10点50分 from being bought.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page


class OtherKind(StrEnum):
    ORDINAL = "ordinal"
    """第二个, 第3单: `value` is which, from 1."""
    DATE = "date"
    TIME = "time"
    AGE = "age"
    VERSION = "version"
    """5G套餐, 苹果15, iphone 14, win 10: the number is part of a name."""
    CODE = "code"
    """A verification code, a courier number."""
    WORD = "word"
    """A word in which a numeral counts nothing: 一起, 万一, 十分, 百度."""
    MANY = "many"
    """How many recipients are listed: 两个号, 一共12个, 这三个号码."""
    LEADING = "leading"
    """A position among the lines: 前两个, 后三个, 最后一个."""


@dataclass(frozen=True, slots=True)
class OtherNumber:
    kind: OtherKind
    value: int | None = None


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[OtherNumber], ...]:
    """All such numbers in what is still free, left to right; claims all but ORDINAL, MANY and
    LEADING, which stay free for the reader of lines.

    Call after the exact names of products are taken (`win11` may be for sale).
    """
    return ()
