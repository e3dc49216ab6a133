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
from typing import Any, TypeVar

from nlu import accounts, amounts, filters, other_numbers, payments, quantities, references
from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind, Units
from nlu.contacts import Contacts
from nlu.corrections import Cue, CueKind, Cues, Quotation, quotations
from nlu.goods import Goods
from nlu.leftovers import Leftovers, put_in_doubt
from nlu.lexicon import Lexicon
from nlu.lines import Shape, doubt_gaps, shared
from nlu.normalise import normalise, plain
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark, Page
from nlu.products import Closeness, Mention, MentionKind, Names
from nlu.quantities import Quantity, QuantityKind
from nlu.records import Event, EventKind, Record, gather
from nlu.tables import in_columns
from nlu.understanding import Filters, PaymentMethod, Slot, SlotSpan, SortKey, Span
from nlu.variants import SENSELESS_UNITS
from nlu.vocabulary import Vocabulary


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
    unknown: tuple[str, ...]
    """Virtual goods that are known but not sold here, as typed."""
    filters: Filters
    limits: int
    sort: SortKey | None
    order_ref: str | None
    payment: PaymentMethod | None
    contact: str | None
    remembered: str | None
    masks: tuple[tuple[int, int, str], ...]
    """What stands where, by the slot names of the example phrases."""
    spans: tuple[SlotSpan, ...]


