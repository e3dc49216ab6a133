"""What the desk sees: which conversations there are, who attends to them, and who waits.

Read only. Whatever the desk does goes through `bot.handover`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, true

from bot.messages import ChatAddress
from bot.store.chats import Attended, Delivery
from bot.store.tables import chats, messages

SHOWN_MAX = 80


class Box(StrEnum):
    """The drawers of the desk."""

    WAITING = "waiting"
    """Customers who asked for a person; whoever waits longest is first."""
    MINE = "mine"
    BOT = "bot"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One conversation in the list. `queued_at` is set while the customer waits for a person;
    `unanswered` while the last word is the customer's."""

    address: ChatAddress
    customer_id: str
    customer_name: str | None
    attended: Attended
    attended_by: str
    queued_at: datetime | None
    unanswered: bool
    last_text: str
    last_at: datetime


def conversations(
    tx: Connection, box: Box, agent: str, limit: int = SHOWN_MAX
) -> tuple[ConversationView, ...]:
    """The conversations of a box: those that wait in the order of waiting, others newest first."""
    order = (chats.c.queued_at, chats.c.id) if box is Box.WAITING else (chats.c.last_at.desc(), chats.c.id)
    rows = tx.execute(_VIEW.where(_in_box(box, agent)).order_by(*order).limit(limit)).all()
    return tuple(_as_view(row) for row in rows)


def conversation(tx: Connection, address: ChatAddress) -> ConversationView | None:
    row = tx.execute(
        _VIEW.where(chats.c.channel == address.channel, chats.c.chat_id == address.chat_id)
    ).first()
    return _as_view(row) if row is not None else None


def counts(tx: Connection, agent: str) -> Mapping[Box, int]:
    """How many conversations lie in each box."""
    return {
        box: tx.execute(select(func.count()).select_from(chats).where(_in_box(box, agent))).scalar_one()
        for box in Box
    }


def _in_box(box: Box, agent: str) -> ColumnElement[bool]:
    match box:
        case Box.WAITING:
            return chats.c.attended == Attended.QUEUED.value
        case Box.MINE:
            return and_(chats.c.attended == Attended.AGENT.value, chats.c.agent == agent)
        case Box.BOT:
            return chats.c.attended == Attended.BOT.value
        case Box.ALL:
            return true()


_last = messages.alias("last")

_LAST_SEQ = (
    select(func.max(_last.c.seq))
    .where(_last.c.chat == chats.c.id, _last.c.delivery.is_distinct_from(Delivery.DROPPED.value))
    .correlate(chats)
    .scalar_subquery()
)

_VIEW: Select[*tuple[Any, ...]] = select(
    chats.c.channel,
    chats.c.chat_id,
    chats.c.customer_id,
    chats.c.customer_name,
    chats.c.attended,
    chats.c.agent,
    chats.c.queued_at,
    chats.c.last_at,
    messages.c.text.label("last_text"),
    messages.c.speaker.label("last_speaker"),
).select_from(chats.outerjoin(messages, and_(messages.c.chat == chats.c.id, messages.c.seq == _LAST_SEQ)))


def _as_view(row: Row[*tuple[Any, ...]]) -> ConversationView:
    attended = Attended(row.attended)
    return ConversationView(
        address=ChatAddress(row.channel, row.chat_id),
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        attended=attended,
        attended_by=row.agent if attended is Attended.AGENT and row.agent else attended.value,
        queued_at=row.queued_at if attended is Attended.QUEUED else None,
        unanswered=row.last_text is not None and row.last_speaker is None,
        last_text=row.last_text or "",
        last_at=row.last_at,
    )
