"""Names that go on in the words of the goods themselves: 小遛骑行卡 of 小遛共享电动车骑行卡.

What was found is often but the beginning, the middle or the end of what was said. The characters beside
it belong to it as long as they stand so in the name of the goods; then no other reader can take 行 for a
yes, or 电动车 for something to be sent by mail.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlu.covered import Covered
from nlu.mention import Closeness, Mention, MentionKind

OPTIONS_MAX = 8
_JUMP_MIN = 2
_SPELLED = 0.9
"""The closeness from which on a name was typed as it is spelled."""
_SURE = 4
"""A name of so many characters in a row means nothing else."""


def grown(text: str, mentions: Sequence[Mention], written: Mapping[str, str]) -> list[Mention]:
    """The mentions, each name as long as the message goes on in it. `written`: product id -> squeezed name."""
    firm = [mention for mention in mentions if mention.kind is not MentionKind.NOUN]
    begins, ends = sorted(m.start for m in firm), sorted(m.end for m in firm)
    nouns = [mention for mention in mentions if mention.kind is MentionKind.NOUN]
    result: list[Mention] = []
    for mention in mentions:
        if _may_grow(mention, written):
            before, behind = bisect_right(ends, mention.start), bisect_left(begins, mention.end)
            start = ends[before - 1] if before else 0
            end = begins[behind] if behind < len(begins) else len(text)
            longer = _apart(_grown(text, mention, start, end, written), mention.end, nouns)
            mention = _with_version(text, longer, end, written)
        elif _may_grow(mention, written, Closeness.TYPO.value):
            # offce2021: the number behind a slip is the goods' own all the same.
            behind = bisect_left(begins, mention.end)
            end = begins[behind] if behind < len(begins) else len(text)
            mention = _with_version(text, mention, end, written)
        result.append(mention)
    names = Covered.by(m for m in result if m.kind is MentionKind.NAME)
    return [
        mention
        for mention in result
        if mention.kind is not MentionKind.NOUN or not names.holds(mention.start, mention.end)
    ]


def _may_grow(mention: Mention, written: Mapping[str, str], near: float = _SPELLED) -> bool:
    return (
        mention.kind is MentionKind.NAME
        and mention.closeness.value >= near
        and 0 < len(mention.options) <= OPTIONS_MAX
        and all(one in written for one in mention.options)
    )


def _grown(text: str, mention: Mention, first: int, last: int, written: Mapping[str, str]) -> Mention:
    names = [written[one] for one in mention.options]
    start, end = mention.start, mention.end
    if not all(text[start:end] in name for name in names):
        return mention
    while start > first and _wordy(text[start - 1]) and _in_all(text[start - 1 : end], names):
        start -= 1
    while end < last and _wordy(text[end]) and _in_all(text[start : end + 1], names):
        end += 1
    row = end - start
    rests = [name[name.find(text[start:end]) + row :] for name in names]
    stop = end
    while stop < last and _wordy(text[stop]) and _in_all(text[end : stop + 1], rests):
        stop += 1
    if stop - end >= _JUMP_MIN:
        end = stop
    if (start, end) == (mention.start, mention.end):
        return mention
    return replace(mention, start=start, end=end, thin=mention.thin and row < _SURE)


def _apart(grown: Mention, end: int, nouns: Sequence[Mention]) -> Mention:
    """鸣潮 of 鸣潮月卡, where 鸣潮月相 is sold: a word that goes on behind the name is none of its characters. `end`:
    where the name ended before it grew."""
    cut = [noun.start for noun in nouns if end <= noun.start < grown.end < noun.end]
    return replace(grown, end=min(cut)) if cut else grown


def _with_version(text: str, mention: Mention, last: int, written: Mapping[str, str]) -> Mention:
    """PD虚拟机20 of Parallels Desktop 20: the number behind a name is the goods' own where no unit follows. So is the
    三 of 诛仙三, where 诛仙3 is sold."""
    said = _NUMERAL.match(text, mention.end)
    if said is not None and said.end() <= last:
        digit = _DIGITS[said[0]]
        called = text[mention.start : mention.end] + digit
        so_called = all(called in written[one] for one in mention.options)
        return replace(mention, end=said.end()) if so_called else mention
    found = _NUMBER.match(text, mention.end)
    if found is None or found.end() > last:
        return mention
    own = re.compile(rf"(?<![0-9]){found[0]}{_NO_UNIT}")
    named = all(own.search(written[one]) for one in mention.options)
    return replace(mention, end=found.end()) if named else mention


_NO_UNIT = r"(?![0-9.元块张个份]|[天日月年周次]|[gmt点刀美]|[小分篇双节]|[根颗本台人])"
_NUMBER = re.compile("[0-9]{1,4}" + _NO_UNIT)
_DIGITS = {numeral: str(at) for at, numeral in enumerate((*"一二三四五", *"六七八九"), start=1)}
_MEASURED = "|".join(
    map(re.escape, (*_DIGITS, *"十百千万", *".元块毛", *"号款张个", *"份台套条", *"天日月年", *"周季次"))
)
_NUMERAL = re.compile(rf"(?:{'|'.join(_DIGITS)})(?!{_MEASURED}|点(?!卡))")


def _in_all(piece: str, names: Sequence[str]) -> bool:
    return all(piece in name for name in names)


def _wordy(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
