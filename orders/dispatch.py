"""The asynchronous edge of the shop: calls suppliers and gateways, between transactions.

Each handler is the same three steps: commit the intent, call, commit the answer. A process that
dies in between leaves a job behind that asks what became of the call; nothing is called twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from orders import buying, delivering, errands, promises, refunding, sourcing, sweeping
from orders.catalog import Delivery
from orders.clock import Clock
from orders.database import Database, Tx
from orders.invariants import violations
from orders.paying import NoWay
from orders.payment import STARS, TELEGRAM, Payment
from orders.ports import (
    DeliveryAsk,
    Gateway,
    HouseSupplier,
    Job,
    Outcome,
    PaymentStatus,
    RefundAnswer,
    RefundStatus,
    Scene,
    Supplier,
    SupplierAnswer,
)
from orders.shop import Shop
from orders.sourcing import Seller
from orders.store import book, money
from orders.till import Till

T = TypeVar("T")
JobHandler = Callable[[Job], Awaitable[None]]

SILENT_CLOSES_MAX = 4
"""A gateway that does not answer holds an unpaid order's stock for no longer than so many tries:
money that comes later is late, and still dealt with."""


LOOK_AGAIN_AFTER = timedelta(minutes=2)
"""UnionPay closes nothing before its time is over. What it did not close is looked at once more, so long
after that time: a payer can have been faster than us, and his notice can be lost."""


class GatewaySilent(Exception):
    """A gateway did not answer; the job is tried again by and by."""


class Dispatch:
    """The handlers of the shop's own jobs."""

    def __init__(
        self,
        database: Database,
        shop: Shop,
        suppliers: Mapping[Delivery, Supplier | HouseSupplier],
        gateways: Mapping[str, Gateway],
        clock: Clock,
        sellers: Sequence[Seller] = (),
    ) -> None:
        """`suppliers` deliver what no outside supplier sells: those are the `sellers`."""
        self._database = database
        self._shop = shop
        self._room = shop.room
        self._suppliers = suppliers
        self._sellers = {seller.name: seller for seller in sellers}
        self._by_name: dict[str, Supplier | HouseSupplier] = {one.name: one for one in suppliers.values()}
        self._by_name |= {name: seller.supplier for name, seller in self._sellers.items()}
        self._gateways = gateways
        self._clock = clock
        self._till = Till(database, shop, gateways, clock)

    def handlers(self) -> Mapping[str, JobHandler]:
        """By kind of job. Handlers read the state again: running one twice is harmless."""
        return {
            "submit_line": self.submit_line,
            "query_attempt": self.query_attempt,
            "sync_prices": self.sync_prices,
            "check_balance": self.check_balance,
            "check_promise": self.check_promise,
            "send_invoice": self.send_invoice,
            "expire_order": self.expire_order,
            "close_payment": self.close_payment,
            "query_payment": self.query_payment,
            "submit_refund": self.submit_refund,
            "query_refund": self.query_refund,
            "sweep": self.sweep,
        }

    # --- deliveries -----------------------------------------------------------------------------

    async def submit_line(self, job: Job) -> None:
        order_no, line_no = str(job.payload["order_no"]), int(job.payload["line_no"])
        begun = await self._database.write(partial(self._begin, order_no, line_no))
        if begun is None or self._stood_still(begun[1]):
            return
        supplier, ask = begun
        await self._settle(ask, await self._answered(supplier.submit(ask)))

    def _stood_still(self, ask: DeliveryAsk) -> bool:
        """Whether this process slept between writing down that it will call, and calling: a machine that
        was suspended, a full disk. Meanwhile the supplier may have denied the request, and another attempt
        may be under way; a request that goes out now would deliver twice. The question that was written
        down along finds out that it never went."""
        patience = timedelta(seconds=self._shop.policy.delivery.answer_within_seconds)
        return self._clock.now() - ask.asked_at > patience

    def _begin(self, order_no: str, line_no: int, tx: Tx) -> tuple[Supplier, DeliveryAsk] | None:
        """Whom to call and what to ask, the intent written down; None where nobody is to be called."""
        now, ready = self._clock.now(), delivering.queued(tx, order_no, line_no)
        if ready is None:
            return None
        order, line = ready
        if sourcing.is_sourced(tx, self._room, line, now):
            bought = buying.buy(tx, self._room, order_no, line_no, now)
            return (self._outside(bought[0]), bought[1]) if bought else None
        supplier = self._suppliers[line.delivery]
        if isinstance(supplier, HouseSupplier):
            delivering.by_ourselves(tx, self._room, order, line, supplier, now)
            return None
        ask = delivering.begin(tx, self._room, order_no, line_no, supplier.name, True, now)
        return (supplier, ask) if ask else None

    def _outside(self, name: str) -> Supplier:
        seller = self._sellers.get(name)
        if seller is None:
            raise LookupError(f"supplier {name!r} is not connected; set XIADAN_SUPPLIERS in every process")
        return seller.supplier

    async def query_attempt(self, job: Job) -> None:
        order_no, line_no = str(job.payload["order_no"]), int(job.payload["line_no"])
        attempt = int(job.payload["attempt"])
        found = await self._database.read(lambda tx: delivering.open_ask(tx, order_no, line_no, attempt))
        if found is None:
            return
        name, ask = found
        supplier = self._by_name.get(name)
        if supplier is None or isinstance(supplier, HouseSupplier):
            # No longer connected: nobody can tell us, so a person must.
            await self._settle(ask, SupplierAnswer(Outcome.UNKNOWN, reason="supplier_gone"))
            return
        await self._settle(ask, await self._answered(supplier.query(ask)))

    async def check_promise(self, job: Job) -> None:
        order_no, now = str(job.payload["order_no"]), self._clock.now()
        await self._database.write(lambda tx: promises.look(tx, self._room, order_no, now))

    async def _answered(self, call: Awaitable[SupplierAnswer]) -> SupplierAnswer:
        try:
            async with asyncio.timeout(self._shop.policy.delivery.answer_within_seconds):
                return await call
        except TimeoutError:
            return SupplierAnswer(Outcome.UNKNOWN, reason="timeout")

    async def _settle(self, ask: DeliveryAsk, said: SupplierAnswer) -> None:
        now = self._clock.now()
        await self._database.write(
            lambda tx: delivering.answer(tx, self._room, ask.order_no, ask.line_no, ask.attempt, said, now)
        )

    async def sync_prices(self, job: Job) -> None:
        """A supplier that is not connected any more is asked no more."""
        seller = self._sellers.get(str(job.payload["supplier"]))
        if seller is not None:
            prices = await self._told(seller.supplier.prices())
            now = self._clock.now()
            await self._database.write(lambda tx: sourcing.take_prices(tx, self._room, seller, prices, now))

    async def check_balance(self, job: Job) -> None:
        seller = self._sellers.get(str(job.payload["supplier"]))
        if seller is not None:
            left, now = await self._told(seller.supplier.balance_fen()), self._clock.now()
            await self._database.write(
                lambda tx: sourcing.take_balance(tx, self._room, seller.name, left, now)
            )

    async def _told(self, call: Awaitable[T | None]) -> T | None:
        try:
            async with asyncio.timeout(self._shop.policy.delivery.answer_within_seconds):
                return await call
        except TimeoutError:
            return None

    # --- payments -------------------------------------------------------------------------------

    async def send_invoice(self, job: Job) -> None:
        """Have Telegram show the invoice. An order that is paid or gone by now needs none."""
        order_no = str(job.payload["order_no"])
        order = await self._database.read(lambda tx: book.get(tx, order_no))
        if order is None or not order.is_payable:
            return
        payer = order.customer_id.removeprefix(f"{TELEGRAM}:")
        sent = await self._till.send(
            order.pay_token, STARS, Scene.INVOICE, payer=payer, payer_ip="", return_url=""
        )
        if sent is NoWay.SILENT:
            raise GatewaySilent(f"the invoice of order {order_no} may not have been sent")
        if sent is NoWay.REFUSED:
            # He blocked the bot, or it is more than Telegram takes at once: there is no other way for him.
            now = self._clock.now()
            await self._database.write(
                lambda tx: self._room.alarm(tx, "invoice_refused", order_no, "not shown in the chat", now)
            )

    async def expire_order(self, job: Job) -> None:
        """Close the payments first, then let the stock go: whoever paid meanwhile has bought it."""
        order_no = str(job.payload["order_no"])
        payments = await self._database.read(lambda tx: money.payments_of(tx, order_no))
        answers = [(one, await self._till.close(one)) for one in payments if one.may_be_paid]
        silent = any(answer.status is PaymentStatus.UNKNOWN for _, answer in answers)
        if silent and job.attempts < SILENT_CLOSES_MAX:
            raise GatewaySilent(f"a gateway did not say whether order {order_no} was paid")
        left_open = (PaymentStatus.NOT_PAID, PaymentStatus.UNKNOWN)
        not_closed = [
            one
            for one, answer in answers
            if one.scene and answer.status in left_open and one.gateway in self._gateways
        ]
        unheard = any(one.scene and answer.status is PaymentStatus.UNKNOWN for one, answer in answers)
        now = self._clock.now()

        def expire(tx: Tx) -> None:
            self._shop.expire(tx, order_no, now, unheard=unheard)
            for one in not_closed:
                # Its payer may be at his bank this very moment, or have paid while the gateway told nothing.
                self._room.later(tx, errands.close_payment(one.out_trade_no), now + LOOK_AGAIN_AFTER)

        await self._database.write(expire)

    async def close_payment(self, job: Job) -> None:
        out_trade_no = str(job.payload["out_trade_no"])
        payment = await self._database.read(lambda tx: money.by_trade_no(tx, out_trade_no))
        if payment is None or payment.psp_ref is not None:
            return
        answer = await self._till.close(payment)
        if answer.status is PaymentStatus.UNKNOWN:
            raise GatewaySilent(f"the gateway did not close payment {out_trade_no}")
        if answer.status is PaymentStatus.NOT_PAID and self._clock.now() < payment.expires_at:
            errand, at = errands.close_payment(out_trade_no), payment.expires_at + LOOK_AGAIN_AFTER
            await self._database.write(lambda tx: self._room.later(tx, errand, at))

    async def query_payment(self, job: Job) -> None:
        """Ask the gateway whether the payer, who went there, has paid: notices get lost."""
        out_trade_no, asked = str(job.payload["out_trade_no"]), int(job.payload["asked"])

        def still_open(tx: Tx) -> Payment | None:
            payment = money.by_trade_no(tx, out_trade_no)
            order = book.get(tx, payment.order_no) if payment and payment.may_be_paid else None
            return payment if order and order.is_payable else None

        payment = await self._database.read(still_open)
        if payment is None:
            return
        answer = await self._till.query(payment)
        waits = self._shop.policy.payment.query_seconds
        if answer.status in (PaymentStatus.PAID, PaymentStatus.CLOSED) or asked + 1 >= len(waits):
            return
        at = self._clock.now() + timedelta(seconds=waits[asked + 1] - waits[asked])
        errand = errands.query_payment(out_trade_no, asked + 1)
        await self._database.write(lambda tx: self._room.later(tx, errand, at))

    def _gateway(self, name: str) -> Gateway:
        gateway = self._gateways.get(name)
        if gateway is None:
            raise LookupError(f"gateway {name!r} is not connected; configure it again")
        return gateway

    # --- refunds --------------------------------------------------------------------------------

    async def submit_refund(self, job: Job) -> None:
        refund_no, now = str(job.payload["refund_no"]), self._clock.now()
        begun = await self._database.write(lambda tx: refunding.begin(tx, self._room, refund_no, now))
        if begun is not None:
            name, ask = begun
            await self._settle_refund(refund_no, self._gateway(name).refund(ask))

    async def query_refund(self, job: Job) -> None:
        refund_no = str(job.payload["refund_no"])
        found = await self._database.read(lambda tx: refunding.open_ask(tx, refund_no))
        if found is not None:
            name, ask = found
            await self._settle_refund(refund_no, self._gateway(name).query_refund(ask))

    async def _settle_refund(self, refund_no: str, call: Awaitable[RefundAnswer]) -> None:
        try:
            async with asyncio.timeout(self._shop.policy.delivery.answer_within_seconds):
                said = await call
        except TimeoutError:
            said = RefundAnswer(RefundStatus.UNKNOWN, "timeout")
        now = self._clock.now()
        await self._database.write(lambda tx: refunding.answer(tx, self._room, refund_no, said, now))

    # --- housekeeping ---------------------------------------------------------------------------

    async def sweep(self, job: Job) -> None:
        """Reading the books takes a while, so that is not done in a writing transaction."""
        now = self._clock.now()
        found = await self._database.read(lambda tx: violations(tx, self._shop.policy, now))
        await self._database.write(lambda tx: sweeping.sweep(tx, self._room, found, now))
