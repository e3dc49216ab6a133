"""What was done or came of it, told of whole goods: 50话费充错了138…, 给138…的50话费没充上, Q币50充到3344556677了.

Goods, size and recipient are those of an order, and nothing is ordered. What says so stands right beside them: in a
clause of its own, or behind a word of another time, it may be why something is ordered (上次没到账，这次充50).
"""

from __future__ import annotations

import re

from nlu.alternations import any_in, any_times_in
from nlu.asked_beside import REFUND_RULE
from nlu.beside import masked
from nlu.clause_judge import RECIPIENT, SLOT
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.understanding import Intent

LENGTH_MAX = 120


class Deeds:
    """Finds what is told so. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words, some = any_in(lexicon, "deeds"), any_times_in(lexicon, "deeds")
        slot, whom = rf"{SLOT}(?:[{SLOT}\s的])*+", rf"{RECIPIENT}(?:[{RECIPIENT}\s])*+"
        either = rf"[{SLOT}{RECIPIENT}](?:[{SLOT}{RECIPIENT}\s的给]|到(?=[{RECIPIENT}\s]))*+"
        ends = rf"{some('ends')}(?![\u4e00-\u9fff])"
        beside = rf"{either}{some('adverbs')}\s*+"
        wrong = rf"(?P<wrong>{words('done')}{words('wrongly')})了?{words('of_whom')}?了?"
        mistaken = rf"(?P<mistaken>{words('by_mistake')})(?:了|给|到|成)?"
        self._wrong = (
            re.compile(rf"{beside}{wrong}{ends}"),
            re.compile(rf"{wrong}(?:给|到|成)?\s*+{either}"),
            re.compile(rf"{mistaken}\s*+{either}"),
        )
        self._warns = re.compile(rf"{words('warns')}[^,，。;；!！?？\n]{{0,3}}$")
        went = re.compile(rf"{words('towards')}了?\s*+{whom}{some('there')}了{ends}")
        not_come = re.compile(rf"{beside}{words('not_come')}{ends}|^\W*{words('not_come')}\s*+{slot}")
        come = re.compile(rf"{beside}{words('come')}{ends}")
        gone = re.compile(rf"{either}{some('adverbs')}\s*+{words('gone')}{ends}")
        lately = re.compile(
            rf"(?:^|[^\u4e00-\u9fff]){words('lately')}(?:给|帮|往)?\s*+{whom}{words('done')}了?\s*+{slot}"
        )
        taken_back = re.compile(rf"{beside}{words('taken_back')}{ends}")
        verbs = words("done", "also_done")
        done = rf"{verbs}?(?:了|过|的)?"
        order = rf"(?:{words('for_whom')}?\s*+{whom}(?:的号?)?{done}\s*+{slot}|{verbs}(?:了|过)?\s*+{slot}(?:给|到)?\s*+(?:{whom})?)"
        told = re.compile(rf"{words('other_times')}[我你他她也都又就要想]*+{order}")
        undone = re.compile(
            rf"(?<![得要再何分特区]){words('not_done')}{order}|{slot}{words('not_done')}{words('for_whom')}\s*+{whom}{verbs}"
        )
        asks_how = re.compile(rf"{words('asks_how')}[我你他她们也都又就要]*+{order}")
        of_it = re.compile(rf"{order}(?:{words('of_it')}|(?<=的){words('of_its')})")
        put_by = re.compile(rf"{beside}{words('put_by')}{ends}")
        self._slot = re.compile(SLOT)
        self._verbs = frozenset(word for word in lexicon.words("deeds.done") if len(word) == 1)
        self._patterns = (
            (not_come, (Intent.STATUS, None)), (come, (Intent.STATUS, None)), (went, (Intent.STATUS, None)), (lately, (Intent.STATUS, None)),
            *((pattern, (Intent.FAQ, REFUND_RULE)) for pattern in self._wrong), (gone, (Intent.SEARCH, None)), (taken_back, (Intent.CANCEL, None)),
            (undone, (Intent.CANCEL, None)), (asks_how, (Intent.FAQ, None)), (of_it, (Intent.STATUS, None)),
            (told, (Intent.STATUS, None)), (put_by, (Intent.OUT_OF_SCOPE, None)),
        )  # fmt: skip

    def told(self, reading: Reading) -> tuple[Intent, str | None] | None:
        """What a message wants that tells of an order, and the topic of a common question that it asks; None where it
        tells of none, or goes on to order."""
        text = self._unnamed(reading)
        if len(text) > LENGTH_MAX:
            return None
        for pattern, wanted in self._patterns:
            found = pattern.search(text)
            if found is None or (self._slot.search(text, found.end()) and _orders_on(reading, found.end())):
                continue
            if pattern not in self._wrong or not in_front(
                self._warns, text, found.start(found.lastgroup or 0)
            ):
                return wanted
        return None

    def _unnamed(self, reading: Reading) -> str:
        """The text with a sign for every character of the order, but for the verb in what was taken for a name:
        话费充错 of 话费充错了, 充话费."""
        typed = reading.page.text
        text = list(masked(reading))
        for event in reading.events:
            if event.kind is not EventKind.NAME or event.end - event.start < _NAME_MIN:
                continue
            if typed[event.start] in self._verbs:
                text[event.start] = typed[event.start]
            inside = (at for at in range(event.start + 2, event.end) if typed[at] in self._verbs)
            verb = next(inside, event.end)
            text[verb : event.end] = typed[verb : event.end]
        return "".join(text)


_NAME_MIN = 3


def _orders_on(reading: Reading, at: int) -> bool:
    """Whether more than a count is said behind a place: 经常给138…充50话费，两个."""
    return any(event.start >= at and event.kind in _ORDERED for event in reading.events)


_ORDERED = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.QUALIFIER})