class Reader:
    """Reads pages for one catalog."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, names: Names) -> None:
        self._lexicon = lexicon
        self._names = names
        self._cues = Cues(lexicon)
        self._contacts = Contacts(lexicon)
        self._categories = {plain(category): category for category in vocabulary.categories}
        callers = set(lexicon.words("contacts.called_upon"))
        people = "|".join(
            re.escape(word)
            for word in (*lexicon.words("contacts.people"), *lexicon.words("contacts.counted"))
            if word not in callers
        )
        self._of_people = re.compile(rf"(?:{people})")
        self._vocabulary = vocabulary
        self._no_servers = frozenset(lexicon.words("names.no_servers"))
        leading = "|".join(map(re.escape, lexicon.words("names.server_leads")))
        self._server = re.compile(
            rf"(?:^|(?<=[\s,。、;:])|{leading})([\u4e00-\u9fff]{{1,5}}?[一二三四五六七八九十0-9a-z]{{0,2}}(?:大区|服务器|区|服)|[a-z0-9]{{1,4}}(?:大区|区|服)"
            rf"|(?:东|西|南|北|华|中)[\u4e00-\u9fff](?:电信|联通|网通|双线|移动))(?![\u4e00-\u9fff]{{0,1}}(?:务|装|气|用|从|分|别|域))"
        )
        self._leftovers = Leftovers(lexicon)
        self._columns = lexicon.groups("names.columns")
        self._not_names = re.compile("|".join(map(re.escape, lexicon.words("names.not_names"))))
        self.units = Units.of(lexicon, _unit_spellings(vocabulary))

    def read(self, text: str, goods: Goods, kind_asked: str | None = None) -> Reading:
        """Read the whole message. `kind_asked`: the kind of recipient that was just asked for, so that
        a bare number or word may be one."""
        page = normalise(text)
        self._skip_markers(page)
        order = references.read(page, self._lexicon)
        recipients = accounts.read(page, self._lexicon)
        self._set_aside(page)
        labels = [mark.value.label for mark in recipients if mark.value.label]
        mentions = tuple(
            mention
            for mention in self._names.read(page)
            if not any(_only_labels(mention, start, end) for start, end in labels)
        )
        for mention in mentions:
            holds_numeral = mention.kind is MentionKind.NOUN and _NUMERAL.search(mention.text) is not None
            named = mention.kind in (MentionKind.NAME, MentionKind.REGION, MentionKind.UNKNOWN)
            if (named or holds_numeral) and not self._is_unit(mention):
                _take(page, mention.start, mention.end)
        words = _with_references(page, order)
        others = other_numbers.read(page, self._lexicon)
        limits = filters.read(page, self._lexicon)
        sorts = filters.read_sort(page, self._lexicon)
        sizes = amounts.read(page, self._lexicon, self.units)
        counts = quantities.read(page, self._lexicon)
        paying = payments.read(page, self._lexicon)
        cues = self._grouped(self._cues.read_spaced(words))
        quotes = quotations(page.text)
        return self._assembled(
            page,
            goods,
            order,
            recipients,
            mentions,
            others,
            limits,
            sorts,
            sizes,
            counts,
            paying,
            cues,
            quotes,
            kind_asked,
        )

    def _assembled(  # one long hand-over, told once
        self, page: Page, goods: Goods, order: tuple[Mark[references.Reference], ...],
        recipients: tuple[Mark[Account], ...], mentions: tuple[Mention, ...],
        others: tuple[Mark[OtherNumber], ...], limits: tuple[Mark[filters.Limit], ...],
        sorts: tuple[Mark[SortKey], ...], sizes: tuple[Mark[Amount], ...], counts: tuple[Mark[Quantity], ...],
        paying: tuple[Mark[PaymentMethod], ...], cues: Mapping[CueKind, tuple[Cue, ...]],
        quotes: tuple[Quotation, ...], kind_asked: str | None,
    ) -> Reading:  # fmt: skip
        joined = (
            CueKind.JOIN in cues
            or CueKind.CORRECTION in cues
            or CueKind.OR in cues
            or re.search("[\n、+;；]", page.text) is not None
        )
        mentions = _believed(mentions, sizes, goods, joined, page.text, self._leftovers.function_characters, self._leftovers.spoken_to, self._names.soft)
        sizes = _without_asides(page.text, sizes, mentions, recipients, cues)
        counts = _without_asides(page.text, counts, mentions, recipients, cues)
        counts = tuple(
            mark
            for mark in counts
            if mark.value.word not in _OF_PEOPLE or not self._of_people.match(page.text, mark.value.follows)
        )
        counted, sized = _counts_or_sizes(counts, sizes, mentions)
        used = tuple(
            mark
            for mark in recipients
            if mark.value.claimed or _called_one(mark) or kind_asked in mark.value.kinds
        )
        sized = tuple(mark for mark in sized if not any(_overlap(mark, account) for account in used))
        counted = tuple(mark for mark in counted if not any(_overlap(mark, account) for account in used))
        contact = self._contacts.recipient(page.text)
        remembered = self._contacts.remembered(page.text)
        shape = self._shape(cues, others, counted, used, contact is not None)
        events = _events(page.text, mentions, used, sized, counted, cues)
        events = self._with_unknown_regions(page.text, events)
        events = in_columns(page.text, events, self._columns)
        shape = replace(shape, left=self._leftovers.of(page.text, page.rest(), events, cues))
        records = _records(page.text, events, goods, shape)
        masks = _masks(mentions, used, sized, counted, order, contact)
        said = filters.collected(limits)
        category = self._category(page.text)
        return Reading(
            page=page,
            rest=_blanked(page.text, masks),
            records=tuple(records),
            events=tuple(events),
            shape=shape,
            cues=cues,
            quotes=quotes,
            unknown=tuple(
                page.original[_at(page, m).start : _at(page, m).end]
                for m in mentions
                if m.kind is MentionKind.UNKNOWN
            ),
            filters=replace(said, category=category) if category else said,
            limits=len(limits),
            sort=sorts[-1].value if sorts else None,
            order_ref=order[0].value.order if order else None,
            payment=paying[-1].value if paying else None,
            contact=contact.value if contact and not used else None,
            remembered=remembered.value if remembered else None,
            masks=masks,
            spans=_spans(page, order, paying, limits),
        )

    def _set_aside(self, page: Page) -> None:
        """Words that hold the name of a good and mean none: the assistant that one talks through."""
        for match in self._not_names.finditer(page.rest()):
            _take(page, match.start(), match.end())

    def _skip_markers(self, page: Page) -> None:
        """The numbers that count the items of a list are no amounts."""
        markers = list(_MARKER.finditer(page.text))
        if [int(marker[1]) for marker in markers] == list(range(1, len(markers) + 1)) and len(markers) > 1:
            for marker in markers:
                _take(page, marker.start(1), marker.end(1) + 1)

    def _with_unknown_regions(self, text: str, events: list[Event]) -> list[Event]:
        """Servers that were named and are none of the goods': 德玛西亚大区, 欧服."""
        options = [
            p
            for event in events
            if event.mention and event.kind is EventKind.NAME
            for p in event.mention.options
        ]
        if not any(self._vocabulary.products[product_id].regions for product_id in options):
            return events
        taken = bytearray(len(text))
        for event in events:
            if event.kind is not EventKind.QUALIFIER:
                taken[event.start : event.end] = b"\x01" * (event.end - event.start)
        found = []
        for match in self._server.finditer(text):
            start, end = match.span(1)
            if any(taken[start:end]) or match[1] in self._no_servers or match[1][-2:] in self._no_servers - {"大区", "区服"}:
                continue
            server = Mention(start, end, match[1], MentionKind.REGION)
            found.append(Event(EventKind.REGION, start, end, mention=server))
            taken[start:end] = b"\x01" * (end - start)
        kept = [
            event
            for event in events
            if not (event.kind is EventKind.QUALIFIER and any(taken[event.start : event.end]))
        ]
        return sorted([*kept, *found], key=lambda event: (event.start, event.end))

    def _is_unit(self, mention: Mention) -> bool:
        return mention.text in self.units.spellings

    def _category(self, text: str) -> str | None:
        return next((category for word, category in self._categories.items() if word in text), None)

    def _grouped(self, cues: Sequence[Cue]) -> Mapping[CueKind, tuple[Cue, ...]]:
        grouped: dict[CueKind, list[Cue]] = defaultdict(list)
        for cue in cues:
            grouped[cue.kind].append(cue)
        return {kind: tuple(found) for kind, found in grouped.items()}

    def _shape(
        self, cues: Mapping[CueKind, tuple[Cue, ...]], others: Sequence[Mark[OtherNumber]],
        counted: Sequence[Mark[Quantity]], used: Sequence[Mark[Account]], contact: bool,
    ) -> Shape:  # fmt: skip
        many = any(mark.value.kind is OtherKind.MANY for mark in others)
        each_quantity = next(
            (
                Event(EventKind.QUANTITY, mark.start, mark.end, quantity=mark.value)
                for mark in counted
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
        )


def _grown_in(
    text: str, mention: Mention, mentions: Sequence[Mention], function: frozenset[str], spoken_to: tuple[str, ...]
) -> bool:  # fmt: skip
    """Whether a thin name is but the end of a longer word: 超会 in 度超会."""
    before = text[mention.start - 1 : mention.start]
    if text[: mention.start].endswith(spoken_to):
        return False
    if not before or not "\u4e00" <= before <= "\u9fff" or before in function:
        return False
    return not any(other is not mention and other.start < mention.start <= other.end for other in mentions)


_OF_PEOPLE = frozenset(("个", "位", "名", "台", "口", "部", "条"))

_NUMERAL = re.compile("[一二三四五六七八九十两]")

_MARKER = re.compile(r"(?:^|(?<=\n))[\s(]*(\d{1,2})[.、):](?!\d)")
"""1、 2. at the beginning of list items."""


def _unit_spellings(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """A product that is its own unit (Q币) lends the unit its aliases (QB, 扣币)."""
    found: dict[str, dict[str, None]] = {unit: {} for unit in vocabulary.units if unit not in SENSELESS_UNITS}
    for product in vocabulary.products.values():
        for unit in {variant.unit for variant in product.variants} & found.keys():
            if plain(unit) == plain(product.name):
                found[unit] |= dict.fromkeys(product.aliases)
    return {unit: tuple(spellings) for unit, spellings in found.items()}


def _only_labels(mention: Mention, start: int, end: int) -> bool:
    """Whether a name is but the label of a recipient: the QQ of `QQ 12345`, of 安卓的，QQ 12345."""
    if not (mention.start < end and start < mention.end):
        return False
    spread = mention.kind is MentionKind.REGION and mention.end - mention.start > len(mention.text)
    return spread or mention.end - mention.start <= 4


def _take(page: Page, start: int, end: int) -> None:
    if page.free(start, end):
        page.take(start, end)


def _with_references(page: Page, order: Sequence[Mark[references.Reference]]) -> str:
    """What is free, and the words that point at an order: 按上次的 is both."""
    text = list(page.rest())
    for mark in order:
        text[mark.start : mark.end] = page.text[mark.start : mark.end]
    return "".join(text)


def _believed(
    mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], goods: Goods, joined: bool,
    text: str, function: frozenset[str], spoken_to: tuple[str, ...], soft: frozenset[str],
) -> tuple[Mention, ...]:  # fmt: skip
    """Without the thin names that nothing supports, and with the nouns and tiers that qualify names."""
    named = any(
        mention.kind is MentionKind.NAME and not mention.thin and mention.closeness is Closeness.EXACT
        for mention in mentions
    )
    several = any(mention.kind is MentionKind.NAME for mention in mentions) and joined
    kept: list[Mention] = []
    for mention in mentions:
        if mention.kind is MentionKind.NAME and mention.closeness is Closeness.TYPO and named and not several:
            continue
        unsure = mention.thin or mention.closeness is not Closeness.EXACT or mention.text in soft
        if mention.kind is MentionKind.NAME and unsure and _grown_in(text, mention, mentions, function, spoken_to):
            continue
        if mention.kind is MentionKind.NAME and mention.thin:
            beside = any(
                other.kind in (MentionKind.NOUN, MentionKind.QUALIFIER, MentionKind.REGION)
                and abs(other.start - mention.end) <= 8
                for other in mentions
            )
            fits = any(mark.value.exact and goods.fits(mention, (mark.value,)) for mark in sizes)
            if mention.kind is MentionKind.NAME and not mention.options:
                continue
            if (named and mention.closeness is not Closeness.EXACT) or not (beside or fits):
                continue
        kept.append(mention)
    return tuple(kept)


_ASIDE = re.compile(r"\s?(?:本|级|岁|楼|多|年|届|人|们|合|学|路|栋|室|集|章|公里|斤|度|分钟|点钟|号楼|期|线|排|代|后|前)|的(?:手机|电脑|套餐|宽带|内存|硬盘|房)")
"""What behind a number makes it no size of goods."""
_SPENT = re.compile(r"(?:了|过|老)$")
_CLAUSE_END = re.compile(r"[,，。;；!！?？\n]")

_M = TypeVar("_M", Amount, Quantity)


def _without_asides(
    text: str, marks: Sequence[Mark[_M]], mentions: Sequence[Mention], recipients: Sequence[Mark[Account]],
    cues: Mapping[CueKind, tuple[Cue, ...]],
) -> tuple[Mark[_M], ...]:  # fmt: skip
    """Without the numbers of what is only told: 打了8年, 我们2个合伙人共用. A clause that names no goods,
    no recipient and no wish orders nothing, where another clause does."""
    ends: list[int] = [match.start() for match in _CLAUSE_END.finditer(text)]
    bounds = list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))
    wishes = [cue.start for cue in cues.get(CueKind.ORDER, ()) if cue.word not in _WEAK_WISHES]
    solid = [m.start for m in mentions if m.kind in (MentionKind.NAME, MentionKind.UNKNOWN, MentionKind.NOUN)]
    solid += [m.start for m in recipients]
    solid += wishes
    kept = []
    for mark in marks:
        start, end = next((a, b) for a, b in bounds if a <= mark.start <= b)
        said = any(start <= place < end for place in solid)
        elsewhere = any(not start <= place < end for place in solid)
        spent = (
            isinstance(mark.value, Amount)
            and mark.value.kind is AmountKind.PERIOD
            and _SPENT.search(text, 0, mark.start)
        )
        corrected = any(start <= cue.start < end for kind in _CORRECTING for cue in cues.get(kind, ()))
        if spent or (not corrected and not said and elsewhere and _told_only(text, mark)):
            continue
        kept.append(mark)
    return tuple(kept)


