"""From a row of things that were said to the lines of an order: what belongs to which recipient.

The events of a message stand in the order in which they were said. A record takes them up until
one comes that it already has; that one opens the next record, unless a correction stood before it
(then it takes the old one's place) or an 或 (then the slot stays open).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nlu.amounts import AmountKind
from nlu.mention import MentionKind
from nlu.records import (
    SEPARATORS,
    SLOTS,
    Event,
    EventKind,
    Record,
    is_article,
    list_of,
    same_goods,
    same_kind,
    same_value,
)
from nlu.understanding import Slot

Compatible = Callable[[Record, Sequence[Event]], bool]
"""Whether the amounts of the events can stand beside those of the record (10G月包, 1台一年)."""


def gather(events: Sequence[Event], compatible: Compatible, joined_all: bool) -> list[Record]:
    """The records of one stretch of text. `joined_all`: 各/都 or a count of recipients was said, so
    recipients one after the other are lines of their own."""
    gatherer = _Gatherer(compatible, joined_all)
    for separator, item, clause in _clauses(events):
        if item:
            gatherer.begin_item()
        gatherer.add_clause(separator, clause)
    gatherer.close()
    return [record for record in gatherer.records if not record.empty]


def _clauses(events: Sequence[Event]) -> Iterable[tuple[EventKind | None, bool, list[Event]]]:
    """What parts a clause from the one before it, whether an item of a list begins with it, and the clause."""
    separator: EventKind | None = None
    item = False
    clause: list[Event] = []
    for event in events:
        if event.kind in SEPARATORS:
            if clause:
                yield separator, item, clause
                separator, item, clause = event.kind, event.item, []
            elif separator is None or event.kind in (EventKind.OR, EventKind.JOIN):
                separator = event.kind
            item = item or event.item
        else:
            clause.append(event)
    if clause:
        yield separator, item, clause


class _Gatherer:
    def __init__(self, compatible: Compatible, joined_all: bool) -> None:
        self.records: list[Record] = [Record()]
        self._compatible = compatible
        self._joined_all = joined_all
        self._correcting: set[EventKind] | None = None
        """Kinds already replaced since the correction; None when none is under way."""
        self._in_list = False
        self._negated = False
        self._mild = False
        self._of_slot: Slot | None = None
        self._afterwards = False
        self._contrast: EventKind | None = None
        """The kind of X不是Y whose Y has yet to come."""
        self._replaced = False
        """Whether the correction under way has taken the place of anything."""

    @property
    def _record(self) -> Record:
        return self.records[-1]

    def begin_item(self) -> None:
        """2. r币10个…；3. 京东卡…: no item of a list takes up what another one lacks."""
        if self._in_list and not self._record.empty:
            self._settle_correction()
            self._correcting = None
            self.records.append(Record(opened_by=EventKind.STOP))
        self._in_list = True

    def add_clause(self, separator: EventKind | None, clause: list[Event]) -> None:
        correction = any(event.kind in _CORRECTING for event in clause)
        ended = separator is EventKind.JOIN or (
            separator is EventKind.STOP and (self._whole(clause) or self._other_goods(clause))
        )
        over = self._correcting or (self._correcting is not None and self._mild and not self._negated)
        if over and ended and not correction and self._opens(clause):
            self._correcting = None
        elif self._correcting and self._replaced and not correction and self._says_more(separator, clause):
            self._correcting = None
            self._begin(separator, doubtful=separator is not EventKind.STOP or not self._anew(clause))
        if separator is EventKind.OR and not correction and self._correcting is None:
            self._add_alternative(clause)
            return
        again = (
            separator is EventKind.JOIN
            and self._record.amounts
            and any(e.kind is EventKind.AMOUNT for e in clause)
        )
        if not correction and self._correcting is None and self._counts_again(separator, clause):
            # 五张，六张: how many is asked, and a line of its own was never meant.
            self._record.conflicts.add(Slot.QUANTITY)
            self._record.quantity = clause[-1]
            return
        again = again or self._one_and_more(separator, clause) or self._past_a_list(separator, clause)
        again = again or (separator is EventKind.STOP and self._whole(clause) and not self._record.corrected)
        again = again or self._past_a_stranger(separator, clause) or self._joins_a_label(separator, clause)
        again = again or (separator is EventKind.STOP and self._below_a_bare_line(clause))
        if not correction and self._correcting is None and (again or self._opens(clause)):
            separator_here = separator
            listed = (
                separator is EventKind.JOIN
                and clause[0].kind is EventKind.NAME
                and clause[0].start - self._record.end <= 2
            )
            joined = self._joins_a_label(separator, clause)
            before = self._record
            self.records.append(Record(listed=listed, opened_by=separator_here))
            if joined:
                before.labels_beside += filter(_is_label, clause)
                self._record.labels_beside += filter(_is_label, before.qualifiers)
        last: Event | None = None
        for at, event in enumerate(clause):
            following = clause[at + 1 : at + 2]
            if self._tier_of_the_next(event, following):
                self.records.append(Record())
            elif self._perhaps_tier_of_the_next(event, clause[at + 1 : at + 3]):
                self._begin(EventKind.JOIN, doubtful=True)
            elif self._kind_of_the_next(event, following):
                self.records.append(Record(opened_by=EventKind.JOIN))
            self._add(event, last, separator)
            last = event

    def _tier_of_the_next(self, event: Event, following: list[Event]) -> bool:
        """日本流量5天 A 韩国3天 B: behind a whole line and in front of a size, 韩国 speaks of the next."""
        record = self._record
        return (
            event.kind is EventKind.QUALIFIER
            and self._correcting is None
            and not self._negated
            and bool(record.names and record.amounts and record.accounts)
            and record.end <= event.start
            and any(
                one.kind is EventKind.AMOUNT
                and one.start - event.end <= 1
                and not any(same_value(one, said) for said in record.amounts)
                for one in following
            )
        )

    def _perhaps_tier_of_the_next(self, event: Event, following: list[Event]) -> bool:
        """A月卡 超级会员年卡, where A may be sold in either tier: of both sizes, or only of the second?"""
        record = self._record
        size = next((one for one in following if one.kind is not EventKind.NOUN), None)
        return (
            event.kind is EventKind.QUALIFIER
            and self._correcting is None
            and not self._negated
            and self._contrast is None
            and bool(record.names and record.amounts)
            and max(amount.end for amount in record.amounts) <= event.start
            and size is not None
            and size.kind is EventKind.AMOUNT
            and not self._compatible(record, [size])
        )

    def _kind_of_the_next(self, event: Event, following: list[Event]) -> bool:
        """成人票两张儿童票一张: behind goods that were counted, another label is counted too."""
        record = self._record
        return (
            event.kind is EventKind.QUALIFIER
            and event.mention is not None
            and event.mention.role is None
            and self._correcting is None
            and not self._negated
            and self._contrast is None
            and record.quantity is not None
            and bool(record.names)
            and record.quantity.end <= event.start
            and record.quantity.end > max(name.start for name in record.names)
            and any(one.kind is EventKind.QUANTITY and one.start - event.end <= 1 for one in following)
        )

    def _says_more(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """打错了，50。爱奇艺年卡…: the correction is done, and what comes are other goods, or the same in
        another size. Behind a mere comma they may still be part of it, and then it is asked."""
        named = [event for event in clause if event.kind is EventKind.NAME]
        if not named or not self._opens(clause):
            return False
        return separator is EventKind.STOP or (
            self._anew(clause) and EventKind.AMOUNT in {e.kind for e in clause}
        )

    def _anew(self, clause: list[Event]) -> bool:
        """Whether a clause names goods that the record does not have."""
        return any(e.kind is EventKind.NAME and not same_goods(self._record.name, e.mention) for e in clause)

    def _begin(self, separator: EventKind | None, doubtful: bool) -> None:
        self._record.doubtful |= doubtful
        self.records.append(Record(opened_by=separator, doubtful=doubtful))

    def _counts_again(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """Whether a clause says nothing but another number of pieces."""
        return (
            separator is not EventKind.JOIN
            and self._record.counted
            and all(event.kind is EventKind.QUANTITY and not is_article(event) for event in clause)
        )

    def _whole(self, clause: list[Event]) -> bool:
        """Whether a sentence has goods or a size, and a recipient, of its own."""
        kinds = {event.kind for event in clause}
        return EventKind.ACCOUNT in kinds and EventKind.AMOUNT in kinds and bool(self._record.amounts)

    def _other_goods(self, clause: list[Event]) -> bool:
        """Whether a sentence names goods of its own with their size, none of those in hand."""
        names = [event for event in clause if event.kind is EventKind.NAME]
        sized = any(event.kind is EventKind.AMOUNT for event in clause)
        known = [name for record in self.records for name in record.names]
        return (
            sized
            and bool(names)
            and not any(same_goods(name.mention, one.mention) for name in names for one in known)
        )

    def _below_a_bare_line(self, clause: list[Event]) -> bool:
        """…，C一百 and below it steam卡100: C has its size, and the goods of the next line have theirs."""
        kinds = {event.kind for event in clause}
        bare = not self._record.names and self._record.accounts and self._record.amounts
        return bool(bare) and {EventKind.NAME, EventKind.AMOUNT} <= kinds

    def _one_and_more(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """海底捞100的一张，再来两张…: two more, of what is said next or has to be asked."""
        one = self._record.quantity is not None and not self._record.counted
        counts = any(event.kind is EventKind.QUANTITY and not is_article(event) for event in clause)
        return separator is EventKind.JOIN and one and counts and bool(self._record.amounts)

    def _past_a_list(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """…给A、B、C and then another sentence with goods of its own: C is the last of the list."""
        record = self._record
        bare = bool(record.accounts) and not record.names and not record.amounts
        named = any(other.names for other in self.records[:-1])
        goods = any(event.kind is EventKind.NAME for event in clause)
        listed = record.opened_by in (EventKind.JOIN, EventKind.COMMA)
        return separator is EventKind.STOP and listed and bare and named and goods

    def _past_a_stranger(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """剪VSIP月卡138…，美图月卡也是: a line whose own goods nobody read has its size and its recipient;
        the goods of the next are not its own."""
        record = self._record
        said = record.amounts or record.counted
        kinds = {event.kind for event in clause}
        return (
            separator in (EventKind.COMMA, EventKind.STOP)
            and bool(said and record.accounts)
            and not record.names
            and not record.nouns
            and {EventKind.NAME, EventKind.AMOUNT} <= kinds
        )

    def _joins_a_label(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """6480和列车补给凭证, 空月和6480: of a size and a label that are joined each is a variant."""
        record = self._record
        if separator is not EventKind.JOIN or not record.names or clause[0].kind not in _SIZING:
            return False
        labelled = any(map(_is_label, record.qualifiers))
        if clause[0].kind is EventKind.QUALIFIER:
            return bool(record.amounts) and not labelled and _is_label(clause[0])
        return labelled and not record.amounts

    def _opens(self, clause: list[Event]) -> bool:
        """Whether a clause speaks of a new line: it says again what the record already has."""
        record = self._record
        if record.empty:
            return False
        for event in clause:
            match event.kind:
                case EventKind.NAME if record.names and not same_goods(record.name, event.mention):
                    return True
                case EventKind.ACCOUNT if record.accounts and same_kind(record.accounts, event):
                    return True
                case EventKind.QUANTITY if record.counted and not is_article(event):
                    return True
                case EventKind.AMOUNT if record.amounts and not self._compatible(record, [event]):
                    return True
                case _:
                    pass
        return False

    def _add(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        match event.kind:
            case EventKind.CORRECTION if self._record.empty and len(self.records) == 1:
                # Nothing was said yet that it could correct: 不好意思，我想要…
                return
            case EventKind.CORRECTION:
                if self._correcting is None or self._correcting:
                    self._settle_correction()
                    self._mild = event.mild
                self._mild = self._mild and event.mild
                self._of_slot = event.of_slot
                self._afterwards = event.afterwards
                # 不是300，改成500: what was taken back is corrected by what follows.
                self._replaced = self._replaced and self._correcting == set()
                self._correcting = set()
                self._record.corrected_from = event.end
                return
            case EventKind.INSTEAD:
                self._negated = True
                return
            case EventKind.REJECTS | EventKind.EITHER:
                self._contrast = event.kind
                return
        if self._negated and (event.kind in SLOTS or event.kind is EventKind.QUALIFIER):
            # 不是50是100: the first is taken back, the second is a correction. Where the first was
            # never said (不是，我要100的) it is the correction itself.
            self._negated = False
            self._correcting = set()
            self._replaced = self._take_back(event)
            if self._replaced:
                return
        if self._contrast is not None and event.kind is EventKind.QUALIFIER:
            self._refuse(event)
            return
        if self._contrast is not None and event.kind in SLOTS:
            self._set_against(event)
            return
        if self._correcting is not None and not self._lists_on(event, last):
            self._replace(event)
            return
        if self._collides(event):
            self._collide(event, last, separator)
            return
        self._put(event)

    def _lists_on(self, event: Event, last: Event | None) -> bool:
        """不对，充A B: two recipients right behind each other are a list, and no second correction."""
        return (
            event.kind is EventKind.ACCOUNT
            and last is not None
            and last.kind is EventKind.ACCOUNT
            and event.kind in (self._correcting or ())
            and self._collides(event)
        )

    def _collides(self, event: Event) -> bool:
        record = self._record
        match event.kind:
            case EventKind.NAME:
                return bool(record.names) and not same_goods(record.name, event.mention)
            case EventKind.ACCOUNT:
                return bool(record.accounts) and same_kind(record.accounts, event)
            case EventKind.AMOUNT:
                return bool(record.amounts) and not self._compatible(record, [event])
            case EventKind.QUANTITY:
                return record.counted and not is_article(event)
            case EventKind.REGION:
                return bool(record.regions) and record.regions[-1].mention != event.mention
            case _:
                return False

    def _collide(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        """The second of its kind: a new record, or a contradiction where nothing sets them apart."""
        slot = SLOTS[event.kind]
        next_to = last is not None and last.kind is event.kind
        if next_to and not (self._joined_all and event.kind in (EventKind.ACCOUNT, EventKind.NAME)):
            self._record.conflicts.add(slot)
            self._put(event)
            return
        if event.kind is EventKind.REGION:
            self._record.conflicts.add(slot)
            self._put(event)
            return
        before = self._record
        self.records.append(Record())
        if event.kind is EventKind.AMOUNT and len(before.names) > 1 and before.names[-1] is last:
            # 京东卡50 京东卡100: the name right before it is that of the new line.
            self._put(before.names.pop())
        self._put(event)

    def _add_alternative(self, clause: list[Event]) -> None:
        record = self._record
        collided = record.empty
        for event in clause:
            slot = SLOTS.get(event.kind)
            if slot is not None and self._collides(event):
                record.open.add(slot)
                list_of(record, event).append(event)
                collided = True
            else:
                self._put(event)
        if not collided and not record.empty and not record.open:
            # 100或者…: something else was offered that nobody understood.
            record.doubtful = True

    def _replace(self, event: Event) -> None:
        """The later value counts, and a still later one counts more."""
        assert self._correcting is not None
        record = self._record
        if event.kind is EventKind.QUALIFIER:
            if EventKind.QUALIFIER not in self._correcting:
                record.qualifiers.clear()
            record.requalified = record.renamed = True
            if event.mention is not None and not event.mention.role and _NUMBERED.search(event.mention.text):
                # 1000万…错了，3000万: a label that is a number corrects the size.
                self._replaced = self._replaced or bool(record.amounts)
                record.amounts.clear()
            self._replaced = self._replaced or (bool(record.names) and not record.regions)
        elif event.kind is EventKind.QUANTITY:
            # 改成一张 says one; 来个 says nothing of how many.
            if not is_article(event) or not record.counted or event.end - event.start > 1:
                self._replaced = True
                record.quantity = event
                record.conflicts.discard(Slot.QUANTITY)
                self._correcting.add(event.kind)
            return
        elif event.kind in SLOTS and (event.kind not in self._correcting or self._collides(event)):
            self._forget(record, event)
        self._correcting.add(event.kind)
        record.corrected = True
        self._put(event)

    def _forget(self, record: Record, event: Event) -> None:
        before = record.accounts if event.kind is EventKind.ACCOUNT else list_of(record, event)
        self._replaced = self._replaced or bool(before)
        if event.kind is EventKind.ACCOUNT:
            record.accounts = [old for old in record.accounts if not same_kind([old], event)]
        elif event.kind is EventKind.AMOUNT:
            record.amounts = self._of_other_kinds(event)
        else:
            list_of(record, event).clear()
        if event.kind is EventKind.NAME:
            record.renamed = True
            record.nouns.clear()
            record.qualifiers.clear()
            record.requalified = False
        if event.kind is EventKind.AMOUNT:
            # 单杯，不对，5杯: a size corrects what a word said of the variant before.
            sized = [
                e
                for e in record.qualifiers
                if e.mention is not None and not e.mention.role and e.start < record.corrected_from
            ]
            record.qualifiers = [e for e in record.qualifiers if e not in sized]
            self._replaced = self._replaced or bool(sized)
        record.open.discard(SLOTS[event.kind])
        record.conflicts.discard(SLOTS[event.kind])

    def _of_other_kinds(self, event: Event) -> list[Event]:
        """1台1年的，等等，永久的: the period is corrected, and the one computer stays."""
        kept = [
            old
            for old in self._record.amounts
            if old.amount is not None
            and event.amount is not None
            and {old.amount.kind, event.amount.kind} == {AmountKind.SIZE, AmountKind.PERIOD}
        ]
        trial = replace(self._record, amounts=kept)
        return kept if kept and len(self._record.amounts) > 1 and self._compatible(trial, [event]) else []

    def _set_against(self, event: Event) -> None:
        """Y of X不是Y: not taken where X is wanted for sure, else one of two. A later value counts more."""
        slot, record = SLOTS[event.kind], self._record
        if self._contrast is EventKind.EITHER:
            record.open.add(slot)
            list_of(record, event).append(event)
        self._contrast = None
        self._correcting = set()
        self._replaced = True

    def _refuse(self, tier: Event) -> None:
        """不要慢充: that tier is none of the record's, said before or not."""
        self._contrast, self._negated = None, False
        self._record.qualifiers = [old for old in self._record.qualifiers if not same_value(old, tier)]
        self._record.refused.append(tier)

    def _take_back(self, event: Event) -> bool:
        """Drop what the event repeats. Whether there was anything to drop."""
        record = self._record
        if event.kind is EventKind.QUANTITY:
            same = record.quantity is not None and same_value(record.quantity, event)
            record.quantity = None if same else record.quantity
            return same
        listed = list_of(record, event)
        kept = [old for old in listed if not same_value(old, event)]
        dropped = len(kept) < len(listed)
        listed[:] = kept
        return dropped

    def close(self) -> None:
        """A correction that corrected nothing leaves the order in doubt."""
        self._settle_correction()
        if self._negated:
            self._doubt()

    def _settle_correction(self) -> None:
        if self._correcting is not None and not self._replaced and not self._mild:
            if self._of_slot is not None and not self._correcting and self._said(self._of_slot):
                # 号不对，我再发你: all but the recipient stands.
                self._record.open.add(self._of_slot)
            elif self._afterwards and not self._correcting and self._record.conflicts:
                self._keep_later()
            else:
                self._doubt()

    def _said(self, slot: Slot) -> bool:
        record = self._record
        return bool(
            (slot is Slot.ACCOUNT and record.accounts)
            or (slot is Slot.REGION and record.regions)
            or (slot is Slot.VARIANT and record.amounts)
        )

    def _keep_later(self) -> None:
        """联通一区…我是联通二区的，改下: of two values that stood side by side the later one counts."""
        record = self._record
        for listed in (record.names, record.amounts, record.accounts, record.regions):
            listed[:-1] = []
        record.conflicts.clear()

    def _doubt(self) -> None:
        for record in self.records:
            record.uncorrected = True

    def _put(self, event: Event) -> None:
        record = self._record
        if record.empty:
            record.start, record.first = event.start, event.kind
        record.end = max(record.end, event.end)
        if event.kind is EventKind.QUANTITY:
            if is_article(event):
                record.ones.append(event)
            if record.quantity is None or is_article(record.quantity):
                record.quantity = event
            return
        list_of(record, event).append(event)


def _is_label(event: Event) -> bool:
    """Whether a word is what a variant is called."""
    return (
        event.mention is not None
        and event.mention.role is None
        and event.mention.kind is MentionKind.QUALIFIER
    )


_SIZING = frozenset({EventKind.QUALIFIER, EventKind.AMOUNT})
_NUMBERED = re.compile(r"\d")
_CORRECTING = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER})
