"""From a paid line to a delivered one, through suppliers that may answer late, twice, or never.

The intent to call and the later question are committed before the call. A supplier that did not
answer is UNKNOWN, and only evidence leads out of that: its later word, or a person's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orders import closing, costs, errands, ledger, refunding, sourcing, stockroom
from orders.backroom import Backroom
from orders.database import Tx
from orders.errands import Errand
from orders.measuring import KEYS_MISSING, ODD_DELIVERY, measured, whole_pieces
from orders.money import Fen
from orders.order import EventKind, LineState, Order, OrderLine, OrderState
from orders.payment import RefundReason
from orders.ports import DeliveryAsk, HouseSupplier, Outcome, SupplierAnswer
from orders.routing import Offer
from orders.store import attempts, book, goods, keys, money, timeline
from orders.store.attempts import Attempt

ENDS = {
    Outcome.DONE: LineState.DONE,
    Outcome.PARTIAL: LineState.PARTIAL,
    Outcome.FAILED: LineState.FAILED,
    Outcome.NEEDS_INFO: LineState.NEEDS_INFO,
}
"""Answers that end an attempt, and what its line becomes."""


def begin(
    tx: Tx,
    room: Backroom,
    order_no: str,
    line_no: int,
    supplier: str,
    asks_later: bool,
    now: datetime,
    offer: Offer | None = None,
) -> DeliveryAsk | None:
    """Open the next attempt at a queued line; None where there is nothing to deliver now.

    With `asks_later` the question what became of it is committed along: if this process dies in
    the middle of the call, that question finds out. `offer` is what an outside supplier was chosen for.
    """
    ready = queued(tx, order_no, line_no)
    if ready is None:
        return None
    _, line, opened = _opened(tx, *ready, supplier, now, offer)
    if asks_later:
        waits = room.policy.delivery
        silent_at = now + timedelta(seconds=waits.answer_within_seconds + waits.query_after_seconds[0])
        _query_at(tx, room, opened, silent_at)
    ask = _ask(tx, opened, line)
    return ask if offer is None else replace(ask, cost_max_fen=sourcing.cost_max_fen(room, line))


def by_ourselves(
    tx: Tx, room: Backroom, order: Order, line: OrderLine, supplier: HouseSupplier, now: datetime
) -> None:
    """Deliver a queued line from our own hands: no network, so intent and answer are one transaction."""
    order, line, opened = _opened(tx, order, line, supplier.name, now, None)
    _told(tx, room, order, line, opened, supplier.deliver(_ask(tx, opened, line)), now)


def _opened(
    tx: Tx, order: Order, line: OrderLine, supplier: str, now: datetime, offer: Offer | None
) -> tuple[Order, OrderLine, Attempt]:
    number = line.attempt + 1
    submitting = replace(line, state=LineState.SUBMITTING, attempt=number)
    order = book.update_line(tx, order, line, submitting)
    request_no = f"{order.order_no}-{line.line_no}-{number}"
    opened = Attempt(
        order.order_no, line.line_no, number, request_no, supplier, line.account, attempts.OPEN, "", "", 0, None,
        now, None,
    )  # fmt: skip
    if offer is not None:
        cost = Fen(offer.cost_fen * line.quantity)
        opened = replace(opened, supplier_code=offer.supplier_code, cost_fen=cost)
        sourcing.asked(tx, offer, line.quantity)
    attempts.add(tx, opened)
    return order, submitting, opened


def queued(tx: Tx, order_no: str, line_no: int) -> tuple[Order, OrderLine] | None:
    """The line and its order, held, where the line waits to be delivered."""
    order = book.locked(tx, order_no)
    line = order.line(line_no) if order else None
    if order is None or line is None or order.state is not OrderState.PLACED:
        return None
    return (order, line) if line.state is LineState.QUEUED else None


def open_ask(tx: Tx, order_no: str, line_no: int, attempt: int) -> tuple[str, DeliveryAsk] | None:
    """The supplier's name and what to ask it about an attempt whose end is not known."""
    found = attempts.get(tx, order_no, line_no, attempt)
    order = book.get(tx, order_no) if found and found.is_open else None
    line = order.line(line_no) if order else None
    return (found.supplier, _ask(tx, found, line)) if found and line else None


