"""What takes back an earlier value without a plain word of correction: 就50吧, 最后一位是7, A不要了.

Such signs become corrections among the events, or take away what they unsay. Where they cannot be
sure the values stay beside each other, and the customer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from nlu.alternations import any_in, any_of
from nlu.amounts import AmountKind
from nlu.clauses import Clauses
from nlu.covered import Covered
from nlu.given_up import end_of_refusal, wanted_instead
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.page import Page
from nlu.records import SEPARATORS, SLOTS, Event, EventKind, is_article, same_goods, same_value
from nlu.signs import Signs
from nlu.understanding import Slot


def parts_of_numbers(page: Page, lexicon: Lexicon) -> tuple[tuple[int, int], ...]:
    """Where a message speaks of single digits of a number: 最后一位是7不是1. Claims them: they are no
    amount, and no account is repaired with them."""
    found = []
    for match in _words_of(lexicon).part.finditer(page.rest()):
        if page.free(*match.span()):
            page.take(*match.span())
            found.append(match.span())
    return tuple(found)


def with_taken_back(
    text: str, events: Sequence[Event], parts: Sequence[tuple[int, int]], lexicon: Lexicon
) -> list[Event]:
    """The events with the corrections that such words make."""
    words = _words_of(lexicon)
    told = _parts_corrected(events, parts)
    told = _of_digits(text, told)
    told = _without_reasons(told)
    told = _without_forbidden(text, told, words)
    told = _without_dropped(text, told, words)
    return _settled(text, told, words)


def refused_kinds(text: str, events: Sequence[Event], lexicon: Lexicon) -> tuple[Event, ...]:
    """Kinds, goods and servers that are named only to say that they are not wanted: 话费100，不要慢充. What
    was asked for before is taken back instead, and what is all that was named is refused as a whole."""
    words = _words_of(lexicon)
    told: list[Event] = []
    refused: set[int] = set()
    for event in events:
        if event.kind not in _REFUSABLE or event.mention is None:
            continue
        left = event.kind is EventKind.REGION and words.left.match(text, event.end) is not None
        front = words.refusing.search(text, max(0, event.start - REFUSING_REACH), event.start)
        if not left and (front is None or words.refused_behind.match(text, event.end) is None):
            continue
        # By their places: to compare what events say takes long where a message is crammed with them.
        others = [e for e in events if e.mention is not None and e is not event and e.start not in refused]
        if front is None or left:
            if any(e.kind is EventKind.REGION and not _names_same(e, event) for e in others):
                told.append(event)
                refused.add(event.start)
            continue
        without = text.startswith(words.excepting, front.start())
        says_kind = event.kind is EventKind.QUALIFIER or bool(event.mention.said)
        wanted = says_kind or any(
            e.kind is event.kind and not _names_same(e, event) and (without or e.end <= front.start())
            for e in others
        )
        if event.kind is EventKind.NAME and not wanted:
            wanted = wanted_instead(text, event, events, lexicon)
        if wanted and not any(_names_same(e, event) for e in others if e.start < event.start):
            told.append(event)
            refused.add(event.start)
    return tuple(told)


_REFUSABLE = frozenset({EventKind.QUALIFIER, EventKind.NAME, EventKind.REGION})


def _names_same(one: Event, other: Event) -> bool:
    """Whether what one names is said by the other too: 慢充 by 慢充话费."""
    if one.kind is other.kind is EventKind.NAME:
        return same_goods(one.mention, other.mention)
    return bool(one.mention and other.mention and other.mention.text in one.mention.text)


def refuses(text: str, at: int, lexicon: Lexicon) -> bool:
    """Whether what begins at a place is refused by the words in front of it."""
    return _words_of(lexicon).refusing.search(text, max(0, at - REFUSING_REACH), at) is not None


def refusals(text: str, refused: Sequence[Event], lexicon: Lexicon) -> tuple[tuple[int, int], ...]:
    """Where something is refused, with the words that refuse it."""
    words = _words_of(lexicon)
    found = []
    for event in refused:
        front = words.refusing.search(text, max(0, event.start - REFUSING_REACH), event.start)
        behind = words.left.match(text, event.end) or words.refused_behind.match(text, event.end)
        end = behind.end("words") if behind else event.end
        found.append((front.start() if front else event.start, end_of_refusal(text, end, lexicon)))
    return tuple(found)


def refused_here(
    text: str, events: Sequence[Event], signs: Signs, lexicon: Lexicon
) -> tuple[tuple[int, int], ...]:
    """Where a tier or a size stands that is not wanted, with the words that say so: 钻石用不上, 别给我1G的."""
    found = []
    unwanted = {event.end: event for event in events if event.kind is EventKind.REJECTS}
    for event in events:
        if event.start not in unwanted or event.kind not in (EventKind.QUALIFIER, EventKind.AMOUNT):
            continue
        begins = unwanted[event.start].start
        sign = signs.refused_behind if event.kind is EventKind.QUALIFIER else signs.only_that
        behind = (
            sign.match(text, event.end) if event.kind is EventKind.QUALIFIER or begins < event.start else None
        )
        if behind is not None:
            found.append((begins, end_of_refusal(text, behind.end(), lexicon)))
    return tuple(found)


def without_refused(events: Sequence[Event], gone: Sequence[tuple[int, int]]) -> list[Event]:
    """The events without what was refused and the words that refuse it."""
    refused = Covered(gone)
    return [event for event in events if not refused.meets(event.start, event.start + 1)]


REFUSING_REACH = 10


class _Words:
    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "taking_back")
        digits = r"(?:[0-9a-z]{1,6}|[零〇一二三四五六七八九幺]{1,6})(?![0-9a-z十百千万张份个块元])"
        count = r"[0-9一二两三四五六七八九十几]{0,2}"
        self.part = re.compile(
            rf"{words('part_of_number')}那?{count}{words('part_counted')}{words('part_is')}{digits}(?:而?不是{digits})?"
            rf"|(?<![0-9a-z]){digits}{words('mistaken_for')}了?{digits}了?"
        )
        self.not_there = re.compile(rf"(?<!有){words('not_there')}$")
        self.sighs = re.compile(rf"(?:的|个|块|元|块钱)?{words('sighs')}+(?=[\s,，。.!！…?？~]|那|$)")
        self.dropped = re.compile(rf"{words('dropped_front')}{{0,3}}(?P<word>{words('dropped')})")
        refusing, verbs = (any_of(lexicon, f"proof.{name}") for name in ("refusing", "refusing_verbs"))
        self.forbidding = re.compile(rf"{any_of(lexicon, 'proof.forbidding')}{verbs}{{0,3}}$")
        self.no_more = re.compile(rf"{words('forbidden_behind')}*")
        self.excepting = lexicon.words("proof.excepting")
        self.refusing = re.compile(
            rf"(?<!不是)(?:(?<![^\s,，。.;；!！?？])不是|(?!不是){refusing}){verbs}{{0,3}}(?:[^\S\n]|[a-z]{{1,6}})?$"
        )
        self.refused_behind = re.compile(
            rf"(?P<words>{words('refused_behind')}*)(?:$|[\s,，。.;；!！?？~…]|{words('wanting')})"
        )
        self.left = re.compile(
            rf"(?P<words>{words('left_front')}{{0,3}}{words('left')})(?=$|[\s,，。.;；!！~…])"
        )
        self.front = re.compile(rf"(?:{words('around_front')}|\s)*$")
        self.behind = re.compile(rf"(?:{words('around_behind')}|\s)*")
        self.found_out = re.compile(
            rf"(?:^|[,，。;；!！…~\s])(?P<words>{words('around_front')}{{0,2}}{words('found_out_front')}{{0,3}}"
            rf"{words('found_out')}{words('found_out_behind')}[^0-9里剩库店手,，。;；!！?？…~\s]{{0,8}}?"
            rf"[,，。;；!！…~\s]*{words('found_out_is')}?)$"
        )
        self.found_out_ends = re.compile(rf"(?:{words('found_out_ends')}|{words('around_behind')})*")
        self.settles_front = re.compile(words("settles_front"))
        self.settles_behind = re.compile(words("settles_behind"))


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)


def _parts_corrected(events: Sequence[Event], parts: Sequence[tuple[int, int]]) -> list[Event]:
    """A part of a number that is named behind the number corrects it."""
    firsts = [event.start for event in events if event.kind is EventKind.ACCOUNT]
    told = [
        Event(EventKind.CORRECTION, start, end, of_slot=Slot.ACCOUNT)
        for start, end in parts
        if firsts and firsts[0] < start
    ]
    return sorted([*events, *told], key=lambda event: (event.start, event.end))


def _of_digits(text: str, events: Sequence[Event]) -> list[Event]:
    """账号 tianji_01，不是01是10: the two numbers are digits of the account, and sizes of nothing."""
    told = list(events)
    for at, event in enumerate(events):
        if event.kind not in (EventKind.INSTEAD, EventKind.EITHER) or at + 1 == len(events):
            continue
        accounts = [e.account.text for e in events[:at] if e.account is not None]
        wrong = events[at + 1]
        if not accounts or not _bare(wrong) or text[wrong.start : wrong.end] not in accounts[-1]:
            continue
        if any(_bare(e) and same_value(e, wrong) for e in events[:at]):
            continue
        unsaid = [wrong]
        if at + 2 < len(events) and _bare(events[at + 2]) and events[at + 2].start - wrong.end <= 3:
            unsaid.append(events[at + 2])
        told[told.index(event)] = replace(event, kind=EventKind.CORRECTION, of_slot=Slot.ACCOUNT)
        told = [e for e in told if e not in unsaid]
    return told


def _without_reasons(events: Sequence[Event]) -> list[Event]:
    """…一年的，改一个月吧，一年太贵: why the first value was given up says it again, and wants it no more."""
    told = list(events)
    for at, event in enumerate(events[:-1]):
        behind = events[at + 1]
        if event.kind is not EventKind.AMOUNT or behind.kind is not EventKind.CORRECTION:
            continue
        before = [other for other in events[:at] if other.kind is EventKind.AMOUNT]
        if len(before) < 2:
            continue
        given_up = any(same_value(other, event) for other in before[:-1])
        changed = given_up and not same_value(before[-1], event)
        corrected = any(
            other.kind is EventKind.CORRECTION and other.end <= before[-1].start for other in events[:at]
        )
        if changed and corrected and behind.start - event.end <= 1 and behind.end > behind.start:
            told = [other for other in told if other is not event and other is not behind]
    return told


def _without_forbidden(text: str, events: Sequence[Event], words: _Words) -> list[Event]:
    """…100，莫充100了，充30就够: what was asked for is forbidden again, and something else follows."""
    told = list(events)
    for event in events:
        front = words.forbidding.search(text, max(0, event.start - REFUSING_REACH), event.start)
        if event.kind not in _FORBIDDEN or front is None:
            continue
        alike = [other for other in events if other.kind is event.kind and other is not event]
        again = any(other.start < event.start and same_value(other, event) for other in alike)
        last = max((other for other in alike if other.start > event.start), key=_start_of, default=event)
        if not again or same_value(last, event):
            continue
        behind = words.no_more.match(text, event.end)
        told = [one for one in told if one is not event]
        told = _corrected_at(told, front.start(), behind.end() if behind else event.end)
    return told


def _start_of(event: Event) -> int:
    return event.start


_FORBIDDEN = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.NAME})


def _bare(event: Event) -> bool:
    return event.amount is not None and event.amount.kind is AmountKind.BARE


def _without_dropped(text: str, events: Sequence[Event], words: _Words) -> list[Event]:
    """A不要了，充B: A is taken back. A、B各50，B不要了: so is what was said of B before."""
    told = [event for event in events if not _is_not_there(text, event, events, words)]
    for event in events:
        if event.kind not in _DROPPABLE:
            continue
        match = words.dropped.match(text, event.end)
        if match is None or (event.kind is EventKind.AMOUNT and "," in match[0]):
            continue  # …50，先不买了 gives up all of it, however often 50 was said
        earlier = next(
            (e for e in told if e.kind is event.kind and e.start < event.start and same_value(e, event)), None
        )
        if earlier is not None:
            told = _without(told, earlier, event, match.span("word"))
        elif any(e.kind is event.kind and e.start > event.end for e in events):
            told = _corrected_at(told, *match.span("word"))
    return told


def _is_not_there(text: str, event: Event, events: Sequence[Event], words: _Words) -> bool:
    """没有15啊，那20的吧: a size that is only regretted, with another one behind it."""
    if event.kind not in (EventKind.AMOUNT, EventKind.QUANTITY):
        return False
    regretted = words.sighs.match(text, event.end) and in_front(words.not_there, text, event.start)
    return bool(regretted) and any(e.kind is EventKind.AMOUNT and e.start > event.end for e in events)


_DROPPABLE = frozenset({EventKind.ACCOUNT, EventKind.NAME, EventKind.AMOUNT})


def _without(events: Sequence[Event], earlier: Event, repeated: Event, word: tuple[int, int]) -> list[Event]:
    """Without the line that begins with `earlier`, where others of its kind stay."""
    others = [e for e in events if e.kind is earlier.kind and not same_value(e, earlier)]
    if not others:
        return list(events)
    at = events.index(earlier)
    first, last = at, at
    while first > 0 and events[first - 1].kind not in SEPARATORS:
        first -= 1
    while last + 1 < len(events) and events[last + 1].kind not in SEPARATORS:
        last += 1
    clause = [e for e in events[first : last + 1] if e.kind in SLOTS]
    alone = sum(e.kind is earlier.kind for e in clause) == 1
    kinds = {e.kind for e in events if e.kind in SLOTS and e not in clause}
    gone = [e for e in clause if e.kind in kinds] if alone else [earlier]
    kept = [e for e in events if e not in gone and e is not repeated]
    return _corrected_at(kept, *word, dropping=True)


def _corrected_at(events: Sequence[Event], start: int, end: int, dropping: bool = False) -> list[Event]:
    kept = [e for e in events if not (e.kind in _STANCE and e.start < end and start < e.end)]
    kept.append(Event(EventKind.CORRECTION, start, end, mild=dropping, dropping=dropping))
    return sorted(kept, key=lambda event: (event.start, event.end))


_STANCE = frozenset({EventKind.CORRECTION, EventKind.INSTEAD})


def _settled(text: str, events: Sequence[Event], words: _Words) -> list[Event]:
    """100，嗯，就50吧: a value that has a clause of its own and is the last word of its kind."""
    told: list[Event] = []
    clauses = Clauses.of(text, _CLAUSE_END)
    first: dict[EventKind, Event] = {}
    last: dict[EventKind, Event] = {}
    for at, event in enumerate(events):
        if event.kind in _SETTLED and not _vague(event):
            other = any(
                not same_value(earlier, event)
                for earlier in (first.get(event.kind), last.get(event.kind))
                if earlier is not None and earlier.end <= event.start
            )
            last_word = other and _is_last_word(text, event, clauses, words)
            found_out = _found_out_from(text, event, clauses, words) if other else None
            if found_out is not None and all(e.kind in SEPARATORS for e in told if e.start >= found_out):
                told = [e for e in told if e.start < found_out]
                told.append(Event(EventKind.CORRECTION, found_out, event.start))
            elif last_word and not _of_another(events, at) and not _of_another_row(text, event, told):
                told.append(Event(EventKind.CORRECTION, event.start, event.start))
            first.setdefault(event.kind, event)
            last[event.kind] = event
        told.append(event)
    return told


def _of_another(events: Sequence[Event], at: int) -> bool:
    """Whether the line before is ended by its recipient, and another one follows: 50给A；100吧，给B."""
    before = [e.account.text for e in events[:at] if e.account is not None]
    behind = [e.account.text for e in events[at:] if e.account is not None]
    own = any(e.kind in (EventKind.NAME, EventKind.AMOUNT) for e in events[:at])
    return own and bool(before) and bool(behind) and behind[0] not in before


def _of_another_row(text: str, event: Event, told: Sequence[Event]) -> bool:
    """Whether its line has a recipient of its own, behind a line that has another."""
    begins = text.rfind("\n", 0, event.start) + 1
    accounts = [other.start for other in told if other.kind is EventKind.ACCOUNT]
    return any(start < begins for start in accounts) and any(start >= begins for start in accounts)


_SETTLED = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.REGION})


def _is_last_word(text: str, event: Event, clauses: Clauses, words: _Words) -> bool:
    """Whether nothing stands in the clause of a value but words that make it final."""
    begins, _ = clauses.bounds(event.start)
    _, until = clauses.bounds(event.end)
    front = words.front.fullmatch(text[begins : event.start])
    behind = words.behind.fullmatch(text[event.end : until])
    if front is None or behind is None:
        return False
    return bool(words.settles_front.search(front[0]) or words.settles_behind.search(behind[0]))


def _found_out_from(text: str, event: Event, clauses: Clauses, words: _Words) -> int | None:
    """Where it begins to be told that somebody went to find out a count: 刚问了行政，是8张."""
    if event.kind is not EventKind.QUANTITY:
        return None
    _, until = clauses.bounds(event.end)
    if words.found_out_ends.fullmatch(text, event.end, until) is None:
        return None
    front = in_front(words.found_out, text, event.start)
    return front.start("words") if front else None


def _vague(event: Event) -> bool:
    return event.kind is EventKind.QUANTITY and is_article(event)


_CLAUSE_END = re.compile(r"[,，。.;；!！?？…~、/|·\n]")