_CORRECTING = (CueKind.CORRECTION, CueKind.CORRECTION_OR_DROP, CueKind.INSTEAD, CueKind.MODIFY)
_WEAK_WISHES = frozenset(("打", "给", "上", "入", "存", "转", "送", "拿", "开", "补", "要", "来"))


def _told_only(text: str, mark: Mark[_M]) -> bool:
    """Whether what stands behind a number says that it measures something of the customer's life."""
    vague = isinstance(mark.value, Amount) and not mark.value.exact
    return vague or _ASIDE.match(text, mark.end) is not None or text[mark.start : mark.end].endswith("年")


def _counts_or_sizes(
    counts: Sequence[Mark[Quantity]], sizes: Sequence[Mark[Amount]], mentions: Sequence[Mention]
) -> tuple[tuple[Mark[Quantity], ...], tuple[Mark[Amount], ...]]:  # fmt: skip
    """Where a count and a size share characters: a unit makes a size, a measure word a count."""
    counted: list[Mark[Quantity]] = []
    dropped: set[int] = set()
    for count in counts:
        clash = [(at, size) for at, size in enumerate(sizes) if _overlap(count, size)]
        keep = True
        for at, size in clash:
            if size.value.kind is AmountKind.BARE:
                dropped.add(at)
            else:
                keep = False
        if keep:
            counted.append(count)
    return tuple(counted), tuple(size for at, size in enumerate(sizes) if at not in dropped)


