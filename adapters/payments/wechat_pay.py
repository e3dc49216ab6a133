"""WeChat Pay, APIv3, for a merchant of his own: how a shop is paid by a scanned code, inside WeChat, and in
a phone's browser.

Every answer is believed only under WeChat Pay's signature; whatever cannot be believed is UNKNOWN and
is asked about again. What a code of refusal means for the shop stands in the tables below, from
https://pay.weixin.qq.com/doc/v3/merchant/4012791856 and the pages beside it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from urllib.parse import quote, urlencode

import httpx

from adapters.payments.wechat_pay_account import WeChatPayAccount
from adapters.payments.wechat_pay_api import Body, Said, Unheard, WeChatPayApi
from adapters.payments.wechat_pay_bill import BILL_BYTES_MAX, BillUnreadable, rows_of
from adapters.payments.wechat_pay_facts import NAME, REFUND_STATES, Facts, Unreadable, payment_notice
from adapters.payments.wechat_pay_notices import certificates_in, read_notice
from adapters.payments.wechat_pay_signing import Unproven, fresh_nonce, lines
from orders.clock import CHINA, Clock
from orders.ports import (
    BillAnswer,
    CallWallet,
    GoTo,
    Merchant,
    OpenAnswer,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentOffer,
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

CURRENCY = "CNY"
ANSWER_SECONDS_MAX = 15.0
"""Less than the 20 s after which a refund's caller gives up, so that the reason is known."""
BILL_SECONDS_MAX = 60.0
"""Within the 90 s in which whoever reconciles wants to have it."""
BILL_READY_AFTER = timedelta(days=1, hours=10)
"""After the beginning of a day: its bill is made from 9 o'clock of the next day, and asked for from 10."""

SUBJECT_BYTES_MAX = 127
TRADE_NO = re.compile(r"[0-9A-Za-z_*|-]{6,32}")
TRADE_PATHS = {Scene.QR: "native", Scene.JSAPI: "jsapi", Scene.WAP: "h5"}

OPEN_REFUSED = frozenset(
    {
        "PARAM_ERROR", "NO_AUTH", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS", "OPENID_MISMATCH", "ACCOUNT_ERROR",
        "ORDER_CLOSED",
    }
)  # fmt: skip
"""Nothing can be paid under this number. Every other code leaves it open: ORDERPAID says it was paid,
OUT_TRADE_NO_USED and INVALID_REQUEST that the number came before with other facts, TRADE_ERROR,
FREQUENCY_LIMITED and SYSTEM_ERROR nothing."""

NO_SUCH_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
CANNOT_BE_PAID = NO_SUCH_ORDER | {"ORDER_CLOSED", "ORDERCLOSED"}
ASK_WHETHER_PAID = frozenset({"ORDERPAID", "ORDER_PAID", "USER_PAYING", "USERPAYING", "FREQUENCY_LIMITED"})
"""Somebody paid, or types his password at this moment: a close in between is told to come more slowly."""

QUERY_STATES = {
    "NOTPAY": PaymentStatus.NOT_PAID,
    "USERPAYING": PaymentStatus.NOT_PAID,
    "PAYERROR": PaymentStatus.NOT_PAID,
    "CLOSED": PaymentStatus.CLOSED,
    "REVOKED": PaymentStatus.CLOSED,
}
"""REFUND is none of them, and not PAID: it was paid, and all of it or a part went back before we heard of
it. That stays UNKNOWN, for a person."""

REFUND_REFUSED = frozenset(
    {
        "NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL", "RESOURCE_NOT_EXISTS", "PARAM_ERROR", "NO_AUTH", "MCH_NOT_EXISTS",
        "APPID_MCHID_NOT_MATCH",
    }
)  # fmt: skip
"""Definitively not, for now. NOT_ENOUGH: the merchant's balance; fill it up and try again."""
NO_SUCH_REFUND = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS", "REFUNDNOTEXIST"})