def ask_about(tx: Tx, request_no: str) -> DeliveryAsk | None:
    """What to ask a supplier about an attempt, also one that has ended."""
    found = attempts.by_request_no(tx, request_no)
    order = book.get(tx, found.order_no) if found else None
    line = order.line(found.line_no) if order and found else None
    return _ask(tx, found, line) if found and line else None


def _ask(tx: Tx, attempt: Attempt, line: OrderLine) -> DeliveryAsk:
    ask = DeliveryAsk(
        request_no=attempt.request_no,
        order_no=attempt.order_no,
        line_no=attempt.line_no,
        attempt=attempt.attempt,
        sku_id=line.sku_id,
        product_id=line.product_id,
        quantity=line.quantity,
        account=attempt.account,
        region=line.region,
        asked_at=attempt.submitted_at,
    )
    if attempt.supplier_code is None:
        return ask
    face_value = goods.face_value_yuan(tx, line.sku_id)
    return replace(ask, supplier_code=attempt.supplier_code, face_value=face_value)


def answer(
    tx: Tx,
    room: Backroom,
    order_no: str,
    line_no: int,
    number: int,
    said: SupplierAnswer,
    now: datetime,
    by_person: bool = False,
) -> None:
    """What a supplier says of an attempt, whether just asked, asked later, or calling by itself.

    Guarded by state and attempt number: a late word about an earlier attempt never settles a
    later one; it rings an alarm if it contradicts what was believed. What a person tells is final: a
    failure is not tried again elsewhere.
    """
    order = book.locked(tx, order_no)
    attempt = attempts.get(tx, order_no, line_no, number)
    line = order.line(line_no) if order else None
    if order is None or line is None or attempt is None:
        room.alarm(tx, "answer_to_nothing", f"{order_no}-{line_no}-{number}", said.outcome, now)
        return
    if attempt.supplier_code is not None and not by_person:
        said = measured(line, said, goods.face_value_yuan(tx, line.sku_id))
    if not attempt.is_open:
        _heard_after_the_end(tx, room, line, attempt, whole_pieces(line, said), now)
        return
    assert line.attempt == number, "an open attempt is the line's last one"
    _told(tx, room, order, line, attempt, said, now, by_person)


def _told(
    tx: Tx,
    room: Backroom,
    order: Order,
    line: OrderLine,
    attempt: Attempt,
    said: SupplierAnswer,
    now: datetime,
    by_person: bool = False,
) -> None:
    match said.outcome:
        case Outcome.DONE | Outcome.PARTIAL | Outcome.FAILED | Outcome.NEEDS_INFO:
            _ended(tx, room, order, line, attempt, said, now, by_person)
        case Outcome.ABSENT:
            _absent(tx, room, order, line, attempt, now)
        case Outcome.ACCEPTED:
            _waits(tx, room, order, line, attempt, said, LineState.SUBMITTED, now)
        case Outcome.UNKNOWN:
            _waits(tx, room, order, line, attempt, said, LineState.UNKNOWN, now)


def _heard_after_the_end(
    tx: Tx, room: Backroom, line: OrderLine, attempt: Attempt, said: SupplierAnswer, now: datetime
) -> None:
    if said.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.ABSENT):
        return
    before, told = attempt.state, said.outcome.value
    if before == told == Outcome.PARTIAL:
        # A part is as much as it was: what was given back for the rest may have arrived since.
        before, told = f"{before} of {line.delivered_quantity}", f"{told} of {said.delivered_quantity}"
    if before == told:
        return
    # A supplier repeats itself until it is acknowledged; the same contradiction is one.
    detail = f"{attempt.request_no}: {before} before, {told} now"
    if timeline.has(tx, attempt.order_no, EventKind.CONTRADICTED, detail):
        return
    room.alarm(tx, "contradiction", attempt.request_no, detail, now)
    room.note(tx, attempt.order_no, EventKind.CONTRADICTED, now, attempt.line_no, detail=detail)


