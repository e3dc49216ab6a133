"""Calls for a person. An alarm rings once, until somebody has seen to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from orders.database import Tx
from orders.store.instants import moment, stamp
from orders.tables import alarms

SUBJECT_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that waits for a person. `subject` names the order, refund or request."""

    alarm_no: int
    kind: str
    subject: str
    detail: str
    raised_at: datetime


_RINGING = select(alarms.c.alarm_no).where(
    alarms.c.kind == bindparam("b_kind"),
    alarms.c.subject == bindparam("b_subject"),
    alarms.c.closed_at.is_(None),
)
_RING = insert(alarms)
_OPEN = select(alarms).where(alarms.c.closed_at.is_(None)).order_by(alarms.c.alarm_no)
_ONE = select(alarms).where(alarms.c.alarm_no == bindparam("b_alarm_no"))
_CLOSE = (
    update(alarms)
    .where(alarms.c.alarm_no == bindparam("b_alarm_no"), alarms.c.closed_at.is_(None))
    .values(closed_at=bindparam("b_now"), closed_by=bindparam("b_agent"))
)


_RANG_SINCE = select(alarms.c.alarm_no).where(
    alarms.c.kind == bindparam("b_kind"),
    alarms.c.subject == bindparam("b_subject"),
    alarms.c.raised_at >= bindparam("b_since"),
)
_SETTLE = (
    update(alarms)
    .where(
        alarms.c.kind == bindparam("b_kind"),
        alarms.c.subject == bindparam("b_subject"),
        alarms.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("b_now"), closed_by=bindparam("b_agent"))
)


def rang_since(tx: Tx, kind: str, subject: str, since: datetime) -> bool:
    """Whether it rang since then, seen to or not."""
    found = tx.execute(_RANG_SINCE, {"b_kind": kind, "b_subject": subject, "b_since": stamp(since)})
    return found.first() is not None


def settle(tx: Tx, kind: str, subject: str, agent: str, now: datetime) -> None:
    """What it rang for is over; nothing happens where it does not ring."""
    parameters = {"b_kind": kind, "b_subject": subject, "b_now": stamp(now), "b_agent": agent}
    tx.execute(_SETTLE, parameters)


def ring(tx: Tx, kind: str, subject: str, detail: str, now: datetime) -> bool:
    """Call a person; False where the same alarm is ringing already. A subject that is too long is cut:
    what it calls for must not fail on its name."""
    subject = subject[:SUBJECT_LENGTH_MAX]
    if tx.execute(_RINGING, {"b_kind": kind, "b_subject": subject}).first():
        return False
    tx.execute(_RING, {"kind": kind, "subject": subject, "detail": detail, "raised_at": stamp(now)})
    return True


def rings(tx: Tx, kind: str, subject: str) -> bool:
    """Whether this alarm was raised and nobody has seen to it."""
    parameters = {"b_kind": kind, "b_subject": subject[:SUBJECT_LENGTH_MAX]}
    return tx.execute(_RINGING, parameters).first() is not None


def ringing(tx: Tx) -> tuple[Alarm, ...]:
    """Every alarm that nobody has seen to, oldest first."""
    return tuple(map(_alarm, tx.execute(_OPEN)))


def close(tx: Tx, alarm_no: int, agent: str, now: datetime) -> Alarm | None:
    """Somebody has seen to it. Returns what rang; None where that was known."""
    parameters = {"b_alarm_no": alarm_no, "b_now": stamp(now), "b_agent": agent}
    if tx.execute(_CLOSE, parameters).rowcount != 1:
        return None
    return _alarm(tx.execute(_ONE, {"b_alarm_no": alarm_no}).one())


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(row.alarm_no, row.kind, row.subject, row.detail, moment(row.raised_at))
