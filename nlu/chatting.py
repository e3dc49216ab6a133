"""Clauses that only chat beside a whole order: 室友推荐我来的, 上次在你这买的很快, 爷爷奶奶不会弄.

Their words would else speak for a search, a question or an order of the past. A clause chats where it
holds no goods, number or recipient, asks nothing and wants nothing, and the rest of the message orders.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nlu.alternations import any_in, repeatable
from nlu.clauses import CLAUSE
from nlu.corrections import Cue, CueKind, quotations
from nlu.covered import Covered
from nlu.lexicon import Lexicon
from nlu.offers import Offers
from nlu.records import Event, EventKind, is_article
from nlu.remarks import HAN

_LENGTH_MIN = 3
_ASIDE_IN_CLAUSE = frozenset({EventKind.NOUN, EventKind.QUALIFIER, EventKind.COMMA, EventKind.STOP})
"""Events that do not keep a clause from being chat."""

UNHEARD = frozenset(
    {
        CueKind.SEARCH,
        CueKind.FAQ,
        CueKind.HELP,
        CueKind.HISTORY,
        CueKind.PAST,
        CueKind.GREET,
        CueKind.THANKS,
        CueKind.QUESTION,
        CueKind.REPORTED,
    }
)
"""What the words of a clause that chats do not speak for."""

_DECIDING = frozenset(
    {
        CueKind.FORBID,
        CueKind.CONDITION,
        CueKind.CORRECTION_OR_DROP,
        CueKind.REFUND,
        CueKind.REFUND_QUESTION,
        CueKind.RECEIPT,
        CueKind.STATUS,
        CueKind.HUMAN,
        CueKind.REORDER,
        CueKind.SAVE_CONTACT,
        CueKind.PRICE,
        CueKind.MODIFY,
        CueKind.DROP,
        CueKind.REPORTED,
        CueKind.ELSEWHERE,
    }
)
"""A clause with one of these is listened to."""

Cues = Mapping[CueKind, tuple[Cue, ...]]
Span = tuple[int, int]


class Chatting:
    """Finds the clauses that chat. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "chatting")
        self._offers = Offers(lexicon)
        polite = ("stance.greet", "stance.thanks", "signs.noise")
        courtesies = repeatable(word for name in polite for word in lexicon.words(name))
        self._courtesy = re.compile(f"(?:{courtesies})+[?？]?")
        self._asks = re.compile(rf"{any_of('asking')}|(.)[不没]\1|[?？]$")
        self._wants = re.compile(rf"(?:{repeatable(lexicon.words('chatting.wanting'))})*{any_of('demands')}")
        self._shop = re.compile(any_of("shop"))
        self._praise = re.compile(any_of("praise"))

    def clauses(self, text: str, events: Sequence[Event], cues: Cues) -> tuple[Span, ...]:
        """Where a message only chats; nothing where it does not order."""
        if not _orders(events, cues) or quotations(text):
            return ()
        taken = Covered.by(
            event
            for event in events
            if event.kind not in _ASIDE_IN_CLAUSE
            and not (event.kind is EventKind.QUANTITY and is_article(event))
        )
        deciding = [cue for kind in _DECIDING for cue in cues.get(kind, ())]
        return tuple(
            match.span()
            for match in CLAUSE.finditer(text)
            if self._offers.made(match[0])
            or (
                not taken.meets(*match.span())
                and (
                    self._courtesy.fullmatch(match[0])
                    or self._states(match, [cue for cue in deciding if inside_any(cue.start, [match.span()])])
                )
            )
        )

    def _states(self, clause: re.Match[str], deciding: Sequence[Cue]) -> bool:
        said = clause[0]
        if len(HAN.findall(said)) < _LENGTH_MIN or self._asks.search(said) or self._wants.match(said):
            return False
        praises = self._shop.search(said) is not None and self._praise.search(said) is not None
        return all(praises and cue.kind is CueKind.REPORTED for cue in deciding)


def _orders(events: Sequence[Event], cues: Cues) -> bool:
    """Whether goods with their size or count are named, or a top-up with its recipient."""
    kinds = {event.kind for event in events}
    sized = not kinds.isdisjoint({EventKind.AMOUNT, EventKind.QUANTITY})
    tops_up = CueKind.TOPUP in cues and EventKind.ACCOUNT in kinds
    return sized and (tops_up or EventKind.NAME in kinds)


def unheard(cues: Cues, chat: Sequence[Span]) -> Cues:
    """The cues without those that only chat."""
    if not chat:
        return cues
    kept = {
        kind: tuple(cue for cue in found if kind not in UNHEARD or not inside_any(cue.start, chat))
        for kind, found in cues.items()
    }
    return {kind: found for kind, found in kept.items() if found}


def without_inside(cues: Cues, spans: Sequence[Span]) -> Cues:
    """The cues without those of some stretches: 别 of 别给我慢充 forbids no order."""
    if not spans:
        return cues
    inside = Covered(spans)
    kept = {
        kind: tuple(cue for cue in found if not inside.meets(cue.start, cue.start + 1))
        for kind, found in cues.items()
    }
    return {kind: found for kind, found in kept.items() if found}


def without_chat(text: str, chat: Sequence[Span]) -> str:
    """The text without what only chats."""
    for start, end in reversed(chat):
        text = text[:start] + text[end:]
    return text


def inside_any(start: int, spans: Sequence[Span]) -> bool:
    return any(one <= start < two for one, two in spans)
