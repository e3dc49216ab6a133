"""What one record leaves unsaid and another said: the goods, the size, the recipient, the server.

`13811110063、13911110064 都充100话费` says the goods once for two recipients; a table says them in its
heading. What is shared is shared only where the message says so by its shape; else the slot stays
open, because a size given to the wrong recipient is the worst thing that can happen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nlu.accounts import PHONE
from nlu.parting import parted, stretches
from nlu.records import Event, EventKind, Record, same_goods
from nlu.shape import Shape
from nlu.shared_counts import doubt_last_count, spread_count, spread_over_sizes
from nlu.signs import Signs
from nlu.takers import nearly_a_phone
from nlu.understanding import Slot


def shared(records: list[Record], shape: Shape) -> list[Record]:
    """The records with what they take from each other."""
    records = _rejoined(_paired(parted(records, shape.takes_nobody), shape))
    if len(records) > 1:
        doubt_last_count(records, shape)
        for stretch in stretches(records):
            spread_count(stretch, shape)
        spread_over_sizes(records, shape)
        _share_goods(records, shape)
        _share_accounts(records, shape)
        if not shape.rows:
            _share_regions(records, shape)
    if shape.each_quantity is not None:
        for record in records:
            record.quantity = shape.each_quantity
    return records


def _paired(records: list[Record], shape: Shape) -> list[Record]:
    """分别充50和100: the n-th recipient gets the n-th size."""
    if not shape.respectively:
        return records
    accounts = [record for record in records if record.accounts]
    sizes = [event for record in records for event in record.amounts]
    if len(accounts) < 2 or len(sizes) != len(accounts):
        return records
    named = [record for record in records if record.names]
    if len(named) > 1:
        return _paired_goods(records, accounts)
    goods = next(iter(named), None)
    for record, size in zip(accounts, sizes, strict=True):
        record.amounts = [size]
        record.conflicts.discard(Slot.VARIANT)
        if goods is not None and not record.names:
            record.names, record.nouns, record.qualifiers = goods.names, goods.nouns, goods.qualifiers
    return accounts


def _paired_goods(records: list[Record], recipients: list[Record]) -> list[Record]:
    """爱奇艺月卡、优酷季卡，分别充A、B: the n-th recipient gets the n-th of the goods."""
    goods = [record for record in records if record.names and record.amounts]
    given = [record.accounts for record in recipients]
    whole = len(goods) == len(given) and all(len(one.names) == len(one.amounts) == 1 for one in goods)
    if not whole or any(record.names and not record.amounts for record in records):
        for record in records:
            record.doubtful = True
        return records
    for record, accounts in zip(goods, given, strict=True):
        record.accounts = accounts
        record.conflicts.clear()
    return goods


def _rejoined(records: list[Record]) -> list[Record]:
    """喜马拉雅和知乎都要年卡，喜马拉雅充A，知乎充B: goods that are named again only to say for whom."""
    kept: list[Record] = []
    for record in records:
        bare = record.names and record.accounts and not record.amounts and not record.counted
        same = [other for other in kept if bare and other.names and same_goods(other.name, record.name)]
        if len(same) == 1 and not same[0].accounts and not record.conflicts | record.open:
            same[0].accounts = record.accounts
            same[0].regions = same[0].regions or record.regions
            same[0].doubtful |= record.doubtful
            same[0].uncorrected |= record.uncorrected
        else:
            kept.append(record)
    return kept


def doubt_gaps(text: str, records: Sequence[Record], shape: Shape, signs: Signs) -> None:
    """Two recipients with the same goods, and words between them that nobody understood: perhaps the
    second corrects the first. What cannot be told is asked."""
    if shape.each:
        return
    for one, other in pairwise(records):
        unnamed = not one.names and not other.names
        shares = any(
            Slot.VARIANT in record.inherited and (unnamed or Slot.PRODUCT in record.inherited)
            for record in (one, other)
        )
        same_size = unnamed and [e.amount for e in one.amounts] == [e.amount for e in other.amounts]
        shares = shares or same_size
        if not shares or not one.accounts or not other.accounts:
            continue
        gap = text[one.accounts[-1].end : other.accounts[0].start]
        known = (
            *one.regions,
            *other.regions,
            *one.amounts,
            *one.names,
            *one.nouns,
            *other.names,
            *other.amounts,
        )
        for start, end in sorted({(event.start, event.end) for event in known}, reverse=True):
            if one.accounts[-1].end <= start < other.accounts[0].start:
                at = start - one.accounts[-1].end
                gap = gap[:at] + gap[at + end - start :]
        people = signs.between.sub("", gap)
        if people and "\n" not in gap:
            one.doubtful = other.doubtful = True


def _sized_beside_a_label(record: Record, source: Record) -> bool:
    """空月和6480: the second is a size of the goods, and not of the variant that the first names."""
    return record.opened_by is EventKind.JOIN and bool(record.amounts) and not source.amounts


def _labelled_beside_a_size(record: Record) -> bool:
    """6480和列车补给凭证: nor has the named variant the size of the other."""
    return record.opened_by is EventKind.JOIN and record.first is EventKind.QUALIFIER


def _share_goods(records: list[Record], shape: Shape) -> None:
    account_first = _account_first(records)
    named = any(record.names or record.nouns for record in records)
    sized = any(record.amounts for record in records)
    for at, record in enumerate(records if named else ()):
        if not record.names and not record.nouns:
            source = _source(
                records,
                at,
                account_first,
                lambda other, mine=record: bool(other.names or other.nouns) and shape.suits(mine, other),
            )
            if source is not None:
                record.names, record.nouns = list(source.names), list(source.nouns)
                if not _sized_beside_a_label(record, source):
                    record.qualifiers = record.qualifiers or list(source.qualifiers)
                record.inherited.add(Slot.PRODUCT)
                record.borrowed += [(source.start, source.end), *source.borrowed]
                if record.opened_by is not EventKind.JOIN and _another_kind(record, source):
                    # 缴一百 138…；CF2000点 QQ …: a phone takes no goods over from a QQ number.
                    record.doubtful = True
                if not shape.suits(source, source) and (shape.tops_up or source.first is EventKind.ACCOUNT):
                    # 138…充50 京东卡100: whose the 50 is cannot be told.
                    record.doubtful = source.doubtful = True
                if _bought_alone(record, records[at + 1 : at + 2]):
                    record.doubtful = True
                if record.opened_by is not EventKind.JOIN and not _own(record, source) and not shape.each:
                    # A second size with nothing that joins it may be a change of mind.
                    record.doubtful = source.doubtful = True
    for at, record in enumerate(records if sized else ()):
        labelled = any(event.mention and not event.mention.role for event in record.qualifiers)
        own = record.names and Slot.PRODUCT not in record.inherited
        if record.amounts or (labelled and (own or _labelled_beside_a_size(record))):
            continue
        if (record.accounts and not record.names) or Slot.PRODUCT in record.inherited:
            source = _source(
                records,
                at,
                account_first,
                lambda other, mine=record: bool(other.amounts) and _same(other, mine),
            )
        else:
            source = _listed_before(records, at, shape)
        if source is None:
            continue
        if (
            record.accounts
            and not account_first
            and _disagree(records, at)
            and not _follows(records, at, source)
        ):
            record.doubtful = True
            continue
        record.amounts = list(source.amounts)
        record.open |= source.open & {Slot.VARIANT}
        record.conflicts |= source.conflicts & {Slot.VARIANT}
        record.inherited.add(Slot.VARIANT)
        if (
            source.counted
            and record.quantity is None
            and shape.each_quantity is None
            and (
                not shape.each
                or (
                    source.quantity is not None
                    and source.quantity.quantity is not None
                    and source.quantity.quantity.word == "个"
                )
            )
        ):
            record.doubtful = source.doubtful = True


def _bought_alone(record: Record, following: Sequence[Record]) -> bool:
    """手机138…充50 in a line of its own, and below it goods with size and number of their own: whether the
    50 is of these goods cannot be told."""
    return bool(record.amounts and record.accounts) and any(
        other.opened_by in (EventKind.STOP, None) and other.names and other.amounts and other.accounts
        for other in following
    )


def _another_kind(record: Record, source: Record) -> bool:
    """Whether the recipients of two records are by all appearances of different kinds."""
    kinds = [
        {
            event.account.said or next(iter(event.account.kinds), None)
            for event in one.accounts
            if event.account
        }
        for one in (record, source)
    ]
    lacks_a_digit = PHONE in kinds[1] and all(
        event.account is not None and nearly_a_phone(event.account) for event in record.accounts
    )
    return all(kinds) and kinds[0].isdisjoint(kinds[1]) and not lacks_a_digit


def _own(record: Record, source: Record) -> bool:
    """Whether a record has a recipient or a count that makes it a line of its own: …两张，…一张."""
    both_counted = (
        record.quantity is not None and source.quantity is not None and source.quantity != record.quantity
    )
    return bool(record.accounts) or record.counted or both_counted


def _follows(records: Sequence[Record], at: int, source: Record) -> bool:
    """Whether the record stands behind its source with nothing but recipients in between."""
    places = [place for place, record in enumerate(records) if record is source]
    return bool(places) and places[0] < at


def _disagree(records: Sequence[Record], at: int) -> bool:
    sizes = {
        tuple(event.amount.low for event in record.amounts if event.amount)
        for record in records
        if record.amounts
    }
    return len(sizes) > 1


def _same(one: Record, other: Record) -> bool:
    if one.name is None or other.name is None:
        return one.name is other.name or Slot.PRODUCT in other.inherited
    return same_goods(one.name, other.name)


def _account_first(records: Sequence[Record]) -> bool:
    """Whether recipients are named before their goods (A、B充100) or behind them (100给A、B)."""
    for record in records:
        if record.accounts and (record.amounts or record.names):
            goods = min(event.start for event in (*record.amounts, *record.names))
            return record.accounts[0].start < goods
    return True


def _source(records: Sequence[Record], at: int, account_first: bool, has) -> Record | None:  # type: ignore[no-untyped-def]
    behind = next((record for record in records[at + 1 :] if has(record)), None)
    before = next((record for record in reversed(records[:at]) if has(record)), None)
    if records[at].accounts and not account_first and not _lists_ahead(records, at):
        return before or behind
    if records[at].accounts:
        return behind or before
    return before or behind


def _lists_ahead(records: Sequence[Record], at: int) -> bool:
    """迅雷年卡 A。B、C充100: what begins a list whose last member names the goods takes them from there."""
    following = records[at + 1] if at + 1 < len(records) else None
    return (
        at > 0
        and records[at].opened_by in (EventKind.STOP, None)
        and following is not None
        and following.opened_by is EventKind.JOIN
        and bool(following.accounts and (following.names or following.amounts))
    )


def _listed_before(records: Sequence[Record], at: int, shape: Shape) -> Record | None:
    """爱奇艺和优酷月卡: the size behind the last of a list of names is the size of all."""
    if at + 1 < len(records):
        following = records[at + 1]
        listed = bool(records[at].names) and bool(following.names) and following.listed
        if listed and following.amounts and following.names[0].start < following.amounts[0].start:
            return following
        if listed and not following.amounts:
            return _listed_before(records, at + 1, shape)
    if shape.each:
        return next((record for record in records if record.amounts), None)
    return None


def _share_accounts(records: list[Record], shape: Shape) -> None:
    """One recipient said of several goods is the recipient of all, where it stands apart from them."""
    accounts = [event for record in records for event in record.accounts]
    lacking = [record for record in records if not record.accounts]
    if not accounts or not lacking or not any(record.names for record in lacking):
        return
    kinds_apart = len(
        {event.account.said or event.account.kinds[:1] for event in accounts if event.account}
    ) == len(accounts)
    if len(accounts) == 1 or kinds_apart:
        for event in accounts:
            holder = next(record for record in records if event in record.accounts)
            apart = holder is records[-1] or holder is records[0]
            if len(accounts) > 1 and (event.account is None or event.account.said is None):
                continue  # 话费50到A、q币30、原神…: what A is for was said
            if apart and (shape.each or _stands_apart(event, holder)):
                for record in lacking:
                    record.accounts.append(event)
                    record.inherited.add(Slot.ACCOUNT)
                    if (
                        Slot.PRODUCT in holder.inherited
                        and not shape.each
                        and holder.opened_by is not EventKind.JOIN
                    ):
                        record.doubtful = holder.doubtful = True


def _stands_apart(event: Event, holder: Record) -> bool:
    assert event.account is not None
    return event.account.label is not None or all(
        abs(event.start - other.end) > 0 for other in (*holder.names, *holder.amounts)
    )


def _share_regions(records: list[Record], shape: Shape) -> None:
    said = [record for record in records if record.regions]
    if len(said) == 1:
        for record in records:
            if not shape.each and _stands_past(record, said[0]):
                continue
            if (not record.regions and not record.name) or (
                record.name and said[0].name and same_goods(record.name, said[0].name)
            ):
                record.regions = list(said[0].regions)
                record.inherited.add(Slot.REGION)


def _stands_past(record: Record, other: Record) -> bool:
    """uid A 天空岛，uid B: the server stands between A and B, and whether it is B's too was not said."""
    if record is other or not record.accounts or not other.accounts or Slot.ACCOUNT in record.inherited:
        return False
    return other.accounts[0].start < other.regions[0].start < record.accounts[0].start
