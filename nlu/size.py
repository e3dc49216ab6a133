"""One variant by everything that it can be called by, and the units in which sizes are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nlu.amounts import Amount, AmountKind
from nlu.periods import LIFETIME
from nlu.understanding import Measure

PERIOD_UNITS = frozenset({"月", "天", "周", "年", "日", LIFETIME})
MONEY_UNITS = frozenset({"元"})
SENSELESS_UNITS = frozenset({"个", "张", "份", "套", "件"})
"""Units that count things and size nothing: a number with one of them is a quantity."""


@dataclass(frozen=True, slots=True)
class Size:
    """Everything that one variant can be called by."""

    sku_id: str
    face_value: Decimal
    unit: str
    list_price: Decimal
    label: str
    more: tuple[Amount, ...]
    """Further sizes in the label: the 1年 of 1台1年."""
    word: str
    """What the label says beside its numbers: 个人版, 空月祝福."""
    said: tuple[tuple[str, int], ...] = ()
    """The words of the label, and how far each is from being the whole of it."""


def is_compound(size: Size) -> bool:
    """Whether a label says more than its numbers with units do, and is only itself as a whole: 1 User / 1 Year,
    5x 1 Month, 大月卡 beside 月卡."""
    if not size.word:
        return False
    kind_of_card = _KIND_OF_CARD.fullmatch(size.word) and size.label.startswith(size.word)
    if kind_of_card and any(amount.card for amount in size.more):
        return True
    return len(_NUMBER.findall(size.label)) > 1 and _LATIN.search(size.label) is not None


_KIND_OF_CARD = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LATIN = re.compile(r"[a-z]{2}")


def as_amount(measure: Measure) -> Amount:
    """The amount that a measure was taken from."""
    assert measure.value is not None
    unit = measure.unit
    if unit is None:
        kind = AmountKind.BARE
    elif unit in MONEY_UNITS:
        kind = AmountKind.MONEY
    elif unit in PERIOD_UNITS:
        kind = AmountKind.PERIOD
    else:
        kind = AmountKind.SIZE
    return Amount(kind, measure.value, measure.value, True, (unit,) if unit else (), measure.text)
