"""Telegram Stars: the bot sends an invoice, Telegram asks us before it takes the money, and tells us after.

What Telegram tells comes among the chat's updates (`telegram_stars.py`), not at a notice address. An
invoice cannot be withdrawn, and an old one can be paid again: what ends a payment is that we answer no
when Telegram asks. Stars go back by the number of the charge, a whole one or none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog

from adapters.payments.star_history import HistoryTooLong, StarHistory
from adapters.telegram_api import Invoice, StarMovement, TelegramApi, TelegramAway, TelegramRefused
from orders.clock import CHINA, Clock
from orders.money import Fen
from orders.payment import STAR, STARS
from orders.ports import (
    BillAnswer,
    BillKind,
    BillRow,
    GoTo,
    InvoiceSent,
    Merchant,
    NoticeRefused,
    OpenAnswer,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    RawNotice,
    RefundAnswer,
    RefundAsk,
    RefundNotice,
    RefundStatus,
    Scene,
    Source,
)

log = structlog.get_logger(__name__)

STARS_MAX = 25_000
TITLE_LENGTH_MAX = 32
DESCRIPTION_LENGTH_MAX = 255
WITNESS = "x-stars-witness"

LISTED_AFTER = timedelta(minutes=3)
"""What happened longer ago than this stands in Telegram's list, if it happened."""
CLOCKS_APART_MAX = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that Telegram told of in an update: what of it is money."""

    payload: str
    charge_id: str
    stars: int
    currency: str
    paid_at: datetime


class StarsGateway:
    """`describe` says what an invoice is for, from our number of the payment."""

    def __init__(self, api: TelegramApi, clock: Clock, describe: Callable[[str], str]) -> None:
        self._api = api
        self._clock = clock
        self._describe = describe
        self._history = StarHistory(api)
        # Nobody but this process can have it: what is posted from outside is never believed.
        self._witness = secrets.token_bytes(32)

    @property
    def name(self) -> str:
        return STARS

    @property
    def merchant(self) -> Merchant:
        """The bot: whatever it hears of was paid to itself."""
        return Merchant(self._api.bot_id, "")

    @property
    def acknowledgement(self) -> str:
        """Telegram posts no notices; its updates are acknowledged as updates are."""
        return ""

    @property
    def scenes(self) -> frozenset[Scene]:
        return frozenset({Scene.INVOICE, Scene.WAP})

    def heard(self, paid: Paid) -> RawNotice:
        """An update's word of a payment, in the form in which notices are recorded and settled."""
        facts = {
            "payload": paid.payload,
            "charge_id": paid.charge_id,
            "stars": paid.stars,
            "currency": paid.currency,
            "paid_at": int(paid.paid_at.timestamp()),
        }
        body = json.dumps(facts, sort_keys=True).encode()
        return RawNotice(body, {WITNESS: self._sealed(body)}, self._clock.now())

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        """Only what `heard` made in this process; anybody can post. Raises NoticeRefused."""
        witness = raw.headers.get(WITNESS, "")
        if not hmac.compare_digest(self._sealed(raw.body).encode(), witness.encode("utf-8", "replace")):
            raise NoticeRefused("forged")
        facts = json.loads(raw.body)
        return self._notice(
            facts["payload"],
            facts["charge_id"],
            facts["stars"],
            facts["currency"],
            datetime.fromtimestamp(facts["paid_at"], UTC),
            Source.NOTICE,
            nonce=hashlib.sha256(raw.body).hexdigest(),
        )

    async def answer_payer(self, query_id: str, objection: str | None) -> None:
        """Let a payer pay, or tell him why not. Raises TelegramRefused, TelegramAway."""
        await self._api.answer_payer(query_id, objection)

    async def close_connection(self) -> None:
        """At the end of the process."""
        await self._api.close()

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        """Send the invoice into the chat of `ask.payer`, or make a link that opens it in Telegram."""
        if scene not in self.scenes or ask.currency != STAR:
            return OpenAnswer(None, "not_offered")
        if ask.amount_fen > STARS_MAX:
            return OpenAnswer(None, "too_many_stars")
        title = " ".join(ask.subject.split())[:TITLE_LENGTH_MAX] or ask.out_trade_no
        description = self._describe(ask.out_trade_no)[:DESCRIPTION_LENGTH_MAX]
        invoice = Invoice(title, description, ask.out_trade_no, ask.amount_fen)
        try:
            if scene is Scene.WAP:
                return OpenAnswer(GoTo(await self._api.invoice_link(invoice)))
            if not _is_number(ask.payer):
                return OpenAnswer(None, "no_chat")
            await self._api.send_invoice(int(ask.payer), invoice)
        except TelegramRefused as refused:
            log.warning("stars_invoice_refused", out_trade_no=ask.out_trade_no, reason=str(refused))
            return OpenAnswer(None, "refused")
        except TelegramAway as away:
            log.warning("stars_away", out_trade_no=ask.out_trade_no, reason=str(away))
            return OpenAnswer(None, "no_answer", unsure=True)
        return OpenAnswer(InvoiceSent())

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        """Looks through what came since the payment was opened."""
        moved = await self._moved(ask.created_at - CLOCKS_APART_MAX, self._clock.now() + CLOCKS_APART_MAX)
        if moved is None:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        for one in moved:
            if one.came and one.payload == ask.out_trade_no:
                notice = self._notice(one.payload, one.charge_id, one.stars, STAR, one.at, Source.QUERY)
                return PaymentAnswer(PaymentStatus.PAID, notice)
        return PaymentAnswer(PaymentStatus.NOT_PAID)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        """Once it is closed in our books, Telegram is answered no when it asks. Whoever was let through a
        moment before pays late, and that is settled as late money is."""
        answer = await self.query(ask)
        if answer.status is PaymentStatus.NOT_PAID:
            return PaymentAnswer(PaymentStatus.CLOSED)
        return answer

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        if ask.amount_fen != ask.paid_fen:
            return RefundAnswer(RefundStatus.REFUSED, "stars_go_back_whole")
        if not _is_number(ask.payer):
            return RefundAnswer(RefundStatus.REFUSED, "no_telegram_user")
        try:
            await self._api.give_back_stars(int(ask.payer), ask.psp_ref)
        except TelegramRefused as refused:
            if "CHARGE_ALREADY_REFUNDED" not in str(refused).upper():
                return RefundAnswer(RefundStatus.REFUSED, str(refused)[:120])
        except TelegramAway as away:
            return RefundAnswer(RefundStatus.UNKNOWN, str(away)[:120])
        return RefundAnswer(RefundStatus.SUCCEEDED, psp_ref=ask.psp_ref)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        """Sent again it is the same refund: Telegram knows it by its charge."""
        now = self._clock.now()
        promised_at = ask.promised_at or now
        moved = await self._moved(promised_at - CLOCKS_APART_MAX, now + CLOCKS_APART_MAX)
        if moved is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_answer")
        if any(not one.came and one.charge_id == ask.psp_ref for one in moved):
            return RefundAnswer(RefundStatus.SUCCEEDED, psp_ref=ask.psp_ref)
        late = now >= promised_at + LISTED_AFTER
        return RefundAnswer(RefundStatus.ABSENT if late else RefundStatus.UNKNOWN)

    async def bill(self, day: date) -> BillAnswer:
        """Amounts are whole stars. Of a refund Telegram knows no number of ours, only the charge."""
        begins = datetime.combine(day, time(), CHINA).astimezone(UTC)
        ends = begins + timedelta(days=1)
        if self._clock.now() < ends + LISTED_AFTER:
            return BillAnswer(None, "not_made")
        moved = await self._moved(begins, ends)
        if moved is None:
            return BillAnswer(None, "no_answer")
        return BillAnswer(tuple(_row(one) for one in moved if one.user_id is not None))

    async def _moved(self, begins: datetime, ends: datetime) -> tuple[StarMovement, ...] | None:
        try:
            return await self._history.between(begins, ends)
        except (TelegramRefused, TelegramAway, HistoryTooLong) as failed:
            log.warning("stars_not_listed", reason=str(failed) or type(failed).__name__)
            return None

    def _notice(
        self,
        payload: str,
        charge_id: str,
        stars: int,
        currency: str,
        paid_at: datetime,
        source: Source,
        nonce: str = "",
    ) -> PaymentNotice:
        return PaymentNotice(
            gateway=STARS,
            merchant_id=self._api.bot_id,
            app_id="",
            out_trade_no=payload,
            psp_ref=charge_id,
            amount_fen=Fen(stars),
            currency=currency,
            method=STARS,
            paid_at=paid_at,
            source=source,
            nonce=nonce,
        )

    def _sealed(self, body: bytes) -> str:
        return hmac.new(self._witness, body, hashlib.sha256).hexdigest()


def _row(one: StarMovement) -> BillRow:
    kind, our_no = (BillKind.PAYMENT, one.payload) if one.came else (BillKind.REFUND, "")
    return BillRow(kind, one.charge_id, our_no, Fen(one.stars), Fen(0), "succeeded", one.at)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20
