"""Whether the verb of an order is denied: 死也不充话费50, 不敢买, 懒得开爱奇艺月卡.

A no in front of goods is looked for by its own words (`nlu/proof_of_refusals.py`). In front of a verb there may stand
what one is not willing, able or allowed to do, and the verb may be a part of the name: 不充话费. Here every such no
is held against the goods that its verb would order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.alternations import any_in, any_of
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.records import EventKind
from nlu.said import Doubt, Said, Unproven


class ProofOfDenials:
    """Holds the verbs of orders against a no in front of them. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "denials")
        people = any_of(lexicon, "contacts.people")
        self._denied = re.compile(
            rf"(?P<no>{words('no')})(?:{words('able')}|(?:给|帮|替|为)(?:我|他|她|{people}))*"
            rf"(?P<verb>{words('verbs')})"
        )
        self._verb = re.compile(words("verbs"))
        self._no_no = re.compile(rf"{words('no_no_behind')}$")
        self._between = re.compile(rf"(?:{words('between')}|[0-9])*")
        self._else = re.compile(words("or_else"))

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What would be ordered by a verb that is denied."""
        for match in self._denied.finditer(said.text):
            if self._asks(said.text, match) or in_front(self._no_no, said.text, match.start()):
                continue
            _, end = said.bounds(match.start())
            if self._else.search(said.text, match.end(), end):
                continue  # 再不充话费50就停机了
            yield from self._ordered_so(said, match, end)

    def _asks(self, text: str, match: re.Match[str]) -> bool:
        """能不能充, 要不要买: said with and without the no, and so asked."""
        at, behind = match.start("no"), match.end("no")
        return match["no"] == _NO and text[max(0, at - 1) : at] == text[behind : behind + 1]

    def _ordered_so(self, said: Said, match: re.Match[str], end: int) -> Iterator[Doubt]:
        low = match.start("verb")
        events = [e for e in said.reading.events if low <= e.start < end and e.kind in _OF_GOODS]
        if not events:
            return
        instead = self._verb.search(said.text, events[0].end, end)
        if instead is not None:
            events = [event for event in events if event.start < instead.start()]  # 不买50的买100的
        gap = said.text[match.end() : max(match.end(), events[0].start)].rstrip()
        if self._between.fullmatch(gap) is None:
            return
        sized = any(event.kind is EventKind.AMOUNT for event in events)
        if not sized and any(event.kind is EventKind.AMOUNT for event in said.reading.events):
            return  # 我不会充话费，帮我充50
        for at, _, record in said.pairs():
            if any(event in events for event in (record.amounts or record.names)):
                yield at, Unproven.REFUSED


_NO = "不"
_OF_GOODS = frozenset(
    {EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER, EventKind.AMOUNT, EventKind.QUANTITY}
)
