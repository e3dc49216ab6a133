"""From a row of things that were said to the lines of an order: what belongs to which recipient.

The events of a message stand in the order in which they were said. A record takes them up until
one comes that it already has; that one opens the next record, unless a correction stood before it
(then it takes the old one's place) or an 或 (then the slot stays open).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlu.new_lines import (
    Compatible,
    begins_anew,
    collides,
    counts_again,
    heads_the_next,
    is_label,
    joins_a_label,
    kind_of_the_next,
    names_others,
    opens,
    other_goods,
    perhaps_tier_of_the_next,
    tier_of_the_next,
    whole,
)
from nlu.records import SEPARATORS, SLOTS, Event, EventKind, Record, list_of, put
from nlu.replacing import has, keep_later, put_in_place, refuse, take_back
from nlu.understanding import Slot


def gather(events: Sequence[Event], compatible: Compatible, joined_all: bool) -> list[Record]:
    """The records of one stretch of text. `joined_all`: 各/都 or a count of recipients was said, so
    recipients one after the other are lines of their own."""
    gatherer = _Gatherer(compatible, joined_all)
    clauses = list(_clauses(events))
    for at, (separator, item, clause) in enumerate(clauses, start=1):
        if item:
            gatherer.begin_item()
        gatherer.add_clause(separator, clause, clauses[at][2] if at < len(clauses) else [])
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
    """Takes up clause by clause; remembers what a correction or a contrast has yet to come to."""

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
        self._refused_unsaid = False
        """Whether it began with what nobody had said: 不要年卡，就一个月. What follows takes its place."""

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

    def add_clause(self, separator: EventKind | None, clause: list[Event], following: list[Event]) -> None:
        correction = any(event.kind in _CORRECTING for event in clause)
        if not correction:
            self._end_correction(separator, clause)
        free = not correction and self._correcting is None
        if free and separator is EventKind.OR:
            self._add_alternative(clause)
            return
        if free and counts_again(self._record, separator, clause):
            # 五张，六张: how many is asked, and a line of its own was never meant.
            self._record.conflicts.add(Slot.QUANTITY)
            self._record.quantity = clause[-1]
            return
        heads = heads_the_next(self._record, clause, following)
        if free and (heads or begins_anew(self.records, separator, clause) or self._opens(clause)):
            self._open_line(separator, clause)
        last: Event | None = None
        for at, event in enumerate(clause):
            self._part_from_the_next(event, clause[at + 1 : at + 3])
            self._add(event, last, separator)
            last = event

    def _end_correction(self, separator: EventKind | None, clause: list[Event]) -> None:
        """What comes behind a correction that is done may be other goods."""
        ended = separator is EventKind.JOIN or (
            separator is EventKind.STOP and (whole(self._record, clause) or other_goods(self.records, clause))
        )
        over = self._correcting or (self._correcting is not None and self._mild and not self._negated)
        if over and ended and self._opens(clause):
            self._correcting = None
        elif self._correcting and self._replaced and self._says_more(separator, clause):
            self._correcting = None
            self._begin(
                separator,
                doubtful=separator is not EventKind.STOP or not names_others(self._record, clause),
            )

    def _open_line(self, separator: EventKind | None, clause: list[Event]) -> None:
        before = self._record
        listed = (
            separator is EventKind.JOIN
            and clause[0].kind is EventKind.NAME
            and clause[0].start - before.end <= 2
        )
        joined = joins_a_label(before, separator, clause)
        self.records.append(Record(listed=listed, opened_by=separator))
        if joined:
            before.labels_beside += filter(is_label, clause)
            self._record.labels_beside += filter(is_label, before.qualifiers)

    def _part_from_the_next(self, event: Event, following: list[Event]) -> None:
        """In the middle of a clause a tier or a label may speak of the next line already."""
        if self._correcting is not None or self._negated:
            return
        if tier_of_the_next(self._record, event, following[:1]):
            self.records.append(Record())
        elif self._contrast is not None:
            return
        elif perhaps_tier_of_the_next(self._record, event, following, self._compatible):
            self._begin(EventKind.JOIN, doubtful=True)
        elif kind_of_the_next(self._record, event, following[:1]):
            self.records.append(Record(opened_by=EventKind.JOIN))

    def _opens(self, clause: list[Event]) -> bool:
        return opens(self._record, clause, self._compatible)

    def _collides(self, event: Event) -> bool:
        return collides(self._record, event, self._compatible)

    def _says_more(self, separator: EventKind | None, clause: list[Event]) -> bool:
        """打错了，50。爱奇艺年卡…: the correction is done, and what comes are other goods, or the same in
        another size. Behind a mere comma they may still be part of it, and then it is asked."""
        named = [event for event in clause if event.kind is EventKind.NAME]
        if not named or not self._opens(clause):
            return False
        return separator is EventKind.STOP or (
            names_others(self._record, clause) and EventKind.AMOUNT in {e.kind for e in clause}
        )

    def _begin(self, separator: EventKind | None, doubtful: bool) -> None:
        self._record.doubtful |= doubtful
        self.records.append(Record(opened_by=separator, doubtful=doubtful))

    def _add(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        match event.kind:
            case EventKind.CORRECTION if self._record.empty and len(self.records) == 1:
                # Nothing was said yet that it could correct: 不好意思，我想要…
                return
            case EventKind.CORRECTION:
                if self._correcting is None or (self._correcting and not self._refused_unsaid):
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
            self._replaced = take_back(self._record, event)
            if self._replaced:
                return
            self._refused_unsaid = True
        if self._contrast is not None and event.kind is EventKind.QUALIFIER:
            self._contrast, self._negated = None, False
            refuse(self._record, event)
            return
        if self._contrast is not None and event.kind in SLOTS:
            self._set_against(event)
            return
        if separator is EventKind.OR and event.kind in (self._correcting or ()) and event.kind in SLOTS:
            # 不对，天猫的或者京东的: what corrects is not decided itself.
            self._record.open.add(SLOTS[event.kind])
            list_of(self._record, event).append(event)
            return
        if self._correcting is not None and not self._lists_on(event, last):
            placed = put_in_place(self._record, event, self._correcting, self._compatible)
            self._replaced = self._replaced or placed
            return
        if self._collides(event):
            self._collide(event, last, separator)
            return
        put(self._record, event)

    def _lists_on(self, event: Event, last: Event | None) -> bool:
        """不对，充A B: two recipients right behind each other are a list, and no second correction."""
        return (
            event.kind is EventKind.ACCOUNT
            and last is not None
            and last.kind is EventKind.ACCOUNT
            and event.kind in (self._correcting or ())
            and self._collides(event)
        )

    def _collide(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        """The second of its kind: a new record, or a contradiction where nothing sets them apart."""
        slot = SLOTS[event.kind]
        next_to = last is not None and last.kind is event.kind
        if next_to and not (self._joined_all and event.kind in (EventKind.ACCOUNT, EventKind.NAME)):
            self._record.conflicts.add(slot)
            put(self._record, event)
            return
        if event.kind is EventKind.REGION:
            self._record.conflicts.add(slot)
            put(self._record, event)
            return
        before = self._record
        self.records.append(Record())
        if event.kind is EventKind.AMOUNT and len(before.names) > 1 and before.names[-1] is last:
            # 京东卡50 京东卡100: the name right before it is that of the new line.
            put(self._record, before.names.pop())
        put(self._record, event)

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
                put(self._record, event)
        if not collided and not record.empty and not record.open:
            # 100或者…: something else was offered that nobody understood.
            record.doubtful = True

    def _set_against(self, event: Event) -> None:
        """Y of X不是Y: not taken where X is wanted for sure, else one of two. A later value counts more."""
        slot, record = SLOTS[event.kind], self._record
        if self._contrast is EventKind.EITHER:
            record.open.add(slot)
            list_of(record, event).append(event)
        self._contrast = None
        self._correcting = set()
        self._replaced = True

    def close(self) -> None:
        """A correction that corrected nothing leaves the order in doubt."""
        self._settle_correction()
        if self._negated:
            self._doubt()

    def _settle_correction(self) -> None:
        if self._correcting is not None and not self._replaced and not self._mild:
            if self._of_slot is not None and not self._correcting and has(self._record, self._of_slot):
                # 号不对，我再发你: all but the recipient stands.
                self._record.open.add(self._of_slot)
            elif self._afterwards and not self._correcting and self._record.conflicts:
                keep_later(self._record)
            else:
                self._doubt()

    def _doubt(self) -> None:
        for record in self.records:
            record.uncorrected = True


_CORRECTING = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER})
