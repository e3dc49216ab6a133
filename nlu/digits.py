"""Digits as they are typed and spoken, put together to what was one number.

138 0013 8000, 幺三八零零…, 138嗯0013呃8000 and a number broken over two lines are one number each;
`话费150 71286640` is two, and stays two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.numerals import DIGITS


@dataclass(frozen=True, slots=True)
class Digits:
    """One number: its digits, where it stands, and how it was given."""

    digits: str
    start: int
    end: int
    spoken: bool = False
    groups: tuple[int, ...] = ()
    """How many digits stood together: (3, 4, 4)."""


def runs(text: str) -> Iterator[Digits]:
    """Digits that stand together, typed and spoken ones apart. Linear."""
    for found in _RUN.finditer(text):
        start, end = found.span()
        if found[0][0].isdigit() and found[0].isascii():
            yield Digits(found[0], start, end, groups=(end - start,))
            continue
        if text[end : end + 1] in _SCALES:
            end -= 1  # 五十 begins with the last of them
        if found["times"]:
            digit = found["digit"]
            spoken = _SPOKEN.get(digit, digit) * _TIMES[found["times"]]
            if text[end : end + 1] not in _SCALES:
                yield Digits(spoken, start, end, spoken=True, groups=(len(spoken),))
            continue
        if end - start <= 2 and text[end : end + 1] in _COUNTED:
            continue  # 一份, 三天: counted, and no digits of anybody's number
        if end > start:
            spoken = "".join(_SPOKEN[character] for character in text[start:end])
            yield Digits(spoken, start, end, spoken=True, groups=(end - start,))


def chains(text: str, lexicon: Lexicon) -> list[list[Digits]]:
    """Runs that only blanks, dashes, pauses and fillers keep apart, in the order of the text."""
    gap = gap_pattern(lexicon)
    found: list[list[Digits]] = []
    for run in runs(text):
        if found and gap.fullmatch(text, found[-1][-1].end, run.start):
            found[-1].append(run)
        else:
            found.append([run])
    return found


def joined(parts: list[Digits]) -> Digits:
    """Several runs as one number."""
    return Digits(
        "".join(part.digits for part in parts),
        parts[0].start,
        parts[-1].end,
        any(part.spoken for part in parts),
        tuple(size for part in parts for size in part.groups),
    )


def phone_length(text: str, parts: list[Digits], called_phone: bool) -> int:
    """How many of `parts`, from the first, make 11 digits in a way that people write a phone.

    0 where they do not: amounts may stand next to each other too, so of 150 and 71286640 only a
    label or a dash makes a phone.
    """
    if parts[0].digits[0] != "1":
        return 0
    total = 0
    count = 0
    while count < len(parts) and total < _PHONE:
        total += len(parts[count].digits)
        count += 1
    if total != _PHONE:
        return 0
    number = joined(parts[:count])
    if number.spoken or all(size <= 2 for size in number.groups):
        if len({part.spoken for part in parts[:count]}) > 1 and max(number.groups) > _MIXED_GROUP:
            return 0  # 跨一 3800138000 is a region and a QQ number
        # Whoever speaks pauses anywhere; what is left over behind means that it is too long.
        following = parts[count] if count < len(parts) else None
        return 0 if following and following.spoken == parts[count - 1].spoken else count
    between = text[parts[0].end : parts[1].start] if count > 1 else ""
    sure = called_phone or "-" in between or any(part.digits[0] == "0" for part in parts[1:count])
    # 138, 1234, 5678 on three lines, and nothing else; 150, 1000 and 2000 may be three amounts.
    alone = text.strip() == text[number.start : number.end] and "," not in text and "、" not in text
    sure = sure or (alone and not all(part.digits[-1] == "0" for part in parts[1:count]))
    listed = any(mark in text[number.start : number.end] for mark in ",、\n")
    if listed and not sure:
        return 0  # 150,1000,2000 may be three amounts
    known = number.groups in _PHONE_GROUPS or (sure and number.groups in _PHONE_GROUPS_IF_SURE)
    tail = text[number.end : number.end + 2]
    return count if known and not (tail[:1] == "-" and tail[1:].isdigit()) else 0


@lru_cache(maxsize=4)
def gap_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    """What may stand inside one number."""
    words = any_of(lexicon, "accounts.fillers")
    return re.compile(rf"(?:[ \-‐‑–—·.,、。~)]|\n|{words}){{0,6}}")


_PHONE = 11
_MIXED_GROUP = 8
_PHONE_GROUPS = {(11,), (3, 4, 4), (4, 3, 4), (4, 4, 3)}
_PHONE_GROUPS_IF_SURE = {(3, 8), (7, 4), (3, 3, 5), (3, 5, 3), (5, 6), (6, 5)}
_SPOKEN = {
    **{character: str(digit) for character, digit in DIGITS.items() if character not in ("参", "弍")},
    "洞": "0",
    "幺": "1",
    "妖": "1",
    "腰": "1",
    "两": "2",
    "拐": "7",
    "勾": "9",
}
_SCALES = frozenset(["十", "百", "千", "万", "亿", "拾", "佰", "仟"])
_COUNTED = frozenset(
    [
        "天",
        "月",
        "年",
        "周",
        "季",
        "张",
        "个",
        "份",
        "套",
        "台",
        "单",
        "次",
        "件",
        "块",
        "元",
        "折",
        "分",
        "小",
        "笔",
        "条",
        "位",
        "人",
        "遍",
        "点",
        "毛",
        "角",
    ]
)
_TIMES = {"双": 2, "两个": 2, "三个": 3, "四个": 4, "五个": 5, "六个": 6}
"""三个零 in a number that is spoken: 000."""
_SPOKEN_ONE = f"[{''.join(_SPOKEN)}]"
_RUN = re.compile(
    rf"(?P<times>双|[两三四五六]个)(?P<digit>{_SPOKEN_ONE}|\d(?!\d))|[0-9]+|{_SPOKEN_ONE}+?(?=[两三四五六]个{_SPOKEN_ONE}|$|(?!{_SPOKEN_ONE}))"
)
