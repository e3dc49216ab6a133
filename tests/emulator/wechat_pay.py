"""WeChat Pay (APIv3) as a merchant sees it: takes signed calls only, signs its answers, seals its notices.

What it checks and how it refuses: https://pay.weixin.qq.com/doc/v3/merchant/4012791856 and the pages
beside it.
"""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.emulator.books import (
    CHINA,
    BooksRefuse,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Refusal,
)
from tests.emulator.courier import Notice, Saying
from tests.emulator.rail import Rail, Surroundings
from tests.emulator.wechat_pay_bill import WeChatPayBooks, trade_bill
from tests.emulator.wechat_pay_door import Call, Door, Json, Refuses
from tests.emulator.wechat_pay_keys import (
    APP_ID,
    MERCHANT_ID,
    is_signed,
    keyring,
    sealed,
)

TRADE = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"
H5_PAGE = "/cgi-bin/mmpayweb-bin/checkmweb"
H5_LINK_GOOD_FOR = timedelta(minutes=5)
BILL_GOOD_FOR = timedelta(minutes=5)

REFUSALS = {
    Refusal.NO_SUCH_PAYMENT: (404, "ORDER_NOT_EXIST"),
    Refusal.ALREADY_PAID: (400, "ORDERPAID"),
    Refusal.CLOSED: (400, "ORDER_CLOSED"),
    Refusal.OTHER_FACTS: (400, "INVALID_REQUEST"),
    Refusal.NOT_PAID: (404, "RESOURCE_NOT_EXISTS"),
    Refusal.TOO_MUCH: (400, "INVALID_REQUEST"),
}
REFUND_STATES = {
    RefundState.PROCESSING: "PROCESSING",
    RefundState.SUCCEEDED: "SUCCESS",
    RefundState.ABNORMAL: "ABNORMAL",
}