def _overlap(one: Mark[Any], other: Mark[Any]) -> bool:
    return one.start < other.end and other.start < one.end


def _called_one(mark: Mark[Account]) -> bool:
    """Whether a number that may be no account at all was introduced as one."""
    return mark.value.said is not None or mark.value.label is not None


def _events(
    text: str, mentions: Sequence[Mention], recipients: Sequence[Mark[Account]], sizes: Sequence[Mark[Amount]],
    counts: Sequence[Mark[Quantity]], cues: Mapping[CueKind, tuple[Cue, ...]],
) -> list[Event]:  # fmt: skip
    kinds = {
        MentionKind.NAME: EventKind.NAME,
        MentionKind.NOUN: EventKind.NOUN,
        MentionKind.QUALIFIER: EventKind.QUALIFIER,
        MentionKind.REGION: EventKind.REGION,
        MentionKind.UNKNOWN: EventKind.NAME,
    }
    sized = [(mark.start, mark.end) for mark in sizes]
    events = [
        Event(kinds[mention.kind], mention.start, mention.end, mention=mention)
        for mention in mentions
        if mention.kind in kinds
        and not (
            mention.kind is MentionKind.NOUN
            and any(start < mention.end and mention.start < end for start, end in sized)
        )
    ]
    events += [Event(EventKind.ACCOUNT, mark.start, mark.end, account=mark.value) for mark in recipients]
    events += [Event(EventKind.AMOUNT, mark.start, mark.end, amount=mark.value) for mark in sizes]
    events += [Event(EventKind.QUANTITY, mark.start, mark.end, quantity=mark.value) for mark in counts]
    taken = bytearray(len(text) + 1)
    for event in events:
        taken[event.start : event.end] = b"\x01" * (event.end - event.start)
    events += _separators(text, taken)
    starts = {event.start for event in events}
    found = [(cue, kind) for listed, kind in _CUE_EVENTS for cue in cues.get(listed, ())]
    found += [
        (cue, EventKind.CORRECTION) for cue in cues.get(CueKind.MODIFY, ()) if _next_to(text, cue.end, starts)
    ]
    spoken_for = bytearray(taken)
    for match in _LONE_NO.finditer(text):
        if not any(spoken_for[match.start() : match.end()]):
            events.append(Event(EventKind.CORRECTION, match.start(), match.end()))
    for cue, kind in sorted(found, key=lambda pair: (-len(pair[0].word), pair[0].start)):
        if not any(spoken_for[cue.start : cue.end]):
            events.append(Event(_meant(text, cue, kind), cue.start, cue.end, mild=cue.word in _MILD))
            spoken_for[cue.start : cue.end] = b"\x01" * (cue.end - cue.start)
    return sorted(events, key=lambda event: (event.start, event.end))


