"""Which product is meant: names found in a message, exact first, by sound and spelling where left.

All forms of all names are one automaton, run once over the message. What it finds is a `Mention`:
the products that it may be, with what it would cost to call each one that. Then come those who find
what is only near to a name; of all that overlaps the longest stands, and what stands side by side is
put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.few_words import FewWords, Finder
from nlu.growing import grown
from nlu.guessable import guessable_names, guessable_servers
from nlu.heard_names import HeardNames
from nlu.joined_names import JoinedNames
from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind
from nlu.misspelled_names import MisspelledNames, or_a_slip, spelled_right
from nlu.name_table import NameTable
from nlu.numbered_names import NumberedNames
from nlu.overlaps import covered, longest
from nlu.page import Page
from nlu.parts import Parts
from nlu.scripts import is_chinese, is_latin
from nlu.shortened_names import ShortenedNames
from nlu.spelled_names import SpelledNames
from nlu.squeezing import squeezed

A_BLANK = 2
"""Characters further apart had words between them: what is not spelled right is not put together over them."""
UNREAD_MAX = 2
"""So many characters in a row that nobody has read are no name."""


class Names:
    """Finds the names of one catalog. Immutable once built; safe to share."""

    dense = False
    """Whether the catalog is so large that next to each of its names there is another: then what is only
    near to a name may as well be near to one that is not sold here, and is asked about."""
    passing = False
    """Whether it is made for a message or two: then little is made ahead."""

    def __init__(self, table: NameTable, lexicon: Lexicon, parts: Parts) -> None:
        self.table, self.parts = table, parts
        self._written = table.written
        names, servers = guessable_names(table), guessable_servers(table, lexicon)
        # No method of its own: one that its parts hold would keep it from being freed with its message.
        finder = FewWords if self.passing else _automaton
        self._spelled = SpelledNames(table, lexicon, finder)
        self._numbered = NumberedNames(table.products, table.namer, table.entries)
        self._heard = HeardNames(table, lexicon, finder, names, servers, self.passing)
        self._misspelled = MisspelledNames(table, lexicon, names, servers, self.passing)
        self._shortened = ShortenedNames(parts, self._written, lexicon)
        self._joined = JoinedNames(table, self._written if self.passing else None)

    def likely(self, text: str) -> tuple[str, ...]:
        """The products whose names are likest to something in `text`, likest first, to be asked about
        where no name was understood. A small catalog has no need to guess: its names are spelled out
        with all their slips."""
        return ()

    def read(self, page: Page) -> tuple[Mention, ...]:
        """All names in what is still free, left to right, none overlapping. Claims nothing."""
        text, places = squeezed(page.rest())
        edges = frozenset(at for at in range(1, len(text)) if places[at] - places[at - 1] > 1)
        spelled = self.spelled(text, edges)
        chosen = longest([*spelled, *self.heard(text, edges)])
        if (slips := self._slips(text, edges, places, spelled, chosen)) is not None:
            chosen = longest([*(or_a_slip(mention, slips) for mention in chosen), *slips])
        chosen = longest([*chosen, *self._shortened.by_parts(text, chosen, edges)])
        chosen = longest([*chosen, *self._shortened.by_kind(text, chosen)])
        chosen = [*chosen, *self._shortened.abbreviated(text, chosen)]
        named = grown(text, list(self._joined.put_together(text, chosen)), self._written)
        return tuple(_moved(mention, places) for mention in named)

    def spelled(self, text: str, edges: frozenset[int]) -> list[Mention]:
        """Names that stand in a squeezed text as they are spelled. `edges`: where blanks stood."""
        return [*self._spelled.find(text, edges), *self._numbered.find(text, edges)]

    def heard(self, text: str, edges: frozenset[int]) -> list[Mention]:
        """Names that sound as typed; they count where nothing exact covers as much."""
        return list(self._heard.find(text, edges))

    def misspelled(
        self, text: str, taken: bytearray, edges: frozenset[int], others: Sequence[Mention]
    ) -> list[Mention]:
        """Names with one slip in what is not taken, but for what `others` spell right."""
        return list(self._misspelled.find(text, taken, edges, others))

    def _slips(
        self, text: str, edges: frozenset[int], places: Sequence[int], spelled: Sequence[Mention],
        chosen: Sequence[Mention],
    ) -> list[Mention] | None:  # fmt: skip
        """The names with one slip, or None where a whole name was found and little is left beside it."""
        taken = covered(len(text), (mention for mention in chosen if mention.kind is MentionKind.REGION))
        whole = any(mention.kind is MentionKind.NAME and not mention.partial for mention in chosen)
        if whole and not _unread(text, taken):
            return None
        apart = frozenset(at for at in edges if places[at] - places[at - 1] > A_BLANK)
        others = [mention for mention in spelled if mention.kind in _NO_SLIPS]
        nouns = [mention for mention in spelled if mention.kind is MentionKind.NOUN]
        return [
            slip
            for slip in self.misspelled(text, taken, edges, others)
            if (slip.kind is not MentionKind.UNKNOWN or not spelled_right(slip, nouns))
            and apart.isdisjoint(range(slip.start + 1, slip.end))
        ]


_NO_SLIPS = frozenset({MentionKind.UNKNOWN, MentionKind.QUALIFIER})


def _automaton(words: list[str]) -> Finder:
    return AhoCorasick(words, matchkind=MatchKind.Standard)


def _moved(mention: Mention, places: Sequence[int]) -> Mention:
    """Back to where it stood before blanks were left out."""
    start, end = places[mention.start], places[mention.end - 1] + 1
    if start == mention.start and end == mention.end:
        return mention
    return replace(mention, start=start, end=end)


def _unread(text: str, taken: bytearray) -> bool:
    run = 0
    for character, done in zip(text, taken, strict=True):
        run = run + 1 if not done and (is_chinese(character) or is_latin(character)) else 0
        if run > UNREAD_MAX:
            return True
    return False
