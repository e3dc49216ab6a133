"""Orders and their lines as rows.

A change is written as `update(before, after)`: the moves are checked against the tables of
transitions, and the row is only touched where it still stands in the state of `before`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, literal_column, select, update

from orders.catalog import AccountKind, Delivery, RefundRule
from orders.database import Tx
from orders.errors import WrongState
from orders.money import Fen, Li
from orders.order import (
    LINE_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    LineState,
    Order,
    OrderLine,
    OrderPurpose,
    OrderState,
    PaymentState,
)
from orders.pricing import with_fee
from orders.store.instants import moment, stamp
from orders.store.prepared import Prepared
from orders.store.traces import read, written
from orders.tables import order_lines, orders

_ORDER = select(orders).where(orders.c.order_no == bindparam("b_order_no"))
# SQLite has one writer and ignores this; PostgreSQL makes everything about one order queue here.
_ORDER_LOCKED = Prepared(_ORDER.with_for_update())
_LINES = Prepared(
    select(order_lines)
    .where(order_lines.c.order_no == bindparam("b_order_no"))
    .order_by(order_lines.c.line_no)
)
_LINES_OF_MANY = (
    select(order_lines)
    .where(order_lines.c.order_no.in_(bindparam("b_order_nos", expanding=True)))
    .order_by(order_lines.c.line_no)
)
# Written out, not bound: only so is the index of unpaid orders recognised as fitting.
_IS_UNPAID = orders.c.state == literal_column(f"'{OrderState.AWAITING_PAYMENT.value}'")
_NEWEST_FIRST = (orders.c.created_at.desc(), orders.c.order_no.desc())
_OF_CUSTOMER = Prepared(
    select(orders)
    .where(orders.c.customer_id == bindparam("b_customer_id"), orders.c.purpose == OrderPurpose.GOODS.value)
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("b_limit"))
)
_PAYABLE = Prepared(
    select(orders)
    .where(
        orders.c.customer_id == bindparam("b_customer_id"),
        _IS_UNPAID,
    )
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
_RECENT = Prepared(select(orders).order_by(*_NEWEST_FIRST).limit(bindparam("b_limit")))
_BY_QUOTE = Prepared(select(orders.c.order_no).where(orders.c.quote_id == bindparam("b_quote_id")))
_BY_LINK = Prepared(select(orders).where(orders.c.link_token == bindparam("b_token")))
_BY_PAY_TOKEN = Prepared(select(orders).where(orders.c.pay_token == bindparam("b_token")))
_UNPAID_COUNT = Prepared(
    select(func.count())
    .select_from(orders)
    .where(
        orders.c.customer_id == bindparam("b_customer_id"),
        _IS_UNPAID,
    )
)
_DEPOSITS_OPEN = Prepared(
    select(func.coalesce(func.sum(orders.c.total_fen - orders.c.fee_fen), 0)).where(
        orders.c.customer_id == bindparam("b_customer_id"),
        _IS_UNPAID,
        orders.c.purpose == OrderPurpose.DEPOSIT.value,
    )
)
_EXISTS = Prepared(select(orders.c.order_no).where(orders.c.order_no == bindparam("b_order_no")))
_INSERT = Prepared(insert(orders))
_INSERT_LINES = Prepared(insert(order_lines))
_UPDATE = Prepared(
    update(orders)
    .where(
        orders.c.order_no == bindparam("b_order_no"),
        orders.c.state == bindparam("b_state"),
        orders.c.payment_state == bindparam("b_payment_state"),
    )
    .values(
        state=bindparam("n_state"),
        payment_state=bindparam("n_payment_state"),
        settled_fen=bindparam("n_settled_fen"),
        refunding_fen=bindparam("n_refunding_fen"),
        refunded_fen=bindparam("n_refunded_fen"),
        settled_at=bindparam("n_settled_at"),
    )
)
_CHARGE_FEE = Prepared(
    update(orders)
    .where(orders.c.order_no == bindparam("b_order_no"), orders.c.settled_fen == 0)
    .values(
        fee_fen=bindparam("n_fee_fen"),
        total_fen=bindparam("n_total_fen"),
        price_rules=bindparam("n_price_rules"),
    )
)
_UPDATE_LINE = Prepared(
    update(order_lines)
    .where(
        order_lines.c.order_no == bindparam("b_order_no"),
        order_lines.c.line_no == bindparam("b_line_no"),
        order_lines.c.state == bindparam("b_state"),
        order_lines.c.attempt == bindparam("b_attempt"),
    )
    .values(
        state=bindparam("n_state"),
        attempt=bindparam("n_attempt"),
        account=bindparam("n_account"),
        delivered_quantity=bindparam("n_delivered_quantity"),
        refunding_fen=bindparam("n_refunding_fen"),
        refunded_fen=bindparam("n_refunded_fen"),
        keys_shown_at=bindparam("n_keys_shown_at"),
    )
)


def add(tx: Tx, order: Order) -> None:
    """Write a new order with its lines."""
    _INSERT(
        tx,
        {
            "order_no": order.order_no,
            "quote_id": order.quote_id,
            "customer_id": order.customer_id,
            "state": order.state.value,
            "payment_state": order.payment_state.value,
            "list_fen": order.list_fen,
            "saved_fen": order.saved_fen,
            "fee_fen": order.fee_fen,
            "total_fen": order.total_fen,
            "settled_fen": order.settled_fen,
            "refunding_fen": order.refunding_fen,
            "refunded_fen": order.refunded_fen,
            "created_at": stamp(order.created_at),
            "expires_at": stamp(order.expires_at),
            "pay_token": order.pay_token,
            "link_token": order.link_token,
            "coupon": order.coupon,
            "price_rules": written(order.price_rules),
            "purpose": order.purpose.value,
        },
    )
    if order.lines:
        _INSERT_LINES.each(tx, [_line_row(order.order_no, line) for line in order.lines])


def get(tx: Tx, order_no: str) -> Order | None:
    """The order as it stands."""
    row = tx.execute(_ORDER, {"b_order_no": order_no}).first()
    return _with_lines(tx, [row])[0] if row else None


def locked(tx: Tx, order_no: str) -> Order | None:
    """The order, which nobody else can change before this transaction ends."""
    row = _ORDER_LOCKED(tx, {"b_order_no": order_no}).first()
    if row is None:
        return None
    lines = _LINES(tx, {"b_order_no": order_no})
    return _order(row, tuple(_line(line) for line in lines))


def update_order(tx: Tx, before: Order, after: Order) -> Order:
    """Write the order's own changes, not its lines'. Raises WrongState if somebody was faster."""
    assert after.state is before.state or after.state in ORDER_MOVES[before.state], (
        before.state,
        after.state,
    )
    assert (
        after.payment_state is before.payment_state
        or after.payment_state in PAYMENT_MOVES[before.payment_state]
    ), (before.payment_state, after.payment_state)
    touched = _UPDATE(
        tx,
        {
            "b_order_no": before.order_no,
            "b_state": before.state.value,
            "b_payment_state": before.payment_state.value,
            "n_state": after.state.value,
            "n_payment_state": after.payment_state.value,
            "n_settled_fen": after.settled_fen,
            "n_refunding_fen": after.refunding_fen,
            "n_refunded_fen": after.refunded_fen,
            "n_settled_at": stamp(after.settled_at) if after.settled_at else None,
        },
    ).rowcount
    if touched != 1:
        raise WrongState(f"order {before.order_no}", after.state)
    return after


def charge_fee(tx: Tx, order: Order, gateway: str, fee_fen: Fen) -> Order:
    """The order costs what was asked for at the gateway where it is paid. Raises WrongState once it is."""
    after = replace(
        order,
        fee_fen=fee_fen,
        total_fen=Fen(order.price_fen + fee_fen),
        price_rules=with_fee(order.price_rules, gateway, fee_fen),
    )
    row = {
        "b_order_no": order.order_no,
        "n_fee_fen": after.fee_fen,
        "n_total_fen": after.total_fen,
        "n_price_rules": written(after.price_rules),
    }
    if _CHARGE_FEE(tx, row).rowcount != 1:
        raise WrongState(f"order {order.order_no}", "paid with another fee")
    return after


def update_line(tx: Tx, order: Order, before: OrderLine, after: OrderLine) -> Order:
    """Write one line's changes; returns the order with the new line. Raises WrongState."""
    assert after.state is before.state or after.state in LINE_MOVES[before.state], (before.state, after.state)
    touched = _UPDATE_LINE(
        tx,
        {
            "b_order_no": order.order_no,
            "b_line_no": before.line_no,
            "b_state": before.state.value,
            "b_attempt": before.attempt,
            "n_state": after.state.value,
            "n_attempt": after.attempt,
            "n_account": after.account,
            "n_delivered_quantity": after.delivered_quantity,
            "n_refunding_fen": after.refunding_fen,
            "n_refunded_fen": after.refunded_fen,
            "n_keys_shown_at": stamp(after.keys_shown_at) if after.keys_shown_at else None,
        },
    ).rowcount
    if touched != 1:
        raise WrongState(f"line {before.line_no} of order {order.order_no}", after.state)
    return order.with_line(after)


