"""Alipay: a code to scan, a page for a desktop browser, a page for a phone's. Money comes as a notice.

Rules from Alipay's open platform, `alipay.trade.*`: a payment made by a code or a page is unknown there
until somebody scans or opens it, so "does not exist" means that nobody has paid, and not that nobody can.
A refund is done only where `fund_change` is Y; N is a question to ask, never a no.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import httpx

from adapters.payments.alipay_account import AlipayAccount
from adapters.payments.alipay_api import AlipayApi, Answer
from adapters.payments.alipay_bill import ZIP_BYTES_MAX, BillUnreadable, rows_of
from adapters.payments.alipay_notices import CURRENCY, NAME, NOT_PAID, PAID, payment_told
from adapters.payments.alipay_signing import beijing, fen_of, from_beijing, our_no, their_no
from orders.clock import CHINA, Clock
from orders.money import Fen, yuan
from orders.ports import (
    BillAnswer,
    GoTo,
    Merchant,
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
    ShowCode,
    Source,
)

PAGES = {
    Scene.PAGE: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Scene.WAP: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
}

SUBJECT_CHARACTERS_MAX = 128
SUBJECT_FORBIDDEN = str.maketrans(dict.fromkeys("/=&\r\n\t", " "))

CODE_OUTLIVES = timedelta(minutes=5)
"""So long after its end a code that nobody has scanned is certainly dead, whoever's clock is wrong."""

NO_BILL = "isp.bill_not_exist"
BILLS_ARE_MADE_BY = time(15)
"""In China. Alipay says ten o'clock; this is for the morning on which it is late."""

UNKNOWN_THERE = "ACQ.TRADE_NOT_EXIST"
NOT_WAITING = frozenset(
    {
        "ACQ.TRADE_STATUS_ERROR",
        "ACQ.REASON_TRADE_STATUS_INVALID",
        "ACQ.REASON_ILLEGAL_STATUS",
        "ACQ.TRADE_HAS_SUCCESS",
        "ACQ.TRADE_HAS_FINISHED",
        "ACQ.TRADE_HAS_CLOSE",
    }
)
"""Not to be closed, because it is paid or closed already."""

NOT_OPENED = frozenset(
    {
        "ACQ.INVALID_PARAMETER",
        "ACQ.ACCESS_FORBIDDEN",
        "ACQ.EXIST_FORBIDDEN_WORD",
        "ACQ.PARTNER_ERROR",
        "ACQ.TOTAL_FEE_EXCEED",
        "ACQ.TRADE_HAS_CLOSE",
        "ACQ.ERROR_SELLER_CERTIFY_LEVEL_LIMIT",
    }
)
"""Nobody can pay it. Whatever else is said (paid already, other facts under the number, a fault over
there) leaves room for a payment."""

NOT_GIVEN_BACK = frozenset(
    {
        "ACQ.INVALID_PARAMETER",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH",
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
        "ACQ.REFUND_FEE_ERROR",
        "ACQ.REASON_TRADE_REFUND_FEE_ERR",
        "ACQ.REASON_TRADE_BEEN_FREEZEN",
        "ACQ.REASON_TRADE_STATUS_INVALID",
        "ACQ.TRADE_NOT_ALLOW_REFUND",
        "ACQ.NOT_ALLOW_PARTIAL_REFUND",
        "ACQ.TRADE_HAS_FINISHED",
        "ACQ.TRADE_HAS_CLOSE",
        "ACQ.TRADE_STATUS_ERROR",
        "ACQ.TRADE_NOT_EXIST",
        "ACQ.DISCORDANT_REPEAT_REQUEST",
        "ACQ.BUYER_ERROR",
        "ACQ.BUYER_NOT_EXIST",
        "ACQ.BUYER_ENABLE_STATUS_FORBID",
        "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR",
        "ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND",
        "ACQ.OVERDRAFT_AGREEMENT_NOT_MATCH",
    }
)


