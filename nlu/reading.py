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
from nlu.amounts import Units
from nlu.assigned import AssignedRecipients
from nlu.assortment import Assortment
from nlu.believing import Believing
from nlu.chatting import Chatting, inside_any, unheard, without_inside
from nlu.contacts import Contacts, Remembered
from nlu.corrections import Cue, CueKind, Quotation, quotations
from nlu.finding import Finding
from nlu.found import MARKS_MAX, Found, Slots
from nlu.leftovers import Left, Leftovers
from nlu.lexicon import Lexicon
from nlu.masks import blanked, masks_of, spans_of
from nlu.mention import Mention, MentionKind
from nlu.misgivings import at_head, misgive
from nlu.mishaps import Mishaps
from nlu.normalise import normalise, plain
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark, Page
from nlu.products import Names
from nlu.quantities import QuantityKind
from nlu.reached_at import ReachedAt
from nlu.records import Event, EventKind, Record
from nlu.rows import records_of
from nlu.shape import Shape
from nlu.signs import Signs
from nlu.slips_told import slips_told
from nlu.still_to_come import StillToCome
from nlu.strangers import Strangers
from nlu.takers import Takers
from nlu.taking_back import (
    refused_here,
)
from nlu.timeline import Timeline, Timelines
from nlu.understanding import Filters, PaymentMethod, SlotSpan, SortKey
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
    """Of these, such as tell what went wrong: another time, to warn of it, or just now, behind its correction."""
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


