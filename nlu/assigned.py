"""Recipients that are told by the goods they are for, behind goods that were all listed before: 原神648和星铁648各一个，
原神uid 120098812，星铁uid 105533827; 优酷和爱奇艺月卡，优酷的充138…，爱奇艺的充139….

A name that only says whose recipient follows orders nothing of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.alternations import any_times_in
from nlu.lexicon import Lexicon
from nlu.records import SEPARATORS, Event, EventKind, Record, put, same_goods

FEWEST = 2
"""One recipient alone may be that of all goods."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What of a message says whose recipients they are."""

    events: list[Event]
    """The events without them."""
    pairs: tuple[tuple[Event, Event], ...]
    """Each name that is said a second time, with its recipient."""

    def given(self, records: Sequence[Record]) -> bool:
        """Gives each record its recipient; False, and nothing is given, where that is not one for each."""
        pairs: list[tuple[Record, Event]] = []
        for name, account in self.pairs:
            mine = [one for one in records if one.name is not None and same_goods(one.name, name.mention)]
            if len(mine) != 1 or mine[0].accounts:
                return False
            pairs.append((mine[0], account))
        if len({id(record) for record, _ in pairs}) != len(records):
            return False
        for record, account in pairs:
            put(record, account)
        return True


class AssignedRecipients:
    """Finds them. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        some = any_times_in(lexicon, "assigned")
        self._leads = re.compile(rf"(?:^|[\s,，。;；、!！\n]){some('leads')}$")
        self._between = re.compile(rf"\s*{some('between')}[\s:：]*")

    def of(self, text: str, events: Sequence[Event]) -> Assigned | None:
        """None where no recipients are told so, or one was told before the goods were all named."""
        said = [event for event in events if event.kind not in SEPARATORS]
        taken: list[tuple[Event, Event]] = []
        at = len(said)
        while at and (found := self._told(text, said[:at])) is not None:
            taken.insert(0, (found, said[at - 1]))
            at -= 1 + (found is said[at - 2])
        # 优酷月卡，爱奇艺138…: the first name may be that of the goods.
        while taken and not _named_before(said[:at], taken[0][0]):
            at = said.index(taken.pop(0)[1]) + 1
        before = said[:at]
        sized = any(event.kind is EventKind.AMOUNT for event in before)
        told = any(event.kind is EventKind.ACCOUNT for event in before)
        if len(taken) < FEWEST or told or not sized or not self._all_apart(taken):
            return None
        account = taken[0][1]
        begins = min(taken[0][0].start, account.start) if taken[0][0] not in before else account.start
        return Assigned([event for event in events if event.start < begins], tuple(taken))

    def _told(self, text: str, said: Sequence[Event]) -> Event | None:
        """The name of the goods that the last thing said is the recipient of; None where it tells of none."""
        account = said[-1]
        if account.kind is not EventKind.ACCOUNT or account.account is None:
            return None
        start = min(account.start, account.account.label[0]) if account.account.label else account.start
        names = [event for event in said[:-1] if event.kind is EventKind.NAME]
        if names and names[-1] is said[-2]:
            name = names[-1]
            joined = self._between.fullmatch(text, name.end, max(start, name.end)) is not None
            return name if joined and self._leads.search(text[: name.start]) else None
        # 优酷号138…: its label has the name in it.
        for name in names:
            typed = re.escape(text[name.start : name.end])
            told = re.compile(rf"{typed}{self._between.pattern}$").search(text[said[-2].end : account.start])
            if told is not None and self._leads.search(text[: said[-2].end + told.start()]):
                return name
        return None

    def _all_apart(self, pairs: Sequence[tuple[Event, Event]]) -> bool:
        """Whether no two of them are for the same goods."""
        names = [name.mention for name, _ in pairs]
        return not any(same_goods(one, other) for at, one in enumerate(names) for other in names[at + 1 :])


def _named_before(before: Sequence[Event], name: Event) -> bool:
    return any(event.kind is EventKind.NAME and same_goods(event.mention, name.mention) for event in before)
