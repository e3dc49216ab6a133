"""Jiao and fen behind yuan, as people say them."""

from __future__ import annotations

import re
from decimal import Decimal

from nlu.numerals import number


def with_small_change(text: str, whole: Decimal, end: int) -> tuple[Decimal, bool, int]:
    """What stands behind `whole` yuan at `end`: 十块五, 九十九块九毛九, 三块半.

    Gives the value, whether it is certain, and where it ends. 十块五个 is ambiguous where it is
    small enough to be a price each.
    """
    half = _HALF.match(text, end)
    if half:
        return whole + Decimal("0.5"), True, half.end()
    change = _CHANGE.match(text, end)
    if not change:
        return whole, True, end
    if change["tenths"] or change["bare"]:
        tenths = number(change["tenths"] or change["bare"])
        cents = number(change["cents"]) if change["cents"] else None
        assert tenths is not None
        value = whole + tenths.low / 10 + (cents.low / 100 if cents else 0)
        return value, True, change.end()
    # Ten yuan and five of them, or ten and a half each? From thirty yuan on nobody adds a half.
    # Nobody writes it in digits or with 元, and nobody says 两 for two tenths.
    written = text[end - 1 : end] != _SPOKEN_YUAN or text[end - 2 : end - 1].isdecimal()
    return whole, written or whole >= 30 or change["counted"] == "两" or change["counted"].isdecimal(), end


_SPOKEN_YUAN = "块"
_HALF = re.compile(r"半(?!年|个|价|折|小时)")
_CHANGE = re.compile(
    r"(?P<tenths>[0-9一二三四五六七八九两])[毛角](?:(?P<cents>[0-9一二三四五六七八九])分?(?![0-9十百千万个张份天月年]))?"
    r"|(?P<bare>[0-9一二三四五六七八九])(?![0-9.十百千万亿零点折天月年周g小分钟kw倍人号a-z个张份套件单次台杯只条笔组盒包瓶本支章帐])"
    r"|(?P<counted>[0-9一二三四五六七八九两])(?=[个张份套件单次台杯只条笔组盒包瓶本支章帐])"
)
