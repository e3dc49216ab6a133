"""Clauses of mere talk, without which the rest of a message is read once more.

`迅雷季卡，登录手机…，不开会员下东西慢得要死` is an ordinary order, and what stands behind it only complains; but
its words and numbers may be taken for another line, a refusal or goods that nobody knows. So where a message is no
whole order, it is read again without the clauses that are surely talk. A clause that holds a recipient, a server, a
tier or a correction is never left out; of the others a small model knows how people speak beside orders and how
they order on (再来两张, 都要年卡的), also where they name goods (我电脑是win11的, win11也要). Its weights are `data/beside/talk.txt`, fitted by
`python -m tests.bench.fit_talk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from nlu.amounts import Amount
from nlu.another_time import AnotherTime
from nlu.clause_judge import Clause, ClauseJudge
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.mention import Mention
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.remarks import HAN
from nlu.stretches import CLAUSE, NUMERALS, SHORT_BESIDE, Spoken, Stretches, touches

TALK_MAX = 0.6
"""A clause is left out whose harm is less likely than this."""
UNSURE_MAX = 0.3
"""The same for what is short, stands in one clause with the order, or has a word that else decides what is wanted:
a misspelled name or a word of refusal may look like talk."""
TOLD_MAX, TOLD_ASKING_MAX = 0.25, 0.06
"""The same for a clause that names goods; and where it has a word of ordering, too: 上次在别家买优酷被坑了."""
WANTED_MIN = 0.65
"""So harmful, a clause asks for the goods that it names: 工友让我捎份抖币."""
SHORT = 2
"""Fewer Chinese characters say too little."""

REMARK_MAX = 24
"""A longer message says more than how somebody is."""

CLAUSES_MAX = 60
"""A message of more is no talk, whatever it is; to look for it would take long."""

_TURNS = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS})
_SLOTS = frozenset(
    {EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.QUANTITY, EventKind.QUALIFIER}
)
_COUNTING = frozenset({EventKind.AMOUNT, EventKind.QUANTITY})
_ORDERED = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT})
_ANY_NUMBER = NUMERALS | {"0", "万", "半"}
_OF_ANYTHING = "个"
_UNHEARD = "\u200b"
"""Takes the place of what is left out: it has no width, and every other character keeps its offset."""


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
_TELLING = frozenset({CueKind.REPORTED, CueKind.ELSEWHERE})
"""Clauses that name goods may have these: 朋友说…, 在别家…."""
_ASKING = (CueKind.ORDER, CueKind.TOPUP, CueKind.OWN_REQUEST)


class Talk:
    """Finds what is mere talk in a message. Immutable."""

    def __init__(self, judge: ClauseJudge, lexicon: Lexicon) -> None:
        self._judge, self._stretches = judge, Stretches(lexicon)
        self._another_time = AnotherTime(lexicon)

    def left_out(self, reading: Reading) -> str | None:
        """The message as typed with its talk unheard; None where there is none, where nothing is ordered
        besides, or where somebody else's words are quoted."""
        if reading.quotes or not any(event.kind in _ORDERED for event in reading.events):
            return None
        text = reading.page.text
        more = next(islice(CLAUSE.finditer(text), CLAUSES_MAX, None), None)
        head = len(text) - len(text.lstrip())
        of_kinds = any(start <= head < end for start, end in reading.refusals)
        if more is not None or (self._stretches.puts_off(text[head:]) and not of_kinds):
            return None
        deciding, changing = (
            [(cue.start, cue.end) for kind in kinds for cue in reading.cues.get(kind, ())]
            for kinds in (_DECIDING, _CHANGING)
        )
        topups = [(cue.start, cue.end) for cue in reading.cues.get(CueKind.TOPUP, ())]
        recipients = [event.start for event in reading.events if event.kind is EventKind.ACCOUNT]
        turns = [event.start for event in reading.events if event.kind in _TURNS]
        turned = min(turns, default=len(reading.page.text))
        counted = [(event.start, event.end) for event in reading.events if event.kind in _COUNTING]
        begun = {
            event.end
            for event in reading.events
            if event.quantity is not None and event.quantity.word == _OF_ANYTHING
        }
        names = reading.shape.left.nameable
        behind = (e.start for e in reading.events if e.kind in _SLOTS and e.start > turned)
        anew = min(behind, default=turned)
        talk: list[tuple[int, int]] = []
        for one in (*self._stretches.clauses(reading), *self._stretches.behind(reading)):
            between = bool(recipients) and min(recipients) < one.start < max(recipients)
            sure = one.apart and not touches(deciding, one.start, one.end)
            # 哦不对，要的是天猫猫超市卡，五十的: what follows the correction may be what it corrects to.
            renamed = turned < one.start < anew and not names.isdisjoint(range(one.start, one.end))
            brief = one.apart and one.start < turned and _ANY_NUMBER.isdisjoint(one.clause.text)
            shortest = SHORT if brief else SHORT_BESIDE
            if self._is_another_order(one, turned) and not touches(talk, one.start, one.end):
                talk.append((one.start, one.end))
                continue
            if not one.apart and one.start in begun:
                continue  # 歪了三个金: what is counted says what the count is of
            held = (*talk, *changing, *(() if one.apart else counted), *(topups if one.used else ()))
            if (
                not between
                and not renamed
                and len(HAN.findall(one.clause.text)) >= shortest
                and not touches(held, one.start, one.end)
                and self._judge.harm(one.clause) < (TALK_MAX if sure else UNSURE_MAX)
            ):
                talk.append((one.start, one.end))
        talk += [(one.start, one.end) for one in self._telling_of_goods(reading)]
        return without(reading, talk) if talk else None

    def _telling_of_goods(self, reading: Reading) -> Iterator[Spoken]:
        """Clauses that name goods and only tell of them."""
        named = any(event.kind is EventKind.NAME for event in reading.events)
        # 送外卖的电话不能停: of a kind of goods alone a bare 不 refuses nothing.
        harmless = _TELLING if named else _TELLING | {CueKind.DENY}
        held, asking = (
            [(cue.start, cue.end) for kind in kinds for cue in reading.cues.get(kind, ())]
            for kinds in ((_DECIDING - harmless) | _CHANGING, _ASKING)
        )
        for one in self._stretches.naming(reading):
            bound = TOLD_ASKING_MAX if touches(asking, one.start, one.end) else TOLD_MAX
            long = len(HAN.findall(one.clause.text)) > SHORT
            if long and not touches(held, one.start, one.end) and self._judge.harm(one.clause) < bound:
                yield one

    def only_tells(self, text: str, bound: float = TOLD_MAX) -> bool:
        """Whether a message is surely talk where something lies in hand: 老婆生日. `bound`: the most that its harm may
        be."""
        return len(text) <= REMARK_MAX and self._judge.harm(Clause(text, ">")) < bound

    def asks_for(self, reading: Reading, name: Mention) -> bool:
        """Whether goods are wanted of which a clause beside an order says no more than their name."""
        return any(
            one.start <= name.start < one.end and self._judge.harm(one.clause) >= WANTED_MIN
            for one in self._stretches.naming(reading)
        )

    def _is_another_order(self, one: Spoken, turned: int) -> bool:
        """好用的话下次再买年卡: behind an order, what may be bought once it has pleased."""
        text = one.clause.text
        said = self._another_time.begins(text) if one.apart else self._another_time.says_only(text)
        return said and one.clause.place == ">" and one.start < turned


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