class AlipayGateway:
    """See `orders.ports.Gateway`. Keeps nothing but the account."""

    def __init__(
        self,
        account: AlipayAccount,
        client: httpx.AsyncClient,
        clock: Clock,
        notify_url: str,
        return_url: str,
    ) -> None:
        """`notify_url`: where Alipay posts its notices, for everybody to reach; `return_url`: where a
        payer's browser is sent back to that the payment names no place for. Nothing is believed there."""
        self._account = account
        self._api = AlipayApi(account, client, clock)
        self._alipays_key = account.alipay_public_key
        self._clock = clock
        self._notify_url = notify_url
        self._return_url = return_url

    @property
    def name(self) -> str:
        return NAME

    @property
    def merchant(self) -> Merchant:
        return Merchant(self._account.seller_id, self._account.app_id)

    @property
    def acknowledgement(self) -> str:
        return "success"

    @property
    def scenes(self) -> frozenset[Scene]:
        return frozenset({Scene.QR, Scene.PAGE, Scene.WAP})

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        """Raises NoticeRefused; see `alipay_notices`."""
        return payment_told(raw, self._account, self._alipays_key)

    # --- payments -------------------------------------------------------------------------------

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        if ask.currency != CURRENCY:
            return OpenAnswer(None, "currency")
        if scene not in self.scenes:
            return OpenAnswer(None, "scene")
        if self._clock.now() >= ask.expires_at:
            return OpenAnswer(None, "expired")
        business = {
            "out_trade_no": their_no(ask.out_trade_no),
            "total_amount": yuan(ask.amount_fen),
            "subject": _subject(ask),
            "time_expire": beijing(ask.expires_at),
        }
        if scene in PAGES:
            return self._page(scene, business, ask.return_url or self._return_url)
        business["product_code"] = "FACE_TO_FACE_PAYMENT"
        common = {"notify_url": self._notify_url}
        answer = await self._api.call("alipay.trade.precreate", business, common)
        if answer is None:
            return OpenAnswer(None, "no_answer", unsure=True)
        code = answer.text("qr_code")
        if answer.is_done and code and answer.text("out_trade_no") == business["out_trade_no"]:
            return OpenAnswer(ShowCode(code))
        refused = answer.was_never_tried or answer.reason in NOT_OPENED
        return OpenAnswer(None, answer.reason, unsure=not refused)

    def _page(self, scene: Scene, business: dict[str, str], return_url: str) -> OpenAnswer:
        """No call: the payer's browser makes it."""
        method, product = PAGES[scene]
        business["product_code"] = product
        if scene is Scene.WAP and return_url:
            business["quit_url"] = return_url
        common = {"notify_url": self._notify_url, "return_url": return_url}
        return OpenAnswer(GoTo(self._api.link(method, business, common)))

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        answer = await self._api.call("alipay.trade.query", {"out_trade_no": their_no(ask.out_trade_no)})
        if answer is None:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if answer.reason == UNKNOWN_THERE:
            return self._never_seen(ask)
        if not answer.is_done or our_no(answer.text("out_trade_no")) != ask.out_trade_no:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        status = answer.text("trade_status")
        if status in PAID:
            return self._paid(answer, ask)
        if status not in NOT_PAID:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        # Closed also means: paid and given back whole. Nobody can pay it any more either way.
        closed = status == "TRADE_CLOSED"
        return PaymentAnswer(PaymentStatus.CLOSED if closed else PaymentStatus.NOT_PAID)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        """NOT_PAID where nobody has scanned the code yet: such a payment cannot be closed, and can be paid
        until it ends by itself."""
        answer = await self._api.call("alipay.trade.close", {"out_trade_no": their_no(ask.out_trade_no)})
        if answer is None:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if answer.is_done and our_no(answer.text("out_trade_no")) == ask.out_trade_no:
            return PaymentAnswer(PaymentStatus.CLOSED)
        if answer.reason == UNKNOWN_THERE:
            return self._never_seen(ask)
        if answer.reason not in NOT_WAITING:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        truth = await self.query(ask)
        # Neither to be closed nor paid: it moved between the two questions, so ask again later.
        return truth if truth.status is not PaymentStatus.NOT_PAID else PaymentAnswer(PaymentStatus.UNKNOWN)

    def _never_seen(self, ask: PaymentAsk) -> PaymentAnswer:
        dead = self._clock.now() >= ask.expires_at + CODE_OUTLIVES
        return PaymentAnswer(PaymentStatus.CLOSED if dead else PaymentStatus.NOT_PAID)

    def _paid(self, answer: Answer, ask: PaymentAsk) -> PaymentAnswer:
        """It does not say whose money it is; it is about a payment of the application that asked."""
        psp_ref = answer.text("trade_no")
        try:
            amount = fen_of(answer.text("total_amount"))
            # Money is not left lying because a date beside it is missing.
            paid_at = from_beijing(answer.text("send_pay_date") or beijing(self._clock.now()))
        except ValueError:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if not psp_ref or len(psp_ref) > 64:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        notice = PaymentNotice(
            gateway=NAME,
            merchant_id=self._account.seller_id,
            app_id=self._account.app_id,
            out_trade_no=ask.out_trade_no,
            psp_ref=psp_ref,
            amount_fen=amount,
            currency=CURRENCY,
            method=NAME,
            paid_at=paid_at,
            source=Source.QUERY,
        )
        return PaymentAnswer(PaymentStatus.PAID, notice)

    # --- refunds --------------------------------------------------------------------------------

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        if ask.currency != CURRENCY:
            return RefundAnswer(RefundStatus.REFUSED, "currency")
        business = _which(ask) | {"refund_amount": yuan(ask.amount_fen), "refund_reason": ask.reason[:200]}
        answer = await self._api.call("alipay.trade.refund", business)
        if answer is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_answer")
        if answer.is_done and answer.text("fund_change") == "Y" and _is_about(answer, ask):
            return RefundAnswer(RefundStatus.SUCCEEDED)
        if answer.was_never_tried:
            return RefundAnswer(RefundStatus.REFUSED, answer.reason)
        if not answer.is_done and answer.reason not in NOT_GIVEN_BACK:
            return RefundAnswer(RefundStatus.UNKNOWN, answer.reason)
        # It changed nothing, or will not: because an earlier call, whose answer was lost, did it?
        known = await self.query_refund(ask)
        if known.status is not RefundStatus.ABSENT:
            return known
        if answer.is_done:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_fund_change")
        return RefundAnswer(RefundStatus.REFUSED, answer.reason)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        answer = await self._api.call("alipay.trade.fastpay.refund.query", _which(ask))
        if answer is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_answer")
        if not answer.is_done:
            return RefundAnswer(RefundStatus.UNKNOWN, answer.reason)
        match answer.text("refund_status"):
            case "REFUND_SUCCESS":
                return _succeeded(answer, ask)
            case "REFUND_PROCESSING":
                return RefundAnswer(RefundStatus.PROCESSING)
            case "REFUND_FAIL":
                return RefundAnswer(RefundStatus.REFUSED, "refund_fail")
            case "" if not answer.text("refund_amount"):
                # Never received, or failed; the same number again is the same refund, so it may be sent.
                return RefundAnswer(RefundStatus.ABSENT)
            case unheard_of:
                return RefundAnswer(RefundStatus.UNKNOWN, unheard_of[:64] or "no_status")

    # --- the bill -------------------------------------------------------------------------------

    async def bill(self, day: date) -> BillAnswer:
        """Made in the morning after. Of a day on which nothing moved there never is one, so from the
        afternoon on none means an empty one; money that we know of and it does not is found then."""
        business = {"bill_type": "trade", "bill_date": day.isoformat()}
        answer = await self._api.call("alipay.data.dataservice.bill.downloadurl.query", business)
        if answer is None:
            return BillAnswer(None, "no_answer")
        if answer.reason == NO_BILL and self._clock.now() >= _afternoon_after(day):
            return BillAnswer(())
        if not answer.is_done:
            return BillAnswer(None, answer.reason)
        packed = await self._api.download(answer.text("bill_download_url"), ZIP_BYTES_MAX)
        if packed is None:
            return BillAnswer(None, "no_file")
        try:
            return BillAnswer(rows_of(packed))
        except BillUnreadable as wrong:
            return BillAnswer(None, wrong.reason)


