"""What a channel must remember between two messages so that it can reach its customers.

Where an order's card stands on the platform; how many messages the platform still lets us send to a
customer; and which messages wait until he writes again. Every function works inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    delete,
    select,
    text,
    update,
)

from bot.messages import ChatAddress, OutgoingMessage, Speaker
from bot.store import chats
from bot.store.chats import Attended, Delivery
from bot.store.tables import Moment, messages, metadata
from bot.store.tables import chats as chats_table

order_cards = Table(
    "order_cards",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("chat_id", String(128), primary_key=True),
    Column("order_no", String(32), primary_key=True),
    Column("place", String(64), nullable=False),
)

send_allowances = Table(
    "send_allowances",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("chat_id", String(128), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("messages_left", Integer, nullable=False),
    Column("kept_for_staff", Integer, nullable=False),
    Column("ends_at", Moment, nullable=False),
)

held_messages = Table(
    "held_messages",
    metadata,
    Column("outgoing_id", Integer, ForeignKey("messages.id"), primary_key=True),
    Column("given_with", String(128)),
    Column("at", Moment, nullable=False),
    Index("ix_held_messages_at", "at"),
)

GIVEN_REMEMBERED = timedelta(hours=1)
"""A platform repeats an unanswered message within seconds; an hour is ample to answer it alike."""


# One statement each: two processes may do the same for one chat at the same time.
_KEEP_PLACE = text(
    "INSERT INTO order_cards (channel, chat_id, order_no, place) VALUES (:channel, :chat_id, :order_no, :place) "
    "ON CONFLICT (channel, chat_id, order_no) DO UPDATE SET place = excluded.place"
)
_GRANT = text(
    "INSERT INTO send_allowances (channel, chat_id, kind, messages_left, kept_for_staff, ends_at) "
    "VALUES (:channel, :chat_id, :kind, :messages_left, :kept_for_staff, :ends_at) "
    "ON CONFLICT (channel, chat_id, kind) DO UPDATE SET messages_left = excluded.messages_left, "
    "kept_for_staff = excluded.kept_for_staff, ends_at = excluded.ends_at"
).bindparams(bindparam("ends_at", type_=Moment))
_HOLD = text(
    "INSERT INTO held_messages (outgoing_id, given_with, at) VALUES (:outgoing_id, NULL, :at) "
    "ON CONFLICT (outgoing_id) DO NOTHING"
).bindparams(bindparam("at", type_=Moment))


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many messages of ours, for so long, because of something the customer did."""

    kind: str
    messages: int
    lasts: timedelta
    kept_for_staff: int = 0
    """The last ones, which only a member of staff may use."""


def card_place(tx: Connection, chat: ChatAddress, order_no: str) -> str | None:
    """The platform's own id of the message that shows the order's card."""
    place: str | None = tx.execute(
        select(order_cards.c.place).where(_of(order_cards, chat), order_cards.c.order_no == order_no)
    ).scalar_one_or_none()
    return place


def keep_card_place(tx: Connection, chat: ChatAddress, order_no: str, place: str) -> None:
    tx.execute(
        _KEEP_PLACE,
        {"channel": chat.channel, "chat_id": chat.chat_id, "order_no": order_no, "place": place},
    )


def grant(tx: Connection, chat: ChatAddress, allowance: Allowance, now: datetime) -> None:
    """The customer did something that lets us write: his allowance of that kind begins anew."""
    tx.execute(
        _GRANT,
        {
            "channel": chat.channel,
            "chat_id": chat.chat_id,
            "kind": allowance.kind,
            "messages_left": allowance.messages,
            "kept_for_staff": allowance.kept_for_staff,
            "ends_at": now + allowance.lasts,
        },
    )


def spend(tx: Connection, chat: ChatAddress, now: datetime, *, staff: bool) -> bool:
    """Take one message from what is allowed, from what ends soonest. False: nothing is left."""
    spare = send_allowances.c.messages_left > (0 if staff else send_allowances.c.kept_for_staff)
    usable = and_(_of(send_allowances, chat), send_allowances.c.ends_at > now, spare)
    kinds = (
        tx.execute(select(send_allowances.c.kind).where(usable).order_by(send_allowances.c.ends_at))
        .scalars()
        .all()
    )
    for kind in kinds:
        taken = tx.execute(
            update(send_allowances)
            .where(usable, send_allowances.c.kind == kind)
            .values(messages_left=send_allowances.c.messages_left - 1)
        )
        if taken.rowcount == 1:
            return True
    return False


