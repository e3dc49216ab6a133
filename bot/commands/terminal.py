"""What is typed at a command's place and what it prints, the same for all commands.

What others wrote (a bill, a customer's name) is printed without anything that would act on the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from orders.errors import NotPermitted

YEARS = range(2000, 2200)


def day_of(text: str | None) -> date | None:
    """Raises NotPermitted for what is no day, or one in which no shop was ever open."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise NotPermitted(f"{printable(text or '')} is no day; write one like 2026-01-05") from None
    if day is not None and day.year not in YEARS:
        raise NotPermitted(f"{day} is in no year from {YEARS.start} to {YEARS.stop - 1}")
    return day


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Columns under each other: the first `left` to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.ljust(width) if place < left else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def printable(text: str) -> str:
    """Without what would act on the terminal."""
    return "".join(character for character in text if character.isprintable())
