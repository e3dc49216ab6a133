"""Numbers that were torn, doubled, misheard or counted twice, and units that nobody could read.

两嗯个月 is no 月 of which there are two, 一百百 no hundred, 20宵时 no twenty of anything: what such a
number says cannot be known, so that `nlu/misgivings.py` puts the line in doubt that it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from nlu.alternations import any_of
from nlu.amounts import AmountKind
from nlu.lexicon import Lexicon
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind
from nlu.sounds import heard

_NUMERALS = frozenset("零一二三四") | frozenset("五六七八九") | frozenset("十百千万亿") | {"两"}
READ = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.ACCOUNT, EventKind.NAME, EventKind.REGION})
"""What was understood of a message and fills a slot of an order."""
_TORN_UNIT = re.compile(r"[\u4e00-\u9fff][gmt]b?(?![a-z0-9])")
_LETTERS = re.compile(r"[a-wyz]{1,2}(?![a-z0-9])")
_LATIN_WORD = re.compile(r" ?([a-z]{3,12})(?![a-z])")
_SHREDS = re.compile(r"[\s\-—–·.]{1,3}")
_SHREDDED_MIN = 8
"""Digits of numbers side by side from which on they are rather one recipient."""
_ALONE = re.compile("一(?![0-9一二三四五六七八九十百千人位半])")
"""By itself it is no size of anything: 一学年."""
_CLAUSE_END = re.compile("[,;。]")
_STUTTERED = re.compile(r"([一二两三四五六七八九十半])\1年")
_UNIT_ENDS = frozenset("时月年") | frozenset("天周季")
_MEASURES = frozenset("张份套") | frozenset("台单杯")
_HEARD_NUMERALS = frozenset(
    heard(numeral) for numeral in _NUMERALS - frozenset("零一百") - frozenset("千万亿")
)
_HEARD_MEASURES = frozenset(map(heard, ("张", "份", "套")))
_HEARD_PIECE = heard("个")
_PAUSES = frozenset({EventKind.COMMA, EventKind.STOP})


def broken(text: str, events: Sequence[Event], lexicon: Lexicon) -> Iterable[int]:
    """Where a number and its measure or its period were torn apart: 12😂个, 一那啥年."""
    accounts = [(event.start, event.end) for event in events if event.kind is EventKind.ACCOUNT]
    for found in _torn(lexicon).finditer(text):
        if not any(start <= found.start() < end for start, end in accounts):
            yield found.start()


def run_on(text: str, event: Event, events: Sequence[Event], left: frozenset[int]) -> bool:
    """Whether a numeral touches the amount that belongs to nothing: 一百百, 百二百. Not 648一发."""
    scaled = text[max(0, event.start - 2) : event.start] in ("百个", "千个", "万个")
    amount = event.amount
    lone = (
        amount is not None and amount.kind is AmountKind.BARE and _ALONE.match(text, event.start) is not None
    )
    return (
        lone
        or scaled
        or any(
            text[at : at + 1] in _NUMERALS
            and at in left
            and not any(
                other is not event
                and other.kind in READ
                and other.start <= at < other.end
                and not (other.kind is EventKind.AMOUNT and event.start in (other.end, 0))
                for other in events
            )
            for at in (event.start - 1, event.end)
            if 0 <= at < len(text)
        )
    )


def misheard_counts(text: str, left: frozenset[int]) -> Iterable[int]:
    """粱张: somebody counted something, and how many of what is not known."""
    for at in left:
        counts = text[at + 1 : at + 2] in _MEASURES and text[at + 1 : at + 2]
        if counts and (text[at] in _NUMERALS or (counts != "杯" and heard(text[at]) in _HEARD_NUMERALS)):
            yield at
        # 两章章: a measure that was misheard and typed twice.
        twice = text[at : at + 1] == text[at + 1 : at + 2] and heard(text[at]) in _HEARD_MEASURES
        if twice and (text[at - 1] in _NUMERALS or text[at - 1].isdecimal()):
            yield at


def unread_periods(text: str, events: Sequence[Event], left: frozenset[int]) -> Iterable[int]:
    """一一年, 20宵时: a number beside a unit that nobody could read."""
    for found in _STUTTERED.finditer(text):
        if found.start() in left or found.start() + 1 in left:
            yield found.start()
    for event in events:
        amount = event.amount
        if amount is not None and amount.kind is AmountKind.BARE and not amount.text.isalpha():
            behind = _CLAUSE_END.split(text[event.end : event.end + 3])[0]
            if heard(behind[:1]) == _HEARD_PIECE:
                continue  # 1各月 is one month
            if any(event.end + at in left and character in _UNIT_ENDS for at, character in enumerate(behind)):
                yield event.start


def shredded_numbers(text: str, events: Sequence[Event]) -> Iterable[int]:
    """136 270 94158 in three lines: no three sizes, but a recipient that was broken. Not A B C 分别50 100 200,
    where there is one for each."""
    bare = [e for e in events if e.amount is not None and e.amount.kind is AmountKind.BARE]
    recipients = sum(event.kind is EventKind.ACCOUNT for event in events)
    if recipients == len(bare) and not any(text[event.start] == "0" for event in bare):
        return
    digits = 0
    for one, other in pairwise(bare):
        said = text[one.start : one.end]
        digits = digits or len(said)
        touching = _SHREDS.fullmatch(text, one.end, other.start) and said.isdigit()
        digits = digits + other.end - other.start if touching else 0
        if digits >= _SHREDDED_MIN:
            yield one.start


def misspelt_unit(text: str, event: Event, events: Sequence[Event], lexicon: Lexicon) -> bool:
    """1 yaer: a word that is one slip from a unit."""
    if event.amount is None or event.amount.kind is not AmountKind.BARE:
        return False
    if _TORN_UNIT.match(text, event.end):
        return True  # 30的G流量包
    letter = _LETTERS.match(text, event.end)
    if letter and not any(other.start <= event.end < other.end for other in events):
        return True  # 50Q到…: 50 of what?
    found = _LATIN_WORD.match(text, event.end)
    words = lexicon.words("quantities.latin_units")
    return (
        found is not None
        and found[1] not in words
        and any(OSA.distance(found[1], word, score_cutoff=1) == 1 for word in words if len(word) > 3)
    )


def counted_twice(text: str, events: Sequence[Event]) -> bool:
    """喜茶卡五张，…，一张: two counts in two clauses, the second of them one. Not 两张，100一张."""
    count: int | None = None
    for at, event in enumerate(events):
        if event.kind is EventKind.CORRECTION:
            count = None
        if event.quantity is None:
            continue
        said = text[event.start : event.end]
        before = events[at - 1] if at else None
        priced = before is not None and before.kind is EventKind.AMOUNT and before.end == event.start
        paused = (
            any(other.kind in _PAUSES for other in events[:at]) or text[event.start - 1 : event.start] == " "
        )
        one = event.quantity.kind is QuantityKind.ARTICLE and said.startswith("一")
        if one and count is not None and count > 1 and paused and not priced:
            return True
        if event.quantity.kind is QuantityKind.COUNTED:
            count = event.quantity.count
    return False


@lru_cache(maxsize=4)
def _torn(lexicon: Lexicon) -> re.Pattern[str]:
    fillers = any_of(lexicon, "accounts.fillers")
    noise = rf"(?:{fillers}|[嘛吧呢哈]|[a-z]{{2,5}}(?![a-z])|\[[^\]\n]{{1,3}}\]|[^\u4e00-\u9fffa-z0-9\s,;:()\[\]、+*x×/.!?\-])"
    pause = rf"(?:{noise}|[ ,.\n、/!~])"
    return re.compile(
        rf"(?<![0-9])[0-9]{{1,3}}(?:{noise}){{1,4}}[个张份套台]"
        rf"|[一二两三四五六七八九十俩](?:{noise}){{1,4}}[个张份套台]"
        rf"|(?:(?<![0-9])[0-9]{{1,2}}个|[一两二三四五六七八九十半几](?:个)?){pause}{{1,8}}[年月季](?![卡费包票套租付刊度中底初末前后间内])"
        rf"|半{pause}{{1,8}}年"
        rf"|[0-9一二两三四五六七八九十百千](?:{noise}){{1,4}}(?:块|元|毛|角)"
    )
