"""Reads one page: every reader in its turn, and then the events in the order in which they were said.

The order of the readers is what keeps them honest: references and recipients take their digits
first, names take theirs before numbers are looked at, and what a number means is decided last, when
it is known what goods stand beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from nlu import accounts, amounts, filters, list_markers, other_numbers, payments, quantities, references
from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind, Units
from nlu.asides import Clauses
from nlu.assortment import Assortment
from nlu.chatting import Chatting, inside_any, unheard, without_inside
from nlu.contacts import Contacts, Remembered
from nlu.corrections import Cue, CueKind, Cues, Quotation, quotations
from nlu.counted_rows import with_counts
from nlu.counts import shared_sizes, without_parts, without_shares
from nlu.domains import introduces
from nlu.events import events_of
from nlu.found import MARKS_MAX, Found, Slots
from nlu.leftovers import Left, Leftovers
from nlu.lexicon import Lexicon
from nlu.masks import blanked, masks_of, spans_of
from nlu.mention import Closeness, Mention, MentionKind
from nlu.mentions import believed, grown_in, owners, rejected, with_owner, without_labels
from nlu.misgivings import at_head, misgive
from nlu.normalise import normalise, plain
from nlu.numbers_used import (
    called_one,
    counts_or_sizes,
    counts_people,
    listed,
    one_of_them,
    overlap,
    sent_to,
)
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark, Page
from nlu.products import Names
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record
from nlu.rows import records_of
from nlu.said_again import without_repeats
from nlu.servers import with_unknown_regions
from nlu.servers_said import ServersSaid
from nlu.shape import Shape
from nlu.signs import Signs
from nlu.split_names import split_by_sizes
from nlu.strangers import Strangers
from nlu.tables import in_columns
from nlu.takers import Takers
from nlu.taking_back import (
    REFUSING_REACH,
    parts_of_numbers,
    refusals,
    refused_behind,
    refused_kinds,
    refuses,
    with_taken_back,
    without_refused,
)
from nlu.understanding import Filters, PaymentMethod, SlotSpan, SortKey, Span
from nlu.unlabelled import unlabelled, without_idle
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
        self._lexicon = lexicon
        self._names = names
        self._cues = Cues(lexicon)
        self._contacts = Contacts(lexicon)
        self._chatting = Chatting(lexicon)
        self._categories = {plain(category): category for category in vocabulary.categories}
        callers = set(lexicon.words("contacts.called_upon"))
        people = "|".join(
            re.escape(word)
            for word in (*lexicon.words("contacts.people"), *lexicon.words("contacts.counted"))
            if word not in callers
        )
        self._of_people = re.compile(rf"(?:{people})")
        self._person = re.compile("|".join(map(re.escape, lexicon.words("contacts.people"))))
        self._makes = frozenset(lexicon.words("other_numbers.makes"))
        self._few_of = lexicon.words("contacts.few_of")
        self._vocabulary = vocabulary
        self._takers = Takers(vocabulary)
        self._servers = ServersSaid(vocabulary, lexicon, names.table)
        self._no_servers = frozenset(lexicon.words("names.no_servers"))
        self._rejecting = tuple(sorted(lexicon.words("goods.rejecting"), key=len, reverse=True))
        self._places = frozenset(lexicon.words("names.places"))
        self._signs = Signs.read(lexicon)
        self._numeral = re.compile("|".join(lexicon.words("signs.numeral_characters")))
        self._leftovers = Leftovers(lexicon)
        self._counts_of_life = frozenset(lexicon.words("aside.counts_of_life"))
        self._strangers = Strangers(vocabulary, lexicon, names.table)
        self._verbs = lexicon.words("stance.topup_verbs")
        self._columns = lexicon.groups("names.columns")
        served = {plain(region) for one in vocabulary.products.values() for region in one.regions}
        no_names = [word for word in lexicon.words("names.not_names") if word not in served]
        self._not_names = re.compile("|".join(map(re.escape, no_names)))
        self.units = Units.of(lexicon, vocabulary_units(vocabulary), vocabulary.counters)

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
        found = self._found(page, goods)
        if found.crowded:
            crowded = True
            found = replace(found, recipients=(), mentions=(), limits=(), sizes=(), counts=())
        found = self._without_misheard(text, found)
        slots = self._slots(found, goods, kind_asked, told)
        contact = self._contacts.recipient(text)
        if contact is not None:
            ends = [cue.end for cue in found.cues.get(CueKind.CORRECTION, ()) if cue.start >= contact.end]
            contact = self._contacts.corrected(text, ends) or contact
        remembered = self._contacts.remembered(text, CueKind.SAVE_CONTACT in found.cues)
        shape = self._shape(found, slots, contact is not None)
        owners = (
            self._contacts.owners(text, [mark.start for mark in slots.used]) if len(slots.used) > 1 else ()
        )
        events = self._events(found, slots, shape.each, goods)
        refused = refused_kinds(text, events, self._lexicon)
        unwanted = refusals(text, refused, self._lexicon)
        events = without_refused(events, unwanted)
        left = self._left(found, slots, (*events, *refused), told)
        left = left.without({at for start, end in unwanted for at in range(start, end)})
        names = [m for m in slots.mentions if m.kind is MentionKind.NAME]
        shape = replace(shape, left=left.without(goods.own_words(text, names, left.over)))
        events = self._strangers.named(text, events, shape.left.over)
        records = records_of(text, events, goods, shape, self._signs)
        if unwanted:
            found = replace(found, cues=without_inside(found.cues, unwanted))
        wished = bool(found.cues.keys() & {CueKind.ORDER, CueKind.OWN_REQUEST, CueKind.TOPUP})
        changes = tuple(cue.end for cue in found.cues.get(CueKind.MODIFY, ()) if at_head(text, cue.start))
        misgive(text, events, records, shape.left, wished, changes, self._lexicon)
        chat = self._chatting.clauses(text, events, found.cues)
        order = [m.value.order for m in found.order if not (m.value.last and inside_any(m.start, chat))]
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
            order_ref=order[0] if order else None,
            payment=found.paying[-1].value if found.paying else None,
            contact=contact.value if contact and not slots.used else None,
            owners=owners,
            remembered=remembered,
            masks=masks,
            spans=spans_of(page, found.order, found.paying, found.limits),
            chat=chat,
            told=slots.told,
            elsewhere=_elsewhere(found, events),
            refused=refused,
            refusals=(*unwanted, *refused_behind(text, events, self._signs)),
            crowded=crowded,
        )

    def _found(self, page: Page, goods: Assortment) -> Found:
        """What each reader finds, in the order in which no later one can be misled."""
        markers = list_markers.skip(page)
        order = references.read(page, self._lexicon)
        vast = quantities.read_vast(page)
        recipients = accounts.read(page, self._lexicon)
        self._set_aside(page)
        mentions = self._mentioned(page, recipients, goods)
        for mention in mentions:
            holds_numeral = (
                mention.kind is MentionKind.NOUN and self._numeral.search(mention.text) is not None
            )
            named = mention.kind in (MentionKind.NAME, MentionKind.REGION, MentionKind.UNKNOWN)
            labels = mention.kind is MentionKind.QUALIFIER and mention.role is None
            if (named or holds_numeral or labels) and not self._is_unit(mention):
                _take(page, mention.start, mention.end)
        words = self._with_verbs(page, _with_references(page, order), mentions)
        parts = parts_of_numbers(page, self._lexicon)
        others = other_numbers.read(page, self._lexicon, self.units)
        limits = filters.read(page, self._lexicon)
        sorts = filters.read_sort(page, self._lexicon)
        sizes = amounts.read(page, self._lexicon, self.units)
        counts = tuple(sorted((*vast, *quantities.read(page, self._lexicon)), key=lambda mark: mark.start))
        paying = payments.read(page, self._lexicon)
        words = self._signs.careful.sub(lambda warning: "\0" * len(warning[0]), words)
        cues = self._grouped(self._cues.read_spaced(words))
        return Found(
            page,
            markers,
            order,
            recipients,
            mentions,
            parts,
            others,
            limits,
            sorts,
            sizes,
            counts,
            paying,
            cues,
        )

    def _without_misheard(self, text: str, found: Found) -> Found:
        """Without tiers that are a piece of a count (个人 of 8个人), and without an earlier order that is
        only named to be refused (别再充到上回那个号)."""
        counted = [(mark.start, mark.end) for mark in found.others if mark.value.kind is OtherKind.MANY]
        if not counted and not found.order:
            return found
        mentions = tuple(
            mention
            for mention in found.mentions
            if mention.kind is not MentionKind.QUALIFIER
            or not any(start < mention.end and mention.start < end for start, end in counted)
        )
        order = tuple(mark for mark in found.order if not refuses(text, mark.start, self._lexicon))
        cues = found.cues
        if len(order) < len(found.order):
            gone = [(mark.start - REFUSING_REACH, mark.end) for mark in found.order if mark not in order]
            cues = without_inside(cues, gone)
        if shares := shared_sizes(text, found.sizes, len(found.recipients)):
            cues = without_inside(cues, shares)
        return replace(found, mentions=mentions, order=order, cues=cues)

    def _mentioned(
        self, page: Page, recipients: Sequence[Mark[Account]], goods: Assortment
    ) -> tuple[Mention, ...]:  # fmt: skip
        """The names, without the labels of recipients and the ends of longer words."""
        labels = [mark.value.label for mark in recipients if mark.value.label]
        whole = tuple(
            kept
            for mention in self._names.read(page)
            if (kept := without_labels(page.text, mention, labels, self._names.table.entries)) is not None
        )
        whole = goods.labelled(page.text, self._servers.read(page.text, whole))
        return tuple(m for m in whole if not self._is_end_of_word(page.text, m, whole))

    def _is_end_of_word(self, text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """Whether an uncertain name is but the end of a longer word that nobody knows."""
        unsure = (
            mention.thin or mention.closeness is not Closeness.EXACT or mention.text in self._names.table.soft
        )
        asked_about = mention.guessed and self._names.dense
        if mention.kind is not MentionKind.NAME or not unsure or asked_about:
            return False
        return grown_in(
            text, mention, mentions, self._leftovers.function_characters, self._leftovers.spoken_to
        )

    def _slots(self, found: Found, goods: Assortment, kind_asked: str | None, told: frozenset[int]) -> Slots:
        """What is believed of what was found: each number is a size, a count or a recipient, or nothing."""
        text = found.page.text
        joined = (
            CueKind.JOIN in found.cues
            or CueKind.CORRECTION in found.cues
            or CueKind.OR in found.cues
            or re.search("[\n、+;；。]", text) is not None
        )
        if misspelt := [mention for mention in found.mentions if mention.guessed and self._is_unit(mention)]:
            found = replace(found, sizes=tuple(_in_unit(mark, misspelt, self.units) for mark in found.sizes))
        theirs = owners(
            text,
            found.mentions,
            [mark.start for mark in found.recipients],
            lambda end: introduces(text, end, found.recipients, self._lexicon),
        )
        mentions = tuple(mention for mention in found.mentions if mention not in theirs)
        mentions = believed(text, mentions, found.sizes, goods, joined, self._rejecting)
        mentions = split_by_sizes(text, mentions, found.sizes, self._names.table.entries)
        mentions = tuple(mention for mention in mentions if mention.start not in told)
        sizes = tuple(
            mark
            for mark in found.sizes
            if mark.value.kind is not AmountKind.BARE
            or not (self._signs.no_size.match(text, mark.end) or one_of_them(text, mark))
        )
        clauses = Clauses(
            text, found.page.rest(), mentions, found.recipients, found.cues,
            found.numbers, self._signs,
            self._leftovers.function_characters, self._counts_of_life,
        )  # fmt: skip
        sizes = clauses.without_asides([mark for mark in sizes if mark.start not in told])
        counts = clauses.without_asides([mark for mark in found.counts if mark.start not in told])
        kept = {mark.start for mark in counts}
        aside = [mark for mark in found.counts if mark.start not in kept]
        sizes = tuple(
            mark
            for mark in sizes
            if mark.value.kind is not AmountKind.BARE or not any(overlap(mark, count) for count in aside)
        )
        named = [mention for mention in mentions if mention.kind is MentionKind.NAME]
        sizes = tuple(mark for mark in sizes if not any(_inside(mark, name) for name in (*named, *theirs)))
        shares = {end for _, end in shared_sizes(text, found.sizes, len(found.recipients))}
        sizes = tuple(mark for mark in sizes if mark.end not in shares)
        foreign = [
            mark
            for mark in counts
            if (mark.value.word in _OF_PEOPLE and self._of_people.match(text, mark.value.follows))
            or (mark.value.count is None and text.endswith(self._few_of, 0, mark.start))
            or (counts_people(text, mark, mentions, sizes) and len(found.recipients) > 1)
            or goods.counts_in_names(text, named, mark.start, mark.end)
        ]
        counts = tuple(mark for mark in counts if mark not in foreign)
        # Q币15个 QQ…: what counts no recipient is a size all the same.
        gone = [
            mark
            for mark in foreign
            if mark.value.count == 1
            or mark.value.word not in _OF_PEOPLE
            or self._person.match(text, mark.value.follows)
        ]
        sizes = tuple(mark for mark in sizes if not any(overlap(mark, count) for count in gone))
        counted, sized = counts_or_sizes(counts, sizes)
        perhaps_told = clauses.stories(
            [
                *counted,
                *(m for m in sized if not any(goods.sells_by(name.options, m.value) for name in named)),
            ]
        )
        perhaps_told |= clauses.named_in_stories(named)
        kinds = goods.account_kinds(named)
        found = replace(found, recipients=without_idle(found.recipients, kinds, self._lexicon))
        needed = unlabelled(text, found.recipients, mentions, sizes, goods, self._makes)
        rows = listed(text, found.recipients)
        used = tuple(
            with_owner(text, mark, theirs)
            for mark in found.recipients
            if mark.value.claimed
            or mark in needed
            or mark in rows
            or called_one(mark)
            or kind_asked in mark.value.kinds
            or sent_to(text, mark, sizes)
        )
        counted = without_parts(counted, len({mark.value.text for mark in used}))
        labels = [mark.value.label for mark in used if mark.value.label is not None]
        sized = tuple(
            mark
            for mark in sized
            if not any(overlap(mark, account) for account in used)
            and not any(start <= mark.start and mark.end <= end for start, end in labels)
            and not any(self._is_unit(m) and m.start <= mark.start < mark.end < m.end for m in mentions)
        )
        counted = tuple(mark for mark in counted if not any(overlap(mark, account) for account in used))
        return Slots(mentions, used, sized, counted, perhaps_told)

    def _events(self, found: Found, slots: Slots, each: bool, goods: Assortment) -> list[Event]:
        text = found.page.text
        recipients = slots.used or self._named_people(text, each)
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
        events = with_unknown_regions(
            text, events, self._vocabulary, self._signs,
            self._no_servers, self._leftovers.function_characters, self._places,
        )  # fmt: skip
        events = with_taken_back(text, events, found.parts, self._lexicon)
        events = without_repeats(text, without_shares(events), self._signs)
        return with_counts(text, in_columns(text, events, self._columns), goods)

    def _unwanted(self, found: Found) -> list[Mention]:
        """The tiers that were named as what is not wanted."""
        return [m for m in found.mentions if rejected(found.page.text, m, self._rejecting)]

    def _left(self, found: Found, slots: Slots, events: Sequence[Event], told: frozenset[int]) -> Left:
        kept = {mention.start for mention in slots.mentions} | told
        unwanted = [(m.start, m.end) for m in self._unwanted(found)]
        labels = [mark.value.label for mark in slots.used if mark.value.label is not None]
        kept |= {m.start for m in found.mentions for start, end in labels if start <= m.start < end}
        disbelieved = [(m.start, m.end) for m in found.mentions if m.start not in kept]
        return self._leftovers.of(
            found.page.text, found.page.rest(), events, found.cues, disbelieved, (*found.numbers, *unwanted)
        )

    def _named_people(self, text: str, each: bool) -> tuple[Mark[Account], ...]:
        """Several people named as recipients get a line each; one alone is the contact of the whole."""
        people = self._contacts.recipients(text, each)
        if len({mark.value for mark in people}) < 2:
            return ()
        return tuple(Mark(Account(mark.value, (), contact=True), mark.start, mark.end) for mark in people)

    def _with_verbs(self, page: Page, words: str, mentions: Sequence[Mention]) -> str:
        """`words` with the verb that a name begins with (充话费): 别充话费 forbids all the same."""
        headed = [mention for mention in mentions if page.text.startswith(self._verbs, mention.start)]
        if not headed:
            return words
        text = list(words)
        for mention in headed:
            verb = next(one for one in self._verbs if page.text.startswith(one, mention.start))
            text[mention.start : mention.start + len(verb)] = verb
        return "".join(text)

    def _set_aside(self, page: Page) -> None:
        """Words that hold the name of a good and mean none: the assistant that one talks through."""
        for match in self._not_names.finditer(page.rest()):
            _take(page, match.start(), match.end())

    def _is_unit(self, mention: Mention) -> bool:
        return mention.text in self.units.spellings

    def _category(self, text: str) -> str | None:
        return next((category for word, category in self._categories.items() if word in text), None)

    def _grouped(self, cues: Sequence[Cue]) -> Mapping[CueKind, tuple[Cue, ...]]:
        grouped: dict[CueKind, list[Cue]] = defaultdict(list)
        for cue in cues:
            grouped[cue.kind].append(cue)
        return {kind: tuple(found) for kind, found in grouped.items()}

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
_OF_PEOPLE = frozenset(("个", "位", "名", "台", "口", "部", "条"))


def _elsewhere(found: Found, events: Sequence[Event]) -> tuple[tuple[int, int], ...]:
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
    )


def _in_unit(mark: Mark[Amount], misspelt: Sequence[Mention], units: Units) -> Mark[Amount]:
    """100快鼻 counts 快币, however it is spelled: it is no bare number that may as well be a price."""
    unit = next((mention for mention in misspelt if mention.start == mark.end), None)
    if unit is None or mark.value.kind is not AmountKind.BARE:
        return mark
    value = replace(mark.value, kind=AmountKind.SIZE, units=units.spellings[unit.text])
    return replace(mark, value=value)


def _inside(mark: Mark[Amount], name: Mention) -> bool:
    """Whether a size is but a part of a name: 三角 of 三角币."""
    return name.start <= mark.start and mark.end <= name.end and mark.end - mark.start < name.end - name.start


def _take(page: Page, start: int, end: int) -> None:
    if page.free(start, end):
        page.take(start, end)


def _with_references(page: Page, order: Sequence[Mark[references.Reference]]) -> str:
    """What is free, and the words that point at an order: 按上次的 is both."""
    if not order:
        return page.rest()
    text = list(page.rest())
    for mark in order:
        text[mark.start : mark.end] = page.text[mark.start : mark.end]
    return "".join(text)


def _at(page: Page, mention: Mention) -> Span:
    return page.span(mention.start, mention.end)
