"""What the chat's two ends say to each other, as JSON. The scripts in static/ are the other side.

    client -> {"type": "say", "id", "text", "means"}, {"type": "ping"}
    server -> {"type": "entries", "entries": [...], "attended_by", "earlier", "orders",
               "delivered_as"},
              {"type": "refused", "id", "code"}, {"type": "pong"}

Entries are numbered by the chat; a client names the last number it has and gets what came after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlsplit

from bot.assistant import CHOSEN
from bot.messages import ChatAddress, ChatEntry, OrderCard, Reply
from orders.order import Order, customer_state

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MEANS_LONGEST = 256
_NAME_LONGEST = 256
_NUMBER_MAX = 2**31 - 1
"""More than any chat will hold, and the last number that its column in PostgreSQL can be asked for."""


class WrittenChoice(TypedDict):
    label: str
    means: str
    acts: bool
    """It does something (`cancel`) rather than name something that could be bought."""


class WrittenRow(TypedDict):
    label: str
    value: str


class WrittenCard(TypedDict):
    order_no: str
    title: str
    status: str
    status_text: str
    rows: list[WrittenRow]
    total: str
    order_url: str | None


class WrittenEntry(TypedDict):
    seq: int
    at: str
    who: str
    name: str | None
    id: str | None
    text: str
    choices: list[WrittenChoice]
    pay_url: str | None
    card: WrittenCard | None


class Entries(TypedDict):
    type: str
    entries: list[WrittenEntry]
    attended_by: str
    earlier: bool
    orders: dict[str, str]
    delivered_as: dict[str, str]
    """Of which kind an order's goods are, where they are of one kind: delivered, it is called after that."""


class Refused(TypedDict):
    type: str
    id: str
    code: str


@dataclass(frozen=True, slots=True)
class Say:
    """The customer (or the agent) says something; `client_id` makes a resend harmless."""

    client_id: str
    text: str
    means: str | None


def read_say(frame: object) -> Say | None:
    """A `say` as sent by the client; None when it is not one that we can take."""
    if not isinstance(frame, dict):
        return None
    client_id, text, means = frame.get("id"), frame.get("text"), frame.get("means")
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        return None
    if not isinstance(text, str) or not text.strip():
        return None
    if means is not None:
        # What a button means is never typed: half a character in it was made by no page of ours.
        if not isinstance(means, str) or len(means) > _MEANS_LONGEST or cleaned(means) != _without_nul(means):
            return None
        means = cleaned(means)
    clean = cleaned(text).strip()
    return Say(client_id, clean, means) if clean else None


def read_frame(text: str) -> dict[str, object]:
    """One message of the client's; what is no JSON object becomes an empty one."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def read_number(value: object) -> int | None:
    """The number of an entry, 0 for none yet; None for what counts nothing, be it a bool or endless."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _NUMBER_MAX:
        return value
    return None


def read_digits(text: str | None) -> int | None:
    """The same from an address, where a missing one is 0."""
    if not text:
        return 0
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(_NUMBER_MAX))
    return read_number(int(text)) if digits else None


def read_chat(channel: object, chat_id: object) -> ChatAddress | None:
    """The chat that a desk names; None where no chat can be called so."""
    if not isinstance(channel, str) or not isinstance(chat_id, str):
        return None
    if not all(0 < len(name) <= _NAME_LONGEST and name == cleaned(name) for name in (channel, chat_id)):
        return None
    return ChatAddress(channel, chat_id)


def cleaned(text: str) -> str:
    """Without NUL, which PostgreSQL cannot store, and lone surrogates, which nobody can; neither can be
    typed."""
    return _without_nul(text).encode("utf-8", "ignore").decode("utf-8")


def _without_nul(text: str) -> str:
    return text.replace("\0", "")


def written_entries(
    entries: Sequence[ChatEntry],
    attended_by: str,
    *,
    earlier: bool = False,
    orders: Sequence[Order] = (),
) -> Entries:
    """`orders` are the customer's latest: their states, for slips that were drawn before."""
    return {
        "type": "entries",
        "entries": [written_entry(entry) for entry in entries],
        "attended_by": attended_by,
        "earlier": earlier,
        "orders": {order.order_no: customer_state(order).value for order in orders},
        "delivered_as": {order.order_no: order.delivery.value for order in orders if order.delivery},
    }


def refused(client_id: str, code: str) -> Refused:
    """`too_long`, `too_fast` or `failed`."""
    return {"type": "refused", "id": client_id, "code": code}


def written_entry(entry: ChatEntry) -> WrittenEntry:
    """One entry, for the browser. Addresses of our own lose their host, so that the pages also work
    under another name than the public one."""
    if entry.outgoing is not None:
        reply, who, name, client_id = (
            entry.outgoing.reply,
            str(entry.outgoing.speaker),
            entry.outgoing.speaker_name,
            None,
        )
    else:
        assert entry.incoming is not None, f"entry {entry.seq} was neither heard nor said"
        reply, who, name = Reply(entry.incoming.text), "customer", None
        client_id = entry.incoming.message_id
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "who": who,
        "name": name,
        "id": client_id,
        "text": reply.text,
        "choices": [
            {"label": choice.label, "means": choice.means, "acts": choice.means in CHOSEN}
            for choice in reply.choices
        ],
        "pay_url": _local(reply.pay_url),
        "card": _written_card(reply.card) if reply.card else None,
    }


def _written_card(card: OrderCard) -> WrittenCard:
    return {
        "order_no": card.order_no,
        "title": card.title,
        "status": card.status,
        "status_text": card.status_text,
        "rows": [{"label": row.label, "value": row.value} for row in card.rows],
        "total": card.total,
        "order_url": _local(card.order_url),
    }


def _local(address: str | None) -> str | None:
    return urlsplit(address).path if address else None
