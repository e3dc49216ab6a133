"""A recipient or a server that follows: 号码等会儿给你, 卡号先不填，我回头找找, 哪个区我忘了.

Such clauses sound like a doubt, a search or a call for something to wait, and are none: the order is asked for what it
lacks anyway, and everything else of it was said. They count only where no recipient, or no server, was said at all, for
beside a number 号码不对 takes it back, and 另一份的号码晚点给 is of another line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from nlu.alternations import any_in, either, repeatable
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind

LENGTH_MAX = 24
"""Of longer clauses nobody says but that something follows."""
NO_RECIPIENT = "none"


class StillToCome:
    """Finds the clauses that say so. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "still_to_come")
        kinds = (word for kind in lexicon.accounts.values() for word in kind.labels)
        labels = [*kinds, *lexicon.words("accounts.labels"), *lexicon.words("signs.number_words")]
        words = [
            *(word for name in _LISTS for word in lexicon.words(f"still_to_come.{name}")),
            *lexicon.words("still_to_come.servers"),
            *lexicon.words("contacts.people"),
            *labels,
        ]
        self._says_only = re.compile(rf"(?:{repeatable(words)}|\s)+")
        self._recipient, self._server = re.compile(either(labels)), re.compile(any_of("servers"))
        self._follows = re.compile(any_of("unknown", "looks", "gives"))
        self._looks, self._gives = re.compile(any_of("looks")), re.compile(any_of("gives", "unknown"))

    def told(self, text: str, events: Sequence[Event], kinds: Iterable[str]) -> tuple[tuple[int, int], ...]:
        """Where that is said. `kinds`: the kinds of recipients that the goods need."""
        said = {event.kind for event in events}
        if set(kinds) <= {NO_RECIPIENT} or EventKind.NAME not in said:
            return ()
        found: list[tuple[int, int]] = []
        named = False
        for clause in _CLAUSE.finditer(text):
            start, end = self._rest(events, *clause.span())
            if not 0 < end - start <= LENGTH_MAX or self._says_only.fullmatch(text, start, end) is None:
                continue
            if not self._follows.search(text, start, end):
                continue
            if self._names(text[start:end], said):
                found.append((start, end))
                named = True
            elif named and not self._names(text[start:end], frozenset()):
                found.append((start, end))
        return tuple(found)

    def _names(self, clause: str, said: Set[EventKind]) -> bool:
        """Whether it is of a recipient or a server, and none of that kind was said."""
        recipient = EventKind.ACCOUNT not in said and self._recipient.search(clause) is not None
        return recipient or (EventKind.REGION not in said and self._server.search(clause) is not None)

    def _rest(self, events: Sequence[Event], start: int, end: int) -> tuple[int, int]:
        """What of a clause stands behind the goods in it."""
        return max((e.end for e in events if e.kind in _SLOTS and start <= e.start < end), default=start), end


_CLAUSE = re.compile(r"[^,，。.;；!！?？~…\n]+")
_LISTS = ("owners", "unknown", "later", "looks", "gives")
_SLOTS = frozenset(
    {EventKind.NAME, EventKind.AMOUNT, EventKind.QUANTITY, EventKind.ACCOUNT, EventKind.REGION}
)
