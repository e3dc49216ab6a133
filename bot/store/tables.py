"""The tables of the conversation. Created by the migrations; kept apart from those of the shop."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An instant as UTC text of fixed width: sorts as time does, on every database alike."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


chats = Table(
    "chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("chat_id", String(128), nullable=False),
    Column("customer_id", String(192), nullable=False),
    Column("customer_name", String(128)),
    Column("state", Text, nullable=False),
    Column("attended", String(16), nullable=False),
    Column("agent", String(64)),
    Column("queued_at", Moment),
    Column("version", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("waiting_since", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("channel", "chat_id", name="uq_chats_address"),
    Index("ix_chats_customer", "customer_id"),
    Index("ix_chats_attended", "attended", "queued_at"),
    Index("ix_chats_last_at", "last_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", Integer, ForeignKey("chats.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("message_id", String(128)),
    Column("text", Text, nullable=False),
    Column("means", String(256)),
    Column("speaker", String(16)),
    Column("speaker_name", String(64)),
    Column("reply", Text),
    Column("about", String(32)),
    Column("answers", String(128)),
    Column("delivery", String(16)),
    Column("at", Moment, nullable=False),
    UniqueConstraint("chat", "seq", name="uq_messages_seq"),
    UniqueConstraint("chat", "message_id", name="uq_messages_message_id"),
    Index("ix_messages_answers", "chat", "answers"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("customer_id", String(192), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("account", String(256), nullable=False),
    Column("updated_at", Moment, nullable=False),
)
