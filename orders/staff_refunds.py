"""Money that a person of the staff gives back: a line or a part of it, with a reason, once.

What the product's rule would not give, a person may. Above the policy's limit, counted over everything
that staff gave back on the order, a second person has to agree: one alone could empty the till.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders import refunding
from orders.backroom import Backroom
from orders.database import Tx
from orders.errors import NoSuchOrder
from orders.money import Fen
from orders.order import LINE_ENDS, Order, OrderLine, OrderState
from orders.payment import CURRENCY, RefundProposal, RefundReason, Verdict
from orders.store import alarms, book, money, proposals

TO_CONFIRM = "refund_to_confirm"
"""The kind of alarm that rings until a second person has decided."""


@dataclass(frozen=True, slots=True)
class RefundBegun:
    """The money is on its way to where it came from."""

    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class RefundProposed:
    """So much money waits for the yes of a second person."""

    proposal_no: int
    amount_fen: Fen


class StaffDenied(StrEnum):
    """Why nothing was given back; nothing was changed."""

    NOT_PAID = "not_paid"
    """Never paid, or the whole payment goes back already."""
    IN_DELIVERY = "in_delivery"
    """How the delivery ends is not known: first tell, then give back."""
    TOO_MUCH = "too_much"
    """More than what is left of what was paid for the line."""
    WHOLE_ONLY = "whole_only"
    """Paid in another currency than ours, such as Telegram's stars: it goes back whole or not at all."""
    WAITS_ALREADY = "waits_already"
    """A refund of this line waits for a second person."""
    DECIDED = "decided"
    """Somebody decided about it before."""
    SAME_PERSON = "same_person"
    """Who proposed it cannot be the second person."""


def left_fen(line: OrderLine) -> Fen:
    """What was paid for the line and is not given back or on its way."""
    return Fen(line.amount_fen - line.refunding_fen - line.refunded_fen)


@dataclass(frozen=True, slots=True)
class StaffRefunds:
    """The public face: each method does its work in the caller's transaction."""

    room: Backroom

    def refund(
        self, tx: Tx, order_no: str, line_no: int, amount_fen: Fen | None, by: str, why: str, now: datetime
    ) -> RefundBegun | RefundProposed | StaffDenied:
        """Give back `amount_fen` of the line, all that is left of it where that is None. Raises
        NoSuchOrder."""
        order, line = self._line(tx, order_no, line_no)
        amount = left_fen(line) if amount_fen is None else amount_fen
        if (denied := self._denied(tx, order, line, amount)) is not None:
            return denied
        if proposals.open_of_line(tx, order_no, line_no) is not None:
            return StaffDenied.WAITS_ALREADY
        number = proposals.add(tx, order_no, line_no, amount, why, by, now)
        given_by_staff = money.refunded_because(tx, order_no, RefundReason.STAFF)
        if given_by_staff + amount > self.room.policy.aftersales.refund_alone_max_fen:
            self.room.alarm(tx, TO_CONFIRM, f"{order_no}-{line_no}", f"{amount} fen, {by}: {why}", now)
            return RefundProposed(number, amount)
        proposals.decide(tx, number, Verdict.ALONE, by, now)
        self._begin(tx, order, line, amount, now)
        return RefundBegun(amount)

    def record(self, tx: Tx, order_no: str) -> tuple[RefundProposal, ...]:
        """Everything that staff gave back of the order, or proposed to, with who and why."""
        return proposals.of_order(tx, order_no)

    def proposals(self, tx: Tx) -> tuple[RefundProposal, ...]:
        """Refunds that wait for a second person, oldest first."""
        return proposals.open_ones(tx)

    def confirm(self, tx: Tx, proposal_no: int, by: str, now: datetime) -> RefundBegun | StaffDenied:
        """The yes of a second person."""
        known = proposals.one(tx, proposal_no)
        if known is None:
            return StaffDenied.DECIDED
        order, line = self._line(tx, known.order_no, known.line_no)
        # Read again: before the order was locked, somebody else may have decided.
        proposal = proposals.one(tx, proposal_no)
        if proposal is None or proposal.verdict is not None:
            return StaffDenied.DECIDED
        if by == proposal.proposed_by:
            return StaffDenied.SAME_PERSON
        if (denied := self._denied(tx, order, line, proposal.amount_fen)) is not None:
            # Money went back meanwhile; the proposal stays, so that somebody can decline it.
            return denied
        decided = proposals.decide(tx, proposal_no, Verdict.CONFIRMED, by, now)
        assert decided, f"proposal {proposal_no} was decided although its order was locked"
        self._seen_to(tx, proposal, by, now)
        self._begin(tx, order, line, proposal.amount_fen, now)
        return RefundBegun(proposal.amount_fen)

    def decline(self, tx: Tx, proposal_no: int, by: str, now: datetime) -> bool:
        """No, or taken back by who proposed it. False where somebody decided before."""
        proposal = proposals.one(tx, proposal_no)
        if proposal is None:
            return False
        self._line(tx, proposal.order_no, proposal.line_no)
        if not proposals.decide(tx, proposal_no, Verdict.DECLINED, by, now):
            return False
        self._seen_to(tx, proposal, by, now)
        return True

    def _line(self, tx: Tx, order_no: str, line_no: int) -> tuple[Order, OrderLine]:
        order = book.locked(tx, order_no)
        line = order.line(line_no) if order else None
        if order is None or line is None:
            raise NoSuchOrder(order_no)
        return order, line

    def _denied(self, tx: Tx, order: Order, line: OrderLine, amount: Fen) -> StaffDenied | None:
        if (denied := _denied(order, line, amount)) is not None:
            return denied
        payment = money.payment_of(tx, order.order_no)
        foreign = payment is not None and payment.charged.currency != CURRENCY
        return StaffDenied.WHOLE_ONLY if foreign and amount != order.settled_fen else None

    def _begin(self, tx: Tx, order: Order, line: OrderLine, amount: Fen, now: datetime) -> None:
        if line.state in LINE_ENDS:
            refunding.promise_part(tx, self.room, order, line, amount, RefundReason.STAFF, now)
        else:
            refunding.take_back(tx, self.room, order, line, RefundReason.STAFF, now)

    def _seen_to(self, tx: Tx, proposal: RefundProposal, by: str, now: datetime) -> None:
        alarms.settle(tx, TO_CONFIRM, f"{proposal.order_no}-{proposal.line_no}", by, now)


def _denied(order: Order, line: OrderLine, amount: Fen) -> StaffDenied | None:
    if order.settled_fen == 0 or order.state not in (
        OrderState.PLACED,
        OrderState.COMPLETED,
        OrderState.IN_REVIEW,
    ):
        return StaffDenied.NOT_PAID
    if not 0 < amount <= left_fen(line):
        return StaffDenied.TOO_MUCH
    if line.state not in LINE_ENDS and (
        amount != line.amount_fen or refunding.refund_denied(order, line) is not None
    ):
        return StaffDenied.IN_DELIVERY
    return None
