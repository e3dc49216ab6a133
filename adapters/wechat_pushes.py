"""What WeChat pushes, as the conversation hears it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.rendering import ChannelWords
from bot.messages import ChatAddress, IncomingKind, IncomingMessage
from bot.reach import Allowance

CHANNEL = "wechat"

AFTER_A_MESSAGE = Allowance("message", messages=5, lasts=timedelta(hours=48), kept_for_staff=1)
"""Five messages within 48 hours of a customer's (twenty until 2023); the last is for a person."""
AFTER_AN_ACTION = Allowance("action", messages=3, lasts=timedelta(minutes=1))
"""Three within a minute of his following, scanning or using the menu."""

OPENID_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """Who did something, what it lets us send, and what he said by it, if anything."""

    chat: ChatAddress
    allowance: Allowance | None
    message: IncomingMessage | None


def read_push(fields: Mapping[str, object], now: datetime, words: ChannelWords) -> Heard | None:
    """What a push says; None when it says nothing to us (delivery reports, goodbyes, junk)."""
    openid, kind = _text(fields, "FromUserName"), _text(fields, "MsgType").lower()
    if not openid or len(openid) > OPENID_LENGTH_MAX or not kind:
        return None
    chat = ChatAddress(CHANNEL, openid)
    if kind == "event":
        return _read_event(fields, chat, now, words)
    text, heard_as = _text(fields, "Content"), IncomingKind.TEXT
    if kind == "voice":
        # There only when the account has speech recognition switched on.
        text = _text(fields, "Recognition")
    if kind not in ("text", "voice") or not text:
        text, heard_as = words.unreadable, IncomingKind.UNREADABLE
    number = _text(fields, "MsgId")
    message_id = f"msg-{number}" if number.isdigit() else _event_id(fields)
    return Heard(
        chat, AFTER_A_MESSAGE, IncomingMessage(message_id, chat, text, _moment(fields, now), kind=heard_as)
    )


def _read_event(
    fields: Mapping[str, object], chat: ChatAddress, now: datetime, words: ChannelWords
) -> Heard | None:
    event, key = _text(fields, "Event").lower(), _text(fields, "EventKey")
    if event == "subscribe":
        opened = IncomingMessage(
            _event_id(fields), chat, words.opened, _moment(fields, now), kind=IncomingKind.OPENED
        )
        return Heard(chat, AFTER_AN_ACTION, opened)
    if event == "click" and key:
        # A menu item's key is what the customer would type.
        return Heard(
            chat, AFTER_AN_ACTION, IncomingMessage(_event_id(fields), chat, key, _moment(fields, now))
        )
    if event == "scan":
        return Heard(chat, AFTER_AN_ACTION, None)
    return None


def _event_id(fields: Mapping[str, object]) -> str:
    """Events have no number. Two of them can share a second, so what they are about counts too."""
    parts = (_text(fields, name) for name in ("FromUserName", "Event", "EventKey", "MsgType"))
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
    return f"event-{_text(fields, 'CreateTime')[:12]}-{digest}"


def _moment(fields: Mapping[str, object], now: datetime) -> datetime:
    seconds = _text(fields, "CreateTime")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return now
    return datetime.fromtimestamp(int(seconds), UTC)


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
