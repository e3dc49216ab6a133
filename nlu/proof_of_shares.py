"""Whether everybody gets his share: what each of several gets, who is left out, and what there is in all.

Gathering gives a line to everything that it understood. Of what it did not understand (我妹也要, 最后一个不充,
一张自用一张送人) nothing is left in the lines, so here the words of sharing are held against them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from nlu.accounts import ADDRESS
from nlu.alternations import any_in, any_of
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.other_numbers import OtherKind
from nlu.records import Event, EventKind, Record, is_article
from nlu.said import Doubt, Said, Unproven
from nlu.understanding import Slot


class ProofOfShares:
    """Holds the words of sharing out against the lines. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "proof")
        self._each = re.compile(rf"{words('for_each', 'per_head')}(?!{words('not_for_each')})")
        self._for_all = re.compile(words("per_head"))
        self._also = re.compile(rf"{words('also')}(?=$|{words('also_behind')}|[0-9\s,，。;；!！~、])")
        self._apart = re.compile(rf"{words('places_of_many')}")
        self._leaves_out = re.compile(words("leaves_out"))
        self._pair_of = re.compile(words("pair_of"))
        self._except = re.compile(words("exceptions"))
        self._total = re.compile(rf"{any_of(lexicon, 'proof.totals')}[\s:：,，是就要来买有]{{0,3}}$")
        self._crossed_out = re.compile(rf"(?<![a-z0-9]){words('crossed_out')}\s*$", re.MULTILINE)
        self._taken_over = re.compile(words("not_in_addresses"))
        self._own = re.compile(rf"{words('own_contact_front')}\s?[:：是]?\s?$")
        self._own_behind = re.compile(rf"\s?{words('own_contact_behind')}")
        self._compared = re.compile(words("compared"))
        self._uncounted = re.compile(words("uncounted"))

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the shares is not proven."""
        yield from self._of_each(said)
        yield from self._of_others(said)
        yield from counts_of_other_sentences(said)
        yield from self._of_ones(said)
        yield from self._of_places(said)
        yield from self._of_all(said)
        yield from self._of_recipients(said)
        compared = self._compared.finditer(said.text) if len(said.lines) > 1 else ()
        for match in (*self._uncounted.finditer(said.text), *compared):
            if not _read(said, match):
                yield from said.all(Unproven.COUNT)

    def _of_each(self, said: Said) -> Iterator[Doubt]:
        """steam国区和美区各50 is two lines, and 三个人每人一杯 are three: one line of one has nothing to share."""
        if len(said.lines) > 1:
            return
        line, record = said.lines[0], said.records[0]
        if line.quantity is not None and line.quantity.value > 1:
            return
        many = any(mark.value.kind is OtherKind.MANY for mark in said.reading.others)
        for match in self._for_all.finditer(said.text) if many else ():
            if said.beside(match.start(), _GOODS):
                yield 0, Unproven.SHARED_COUNT  # 一家三口都要看爱奇艺
        for match in self._each.finditer(said.text):
            shared = any(
                0 <= event.start - match.end() <= _NEAR or event.start <= match.start() < event.end
                for event in (*record.amounts, *record.ones, *((record.quantity,) if record.quantity else ()))
            )
            if (shared or many) and not _read(said, match, _GOODS):
                yield 0, Unproven.SHARED_COUNT

    def _of_others(self, said: Said) -> Iterator[Doubt]:
        """我妹也要: somebody wants the same, and for him nothing was said."""
        for match in self._also.finditer(said.text):
            begin, end = _stretch(said.text, match.start())
            kinds = _OWN - {EventKind.AMOUNT} if any(line.account for line in said.lines) else _OWN
            own = any(
                begin <= event.start < end or (begin == match.start() and 0 <= begin - event.end <= 1)
                for event in said.reading.events
                if event.kind in kinds
            )
            earlier = [event for event in said.reading.events if event.kind in _OWN and event.start < begin]
            if not own and earlier and not _only_had(said, earlier, begin):
                yield from said.all(Unproven.RECIPIENTS)

    def _of_ones(self, said: Said) -> Iterator[Doubt]:
        """一张自用一张送人: as many are ordered as there are ones."""
        if said.turned:
            return
        ones = Counter(
            event.quantity.word
            for event in said.reading.events
            if event.quantity is not None
            and is_article(event)
            and said.text[event.start] in _ONE
            and event.end - event.start > 1
            and said.text[event.start - 1 : event.start] not in _ONLY
        )
        made = sum(line.quantity.value if line.quantity else 1 for line in said.lines)
        if any(count > max(1, made) for count in ones.values()):
            yield from said.all(Unproven.COUNT)

    def _of_places(self, said: Said) -> Iterator[Doubt]:
        """最后一个不充, 只给后一个充, 除了李四都充: who is left out has no line, and which one is meant by
        前者 was settled by nobody."""
        if len(said.lines) > 1:
            if self._pair_of.search(said.text) or self._crossed_out.search(said.text):
                yield from said.all(Unproven.RECIPIENTS)
            for match in self._apart.finditer(said.text):
                begin, end = _stretch(said.text, match.start())
                if self._leaves_out.search(said.text, begin, end):
                    yield from said.all(Unproven.RECIPIENTS)
        for match in self._except.finditer(said.text):
            kept_out = any(0 <= event.start - match.end() <= _NEAR for event in said.reading.refused)
            if not kept_out and not _read(said, match):
                yield from said.all(Unproven.RECIPIENTS)

    def _of_all(self, said: Said) -> Iterator[Doubt]:
        """一共两张 is what all lines make together, and no count of one. Where other goods have no count of
        their own, a count that stands apart may be that of all."""
        if len(said.lines) < 2 or said.turned:
            return
        made = sum(line.quantity.value if line.quantity else 1 for line in said.lines)
        uncounted = sum(record.quantity is None for record in said.records)
        for at, record in enumerate(said.records):
            count = record.quantity
            if count is None or count.quantity is None or is_article(count) or count.quantity.each:
                continue
            if self._total.search(said.text, max(0, count.start - _REACH), count.start):
                yield at, Unproven.SHARED_COUNT
                continue
            goods = [event for event in (*record.names, *record.amounts) if event.end <= count.start]
            gap = said.text[max((event.end for event in goods), default=0) : count.start]
            last = at == len(said.records) - 1 and uncounted == len(said.records) - 1
            last = last and all(line.sku is not None for line in said.lines)
            if goods and last and count.quantity.count == len(said.lines) and _PAUSED.search(gap):
                yield from said.all(Unproven.SHARED_COUNT)
        for event in said.reading.events:
            total = event.quantity is not None and (event.quantity.count or 0) > 1
            if total and self._total.search(said.text, max(0, event.start - _REACH), event.start):
                assert event.quantity is not None
                if event.quantity.count != made:
                    yield from said.all(Unproven.SHARED_COUNT)

    def _of_recipients(self, said: Said) -> Iterator[Doubt]:
        """Who only stands in the message gets nothing: 159…是我联系方式, 159…下次."""
        for at, record in enumerate(said.records):
            for event in record.accounts:
                if event.account is None or event.account.contact:
                    continue
                told = event.account.text
                address = event.account.kinds == (ADDRESS,)
                if sum(map(str.isalnum, told)) < _NUMBER_MIN or (address and self._taken_over.search(told)):
                    yield at, Unproven.RECIPIENTS  # 3·· of x3··thx is no number that was masked
        if len(said.recipients) < 2:
            return
        if any(event.kind is EventKind.OR for event in said.reading.events):
            yield from said.all(Unproven.RECIPIENT)  # A伙者B，哪个都行
        grouped = CueKind.EACH in said.reading.cues or CueKind.RESPECTIVELY in said.reading.cues
        for record in said.records:
            for event in record.accounts:
                if self._own_behind.match(said.text, event.end) or (
                    not grouped
                    and not _has_own(said, record, event)
                    and not _put_right(said, record, event)
                    and self._is_own(said, event)
                ):
                    yield from said.all(Unproven.RECIPIENTS)
                if Slot.VARIANT in record.inherited and _unread_behind(said, event):
                    yield from said.all(Unproven.RECIPIENTS)

    def _is_own(self, said: Said, event: Event) -> bool:
        front = event.account.label[0] if event.account and event.account.label else event.start
        return any(
            self._own.search(said.text, max(0, place - _REACH), place) for place in (front, event.start)
        )


def _put_right(said: Said, record: Record, account: Event) -> bool:
    """不对，用159…: behind a correction it is the one to use."""
    front = account.account.label[0] if account.account and account.account.label else account.start
    used = any(said.text.endswith(_USE, 0, place) for place in (front, account.start))
    return account.start >= record.corrected_from > 0 and used


def counts_of_other_sentences(said: Said) -> Iterator[Doubt]:
    """话费50 A/B。四张京东卡，…一人两张: what each gets of the goods of one sentence is none of those of another."""
    ends = [match.start() for match in _SENTENCE.finditer(said.text)]
    for record in said.records:
        count = record.quantity
        if count is None or count.quantity is None or not count.quantity.each or not record.names:
            continue
        mine, theirs = bisect_left(ends, record.names[-1].start), bisect_left(ends, count.start)
        others = (
            e
            for e in said.reading.events
            if e.kind is EventKind.NAME and bisect_left(ends, e.start) == theirs
        )
        if mine != theirs and any(others):
            yield from said.all(Unproven.SHARED_COUNT)


def _has_own(said: Said, record: Record, account: Event) -> bool:
    """Whether a recipient has a size or goods in its own stretch of the message; or both in its clause, where
    no other recipient stands: Claude Pro 1个月 用 a@b.com."""
    begin, end = _stretch(said.text, account.start)
    if any(begin <= event.start < end for event in (*record.names, *record.amounts)):
        return True
    begin, end = said.bounds(account.start)
    sole = not any(other is not account for other in said.beside(account.start, _ACCOUNTS))
    return sole and all(
        any(begin <= event.start < end for event in events) for events in (record.names, record.amounts)
    )


def _unread_behind(said: Said, account: Event) -> bool:
    """159…看着充: words behind a recipient that nobody understood. Behind a joiner they are the next one's."""
    joined = [event.start for event in said.reading.events if event.kind is EventKind.JOIN]
    end = min(
        _stretch(said.text, account.end)[1], *(at for at in joined if at >= account.end), len(said.text)
    )
    return not said.reading.shape.left.over.isdisjoint(range(account.end, end))


