"""Whether what is ordered was not refused: a size after 不要, a tier that is 太贵, a server to stay away from,
an order that its own last words take back.

What is refused may stand in front of the word that refuses it or behind it, and may be no kind of goods but
a size or a count. Here every part of a line is held against both sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from nlu.alternations import any_in, any_of, repeatable
from nlu.amounts import AmountKind
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, is_article
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven, refusing


class ProofOfRefusals:
    """Holds the parts of lines against the words that refuse. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "proof")
        verbs = any_of(lexicon, "proof.refusing_verbs", "proof.splitting", "stance.order", "stance.polite")
        hums = any_of(lexicon, "accounts.fillers")
        self._in_front = re.compile(
            rf"(?<!{words('sighs')}){refusing(lexicon)}(?:{verbs}|{hums}|的|\s){{0,3}}$"
        )
        self._nothing_else = re.compile(
            rf"{words('excluding')}[^,，。;；!！?？\n]{{1,8}}?(?:{words('refused_otherwise')})(?!{words('not_refusing_behind')}|{any_of(lexicon, 'signs.mishaps')})"
        )
        """非白金的不要: what is named between two words of refusing is all that is wanted."""
        self._unasked = re.compile(
            rf"(?<!{words('sighs')}){refusing(lexicon)}[我你您再先]?{words('requests')}"
        )
        self._warning = re.compile(words("warning"))
        self._limit = re.compile(rf"{words('limits')}(?:{hums}|\s)*$")
        self._away = re.compile(rf"{refusing(lexicon)}{words('away_from')}$")
        self._behind = re.compile(
            rf"(?:{words('kinds_behind')})?[\s,，]?(?:{words('much')}){{0,3}}{words('refused_after')}"
        )
        self._waited = re.compile(rf"[^,，。;；!！?？\n]{{0,4}}?{words('waited')}")
        self._dropped = re.compile(rf"{words('kinds_behind')}?(?:都|就|全|也|通通|统统)*{words('given_up')}")
        self._once = re.compile(rf"{words('once')}[^,，。;；!！?？\n]{{0,6}}{words('became')}了?$")
        self._than = re.compile(rf"{words('than')}$")
        self._money_had = re.compile(rf"{words('money_had')}\s?$")
        self._done = re.compile(rf"{words('done_so_often')}\s?$")
        self._first = re.compile(rf"的?{words('at_first')}")
        self._tried = re.compile(
            rf"的?{words('at_first')}?{words('tried')}{words('tried_ends')}*(?![\u4e00-\u9fff])"
        )
        self._slow = re.compile(words("told_speed"))
        self._none_of_it = re.compile(rf"\bno {any_of(lexicon, 'english.lacking')}\b")
        self._for_a_while = re.compile(
            rf"(?P<verb>{words('waits_a_while')})[一1](?P=verb)(?:{words('back_behind')}|(?![\u4e00-\u9fff]))"
        )
        around = [
            rf"(?:{repeatable(lexicon.words(f'proof.{name}'))}|\s)*" for name in ("back_front", "back_behind")
        ]
        self._taken_back = re.compile(rf"{around[0]}{words('taken_back_at_end', 'put_off')}{around[1]}")
        so_many = rf"[0-9{''.join(sorted(lexicon.words('signs.numeral_characters')))}俩几好多半]+个?{words('units_of_waiting')}半?"
        self._has_waited = re.compile(
            rf"{words('has_waited_front')}*(?:{words('has_waited')}[了到过得]?{words('waited_for')}?(?:{so_many}|{words('so_long')})"
            rf"|{words('never_there')})(?:{words('back_behind')}|\s)*"
        )
        self._waits = re.compile(rf"{around[0]}{words('put_off', 'scorned')}{around[1]}")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the lines is perhaps refused, given up or taken back."""
        yield from self._of_parts(said)
        yield from self._of_requests(said)
        yield from self._of_kinds(said)
        yield from self._of_names(said)
        if any(e.kind is EventKind.REJECTS and _set_apart(said, e) for e in said.reading.events):
            yield from said.all(Unproven.REFUSED)
        if _refused_to_correct(said.reading.events):
            yield from said.all(Unproven.REFUSED)
        told = _without_names(said)
        if self._put_off(said, told):
            yield from said.all(Unproven.REFUSED)
        if self._ends_in_no(said) or self._slow.search(told) or self._nothing_else.search(told):
            yield from said.all(Unproven.REFUSED)

    def _of_parts(self, said: Said) -> Iterator[Doubt]:
        """京东卡200一张 不是两张100: neither the size nor the count behind the no is ordered."""
        for at, _, record in said.pairs():
            counts = [record.quantity] if record.quantity is not None else []
            for event in (*record.amounts, *counts, *record.regions):
                if self.refuses(said, event):
                    region = event.kind is EventKind.REGION
                    yield at, Unproven.REGION if region else Unproven.REFUSED
                money = event.amount is not None and event.amount.kind is AmountKind.MONEY
                if money and self._money_had.search(said.text, max(0, event.start - _REACH), event.start):
                    yield from said.all(Unproven.TOLD)
                counted = event.quantity is not None and event.quantity.kind is QuantityKind.COUNTED
                if counted and self._done.search(said.text, max(0, event.start - _REACH), event.start):
                    yield at, Unproven.COUNT
            for event in record.accounts:
                if self._away.search(said.text, max(0, event.start - _REACH), event.start):
                    yield at, Unproven.REFUSED

    def _of_requests(self, said: Said) -> Iterator[Doubt]:
        """不想帮我给这个号充一百话费: whoever does not ask for it does not want what is named first in the clause."""
        for at, _, record in said.pairs():
            for event in (*record.names, *record.amounts):
                begin, _ = said.bounds(event.start)
                ends = [match.end() for match in self._unasked.finditer(said.text, begin, event.start)]
                first = next(one for one in said.beside(event.start, SLOT_EVENTS) if not is_article(one))
                if ends and first is event and not self._warning.search(said.text, ends[-1], event.start):
                    yield at, Unproven.REFUSED

    def refuses(self, said: Said, event: Event) -> bool:
        """Whether a word of refusing stands in front of a part: 不要年卡."""
        begin, _ = said.bounds(event.start)
        front = list(said.text[max(begin, event.start - _REACH) : event.start])
        for count in said.beside(event.start, _COUNTS):
            # 不是两张100: the count between is refused too.
            if count is not event and count.start >= event.start - len(front) and count.end <= event.start:
                low = count.start - event.start + len(front)
                front[low : low + count.end - count.start] = " " * (count.end - count.start)
        before = re.sub(" +", " ", "".join(front))
        return self._in_front.search(before) is not None or self._limit.search(before) is not None

    def _of_kinds(self, said: Said) -> Iterator[Doubt]:
        """白金太贵了, 比svip便宜, 上次开成SVIP了, 慢充等了三天: a kind that is named to say that it is not wanted."""
        for event in said.reading.events:
            says_kind = event.kind is EventKind.NAME and event.mention is not None and event.mention.said
            if event.kind is not EventKind.QUALIFIER and not says_kind:
                continue
            if says_kind and any(0 <= start - event.end <= 1 for start, _ in said.reading.refusals):
                continue  # 卓越会员，别搞成普通的 refuses the other one
            front = (said.text, max(0, event.start - _REACH), event.start)
            refused = (
                self._behind.match(said.text, event.end)
                or self._waited.match(said.text, event.end)
                or any(pattern.search(*front) for pattern in (self._once, self._than))
            )
            if refused:
                for at, record in enumerate(said.records):
                    corrected = says_kind and record.corrected_from > event.start  # 慢充话费不要，我要快充的
                    if event in (*record.qualifiers, *record.names) and not corrected:
                        yield at, Unproven.REFUSED

    def _of_names(self, said: Said) -> Iterator[Doubt]:
        """京东卡天猫卡都别要了 换…: goods that are given up where others follow."""
        names = [event for event in said.reading.events if event.kind is EventKind.NAME]
        for at, name in enumerate(names):
            ends = _PAUSED.search(said.text, name.end)
            end = min(ends.start() if ends else len(said.text), name.end + _REACH)
            match = self._dropped.search(said.text, name.end, end)
            begin = max((pause.end() for pause in _PAUSED.finditer(said.text, 0, name.start)), default=0)
            given_up = [one for one in names[: at + 1] if one.start >= begin]
            if match is None or len(given_up) == len(names):
                continue
            if any(
                name.end <= event.start < match.start()
                for event in said.reading.events
                if event.kind in _SAID
            ):
                continue
            for place, record in enumerate(said.records):
                if any(one in given_up for one in record.names):
                    yield place, Unproven.REFUSED

    def _ends_in_no(self, said: Said) -> bool:
        """50话费13812345678 反悔了: what is said last takes it all back."""
        slots = [event for event in said.reading.events if event.kind in SLOT_EVENTS]
        last = max((event.end for event in slots), default=0)
        if any(event.end == last and event.start in said.rejected for event in slots):
            # 更正：要季卡，年卡买不起: no to the one alone.
            pause = _PAUSED.search(said.text, last)
            last = pause.end() if pause else len(said.text)
        for start, end in sorted((*said.reading.refusals, *said.reading.mishaps)):
            if not _PAUSED.sub("", said.text[last:start]):
                last = max(
                    last, end
                )  # 别给我发三台的，用不上: why it is not wanted; 刚才打错了: why it was corrected
        tried = self._tried.match(said.text, last) if self._asked_for(said, last) else None
        return any(
            self._taken_back.fullmatch(piece.strip()) or self._has_waited.fullmatch(piece.strip())
            for piece in _PAUSED.split(self._none_of_it.sub(" ", said.text[tried.end() if tried else last :]))
            if piece.strip()
        )

    def _put_off(self, said: Said, told: str) -> bool:
        """爱奇艺月卡缓一缓 138…: it is to wait, whatever is done for a while; and 话费100改天 138…: what would take
        all back behind the recipient does so in front of it, and so does what scorns it. `told`: what is said beside the names of goods."""
        if self._for_a_while.search(told):
            return True
        slots = sorted(
            (e for e in said.reading.events if e.kind in SLOT_EVENTS), key=lambda event: event.start
        )
        for before, event in pairwise(slots):
            label = event.account.label if event.account is not None else None
            end = min(event.start, label[0]) if label is not None else event.start
            between = _PAUSED.sub("", told[before.end : end])
            if event.kind is EventKind.ACCOUNT and self._waits.fullmatch(between):
                return True
        return False

    def _asked_for(self, said: Said, end: int) -> bool:
        """Whether the goods, size or count that ends there is asked for: 先来2张 and not 话费100."""
        begin, _ = said.bounds(end - 1)
        counted = any(e.end == end and e.kind in _SIZED for e in said.reading.events)
        wishes = said.reading.cues.get(CueKind.ORDER, ())
        wished = any(begin <= cue.start < end for cue in wishes) or self._first.match(said.text, end)
        return counted and bool(wished)


def _set_apart(said: Said, event: Event) -> bool:
    """优酷会员|不是|B站大会员: a no between two marks takes back what is in front of it, and a no that leads on
    refuses what is behind it; of any mark that is no comma nobody knows which it is."""
    around = said.text[max(0, event.start - 1) : event.start] + said.text[event.end : event.end + 1]
    return len(around) == len("||") and all(not c.isalnum() and not c.isspace() for c in around)


def _refused_to_correct(events: Sequence[Event]) -> bool:
    """充一百，不，不要充两百: behind a correction only another value is refused, so that what was said first would
    stand after all. As likely it is 不，要充两百, with the no said twice."""
    said = [event for event in events if event.kind is not EventKind.COMMA]
    for at, event in enumerate(said[1:-1], start=1):
        if event.kind is not EventKind.REJECTS or said[at - 1].kind is not EventKind.CORRECTION:
            continue
        refused, behind = said[at + 1], said[at + 2 :]
        if not said[at - 1].mild and not any(other.kind is refused.kind for other in behind):
            return True
    return False


_REACH = 12
_COUNTS = frozenset({EventKind.QUANTITY})
_SIZED = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.NAME, EventKind.NOUN})
_SAID = frozenset({EventKind.NAME, EventKind.ACCOUNT})
_PAUSED = re.compile(r"[\s,，。;；!！?？、~…()]+")


def _without_names(said: Said) -> str:
    """What is said beside the names of goods: 话费慢充(72小时内) is what a shop calls it, and tells of no wait."""
    text = list(said.text)
    for event in said.reading.events:
        if event.kind is EventKind.NAME:
            text[event.start : event.end] = "\0" * (event.end - event.start)
    return "".join(text)
