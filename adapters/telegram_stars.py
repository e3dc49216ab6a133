"""What the Telegram channel hears of payments in stars: that somebody is about to pay, and that he has.

Telegram waits ten seconds for our yes or no, so it comes straight from a read, before anything that only
talks. That money came is settled before the update is acknowledged, by the one way that money goes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import structlog
from telegram import Message, PreCheckoutQuery, SuccessfulPayment

from adapters.payments.stars import Paid, StarsGateway
from adapters.telegram_api import TelegramAway, TelegramRefused
from bot.messages import ChatAddress
from bot.store.chats import customer_of
from bot.wording import Wording
from orders.clock import Clock
from orders.database import Database
from orders.paying import NoWay
from orders.payment import TELEGRAM, Charge, Held, Refused
from orders.shop import Shop

log = structlog.get_logger(__name__)

ANSWERED_KEPT_MAX = 1000


@dataclass(frozen=True, slots=True)
class StarsWords:
    """What is said at the till. Read from the shop's wording at start."""

    invoice: str
    """What an invoice is for, with `{order_no}`."""
    objections: Mapping[NoWay, str]
    """Shown to a payer who may not pay."""

    @classmethod
    def of(cls, wording: Wording) -> StarsWords:
        """The words as the shop has them. Raises WordingError for one that is missing."""
        stopped = (NoWay.UNKNOWN, NoWay.PAID, NoWay.ENDED, NoWay.REFUSED)
        return cls(
            invoice=wording.say("channel.stars.invoice", order_no="{order_no}"),
            objections={why: wording.say(f"channel.stars.{why.value}") for why in stopped},
        )

    def describe(self, out_trade_no: str) -> str:
        return self.invoice.format(order_no=out_trade_no.partition("-")[0])


class StarsInbox:
    """Takes those updates that are about stars."""

    def __init__(
        self,
        gateway: StarsGateway,
        shop: Shop,
        database: Database,
        words: StarsWords,
        clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._shop = shop
        self._database = database
        self._words = words
        self._clock = clock
        self._answered: OrderedDict[str, None] = OrderedDict()

    async def close(self) -> None:
        await self._gateway.close_connection()

    async def answer(self, query: PreCheckoutQuery) -> None:
        """Say at once whether the payer may pay. An answer that is lost leaves him to try again."""
        if query.id in self._answered:
            return
        offered = Charge(query.total_amount, query.currency)
        customer = customer_of(ChatAddress(TELEGRAM, str(query.from_user.id)))
        number, now = query.invoice_payload, self._clock.now()
        objection = await self._database.read(
            lambda tx: self._shop.objection_to_paying(tx, number, customer, offered, now)
        )
        try:
            await self._gateway.answer_payer(
                query.id, self._words.objections[objection] if objection else None
            )
        except (TelegramRefused, TelegramAway) as failed:
            log.warning("stars_payer_not_answered", out_trade_no=number, reason=str(failed))
            return
        self._answered[query.id] = None
        while len(self._answered) > ANSWERED_KEPT_MAX:
            self._answered.popitem(last=False)
        if objection:
            log.info("stars_payer_stopped", out_trade_no=number, why=objection.value)

    async def take(self, message: Message, payment: SuccessfulPayment) -> None:
        """Settle what was paid: committed when this returns, however often it comes."""
        paid = Paid(
            payload=payment.invoice_payload,
            charge_id=payment.telegram_payment_charge_id,
            stars=payment.total_amount,
            currency=payment.currency,
            paid_at=message.date.astimezone(UTC),
        )
        raw, now = self._gateway.heard(paid), self._clock.now()
        outcome = await self._database.write(
            lambda tx: self._shop.receive_notice(tx, self._gateway, raw, now)
        )
        if isinstance(outcome, Held | Refused):
            log.error("stars_not_settled", out_trade_no=paid.payload, reason=outcome.reason)
