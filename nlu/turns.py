"""The words that turn what was said: no, rather, instead, or, and 还是 that turns nothing.

A word of stance means different things by where it stands: 嗯，还是一百吧 corrects, 50还是100 leaves open, 今天还是100元话费
is as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nlu.clauses import CLAUSE_END_OR_POINT
from nlu.contrasts import SET_AGAINST
from nlu.corrections import Cue, CueKind
from nlu.in_front import in_front
from nlu.records import Event, EventKind
from nlu.signs import Signs
from nlu.understanding import Slot


class Turns:
    """Finds them in one message. What was heard as one word is heard as no other."""

    def __init__(
        self, text: str, slots: Sequence[Event], separators: Sequence[Event],
        cues: Mapping[CueKind, tuple[Cue, ...]], signs: Signs,
    ) -> None:  # fmt: skip
        self._text, self._slots, self._cues, self._signs = text, slots, cues, signs
        self._starts = frozenset(event.start for event in (*slots, *separators))
        self._first, self._latest = min(self._starts, default=len(text)), max(self._starts, default=-1)
        self._recipients = [event.start for event in slots if event.kind is EventKind.ACCOUNT]
        self._arrow: int | None = None
        self._heard = bytearray(len(text) + 1)
        for slot in slots:
            self._hear(slot.start, slot.end)

    def found(self) -> list[Event]:
        return [*self._lone_noes(), *self._given_up(), *self._arrows(), *self._slips(), *self._words()]

    def _lone_noes(self) -> Iterator[Event]:
        """50，不，100."""
        for match in _LONE_NO.finditer(self._text):
            lacks = self._signs.lacking.match(self._text, match.end())
            if not lacks and self._is_unheard(*match.span()):
                yield Event(EventKind.CORRECTION, *match.span())

    def _given_up(self) -> Iterator[Event]:
        """50不够, 爱奇艺不要了，…: what was said right in front gives way."""
        ends = [slot.end for kind in _MEASURED for slot in self._slots if slot.kind is kind]
        found = [self._signs.not_the_size.match(self._text, end) for end in ends]
        given_up = [slot.end for slot in self._slots if slot.kind in SET_AGAINST]
        found += [self._signs.given_up.match(self._text, end) for end in given_up]
        for match in found:
            if match and self._is_unheard(*match.span()):
                self._hear(*match.span())
                yield Event(EventKind.CORRECTION, *match.span())

    def _arrows(self) -> Iterator[Event]:
        """网抑云 → 网易云，打错字了: an arrow to goods corrects where something is told to have been wrong."""
        wrong = max((cue.start for cue in self._cues.get(CueKind.CORRECTION, ())), default=-1)
        for match in arrows(self._text, self._slots):
            if match.end() < wrong and self._is_unheard(*match.span()):
                self._hear(*match.span())
                self._arrow = match.end()
                yield Event(EventKind.CORRECTION, *match.span())

    def _slips(self) -> Iterator[Event]:
        """打错了."""
        for match in self._signs.slipped.finditer(self._text):
            warned = in_front(self._signs.warned, self._text, match.start())
            if self._is_unheard(*match.span()) and not warned:
                # …啊不13812345687，最后两位打反了: behind a correction that was made it only says why.
                corrections = self._cues.get(CueKind.CORRECTION, ())
                corrected = any(cue.start < match.start() for cue in corrections)
                self._hear(*match.span())
                why = corrected and self._latest < match.end()
                yield Event(EventKind.CORRECTION, *match.span(), mild=why)

    def _words(self) -> Iterator[Event]:
        """The words of stance, the longest first."""
        found = [(cue, kind) for listed, kind in _CUE_EVENTS for cue in self._cues.get(listed, ())]
        changes = (cue for cue in self._cues.get(CueKind.MODIFY, ()) if self._stands_in_front(cue))
        found += [(cue, EventKind.CORRECTION) for cue in changes]
        for cue, kind in sorted(found, key=lambda pair: (-len(pair[0].word), pair[0].start)):
            if self._turns_nothing(cue, kind) or not self._is_unheard(cue.start, cue.end):
                continue
            self._hear(cue.start, cue.end)
            yield Event(
                _meant(self._text, cue, kind, self._signs),
                cue.start,
                cue.end,
                of_slot=_slot_in_front(self._text, cue.start, self._signs),
                afterwards=cue.word in self._signs.afterwards,
                mild=cue.word in self._signs.mild_corrections or self._says_why(cue),
            )

    def _says_why(self, cue: Cue) -> bool:
        """Whether a word only says why an arrow in front of it corrects, and no goods stand behind it."""
        if self._arrow is None or self._arrow >= cue.start or _WRONG not in cue.word:
            return False
        return not any(slot.start > cue.end and slot.kind in _OF_GOODS for slot in self._slots)

    def _turns_nothing(self, cue: Cue, kind: EventKind) -> bool:
        still = cue.word.startswith(_STILL)
        if still and (self._wants_after_all(cue) or self._goes_to_the_same(cue)):
            return True
        if kind is EventKind.INSTEAD:
            return self._tells_whose(cue)
        if kind is EventKind.CORRECTION:
            # 上次别家就弄错了
            return self._latest < cue.end and _of_the_past(self._text, cue, self._cues)
        return kind is EventKind.OR and cue.word == _STILL and self._is_as_ever(cue)

    def _tells_whose(self, cue: Cue) -> bool:
        """这个手机不是我的, 不是我自己用，帮同事代买的: sets nothing against anything."""
        if self._latest < cue.end and self._signs.not_mine.match(self._text, cue.end):
            return True
        in_front_of_all = bool(self._starts) and cue.end < self._first
        return in_front_of_all and self._signs.not_for_me.match(self._text, cue.end) is not None

    def _is_as_ever(self, cue: Cue) -> bool:
        """号码还是139…, 今天还是100元话费: the same as ever."""
        labelled = in_front(_LABELLED, self._text, cue.start) is not None
        if labelled and not any(start < cue.start for start in self._recipients):
            return True
        return self._first >= cue.start and self._signs.as_ever.search(self._text, 0, cue.start) is not None

    def _wants_after_all(self, cue: Cue) -> bool:
        """还是要吧 B站季卡."""
        return cue.start < self._first and self._signs.after_all.match(self._text, cue.start) is not None

    def _goes_to_the_same(self, cue: Cue) -> bool:
        """再来60蛋币 还是1029384756: 还是 between what is ordered and the one recipient that was said."""
        if len(self._recipients) != 1 or self._recipients[0] < cue.start or self._first >= cue.start:
            return False
        to = self._recipients[0]
        return self._signs.to_the_same.fullmatch(self._text, cue.start, to) is not None

    def _stands_in_front(self, cue: Cue) -> bool:
        """Whether what was read stands right behind a word of changing."""
        end = cue.end
        while self._text[end : end + 1] == " ":
            end += 1
        return end in self._starts

    def _is_unheard(self, start: int, end: int) -> bool:
        return not any(self._heard[start:end])

    def _hear(self, start: int, end: int) -> None:
        self._heard[start:end] = b"\x01" * (end - start)


def arrows(text: str, slots: Sequence[Event]) -> Iterator[re.Match[str]]:
    """优酷年卡 → 爱奇艺年卡: the arrows between goods that are named and others, and between two sizes."""
    slots = sorted(slots, key=lambda slot: slot.start)
    for match in _ARROW.finditer(text):
        before = [slot for slot in slots if slot.end <= match.start()]
        behind = next((slot for slot in slots if slot.start == match.end()), None)
        if not before or before[-1].end != match.start() or behind is None:
            continue
        of_goods = before[-1].kind in _OF_GOODS and any(slot.kind is EventKind.NAME for slot in before)
        if (of_goods and behind.kind is EventKind.NAME) or (before[-1].kind is behind.kind):
            yield match


_ARROW = re.compile(r" ?(?:→|➡|⇒|[-=]{1,2}>) ?")
_OF_GOODS = frozenset(
    {EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT, EventKind.QUANTITY, EventKind.QUALIFIER}
)
_WRONG = "错"
_MEASURED = (EventKind.AMOUNT, EventKind.QUANTITY)
_CUE_EVENTS = (
    (CueKind.CORRECTION, EventKind.CORRECTION),
    (CueKind.CORRECTION_OR_DROP, EventKind.CORRECTION),
    (CueKind.OR, EventKind.OR),
    (CueKind.INSTEAD, EventKind.INSTEAD),
    (CueKind.JOIN, EventKind.JOIN),
)


def _of_the_past(text: str, cue: Cue, cues: Mapping[CueKind, tuple[Cue, ...]]) -> bool:
    """Whether the clause of a word tells, in front of it, of what was another time."""
    begin = max((end.end() for end in CLAUSE_END_OR_POINT.finditer(text, 0, cue.start)), default=0)
    told = [one for one in cues.get(CueKind.PAST, ()) if begin <= one.start and one.end <= cue.start]
    return cue.word.endswith(_GONE_WRONG) and any(not one.word.startswith(_JUST_NOW) for one in told)


def _slot_in_front(text: str, start: int, signs: Signs) -> Slot | None:
    """What a correction says is wrong: 号不对, 区不对, 金额错了."""
    found = (
        (Slot.ACCOUNT, signs.its_account),
        (Slot.REGION, signs.its_region),
        (Slot.VARIANT, signs.its_size),
    )
    return next((slot for slot, sign in found if in_front(sign, text, start)), None)


def _meant(text: str, cue: Cue, kind: EventKind, signs: Signs) -> EventKind:
    """What a word of stance is in its place: 嗯，还是一百吧 corrects, 50还是100 leaves open."""
    before = text[: cue.start].rstrip()[-1:]
    if (
        kind is EventKind.OR
        and cue.word in signs.either_is_well
        and signs.any_time.search(text, 0, cue.start)
    ):
        return EventKind.COMMA
    if kind is EventKind.CORRECTION and (
        in_front(signs.warned, text, cue.start)
        or (cue.word.startswith(_TOO) and in_front(signs.of_life, text, cue.start))
        or (signs.later.match(text, cue.end) and cue.word in signs.waiting)
    ):
        return EventKind.COMMA
    if (
        kind is EventKind.OR
        and cue.word == "还是"
        and before in {*",。.…;!?、", "", *signs.interjections}
        and signs.rather.match(text, cue.end)
    ):
        return EventKind.CORRECTION
    if kind is EventKind.CORRECTION and cue.word.startswith(_STILL) and _leaves_open(text, cue):
        return EventKind.OR
    if (
        kind is EventKind.INSTEAD
        and _THIS_ONE.match(text, cue.end)
        and cue.word in ("不是", "啊不是", "哎不是")
    ):
        return EventKind.CORRECTION
    return kind


def _leaves_open(text: str, cue: Cue) -> bool:
    """充50还是充100: without a pause between them and without 吧 behind, two things are asked about."""
    behind = CLAUSE_END_OR_POINT.split(text[cue.end :], maxsplit=1)[0]
    asked = _ASKED.search(text, cue.end, cue.end + len(behind) + 1) is not None
    joined = _SIZED_IN_FRONT.search(text, 0, cue.start) is not None
    return asked or (joined and _RATHER.search(behind) is None)


_GONE_WRONG = ("错了", "错", "混了")
_JUST_NOW = "刚"
_STILL = "还是"
_ASKED = re.compile("呢|[?？]")
_SIZED_IN_FRONT = re.compile("[0-9元块张卡个月年季天g币点]$")
_RATHER = re.compile("[吧罢]|好了|得了")
_TOO = "太"
_LABELLED = re.compile(r"(?:号码?|手机|电话|账户|邮箱|地址|qq|id) ?$")
_LONE_NO = re.compile(r"(?<=[,。.…\s;、/])(?:不|no|错|错了)(?=[,。.…\s;、/])")
"""50，不，100: taken back."""


_THIS_ONE = re.compile(r"(?:[这那]个?)?(?:号码?|账号|区|服|卡)?[,。.…、;!~\n ]")
"""不是，50: what is said next is the correction; so is it behind 不是这个号，."""