class WeChatPayRail(Rail):
    name = "wechat_pay"
    retries = tuple(
        timedelta(seconds=seconds)
        for seconds in (
            15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
        )
    )  # fmt: skip

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.books = WeChatPayBooks(self.now)
        self.keys = keyring()
        self.door = Door(self.keys, self.knobs, self.now)
        self.refusal: Refuses | None = None
        """Told to: every call that comes in by the door is refused like this, and not carried out."""
        self._orders: dict[str, Json] = {}
        self._sealed: dict[tuple[str, str], Json] = {}
        self._bills: dict[str, tuple[datetime, bytes]] = {}

    def routes(self) -> Sequence[Route]:
        guarded = self.door.guarded
        number = "/out-trade-no/{number}"
        return [
            Route(TRADE + "/{scene:str}", guarded(self._open), methods=["POST"]),
            Route(TRADE + number, guarded(self._query), methods=["GET"]),
            Route(TRADE + number + "/close", guarded(self._close), methods=["POST"]),
            Route(REFUNDS, guarded(self._refund), methods=["POST"]),
            Route(REFUNDS + "/{number}", guarded(self._query_refund), methods=["GET"]),
            Route("/v3/certificates", guarded(self._certificates), methods=["GET"]),
            Route("/v3/bill/tradebill", guarded(self._bill), methods=["GET"]),
            Route("/v3/billdownload/file", guarded(self._download), methods=["GET"]),
            Route(H5_PAGE, self._h5_page, methods=["GET"]),
        ]

    # --- notices --------------------------------------------------------------------------------

    def notice_of(self, payment: Payment, saying: Saying) -> Notice:
        said = self._transaction(payment) | {"trade_state": "SUCCESS"}
        if saying.merchant_id:
            said["mchid"] = saying.merchant_id
        return self._notice("TRANSACTION.SUCCESS", "transaction", payment.transaction_no, said, saying)

    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None:
        payment = self.books.payments[refund.out_trade_no]
        state = REFUND_STATES[refund.state]
        said = {
            "mchid": saying.merchant_id or MERCHANT_ID,
            "transaction_id": payment.transaction_no,
            "out_trade_no": refund.out_trade_no,
            "refund_id": refund.transaction_no,
            "out_refund_no": refund.refund_no,
            "refund_status": state,
            "user_received_account": "支付用户零钱",
            "amount": _refund_amount(refund, payment),
        }
        if refund.state is RefundState.SUCCEEDED:
            said["success_time"] = _rfc3339(refund.ends_at)
        return self._notice(f"REFUND.{state}", "refund", refund.transaction_no, said, saying)

    def is_acknowledged(self, status_code: int, body: str) -> bool:
        return status_code in (200, 204)

    def _notice(self, event: str, kind: str, number: str, said: Json, saying: Saying) -> Notice:
        """The same event is told in the same words each time, under another time stamp, nonce and signature."""
        plain = json.dumps(said, ensure_ascii=False)
        body = self._sealed.setdefault(
            (number, plain),
            {
                "id": f"EV-{number}",
                "create_time": _rfc3339(self.now()),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": "支付成功" if kind == "transaction" else "退款结果",
                "resource": {"original_type": kind} | sealed(plain, kind),
            },
        )
        text = json.dumps(body, ensure_ascii=False)
        headers = self.door.headers(text, saying.at, key=self.keys.stranger if saying.forged else None)
        return Notice(
            text.encode(), headers | {"Content-Type": "application/json", "User-Agent": "Mozilla/4.0"}
        )

    # --- payments -------------------------------------------------------------------------------

    async def _open(self, call: Call) -> Json:
        self._refuse_if_told()
        scene, order = call.path["scene"], _checked_order(call.body, call.path["scene"], self.now())
        number = order["out_trade_no"]
        if self._orders.setdefault(number, {"scene": scene, **order}) != {"scene": scene, **order}:
            raise Refuses(400, "INVALID_REQUEST", "the number came before, with other parameters")
        known = self.books.find(number)
        if known is not None and known.state is not PaymentState.WAITING:
            raise Refuses(
                *REFUSALS[Refusal.CLOSED if known.state is PaymentState.CLOSED else Refusal.ALREADY_PAID]
            )
        expires = order.get("time_expire")
        payment = Payment(
            out_trade_no=number,
            amount_fen=order["amount"]["total"],
            subject=order["description"],
            notify_url=order["notify_url"],
            return_url="",
            opened_at=self.now(),
            expires_at=datetime.fromisoformat(expires) if expires else self.now() + timedelta(days=7),
            extra=order.get("payer", {}).get("openid", ""),
        )
        with _as_refusals():
            await self.open(payment)
        match scene:
            case "native":
                return {"code_url": self.payer_url(number)}
            case "h5":
                made_at = int(self.now().timestamp())
                return {"h5_url": f"{self.base_url}{H5_PAGE}?prepay_id={number}&package={made_at}"}
            case _:
                return {"prepay_id": f"wx{number}"}

    async def _query(self, call: Call) -> Json:
        self._refuse_if_told()
        _expect(call.query.get("mchid") == MERCHANT_ID, "mchid")
        payment = self.books.find(call.path["number"])
        if payment is None:
            raise Refuses(*REFUSALS[Refusal.NO_SUCH_PAYMENT])
        said = self._transaction(payment)
        if payment.state is PaymentState.PAID:
            back = any(one.out_trade_no == payment.out_trade_no for one in self.books.refunds.values())
            return said | {"trade_state": "REFUND" if back else "SUCCESS"}
        return said | {"trade_state": "CLOSED" if payment.state is PaymentState.CLOSED else "NOTPAY"}

    async def _close(self, call: Call) -> None:
        self._refuse_if_told()
        _expect(call.body == {"mchid": MERCHANT_ID}, "mchid")
        known = self.books.find(call.path["number"])
        if known is not None and known.state is PaymentState.CLOSED:
            raise Refuses(*REFUSALS[Refusal.CLOSED])
        with _as_refusals():
            self.books.close(call.path["number"])

    def _transaction(self, payment: Payment) -> Json:
        said: Json = {"appid": APP_ID, "mchid": MERCHANT_ID, "out_trade_no": payment.out_trade_no}
        if payment.paid_at is None:
            return said | {
                "amount": {"total": payment.amount_fen, "currency": "CNY"},
                "trade_state_desc": "未支付",
            }
        total = payment.paid_fen
        return said | {
            "transaction_id": payment.transaction_no,
            "trade_type": "NATIVE",
            "trade_state_desc": "支付成功",
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": _rfc3339(payment.paid_at),
            "payer": {"openid": payment.extra or "oEmulatedPayer"},
            "amount": {"total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY"},
        }

    async def _h5_page(self, request: Request) -> Response:
        """Where the payer's browser is sent; it opens WeChat, and comes back to `redirect_url`."""
        number, made_at = request.query_params["prepay_id"], int(request.query_params["package"])
        if self.now().timestamp() - made_at > H5_LINK_GOOD_FOR.total_seconds():
            return PlainTextResponse("the link is not good any more", status_code=410)
        payment = self.books.payments[number]
        back = request.query_params.get("redirect_url", "")
        self.books.payments[number] = replace(payment, return_url=back)
        return RedirectResponse(self.payer_url(number), status_code=303)

    def wallet_opens(self, parameters: Json) -> bool:
        """Whether WeChat would show the payment that the page hands to it."""
        if set(parameters) != {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}:
            return False
        signed = (parameters[name] for name in ("appId", "timeStamp", "nonceStr", "package"))
        known = parameters["package"].removeprefix("prepay_id=wx") in self.books.payments
        ours = parameters["appId"] == APP_ID and parameters["signType"] == "RSA" and known
        return ours and is_signed(self.keys.merchant.public_key(), parameters["paySign"], *signed)

    # --- refunds --------------------------------------------------------------------------------

    async def _refund(self, call: Call) -> Json:
        self._refuse_if_told()
        said, amount = call.body, call.body.get("amount")
        _expect(isinstance(amount, dict) and amount.get("currency") == "CNY", "amount.currency")
        _expect(_is_fen(amount.get("refund")) and _is_fen(amount.get("total")), "amount")
        _expect(_fits(said.get("out_refund_no"), r"[0-9A-Za-z_|*@-]{1,64}"), "out_refund_no")
        _expect(said.get("notify_url") is None or _is_notify_url(said["notify_url"]), "notify_url")
        payment = (
            self.books.find_transaction(said["transaction_id"])
            if said.get("transaction_id")
            else self.books.find(said.get("out_trade_no", ""))
        )
        if payment is None:
            raise Refuses(404, "RESOURCE_NOT_EXISTS", "no such order")
        if payment.paid_at and amount["total"] != payment.paid_fen:
            raise Refuses(400, "INVALID_REQUEST", "total is not what was paid")
        with _as_refusals():
            refund, _ = await self.refund(
                said["out_refund_no"], payment.out_trade_no, amount["refund"], said.get("notify_url", "")
            )
        return self._refund_facts(refund)

    async def _query_refund(self, call: Call) -> Json:
        self._refuse_if_told()
        refund = self.books.find_refund(call.path["number"])
        if refund is None:
            raise Refuses(404, "RESOURCE_NOT_EXISTS", "no such refund")
        return self._refund_facts(refund)

    def _refund_facts(self, refund: Refund) -> Json:
        payment = self.books.payments[refund.out_trade_no]
        said: Json = {
            "refund_id": refund.transaction_no,
            "out_refund_no": refund.refund_no,
            "transaction_id": payment.transaction_no,
            "out_trade_no": refund.out_trade_no,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": _rfc3339(refund.asked_at),
            "status": REFUND_STATES[refund.state],
            "amount": _refund_amount(refund, payment) | {"currency": "CNY"},
        }
        return said | ({"success_time": _rfc3339(refund.ends_at)} if said["status"] == "SUCCESS" else {})

    # --- certificates and bills -----------------------------------------------------------------

    async def _certificates(self, call: Call) -> Json:
        self._refuse_if_told()
        return {
            "data": [
                {
                    "serial_no": self.keys.certificate_serial(number),
                    "effective_time": _rfc3339(certificate.not_valid_before_utc),
                    "expire_time": _rfc3339(certificate.not_valid_after_utc),
                    "encrypt_certificate": sealed(self.keys.certificate_pem(number), "certificate"),
                }
                for number, certificate in enumerate(self.keys.certificates)
            ]
        }

    async def _bill(self, call: Call) -> Json:
        self._refuse_if_told()
        _expect(call.query.get("bill_type", "ALL") == "ALL", "bill_type")
        _expect(call.query.get("tar_type", "GZIP") == "GZIP", "tar_type")
        try:
            movements = self.bill(date.fromisoformat(call.query.get("bill_date", "")))
        except ValueError:
            raise Refuses(400, "PARAM_ERROR", "bill_date") from None
        if movements is None:
            raise Refuses(400, "STATEMENT_CREATING")
        if not movements:
            raise Refuses(400, "NO_STATEMENT_EXIST")
        bill, token = trade_bill(movements).encode(), secrets.token_urlsafe(16)
        self._bills[token] = self.now(), gzip.compress(bill) if "tar_type" in call.query else bill
        return {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(bill).hexdigest(),
            "download_url": f"{self.base_url}/v3/billdownload/file?token={token}",
        }

    async def _download(self, call: Call) -> Response:
        """A download is not signed by WeChat Pay; the request for it is signed by the merchant."""
        made_at, bill = self._bills.get(call.query.get("token", ""), (self.now(), b""))
        if not bill or self.now() - made_at > BILL_GOOD_FOR:
            raise Refuses(400, "INVALID_REQUEST", "the address is not good any more")
        return PlainTextResponse(bill)

    def _refuse_if_told(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@contextmanager
def _as_refusals() -> Iterator[None]:
    """The books' refusals in WeChat Pay's words."""
    try:
        yield
    except BooksRefuse as refusal:
        raise Refuses(*REFUSALS[refusal.why]) from None


def _checked_order(order: Json, scene: str, now: datetime) -> Json:
    _expect(scene in ("native", "jsapi", "h5"), "scene")
    _expect((order.get("appid"), order.get("mchid")) == (APP_ID, MERCHANT_ID), "appid, mchid")
    _expect(_fits(order.get("out_trade_no"), r"[0-9A-Za-z_*|-]{6,32}"), "out_trade_no")
    _expect(0 < len(str(order.get("description", "")).strip().encode()) <= 127, "description")
    _expect(_is_notify_url(order.get("notify_url")), "notify_url")
    amount = order.get("amount")
    _expect(isinstance(amount, dict) and _is_fen(amount.get("total")), "amount.total")
    _expect(order["amount"].get("currency", "CNY") == "CNY", "amount.currency")
    if "time_expire" in order:
        _expect(_fits(order["time_expire"], r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"), "time_expire")
        _expect(now < datetime.fromisoformat(order["time_expire"]) <= now + timedelta(days=7), "time_expire")
    if scene == "jsapi":
        _expect(_fits(order.get("payer", {}).get("openid"), r"[0-9A-Za-z_-]{6,128}"), "payer.openid")
    if scene == "h5":
        where = order.get("scene_info", {})
        _expect(where.get("h5_info", {}).get("type") in ("Wap", "iOS", "Android"), "h5_info.type")
        try:
            ipaddress.ip_address(where.get("payer_client_ip", ""))
        except ValueError:
            raise Refuses(400, "PARAM_ERROR", "payer_client_ip") from None
    return order


def _expect(true: bool, name: str) -> None:
    if not true:
        raise Refuses(400, "PARAM_ERROR", f"{name} is missing or not as it must be")


def _fits(said: object, pattern: str) -> bool:
    return isinstance(said, str) and re.fullmatch(pattern, said, re.ASCII) is not None


def _is_fen(said: object) -> bool:
    return type(said) is int and said > 0


def _is_notify_url(said: object) -> bool:
    parts = urlsplit(said) if isinstance(said, str) and len(said) <= 255 else urlsplit("")
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query


def _refund_amount(refund: Refund, payment: Payment) -> Json:
    return {
        "total": payment.paid_fen,
        "refund": refund.amount_fen,
        "payer_total": payment.paid_fen,
        "payer_refund": refund.amount_fen,
    }


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat(timespec="seconds")
