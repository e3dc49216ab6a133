"""Where a new line of an order begins: which clauses and words speak of other goods than those before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlu.mention import MentionKind
from nlu.records import Event, EventKind, Record, is_article, same_goods, same_kind, same_value

Compatible = Callable[[Record, Sequence[Event]], bool]
"""Whether the amounts of the events can stand beside those of the record (10G月包, 1台一年)."""


def collides(record: Record, event: Event, compatible: Compatible) -> bool:
    """Whether a record already has another of what an event says."""
    match event.kind:
        case EventKind.NAME:
            return bool(record.names) and not same_goods(record.name, event.mention)
        case EventKind.ACCOUNT:
            return bool(record.accounts) and same_kind(record.accounts, event)
        case EventKind.AMOUNT:
            return bool(record.amounts) and not compatible(record, [event])
        case EventKind.QUANTITY:
            return record.counted and not is_article(event)
        case EventKind.REGION:
            return bool(record.regions) and record.regions[-1].mention != event.mention
        case _:
            return False


def opens(record: Record, clause: Sequence[Event], compatible: Compatible) -> bool:
    """Whether a clause speaks of a new line: it says again what the record already has."""
    return not record.empty and any(
        event.kind is not EventKind.REGION and collides(record, event, compatible) for event in clause
    )


def begins_anew(records: Sequence[Record], separator: EventKind | None, clause: Sequence[Event]) -> bool:
    """Whether a clause speaks of a new line though it may say nothing again. `separator`: what parts it from
    the one before it."""
    record = records[-1]
    match separator:
        case EventKind.JOIN:
            sized_again = bool(record.amounts) and _has(clause, EventKind.AMOUNT)
            return sized_again or _one_and_more(record, clause) or joins_a_label(record, separator, clause)
        case EventKind.STOP:
            return (
                _past_a_list(records, clause)
                or _past_bare_recipients(record, clause)
                or (whole(record, clause) and not record.corrected)
                or _past_a_stranger(record, clause)
                or _below_a_bare_line(record, clause)
            )
        case EventKind.COMMA:
            return _past_a_stranger(record, clause)
        case _:
            return False


def heads_the_next(record: Record, clause: Sequence[Event], following: Sequence[Event]) -> bool:
    """京东卡，100*15，京东卡，50*10，…: behind a whole line the same name alone heads the next one, with another size."""
    if not record.amounts or [event.kind for event in clause] != [EventKind.NAME]:
        return False
    if [event.kind for event in following][:1] != [EventKind.AMOUNT]:
        return False
    otherwise = not any(same_value(following[0], size) for size in record.amounts)
    complete = record.counted or bool(record.accounts) or otherwise
    return complete and same_goods(record.name, clause[0].mention)


def whole(record: Record, clause: Sequence[Event]) -> bool:
    """Whether a sentence has goods or a size, and a recipient, of its own."""
    return _has(clause, EventKind.ACCOUNT) and _has(clause, EventKind.AMOUNT) and bool(record.amounts)


def other_goods(records: Sequence[Record], clause: Sequence[Event]) -> bool:
    """Whether a sentence names goods of its own with their size, none of those in hand."""
    names = [event for event in clause if event.kind is EventKind.NAME]
    known = [name for record in records for name in record.names]
    return (
        _has(clause, EventKind.AMOUNT)
        and bool(names)
        and not any(same_goods(name.mention, one.mention) for name in names for one in known)
    )


def names_others(record: Record, clause: Sequence[Event]) -> bool:
    """Whether a clause names goods that the record does not have."""
    return any(e.kind is EventKind.NAME and not same_goods(record.name, e.mention) for e in clause)


def counts_again(record: Record, separator: EventKind | None, clause: Sequence[Event]) -> bool:
    """Whether a clause says nothing but another number of pieces: 五张，六张."""
    return (
        separator is not EventKind.JOIN
        and record.counted
        and all(event.kind is EventKind.QUANTITY and not is_article(event) for event in clause)
    )


def joins_a_label(record: Record, separator: EventKind | None, clause: Sequence[Event]) -> bool:
    """6480和列车补给凭证, 空月和6480: of a size and a label that are joined each is a variant."""
    if separator is not EventKind.JOIN or not record.names or clause[0].kind not in _SIZING:
        return False
    labelled = any(map(is_label, record.qualifiers))
    if clause[0].kind is EventKind.QUALIFIER:
        return bool(record.amounts) and not labelled and is_label(clause[0])
    return labelled and not record.amounts


def tier_of_the_next(record: Record, event: Event, following: Sequence[Event]) -> bool:
    """日本流量5天 A 韩国3天 B: behind a whole line and in front of a size, 韩国 speaks of the next."""
    return (
        event.kind is EventKind.QUALIFIER
        and bool(record.names and record.amounts and record.accounts)
        and record.end <= event.start
        and any(
            one.kind is EventKind.AMOUNT
            and one.start - event.end <= 1
            and not any(same_value(one, said) for said in record.amounts)
            for one in following
        )
    )


def perhaps_tier_of_the_next(
    record: Record, event: Event, following: Sequence[Event], compatible: Compatible
) -> bool:
    """A月卡 超级会员年卡, where A may be sold in either tier: of both sizes, or only of the second?"""
    size = next((one for one in following if one.kind is not EventKind.NOUN), None)
    return (
        event.kind is EventKind.QUALIFIER
        and bool(record.names and record.amounts)
        and max(amount.end for amount in record.amounts) <= event.start
        and size is not None
        and size.kind is EventKind.AMOUNT
        and not compatible(record, [size])
    )


def kind_of_the_next(record: Record, event: Event, following: Sequence[Event]) -> bool:
    """成人票两张儿童票一张: behind goods that were counted, another label is counted too."""
    return (
        event.kind is EventKind.QUALIFIER
        and event.mention is not None
        and event.mention.role is None
        and record.quantity is not None
        and bool(record.names)
        and record.quantity.end <= event.start
        and record.quantity.end > max(name.start for name in record.names)
        and any(one.kind is EventKind.QUANTITY and one.start - event.end <= 1 for one in following)
    )


def is_label(event: Event) -> bool:
    """Whether a word is what a variant is called."""
    return (
        event.mention is not None
        and event.mention.role is None
        and event.mention.kind is MentionKind.QUALIFIER
    )


def _below_a_bare_line(record: Record, clause: Sequence[Event]) -> bool:
    """…，C一百 and below it steam卡100: C has its size, and the goods of the next line have theirs."""
    bare = not record.names and record.accounts and record.amounts
    return bool(bare) and _sized_goods(clause)


def _one_and_more(record: Record, clause: Sequence[Event]) -> bool:
    """海底捞100的一张，再来两张…: two more, of what is said next or has to be asked."""
    one = record.quantity is not None and not record.counted
    counts = any(event.kind is EventKind.QUANTITY and not is_article(event) for event in clause)
    return one and counts and bool(record.amounts)


def _past_a_list(records: Sequence[Record], clause: Sequence[Event]) -> bool:
    """…给A、B、C and then another sentence with goods of its own: C is the last of the list."""
    record = records[-1]
    bare = bool(record.accounts) and not record.names and not record.amounts
    named = any(other.names for other in records[:-1])
    listed = record.opened_by in (EventKind.JOIN, EventKind.COMMA)
    return listed and bare and named and _has(clause, EventKind.NAME)


def _past_bare_recipients(record: Record, clause: Sequence[Event]) -> bool:
    """…给qqA、qqB；手机C充50: a recipient of another kind with a size of its own is no second one of the last."""
    bare = bool(record.accounts) and not (record.names or record.amounts)
    others = [event for event in clause if event.kind is EventKind.ACCOUNT]
    own = bool(others) and _has(clause, EventKind.AMOUNT)
    return bare and own and not any(same_kind(record.accounts, event) for event in others)


def _past_a_stranger(record: Record, clause: Sequence[Event]) -> bool:
    """剪VSIP月卡138…，美图月卡也是: a line whose own goods nobody read has its size and its recipient;
    the goods of the next are not its own."""
    said = record.amounts or record.counted
    return bool(said and record.accounts) and not record.names and not record.nouns and _sized_goods(clause)


def _sized_goods(clause: Sequence[Event]) -> bool:
    return _has(clause, EventKind.NAME) and _has(clause, EventKind.AMOUNT)


def _has(clause: Sequence[Event], kind: EventKind) -> bool:
    return any(event.kind is kind for event in clause)


_SIZING = frozenset({EventKind.QUALIFIER, EventKind.AMOUNT})
