"""Which of the numbers that were found are sizes, which are counts, and which are recipients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind
from nlu.covered import Covered
from nlu.mention import Mention
from nlu.page import Mark
from nlu.quantities import Quantity


def counts_or_sizes(
    counts: Sequence[Mark[Quantity]], sizes: Sequence[Mark[Amount]]
) -> tuple[tuple[Mark[Quantity], ...], tuple[Mark[Amount], ...]]:  # fmt: skip
    """Where a count and a size share characters: a unit makes a size, a measure word a count."""
    counted: list[Mark[Quantity]] = []
    dropped: set[int] = set()
    sized = Covered.by(sizes)
    for count in counts:
        if not sized.meets(count.start, count.end):
            counted.append(count)
            continue
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


def one_of_them(text: str, mark: Mark[Amount]) -> bool:
    """一人两张: one of several people, and no size."""
    return mark.value.low == 1 and _EACH_ONE.match(text, mark.end) is not None


def counts_people(
    text: str, mark: Mark[Quantity], mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]]
) -> bool:  # fmt: skip
    """店里几个伙计: what is counted is nothing that is sold by a name, a kind or a size."""
    at = mark.value.follows
    if mark.value.count is not None or mark.value.word not in _OF_PEOPLE:
        return False
    starts = {*(mention.start for mention in mentions), *(size.start for size in sizes)}
    return at not in starts and _CHINESE.match(text, at) is not None


_EACH_ONE = re.compile("人 ?(?:[0-9一二两三四五六七八九十各]|手)")
_OF_PEOPLE = frozenset(("个", "位", "名", "套", "间", "家", "处", "台", "部", "辆"))
"""Whoever pays for several: people, and houses, shops and cars of theirs."""
_CHINESE = re.compile(r"(?!的)[\u4e00-\u9fff]{2}")


def called_one(mark: Mark[Account]) -> bool:
    """Whether a number that may be no account at all was introduced as one."""
    return mark.value.said is not None or mark.value.label is not None


def sent_to(text: str, mark: Mark[Account], sizes: Sequence[Mark[Amount]]) -> bool:
    """30到123456: a number behind 到 that is no size of anything and no end of a range."""
    behind = re.search(r"(?<![加减改换])(?:到|给) ?$", text[: mark.start]) is not None
    plain_sizes = all(size.value.kind is AmountKind.BARE for size in sizes if overlap(mark, size))
    return behind and plain_sizes and mark.value.text.isdigit()


def listed(text: str, marks: Sequence[Mark[Account]]) -> tuple[Mark[Account], ...]:
    """Of the recipients that may be none, those whose place in a list is that of a recipient: rows of
    nothing but a number, and the cell under a recipient of another row."""
    lines = [*re.finditer(r"[^\n]+", text)]
    if len(lines) < 2:
        return ()
    alone = [line for line in lines if _ONLY_DIGITS.fullmatch(line[0])]
    numbers = {len(line[0].strip()) for line in alone}
    sure = {_cell(text, mark) for mark in marks if mark.value.claimed}
    taken = {
        line.start()
        for line in lines
        for mark in marks
        if mark.value.claimed and mark.start in range(*line.span())
    }
    found = []
    for mark in marks:
        line = next((one for one in lines if mark.start in range(*one.span())), None)
        if mark.value.claimed or line is None or line.start() in taken:
            continue
        row = len(alone) > 1 and len(numbers) == 1 and line in alone
        place = _cell(text, mark)
        if row or (place in sure and place[1] > 1):
            found.append(mark)
    return tuple(found)


def _cell(text: str, mark: Mark[Account]) -> tuple[int, int]:
    """The number of the cell of its line that a mark begins, and how many cells the line has."""
    begins = text.rfind("\n", 0, mark.start) + 1
    ends = text.find("\n", mark.start)
    cells = re.split(r"[\s,;|:]+", text[begins : ends if ends >= 0 else len(text)].strip())
    before = text[begins : mark.start].strip()
    return (len(re.split(r"[\s,;|:]+", before)) if before else 0), len(cells)


_ONLY_DIGITS = re.compile(r"\s*[0-9]{5,20}\s*")
