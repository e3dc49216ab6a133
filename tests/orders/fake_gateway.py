"""A gateway that does what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from orders.money import Fen
from orders.ports import (
    BillAnswer,
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
    RefundStatus,
    Scene,
    ShowCode,
    Source,
)

US = Merchant("fake-merchant", "fake-app")


@dataclass
class FakeGateway:
    """Opens every payment, closes those that nobody paid. A payer is `paid[out_trade_no] = moment`."""

    name: str = "alipay"
    merchant: Merchant = US
    acknowledgement: str = "success"
    scenes: frozenset[Scene] = frozenset({Scene.QR, Scene.WAP})
    asked: list[str] = field(default_factory=list)
    paid: dict[str, datetime] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    silent: bool = False
    refuses: bool = False
    opened: list[PaymentAsk] = field(default_factory=list)

    def read_notice(self, raw: RawNotice) -> PaymentNotice:
        raise NoticeRefused("unsigned")

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        self.asked.append(f"open {ask.out_trade_no}")
        self.opened.append(ask)
        if self.silent:
            return OpenAnswer(None, "timeout", unsure=True)
        if self.refuses:
            return OpenAnswer(None, "not_allowed")
        return OpenAnswer(ShowCode(f"code:{self.name}:{ask.out_trade_no}"))

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        self.asked.append(f"query {ask.out_trade_no}")
        if self.silent:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if paid_at := self.paid.get(ask.out_trade_no):
            return PaymentAnswer(PaymentStatus.PAID, self.notice(ask, paid_at))
        closed = ask.out_trade_no in self.closed
        return PaymentAnswer(PaymentStatus.CLOSED if closed else PaymentStatus.NOT_PAID)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        self.asked.append(f"close {ask.out_trade_no}")
        if not self.silent and ask.out_trade_no not in self.paid:
            self.closed.add(ask.out_trade_no)
        return await self.query(ask)

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        self.asked.append(f"refund {ask.out_trade_no} {ask.amount_fen}")
        return RefundAnswer(RefundStatus.SUCCEEDED)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        return RefundAnswer(RefundStatus.SUCCEEDED)

    async def bill(self, day: date) -> BillAnswer:
        return BillAnswer(None, "no_bill")

    def notice(self, ask: PaymentAsk, paid_at: datetime) -> PaymentNotice:
        """Its word that exactly what was asked was paid."""
        return PaymentNotice(
            self.name, self.merchant.merchant_id, self.merchant.app_id, ask.out_trade_no,
            f"psp-{ask.out_trade_no}", Fen(ask.amount_fen), ask.currency, self.name, paid_at, Source.QUERY,
        )  # fmt: skip