_CUE_EVENTS = (
    (CueKind.CORRECTION, EventKind.CORRECTION),
    (CueKind.CORRECTION_OR_DROP, EventKind.CORRECTION),
    (CueKind.OR, EventKind.OR),
    (CueKind.INSTEAD, EventKind.INSTEAD),
    (CueKind.JOIN, EventKind.JOIN),
)


_MILD = frozenset(("抱歉", "不好意思", "sorry", "直接", "干脆", "不如", "啊抱歉", "等等", "等下", "等一下", "稍等", "还是要", "还是来"))

_LONE_NO = re.compile(r"(?<=[,。.…\s;、])(?:不|no|错|错了)(?=[,。.…\s;、])")
"""50，不，100: taken back."""

_NOT_SAID = re.compile(r"(?:别|不要|不会|没|没有|怕|免得|以防|千万别|不能|请勿|勿)$")
"""别弄错了 warns; it corrects nothing."""

_WAITING = frozenset(("等会", "等下", "等一下", "稍等", "等等"))
_LATER = re.compile(r"儿?(?:我|再|就|会)*(?:给|发|打|补|告诉|说|付|转|报|把|来|联系)")
"""等会儿发你: later, not otherwise."""

_RATHER = re.compile(r".{0,14}?(?:吧|好了|得了|算了|罢)")


