"""Between us and the gateways: sends a payer there, asks what became of him, lets nobody in any more.

Nothing is decided here. What a gateway says of money goes the one way that money goes; a gateway that
does not answer has said nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import TypeVar

from orders import paying
from orders.clock import Clock
from orders.database import Database, Tx
from orders.order import Order
from orders.paying import NoWay
from orders.payment import Payment
from orders.ports import (
    Gateway,
    GoTo,
    OpenAnswer,
    PaymentAnswer,
    PaymentOffer,
    PaymentStatus,
    Scene,
    Source,
)
from orders.shop import Shop
from orders.store import book, money

T = TypeVar("T")

SUBJECT_LENGTH_MAX = 40


class Till:
    """Where payers are sent from, and where gateways' answers arrive."""

    def __init__(self, database: Database, shop: Shop, gateways: Mapping[str, Gateway], clock: Clock) -> None:
        self._database = database
        self._shop = shop
        self._gateways = gateways
        self._clock = clock

    def scene(self, gateway: str, wanted: tuple[Scene, ...]) -> Scene | None:
        """The first of `wanted` that the gateway knows."""
        known = self._gateways[gateway].scenes if gateway in self._gateways else frozenset()
        return next((scene for scene in wanted if scene in known), None)

    async def send(
        self, pay_token: str, gateway: str, scene: Scene, *, payer: str, payer_ip: str, return_url: str
    ) -> PaymentOffer | NoWay:
        """Open the payment and give back what to show the payer, or why there is nothing to show.

        Whatever he began in another way is closed before; if that turns out to be paid, this is not
        opened any more.
        """
        connected = self._gateways.get(gateway)
        if connected is None or scene not in connected.scenes:
            return NoWay.UNKNOWN
        now = self._clock.now()
        begun = await self._database.write(
            lambda tx: self._shop.begin_payment(tx, pay_token, gateway, scene, now)
        )
        if isinstance(begun, NoWay):
            return begun
        for left in begun.left:
            if (await self.close(left)).status is PaymentStatus.PAID:
                return NoWay.PAID
        payment = begun.payment
        if payment.offer is not None and not isinstance(payment.offer, GoTo):
            return payment.offer
        ask = replace(
            payment.ask, subject=_subject(begun.order), payer=payer, payer_ip=payer_ip, return_url=return_url
        )
        answer = await self._in_time(connected.open(ask, scene), OpenAnswer(None, "timeout", unsure=True))
        # A link goes stale long before its payment: WeChat's after five minutes. A fresh one is asked for, under
        # the same number; where there is none, the old one may still do.
        offer = answer.offer or payment.offer
        if offer is None:
            return NoWay.SILENT if answer.unsure else NoWay.REFUSED
        await self._database.write(lambda tx: paying.keep_offer(tx, payment, offer))
        return offer

    async def look(self, pay_token: str) -> None:
        """The payer came back: ask at once, for each way that he may have gone."""

        def underway(tx: Tx) -> tuple[Payment, ...]:
            order = book.by_pay_token(tx, pay_token)
            if order is None or not order.is_payable:
                return ()
            return tuple(one for one in money.payments_of(tx, order.order_no) if one.may_be_paid)

        for payment in await self._database.read(underway):
            await self.query(payment, Source.RETURN_PAGE)

    async def query(self, payment: Payment, source: Source = Source.QUERY) -> PaymentAnswer:
        """Ask the gateway what became of a payment; money that it tells of is settled."""
        gateway = self._gateways.get(payment.gateway)
        if gateway is None:
            # Not connected any more: nobody can tell us now, and nobody can pay there either.
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        return await self._take(payment, await self._answer(gateway.query(payment.ask)), source)

    async def close(self, payment: Payment) -> PaymentAnswer:
        """Let nobody pay it any more. Asked first, for a gateway that closes what was just paid would
        have us believe that it was not."""
        asked = await self.query(payment)
        gateway = self._gateways.get(payment.gateway)
        if gateway is None or asked.status in (PaymentStatus.PAID, PaymentStatus.CLOSED):
            return asked
        return await self._take(payment, await self._answer(gateway.close(payment.ask)), Source.QUERY)

    async def _take(self, payment: Payment, answer: PaymentAnswer, source: Source) -> PaymentAnswer:
        if answer.status is PaymentStatus.PAID and answer.notice is not None:
            notice, now = replace(answer.notice, source=source), self._clock.now()
            await self._database.write(lambda tx: self._shop.settle(tx, notice, now))
        elif answer.status is PaymentStatus.CLOSED:
            number = payment.out_trade_no
            await self._database.write(lambda tx: paying.closed(tx, self._shop.room, number))
        return answer

    async def _answer(self, call: Awaitable[PaymentAnswer]) -> PaymentAnswer:
        return await self._in_time(call, PaymentAnswer(PaymentStatus.UNKNOWN))

    async def _in_time(self, call: Awaitable[T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(self._shop.policy.payment.answer_within_seconds):
                return await call
        except TimeoutError:
            return otherwise


def _subject(order: Order) -> str:
    """What is bought, as the payer's app shows it; without the recipient, who is nobody else's business."""
    things = "、".join(f"{line.name}{line.variant}" for line in order.lines)
    return things[:SUBJECT_LENGTH_MAX] or order.order_no
