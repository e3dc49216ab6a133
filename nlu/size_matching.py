"""Which of some sizes an amount names, in their own unit, in another, or by the official price."""

from __future__ import annotations

import re
from decimal import Decimal

from nlu.amounts import Amount, AmountKind
from nlu.normalise import plain
from nlu.size import MONEY_UNITS, PERIOD_UNITS, Size


def fitting(amount: Amount, sizes: tuple[Size, ...]) -> list[Size]:
    """The variants that this exact amount names: by size, or else by the official price."""
    value = amount.low
    if amount.kind in (AmountKind.BARE, AmountKind.SIZE) and (by_scale := _in_ten_thousands(amount, sizes)):
        return by_scale
    match amount.kind:
        case AmountKind.MONEY:
            by_size = [size for size in sizes if size.unit in MONEY_UNITS and size.face_value == value]
            return by_size or [size for size in sizes if size.list_price == value]
        case AmountKind.BARE:
            by_size = [size for size in sizes if size.unit not in PERIOD_UNITS and size.face_value == value]
            by_size = by_size or [size for size in sizes if _in_thousands(size, value)]
            if by_size:
                return by_size
            by_price = [size for size in sizes if size.list_price == value]
            by_period = [size for size in sizes if size.unit in PERIOD_UNITS and size.face_value == value]
            return by_price + [size for size in by_period if size not in by_price]
        case AmountKind.CURRENCY:
            return [size for size in sizes if size.unit in amount.units and size.face_value == value]
        case AmountKind.SIZE:
            own = [size for size in sizes if size.unit in amount.units and size.face_value == value]
            own = own or [size for size in sizes if amount.units and _in_thousands(size, value)]
            return own or [size for size in sizes if _label_has(size, amount) or _as_many_gb(size, amount)]
        case AmountKind.PERIOD:
            own = [
                size
                for size in sizes
                if size.unit in PERIOD_UNITS and amount.in_unit(size.unit) == size.face_value
            ]
            return own or [size for size in sizes if _label_has(size, amount)]


def _in_ten_thousands(amount: Amount, sizes: tuple[Size, ...]) -> list[Size]:
    """五千万金币 where it is sold as 5000 of 万金币."""
    return [
        size
        for size in sizes
        if size.unit[:1] == _TEN_THOUSAND
        and amount.low == size.face_value * 10_000
        and (not amount.units or size.unit in amount.units or size.unit[1:] in amount.units)
    ]


_TEN_THOUSAND = "万"


def _label_has(size: Size, amount: Amount) -> bool:
    for part in size.more:
        said_so = bool(set(part.units) & set(amount.units)) or (part.text == amount.text and not part.units)
        if part.kind is amount.kind and part.low == amount.low and said_so:
            return True
        periods = part.kind is AmountKind.PERIOD and amount.kind is AmountKind.PERIOD
        if periods and part.units and amount.in_unit(part.units[0]) == part.low:
            return True
    return False


def _in_thousands(size: Size, value: Decimal) -> bool:
    """Whether a size that is counted in 万 was said in ones: 5000w of 万金币."""
    return size.unit.startswith("万") and size.face_value * 10_000 == value


def _as_many_gb(size: Size, amount: Amount) -> bool:
    """Whether a variant that is counted in GB was said in TB."""
    terabytes = _TERABYTES.fullmatch(amount.text)
    return terabytes is not None and plain(size.unit) == "gb" and size.face_value == amount.low * 1024


_TERABYTES = re.compile(r"[^a-z]+tb?")


def between(size: Size, amount: Amount) -> bool:
    """Whether a size, or its price, lies in a range."""
    if amount.kind in (AmountKind.MONEY, AmountKind.BARE):
        return amount.low <= size.face_value <= amount.high or amount.low <= size.list_price <= amount.high
    return size.unit in amount.units and amount.low <= size.face_value <= amount.high


def plainest(left: list[Size], amounts: tuple[Amount, ...]) -> list[Size]:
    """Of sizes that all fit the one that says no more than was said: 4小时 beside 深度保洁4小时."""
    plain = [
        size
        for size in left
        if size.more
        and size.word in _SAYS_NOTHING
        and all(any(_same_size(part, amount) for amount in amounts) for part in size.more)
    ]
    told = all(size.word not in _SAYS_NOTHING for size in left if size not in plain)
    return plain if len(plain) == 1 and told else []


def _same_size(one: Amount, other: Amount) -> bool:
    if one.kind is not other.kind or not other.exact:
        return False
    if one.kind is AmountKind.PERIOD:
        return one.in_unit(other.units[0]) == other.low
    return one.low == other.low and bool(set(one.units) & set(other.units))


_SAYS_NOTHING = frozenset(("", "装", "版", "卡", "券", "会员"))


def nearest(sizes: tuple[Size, ...], amount: Amount | None) -> list[Size]:
    """The sizes, those first that are nearest to one that is not sold."""
    if amount is None:
        return list(sizes)

    def distance(size: Size) -> Decimal:
        if amount.kind is AmountKind.PERIOD:
            value = amount.in_unit(size.unit)
            return abs(size.face_value - value) if value is not None else size.face_value
        by_face = abs(size.face_value - amount.low)
        return by_face if size.unit in amount.units or not amount.units else abs(size.list_price - amount.low)

    return sorted(sizes, key=distance)
