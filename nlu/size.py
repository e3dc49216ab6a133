"""One variant by everything that it can be called by, and the units in which sizes are counted."""

from __future__ import annotations

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
