"""The unit of a size, where the goods have been named right in front of it: LINE贴图代币100代币 names nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.amounts import Amount
from nlu.assortment import Assortment
from nlu.mention import EQUAL_WITHIN, Closeness, Mention, MentionKind
from nlu.page import Mark

_BETWEEN = re.compile("[ 的要来充]{0,3}")
"""What may stand between a name and its size; 和 and a comma may part two goods."""


def without_units(
    text: str, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], goods: Assortment
) -> tuple[Mention, ...]:  # fmt: skip
    """The mentions without those that are but the unit in which the goods right in front are counted."""
    names = [mention for mention in mentions if mention.kind is MentionKind.NAME]
    ends = {name.end for name in names}
    units: set[int] = set()
    for mark in sizes:
        if mark.end not in ends:
            continue
        unit = next((m for m in names if mark.start < m.start and m.end == mark.end), None)
        if unit is None:
            continue
        front = max((m for m in names if m.end <= mark.start), key=lambda m: m.end, default=None)
        if front is None or front.closeness is not Closeness.EXACT:
            continue
        told = _BETWEEN.fullmatch(text, front.end, mark.start) is not None
        if told and goods.sells_by(_nearest(front), mark.value):
            units.add(unit.start)
    return tuple(m for m in mentions if not (m.kind is MentionKind.NAME and m.start in units))


def _nearest(name: Mention) -> list[str]:
    """The goods that are about equally meant by a name."""
    best = min(name.options.values(), default=0.0)
    return [one for one, cost in name.options.items() if cost <= best + EQUAL_WITHIN]
