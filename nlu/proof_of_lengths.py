"""Whether a length of time is how long the goods run, or how long something lasts in the customer's life.

放假三个月，优酷会员 says no size, and 来三个月，优酷会员 does. What people spend their time with is no list that
ends; what stands around a length that is asked for does. So where a clause names no goods, every word around its
length of time is one of an order, or the length is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.alternations import any_in, any_of, repeatable
from nlu.amounts import AmountKind
from nlu.clauses import Clauses
from nlu.corrections import CueKind
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind
from nlu.said import Doubt, Said, Unproven


class ProofOfLengths:
    """Holds lengths of time against the words around them. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "lengths")
        people = any_of(lexicon, "contacts.people", "contacts.called_upon")
        hums = any_of(lexicon, "accounts.fillers", "signs.particles")
        self._of_orders = re.compile(
            rf"{words('for_whom')}(?:我|咱|你|他|她)?(?:家|的)*{people}|{people}(?:的|(?={words('wanted_by')}))|{words('wishes', 'said_of')}|{hums}"
        )
        self._leading = re.compile(rf"(?P<verb>{words('leading')}){words('between')}*$")
        self._takes_long = frozenset(lexicon.words("lengths.takes_long"))
        self._ends = re.compile(rf"(?:{repeatable(lexicon.words('lengths.ends'))}|\s)*")
        self._had = re.compile(rf"\s?(?:我的|的)?{words('of_what_is_had')}了?\s?")
        self._tells_behind = re.compile(rf"\s?{words('ends')}*{words('tells_behind')}")
        self._over = re.compile(rf"了(?:{words('ends')}|\s)*(?:$|(?={_CLAUSE_END.pattern}))")
        self._then = re.compile(rf"{words('ends')}*{words('then')}")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Whose size perhaps only tells how long something lasts."""
        for at, line, record in said.pairs():
            if line.sku is not None and any(self._lasts(said, event) for event in record.amounts):
                yield at, Unproven.TOLD

    def _lasts(self, said: Said, size: Event) -> bool:
        amount = size.amount
        if amount is None or amount.kind is not AmountKind.PERIOD or amount.card:
            return False
        if self._tells_behind.match(said.text, size.end):
            return True  # 优酷会员三个月没看了
        begin, end = Clauses.of(said.text, _CLAUSE_END).bounds(size.start)
        goods = _goods(said)
        reached = (e.end for e in goods if e.kind is EventKind.ACCOUNT and begin < e.end < size.start)
        begin = max((at for at in reached if said.text[at] == " "), default=begin)
        beside = [event for event in goods if begin <= event.start < end]
        before = [event.end for event in beside if event.start < size.start]
        if before:
            if self._had.fullmatch(said.text, max(before), size.start):
                return True
            return self._over_now(said, size)
        named = any(event.kind is EventKind.NAME and event.end <= begin for event in goods)
        end = beside[0].start if beside else max(end, size.end)
        if beside and end == size.end and beside[0].kind is EventKind.NAME:
            return False  # 孩子想看三个月优酷
        if self._ends.fullmatch(said.text, size.end, end):
            return self._tells(said, begin, size, named)
        if beside:
            meanwhile = self._then.match(said.text, size.end, end) is not None
            return meanwhile and self._tells(said, begin, size, named)
        return not named and self._content(said, size.end, end) > 0

    def _over_now(self, said: Said, size: Event) -> bool:
        """腾讯会员开三个月了, and not 开三个月吧."""
        return self._over.match(said.text, size.end) is not None and bool(
            in_front(self._leading, said.text, size.start)
        )

    def _tells(self, said: Said, begin: int, size: Event, named: bool) -> bool:
        """Whether the words in front of a length say what lasts so long. `named`: the goods were named before."""
        leading = in_front(self._leading, said.text, size.start)
        if leading is not None and leading.start() >= begin:
            takes = leading["verb"] in self._takes_long and not named
            if not takes:
                return False
        return self._content(said, begin, size.start) > 0

    def _content(self, said: Said, begin: int, end: int) -> int:
        """How many characters there are of no word of an order."""
        text = list(said.text[begin:end])
        spans = [match.span() for match in self._of_orders.finditer(said.text, begin, end)]
        spans += [(cue.start, cue.end) for kind in _TURNING for cue in said.reading.cues.get(kind, ())]
        spans += [(event.start, event.end) for event in said.reading.events if event.kind in _COUNTING]
        spans += [(event.start, event.end) for event in _goods(said)]
        for start, stop in spans:
            low, high = max(start, begin) - begin, min(stop, end) - begin
            if low < high:
                text[low:high] = " " * (high - low)
        return sum("\u4e00" <= character <= "\u9fff" for character in text)


def _goods(said: Said) -> list[Event]:
    """The goods and recipients that were said. What is delivered or eaten in a story is none: 送外卖三个月."""
    told = [cue.start for cue in said.reading.cues.get(CueKind.REAL_GOODS, ())]
    return [e for e in said.reading.events if e.kind in _OF_GOODS and e.start not in told]


_CLAUSE_END = re.compile(r"[,，。;；!！?？、…\n]|(?<=[)）]) +|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
_OF_GOODS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER, EventKind.ACCOUNT})
_COUNTING = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.REGION})
_TURNING = (
    CueKind.CORRECTION,
    CueKind.CORRECTION_OR_DROP,
    CueKind.INSTEAD,
    CueKind.BUT,
    CueKind.OR,
    CueKind.JOIN,
    CueKind.EACH,
    CueKind.MODIFY,
    CueKind.ADD,
    CueKind.GREET,
    CueKind.THANKS,
    CueKind.POLITE,
    CueKind.OWN_REQUEST,
    CueKind.CONFIRM,
)
