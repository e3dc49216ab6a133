"""Chats and their messages: opened, logged, read back. Every function works inside a transaction.

A chat's messages are numbered without gaps in both directions, so that a client that was away can
ask for what it missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation import Conversation, read, written
from bot.messages import ChatAddress, ChatEntry, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.store.tables import chats, messages

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


class Attended(StrEnum):
    """Who speaks for the shop. There is one truth about it, in the chat's row."""

    BOT = "bot"
    QUEUED = "queued"
    """The customer waits for a person; meanwhile the bot goes on helping."""
    AGENT = "agent"


class Delivery(StrEnum):
    """How far an outgoing message got. What is fetched by the client is never `PENDING`."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    """Written by the bot before a person took over, so never said."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat's row. `version` counts changes of who attends."""

    key: int
    address: ChatAddress
    customer_id: str
    customer_name: str | None
    conversation: Conversation
    attended: Attended
    agent: str | None
    queued_at: datetime | None
    version: int
    last_seq: int
    last_at: datetime

    @property
    def attended_by(self) -> str:
        """`bot`, `queued`, or the agent's name."""
        return self.agent if self.attended is Attended.AGENT and self.agent else self.attended.value


def customer_of(address: ChatAddress) -> str:
    """Who stands behind a chat. One chat is one customer, so nobody sees another's orders."""
    return f"{address.channel}:{address.chat_id}"


def open_chat(tx: Connection, address: ChatAddress, now: datetime, name: str | None = None) -> Chat:
    """The chat, locked for this transaction; created when it is new."""
    found = _chat(tx, address, lock=True)
    if found is not None:
        return found
    _create(
        tx,
        {
            "channel": address.channel,
            "chat_id": address.chat_id,
            "customer_id": customer_of(address),
            "customer_name": name,
            "state": written(Conversation()),
            "attended": Attended.BOT.value,
            "version": 0,
            "last_seq": 0,
            "last_at": now,
            "created_at": now,
        },
    )
    created = _chat(tx, address, lock=True)
    assert created is not None, f"chat {address} vanished while it was opened"
    return created


def _create(tx: Connection, row: dict[str, Any]) -> None:
    """Two processes may hear a new customer's first words at once: the second waits here for the first."""
    kind = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(kind(chats).values(row).on_conflict_do_nothing())


def find_chat(tx: Connection, address: ChatAddress) -> Chat | None:
    return _chat(tx, address, lock=False)


def locked_chat(tx: Connection, address: ChatAddress) -> Chat | None:
    """The chat, locked for this transaction: whoever changes it by what stands in it needs it so."""
    return _chat(tx, address, lock=True)


def chat_of_customer(tx: Connection, customer_id: str, *, lock: bool = False) -> Chat | None:
    """The chat in which a customer was heard last: there the news go. `lock`: as `locked_chat`."""
    query = select(chats).where(chats.c.customer_id == customer_id).order_by(chats.c.last_at.desc()).limit(1)
    row = tx.execute(query.with_for_update() if lock else query).first()
    return _as_chat(row) if row is not None else None


def remember(tx: Connection, chat: Chat, conversation: Conversation) -> None:
    """Keep the conversation's new state; costs nothing when it did not change."""
    if conversation != chat.conversation:
        tx.execute(update(chats).where(chats.c.id == chat.key).values(state=written(conversation)))


def log_incoming(tx: Connection, chat: Chat, message: IncomingMessage, now: datetime) -> int:
    """Record what the customer sent; gives its number."""
    seq = _next_seq(tx, chat, now, heard=True)
    tx.execute(
        insert(messages).values(
            chat=chat.key,
            seq=seq,
            message_id=message.message_id,
            text=message.text,
            means=message.means,
            at=now,
        )
    )
    return seq


