"""A payment gateway for trying the shop out: no money moves, but everything else is as in life.

The bank's side keeps its own books, signs its notices, repeats itself, and can be told to lie.
The gateway's side believes only a signature. Notices travel through a sender that is handed in:
over HTTP in a running shop, straight into the transaction in a rehearsal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from orders.clock import CHINA, Clock
from orders.money import Fen
from orders.ports import (
    BillAnswer,
    BillKind,
    BillRow,
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
    RefundStatus,
    Scene,
    Source,
)

NAME = "sandbox"
TIMESTAMP = "x-sandbox-timestamp"
NONCE = "x-sandbox-nonce"
SIGNATURE = "x-sandbox-signature"

SECRET_CHARACTERS_MIN = 16


Send = Callable[[RawNotice], Awaitable[bool]]
"""Delivers a notice to the shop; True when the shop acknowledged it."""


class PaymentClosed(Exception):
    """The shop closed this payment; the bank takes no money for it."""


class AlreadyPaid(Exception):
    """The bank has taken the money for this payment already."""


@dataclass(frozen=True, slots=True)
class Paid:
    """One movement of money in the bank's books."""

    out_trade_no: str
    transaction_id: str
    amount_fen: Fen
    currency: str
    method: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class _PaidBack:
    refund_no: str
    amount_fen: Fen
    at: datetime


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the bank's books; one of these happened."""

    paid: Paid | None = None
    paid_back: _PaidBack | None = None
    closed: str | None = None


_ENTRY = TypeAdapter(_Entry)


