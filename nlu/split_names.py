"""Names with the size in their midst: 哈啰7天骑行卡, 月老一个月黑金会员. What stands on either side of it is one name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlu.amounts import Amount
from nlu.assortment import EQUAL_SHORT_WITHIN
from nlu.entries import Entry
from nlu.mention import Mention, MentionKind
from nlu.page import Mark

FRONT_MAX, FRONT_MIN = 8, 2
"""So many characters in front of a size may begin a name that ends behind it."""


def split_by_sizes(
    text: str, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], entries: Mapping[str, Entry]
) -> tuple[Mention, ...]:  # fmt: skip
    """The mentions, with both halves of such a name meaning the goods that go by the whole of it, or those that
    either half may mean."""
    told = list(mentions)
    begin_at = {m.start for m in told if m.kind is MentionKind.NAME}
    sized_at = {mark.start for mark in sizes}
    for mark in sizes:
        if begin_at.isdisjoint((mark.end, mark.end + 1)):
            continue  # no name can go on behind it; of hundreds, they are not looked through
        end = next(
            (m for m in told if m.kind is MentionKind.NAME and _goes_on(text, mark.end, m.start)), None
        )
        behind = range(end.end, end.end + len(_LINK) + 1) if end is not None else ()
        if end is None or any(_touches(text, end.end, at) for at in sized_at.intersection(behind)):
            continue  # A月卡B年卡 are two
        front = next(
            (m for m in told if m.kind is MentionKind.NAME and _touches(text, m.end, mark.start)), None
        )
        whole = _whole(text, mark, end, told, entries)
        if whole is not None:
            begin, options = whole
            said = text[begin : mark.start].strip(_LINK)
            half = Mention(begin, begin + len(said), said, MentionKind.NAME, options)
            told = [half, *(m for m in told if m is not front)]
            told[told.index(end)] = replace(end, options=options, thin=False)
        elif front is not None:
            best = min(end.options.values(), default=0.0)
            equal = {one for one, cost in end.options.items() if cost <= best + EQUAL_SHORT_WITHIN}
            shared = {one: end.options[one] for one in front.options if one in equal}
            if 0 < len(shared) < len(equal):
                told[told.index(end)] = replace(end, options=shared)
    return tuple(sorted(told, key=lambda mention: (mention.start, mention.end)))


_LINK = " 的"


def _goes_on(text: str, end: int, start: int) -> bool:
    return start >= end and text[end:start] in ("", "的")


def _touches(text: str, end: int, start: int) -> bool:
    return 0 <= start - end <= len(_LINK) and text[end:start].strip(_LINK) == ""


def _whole(
    text: str, mark: Mark[Amount], end: Mention, mentions: Sequence[Mention], entries: Mapping[str, Entry]
) -> tuple[int, Mapping[str, float]] | None:  # fmt: skip
    """Where a name begins that goes on behind the size, and the goods that it means; None where the half behind
    the size already means no others."""
    for length in range(FRONT_MAX, FRONT_MIN - 1, -1):
        begin = mark.start - length
        said = text[begin : mark.start].rstrip(_LINK) if begin >= 0 else ""
        entry = entries.get(said + end.text) if len(said) >= FRONT_MIN else None
        if entry is None or entry.kind is not MentionKind.NAME or entry.options.keys() == end.options.keys():
            continue
        if all(
            begin <= m.start and m.end <= mark.start
            for m in mentions
            if m.start < mark.start and begin < m.end
        ):
            return begin, entry.options
    return None