def _ended(
    tx: Tx,
    room: Backroom,
    order: Order,
    line: OrderLine,
    attempt: Attempt,
    said: SupplierAnswer,
    now: datetime,
    by_person: bool = False,
) -> None:
    said = whole_pieces(line, said)
    if said.delivered_quantity and goods.is_key(line.delivery):
        said = _with_keys(tx, room, order, line, said, now)
    ended = replace(
        attempt,
        state=said.outcome.value,
        supplier_ref=said.supplier_ref or attempt.supplier_ref,
        detail=said.reason,
        ended_at=now,
        cost_fen=sourcing.cost_of(attempt, line, said),
    )
    attempts.update_attempt(tx, ended)
    if not attempt.supplier.startswith(HOUSE):
        room.never_mind(tx, _question(attempt))
    sourcing.ended(tx, room, attempt, line, said, now)
    if said.outcome is Outcome.FAILED and attempt.supplier_code is not None and not by_person:
        another = sourcing.has_another(tx, room, order, line, now)
        if another or sourcing.may_wait(tx, room, order, line, said.reason):
            _again(tx, room, order, line, now)
            return
    after = replace(line, state=ENDS[said.outcome], delivered_quantity=said.delivered_quantity)
    order = book.update_line(tx, order, line, after)
    match said.outcome:
        case Outcome.NEEDS_INFO:
            room.note(tx, order.order_no, EventKind.NEEDS_INFO, now, line.line_no, detail=said.reason)
        case Outcome.FAILED:
            order = _failed(tx, room, order, after, said.reason, now)
        case _:
            order = _delivered(tx, room, order, after, now)
            costs.book_delivery(tx, ended, after, now)
    refunding.finish(tx, room, order, now)


def _with_keys(
    tx: Tx, room: Backroom, order: Order, line: OrderLine, said: SupplierAnswer, now: datetime
) -> SupplierAnswer:
    """Bind keys to the line; without enough of them it has not been delivered at all."""
    count = said.delivered_quantity
    fresh: tuple[str, ...] = said.keys
    good_until = now + room.policy.stock.expiry_margin
    if not fresh and room.key_source is not None:
        lacking = count - keys.free_count(tx, line.sku_id, good_until)
        fresh = room.key_source.fresh(line.sku_id, lacking) if lacking > 0 else ()
    if fresh:
        keys.add(tx, room.vault, line.sku_id, fresh, now)
    if keys.sell(tx, line.sku_id, count, order.order_no, line.line_no, good_until, now):
        return said
    # Keys that came too near to their end since the last sweep must not be promised once more.
    stockroom.retire(tx, room, now)
    room.alarm(tx, "keys_missing", line.sku_id, f"order {order.order_no} wants {count}", now)
    return replace(said, outcome=Outcome.FAILED, delivered_quantity=0, reason="no_keys")