def _meant(text: str, cue: Cue, kind: EventKind) -> EventKind:
    """What a word of stance is in its place: 嗯，还是一百吧 corrects, 50还是100 leaves open."""
    before = text[: cue.start].rstrip()[-1:]
    if kind is EventKind.CORRECTION and (
        _NOT_SAID.search(text, 0, cue.start) or (_LATER.match(text, cue.end) and cue.word in _WAITING)
    ):
        return EventKind.COMMA
    if (
        kind is EventKind.OR
        and cue.word == "还是"
        and before in (*",。.…;!?嗯呃额啊哦唉哎、", "")
        and _RATHER.match(text, cue.end)
    ):
        return EventKind.CORRECTION
    if (
        kind is EventKind.INSTEAD
        and text[cue.end : cue.end + 1] in (",", "。", ".", "…", "、", " ")
        and cue.word in ("不是", "啊不是", "哎不是")
    ):
        return EventKind.CORRECTION
    return kind


def _next_to(text: str, end: int, starts: set[int]) -> bool:
    while text[end : end + 1] == " ":
        end += 1
    return end in starts


def _separators(text: str, taken: bytearray) -> list[Event]:
    events = []
    for at, character in enumerate(text):
        if taken[at]:
            continue
        if character in "\n;；。!！?？":
            events.append(Event(EventKind.STOP, at, at + 1))
        elif character in ",，":
            events.append(Event(EventKind.COMMA, at, at + 1))
        elif character in "、&/+":
            events.append(Event(EventKind.JOIN, at, at + 1))
    return events


def _records(text: str, events: list[Event], goods: Goods, shape: Shape) -> list[Record]:
    def compatible(record: Record, more: Sequence[Event]) -> bool:
        found = [event.amount for event in (*record.amounts, *more) if event.amount is not None]
        options = record.name.options if record.name else None
        return goods.together(tuple(options) if options else None, tuple(found))

    rows = _rows(text, events)
    if rows is None:
        records = shared(gather(events, compatible, shape.each), shape)
        doubt_gaps(text, records, shape)
        put_in_doubt(records, shape.left)
        return records
    context, lines = rows
    gathered = [record for line in lines for record in gather(line, compatible, shape.each)]
    around = gather(context, compatible, shape.each)
    _lend(around, gathered)
    records = shared(gathered, shape)
    put_in_doubt(records, shape.left)
    return records


def _rows(text: str, events: list[Event]) -> tuple[list[Event], list[list[Event]]] | None:
    """The lines of a table or a list: each with a recipient; what stands in other lines is for all."""
    if "\n" not in text:
        return None
    lines: list[list[Event]] = [[]]
    breaks = [match.start() for match in re.finditer("\n", text)]
    for event in events:
        while len(lines) <= len(breaks) and event.start > breaks[len(lines) - 1]:
            lines.append([])
        lines[-1].append(event)
    rows = [line for line in lines if any(event.kind is EventKind.ACCOUNT for event in line)]
    if len(rows) < 2 or any(event.kind is EventKind.CORRECTION for event in events):
        return None
    context = [event for line in lines if line not in rows for event in line]
    return context, [_unnumbered(text, row) for row in rows]