def of_customer(tx: Tx, customer_id: str, limit: int) -> tuple[Order, ...]:
    """For goods only: money put into the wallet is nothing to order again or to give back."""
    return _with_lines(tx, _OF_CUSTOMER(tx, {"b_customer_id": customer_id, "b_limit": limit}).all())


def payable(tx: Tx, customer_id: str) -> Order | None:
    return next(iter(_with_lines(tx, _PAYABLE(tx, {"b_customer_id": customer_id}).all())), None)


def recent(tx: Tx, limit: int) -> tuple[Order, ...]:
    return _with_lines(tx, _RECENT(tx, {"b_limit": limit}).all())


def by_link(tx: Tx, token: str) -> Order | None:
    return next(iter(_with_lines(tx, _BY_LINK(tx, {"b_token": token}).all())), None)


def by_pay_token(tx: Tx, token: str) -> Order | None:
    return next(iter(_with_lines(tx, _BY_PAY_TOKEN(tx, {"b_token": token}).all())), None)


def by_quote(tx: Tx, quote_id: str) -> Order | None:
    order_no = _BY_QUOTE(tx, {"b_quote_id": quote_id}).scalar()
    return get(tx, order_no) if order_no else None


def unpaid_count(tx: Tx, customer_id: str) -> int:
    return _UNPAID_COUNT(tx, {"b_customer_id": customer_id}).count()