@dataclass(frozen=True, slots=True)
class _People:
    """Of whom the message speaks."""

    contact: Mark[str] | None
    remembered: Remembered | None
    owners: tuple[str, ...]


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
        self._mishaps, self._assigned = Mishaps(lexicon), AssignedRecipients(lexicon)
        self._still_to_come = StillToCome(lexicon)
        self._takers = Takers(vocabulary)
        self._strangers = Strangers(vocabulary, lexicon, names.table)
        self._signs = Signs.read(lexicon)
        self._categories = {plain(category): category for category in vocabulary.categories}
        function = self._leftovers.function_characters
        self._timelines = Timelines(vocabulary, lexicon, self._contacts, function)
        self._topup_tiers = frozenset(lexicon.words("goods.topup_tiers"))

    def read(
        self, text: str, goods: Assortment, kind_asked: str | None = None, told: frozenset[int] = frozenset()
    ) -> Reading:
        """Read the whole message. `kind_asked`: the kind of recipient that was just asked for, so that
        a bare number or word may be one. `told`: where numbers stand that are no part of an order."""
        page = normalise(text)
        found, crowded = self._found(page, goods)
        slots = self._believing.slots(found, goods, kind_asked, told)
        people = self._people(found, slots)
        shape = self._shape(found, slots, people.contact is not None)
        said = self._timelines.of(found, slots, shape.each, goods)
        names = [mention for mention in slots.mentions if mention.kind is MentionKind.NAME]
        left = self._left(found, slots, said, told)
        shape = replace(shape, left=left.without(goods.own_words(page.text, names, left.over)))
        events = self._strangers.named(page.text, said.events, shape.left.over)
        to_come = self._still_to_come.told(page.text, events, goods.account_kinds(names))
        events = [e for e in events if e.kind is not EventKind.CORRECTION or not inside_any(e.start, to_come)]
        said = replace(said, events=events)
        heard = {at for start, end in to_come for at in range(start, end)}
        shape = replace(shape, left=shape.left.without(heard))
        assigned = self._assigned.of(page.text, said.events)
        records = records_of(
            page.text, assigned.events if assigned else said.events, goods, shape, self._signs
        )
        if assigned is not None and assigned.given(records):
            said = replace(
                said,
                events=sorted([*assigned.events, *(account for _, account in assigned.pairs)], key=_place),
            )
            at = assigned.pairs[0][0]
            listed = Cue(CueKind.RESPECTIVELY, at.start, at.end, page.text[at.start : at.end])
            found = replace(
                found,
                cues={
                    **found.cues,
                    CueKind.RESPECTIVELY: (*found.cues.get(CueKind.RESPECTIVELY, ()), listed),
                },
            )
        elif assigned is not None:
            records = records_of(page.text, said.events, goods, shape, self._signs)
        mishaps = (
            *self._mishaps.told(page.text, said.events),
            *slips_told(page.text, said.events, self._signs),
            *to_come,
        )
        found = _unheard(_unheard(found, said.refusals), mishaps)
        self._misgive(found, said, records, shape)
        return self._reading(found, slots, people, said, shape, records, mishaps, crowded)

    def _found(self, page: Page, goods: Assortment) -> tuple[Found, bool]:
        """What the readers find, and whether there is so much that it was not looked at any further."""
        crowded = next(islice(_RUN.finditer(page.text), MARKS_MAX, None), None) is not None
        if crowded:
            page.take(0, len(page.text))
        found = self._finding.found(page, goods)
        if found.crowded:
            crowded = True
            found = replace(found, recipients=(), mentions=(), limits=(), sizes=(), counts=())
        found = self._finding.without_misheard(found)
        names = [mention for mention in found.mentions if mention.kind is MentionKind.NAME]
        return self._reached_at.set_aside(found, goods.account_kinds(names)), crowded

    def _people(self, found: Found, slots: Slots) -> _People:
        text = found.page.text
        contact = self._contacts.recipient(text)
        if contact is not None:
            ends = [cue.end for cue in found.cues.get(CueKind.CORRECTION, ()) if cue.start >= contact.end]
            contact = self._contacts.corrected(text, ends) or contact
        saves = CueKind.SAVE_CONTACT in found.cues
        remembered = self._contacts.remembered(text, saves)
        if saves and remembered is None and len(slots.used) == 1:
            remembered = self._contacts.owner(text, slots.used[0].start)
        used = [mark.start for mark in slots.used]
        return _People(contact, remembered, self._contacts.owners(text, used) if len(used) > 1 else ())

    def _misgive(self, found: Found, said: Timeline, records: Sequence[Record], shape: Shape) -> None:
        text, cues = found.page.text, found.cues
        wished = bool(cues.keys() & {CueKind.ORDER, CueKind.OWN_REQUEST, CueKind.TOPUP})
        changes = tuple(cue.end for cue in cues.get(CueKind.MODIFY, ()) if at_head(text, cue.start))
        misgive(text, said.events, records, shape.left, wished, changes, self._lexicon)

    def _reading(
        self, found: Found, slots: Slots, people: _People, said: Timeline, shape: Shape, records: Sequence[Record],
        mishaps: tuple[tuple[int, int], ...], crowded: bool,
    ) -> Reading:  # fmt: skip
        page, text, events = found.page, found.page.text, said.events
        chat = tuple(sorted({*self._chatting.clauses(text, events, found.cues), *mishaps}))
        sorts = [mark.value for mark in found.sorts if not inside_any(mark.start, chat)]
        contact = people.contact
        masks = masks_of(slots.mentions, slots.used, slots.sized, slots.counted, found.order, contact)
        unknown = [m for e in events if (m := e.mention) is not None and m.kind is MentionKind.UNKNOWN]
        return Reading(
            page=page,
            rest=blanked(text, masks),
            records=tuple(records),
            events=tuple(events),
            shape=shape,
            cues=unheard(found.cues, chat),
            quotes=quotations(text),
            others=found.others,
            unknown=tuple(_typed(page, mention) for mention in unknown),
            filters=self._filters(found),
            limits=len(found.limits),
            sort=sorts[-1] if sorts else None,
            order_ref=_order_ref(found, chat),
            payment=found.paying[-1].value if found.paying else None,
            contact=contact.value if contact and not slots.used else None,
            owners=people.owners,
            remembered=people.remembered,
            masks=masks,
            spans=spans_of(page, found.order, found.paying, found.limits),
            chat=chat,
            mishaps=mishaps,
            told=slots.told,
            elsewhere=_elsewhere(found, events, slots),
            refused=said.refused,
            refusals=(*said.refusals, *refused_here(text, events, self._signs, self._lexicon)),
            crowded=crowded,
        )

    def _left(self, found: Found, slots: Slots, said: Timeline, told: frozenset[int]) -> Left:
        kept = {mention.start for mention in slots.mentions} | told | slots.spoken_of
        unwanted = [(m.start, m.end) for m in self._timelines.unwanted(found)]
        labels = [mark.value.label for mark in slots.used if mark.value.label is not None]
        kept |= {m.start for m in found.mentions for start, end in labels if start <= m.start < end}
        disbelieved = [(m.start, m.end) for m in found.mentions if m.start not in kept]
        left = self._leftovers.of(
            found.page.text, found.page.rest(), (*said.events, *said.refused), found.cues, disbelieved,
            (*found.numbers, *unwanted),
        )  # fmt: skip
        return left.without({at for start, end in said.refusals for at in range(start, end)})

    def _filters(self, found: Found) -> Filters:
        said, text = filters.collected(found.limits), found.page.text
        category = next((category for word, category in self._categories.items() if word in text), None)
        return replace(said, category=category) if category else said

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
            tops_up=CueKind.TOPUP in cues or any(m.meaning in self._topup_tiers for m in found.mentions),
            contact=contact,
            each_quantity=each_quantity,
            suits=self._takers.suits,
            takes_nobody=self._takers.takes_nobody,
            pauses=frozenset(match.start() for match in _PAUSE.finditer(found.page.text)),
        )


def _place(event: Event) -> int:
    return event.start


_PAUSE = re.compile(r"[,，:：;；。\n]")


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


def _unheard(found: Found, spans: Sequence[tuple[int, int]]) -> Found:
    """Without the words of stance inside of some stretches."""
    return replace(found, cues=without_inside(found.cues, spans)) if spans else found


def _order_ref(found: Found, chat: Sequence[tuple[int, int]]) -> str | None:
    order = [mark.value for mark in found.order if not (mark.value.last and inside_any(mark.start, chat))]
    # 这单20261130110233: of an order whose number is told, the number says which.
    order.sort(key=lambda reference: reference.last)
    return order[0].order if order else None


def _typed(page: Page, mention: Mention) -> str:
    span = page.span(mention.start, mention.end)
    return page.original[span.start : span.end]
