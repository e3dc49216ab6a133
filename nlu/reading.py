"""Reads one page: what is found, what is believed of it, and the events in the order in which they were said.

The order of the readers (`nlu/finding.py`) is what keeps them honest; what a number means is decided last
(`nlu/believing.py`), when it is known what goods stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from nlu import filters
from nlu.accounts import Account
from nlu.amounts import Units
from nlu.assortment import Assortment
from nlu.believing import Believing, rejecting_words
from nlu.chatting import Chatting, inside_any, unheard, without_inside
from nlu.contacts import Contacts, Remembered
from nlu.corrections import Cue, CueKind, Quotation, quotations
from nlu.counted_rows import with_counts
from nlu.counts import without_shares
from nlu.events import events_of
from nlu.finding import Finding
from nlu.found import MARKS_MAX, Found, Slots
from nlu.given_up import given_up_goods
from nlu.leftovers import Left, Leftovers
from nlu.lexicon import Lexicon
from nlu.masks import blanked, masks_of, spans_of
from nlu.mention import Mention, MentionKind
from nlu.mentions import rejected
from nlu.misgivings import at_head, misgive
from nlu.mishaps import Mishaps
from nlu.normalise import normalise, plain
from nlu.numbered_servers import with_numbered
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark, Page
from nlu.products import Names
from nlu.quantities import QuantityKind
from nlu.reached_at import ReachedAt
from nlu.records import Event, EventKind, Record
from nlu.rows import records_of
from nlu.said_again import without_repeats
from nlu.servers import with_unknown_regions
from nlu.shape import Shape
from nlu.signs import Signs
from nlu.strangers import Strangers
from nlu.tables import in_columns
from nlu.takers import Takers
from nlu.taking_back import (
    refusals,
    refused_here,
    refused_kinds,
    with_taken_back,
    without_refused,
)
from nlu.understanding import Filters, PaymentMethod, SlotSpan, SortKey, Span
from nlu.variants import vocabulary_units
from nlu.vocabulary import Vocabulary

_RUN = re.compile("[0-9]+|[零〇一二两三四五六七八九十百千万]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read of one message, before it is decided what it wants."""

    page: Page
    rest: str
    """The normalised text; goods, recipients and numbers that were used are NUL."""
    records: tuple[Record, ...]
    events: tuple[Event, ...]
    shape: Shape
    cues: Mapping[CueKind, tuple[Cue, ...]]
    quotes: tuple[Quotation, ...]
    others: tuple[Mark[OtherNumber], ...]
    """Numbers that are no amount."""
    unknown: tuple[str, ...]
    """Virtual goods that are known but not sold here, as typed."""
    filters: Filters
    limits: int
    sort: SortKey | None
    order_ref: str | None
    payment: PaymentMethod | None
    contact: str | None
    remembered: Remembered | None
    owners: tuple[str, ...]
    """Whose the accounts are, one name for each; empty where one of them is nobody's."""
    masks: tuple[tuple[int, int, str], ...]
    """What stands where, by the slot names of the example phrases."""
    spans: tuple[SlotSpan, ...]
    chat: tuple[tuple[int, int], ...]
    """Clauses that only chat beside a whole order."""
    mishaps: tuple[tuple[int, int], ...]
    """Of these, such as tell what went wrong another time, to warn of it."""
    told: frozenset[int]
    """Where numbers stand that are perhaps only told beside the order."""
    elsewhere: tuple[tuple[int, int], ...]
    """Where numbers stand that count, size and name nothing of an order: list markers, asides, limits."""
    refused: tuple[Event, ...]
    """Kinds of goods that were named only to say that they are not wanted."""
    refusals: tuple[tuple[int, int], ...]
    """Where that was said, with the words that refuse."""
    crowded: bool
    """So full of names and numbers that they were not looked at any further."""


