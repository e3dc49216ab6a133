"""A delivered key that does not work: heard of, looked at by a person, replaced by another one.

The key that is given in its stead goes to the same order line, and the old one is void for ever. The
customer is told where to look; a key itself is never said in a chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders import costs, stockroom
from orders.backroom import Backroom
from orders.card_key import KeyState, SoldKey
from orders.database import Tx
from orders.errors import NoSuchOrder
from orders.order import EventKind, Order, OrderLine, OrderState
from orders.store import alarms, book, goods, keys

COMPLAINT = "key_complaint"
"""The kind of alarm that rings for an order line until its key was replaced or its money went back."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """The line has key `new_key_no` instead of key `key_no`."""

    line_no: int
    key_no: int
    new_key_no: int


class NotReplaced(StrEnum):
    """Why a key was not replaced; nothing was changed."""

    NOT_THEIRS = "not_theirs"
    """No such key belongs to the order, or not any more."""
    GIVEN_BACK = "given_back"
    """The money went back, or is on its way: nothing more is owed."""
    TOO_MANY = "too_many"
    """So many keys of the line were replaced before that a person should talk with the customer."""
    OUT_OF_STOCK = "out_of_stock"
    """No other key can be had; the money can be given back."""


@dataclass(frozen=True, slots=True)
class AfterSales:
    """The public face: each method does its work in the caller's transaction."""

    room: Backroom

    def keys_of(self, tx: Tx, order_no: str) -> tuple[SoldKey, ...]:
        """The order's keys by their last characters, the replaced ones too: for the desk."""
        return keys.of_order(tx, self.room.vault, order_no)

    def complaints(self, tx: Tx) -> frozenset[str]:
        """`order-line` of each line that a customer complained of and nobody has seen to."""
        return frozenset(alarm.subject for alarm in alarms.ringing(tx) if alarm.kind == COMPLAINT)

    def complain(self, tx: Tx, order_no: str, line_no: int, customer_id: str, now: datetime) -> bool:
        """The customer says that a key of the line does not work: a person is called, once. False
        where one is called already. Raises NoSuchOrder."""
        order = book.locked(tx, order_no)
        line = order.line(line_no) if order else None
        if order is None or line is None or order.customer_id != customer_id:
            raise NoSuchOrder(order_no)
        if not alarms.ring(tx, COMPLAINT, case_of(order_no, line_no), "the key is said not to work", now):
            return False
        self.room.note(tx, order_no, EventKind.COMPLAINED, now, line_no)
        return True

    def replace_key(
        self, tx: Tx, order_no: str, key_no: int, by: str, why: str, now: datetime
    ) -> Replaced | NotReplaced:
        """Give the order another key for one that does not work. Raises NoSuchOrder."""
        order = book.locked(tx, order_no)
        if order is None:
            raise NoSuchOrder(order_no)
        of_line = [key for key in keys.facts_of(tx, order_no) if key.key_no == key_no]
        line = order.line(of_line[0].line_no) if of_line else None
        if line is None or of_line[0].state is not KeyState.SOLD:
            given_back = line is not None and _is_given_back(order, line)
            return NotReplaced.GIVEN_BACK if given_back else NotReplaced.NOT_THEIRS
        if _is_given_back(order, line):
            return NotReplaced.GIVEN_BACK
        if self._replaced_before(tx, order_no, line) >= self.room.policy.aftersales.replacements_per_line_max:
            return NotReplaced.TOO_MANY
        new_key_no = self._another(tx, order, line, now)
        if new_key_no is None:
            return NotReplaced.OUT_OF_STOCK
        keys.replace(tx, key_no, new_key_no, why, by, now)
        costs.book_replacement(tx, order_no, line.line_no, new_key_no, now)
        detail = f"key {key_no} by key {new_key_no}, by {by}"
        self.room.note(tx, order_no, EventKind.KEY_REPLACED, now, line.line_no, detail=detail)
        see_to(tx, order_no, line.line_no, by, now)
        stockroom.watch(tx, self.room, line.sku_id, now)
        return Replaced(line.line_no, key_no, new_key_no)

    def _replaced_before(self, tx: Tx, order_no: str, line: OrderLine) -> int:
        return sum(
            key.line_no == line.line_no and key.replaced_by is not None for key in keys.facts_of(tx, order_no)
        )

    def _another(self, tx: Tx, order: Order, line: OrderLine, now: datetime) -> int | None:
        """A key that nobody was promised, sold to the line; None where there is none."""
        if not goods.reserve(tx, line.sku_id, 1):
            return None
        good_until = now + self.room.policy.stock.expiry_margin
        source = self.room.key_source
        if source is not None and not keys.free_count(tx, line.sku_id, good_until):
            keys.add(tx, self.room.vault, line.sku_id, source.fresh(line.sku_id, 1), now)
        found = keys.sell(tx, line.sku_id, 1, order.order_no, line.line_no, good_until, now)
        goods.release(tx, line.sku_id, 1)
        if not found:
            # What was counted is too near to its end to be given to anybody.
            stockroom.retire(tx, self.room, now)
            return None
        # Not counted as sold: the line delivers no more than it did before.
        goods.take_out(tx, line.sku_id, 1)
        return found[0]


def case_of(order_no: str, line_no: int) -> str:
    """What the alarm of a line is about."""
    return f"{order_no}-{line_no}"


def see_to(tx: Tx, order_no: str, line_no: int, by: str, now: datetime) -> None:
    """The line has another key, or its money goes back: what was complained of is seen to."""
    alarms.settle(tx, COMPLAINT, case_of(order_no, line_no), by, now)


def _is_given_back(order: Order, line: OrderLine) -> bool:
    """Whether the delivered part's money went back, at least in part: then a key is not owed as well."""
    paid_for_keys = line.amount_fen - line.refunding_fen - line.refunded_fen
    return order.state not in (OrderState.PLACED, OrderState.COMPLETED, OrderState.IN_REVIEW) or (
        paid_for_keys < line.delivered_fen
    )