def _unnumbered(text: str, row: list[Event]) -> list[Event]:
    """Without the number that counts the row itself: `1. 138… 50`."""
    first = row[0]
    if first.kind is EventKind.AMOUNT and first.amount is not None and first.amount.kind is AmountKind.BARE:
        begins = text.rfind("\n", 0, first.start) + 1
        if re.fullmatch(r"[\s(（]*", text[begins : first.start]) and re.match(
            r"\s*[.、)）:：]", text[first.end :]
        ):
            return list(row[1:])
    return row


def _lend(around: list[Record], records: list[Record]) -> None:
    """What is said outside of the rows goes for every row that does not say it itself."""
    names = [record for record in around if record.names or record.nouns]
    sizes = [record for record in around if record.amounts]
    counts = [record for record in around if record.counted]
    regions = [record for record in around if record.regions]
    for record in records:
        if not record.names and not record.nouns and len(names) == 1:
            record.names, record.nouns = list(names[0].names), list(names[0].nouns)
            record.borrowed.append((names[0].start, names[0].end))
            record.qualifiers = record.qualifiers or list(names[0].qualifiers)
        if not record.amounts and len(sizes) == 1 and not any(other.amounts for other in records):
            record.amounts = list(sizes[0].amounts)
        if record.quantity is None and len(counts) == 1:
            record.quantity = counts[0].quantity
        if not record.regions and len(regions) == 1:
            record.regions = list(regions[0].regions)
        if len(names) > 1 and not record.names:
            record.doubtful = True


def _masks(
    mentions: Sequence[Mention], recipients: Sequence[Mark[Account]], sizes: Sequence[Mark[Amount]],
    counts: Sequence[Mark[Quantity]], order: Sequence[Mark[references.Reference]], contact: Mark[str] | None,
) -> tuple[tuple[int, int, str], ...]:  # fmt: skip
    found = [
        (m.start, m.end, "product") for m in mentions if m.kind in (MentionKind.NAME, MentionKind.UNKNOWN)
    ]
    found += [(m.start, m.end, "region") for m in mentions if m.kind is MentionKind.REGION]
    found += [(m.start, m.end, "account") for m in recipients]
    found += [(m.start, m.end, "size") for m in sizes]
    found += [(m.start, m.end, "quantity") for m in counts]
    found += [(m.start, m.end, "order") for m in order]
    if contact is not None:
        found.append((contact.start, contact.end, "contact"))
    chosen: list[tuple[int, int, str]] = []
    for mask in sorted(found, key=lambda mask: (mask[0], -mask[1])):
        if not chosen or mask[0] >= chosen[-1][1]:
            chosen.append(mask)
    return tuple(chosen)


def _blanked(text: str, masks: Sequence[tuple[int, int, str]]) -> str:
    characters = list(text)
    for start, end, slot in masks:
        if slot != "contact":
            characters[start:end] = "\0" * (end - start)
    return "".join(characters)


def _at(page: Page, mention: Mention) -> Span:
    return page.span(mention.start, mention.end)


def _spans(
    page: Page, order: Sequence[Mark[references.Reference]], paying: Sequence[Mark[PaymentMethod]],
    limits: Sequence[Mark[filters.Limit]],
) -> tuple[SlotSpan, ...]:  # fmt: skip
    said: list[tuple[Slot, Mark[Any], str]] = [
        *((Slot.ORDER_REF, mark, mark.value.order) for mark in order),
        *((Slot.PAYMENT, mark, mark.value.value) for mark in paying),
        *((mark.value.slot, mark, str(mark.value.value)) for mark in limits),
    ]
    found = []
    for slot, mark, value in said:
        span = page.span(mark.start, mark.end)
        found.append(SlotSpan(slot, span.start, span.end, value))
    return tuple(found)
