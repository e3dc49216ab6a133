"""Who may look at an order's page: one browser, for ever.

The link alone is not enough, because links are forwarded, previewed and logged, and the page opens card
keys. An order from the web chat belongs to the browser that the chat is in. An order from another
channel comes with no browser; the first that asks to see it gets it, and no other after it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.messages import ChatAddress
from bot.store import viewers
from bot.store.chats import customer_of

WEB = "web"
"""The channel whose chats are browsers."""


def may_view(tx: Connection, order_no: str, customer_id: str, browser_id: str) -> bool:
    """Whether this browser may see the customer's order. Changes nothing."""
    if _is_from_web(customer_id):
        return customer_id == customer_of(ChatAddress(WEB, browser_id))
    return viewers.viewer_of(tx, order_no) == browser_id


def claim_view(tx: Connection, order_no: str, customer_id: str, browser_id: str, now: datetime) -> bool:
    """As `may_view`, but an order that belongs to no browser yet becomes this one's."""
    if _is_from_web(customer_id):
        return may_view(tx, order_no, customer_id, browser_id)
    return viewers.bind(tx, order_no, browser_id, now) == browser_id


def _is_from_web(customer_id: str) -> bool:
    return customer_id.startswith(customer_of(ChatAddress(WEB, "")))