class WeChatPayGateway:
    """Calls go through `client`, whose owner closes it; `refresh_certificates` is to be called at the start and
    every few hours where the account has its certificates fetched."""

    def __init__(
        self,
        account: WeChatPayAccount,
        client: httpx.AsyncClient,
        clock: Clock,
        notify_url: str,
        refund_notify_url: str,
        *,
        answer_seconds_max: float = ANSWER_SECONDS_MAX,
    ) -> None:
        """Raises ValueError for an address that WeChat Pay does not take."""
        for url in (notify_url, refund_notify_url):
            if not url.startswith(("https://", "http://")) or "?" in url or len(url) > 255:
                raise ValueError(
                    f"WeChat Pay: {url!r} is no notice address; give an https address without a query"
                )
        self._account = account
        self._clock = clock
        self._notify_url = notify_url
        self._refund_notify_url = refund_notify_url
        self._signer = account.signer
        self._keys = account.platform_keys
        self._api = WeChatPayApi(
            client, account.api_url, self._signer, account.public_key_id, clock, answer_seconds_max
        )

    @property
    def name(self) -> str:
        return NAME

    @property
    def merchant(self) -> Merchant:
        return Merchant(self._account.merchant_id, self._account.app_id)

    @property
    def acknowledgement(self) -> str:
        """WeChat Pay goes by the status 200; the body is what it documents for a notice that was taken in."""
        return '{"code":"SUCCESS","message":"OK"}'

    @property
    def scenes(self) -> frozenset[Scene]:
        return frozenset(TRADE_PATHS)

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        account = self._account
        return read_notice(raw, self._keys, account.api_v3_key.encode(), account.notice_age_max_seconds)

    # --- payments -------------------------------------------------------------------------------

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        if reason := self._unfit(ask, scene):
            return OpenAnswer(None, reason)
        target = f"/v3/pay/transactions/{TRADE_PATHS[scene]}"
        answer = await self._call("POST", target, self._order(ask, scene))
        if isinstance(answer, Unheard):
            return OpenAnswer(None, answer.reason, unsure=True)
        if answer.code:
            return OpenAnswer(None, answer.code.lower(), unsure=answer.code not in OPEN_REFUSED)
        try:
            return OpenAnswer(self._offer(answer.facts, scene, ask.return_url))
        except Unreadable as unreadable:
            return OpenAnswer(None, f"unreadable_{unreadable.fact}", unsure=True)

    def _unfit(self, ask: PaymentAsk, scene: Scene) -> str:
        """Why WeChat Pay need not be asked at all."""
        if scene not in TRADE_PATHS:
            return "no_such_scene"
        if ask.currency != CURRENCY:
            return "wrong_currency"
        if not TRADE_NO.fullmatch(ask.out_trade_no) or ask.amount_fen < 1:
            return "unfit"
        if scene is Scene.JSAPI and not ask.payer:
            return "payer_missing"
        if scene is Scene.WAP and not ask.payer_ip:
            return "payer_ip_missing"
        return ""

    def _order(self, ask: PaymentAsk, scene: Scene) -> Body:
        """Made of nothing but the ask: the same number must come with the same facts."""
        order: dict[str, str | int | Body] = {
            "appid": self._account.app_id,
            "mchid": self._account.merchant_id,
            "description": _subject(ask),
            "out_trade_no": ask.out_trade_no,
            "time_expire": ask.expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": self._notify_url,
            "amount": {"total": ask.amount_fen, "currency": CURRENCY},
        }
        if scene is Scene.JSAPI:
            order["payer"] = {"openid": ask.payer}
        if scene is Scene.WAP:
            order["scene_info"] = {"payer_client_ip": ask.payer_ip, "h5_info": {"type": "Wap"}}
        return order

    def _offer(self, facts: Facts, scene: Scene, return_url: str) -> PaymentOffer:
        if scene is Scene.QR:
            return ShowCode(facts.text("code_url"))
        if scene is Scene.WAP:
            url = facts.text("h5_url")
            if not url.startswith(("https://", "http://")):
                raise Unreadable("h5_url")
            if return_url:
                url += ("&" if "?" in url else "?") + urlencode({"redirect_url": return_url})
            return GoTo(url)
        return self._wallet(f"prepay_id={facts.text('prepay_id')}")

    def _wallet(self, package: str) -> CallWallet:
        app_id, nonce = self._account.app_id, fresh_nonce()
        timestamp = str(int(self._clock.now().timestamp()))
        return CallWallet(
            {
                "appId": app_id,
                "timeStamp": timestamp,
                "nonceStr": nonce,
                "package": package,
                "signType": "RSA",
                "paySign": self._signer.sign(lines(app_id, timestamp, nonce, package)),
            }
        )

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        target = f"{self._trade(ask)}?{urlencode({'mchid': self._account.merchant_id})}"
        answer = await self._call("GET", target)
        if isinstance(answer, Unheard):
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if answer.code:
            absent = answer.code in NO_SUCH_ORDER
            return PaymentAnswer(PaymentStatus.NOT_PAID if absent else PaymentStatus.UNKNOWN)
        try:
            if answer.facts.text("out_trade_no") != ask.out_trade_no:
                return PaymentAnswer(PaymentStatus.UNKNOWN)
            state = answer.facts.text("trade_state")
            if state == "SUCCESS":
                return PaymentAnswer(PaymentStatus.PAID, payment_notice(answer.facts, Source.QUERY))
        except Unreadable:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        return PaymentAnswer(QUERY_STATES.get(state, PaymentStatus.UNKNOWN))

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        answer = await self._call("POST", f"{self._trade(ask)}/close", {"mchid": self._account.merchant_id})
        if isinstance(answer, Unheard):
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if answer.status == 204 or answer.code in CANNOT_BE_PAID:
            return PaymentAnswer(PaymentStatus.CLOSED)
        if answer.code in ASK_WHETHER_PAID:
            found = await self.query(ask)
            if found.status in (PaymentStatus.PAID, PaymentStatus.CLOSED):
                return found
        return PaymentAnswer(PaymentStatus.UNKNOWN)

    @staticmethod
    def _trade(ask: PaymentAsk) -> str:
        return f"/v3/pay/transactions/out-trade-no/{quote(ask.out_trade_no, safe='')}"

    # --- refunds --------------------------------------------------------------------------------

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        """By WeChat Pay's own number of the transaction: of a payment that came twice there is no number of
        ours. The same `refund_no` is paid back once, however often it is asked for."""
        body: Body = {
            "transaction_id": ask.psp_ref,
            "out_refund_no": ask.refund_no,
            "notify_url": self._refund_notify_url,
            "amount": {"refund": ask.amount_fen, "total": ask.paid_fen, "currency": ask.currency},
        }
        answer = await self._call("POST", "/v3/refund/domestic/refunds", body)
        if isinstance(answer, Unheard):
            return RefundAnswer(RefundStatus.UNKNOWN, answer.reason)
        if answer.code in REFUND_REFUSED:
            return RefundAnswer(RefundStatus.REFUSED, answer.code)
        if answer.code == "INVALID_REQUEST":
            return await self._invalid(ask)
        return _refund_answer(answer, ask)

    async def _invalid(self, ask: RefundAsk) -> RefundAnswer:
        """The code says that the refund cannot be, and just as well that it is under way already, from a call
        whose answer was lost. Only where it is not there was it refused."""
        found = await self.query_refund(ask)
        return (
            RefundAnswer(RefundStatus.REFUSED, "INVALID_REQUEST")
            if found.status is RefundStatus.ABSENT
            else found
        )

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        answer = await self._call("GET", f"/v3/refund/domestic/refunds/{quote(ask.refund_no, safe='')}")
        if isinstance(answer, Unheard):
            return RefundAnswer(RefundStatus.UNKNOWN, answer.reason)
        if answer.code in NO_SUCH_REFUND:
            return RefundAnswer(RefundStatus.ABSENT)
        return _refund_answer(answer, ask)

    # --- bills ----------------------------------------------------------------------------------

    async def bill(self, day: date) -> BillAnswer:
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL"})
        answer = await self._call("GET", f"/v3/bill/tradebill?{query}")
        if isinstance(answer, Unheard):
            return BillAnswer(None, answer.reason)
        if answer.code == "NO_STATEMENT_EXIST" and self._clock.now() >= _begin(day) + BILL_READY_AFTER:
            return BillAnswer(())
        if answer.code:
            return BillAnswer(None, answer.code.lower())
        try:
            return await self._downloaded(answer.facts)
        except Unreadable as unreadable:
            return BillAnswer(None, f"unreadable_{unreadable.fact}")

    async def _downloaded(self, where: Facts) -> BillAnswer:
        if where.text("hash_type") != "SHA1":
            raise Unreadable("hash_type")
        url = self._download_url(where.text("download_url"))
        raw = await self._api.fetch("GET", url, None, BILL_BYTES_MAX, BILL_SECONDS_MAX)
        if isinstance(raw, Unheard):
            return BillAnswer(None, raw.reason)
        if raw.status != 200:
            return BillAnswer(None, f"http_{raw.status}")
        try:
            return BillAnswer(rows_of(raw.body, where.text("hash_value")))
        except BillUnreadable as unreadable:
            return BillAnswer(None, unreadable.reason)

    def _download_url(self, said: str) -> httpx.URL:
        """Only from where everything else comes from too: our signature goes along with the request."""
        try:
            url = httpx.URL(said)
        except httpx.InvalidURL:
            raise Unreadable("download_url") from None
        home = self._api.url
        at_home = url.host == home.host or url.host.endswith(f".{home.host}")
        if not at_home or (url.scheme, url.port) != (home.scheme, home.port) or url.userinfo:
            raise Unreadable("download_url")
        return url

    # --- platform certificates ------------------------------------------------------------------

    async def refresh_certificates(self) -> str:
        """Fetch the platform certificates that are good now, beside the keys that were configured. Returns
        why it did not work, as a short code; empty where it did. The old ones stay until it does."""
        raw = await self._api.ask("GET", "/v3/certificates")
        if isinstance(raw, Unheard):
            return raw.reason
        try:
            fetched = certificates_in(Facts.read(raw.body), self._account.api_v3_key.encode())
        except (Unreadable, Unproven, ValueError) as wrong:
            return f"http_{raw.status}_{wrong}"
        keys = self._account.platform_keys.with_others(fetched)
        # The first time the answer is signed by what it brings. That is no circle: nobody who does not
        # have our APIv3 key could have sealed a certificate.
        proven = self._api.proven(keys, raw)
        if isinstance(proven, Unheard):
            return proven.reason
        self._keys = keys
        return ""

    async def _call(self, method: str, target: str, body: Body | None = None) -> Said | Unheard:
        return await self._api.call(self._keys, method, target, body)


def _refund_answer(answer: Said, ask: RefundAsk) -> RefundAnswer:
    """What became of the refund that was asked for, if it is that one."""
    if answer.code:
        return RefundAnswer(RefundStatus.UNKNOWN, answer.code)
    try:
        facts = answer.facts
        told = facts.text("out_refund_no"), facts.inner("amount").fen("refund")
        if told != (ask.refund_no, ask.amount_fen):
            return RefundAnswer(RefundStatus.UNKNOWN, "another_refund")
        known = REFUND_STATES[facts.text("status")]
        return RefundAnswer(known.status, known.reason, facts.text("refund_id"))
    except (Unreadable, KeyError) as unreadable:
        return RefundAnswer(RefundStatus.UNKNOWN, f"unreadable {unreadable}")


def _subject(ask: PaymentAsk) -> str:
    """Cut to the length that is allowed, between characters. Without back-ticks, which divide the columns of
    the bill, and without what is not to be seen."""
    shown = "".join(character for character in ask.subject if character.isprintable() and character != "`")
    cut = shown.strip().encode()[:SUBJECT_BYTES_MAX].decode("utf-8", "ignore")
    return cut or ask.out_trade_no


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
