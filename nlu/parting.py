"""Recipients that stand with goods which go to nobody, and counts of several goods in one message.

A card is handed to whoever buys it. So in `优酷月卡给A和B，京东卡100一张` the card has no share in B, however near
they stand; and of 两份，一份给A，一份给B；天猫卡四张 each count is held against the recipients of its own goods.
"""

from __future__ import annotations

from collections.abc import Callable

from nlu.records import EventKind, Record


def parted(records: list[Record], takes_nobody: Callable[[Record], bool]) -> list[Record]:
    """PSN卡100一张；A、B充50话费: A joins the recipients behind it, for the card goes to nobody."""
    apart: list[Record] = []
    for at, record in enumerate(records):
        if at and (others := _recipient_of_others(record, takes_nobody)) is not None:
            apart.append(others)
        apart.append(record)
        following = records[at + 1] if at + 1 < len(records) else None
        joined = following is not None and following.opened_by is EventKind.JOIN and following.accounts
        if following is None or not joined or not (following.names or following.nouns):
            continue
        if not (record.names and record.amounts and record.accounts):
            continue
        event = record.accounts[-1]
        if takes_nobody(record) and event.start > max(one.end for one in (*record.names, *record.amounts)):
            record.accounts = record.accounts[:-1]
            apart.append(
                Record(
                    start=event.start,
                    end=event.end,
                    accounts=[event],
                    first=EventKind.ACCOUNT,
                    opened_by=EventKind.STOP,
                )
            )
    return apart


def _recipient_of_others(record: Record, takes_nobody: Callable[[Record], bool]) -> Record | None:
    """优酷月卡给A和B，京东卡100一张: B joins the recipient in front of it. Takes it away from the card."""
    goods = min((one.start for one in (*record.names, *record.nouns, *record.amounts)), default=0)
    joined = record.opened_by is EventKind.JOIN and record.first is EventKind.ACCOUNT
    if not joined or len(record.accounts) != 1 or record.accounts[0].end > goods or not takes_nobody(record):
        return None
    event = record.accounts[0]
    record.accounts, record.opened_by, record.first = [], EventKind.STOP, EventKind.NAME
    record.start = goods
    return Record(event.start, event.end, accounts=[event], first=EventKind.ACCOUNT, opened_by=EventKind.JOIN)


def stretches(records: list[Record]) -> list[list[Record]]:
    """两份，一份给A，一份给B；天猫卡四张: where more than one thing is counted, each with the recipients behind it."""
    if sum(record.counted for record in records) < 2:
        return [records]
    stretches: list[list[Record]] = [[]]
    for record in records:
        if record.names and stretches[-1]:
            stretches.append([])
        stretches[-1].append(record)
    return stretches
