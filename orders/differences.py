"""Each difference with a bill is resolved by the one thing that can be done about it.

Money that we missed takes the usual way in, with the bill as evidence; what the other side denies is
frozen until a person has seen to it; what nobody can name is booked apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from orders import billing, closing, costs, delivering, errands, ledger, refunding, settling
from orders.backroom import Backroom
from orders.catalog import Catalog
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import NOTHING, Fen
from orders.payment import Held, RefundState
from orders.ports import (
    BillKind,
    BillRow,
    DeliveryAsk,
    Outcome,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    RefundAnswer,
    RefundAsk,
    RefundStatus,
    Source,
    SupplierAnswer,
)
from orders.reconciling import SUCCEEDED, Action, Difference, Movement, Party, Side, Stand
from orders.store import bills, book, money, movements

Question = PaymentAsk | RefundAsk | DeliveryAsk
Answer = PaymentAnswer | RefundAnswer | SupplierAnswer


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an attempt to resolve a difference came to."""

    difference_no: int
    is_resolved: bool
    what: str
    """A short code: how it was resolved, or why it is still open."""


def question(tx: Tx, difference: Difference) -> Question | None:
    """What to ask the other side now; None where nothing of ours is left to ask about."""
    found = difference.found
    movement = movements.one(tx, difference.party, found.kind, found.our_no)
    if movement is None:
        return None
    match found.kind:
        case BillKind.PAYMENT:
            payment = money.by_trade_no(tx, found.our_no)
            if payment is None:
                return None
            # A payment that was paid twice is known to the gateway under one number only.
            told = money.told_trade_no(tx, payment.order_no, movement.ref)
            return replace(payment.ask, out_trade_no=told or payment.out_trade_no)
        case BillKind.REFUND:
            refund = money.refund(tx, found.our_no)
            return refunding.ask_for(tx, refund)[1] if refund else None
        case BillKind.DELIVERY:
            return delivering.ask_about(tx, found.our_no)


def resolve(
    tx: Tx,
    room: Backroom,
    catalog: Catalog,
    difference_no: int,
    agent: str,
    now: datetime,
    said: Answer | None = None,
    note: str = "",
) -> Resolution:
    """Carry out the one action of an open difference; see `Reckoning.resolve`."""
    difference = bills.difference(tx, difference_no, locked=True)
    if difference is None:
        raise NotPermitted(f"there is no difference {difference_no}; `xiadan reconcile --list` shows them")
    if not difference.is_open:
        raise NotPermitted(f"difference {difference_no} was resolved by {difference.resolved_by}")
    step = _Step(tx, room, catalog, difference, agent, now)
    match difference.action:
        case Action.SETTLE:
            resolution = step.settle()
        case Action.TAKE_REFUND:
            resolution = step.take_refund()
        case Action.BOOK_UNCLAIMED:
            resolution = step.book_unclaimed(bills.UNCLAIMED)
        case Action.QUERY:
            resolution = step.weigh(said)
        case Action.BOOK_FEE:
            resolution = step.book_fee()
        case Action.BOOK_COST:
            resolution = step.book_cost()
        case Action.SEE_TO_IT:
            if not note.strip():
                raise NotPermitted(f"difference {difference_no} is for a person; say what was done about it")
            resolution = step.close(note.strip())
            billing.release(tx, room, difference.party, difference.found.kind, difference.found.our_no, now)
    if resolution.is_resolved:
        billing.compare_day(tx, room, difference.party, difference.day, now)
    return resolution


