"""A hostile payment gateway: a bank with books of its own, and what the shop sees of it.

The bank never forgets a movement of money, whatever became of its notices: its books are the truth
that the shop's are held against.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from orders.clock import Clock
from orders.money import Fen
from orders.ports import (
    BillAnswer,
    GoTo,
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
from tests.simulation.wire import Wire

MERCHANTS = {name: Merchant(f"m-{name}", f"a-{name}") for name in ("north", "south")}
"""Who the shop is at each bank."""


@dataclass(frozen=True)
class Movement:
    """Money that a payer gave to the bank for us."""

    gateway: str
    out_trade_no: str
    psp_ref: str
    amount_fen: Fen
    paid_at: datetime


class Fate(StrEnum):
    """What the bank makes of refunds; chosen when one first arrives."""

    AT_ONCE = "at_once"
    LATER = "later"
    """It is processed, and comes to a good end when the bank gets to it."""
    ABNORMAL = "abnormal"
    """It is processed, and comes to nothing."""
    REFUSED = "refused"


@dataclass
class BankRefund:
    ask: RefundAsk
    fate: Fate
    is_ended: bool

    @property
    def gave_back(self) -> bool:
        return self.is_ended and self.fate in (Fate.AT_ONCE, Fate.LATER)

    @property
    def status(self) -> RefundStatus:
        if not self.is_ended:
            return RefundStatus.PROCESSING
        return RefundStatus.SUCCEEDED if self.gave_back else RefundStatus.REFUSED


@dataclass
class Bank:
    """The bank's side: money, and what it says of it."""

    name: str
    merchant: Merchant
    clock: Clock
    asks: dict[str, PaymentAsk] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    movements: dict[str, list[Movement]] = field(default_factory=dict)
    """By our payment number; more than one where somebody paid again."""
    refunds: dict[str, BankRefund] = field(default_factory=dict)
    next_fate: Fate = Fate.AT_ONCE
    _count: int = 0

    def pay(self, out_trade_no: str, amount_fen: Fen) -> Movement:
        self._count += 1
        paid = Movement(
            self.name, out_trade_no, f"{self.name}{self._count:06d}", amount_fen, self.clock.now()
        )
        self.movements.setdefault(out_trade_no, []).append(paid)
        return paid

    def opened(self, ask: PaymentAsk) -> OpenAnswer:
        self.asks[ask.out_trade_no] = ask
        return OpenAnswer(GoTo(f"pay:{ask.out_trade_no}"))

    def status(self, out_trade_no: str) -> PaymentAnswer:
        if paid := self.movements.get(out_trade_no):
            return PaymentAnswer(PaymentStatus.PAID, replace(self._told(paid[0]), source=Source.QUERY))
        closed = out_trade_no in self.closed
        return PaymentAnswer(PaymentStatus.CLOSED if closed else PaymentStatus.NOT_PAID)

    def close(self, out_trade_no: str) -> PaymentAnswer:
        if out_trade_no not in self.movements:
            self.closed.add(out_trade_no)
        return self.status(out_trade_no)

    def refund(self, ask: RefundAsk) -> RefundAnswer:
        """The same number is the same refund, at every gateway that we know. One that it refused is
        looked at anew when it is asked for again."""
        known = self.refunds.get(ask.refund_no)
        if known is None or known.status is RefundStatus.REFUSED:
            ended = self.next_fate in (Fate.AT_ONCE, Fate.REFUSED)
            self.refunds[ask.refund_no] = BankRefund(ask, self.next_fate, ended)
        return self.refund_status(ask.refund_no)

    def refund_status(self, refund_no: str) -> RefundAnswer:
        known = self.refunds.get(refund_no)
        if known is None:
            return RefundAnswer(RefundStatus.ABSENT)
        return RefundAnswer(known.status, psp_ref=f"r-{refund_no}")

    @property
    def given_back_fen(self) -> int:
        return sum(refund.ask.amount_fen for refund in self.refunds.values() if refund.gave_back)

    def _told(self, paid: Movement) -> PaymentNotice:
        return PaymentNotice(
            gateway=self.name,
            merchant_id=self.merchant.merchant_id,
            app_id=self.merchant.app_id,
            out_trade_no=paid.out_trade_no,
            psp_ref=paid.psp_ref,
            amount_fen=paid.amount_fen,
            currency="CNY",
            method="simulated",
            paid_at=paid.paid_at,
        )

    def notice(self, paid: Movement, nonce: str, **lies: str | int) -> RawNotice:
        """The signed notice of a payment; `lies` change what is said, under a good signature."""
        said = {
            "event": "paid", "merchant": self.merchant.merchant_id, "app": self.merchant.app_id,
            "out_trade_no": paid.out_trade_no, "psp_ref": paid.psp_ref, "amount": paid.amount_fen,
            "currency": "CNY", "paid_at": paid.paid_at.isoformat(),
        }  # fmt: skip
        return self.signed({**said, **lies}, nonce)

    def refund_notice(self, refund_no: str, nonce: str, **lies: str | int) -> RawNotice:
        known = self.refunds[refund_no]
        said = {
            "event": "refund", "merchant": self.merchant.merchant_id, "refund_no": refund_no,
            "status": known.status.value, "amount": known.ask.amount_fen,
        }  # fmt: skip
        return self.signed({**said, **lies}, nonce)

    def signed(self, said: dict[str, str | int], nonce: str) -> RawNotice:
        body = json.dumps(said).encode()
        now = self.clock.now()
        time = str(int(now.timestamp()))
        return RawNotice(
            body, {"time": time, "nonce": nonce, "sign": _sign(self.name, time, nonce, body)}, now
        )


