"""Money is an integer number of 分; yuan exist only as text."""

from __future__ import annotations

import re
from typing import NewType

Fen = NewType("Fen", int)

NOTHING = Fen(0)

Li = NewType("Li", int)
"""厘, a tenth of a 分. Only the price of one piece is told in it; what is paid is whole 分."""

LI_PER_FEN = 10

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


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers that are not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def part_of(amount_fen: int, pieces: int, of_pieces: int) -> Fen:
    """What the first `pieces` of `of_pieces` are worth that cost `amount_fen` together.

    All of them are worth exactly the amount, so what is worth of a part and of its rest always
    sum to it; a piece that costs less than a 分 is never worth nothing. `PART_SQL` says the same.
    """
    assert 0 <= pieces <= of_pieces, f"{pieces} of {of_pieces} pieces"
    return Fen(max(1, rounded(amount_fen * pieces, of_pieces)) if pieces else 0)


PART_SQL = (
    "CASE WHEN {pieces} = 0 THEN 0 WHEN 2 * {amount} * {pieces} < {of} THEN 1 "
    "ELSE (2 * {amount} * {pieces} + {of}) / (2 * {of}) END"
)
"""`part_of` for a query, with the columns' names put in: whole numbers divide alike on every database."""