def _only_had(said: Said, earlier: Sequence[Event], until: int) -> bool:
    """上次在你家买的网盘好用，帮我妹也开一个: what stands in front is named without a size or a recipient, and was
    bought before; nothing but hers is ordered."""
    bought = any(cue.start < until for cue in said.reading.cues.get(CueKind.PAST, ()))
    return bought and len(said.recipients) < 2 and all(event.kind is EventKind.NAME for event in earlier)


def _stretch(text: str, at: int) -> tuple[int, int]:
    """From a pause or a space to the next."""
    begin = max((match.end() for match in _PAUSED.finditer(text, 0, at)), default=0)
    found = _PAUSED.search(text, at)
    return begin, found.start() if found else len(text)


def _read(said: Said, match: re.Match[str], kinds: frozenset[EventKind] | None = None) -> bool:
    """Whether a word is a piece of what was read as something else."""
    return any(
        event.start <= match.start() < event.end
        for event in said.reading.events
        if event.kind in (kinds or _OWN)
    )


_USE = ("用", "用 ")
_SENTENCE = re.compile("[。;；!！?？\n]")
_NEAR = 2
_NUMBER_MIN = 2
_REACH = 12
_ONE = "一1"
_ONLY = frozenset("就只")
_PAUSED = re.compile(r"[\s,，。;；!！?？、]")
_GOODS = frozenset({EventKind.NAME})
_ACCOUNTS = frozenset({EventKind.ACCOUNT})
_OWN = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT})
