"""What was not understood, as rows: one for each phrase of each chat, masked before it comes here.

Bounded in number and age, whoever writes: a customer who floods fills his own share of a day, all of
them together the day's, and what was kept before stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.store.tables import Moment, messages, metadata
from orders.policy import LearningPolicy

misses = Table(
    "misses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", Integer, ForeignKey("chats.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("phrase", String(240), nullable=False),
    Column("words", String(32), nullable=False),
    Column("asked", String(48), nullable=False),
    Column("in_hand", String(64)),
    Column("intent", String(24), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("times", Integer, nullable=False),
    Column("product", String(64)),
    Column("meant", String(64)),
    Column("at", Moment, nullable=False),
    UniqueConstraint("chat", "kind", "phrase", name="uq_misses_phrase"),
    Index("ix_misses_at", "at"),
    Index("ix_misses_chat", "chat", "seq"),
)

A_DAY = timedelta(days=1)

CLEARED_UP_WITHIN = 8
"""So many messages later, in both directions, an answer no longer says what was meant then."""


class MissKind(StrEnum):
    """In what way a message was missed."""

    UNCLEAR = "unclear"
    """Nothing in it could be acted upon."""
    ASKED = "asked"
    """Which goods were meant had to be asked."""
    UNKNOWN = "unknown"
    """It asks for goods that are known and not sold here."""
    CORRECTED = "corrected"
    """It was understood, and the customer then said something else."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One message that was missed, as it is kept."""

    kind: MissKind
    phrase: str
    words: str
    """What nobody understood of it, or what was taken for a name; empty where that is not one thing."""
    asked: str
    """What stood open: purpose and slot of the question, empty where there was none."""
    in_hand: str | None
    """The product that was being ordered."""
    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class KeptMiss:
    """A miss with how often this customer said it, and what it turned out to mean, if it did."""

    miss_id: int
    chat: int
    miss: Miss
    times: int
    product: str | None
    meant: str | None
    """An intent, with its topic behind a dot where it has one."""
    at: datetime


def keep(
    tx: Connection, chat: int, seq: int, miss: Miss, limits: LearningPolicy, now: datetime
) -> int | None:
    """Keep the miss; None where it is one too many today. The same of the same customer is counted."""
    same = (misses.c.chat == chat, misses.c.kind == miss.kind.value, misses.c.phrase == miss.phrase)
    found: int | None = tx.execute(
        update(misses).where(*same).values(times=misses.c.times + 1, seq=seq, at=now).returning(misses.c.id)
    ).scalar_one_or_none()
    if found is not None:
        return found
    today = select(func.count()).where(misses.c.at > now - A_DAY)
    of_this_customer = tx.execute(today.where(misses.c.chat == chat)).scalar_one()
    if of_this_customer >= limits.misses_per_customer_per_day_max:
        return None
    if tx.execute(today).scalar_one() >= limits.misses_per_day_max:
        return None
    key = tx.execute(
        insert(misses).values(
            chat=chat,
            seq=seq,
            kind=miss.kind.value,
            phrase=miss.phrase,
            words=miss.words,
            asked=miss.asked,
            in_hand=miss.in_hand,
            intent=miss.intent,
            confidence=miss.confidence,
            times=1,
            at=now,
        )
    ).inserted_primary_key
    assert key is not None
    miss_id = int(key[0])
    tx.execute(delete(misses).where(misses.c.id <= miss_id - limits.misses_max))
    forget_old(tx, limits, now)
    return miss_id


def forget_old(tx: Connection, limits: LearningPolicy, now: datetime) -> int:
    """Forget what is older than the policy keeps it."""
    old = misses.c.at < now - timedelta(days=limits.misses_kept_days)
    return tx.execute(delete(misses).where(old)).rowcount


def still_open(tx: Connection, chat: int, seq: int) -> tuple[int, MissKind] | None:
    """The chat's last miss of which nobody knows yet what it meant, if message `seq` may tell."""
    row = tx.execute(
        select(misses.c.id, misses.c.kind, misses.c.product, misses.c.meant)
        .where(misses.c.chat == chat, misses.c.seq < seq, misses.c.seq >= seq - CLEARED_UP_WITHIN)
        .order_by(misses.c.seq.desc(), misses.c.id.desc())
        .limit(1)
    ).first()
    if row is None or row.product is not None or row.meant is not None:
        return None
    return row.id, MissKind(row.kind)


def clear_up(tx: Connection, miss_id: int, *, product: str | None = None, meant: str | None = None) -> None:
    """Write down what the message turned out to mean."""
    tx.execute(update(misses).where(misses.c.id == miss_id).values(product=product, meant=meant))


def all_kept(tx: Connection, limits: LearningPolicy, now: datetime) -> tuple[KeptMiss, ...]:
    """Everything that is kept, oldest first."""
    rows = tx.execute(
        select(misses)
        .where(misses.c.at >= now - timedelta(days=limits.misses_kept_days))
        .order_by(misses.c.id.desc())
        .limit(limits.misses_max)
    ).all()
    return tuple(
        KeptMiss(
            row.id,
            row.chat,
            Miss(
                MissKind(row.kind), row.phrase, row.words, row.asked, row.in_hand, row.intent, row.confidence
            ),
            row.times,
            row.product,
            row.meant,
            row.at,
        )
        for row in reversed(rows)
    )


def forget(tx: Connection, *, phrases: Iterable[str] = (), words: Iterable[str] = ()) -> int:
    """Forget misses that need no looking at any more, by their phrases or their words."""
    said = or_(misses.c.phrase.in_([*phrases]), misses.c.words.in_([word for word in words if word]))
    return tx.execute(delete(misses).where(said)).rowcount


def said_before(tx: Connection, chat: int, seq: int, limit: int) -> tuple[str, ...]:
    """What the customer typed before message `seq`, newest first."""
    return tuple(
        tx.execute(
            select(messages.c.text)
            .where(
                messages.c.chat == chat,
                messages.c.seq < seq,
                messages.c.speaker.is_(None),
                messages.c.means.is_(None),
            )
            .order_by(messages.c.seq.desc())
            .limit(limit)
        ).scalars()
    )