def _sign(secret: str, time: str, nonce: str, body: bytes) -> str:
    return hashlib.blake2b(f"{time}\n{nonce}\n".encode() + body, key=secret.encode()).hexdigest()


class BankGateway:
    """The shop's side of a bank, as `orders.ports.Gateway`."""

    def __init__(self, bank: Bank, wire: Wire, notice_age_max_seconds: int) -> None:
        self._bank = bank
        self._wire = wire
        self._notice_age_max_seconds = notice_age_max_seconds
        self.acknowledgement = "success"
        self.scenes = frozenset({Scene.QR, Scene.PAGE, Scene.WAP, Scene.JSAPI})

    @property
    def name(self) -> str:
        return self._bank.name

    @property
    def merchant(self) -> Merchant:
        return self._bank.merchant

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        time, nonce = raw.headers.get("time", ""), raw.headers.get("nonce", "")
        if _sign(self.name, time, nonce, raw.body) != raw.headers.get("sign"):
            raise NoticeRefused("forged")
        if abs(raw.received_at.timestamp() - int(time)) > self._notice_age_max_seconds:
            raise NoticeRefused("stale")
        said = json.loads(raw.body)
        match said["event"]:
            case "paid":
                return PaymentNotice(
                    gateway=self.name,
                    merchant_id=said["merchant"],
                    app_id=said["app"],
                    out_trade_no=said["out_trade_no"],
                    psp_ref=said["psp_ref"],
                    amount_fen=Fen(said["amount"]),
                    currency=said["currency"],
                    method="simulated",
                    paid_at=datetime.fromisoformat(said["paid_at"]).astimezone(UTC),
                    nonce=nonce,
                )
            case "refund":
                status, amount = RefundStatus(said["status"]), Fen(said["amount"])
                number: str = said["refund_no"]
                return RefundNotice(self.name, said["merchant"], number, status, amount, f"r-{number}", nonce)
            case _:
                return None

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        return await self._wire.call(
            "open", lambda: self._bank.opened(ask), OpenAnswer(None, "silent", unsure=True)
        )

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        unknown = PaymentAnswer(PaymentStatus.UNKNOWN)
        return await self._wire.call("query", lambda: self._bank.status(ask.out_trade_no), unknown)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        unknown = PaymentAnswer(PaymentStatus.UNKNOWN)
        return await self._wire.call("close", lambda: self._bank.close(ask.out_trade_no), unknown)

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        unknown = RefundAnswer(RefundStatus.UNKNOWN)
        return await self._wire.call("refund", lambda: self._bank.refund(ask), unknown)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        unknown = RefundAnswer(RefundStatus.UNKNOWN)
        return await self._wire.call("refund query", lambda: self._bank.refund_status(ask.refund_no), unknown)

    async def bill(self, day: date) -> BillAnswer:
        return BillAnswer(None, "no_bill")
