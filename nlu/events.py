"""What was said, in the order in which it was said: goods, numbers, recipients and the words between."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.clauses import CLAUSE_END_OR_POINT
from nlu.corrections import Cue, CueKind
from nlu.in_front import in_front
from nlu.mention import Mention, MentionKind
from nlu.page import Mark
from nlu.quantities import Quantity
from nlu.records import Event, EventKind, same_value
from nlu.signs import Signs
from nlu.understanding import Slot


def events_of(
    text: str, mentions: Sequence[Mention], recipients: Sequence[Mark[Account]], sizes: Sequence[Mark[Amount]],
    counts: Sequence[Mark[Quantity]], cues: Mapping[CueKind, tuple[Cue, ...]],
    signs: Signs,
) -> list[Event]:  # fmt: skip
    kinds = {
        MentionKind.NAME: EventKind.NAME,
        MentionKind.NOUN: EventKind.NOUN,
        MentionKind.QUALIFIER: EventKind.QUALIFIER,
        MentionKind.REGION: EventKind.REGION,
        MentionKind.UNKNOWN: EventKind.NAME,
    }
    sized = [(mark.start, mark.end) for mark in sizes]
    events = [
        Event(kinds[mention.kind], mention.start, mention.end, mention=mention)
        for mention in mentions
        if mention.kind in kinds
        and not (
            mention.kind is MentionKind.NOUN
            and any(start < mention.end and mention.start < end for start, end in sized)
        )
    ]
    events += [Event(EventKind.ACCOUNT, mark.start, mark.end, account=mark.value) for mark in recipients]
    events += [Event(EventKind.AMOUNT, mark.start, mark.end, amount=mark.value) for mark in sizes]
    events += [Event(EventKind.QUANTITY, mark.start, mark.end, quantity=mark.value) for mark in counts]
    events = _without_uses(text, events, signs)
    taken = bytearray(len(text) + 1)
    for event in events:
        taken[event.start : event.end] = b"\x01" * (event.end - event.start)
    events += _separators(text, taken)
    starts = {event.start for event in events}
    latest = max(starts, default=-1)
    found = [(cue, kind) for listed, kind in _CUE_EVENTS for cue in cues.get(listed, ())]
    found += [
        (cue, EventKind.CORRECTION) for cue in cues.get(CueKind.MODIFY, ()) if _next_to(text, cue.end, starts)
    ]
    spoken_for = bytearray(taken)
    for match in _LONE_NO.finditer(text):
        if not signs.lacking.match(text, match.end()) and not any(spoken_for[match.start() : match.end()]):
            events.append(Event(EventKind.CORRECTION, match.start(), match.end()))
    for end in (*(mark.end for mark in sizes), *(mark.end for mark in counts)):
        short = signs.not_the_size.match(text, end)
        if short and not any(spoken_for[slice(*short.span())]):
            events.append(Event(EventKind.CORRECTION, *short.span()))
            spoken_for[slice(*short.span())] = b"\x01" * (short.end() - short.start())
    for slot in [event for event in events if event.kind in _SET_AGAINST]:
        given_up = signs.given_up.match(text, slot.end)
        if given_up and not any(spoken_for[slice(*given_up.span())]):
            events.append(Event(EventKind.CORRECTION, *given_up.span()))
            spoken_for[slice(*given_up.span())] = b"\x01" * (given_up.end() - given_up.start())
    for match in signs.slipped.finditer(text):
        if not any(spoken_for[slice(*match.span())]) and not in_front(signs.warned, text, match.start()):
            # …啊不13812345687，最后两位打反了: behind a correction that was made it only says why.
            why = not any(match.end() <= at for at in starts) and any(
                cue.start < match.start() for cue in cues.get(CueKind.CORRECTION, ())
            )
            events.append(Event(EventKind.CORRECTION, *match.span(), mild=why))
            spoken_for[slice(*match.span())] = b"\x01" * (match.end() - match.start())
    for cue, kind in sorted(found, key=lambda pair: (-len(pair[0].word), pair[0].start)):
        if kind is EventKind.INSTEAD and latest < cue.end and signs.not_mine.match(text, cue.end):
            continue  # 这个手机不是我的 sets nothing against anything
        if (
            kind is EventKind.INSTEAD
            and cue.end < min(starts, default=0)
            and signs.not_for_me.match(text, cue.end)
        ):
            continue  # 不是我自己用，帮同事代买的
        if kind is EventKind.CORRECTION and latest < cue.end and _of_the_past(text, cue, cues):
            continue  # 上次别家就弄错了
        if (
            kind is EventKind.OR
            and cue.word == _STILL
            and in_front(_LABELLED, text, cue.start)
            and not any(mark.start < cue.start for mark in recipients)
        ):
            continue  # 号码还是139…: the same as ever
        if (
            kind is EventKind.OR
            and cue.word == _STILL
            and not any(start < cue.start for start in starts)
            and signs.as_ever.search(text, 0, cue.start)
        ):
            continue  # 今天还是100元话费
        first = min(starts, default=len(text))
        if cue.word.startswith(_STILL) and cue.start < first and signs.after_all.match(text, cue.start):
            continue  # 还是要吧 B站季卡
        if cue.word.startswith(_STILL) and _to_the_same(text, cue.start, recipients, starts, signs):
            continue  # 再来60蛋币 还是1029384756
        if not any(spoken_for[cue.start : cue.end]):
            events.append(
                Event(
                    _meant(text, cue, kind, signs),
                    cue.start,
                    cue.end,
                    of_slot=_slot_in_front(text, cue.start, signs),
                    afterwards=cue.word in signs.afterwards,
                    mild=cue.word in signs.mild_corrections,
                )
            )
            spoken_for[cue.start : cue.end] = b"\x01" * (cue.end - cue.start)
    return _contrasted(text, sorted(events, key=lambda event: (event.start, event.end)), signs)


def _without_uses(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """滴滴券20的…，加班打车用: what goods that were named before are for is no other goods."""
    named = [event.start for event in events if event.kind is EventKind.NAME]
    return [
        event
        for event in events
        if event.kind is not EventKind.NOUN
        or not any(start < event.start for start in named)
        or not signs.for_use.match(text, event.end)
    ]


def _contrasted(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """100不是50: what is set against something else is not what is wanted. 要100不是50 and 100不是50 by
    itself say so; of 充100不是50 nobody knows whether the speaker only corrected himself."""
    told: list[Event] = []
    said_until = 0
    for at, event in enumerate(events):
        if event.start < said_until:
            continue  # the 不要 of 慢充的不要
        if event.kind is EventKind.QUALIFIER and (behind := signs.refused_behind.match(text, event.end)):
            told += [Event(EventKind.REJECTS, event.start, event.start), event]
            said_until = behind.end()
        elif _given_up_before(text, event, events[:at], events[at + 1 :], signs):
            told += [Event(EventKind.REJECTS, event.start, event.start), event]
        elif (
            event.kind in _SET_AGAINST and told and (begins := _mistaken_from(text, event, signs)) is not None
        ):
            told += [Event(EventKind.REJECTS, begins, event.start), event]
        elif (begins := _other_size_from(text, event, told, events[at + 1 :], signs)) is not None:
            told = [other for other in told if other.start < begins]
            told += [Event(EventKind.REJECTS, begins, event.start), event]
        elif event.kind is EventKind.INSTEAD and text[event.start : event.end] in signs.contrasts:
            kind = _contrast(text, events[:at], event, events[at + 1 :], signs)
            told.append(replace(event, kind=kind) if kind else event)
        else:
            told.append(event)
    return told


def _given_up_before(
    text: str, event: Event, before: Sequence[Event], behind: Sequence[Event], signs: Signs
) -> bool:  # fmt: skip
    """年卡…更正：要季卡，年卡买不起: why a size was given up that had been corrected before."""
    if event.kind is not EventKind.AMOUNT or not signs.beyond_means.match(text, event.end):
        return False
    turns = [at for at, other in enumerate(before) if other.kind is EventKind.CORRECTION]
    if not turns or any(other.kind is EventKind.AMOUNT for other in behind):
        return False
    earlier = [other for other in before[: turns[-1]] if other.kind is EventKind.AMOUNT]
    later = [other for other in before[turns[-1] :] if other.kind is EventKind.AMOUNT]
    return (
        any(same_value(event, one) for one in earlier)
        and not any(same_value(event, one) for one in later)
        and bool(later)
    )


def _other_size_from(
    text: str, event: Event, before: Sequence[Event], behind: Sequence[Event], signs: Signs
) -> int | None:  # fmt: skip
    """移动10G月包，…，别给我1G的啊: of goods that were ordered in front, in another size, and nothing more is said."""
    if event.kind is not EventKind.AMOUNT or any(other.kind in _SAID_BEHIND for other in behind):
        return None
    sizes = [other for other in before if other.kind is EventKind.AMOUNT]
    refused = signs.not_this_size.search(text, max(0, event.start - _REFUSED_REACH), event.start)
    if refused is None or signs.only_that.match(text, event.end) is None:
        return None
    others = sizes and not any(same_value(other, event) for other in sizes)
    return refused.start() if others else None


def _mistaken_from(text: str, event: Event, signs: Signs) -> int | None:
    """别搞成月卡: what it must not be mistaken for."""
    sign = signs.mistaken_place if event.kind is EventKind.REGION else signs.mistaken
    mistaken = sign.search(text, max(0, event.start - _REFUSED_REACH), event.start)
    return mistaken.start() if mistaken else None


_REFUSED_REACH = 12


def _contrast(
    text: str, before: Sequence[Event], event: Event, behind: Sequence[Event], signs: Signs
) -> EventKind | None:  # fmt: skip
    rejected = behind[0] if behind and behind[0].start - event.end <= 1 else None
    if rejected is None or rejected.kind not in _SET_AGAINST:
        return None
    others = [other for other in before if other.kind is rejected.kind]
    if not others or any(same_value(other, rejected) for other in others):
        return None
    front = text[: others[-1].start].rstrip(" ,")
    refuses = text[event.start : event.end] in signs.refusals
    return EventKind.REJECTS if refuses or not front or signs.insists.search(front) else EventKind.EITHER


_SET_AGAINST = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.REGION})

_SAID_BEHIND = _SET_AGAINST | {EventKind.QUANTITY, EventKind.CORRECTION, EventKind.INSTEAD}

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


def _to_the_same(
    text: str, at: int, recipients: Sequence[Mark[Account]], starts: Set[int], signs: Signs
) -> bool:
    """Whether 还是 stands between what is ordered and the one recipient that was said: it goes to the same as ever."""
    if len(recipients) != 1 or recipients[0].start < at or not any(start < at for start in starts):
        return False
    return signs.to_the_same.fullmatch(text, at, recipients[0].start) is not None


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


def _next_to(text: str, end: int, starts: set[int]) -> bool:
    while text[end : end + 1] == " ":
        end += 1
    return end in starts


def _separators(text: str, taken: bytearray) -> list[Event]:
    return [
        Event(_SEPARATES[found[0]], found.start(), found.end())
        for found in _SEPARATOR.finditer(text)
        if not taken[found.start()]
    ]


_SEPARATES = {
    **dict.fromkeys("\n;；。!！?？", EventKind.STOP),
    **dict.fromkeys(",，", EventKind.COMMA),
    **dict.fromkeys("、&/+", EventKind.JOIN),
}
_SEPARATOR = re.compile(f"[{re.escape(''.join(_SEPARATES))}]")