@dataclass(frozen=True, slots=True)
class _Step:
    """One resolving under way; the difference is locked."""

    tx: Tx
    room: Backroom
    catalog: Catalog
    difference: Difference
    agent: str
    now: datetime

    @property
    def party(self) -> Party:
        return self.difference.party

    def close(self, what: str) -> Resolution:
        number = self.difference.difference_no
        bills.resolve(self.tx, number, self.agent, what, self.now)
        return Resolution(number, True, what)

    def stays(self, why: str) -> Resolution:
        return Resolution(self.difference.difference_no, False, why)

    def deny(self, movement: Movement, said: str) -> Resolution:
        """They deny what our books say: nothing more happens with the order until a person has looked."""
        bills.deny(self.tx, self.difference.difference_no, self.now)
        subject = f"{self.party} {self.difference.found.our_no}"
        self.room.alarm(self.tx, "bill_denied", subject, f"{movement.stand} here, {said} there", self.now)
        order = book.locked(self.tx, movement.order_no)
        if order is not None and movement.stand is Stand.SUCCEEDED:
            closing.freeze(self.tx, self.room, order, "bill_denied", self.now)
        return self.stays("denied")

    # --- they have it, we do not -------------------------------------------------------------------

    def settle(self) -> Resolution:
        """The usual way in for money: late, double and wrong money are dealt with as ever."""
        row = self._row()
        merchant = self.room.merchants.get(self.party.name)
        payment = money.by_trade_no(self.tx, row.our_no)
        if merchant is None or payment is None or not row.ref:
            return self.book_unclaimed(f"{bills.UNCLAIMED}: not_bookable")
        notice = PaymentNotice(
            gateway=self.party.name,
            merchant_id=merchant.merchant_id,
            app_id=merchant.app_id,
            out_trade_no=row.our_no,
            psp_ref=row.ref,
            amount_fen=row.amount_fen,
            currency=payment.ask.currency,
            method=payment.method or self.party.name,
            paid_at=row.at,
            source=Source.RECONCILIATION,
        )
        outcome = settling.settle(self.tx, self.room, self.catalog, notice, self.now)
        if isinstance(outcome, Held):
            return self.book_unclaimed(f"{bills.UNCLAIMED}: {outcome.reason}")
        return self.close(f"settled: {outcome.effect}")

    def take_refund(self) -> Resolution:
        row = self._row()
        refund = money.refund(self.tx, self.difference.found.our_no)
        assert refund is not None, "a refund is never forgotten"
        if row.amount_fen != self.difference.found.ours_fen:
            return self.deny(self._movement(), f"{row.amount_fen}")
        if refund.state is RefundState.REFUSED:
            refunding.try_again(self.tx, self.room, refund.refund_no, self.agent, self.now)
        # Where it waits to be sent again: it need not be.
        refunding.begin(self.tx, self.room, refund.refund_no, self.now)
        self.room.never_mind(self.tx, errands.submit_refund(refund.refund_no))
        said = RefundAnswer(RefundStatus.SUCCEEDED, psp_ref=row.ref)
        refunding.answer(self.tx, self.room, refund.refund_no, said, self.now)
        return self.close("refund_taken")

    def book_unclaimed(self, what: str) -> Resolution:
        """Nothing of ours matches. The money is in our books all the same, and a person is called."""
        number = self.difference.difference_no
        row = self._row() if self.difference.found.theirs_fen else self._no_row()
        subject = f"{self.party} {row.ref or row.our_no}"
        self.room.alarm(self.tx, "money_unclaimed", subject, f"{row.kind} of {row.amount_fen}", self.now)
        if movements.charges_otherwise(self.tx, self.party):
            # Nobody asked for it, so nobody knows what it is worth in our money.
            return self.close(f"{what}, in another money")
        sign = -1 if row.kind is BillKind.REFUND else 1
        # A corrected bill may have changed the numbers since they were booked: only the rest is booked.
        before = money.booked(self.tx, f"unclaimed:{number}:")
        wanted = ledger.on_unclaimed(self.party.name, sign * row.amount_fen, row.fee_fen)
        rest = {account: fen - before.get(account, NOTHING) for account, fen in wanted.items()}
        if any(rest.values()):
            ref = f"unclaimed:{number}:{self.difference.openings}"
            money.post(self.tx, ref, rest, None, self.now)
        return self.close(what)

    # --- asked ------------------------------------------------------------------------------------

    def weigh(self, said: Answer | None) -> Resolution:
        """What they say when asked now."""
        movement = movements.one(
            self.tx, self.party, self.difference.found.kind, self.difference.found.our_no
        )
        if movement is None:
            return self.close("gone")
        match said:
            case PaymentAnswer():
                return self._weigh_payment(movement, said)
            case RefundAnswer():
                return self._weigh_refund(movement, said)
            case SupplierAnswer():
                return self._weigh_delivery(movement, said)
            case None:
                return self.stays("no_answer")

    def _weigh_payment(self, movement: Movement, said: PaymentAnswer) -> Resolution:
        if said.status is PaymentStatus.UNKNOWN:
            return self.stays("no_answer")
        if said.notice is not None:
            settling.settle(self.tx, self.room, self.catalog, said.notice, self.now)
            if said.notice.psp_ref == movement.ref:
                return self.close("confirmed")
        return self.deny(movement, said.status)

    def _weigh_refund(self, movement: Movement, said: RefundAnswer) -> Resolution:
        if said.status in (RefundStatus.UNKNOWN, RefundStatus.PROCESSING):
            return self.stays("no_answer" if said.status is RefundStatus.UNKNOWN else "processing")
        if said.status is not RefundStatus.SUCCEEDED:
            return self.deny(movement, said.status)
        return self.close("confirmed") if movement.stand is Stand.SUCCEEDED else self.take_refund()

    def _weigh_delivery(self, movement: Movement, said: SupplierAnswer) -> Resolution:
        if said.outcome in (Outcome.UNKNOWN, Outcome.ACCEPTED):
            return self.stays("no_answer" if said.outcome is Outcome.UNKNOWN else "processing")
        delivered = said.outcome in (Outcome.DONE, Outcome.PARTIAL)
        if movement.stand is Stand.SUCCEEDED and delivered:
            return self.close("confirmed")
        ask = delivering.ask_about(self.tx, movement.our_no)
        assert ask is not None, "an attempt is never forgotten"
        if movement.stand is Stand.OPEN:
            delivering.answer(self.tx, self.room, ask.order_no, ask.line_no, ask.attempt, said, self.now)
            after = movements.one(self.tx, self.party, movement.kind, movement.our_no)
            ended = after is not None and after.stand is not Stand.OPEN
            return self.close(f"taken: {said.outcome}") if ended else self.stays("processing")
        return self.deny(movement, said.outcome)

    # --- other numbers -----------------------------------------------------------------------------

    def book_fee(self) -> Resolution:
        found, movement = self.difference.found, self._movement()
        more = (found.theirs_fen or NOTHING) - movement.kept_fen
        billing.note_kept(self.tx, found.kind, found.our_no, more)
        ref = f"kept:{self.difference.difference_no}:{self.difference.openings}"
        billing.post_kept(self.tx, self.party.name, ref, more, movement.order_no, self.now)
        return self.close("fee_booked")

    def book_cost(self) -> Resolution:
        found, order_no = self.difference.found, self._movement().order_no
        cost = found.theirs_fen or Fen(0)
        costs.learn(self.tx, self.party.name, found.our_no, order_no, cost, self.now)
        return self.close("cost_booked")

    def _movement(self) -> Movement:
        found = self.difference.found
        movement = movements.one(self.tx, self.party, found.kind, found.our_no)
        if movement is None:
            raise NotPermitted(
                f"difference {self.difference.difference_no} is about nothing of ours any more"
            )
        return movement

    def _no_row(self) -> BillRow:
        """The other side took it back: there is nothing of it."""
        found = self.difference.found
        return BillRow(found.kind, found.ref, found.our_no, NOTHING, NOTHING, SUCCEEDED, self.now)

    def _row(self) -> BillRow:
        row = bills.row_of(self.tx, self.party, self.difference.found)
        if row is None or self.party.side is not Side.GATEWAY:
            number = self.difference.difference_no
            raise NotPermitted(f"the bill row of difference {number} is gone; compare the day again")
        return row