def _afternoon_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), BILLS_ARE_MADE_BY, CHINA)


def _subject(ask: PaymentAsk) -> str:
    """Alipay refuses some characters, and an empty one."""
    subject = " ".join(ask.subject.translate(SUBJECT_FORBIDDEN).split())
    return subject[:SUBJECT_CHARACTERS_MAX] or their_no(ask.out_trade_no)


def _which(ask: RefundAsk) -> dict[str, str]:
    """Alipay's own number names the money even where it was paid twice under one of ours."""
    trade = {"trade_no": ask.psp_ref} if ask.psp_ref else {"out_trade_no": their_no(ask.out_trade_no)}
    return trade | {"out_request_no": their_no(ask.refund_no)}


def _is_about(answer: Answer, ask: RefundAsk) -> bool:
    if ask.psp_ref:
        return answer.text("trade_no") == ask.psp_ref
    return answer.text("out_trade_no") == their_no(ask.out_trade_no)


def _succeeded(answer: Answer, ask: RefundAsk) -> RefundAnswer:
    try:
        amount = fen_of(answer.text("refund_amount"))
    except ValueError:
        amount = Fen(-1)
    if amount != ask.amount_fen or our_no(answer.text("out_request_no")) != ask.refund_no:
        return RefundAnswer(RefundStatus.UNKNOWN, "other_refund")
    return RefundAnswer(RefundStatus.SUCCEEDED)