def give_back(tx: Connection, chat: ChatAddress, now: datetime) -> None:
    """What was taken with `spend` was not sent after all."""
    usable = and_(_of(send_allowances, chat), send_allowances.c.ends_at > now)
    kind = tx.execute(
        select(send_allowances.c.kind).where(usable).order_by(send_allowances.c.ends_at).limit(1)
    ).scalar_one_or_none()
    if kind is not None:
        tx.execute(
            update(send_allowances)
            .where(usable, send_allowances.c.kind == kind)
            .values(messages_left=send_allowances.c.messages_left + 1)
        )


def left(tx: Connection, chat: ChatAddress, now: datetime) -> int:
    """How many messages may still be sent, those kept for staff included."""
    counts = tx.execute(
        select(send_allowances.c.messages_left).where(
            _of(send_allowances, chat), send_allowances.c.ends_at > now
        )
    ).scalars()
    return sum(counts)


def use_up(tx: Connection, chat: ChatAddress) -> None:
    """The platform says that nothing is left, whatever we counted."""
    tx.execute(delete(send_allowances).where(_of(send_allowances, chat)))


def hold(tx: Connection, outgoing_id: int, now: datetime) -> None:
    """Keep a message until the customer writes again. Holding it twice is holding it once."""
    tx.execute(_HOLD, {"outgoing_id": outgoing_id, "at": now})


def given_with(
    tx: Connection,
    chat: ChatAddress,
    message_id: str,
    answers: Sequence[OutgoingMessage],
    fit: Callable[[Sequence[OutgoingMessage]], bool],
    now: datetime,
) -> tuple[OutgoingMessage, ...]:
    """What travels back with the customer's message: what was held for him, then its answer.

    As much of what was held as fits beside the answer. The same message again gets the same, and an
    answer that the sender has sent meanwhile is not given a second time.
    """
    tx.execute(
        delete(held_messages).where(
            held_messages.c.given_with.is_not(None), held_messages.c.at < now - GIVEN_REMEMBERED
        )
    )
    if before := _held(tx, chat, message_id):
        return before
    pending = tuple(answer for answer in answers if chats.mark(tx, answer.outgoing_id, Delivery.SENT))
    waiting: list[OutgoingMessage] = []
    for held in _held(tx, chat, None):
        if not _may_be_said(tx, held):
            chats.mark(tx, held.outgoing_id, Delivery.DROPPED)
            tx.execute(delete(held_messages).where(held_messages.c.outgoing_id == held.outgoing_id))
        elif fit((*waiting, held, *pending)):
            chats.mark(tx, held.outgoing_id, Delivery.SENT)
            waiting.append(held)
        else:
            break
    for message in (*waiting, *pending):
        hold(tx, message.outgoing_id, now)
        tx.execute(
            update(held_messages)
            .where(held_messages.c.outgoing_id == message.outgoing_id)
            .values(given_with=message_id, at=now)
        )
    return (*waiting, *pending)


def _held(tx: Connection, chat: ChatAddress, message_id: str | None) -> tuple[OutgoingMessage, ...]:
    keys = tx.execute(
        select(held_messages.c.outgoing_id)
        .join(messages, messages.c.id == held_messages.c.outgoing_id)
        .join(chats_table, chats_table.c.id == messages.c.chat)
        .where(
            chats_table.c.channel == chat.channel,
            chats_table.c.chat_id == chat.chat_id,
            held_messages.c.given_with.is_not_distinct_from(message_id),
        )
        .order_by(messages.c.seq)
    ).scalars()
    found = (chats.outgoing(tx, key) for key in keys.all())
    return tuple(message for message, _ in (pair for pair in found if pair is not None))


def _may_be_said(tx: Connection, message: OutgoingMessage) -> bool:
    """What the bot wrote is not said any more once a person attends; news and staff always are."""
    if message.speaker is not Speaker.BOT:
        return True
    chat = chats.find_chat(tx, message.chat)
    return chat is not None and chat.attended is not Attended.AGENT


def _of(table: Table, chat: ChatAddress) -> ColumnElement[bool]:
    return and_(table.c.channel == chat.channel, table.c.chat_id == chat.chat_id)