class Reader:
    """Reads pages for one catalog."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, names: Names) -> None:
        self._vocabulary, self._lexicon = vocabulary, lexicon
        self.units = Units.of(lexicon, vocabulary_units(vocabulary), vocabulary.counters)
        self._leftovers = Leftovers(lexicon)
        self._finding = Finding(vocabulary, lexicon, names, self.units, self._leftovers)
        self._believing = Believing(lexicon, self.units, self._leftovers, names.table.entries)
        self._contacts = Contacts(lexicon)
        self._chatting = Chatting(lexicon)
        self._reached_at = ReachedAt(lexicon)
        self._mishaps = Mishaps(lexicon)
        self._takers = Takers(vocabulary)
        self._strangers = Strangers(vocabulary, lexicon, names.table)
        self._signs = Signs.read(lexicon)
        self._categories = {plain(category): category for category in vocabulary.categories}
        self._no_servers = frozenset(lexicon.words("names.no_servers"))
        self._ordinary_servers = frozenset(lexicon.words("names.ordinary_servers"))
        self._rejecting = rejecting_words(lexicon)
        self._places = frozenset(lexicon.words("names.places"))
        self._columns = lexicon.groups("names.columns")

    def read(
        self, text: str, goods: Assortment, kind_asked: str | None = None, told: frozenset[int] = frozenset()
    ) -> Reading:
        """Read the whole message. `kind_asked`: the kind of recipient that was just asked for, so that
        a bare number or word may be one. `told`: where numbers stand that are no part of an order."""
        page = normalise(text)
        text = page.text
        crowded = next(islice(_RUN.finditer(text), MARKS_MAX, None), None) is not None
        if crowded:
            page.take(0, len(text))
        found = self._finding.found(page, goods)
        if found.crowded:
            crowded = True
            found = replace(found, recipients=(), mentions=(), limits=(), sizes=(), counts=())
        found = self._finding.without_misheard(found)
        names = [mention for mention in found.mentions if mention.kind is MentionKind.NAME]
        found = self._reached_at.set_aside(found, goods.account_kinds(names))
        slots = self._believing.slots(found, goods, kind_asked, told)
        contact = self._contacts.recipient(text)
        if contact is not None:
            ends = [cue.end for cue in found.cues.get(CueKind.CORRECTION, ()) if cue.start >= contact.end]
            contact = self._contacts.corrected(text, ends) or contact
        saves = CueKind.SAVE_CONTACT in found.cues
        remembered = self._contacts.remembered(text, saves)
        if saves and remembered is None and len(slots.used) == 1:
            remembered = self._contacts.owner(text, slots.used[0].start)
        shape = self._shape(found, slots, contact is not None)
        owners = (
            self._contacts.owners(text, [mark.start for mark in slots.used]) if len(slots.used) > 1 else ()
        )
        events = self._events(found, slots, shape.each, goods)
        refused = refused_kinds(text, events, self._lexicon)
        given_up = given_up_goods(text, events, self._may_mean, self._lexicon)
        unwanted = (*refusals(text, refused, self._lexicon), *(span for _, span in given_up))
        refused = (*refused, *(event for event, _ in given_up))
        events = without_refused(events, unwanted)
        left = self._left(found, slots, (*events, *refused), told)
        left = left.without({at for start, end in unwanted for at in range(start, end)})
        names = [m for m in slots.mentions if m.kind is MentionKind.NAME]
        shape = replace(shape, left=left.without(goods.own_words(text, names, left.over)))
        events = self._strangers.named(text, events, shape.left.over)
        records = records_of(text, events, goods, shape, self._signs)
        if unwanted:
            found = replace(found, cues=without_inside(found.cues, unwanted))
        mishaps = self._mishaps.told(text, events)
        if mishaps:
            found = replace(found, cues=without_inside(found.cues, mishaps))
        wished = bool(found.cues.keys() & {CueKind.ORDER, CueKind.OWN_REQUEST, CueKind.TOPUP})
        changes = tuple(cue.end for cue in found.cues.get(CueKind.MODIFY, ()) if at_head(text, cue.start))
        misgive(text, events, records, shape.left, wished, changes, self._lexicon)
        chat = tuple(sorted({*self._chatting.clauses(text, events, found.cues), *mishaps}))
        order = [m.value for m in found.order if not (m.value.last and inside_any(m.start, chat))]
        # 这单20261130110233: of an order whose number is told, the number says which.
        order.sort(key=lambda reference: reference.last)
        sorts = [mark.value for mark in found.sorts if not inside_any(mark.start, chat)]
        masks = masks_of(slots.mentions, slots.used, slots.sized, slots.counted, found.order, contact)
        said = filters.collected(found.limits)
        category = self._category(text)
        return Reading(
            page=page,
            rest=blanked(text, masks),
            records=tuple(records),
            events=tuple(events),
            shape=shape,
            cues=unheard(found.cues, chat),
            quotes=quotations(text),
            others=found.others,
            unknown=tuple(
                page.original[_at(page, event.mention).start : _at(page, event.mention).end]
                for event in events
                if event.mention is not None and event.mention.kind is MentionKind.UNKNOWN
            ),
            filters=replace(said, category=category) if category else said,
            limits=len(found.limits),
            sort=sorts[-1] if sorts else None,
            order_ref=order[0].order if order else None,
            payment=found.paying[-1].value if found.paying else None,
            contact=contact.value if contact and not slots.used else None,
            owners=owners,
            remembered=remembered,
            masks=masks,
            spans=spans_of(page, found.order, found.paying, found.limits),
            chat=chat,
            mishaps=mishaps,
            told=slots.told,
            elsewhere=_elsewhere(found, events, slots),
            refused=refused,
            refusals=(*unwanted, *refused_here(text, events, self._signs, self._lexicon)),
            crowded=crowded,
        )

    def _events(self, found: Found, slots: Slots, each: bool, goods: Assortment) -> list[Event]:
        text = found.page.text
        recipients = slots.used or self._named_people(text, each, [mark.start for mark in slots.sized])
        events = events_of(
            text, slots.mentions, recipients, slots.sized, slots.counted, found.cues, self._signs
        )
        unwanted = {
            m.start
            for m in self._unwanted(found)
            if text[m.start - 2 : m.start] != _IS_NOT or _SUCH.match(text, m.end)
        }
        events = [event for event in events if event.kind not in _TURNS or event.end not in unwanted]
        for mention in self._unwanted(found):
            events.append(Event(EventKind.REJECTS, mention.start, mention.start))
            events.append(Event(EventKind.QUALIFIER, mention.start, mention.end, mention=mention))
        events += [Event(EventKind.STOP, start, end, item=True) for start, end in found.markers]
        events.sort(key=lambda event: (event.start, event.end))
        events = with_numbered(text, events, self._vocabulary)
        events = with_unknown_regions(
            text, events, self._vocabulary, self._signs,
            self._no_servers, self._leftovers.function_characters, self._places, self._ordinary_servers,
        )  # fmt: skip
        events = with_taken_back(text, events, found.parts, self._lexicon)
        events = without_repeats(text, without_shares(events), self._signs)
        return with_counts(text, in_columns(text, events, self._columns), goods)

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

    def _unwanted(self, found: Found) -> list[Mention]:
        """The tiers that were named as what is not wanted."""
        return [m for m in found.mentions if rejected(found.page.text, m, self._rejecting)]

    def _left(self, found: Found, slots: Slots, events: Sequence[Event], told: frozenset[int]) -> Left:
        kept = {mention.start for mention in slots.mentions} | told | slots.spoken_of
        unwanted = [(m.start, m.end) for m in self._unwanted(found)]
        labels = [mark.value.label for mark in slots.used if mark.value.label is not None]
        kept |= {m.start for m in found.mentions for start, end in labels if start <= m.start < end}
        disbelieved = [(m.start, m.end) for m in found.mentions if m.start not in kept]
        return self._leftovers.of(
            found.page.text, found.page.rest(), events, found.cues, disbelieved, (*found.numbers, *unwanted)
        )

    def _named_people(self, text: str, each: bool, sizes: Sequence[int]) -> tuple[Mark[Account], ...]:
        """Several people named as recipients get a line each; one alone is the contact of the whole. `sizes`:
        where sizes begin."""
        people = self._contacts.sized(text, sizes) or self._contacts.recipients(text, each)
        if len({mark.value for mark in people}) < 2:
            return ()
        return tuple(Mark(Account(mark.value, (), contact=True), mark.start, mark.end) for mark in people)

    def _category(self, text: str) -> str | None:
        return next((category for word, category in self._categories.items() if word in text), None)

    def _shape(self, found: Found, slots: Slots, contact: bool) -> Shape:
        cues = found.cues
        many = any(mark.value.kind is OtherKind.MANY for mark in found.others)
        each_quantity = next(
            (
                Event(EventKind.QUANTITY, mark.start, mark.end, quantity=mark.value)
                for mark in slots.counted
                if mark.value.each and mark.value.kind is not QuantityKind.ARTICLE
            ),
            None,
        )
        return Shape(
            each=CueKind.EACH in cues or CueKind.RESPECTIVELY in cues or many,
            respectively=CueKind.RESPECTIVELY in cues,
            tops_up=CueKind.TOPUP in cues,
            contact=contact,
            each_quantity=each_quantity,
            suits=self._takers.suits,
            takes_nobody=self._takers.takes_nobody,
        )


_TURNS = frozenset({EventKind.INSTEAD, EventKind.CORRECTION})
_IS_NOT = "不是"
_SUCH = re.compile("(?:会员|卡|版|券)?(?:的|那|这)")
"""Behind what is not wanted (不是普通那种): else 不是 may as well take back what was said before."""


def _elsewhere(found: Found, events: Sequence[Event], slots: Slots) -> tuple[tuple[int, int], ...]:
    """Where numbers stand that no event is made of."""
    kept = {(event.start, event.end) for event in events}
    told = [
        *((mark.start, mark.end) for mark in found.sizes),
        *((mark.start, mark.end) for mark in found.counts),
    ]
    return (
        *found.markers,
        *found.parts,
        *((mark.start, mark.end) for mark in found.order),
        *((mark.start, mark.end) for mark in found.limits),
        *(span for span in told if span not in kept),
        *((mention.start, mention.end) for mention in found.mentions if mention.start in slots.spoken_of),
    )


def _at(page: Page, mention: Mention) -> Span:
    return page.span(mention.start, mention.end)