def _delivered(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> Order:
    goods.consume(tx, line.sku_id, line.delivered_quantity)
    ref = f"delivered:{order.order_no}:{line.line_no}"
    money.post(tx, ref, ledger.on_delivered(line.delivered_fen), order.order_no, now)
    if goods.is_key(line.delivery):
        stockroom.watch(tx, room, line.sku_id, now)
    kind = EventKind.DELIVERED if line.state is LineState.DONE else EventKind.PARTLY_DELIVERED
    room.note(tx, order.order_no, kind, now, line.line_no, line.delivered_fen, str(line.delivered_quantity))
    rest = line.quantity - line.delivered_quantity
    if not rest:
        return order
    goods.release(tx, line.sku_id, rest)
    return _refund_by_itself(tx, room, order, line, now)


def fail_queued(tx: Tx, room: Backroom, order: Order, line: OrderLine, reason: str, now: datetime) -> None:
    """Give a line up that nobody was asked for."""
    failed = replace(line, state=LineState.FAILED)
    order = book.update_line(tx, order, line, failed)
    refunding.finish(tx, room, _failed(tx, room, order, failed, reason, now), now)


def _failed(tx: Tx, room: Backroom, order: Order, line: OrderLine, reason: str, now: datetime) -> Order:
    goods.release(tx, line.sku_id, line.quantity)
    room.note(tx, order.order_no, EventKind.FAILED, now, line.line_no, line.amount_fen, reason)
    return _refund_by_itself(tx, room, order, line, now)


def _refund_by_itself(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> Order:
    if not room.policy.delivery.refund_failed:
        room.alarm(tx, refunding.REFUND_WANTED, f"{order.order_no}-{line.line_no}", line.state, now)
        return order
    reason = RefundReason.DELIVERY_FAILED
    return refunding.promise_line(tx, room, order, line, ledger.ADVANCES, reason, now)


def _absent(tx: Tx, room: Backroom, order: Order, line: OrderLine, attempt: Attempt, now: datetime) -> None:
    """A supplier denies the request. Believed when it says so twice, far enough apart."""
    apart = timedelta(minutes=room.policy.delivery.absent_confirm_minutes)
    if attempt.absent_at is None or now < attempt.absent_at + apart:
        first_at = attempt.absent_at or now
        if line.state is LineState.SUBMITTING:
            book.update_line(tx, order, line, replace(line, state=LineState.UNKNOWN))
            room.note(tx, order.order_no, EventKind.UNKNOWN, now, line.line_no, detail="absent")
        denied = replace(attempt, absent_at=first_at, queries=attempt.queries + 1)
        attempts.update_attempt(tx, denied)
        _query_at(tx, room, attempt, first_at + apart)
        return
    if attempt.attempt >= room.policy.delivery.attempts_max:
        said = SupplierAnswer(Outcome.FAILED, reason="never_arrived")
        _ended(tx, room, order, line, attempt, said, now)
        return
    lost = SupplierAnswer(Outcome.ABSENT)
    cost = sourcing.cost_of(attempt, line, lost)
    attempts.update_attempt(tx, replace(attempt, state=Outcome.ABSENT.value, ended_at=now, cost_fen=cost))
    sourcing.ended(tx, room, attempt, line, lost, now)
    _again(tx, room, order, line, now)


def _again(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> None:
    """After a definitive failure: another attempt, with a number of its own."""
    failed = replace(line, state=LineState.FAILED)
    order = book.update_line(tx, order, line, failed)
    order = book.update_line(tx, order, failed, replace(failed, state=LineState.QUEUED))
    room.note(tx, order.order_no, EventKind.RETRIED, now, line.line_no)
    closing.leave_review(tx, room, order, now)
    room.later(tx, errands.submit_line(order.order_no, line.line_no), now)


def _waits(
    tx: Tx,
    room: Backroom,
    order: Order,
    line: OrderLine,
    attempt: Attempt,
    said: SupplierAnswer,
    state: LineState,
    now: datetime,
) -> None:
    """Nothing is decided. Ask again later; when asking has been in vain for long, call a person."""
    odd = said.reason in (ODD_DELIVERY, KEYS_MISSING)
    if line.state is LineState.SUBMITTING and said.outcome is Outcome.UNKNOWN and not odd:
        sourcing.failed(tx, room, attempt, now)
    # A supplier that is known to be at work and then falls silent is still at work.
    becomes = LineState.SUBMITTED if line.state is LineState.SUBMITTED and not odd else state
    if becomes is not line.state:
        order = book.update_line(tx, order, line, replace(line, state=becomes))
        event = EventKind.SUBMITTED if becomes is LineState.SUBMITTED else EventKind.UNKNOWN
        room.note(tx, order.order_no, event, now, line.line_no, detail=said.reason or None)
        if becomes is LineState.SUBMITTED:
            order = closing.leave_review(tx, room, order, now)
    waits = room.policy.delivery.query_after_seconds
    ref = said.supplier_ref or attempt.supplier_ref
    attempts.update_attempt(
        tx,
        replace(
            attempt,
            supplier_ref=ref,
            detail=said.reason,
            queries=attempt.queries + 1,
            # Who is at work knows the request: what it denied before counts no more.
            absent_at=None if said.outcome is Outcome.ACCEPTED else attempt.absent_at,
            cost_fen=attempt.cost_fen if said.cost_fen is None else said.cost_fen,
        ),
    )
    if (odd or attempt.queries >= len(waits)) and becomes is LineState.UNKNOWN:
        kind = said.reason if odd else "delivery_unknown"
        room.alarm(tx, kind, attempt.request_no, f"asked {attempt.queries} times", now)
        if order.state is OrderState.PLACED:
            book.update_order(tx, order, replace(order, state=OrderState.IN_REVIEW))
            room.note(tx, order.order_no, EventKind.IN_REVIEW, now, line.line_no, detail="unknown")
    seconds = said.ask_again_seconds or waits[min(attempt.queries, len(waits) - 1)]
    wait = timedelta(seconds=seconds)
    _query_at(tx, room, attempt, now + wait)


def _question(attempt: Attempt) -> Errand:
    return errands.query_attempt(attempt.order_no, attempt.line_no, attempt.attempt, attempt.request_no)


def _query_at(tx: Tx, room: Backroom, attempt: Attempt, at: datetime) -> None:
    if not attempt.supplier.startswith(HOUSE):
        room.later(tx, _question(attempt), at)


HOUSE = "house:"
"""Suppliers of this name are ourselves; there is nobody to ask."""
