"""Which browser an order page was opened in, as rows. Every function works inside a transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.tables import Moment, metadata

order_viewers = Table(
    "order_viewers",
    metadata,
    Column("order_no", String(32), primary_key=True),
    Column("viewer", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)


def viewer_of(tx: Connection, order_no: str) -> str | None:
    """The browser that the order belongs to by now, if any."""
    viewer: str | None = tx.execute(
        select(order_viewers.c.viewer).where(order_viewers.c.order_no == order_no)
    ).scalar_one_or_none()
    return viewer


def bind(tx: Connection, order_no: str, viewer: str, now: datetime) -> str:
    """Give the order to `viewer` unless it is another's already; returns whose it is now."""
    bound = viewer_of(tx, order_no)
    if bound is not None:
        return bound
    try:
        with tx.begin_nested():
            tx.execute(insert(order_viewers).values(order_no=order_no, viewer=viewer, at=now))
    except IntegrityError:
        # Two browsers asked in the same instant; the key decides, and the loser reads who won.
        return viewer_of(tx, order_no) or ""
    return viewer
