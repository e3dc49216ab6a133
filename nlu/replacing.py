"""What a correction does to a line: the later value takes the place of the earlier one of its kind."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.amounts import AmountKind
from nlu.new_lines import Compatible, collides
from nlu.records import SLOTS, Event, EventKind, Record, is_article, list_of, put, same_kind, same_value
from nlu.understanding import Slot


def put_in_place(record: Record, event: Event, already: set[EventKind], compatible: Compatible) -> bool:
    """Puts a value into a record that is being corrected. Whether it took the place of anything.

    `already`: the kinds that were replaced since the correction; this one joins them.
    """
    replaced = False
    if event.kind is EventKind.QUALIFIER:
        replaced = _put_tier_in_place(record, event, already)
    elif event.kind is EventKind.QUANTITY:
        # 改成一张 says one; 来个 says nothing of how many.
        if not is_article(event) or not record.counted or event.end - event.start > 1:
            record.quantity = event
            record.conflicts.discard(Slot.QUANTITY)
            already.add(event.kind)
            return True
        return False
    elif event.kind in SLOTS and (event.kind not in already or collides(record, event, compatible)):
        replaced = _forget(record, event, compatible)
    already.add(event.kind)
    record.corrected = True
    put(record, event)
    return replaced


def _put_tier_in_place(record: Record, event: Event, already: set[EventKind]) -> bool:
    """Makes room for a tier or a label."""
    if EventKind.QUALIFIER not in already:
        record.qualifiers.clear()
    record.requalified = record.renamed = True
    sized = False
    if event.mention is not None and not event.mention.role and _NUMBERED.search(event.mention.text):
        # 1000万…错了，3000万: a label that is a number corrects the size.
        sized = bool(record.amounts)
        record.amounts.clear()
    return sized or (bool(record.names) and not record.regions)


def _forget(record: Record, event: Event, compatible: Compatible) -> bool:
    """Drops what a record has of an event's kind. Whether it had any."""
    before = record.accounts if event.kind is EventKind.ACCOUNT else list_of(record, event)
    dropped = bool(before)
    if event.kind is EventKind.ACCOUNT:
        record.accounts = [old for old in record.accounts if not same_kind([old], event)]
    elif event.kind is EventKind.AMOUNT:
        record.amounts = _of_other_kinds(record, event, compatible)
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
        dropped = dropped or bool(sized)
    record.open.discard(SLOTS[event.kind])
    record.conflicts.discard(SLOTS[event.kind])
    return dropped


def _of_other_kinds(record: Record, event: Event, compatible: Compatible) -> list[Event]:
    """1台1年的，等等，永久的: the period is corrected, and the one computer stays."""
    kept = [
        old
        for old in record.amounts
        if old.amount is not None
        and event.amount is not None
        and {old.amount.kind, event.amount.kind} == {AmountKind.SIZE, AmountKind.PERIOD}
    ]
    trial = replace(record, amounts=kept)
    return kept if kept and len(record.amounts) > 1 and compatible(trial, [event]) else []


_NUMBERED = re.compile(r"\d")


def take_back(record: Record, event: Event) -> bool:
    """Drops what the event repeats. Whether there was anything to drop."""
    if event.kind is EventKind.QUANTITY:
        same = record.quantity is not None and same_value(record.quantity, event)
        record.quantity = None if same else record.quantity
        return same
    listed = list_of(record, event)
    kept = [old for old in listed if not same_value(old, event)]
    dropped = len(kept) < len(listed)
    listed[:] = kept
    return dropped


def refuse(record: Record, tier: Event) -> None:
    """不要慢充: that tier is none of the record's, said before or not."""
    record.qualifiers = [old for old in record.qualifiers if not same_value(old, tier)]
    record.refused.append(tier)


def keep_later(record: Record) -> None:
    """联通一区…我是联通二区的，改下: of two values that stood side by side the later one counts."""
    for listed in (record.names, record.amounts, record.accounts, record.regions):
        listed[:-1] = []
    record.conflicts.clear()


def has(record: Record, slot: Slot) -> bool:
    """Whether a record has what a correction may say is wrong."""
    return bool(
        (slot is Slot.ACCOUNT and record.accounts)
        or (slot is Slot.REGION and record.regions)
        or (slot is Slot.VARIANT and record.amounts)
    )
