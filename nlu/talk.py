"""Clauses of mere talk, without which the rest of a message is read once more.

`迅雷季卡，登录手机…，不开会员下东西慢得要死` is an ordinary order, and what stands behind it only complains; but
its words and numbers may be taken for another line, a refusal or goods that nobody knows. So where a message is no
whole order, it is read again without the clauses that are surely talk. A clause that holds goods, a recipient, a
server, a tier or a correction is never left out; of the others a small model knows how people speak beside orders
and how they order on (再来两张, 都要年卡的). Its weights are `data/beside/talk.txt`, fitted by
`python -m tests.bench.fit_talk`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from nlu.amounts import Amount, AmountKind
from nlu.clause_judge import Clause, ClauseJudge
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.numerals import numbers
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.remarks import HAN
from nlu.said import any_of

TALK_MAX = 0.6
"""A clause is left out whose harm is less likely than this."""
UNSURE_MAX = 0.3
"""The same for what is short, stands in one clause with the order, or has a word that else decides what is wanted:
a misspelled name or a word of refusal may look like talk."""
SHORT_NAME = 3
SHORT, SHORT_BESIDE = 2, 5
"""Fewer Chinese characters say too little; beside the order in one clause they may be a name."""

CLAUSES_MAX = 60
"""A message of more is no talk, whatever it is; to look for it would take long."""

_KEPT = frozenset(
    {
        EventKind.NAME, EventKind.ACCOUNT, EventKind.REGION, EventKind.QUALIFIER, EventKind.CORRECTION,
        EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER, EventKind.OR,
    }
)  # fmt: skip
"""A clause with one of these is part of the order, or of what it is not."""
_TURNS = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS})
_SLOTS = frozenset(
    {EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.QUANTITY, EventKind.QUALIFIER}
)
_COUNTING = frozenset({EventKind.AMOUNT, EventKind.QUANTITY})
_ORDERED = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT})
_CLAUSE = re.compile(r"(?:[^,，。;；:：!！?？\n~…、\s]+|(?<=[a-z0-9])[^\S\n]+(?=[a-z0-9]))+[?？]?")
_PARTS = re.compile(r"[,，。;；!！?？\n~…]")
_PAUSES = ("~", "…")
_NOISE = re.compile(r"[^\u4e00-\u9fffa-z0-9?]+")
_LATIN = re.compile(r"[a-z]{2}")
_NUMERALS = frozenset("两二三四五") | frozenset("六七八九十") | frozenset("百千俩仨双")
_ANY_NUMBER = _NUMERALS | {"0", "万", "半"}
_WORDS = ("ones", "counters", "as_well", "awaiting", "comes_then", "not_now", "needless", "buying")
"""Lists of `data/lexicon/talk.yaml`."""
_OF = "的"
_RUN_BEFORE = re.compile("[\u4e00-\u9fff]{1,4}$")
_UNHEARD = "\u200b"
"""Takes the place of what is left out: it has no width, and every other character keeps its offset."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clause that holds nothing that must be kept. `used`: whether a number of it was taken for a size or a
    count."""

    start: int
    end: int
    clause: Clause
    used: bool
    apart: bool
    """Whether punctuation parts it from the order, and not but a blank: 京的卡 100 2 may be a misspelled name."""


class Stretches:
    """Finds the stretches of messages that may be left out, if they are but talk. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        word = {name: any_of(lexicon, f"talk.{name}") for name in _WORDS}
        self._counted = re.compile(
            f"(?:0|{word['ones']}){word['counters']}$|{word['as_well']}.{{0,2}}0|^0{word['counters']}.{{0,4}}$"
        )
        """一人两张, …也三个月, 两个密药: who counts last or says only that, or says the same of another, orders."""
        self._put_off = re.compile(
            f"{word['awaiting']}.{{1,8}}{word['comes_then']}|{word['not_now']}|{word['needless']}{word['buying']}"
        )

    def puts_off(self, text: str) -> bool:
        """Whether an order is put off or forbidden: 等有活动了再…, 先等等, 莫…, 不用来了."""
        return self._put_off.match(text) is not None

    def clauses(self, reading: Reading) -> Iterator[Spoken]:
        """The clauses that may be left out, if they are but talk; offsets into the normalised text."""
        text = reading.page.text
        kept, used = _places(reading)
        first = min((start for start, _ in (*kept, *used)), default=0)
        for found in _CLAUSE.finditer(text):
            start, end = found.span()
            if not _touches(kept, start, end) and not _sized_stranger(reading, start, end):
                others = [*kept, *(span for span in used if not start <= span[0] < end)]
                apart = not _touches(others, *_sentence(text, start, end))
                # 瑞慈体~检卡: what may be a name is parted from the goods by more than a sign of pausing.
                paused = text[end : end + 1] in _PAUSES or text[start - 1 : start] in _PAUSES
                apart = apart and not (
                    paused and not reading.shape.left.nameable.isdisjoint(range(start, end))
                )
                yield from self._spoken(text, start, end, first, used, apart)

    def behind(self, reading: Reading) -> Iterator[Spoken]:
        """What stands in a clause behind its part of the order: …孙子闹着要吃炸鸡. Of several such stretches the longer
        comes first. What stands in front of goods may govern them (老板奖励我…) and is heard."""
        text = reading.page.text
        kept, used = _places(reading)
        first = min((start for start, _ in (*kept, *used)), default=0)
        for found in _CLAUSE.finditer(text):
            start, end = found.span()
            inner = [two for one, two in kept if start <= one < end]
            if not inner:
                continue
            ends = sorted({max(inner), *(two for one, two in used if max(inner) <= one < end)})
            for begin in ends:
                if end - begin >= SHORT_BESIDE:
                    yield from self._spoken(text, begin, end, first, used)

    def _spoken(
        self,
        text: str,
        start: int,
        end: int,
        first: int,
        used: Sequence[tuple[int, int]],
        apart: bool = False,
    ) -> Iterator[Spoken]:
        said = plain_clause(text[start:end])
        if said and not _LATIN.search(said) and not self._counted.search(said) and not self.puts_off(said):
            yield Spoken(
                start, end, Clause(said, "<" if start < first else ">"), _touches(used, start, end), apart
            )