def log_outgoing(
    tx: Connection,
    chat: Chat,
    reply: Reply,
    now: datetime,
    *,
    speaker: Speaker,
    delivery: Delivery,
    speaker_name: str | None = None,
    about: str | None = None,
    answers: str | None = None,
    message_id: str | None = None,
) -> OutgoingMessage:
    """Record what is said to the customer. `message_id` makes saying it twice harmless."""
    seq = _next_seq(tx, chat, now, heard=False)
    result = tx.execute(
        insert(messages).values(
            chat=chat.key,
            seq=seq,
            message_id=message_id,
            text=reply.text,
            speaker=speaker.value,
            speaker_name=speaker_name,
            reply=_REPLY.dump_json(reply, exclude_defaults=True).decode(),
            about=about,
            answers=answers,
            delivery=delivery.value,
            at=now,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    return OutgoingMessage(int(key[0]), chat.address, seq, speaker, speaker_name, reply, about, answers, now)


def already_heard(tx: Connection, chat: Chat, message_id: str) -> bool:
    return (
        tx.execute(
            select(messages.c.id).where(messages.c.chat == chat.key, messages.c.message_id == message_id)
        ).first()
        is not None
    )


def said_as(tx: Connection, chat: Chat, message_id: str) -> OutgoingMessage | None:
    """What was said under this id, when it was said before."""
    row = tx.execute(
        _WITH_CHAT.where(messages.c.chat == chat.key, messages.c.message_id == message_id)
    ).first()
    return _as_outgoing(row) if row is not None and row.speaker is not None else None


def answer_to(tx: Connection, chat: Chat, message_id: str) -> OutgoingMessage | None:
    """What was answered to a message; None when the bot kept silent, or a person took over."""
    row = tx.execute(
        _WITH_CHAT.where(
            messages.c.chat == chat.key,
            messages.c.answers == message_id,
            messages.c.delivery != Delivery.DROPPED.value,
        )
    ).first()
    return _as_outgoing(row) if row is not None else None


def outgoing(tx: Connection, outgoing_id: int) -> tuple[OutgoingMessage, Delivery] | None:
    row = tx.execute(_WITH_CHAT.where(messages.c.id == outgoing_id)).first()
    return (_as_outgoing(row), Delivery(row.delivery)) if row is not None and row.speaker else None


def mark(tx: Connection, outgoing_id: int, delivery: Delivery) -> bool:
    """Settle a pending message, once. False when it was settled before."""
    result = tx.execute(
        update(messages)
        .where(messages.c.id == outgoing_id, messages.c.delivery == Delivery.PENDING.value)
        .values(delivery=delivery.value)
    )
    return result.rowcount == 1


def entries(
    tx: Connection, address: ChatAddress, since: int = 0, limit: int = 200, before: int | None = None
) -> tuple[ChatEntry, ...]:
    """What was said after number `since` (and before number `before`), oldest first; the newest
    `limit` when there is more."""
    rows = tx.execute(
        _WITH_CHAT.where(
            chats.c.channel == address.channel,
            chats.c.chat_id == address.chat_id,
            messages.c.seq > since,
            true() if before is None else messages.c.seq < before,
            messages.c.delivery.is_distinct_from(Delivery.DROPPED.value),
        )
        .order_by(messages.c.seq.desc())
        .limit(limit)
    ).all()
    return tuple(_as_entry(row) for row in reversed(rows))


def set_attended(
    tx: Connection,
    chat: Chat,
    attended: Attended,
    *,
    agent: str | None = None,
    queued_at: datetime | None = None,
) -> bool:
    """Change who attends, if nobody else did since `chat` was read (compare and swap)."""
    result = tx.execute(
        update(chats)
        .where(chats.c.id == chat.key, chats.c.version == chat.version)
        .values(attended=attended.value, agent=agent, queued_at=queued_at, version=chat.version + 1)
    )
    return result.rowcount == 1


def queue_position(tx: Connection, chat: Chat) -> int:
    """The chat's place among those that wait for a person, from 1; 0 when it does not wait."""
    queued = tx.execute(
        select(chats.c.id)
        .where(chats.c.attended == Attended.QUEUED.value)
        .order_by(chats.c.queued_at, chats.c.id)
    ).scalars()
    return next((at for at, key in enumerate(queued, start=1) if key == chat.key), 0)


def _next_seq(tx: Connection, chat: Chat, now: datetime, *, heard: bool) -> int:
    seq: int = tx.execute(
        update(chats)
        .where(chats.c.id == chat.key)
        .values(last_seq=chats.c.last_seq + 1, last_at=now, waiting_since=now if heard else None)
        .returning(chats.c.last_seq)
    ).scalar_one()
    return seq


def _chat(tx: Connection, address: ChatAddress, *, lock: bool) -> Chat | None:
    query = select(chats).where(chats.c.channel == address.channel, chats.c.chat_id == address.chat_id)
    row = tx.execute(query.with_for_update() if lock else query).first()
    return _as_chat(row) if row is not None else None


def _as_chat(row: Row[Any]) -> Chat:
    return Chat(
        key=row.id,
        address=ChatAddress(row.channel, row.chat_id),
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        conversation=read(row.state),
        attended=Attended(row.attended),
        agent=row.agent,
        queued_at=row.queued_at,
        version=row.version,
        last_seq=row.last_seq,
        last_at=row.last_at,
    )


_WITH_CHAT = select(messages, chats.c.channel, chats.c.chat_id).join(chats, chats.c.id == messages.c.chat)


def _as_outgoing(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        outgoing_id=row.id,
        chat=ChatAddress(row.channel, row.chat_id),
        seq=row.seq,
        speaker=Speaker(row.speaker),
        speaker_name=row.speaker_name,
        reply=_REPLY.validate_json(row.reply),
        about=row.about,
        answers=row.answers,
        created_at=row.at,
    )


def _as_entry(row: Row[Any]) -> ChatEntry:
    address = ChatAddress(row.channel, row.chat_id)
    if row.speaker is not None:
        return ChatEntry(address, row.seq, row.at, outgoing=_as_outgoing(row))
    heard = IncomingMessage(row.message_id, address, row.text, row.at, row.means)
    return ChatEntry(address, row.seq, row.at, incoming=heard)


def as_chats(rows: Sequence[Row[Any]]) -> tuple[Chat, ...]:
    return tuple(_as_chat(row) for row in rows)
