"""What was posted to us and nobody signed: kept as evidence, but not without end. Anybody can post, and the
disk is ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from orders.backroom import Backroom
from orders.database import Tx
from orders.payment import Refused
from orders.ports import RawNotice
from orders.store import money

A_MINUTE = timedelta(minutes=1)


def refuse(
    tx: Tx, room: Backroom, sender: str, raw: RawNotice, reason: str, alarm: str, name: str, now: datetime
) -> Refused:
    """Record it among what `sender` posts, unless too many came lately, and ring `alarm` for `name`."""
    kept = money.refused_lately(tx, now - A_MINUTE) < room.policy.limits.refused_notices_kept_per_minute
    if kept:
        money.record_notice(tx, sender, raw, None, reason)
    room.alarm(tx, alarm, name, reason, now)
    return Refused(reason, kept)