def _sized_stranger(reading: Reading, start: int, end: int) -> bool:
    """康馨乃11支一束, 一个月的酷优: a size beside what may be a name was ordered, whatever the clause sounds like."""
    text, names = reading.page.text, reading.shape.left.nameable
    inside = [event for event in reading.events if start <= event.start < end]
    counted = any(event.quantity is not None for event in inside)
    for event in inside:
        bare = event.amount is not None and event.amount.kind is AmountKind.BARE
        if event.amount is None or (bare and (not counted or event.end - event.start == 1)):
            continue
        behind = event.end + (text[event.end : event.end + 1] == _OF)
        run = _RUN_BEFORE.search(text, start, event.start)
        unread = reading.shape.left.over.intersection(range(*run.span())) if run is not None else ()
        named = counted and len(unread) > 1 and max(unread) >= event.start - 2
        if named or not names.isdisjoint((event.start - 1, event.start - 2, behind)):
            return True
        rest = range(behind, end)
        if event.end < behind and len(rest) <= SHORT_NAME and not reading.shape.left.over.isdisjoint(rest):
            return True  # 一个月的酷, 一个月的优着
    return False


def _places(reading: Reading) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where what must be kept stands, and the numbers that were taken for sizes and counts."""
    kept = [(event.start, event.end) for event in reading.events if event.kind in _KEPT]
    kept += [
        event.account.label
        for event in reading.events
        if event.account is not None and event.account.label is not None
    ]
    used = [
        (event.start, event.end)
        for record in reading.records
        for event in (*record.amounts, *((record.quantity,) if record.quantity else ()))
    ]
    return kept, used


def plain_clause(text: str) -> str:
    """A clause as it is judged: every number is 0, and what is no word is gone."""
    characters = list(text)
    for mark in numbers(text):
        if mark.end - mark.start > 1 or text[mark.start].isdigit() or text[mark.start] in _NUMERALS:
            characters[mark.start : mark.end] = "0" + "\0" * (mark.end - mark.start - 1)
    return re.sub("0+", "0", _NOISE.sub("", "".join(characters).replace("\0", "")))


_DECIDING = frozenset(
    {
        CueKind.FORBID, CueKind.REFUND, CueKind.REFUND_QUESTION, CueKind.RECEIPT, CueKind.STATUS, CueKind.HUMAN,
        CueKind.DENY, CueKind.REPORTED, CueKind.ELSEWHERE, CueKind.BUT, CueKind.QUESTION,
    }
)  # fmt: skip
_CHANGING = frozenset(
    {
        CueKind.CONDITION, CueKind.CORRECTION_OR_DROP, CueKind.REORDER, CueKind.SAVE_CONTACT, CueKind.MODIFY,
        CueKind.DROP, CueKind.ADD, CueKind.PRICE, CueKind.EACH,
    }
)  # fmt: skip
"""A clause with one of these words is never left out."""


class Talk:
    """Finds what is mere talk in a message. Immutable."""

    def __init__(self, judge: ClauseJudge, lexicon: Lexicon) -> None:
        self._judge, self._stretches = judge, Stretches(lexicon)
        pleased, another_time = (any_of(lexicon, f"chatting.{name}") for name in ("pleased", "another_time"))
        self._another_time = re.compile(rf"{any_of(lexicon, 'chatting.trying')}*{pleased}的话{another_time}")

    def left_out(self, reading: Reading) -> str | None:
        """The message as typed with its talk unheard; None where there is none, where nothing is ordered
        besides, or where somebody else's words are quoted."""
        if reading.quotes or not any(event.kind in _ORDERED for event in reading.events):
            return None
        text = reading.page.text
        more = next(islice(_CLAUSE.finditer(text), CLAUSES_MAX, None), None)
        if more is not None or self._stretches.puts_off(text.lstrip()):
            return None
        deciding, changing = (
            [(cue.start, cue.end) for kind in kinds for cue in reading.cues.get(kind, ())]
            for kinds in (_DECIDING, _CHANGING)
        )
        recipients = [event.start for event in reading.events if event.kind is EventKind.ACCOUNT]
        turns = [event.start for event in reading.events if event.kind in _TURNS]
        turned = min(turns, default=len(reading.page.text))
        counted = [(event.start, event.end) for event in reading.events if event.kind in _COUNTING]
        names = reading.shape.left.nameable
        behind = (e.start for e in reading.events if e.kind in _SLOTS and e.start > turned)
        anew = min(behind, default=turned)
        talk: list[tuple[int, int]] = []
        for one in (*self._stretches.clauses(reading), *self._stretches.behind(reading)):
            between = bool(recipients) and min(recipients) < one.start < max(recipients)
            sure = one.apart and not _touches(deciding, one.start, one.end)
            # 哦不对，要的是天猫猫超市卡，五十的: what follows the correction may be what it corrects to.
            renamed = turned < one.start < anew and not names.isdisjoint(range(one.start, one.end))
            brief = one.apart and one.start < turned and _ANY_NUMBER.isdisjoint(one.clause.text)
            shortest = SHORT if brief else SHORT_BESIDE
            if self._is_another_order(one, turned) and not _touches(talk, one.start, one.end):
                talk.append((one.start, one.end))
                continue
            held = (*talk, *changing, *(() if one.apart else counted))
            if (
                not between
                and not renamed
                and len(HAN.findall(one.clause.text)) >= shortest
                and not _touches(held, one.start, one.end)
                and self._judge.harm(one.clause) < (TALK_MAX if sure else UNSURE_MAX)
            ):
                talk.append((one.start, one.end))
        return without(reading, talk) if talk else None

    def _is_another_order(self, one: Spoken, turned: int) -> bool:
        """好用的话下次再买年卡: behind an order, what may be bought once it has pleased."""
        behind = one.apart and one.clause.place == ">" and one.start < turned
        return behind and self._another_time.match(one.clause.text) is not None


def without(reading: Reading, spans: Sequence[tuple[int, int]]) -> str:
    """The message as typed where nothing is heard at such places of the normalised text."""
    typed = list(reading.page.original)
    for start, end in spans:
        span = reading.page.span(start, end)
        typed[span.start : span.end] = _UNHEARD * (span.end - span.start)
    return "".join(typed)


def sizes_left_out(reading: Reading, again: Reading) -> Iterator[Amount]:
    """The sizes behind the first goods of a message that are gone where it is read without its talk: if the goods
    are sold in one of them, 京东卡100，哦握说的是200 takes the first one back."""
    heard = {(event.amount.kind, event.amount.low) for event in again.events if event.amount is not None}
    named = min((event.start for event in reading.events if event.kind is EventKind.NAME), default=0)
    for event in reading.events:
        amount = event.amount
        said = amount is not None and event.start > named and event.end - event.start > 1
        if said and amount is not None and (amount.kind, amount.low) not in heard:
            yield amount


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a clause up to the next punctuation."""
    while start > 0 and not _PARTS.match(text, start - 1):
        start -= 1
    while end < len(text) and not _PARTS.match(text, end):
        end += 1
    return start, end


def _touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(one < end and start < max(two, one + 1) for one, two in spans)
