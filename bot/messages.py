"""What goes in and out of a conversation, on every channel alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Where a customer can be reached: the channel's name and the chat's id on it."""

    channel: str
    chat_id: str


class IncomingKind(StrEnum):
    """What came in. Only `TEXT` is read; the other two are answered without reading."""

    TEXT = "text"
    OPENED = "opened"
    """The chat was opened, or the account followed: nothing was said yet."""
    UNREADABLE = "unreadable"
    """A picture, a voice without its words, a sticker: something to be said in words."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One thing that a customer sent. `message_id` is unique on its channel: the same id again is
    the same message again. `means` is set when a shown choice was tapped instead of typed."""

    message_id: str
    chat: ChatAddress
    text: str
    sent_at: datetime
    means: str | None = None
    sender_name: str | None = None
    kind: IncomingKind = IncomingKind.TEXT


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the customer could type instead. `means` is a SKU id, a product id, a region,
    `confirm`, `cancel`, ... (contract: talk)."""

    label: str
    means: str


@dataclass(frozen=True, slots=True)
class CardRow:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OrderCard:
    """The order as a picture, for channels that can draw one; the text says the same in words."""

    order_no: str
    title: str
    status: str
    status_text: str
    rows: tuple[CardRow, ...]
    total: str
    order_url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: at most one question, complete in its text."""

    text: str
    choices: tuple[Choice, ...] = ()
    pay_url: str | None = None
    asking: str | None = None
    """The slot asked for: product, variant, account, region, quantity, confirm; else None."""
    card: OrderCard | None = None


class Speaker(StrEnum):
    """Who says an outgoing message. Only `BOT` falls silent while a person attends."""

    BOT = "bot"
    NEWS = "news"
    """Payment and delivery news: go out whoever attends."""
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A reply on its way. `seq` counts a chat's messages, both ways, without gaps, so that a
    client can ask for what it missed; `about` names the order whose card it renews."""

    outgoing_id: int
    chat: ChatAddress
    seq: int
    speaker: Speaker
    speaker_name: str | None
    reply: Reply
    about: str | None
    answers: str | None
    """The id of the message it answers, None for news."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChatEntry:
    """One line of a chat as it stands in the record, heard or said: exactly one of the two is set."""

    chat: ChatAddress
    seq: int
    at: datetime
    incoming: IncomingMessage | None = None
    outgoing: OutgoingMessage | None = None