class SandboxBank:
    """Where the customer's imaginary money lies."""

    def __init__(
        self, secret: str, merchant: Merchant, clock: Clock, send: Send, books: Path | None = None
    ) -> None:
        """`books` is a file that outlives the process: a real bank does not forget what was paid
        because we crashed, and its bill of yesterday is of yesterday."""
        self._secret = _checked(secret)
        self._merchant = merchant
        self._clock = clock
        self._send = send
        self._closed: set[str] = set()
        self._refunds: dict[str, tuple[Fen, datetime]] = {}
        self.paid: dict[str, list[Paid]] = {}
        """What was paid, by our payment number; more than one where somebody paid twice."""
        self.refuse_refunds = False
        """Told to: every refund is refused from now on."""
        self.drop_notices = False
        """Told to: notices are lost on their way from now on."""
        self._books = books
        self._read_bytes = 0

    @property
    def forgets(self) -> bool:
        """Whether what it knows ends with this process."""
        return self._books is None

    def _write(self, entry: _Entry) -> None:
        """On paper first: what the shop is told of was written down."""
        if self._books is None:
            self._remember(entry)
            return
        with self._books.open("ab") as books:
            books.write(_ENTRY.dump_json(entry, exclude_none=True) + b"\n")
        self._read_books()

    def _read_books(self) -> None:
        """Learn what was written since: the shop's other processes have a bank each, and one book."""
        if self._books is None or not self._books.exists():
            return
        with self._books.open("rb") as books:
            books.seek(self._read_bytes)
            written = books.read()
        whole = written[: written.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        for line in whole.splitlines():
            self._remember(_ENTRY.validate_json(line))

    def _remember(self, entry: _Entry) -> None:
        if entry.paid is not None:
            self.paid.setdefault(entry.paid.out_trade_no, []).append(entry.paid)
        if entry.paid_back is not None:
            back = entry.paid_back
            self._refunds.setdefault(back.refund_no, (back.amount_fen, back.at))
        if entry.closed is not None:
            self._closed.add(entry.closed)

    async def pay(
        self,
        ask: PaymentAsk,
        method: str,
        *,
        amount_fen: Fen | None = None,
        again: bool = False,
        although_closed: bool = False,
    ) -> bool:
        """The customer pays; the shop is told. True when the shop acknowledged.

        Raises AlreadyPaid unless `again`, PaymentClosed unless `although_closed`. `amount_fen`
        makes the bank take, and tell, another amount than was asked.
        """
        self._read_books()
        if ask.out_trade_no in self.paid and not again:
            raise AlreadyPaid(ask.out_trade_no)
        if ask.out_trade_no in self._closed and not although_closed:
            raise PaymentClosed(ask.out_trade_no)
        paid = Paid(
            out_trade_no=ask.out_trade_no,
            transaction_id=f"sb{secrets.token_hex(10)}",
            amount_fen=ask.amount_fen if amount_fen is None else amount_fen,
            currency=ask.currency,
            method=method,
            paid_at=self._clock.now(),
        )
        self._write(_Entry(paid=paid))
        return await self.tell(paid)

    async def tell(self, paid: Paid) -> bool:
        """Send the notice, once more where it was sent before: same money, new nonce."""
        if self.drop_notices:
            return False
        return await self._send(self.notice(paid))

    def notice(self, paid: Paid) -> RawNotice:
        """The signed notice of a payment."""
        return signed_notice(self._secret.decode(), self._merchant, paid, self._clock.now())

    def status(self, out_trade_no: str) -> PaymentAnswer:
        self._read_books()
        if movements := self.paid.get(out_trade_no):
            return PaymentAnswer(PaymentStatus.PAID, self._told(movements[0]))
        if out_trade_no in self._closed:
            return PaymentAnswer(PaymentStatus.CLOSED)
        return PaymentAnswer(PaymentStatus.NOT_PAID)

    def close(self, out_trade_no: str) -> PaymentAnswer:
        self._read_books()
        if out_trade_no not in self.paid and out_trade_no not in self._closed:
            self._write(_Entry(closed=out_trade_no))
        return self.status(out_trade_no)

    def refund(self, ask: RefundAsk) -> RefundAnswer:
        """The same number again is the same refund."""
        if self.refuse_refunds:
            return RefundAnswer(RefundStatus.REFUSED, "told_to_refuse")
        self._read_books()
        if ask.refund_no not in self._refunds:
            self._write(_Entry(paid_back=_PaidBack(ask.refund_no, ask.amount_fen, self._clock.now())))
        return RefundAnswer(RefundStatus.SUCCEEDED, psp_ref=f"sb-{ask.refund_no}")

    def refund_status(self, refund_no: str) -> RefundAnswer:
        self._read_books()
        known = refund_no in self._refunds
        return RefundAnswer(RefundStatus.SUCCEEDED if known else RefundStatus.ABSENT)

    @property
    def refunded_fen(self) -> Fen:
        """Everything that was ever paid back."""
        return Fen(sum(amount for amount, _ in self._refunds.values()))

    def bill(self, day: date) -> tuple[BillRow, ...]:
        """What moved on that day in China."""
        self._read_books()
        paid = (
            BillRow(
                BillKind.PAYMENT, one.transaction_id, one.out_trade_no, one.amount_fen, Fen(0), "succeeded",
                one.paid_at,
            )
            for movements in self.paid.values()
            for one in movements
        )  # fmt: skip
        refunded = (
            BillRow(BillKind.REFUND, f"sb-{refund_no}", refund_no, amount, Fen(0), "succeeded", at)
            for refund_no, (amount, at) in self._refunds.items()
        )
        return tuple(row for row in (*paid, *refunded) if row.at.astimezone(CHINA).date() == day)

    def _told(self, paid: Paid) -> PaymentNotice:
        return PaymentNotice(
            gateway=NAME,
            merchant_id=self._merchant.merchant_id,
            app_id=self._merchant.app_id,
            out_trade_no=paid.out_trade_no,
            psp_ref=paid.transaction_id,
            amount_fen=paid.amount_fen,
            currency=paid.currency,
            method=paid.method,
            paid_at=paid.paid_at,
            source=Source.QUERY,
        )


class SandboxGateway:
    """The shop's side: reads notices, and asks the bank."""

    def __init__(
        self, secret: str, merchant: Merchant, bank: SandboxBank, notice_age_max_seconds: int
    ) -> None:
        self._secret = _checked(secret)
        self._merchant = merchant
        self._bank = bank
        self._notice_age_max_seconds = notice_age_max_seconds

    @property
    def name(self) -> str:
        return NAME

    @property
    def merchant(self) -> Merchant:
        return self._merchant

    @property
    def acknowledgement(self) -> str:
        return "success"

    def read_notice(self, raw: RawNotice) -> PaymentNotice:
        """Raises NoticeRefused: `unsigned`, `forged`, `stale` or `unreadable`."""
        timestamp, nonce = raw.headers.get(TIMESTAMP, ""), raw.headers.get(NONCE, "")
        signature = raw.headers.get(SIGNATURE, "")
        if not (timestamp and nonce and signature) or len(nonce) > 64:
            raise NoticeRefused("unsigned")
        expected = _signature(self._secret, timestamp, nonce, raw.body)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            raise NoticeRefused("forged")
        if not timestamp.isdecimal() or len(timestamp) > 12:
            raise NoticeRefused("unreadable")
        if abs(raw.received_at.timestamp() - int(timestamp)) > self._notice_age_max_seconds:
            raise NoticeRefused("stale")
        return _read(raw.body, nonce)

    @property
    def scenes(self) -> frozenset[Scene]:
        return frozenset({Scene.QR, Scene.PAGE, Scene.WAP, Scene.JSAPI})

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        """Paid by the buttons of the pay page itself."""
        return OpenAnswer(GoTo(f"sandbox:{ask.out_trade_no}"))

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        return self._bank.status(ask.out_trade_no)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        return self._bank.close(ask.out_trade_no)

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        return self._bank.refund(ask)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        return self._bank.refund_status(ask.refund_no)

    async def bill(self, day: date) -> BillAnswer:
        return BillAnswer(self._bank.bill(day))


def signed_notice(secret: str, merchant: Merchant, paid: Paid, now: datetime) -> RawNotice:
    """What the bank posts: the facts as JSON; time, nonce and signature over all of it beside."""
    facts = {
        "event": "paid",
        "merchant_id": merchant.merchant_id,
        "app_id": merchant.app_id,
        "out_trade_no": paid.out_trade_no,
        "transaction_id": paid.transaction_id,
        "amount_fen": paid.amount_fen,
        "currency": paid.currency,
        "method": paid.method,
        "paid_at": paid.paid_at.isoformat(),
    }
    body = json.dumps(facts, separators=(",", ":")).encode()
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    headers = {
        "content-type": "application/json",
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: _signature(_checked(secret), timestamp, nonce, body),
    }
    return RawNotice(body, headers, now)


def _signature(secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    signed = b"\n".join((timestamp.encode(), nonce.encode(), body, b""))
    return hmac.new(secret, signed, hashlib.sha256).hexdigest()


def _read(body: bytes, nonce: str) -> PaymentNotice:
    try:
        facts = json.loads(body)
        texts = {name: facts[name] for name in ("merchant_id", "app_id", "out_trade_no", "transaction_id")}
        texts |= {name: facts[name] for name in ("currency", "method", "paid_at", "event")}
        amount = facts["amount_fen"]
        # A bool is an int to Python, and no amount.
        well_formed = type(amount) is int and all(type(text) is str and text for text in texts.values())
        paid_at = datetime.fromisoformat(texts["paid_at"])
    except (ValueError, KeyError, TypeError):
        raise NoticeRefused("unreadable") from None
    if not well_formed or texts["event"] != "paid" or paid_at.tzinfo is None:
        raise NoticeRefused("unreadable")
    return PaymentNotice(
        gateway=NAME,
        merchant_id=texts["merchant_id"],
        app_id=texts["app_id"],
        out_trade_no=texts["out_trade_no"],
        psp_ref=texts["transaction_id"],
        amount_fen=Fen(amount),
        currency=texts["currency"],
        method=texts["method"],
        paid_at=paid_at.astimezone(UTC),
        nonce=nonce,
    )


def _checked(secret: str) -> bytes:
    if len(secret) < SECRET_CHARACTERS_MIN or len(set(secret)) < 6:
        raise ValueError(f"the sandbox secret needs {SECRET_CHARACTERS_MIN} random characters or more")
    return secret.encode()
