"""Which of the numbers that were found are sizes, which are counts, and which are recipients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind
from nlu.page import Mark
from nlu.quantities import Quantity


def counts_or_sizes(
    counts: Sequence[Mark[Quantity]], sizes: Sequence[Mark[Amount]]
) -> tuple[tuple[Mark[Quantity], ...], tuple[Mark[Amount], ...]]:  # fmt: skip
    """Where a count and a size share characters: a unit makes a size, a measure word a count."""
    counted: list[Mark[Quantity]] = []
    dropped: set[int] = set()
    for count in counts:
        clash = [(at, size) for at, size in enumerate(sizes) if overlap(count, size)]
        keep = True
        for at, size in clash:
            if size.value.kind is AmountKind.BARE:
                dropped.add(at)
            else:
                keep = False
        if keep:
            counted.append(count)
    return tuple(counted), tuple(size for at, size in enumerate(sizes) if at not in dropped)


def overlap(one: Mark[Any], other: Mark[Any]) -> bool:
    return one.start < other.end and other.start < one.end


def called_one(mark: Mark[Account]) -> bool:
    """Whether a number that may be no account at all was introduced as one."""
    return mark.value.said is not None or mark.value.label is not None


def sent_to(text: str, mark: Mark[Account], sizes: Sequence[Mark[Amount]]) -> bool:
    """30到123456: a number behind 到 that is no size of anything and no end of a range."""
    behind = re.search(r"(?<![加减改换])(?:到|给) ?$", text[: mark.start]) is not None
    plain_sizes = all(size.value.kind is AmountKind.BARE for size in sizes if overlap(mark, size))
    return behind and plain_sizes and mark.value.text.isdigit()