def deposits_open(tx: Tx, customer_id: str) -> Fen:
    """What the customer's unpaid deposits would put into his wallet."""
    return Fen(_DEPOSITS_OPEN(tx, {"b_customer_id": customer_id}).count())


def is_taken(tx: Tx, order_no: str) -> bool:
    return _EXISTS(tx, {"b_order_no": order_no}).first() is not None


def _with_lines(tx: Tx, rows: Sequence[Row[Any]]) -> tuple[Order, ...]:
    if not rows:
        return ()
    lines: dict[str, list[OrderLine]] = {row.order_no: [] for row in rows}
    for line in tx.execute(_LINES_OF_MANY, {"b_order_nos": list(lines)}):
        lines[line.order_no].append(_line(line))
    return tuple(_order(row, tuple(lines[row.order_no])) for row in rows)


def _order(row: Row[Any], lines: tuple[OrderLine, ...]) -> Order:
    return Order(
        order_no=row.order_no,
        customer_id=row.customer_id,
        quote_id=row.quote_id,
        state=OrderState(row.state),
        payment_state=PaymentState(row.payment_state),
        lines=lines,
        list_fen=Fen(row.list_fen),
        saved_fen=Fen(row.saved_fen),
        fee_fen=Fen(row.fee_fen),
        total_fen=Fen(row.total_fen),
        settled_fen=Fen(row.settled_fen),
        refunding_fen=Fen(row.refunding_fen),
        refunded_fen=Fen(row.refunded_fen),
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        settled_at=moment(row.settled_at),
        pay_token=row.pay_token,
        link_token=row.link_token,
        coupon=row.coupon,
        price_rules=read(row.price_rules),
        purpose=OrderPurpose(row.purpose),
    )


def _line(row: Row[Any]) -> OrderLine:
    shown: datetime | None = moment(row.keys_shown_at)
    return OrderLine(
        line_no=row.line_no,
        sku_id=row.sku_id,
        product_id=row.product_id,
        name=row.name,
        variant=row.variant,
        quantity=row.quantity,
        account_kind=AccountKind(row.account_kind),
        account=row.account,
        region=row.region,
        unit_price_fen=Fen(row.unit_price_fen),
        amount_fen=Fen(row.amount_fen),
        eta_minutes=row.eta_minutes,
        delivery=Delivery(row.delivery),
        refund_rule=RefundRule(row.refund_rule),
        state=LineState(row.state),
        attempt=row.attempt,
        delivered_quantity=row.delivered_quantity,
        refunding_fen=Fen(row.refunding_fen),
        refunded_fen=Fen(row.refunded_fen),
        keys_shown_at=shown,
        unit_price_li=Li(row.unit_price_li) if row.unit_price_li is not None else None,
    )


def _line_row(order_no: str, line: OrderLine) -> dict[str, str | int | None]:
    return {
        "order_no": order_no,
        "line_no": line.line_no,
        "sku_id": line.sku_id,
        "product_id": line.product_id,
        "name": line.name,
        "variant": line.variant,
        "quantity": line.quantity,
        "account_kind": line.account_kind.value,
        "account": line.account,
        "region": line.region,
        "unit_price_fen": line.unit_price_fen,
        "amount_fen": line.amount_fen,
        "unit_price_li": line.unit_price_li,
        "eta_minutes": line.eta_minutes,
        "delivery": line.delivery.value,
        "refund_rule": line.refund_rule.value,
        "state": line.state.value,
        "attempt": line.attempt,
        "delivered_quantity": line.delivered_quantity,
        "refunding_fen": line.refunding_fen,
        "refunded_fen": line.refunded_fen,
    }
