"""Money is an integer number of 分; yuan exist only as text."""

from __future__ import annotations

import re
from typing import NewType

Fen = NewType("Fen", int)

NOTHING = Fen(0)

_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def fen_from_yuan(text: str) -> Fen:
    """Read `99.80` as 9980 分. Raises ValueError for anything but 0-2 decimals, without sign."""
    match = _YUAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an amount in yuan such as 99.80")
    yuan, decimals = match.groups()
    return Fen(int(yuan) * 100 + int((decimals or "").ljust(2, "0") or 0))


def yuan(amount_fen: int) -> str:
    """Write 9980 分 as `99.80`; a debt as `-0.50`."""
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{rest:02d}"
