"""What was said of an order, event by event: goods, sizes, recipients and the words between.

Whoever knows better has his word in turn: what is not wanted is set apart, servers that nobody knows are added,
what was taken back and what was said twice is told from what is ordered, and tables are read by their columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.accounts import Account
from nlu.assortment import Assortment
from nlu.believing import rejecting_words
from nlu.contacts import Contacts
from nlu.counted_rows import with_counts
from nlu.counts import without_shares
from nlu.events import events_of
from nlu.found import Found, Slots
from nlu.given_up import given_up_goods
from nlu.lexicon import Lexicon
from nlu.mention import Mention
from nlu.mentions import rejected
from nlu.normalise import plain
from nlu.numbered_servers import with_numbered
from nlu.page import Mark
from nlu.records import Event, EventKind
from nlu.said_again import without_repeats
from nlu.servers import UnknownServers
from nlu.signs import Signs
from nlu.slips_told import with_slips_told
from nlu.tables import in_columns
from nlu.taking_back import refusals, refused_kinds, with_taken_back, without_refused
from nlu.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was said, in its order."""

    events: list[Event]
    refused: tuple[Event, ...]
    refusals: tuple[tuple[int, int], ...]
    """Where those stand, with the words that refuse."""


class Timelines:
    """Puts what is believed of a message in the order in which it was said. Immutable."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, contacts: Contacts, function: frozenset[str]
    ) -> None:
        """`function`: characters that say nothing."""
        self._vocabulary, self._lexicon, self._contacts = vocabulary, lexicon, contacts
        self._signs = Signs.read(lexicon)
        self._unknown_servers = UnknownServers(vocabulary, lexicon, function)
        self._rejecting = rejecting_words(lexicon)
        self._columns = lexicon.groups("names.columns")

    def of(self, found: Found, slots: Slots, each: bool, goods: Assortment) -> Timeline:
        """The events, those apart that are named only to say that they are not wanted."""
        text = found.page.text
        events = self._events(found, slots, each, goods)
        kinds = refused_kinds(text, events, self._lexicon)
        given_up = given_up_goods(text, events, self._may_mean, self._lexicon)
        refusing = (*refusals(text, kinds, self._lexicon), *(span for _, span in given_up))
        refused = (*kinds, *(event for event, _ in given_up))
        return Timeline(without_refused(events, refusing), refused, refusing)

    def unwanted(self, found: Found) -> list[Mention]:
        """The tiers that were named as what is not wanted."""
        return [m for m in found.mentions if rejected(found.page.text, m, self._rejecting)]

    def _events(self, found: Found, slots: Slots, each: bool, goods: Assortment) -> list[Event]:
        text = found.page.text
        recipients = slots.used or self._named_people(text, each, [mark.start for mark in slots.sized])
        events = events_of(
            text, slots.mentions, recipients, slots.sized, slots.counted, found.cues, self._signs
        )
        events = _with_unwanted(text, with_slips_told(text, events, self._signs), self.unwanted(found))
        events += [Event(EventKind.STOP, start, end, item=True) for start, end in found.markers]
        events.sort(key=lambda event: (event.start, event.end))
        events = with_numbered(text, events, self._vocabulary)
        events = self._unknown_servers.named(text, events)
        events = with_taken_back(text, events, found.parts, self._lexicon)
        events = without_repeats(text, without_shares(events), self._signs)
        return with_counts(text, in_columns(text, events, self._columns), goods)

    def _named_people(self, text: str, each: bool, sizes: Sequence[int]) -> tuple[Mark[Account], ...]:
        """Several people named as recipients get a line each; one alone is the contact of the whole. `sizes`:
        where sizes begin."""
        people = self._contacts.sized(text, sizes) or self._contacts.recipients(text, each)
        if len({mark.value for mark in people}) < 2:
            return ()
        return tuple(Mark(Account(mark.value, (), contact=True), mark.start, mark.end) for mark in people)

    def _may_mean(self, word: str, name: Event) -> bool:
        """Whether a word may mean the goods of a name, by their names or by their kind."""
        products = self._vocabulary.products
        options = name.mention.options if name.mention is not None else ()
        said = (
            (products[one].name, products[one].category, *products[one].aliases)
            for one in options
            if one in products
        )
        return any(plain(word) in plain(written) for all_said in said for written in all_said)


def _with_unwanted(text: str, events: Sequence[Event], unwanted: Sequence[Mention]) -> list[Event]:
    """With the tiers that were named as what is not wanted, and without the words that say so."""
    ends = {m.start for m in unwanted if text[m.start - 2 : m.start] != _IS_NOT or _SUCH.match(text, m.end)}
    kept = [event for event in events if event.kind not in _TURNS or event.end not in ends]
    for mention in unwanted:
        kept.append(Event(EventKind.REJECTS, mention.start, mention.start))
        kept.append(Event(EventKind.QUALIFIER, mention.start, mention.end, mention=mention))
    return kept


_TURNS = frozenset({EventKind.INSTEAD, EventKind.CORRECTION})
_IS_NOT = "不是"
_SUCH = re.compile("(?:会员|卡|版|券)?(?:的|那|这)")
"""Behind what is not wanted (不是普通那种): else 不是 may as well take back what was said before."""
