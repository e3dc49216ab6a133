"""Numbers of what is only told: 打了8年, 我们2个合伙人共用. They must never become a size or a quantity."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TypeVar

from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind
from nlu.corrections import Cue, CueKind
from nlu.page import Mark
from nlu.products import Mention, MentionKind
from nlu.quantities import Quantity
from nlu.signs import Signs

_SPENT = re.compile(r"(?:了|过|老)$")
_SIZED = re.compile(r" ?(?:的(?!时|话|经|老|历|朋|同|人|书|合|手|电|感)|吧|就[好行]|$|[,，。;；!！?？\n])")
"""Behind a length of time that somebody wants, rather than tells of."""
_CLAUSE_END = re.compile(r"[,，。;；!！?？\n]")

_M = TypeVar("_M", Amount, Quantity)


def without_asides(
    text: str, marks: Sequence[Mark[_M]], mentions: Sequence[Mention], recipients: Sequence[Mark[Account]],
    cues: Mapping[CueKind, tuple[Cue, ...]],
    signs: Signs,
) -> tuple[Mark[_M], ...]:  # fmt: skip
    """Without the numbers of what is only told: 打了8年, 我们2个合伙人共用. A clause that names no goods,
    no recipient and no wish orders nothing, where another clause does."""
    ends: list[int] = [match.start() for match in _CLAUSE_END.finditer(text)]
    bounds = list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))
    wishes = [cue.start for cue in cues.get(CueKind.ORDER, ()) if cue.word not in signs.weak_wishes]
    solid = [m.start for m in mentions if m.kind in (MentionKind.NAME, MentionKind.UNKNOWN, MentionKind.NOUN)]
    solid += [m.start for m in recipients]
    solid += wishes
    kept = []
    for mark in marks:
        start, end = bounds[bisect_left(ends, mark.start)]
        said = any(start <= place < end for place in solid)
        elsewhere = any(not start <= place < end for place in solid)
        spent = (
            isinstance(mark.value, Amount)
            and mark.value.kind is AmountKind.PERIOD
            and _SPENT.search(text, 0, mark.start)
        )
        corrected = any(start <= cue.start < end for kind in _CORRECTING for cue in cues.get(kind, ()))
        if spent or (not corrected and not said and elsewhere and _told_only(text, mark, signs)):
            continue
        kept.append(mark)
    return tuple(kept)


_CORRECTING = (CueKind.CORRECTION, CueKind.CORRECTION_OR_DROP, CueKind.INSTEAD, CueKind.MODIFY)


def _told_only(text: str, mark: Mark[_M], signs: Signs) -> bool:
    """Whether what stands behind a number says that it measures something of the customer's life."""
    vague = isinstance(mark.value, Amount) and not mark.value.exact
    if not vague and _SIZED.match(text, mark.end) and not signs.life_measure.match(text, mark.end):
        return False  # 会员，两年的那种
    return (
        vague
        or signs.life_measure.match(text, mark.end) is not None
        or (
            text[mark.start : mark.end].endswith("年")
            and not _ALONE.match(text[mark.start - 1 : mark.end + 1])
        )
    )


_ALONE = re.compile(r"[\s,，。、;](?s:.)+|(?s:.)+[的嘅那]$")
"""A period that begins its clause, or that is said of something: 一年的, 3台1年的那个."""
