"""Alipay's personality: one gateway address, RSA2 both ways, notices as forms, bills as GBK in a zip.

Written from Alipay's documents and not from our gateway, so that one mistake is not made twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.payments.alipay_account import AlipayAccount
from orders.money import fen_from_yuan, yuan
from tests.emulator.alipay_bill import packed_bill
from tests.emulator.books import (
    CHINA,
    BooksRefuse,
    Movement,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Refusal,
)
from tests.emulator.courier import Notice, Saying
from tests.emulator.keys import STRANGER, fresh_key, private_pem, public_pem
from tests.emulator.rail import Rail, Surroundings

APP_ID = "2021004112345678"
SELLER_ID = "2088412345678901"

TIME = "%Y-%m-%d %H:%M:%S"
TIMESTAMPS_APART_MAX = timedelta(hours=24)

WAIT, SUCCESS, CLOSED = "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"

REASONS = {
    Refusal.NO_SUCH_PAYMENT: "ACQ.TRADE_NOT_EXIST",
    Refusal.ALREADY_PAID: "ACQ.TRADE_HAS_SUCCESS",
    Refusal.CLOSED: "ACQ.TRADE_HAS_CLOSE",
    Refusal.NOT_PAID: "ACQ.TRADE_STATUS_ERROR",
    Refusal.OTHER_FACTS: "ACQ.CONTEXT_INCONSISTENT",
    Refusal.TOO_MUCH: "ACQ.REASON_TRADE_REFUND_FEE_ERR",
}

Facts = dict[str, Any]
Parameters = Mapping[str, str]


class Refused(Exception):
    """Answered with this code, and this one under it."""

    def __init__(self, code: str, sub_code: str) -> None:
        self.code, self.sub_code = code, sub_code
        super().__init__(sub_code)


class Signer:
    """Alipay's key, the application's public key, and RSA2."""

    def __init__(self) -> None:
        self.alipays = fresh_key("alipay")
        self.applications = fresh_key("alipay application")

    def sign(self, text: str, forged: bool = False) -> str:
        key = fresh_key(STRANGER) if forged else self.alipays
        return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    def sign_form(self, told: Parameters, forged: bool = False) -> str:
        """Of a notice: everything but `sign` and `sign_type`."""
        return self.sign(_spelled(told, without={"sign", "sign_type"}), forged)

    def is_the_applications(self, asked: Parameters) -> bool:
        """Of a request: everything but `sign`."""
        try:
            sign = base64.b64decode(asked.get("sign", ""), validate=True)
            spelled = _spelled(asked, without={"sign"}).encode()
            self.applications.public_key().verify(sign, spelled, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


class AlipayRail(Rail):
    name = "alipay"
    retries = tuple(
        timedelta(**wait)
        for wait in (
            {"minutes": 4}, {"minutes": 10}, {"minutes": 10}, {"hours": 1}, {"hours": 2}, {"hours": 6},
            {"hours": 15},
        )
    )  # fmt: skip

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.signer = Signer()
        self.asked: list[Parameters] = []
        """Every call that was made, as it came in."""
        self._methods = {
            "alipay.trade.precreate": self._precreate,
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refund_query,
            "alipay.data.dataservice.bill.downloadurl.query": self._bill_address,
        }

    @property
    def gateway_url(self) -> str:
        return f"{self.base_url}/alipay/gateway.do"

    def account(self) -> AlipayAccount:
        """What a shop needs to be this merchant."""
        return _account(self.gateway_url)

    def routes(self) -> Sequence[Route]:
        return [
            Route("/alipay/gateway.do", self._gateway, methods=["GET", "POST"]),
            Route("/alipay/bill/{day}.zip", self._bill_file),
        ]

    # --- notices --------------------------------------------------------------------------------

    def notice_of(self, payment: Payment, saying: Saying) -> Notice:
        assert payment.paid_at is not None
        return self._notice(payment, saying, "", {"trade_status": SUCCESS})

    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None:
        """Told under the payment: how much of it went back in all."""
        payment = self.books.payments[refund.out_trade_no]
        if refund.state is not RefundState.SUCCEEDED:
            return None
        back = self.books.given_back_fen(refund.out_trade_no)
        told = {
            "trade_status": CLOSED if back >= payment.paid_fen else SUCCESS,
            "refund_fee": yuan(back),
            "gmt_refund": _beijing(refund.ends_at) + ".000",
            "out_biz_no": refund.refund_no,
        }
        return self._notice(payment, saying, refund.refund_no, told)

    def is_acknowledged(self, status_code: int, body: str) -> bool:
        return status_code == 200 and body.strip() == "success"

    def _notice(self, payment: Payment, saying: Saying, of: str, about: Parameters) -> Notice:
        assert payment.paid_at is not None
        told = {
            "app_id": APP_ID,
            "auth_app_id": APP_ID,
            "buyer_id": "2088102412345678",
            "buyer_logon_id": "138****0000",
            "buyer_pay_amount": yuan(payment.paid_fen),
            "charset": "utf-8",
            "fund_bill_list": json.dumps(
                [{"amount": yuan(payment.paid_fen), "fundChannel": "ALIPAYACCOUNT"}], separators=(",", ":")
            ),
            "gmt_create": _beijing(payment.opened_at),
            "gmt_payment": _beijing(payment.paid_at),
            "invoice_amount": yuan(payment.paid_fen),
            "notify_id": f"n{payment.transaction_no}{of}",
            "notify_time": _beijing(saying.at),
            "notify_type": "trade_status_sync",
            "out_trade_no": payment.out_trade_no,
            "point_amount": "0.00",
            "receipt_amount": yuan(payment.paid_fen),
            "seller_id": saying.merchant_id or SELLER_ID,
            "subject": payment.subject,
            "total_amount": yuan(payment.paid_fen),
            "trade_no": payment.transaction_no,
            "version": "1.0",
            "sign_type": "RSA2",
            **about,
        }
        # No parameter without a value: python-alipay-sdk spells those into what it verifies.
        told = {name: value for name, value in told.items() if value}
        told["sign"] = self.signer.sign_form(told, saying.forged)
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return Notice(urlencode(told).encode(), headers)

    # --- the gateway ----------------------------------------------------------------------------

    async def _gateway(self, request: Request) -> Response:
        asked = {name: str(value) for name, value in request.query_params.items()}
        if request.method == "POST":
            asked |= {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(asked)
        method = asked.get("method", "")
        try:
            self._expect_genuine(asked)
            business = json.loads(asked.get("biz_content", ""))
            if method in ("alipay.trade.page.pay", "alipay.trade.wap.pay"):
                return await self._page(asked, business)
            if method not in self._methods:
                raise Refused("40002", "isv.invalid-method")
            facts = {"code": "10000", "msg": "Success"} | await self._methods[method](asked, business)
        except Refused as refusal:
            facts = {"code": refusal.code, "msg": "Business Failed", "sub_code": refusal.sub_code}
        except BooksRefuse as refusal:
            facts = {"code": "40004", "msg": "Business Failed", "sub_code": REASONS[refusal.why]}
        except (ValueError, KeyError):
            facts = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.INVALID_PARAMETER"}
        return self._answer(method, facts)

    def _answer(self, method: str, facts: Facts) -> Response:
        root = method.replace(".", "_") + "_response"
        # Slashes stand escaped in real answers, and are signed like that.
        spelled = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        sign = self.signer.sign(spelled, forged=self.knobs.bad_answer_signature)
        return PlainTextResponse(
            f'{{"{root}":{spelled},"sign":"{sign}"}}', media_type="text/html; charset=utf-8"
        )

    def _expect_genuine(self, asked: Parameters) -> None:
        if asked.get("app_id") != APP_ID:
            raise Refused("40002", "isv.invalid-app-id")
        if asked.get("sign_type") != "RSA2" or asked.get("charset") != "utf-8":
            raise Refused("40002", "isv.invalid-signature-type")
        if not self.signer.is_the_applications(asked):
            raise Refused("40002", "isv.invalid-signature")
        at = datetime.strptime(asked.get("timestamp", ""), TIME).replace(tzinfo=CHINA)
        if abs(self.now() - at) > TIMESTAMPS_APART_MAX:
            raise Refused("40002", "isv.invalid-timestamp")

    async def _precreate(self, asked: Parameters, business: Facts) -> Facts:
        payment = await self._opened(asked, business)
        return {
            "out_trade_no": payment.out_trade_no,
            "qr_code": self.payer_url(payment.out_trade_no),
        }

    async def _page(self, asked: Parameters, business: Facts) -> Response:
        if not business.get("product_code"):
            raise Refused("40004", "ACQ.INVALID_PARAMETER")
        payment = await self._opened(asked, business)
        return RedirectResponse(self.payer_url(payment.out_trade_no), status_code=302)

    async def _opened(self, asked: Parameters, business: Facts) -> Payment:
        number, amount = business["out_trade_no"], str(business["total_amount"])
        if not number.replace("_", "").isalnum() or len(number) > 64 or not business["subject"]:
            raise Refused("40004", "ACQ.INVALID_PARAMETER")
        expires = business.get("time_expire")
        expires_at = datetime.strptime(expires, TIME).replace(tzinfo=CHINA) if expires else None
        if expires_at is not None and expires_at <= self.now():
            raise Refused("40004", "ACQ.INVALID_PARAMETER")
        return await self.open(
            Payment(
                out_trade_no=number,
                amount_fen=fen_from_yuan(amount),
                subject=business["subject"],
                notify_url=asked.get("notify_url", ""),
                return_url=asked.get("return_url", ""),
                opened_at=self.now(),
                expires_at=expires_at.astimezone(UTC) if expires_at else None,
            )
        )

    async def _query(self, asked: Parameters, business: Facts) -> Facts:
        payment = self._trade(business)
        facts = {
            "out_trade_no": payment.out_trade_no,
            "trade_no": payment.transaction_no,
            "trade_status": self._status(payment),
            "buyer_logon_id": "138****0000",
            "total_amount": yuan(payment.paid_fen or payment.amount_fen),
        }
        if payment.paid_at is not None:
            facts["send_pay_date"] = _beijing(payment.paid_at)
        return facts

    async def _close(self, asked: Parameters, business: Facts) -> Facts:
        payment = self._trade(business)
        if payment.state is not PaymentState.WAITING:
            raise Refused("40004", "ACQ.TRADE_STATUS_ERROR")
        self.books.close(payment.out_trade_no)
        return {"out_trade_no": payment.out_trade_no, "trade_no": payment.transaction_no}

    async def _refund(self, asked: Parameters, business: Facts) -> Facts:
        payment = self._trade(business)
        refund_no = business.get("out_request_no", payment.out_trade_no)
        amount = fen_from_yuan(str(business["refund_amount"]))
        try:
            refund, new = await self.refund(refund_no, payment.out_trade_no, amount, payment.notify_url)
        except BooksRefuse as refusal:
            if refusal.why is Refusal.OTHER_FACTS:
                raise Refused("40004", "ACQ.DISCORDANT_REPEAT_REQUEST") from None
            raise
        return {
            "out_trade_no": payment.out_trade_no,
            "trade_no": payment.transaction_no,
            "fund_change": "Y" if new and refund.state is RefundState.SUCCEEDED else "N",
            "refund_fee": yuan(self.books.given_back_fen(payment.out_trade_no)),
        }

    async def _refund_query(self, asked: Parameters, business: Facts) -> Facts:
        payment = self._trade(business)
        refund = self.books.find_refund(business["out_request_no"])
        if refund is None or refund.out_trade_no != payment.out_trade_no:
            return {}
        states = {
            RefundState.SUCCEEDED: "REFUND_SUCCESS",
            RefundState.PROCESSING: "REFUND_PROCESSING",
            RefundState.ABNORMAL: "REFUND_FAIL",
        }
        return {
            "out_trade_no": payment.out_trade_no,
            "trade_no": payment.transaction_no,
            "out_request_no": refund.refund_no,
            "total_amount": yuan(payment.paid_fen),
            "refund_amount": yuan(refund.amount_fen),
            "refund_status": states[refund.state],
        }

    def _trade(self, business: Facts) -> Payment:
        """A trade exists once somebody has scanned the code or seen the page. Raises Refused."""
        named = business.get("trade_no", "")
        payment = (
            self.books.find_transaction(named) if named else self.books.find(business.get("out_trade_no", ""))
        )
        if payment is None or not payment.seen_by_payer:
            raise Refused("40004", "ACQ.TRADE_NOT_EXIST")
        return payment

    def _status(self, payment: Payment) -> str:
        if payment.state is PaymentState.WAITING:
            return WAIT
        back = self.books.given_back_fen(payment.out_trade_no)
        return SUCCESS if payment.state is PaymentState.PAID and back < payment.paid_fen else CLOSED

    # --- bills ----------------------------------------------------------------------------------

    async def _bill_address(self, asked: Parameters, business: Facts) -> Facts:
        day = date.fromisoformat(business["bill_date"])
        if business["bill_type"] != "trade":
            raise Refused("40004", "isp.invalid-arguments")
        if not self.bill(day):
            raise Refused("40004", "isp.bill_not_exist")
        return {"bill_download_url": f"{self.base_url}/alipay/bill/{day.isoformat()}.zip"}

    async def _bill_file(self, request: Request) -> Response:
        day = date.fromisoformat(request.path_params["day"])
        packed = packed_bill(SELLER_ID, day, [self._under_trade(line) for line in self.bill(day) or ()])
        return Response(packed, media_type="application/zip")

    def _under_trade(self, line: Movement) -> Movement:
        """Alipay has no numbers for refunds: a bill names the trade's."""
        payment = self.books.payments.get(line.out_trade_no)
        return replace(line, transaction_no=payment.transaction_no) if payment else line


@cache
def _account(gateway_url: str) -> AlipayAccount:
    """Made once: checking a key takes longer than most tests."""
    signer = Signer()
    return AlipayAccount(
        app_id=APP_ID,
        seller_id=SELLER_ID,
        private_key_pem=private_pem(signer.applications),
        alipay_public_key_pem=public_pem(signer.alipays),
        gateway_url=gateway_url,
    )


def _spelled(parameters: Parameters, without: set[str]) -> str:
    kept = sorted((name, value) for name, value in parameters.items() if name not in without and value)
    return "&".join(f"{name}={value}" for name, value in kept)


def _beijing(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(TIME)
