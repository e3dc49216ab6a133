"""UnionPay's gateway payment: the payer's browser posts a signed form and pays on UnionPay's own page.

There is no call that creates a payment and none that closes one: `open` only signs the form, and a
payment ends by itself at its `payTimeout`. Three things name a transaction together, the merchant, the
order number and the time it was sent, so the same number with the same time is never another one.

Not offered: codes to scan (txnSubType 07). They are another product, with another contract and another
`bizType`, which refunds would have to repeat.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import httpx
import structlog

from adapters.bounded import TooLong, read_bounded
from adapters.payments.unionpay_account import UnionPayAccount
from adapters.payments.unionpay_bill import (
    FILE_BYTES_MAX,
    Unreadable,
    bill_rows,
    moment_near,
    moment_of,
    order_id_of,
    our_no_of,
    refund_id_of,
)
from adapters.payments.unionpay_signing import Fields, NotGenuine, check, read_notice, read_reply, signed
from orders.clock import CHINA, Clock
from orders.money import Fen
from orders.ports import (
    BillAnswer,
    BillRow,
    Merchant,
    NoticeRefused,
    OpenAnswer,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    PostForm,
    RawNotice,
    RefundAnswer,
    RefundAsk,
    RefundNotice,
    RefundStatus,
    Scene,
    Source,
)

log = structlog.get_logger(__name__)

NAME = "unionpay"
YUAN, RENMINBI = "CNY", "156"

SUCCEEDED = frozenset({"00", "A6"})
"""A6 is a success with a defect on the way to the issuer: the money moved."""
UNDECIDED = frozenset({"03", "04", "05"})
"""Timed out, state unclear, accepted: ask again."""
ABSENT = "34"
NO_FILE = "98"
FAILED = frozenset(
    {"01", "10", "11", "13", "30", "31", "32", "33", "35", "36", "38", "39", "40"}
    | {str(code) for code in range(60, 70)}
    | {"73"}
)
"""Documented as ended without money moved. Whatever stands neither here nor above is not understood,
and taken for unknown: so is 12, `repeated`, which says nothing of how the first one went."""

CLOSED_AFTER = timedelta(minutes=1)
"""So long after `payTimeout`, by our clock, nobody pays any more: UnionPay takes none then, and what a
bank let through later it sends back to the payer itself."""
ABSENT_AFTER = timedelta(minutes=3)
"""A query can overtake what it asks about; by then UnionPay knows what ever arrived."""
PAYMENT_NOTICE_AGE_MAX = timedelta(days=1)
REFUND_NOTICE_AGE_MAX = timedelta(days=30)
"""A notice has neither nonce nor time of its own, only the time of what it tells of (`txnTime`, signed).
It is repeated for a quarter of an hour, after a payment that ends within the hour, or a refund that a
bank took days for. An older one is no repeat, whoever kept it."""
AHEAD_MAX = timedelta(minutes=10)
ANSWER_BYTES_MAX = FILE_BYTES_MAX
ANSWER_SECONDS_MAX = 15.0
FILE_SECONDS_MAX = 60.0


class UnionPayGateway:
    """`front_url` is where a payer comes back to whose payment names no page of its own, `back_url` where
    UnionPay tells of money. His browser posts the same signed words to the first as UnionPay does to the
    second; but only the second is read, and his return makes us ask."""

    def __init__(
        self,
        account: UnionPayAccount,
        client: httpx.AsyncClient,
        clock: Clock,
        front_url: str,
        back_url: str,
    ) -> None:
        self._account = account
        self._client = client
        self._clock = clock
        self._front_url = front_url
        self._back_url = back_url
        self._api = f"{account.gateway_url.rstrip('/')}/gateway/api"

    @property
    def name(self) -> str:
        return NAME

    @property
    def merchant(self) -> Merchant:
        """UnionPay knows no apps."""
        return Merchant(self._account.merchant_id, "")

    @property
    def acknowledgement(self) -> str:
        """UnionPay looks at the status 200 only."""
        return "ok"

    @property
    def scenes(self) -> frozenset[Scene]:
        return frozenset({Scene.PAGE, Scene.WAP})

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        """Of a back notice. Raises NoticeRefused."""
        fields = self._genuine(raw)
        kind = fields.get("txnType")
        if kind not in ("01", "04") or fields.get("respCode") not in SUCCEEDED:
            # Failures are not told; were one told, the query would say the same.
            return None
        # The posted bytes themselves name the notice: a repeat is the same form again.
        nonce = hashlib.sha256(raw.body).hexdigest()
        try:
            if kind == "01":
                return self._payment(fields, Source.NOTICE, nonce)
            return RefundNotice(
                gateway=NAME,
                merchant_id=fields["merId"],
                refund_no=our_no_of(fields["orderId"]),
                status=RefundStatus.SUCCEEDED,
                amount_fen=_fen(fields["txnAmt"]),
                psp_ref=fields["queryId"],
                nonce=nonce,
            )
        except (KeyError, ValueError):
            raise NoticeRefused("unreadable") from None

    def _genuine(self, raw: RawNotice) -> Fields:
        try:
            fields = read_notice(raw.body)
            check(fields, self._account.chain, raw.received_at)
        except NotGenuine as refusal:
            raise NoticeRefused(refusal.reason) from None
        try:
            age = raw.received_at - moment_of(fields.get("txnTime", ""))
        except ValueError:
            raise NoticeRefused("unreadable") from None
        age_max = REFUND_NOTICE_AGE_MAX if fields.get("txnType") == "04" else PAYMENT_NOTICE_AGE_MAX
        if not -AHEAD_MAX <= age <= age_max:
            raise NoticeRefused("stale")
        return fields

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        """Sign the form; UnionPay hears of the payment when the payer's browser posts it."""
        if scene not in self.scenes or ask.currency != YUAN:
            return OpenAnswer(None, "not_offered")
        if self._clock.now() >= ask.expires_at:
            return OpenAnswer(None, "expired")
        wap = scene is Scene.WAP
        order = self._common("01", "01", order_id_of(ask.out_trade_no), ask.created_at) | {
            "channelType": "08" if wap else "07",
            "currencyCode": RENMINBI,
            "txnAmt": str(ask.amount_fen),
            "frontUrl": ask.return_url or self._front_url,
            "backUrl": self._back_url,
            "payTimeout": _written(ask.expires_at),
            "customerIp": ask.payer_ip,
            "riskRateInfo": _named(ask.subject),
        }
        return OpenAnswer(PostForm(f"{self._api}/frontTransReq.do", self._signed(order)))

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        said = await self._queried(order_id_of(ask.out_trade_no), ask.created_at)
        if said is None:
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        found, outcome = said.get("respCode"), said.get("origRespCode")
        if found == "00" and outcome in SUCCEEDED:
            try:
                return PaymentAnswer(PaymentStatus.PAID, self._payment(said, Source.QUERY))
            except (KeyError, ValueError):
                return PaymentAnswer(PaymentStatus.UNKNOWN)
        if found not in ("00", ABSENT) or (found == "00" and not outcome):
            return PaymentAnswer(PaymentStatus.UNKNOWN)
        if self._clock.now() >= ask.expires_at + CLOSED_AFTER:
            # By UnionPay's rule: past the time-out, whatever is not paid has failed, `unclear` too.
            return PaymentAnswer(PaymentStatus.CLOSED)
        if found == ABSENT or outcome in FAILED:
            return PaymentAnswer(PaymentStatus.NOT_PAID)
        return PaymentAnswer(PaymentStatus.UNKNOWN)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        """Nothing closes a payment at UnionPay but its time. So until that is over this tells how it
        stands, NOT_PAID at best, and CLOSED only afterwards."""
        return await self.query(ask)

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        """UnionPay only accepts it here; the notice and the query tell what became of it."""
        if ask.promised_at is None or ask.currency != YUAN:
            return RefundAnswer(RefundStatus.UNKNOWN, "not_understood")
        order_id = refund_id_of(ask.refund_no, ask.promised_at)
        wanted = self._common("04", "00", order_id, ask.promised_at) | {
            "channelType": "07",
            "origQryId": ask.psp_ref,
            "txnAmt": str(ask.amount_fen),
            "backUrl": self._back_url,
        }
        said = await self._told("backTransReq.do", wanted)
        if said is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_answer")
        code = said.get("respCode", "")
        if code in SUCCEEDED:
            return RefundAnswer(RefundStatus.PROCESSING, psp_ref=said.get("queryId", ""))
        status = RefundStatus.REFUSED if code in FAILED else RefundStatus.UNKNOWN
        return RefundAnswer(status, f"unionpay_{code}")

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        if ask.promised_at is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "not_understood")
        order_id = refund_id_of(ask.refund_no, ask.promised_at)
        said = await self._queried(order_id, ask.promised_at)
        if said is None:
            return RefundAnswer(RefundStatus.UNKNOWN, "no_answer")
        found, outcome = said.get("respCode", ""), said.get("origRespCode", "")
        if found == ABSENT:
            # Sent again it is the same transaction, by its number and its time.
            late = self._clock.now() >= ask.promised_at + ABSENT_AFTER
            return RefundAnswer(RefundStatus.ABSENT if late else RefundStatus.UNKNOWN, "unionpay_34")
        if found != "00":
            return RefundAnswer(RefundStatus.UNKNOWN, f"unionpay_{found}")
        if outcome in SUCCEEDED:
            if said.get("txnAmt") != str(ask.amount_fen):
                return RefundAnswer(RefundStatus.UNKNOWN, "other_amount")
            return RefundAnswer(RefundStatus.SUCCEEDED, psp_ref=said.get("queryId", ""))
        if outcome in UNDECIDED:
            return RefundAnswer(RefundStatus.PROCESSING, f"unionpay_{outcome}")
        status = RefundStatus.REFUSED if outcome in FAILED else RefundStatus.UNKNOWN
        return RefundAnswer(status, f"unionpay_{outcome}")

    async def bill(self, day: date) -> BillAnswer:
        """UnionPay's day ends at 23:00, so the last hour of a day is in the next day's file: the bill
        is whole only when both are there, on the second morning after."""
        rows: list[BillRow] = []
        for settled_on in (day, day + timedelta(days=1)):
            answer = await self._file(settled_on)
            if answer.rows is None:
                return answer
            rows += answer.rows
        return BillAnswer(tuple(row for row in rows if row.at.astimezone(CHINA).date() == day))

    async def _file(self, settled_on: date) -> BillAnswer:
        wanted = {
            "txnType": "76",
            "txnSubType": "01",
            "bizType": "000000",
            "accessType": "0",
            "merId": self._account.merchant_id,
            "txnTime": _written(self._clock.now()),
            "fileType": "00",
            "settleDate": settled_on.strftime("%m%d"),
        }
        said = await self._post(f"{self._account.file_url.rstrip('/')}/", wanted, FILE_SECONDS_MAX)
        if said is None:
            return BillAnswer(None, "no_answer")
        if said.get("respCode") == NO_FILE:
            return BillAnswer(None, "not_made")
        if said.get("respCode") != "00" or said.get("settleDate") != wanted["settleDate"]:
            return BillAnswer(None, f"unionpay_{said.get('respCode', '')}")
        try:
            return BillAnswer(bill_rows(said.get("fileContent", ""), settled_on))
        except Unreadable as unreadable:
            return BillAnswer(None, unreadable.reason)

    def _payment(self, fields: Fields, source: Source, nonce: str = "") -> PaymentNotice:
        """Raises KeyError and ValueError where the fields do not say it."""
        asked_at = moment_of(fields["txnTime"])
        if not fields["queryId"] or not fields["orderId"]:
            raise ValueError("a payment without its numbers")
        return PaymentNotice(
            gateway=NAME,
            merchant_id=fields["merId"],
            app_id="",
            out_trade_no=our_no_of(fields["orderId"]),
            psp_ref=fields["queryId"],
            amount_fen=_fen(fields["txnAmt"]),
            currency=YUAN if fields["currencyCode"] == RENMINBI else fields["currencyCode"],
            method=NAME,
            paid_at=moment_near(fields["traceTime"], asked_at) if fields.get("traceTime") else asked_at,
            source=source,
            nonce=nonce,
        )

    def _common(self, kind: str, sub_kind: str, order_id: str, sent_at: datetime) -> dict[str, str]:
        return {
            "txnType": kind,
            "txnSubType": sub_kind,
            "bizType": "000201",
            "accessType": "0",
            "merId": self._account.merchant_id,
            "orderId": order_id,
            "txnTime": _written(sent_at),
        }

    async def _queried(self, order_id: str, sent_at: datetime) -> Fields | None:
        return await self._told("queryTrans.do", self._common("00", "00", order_id, sent_at))

    async def _told(self, path: str, fields: Mapping[str, str]) -> Fields | None:
        """What UnionPay answered about exactly this transaction; None for anything else."""
        said = await self._post(f"{self._api}/{path}", fields, ANSWER_SECONDS_MAX)
        if said is None or any(said.get(name) != fields[name] for name in ("merId", "orderId", "txnTime")):
            return None
        return said

    async def _post(self, url: str, fields: Mapping[str, str], seconds_max: float) -> Fields | None:
        try:
            body = await self._fetched(url, self._signed(fields), seconds_max)
            said = read_reply(body.decode("utf-8"))
            check(said, self._account.chain, self._clock.now())
        except (httpx.HTTPError, UnicodeDecodeError, TimeoutError, TooLong) as failed:
            log.warning("unionpay_away", txn_type=fields["txnType"], reason=type(failed).__name__)
            return None
        except NotGenuine as refusal:
            log.warning("unionpay_answer_refused", txn_type=fields["txnType"], reason=refusal.reason)
            return None
        return said

    async def _fetched(self, url: str, form: Mapping[str, str], seconds_max: float) -> bytes:
        # The client's own time-outs are for each read: who sends a byte a second never runs into one.
        async with (
            asyncio.timeout(seconds_max),
            self._client.stream(
                "POST", url, data=form, timeout=seconds_max, follow_redirects=False
            ) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise NotGenuine(f"status_{answer.status_code}")
            return await read_bounded(answer, ANSWER_BYTES_MAX)

    def _signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        return signed(fields, self._account.key.private, self._account.key.cert_id)


def _written(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def _fen(text: str) -> Fen:
    """Raises ValueError for anything but digits."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError(f"{text!r} is not an amount in fen")
    return Fen(int(text))


def _named(subject: str) -> str:
    """The goods' name for UnionPay's risk rules. `&={}[]` would break its own reading of the message."""
    plain = re.sub(r"[&={}\[\]\"'<>\s]+", " ", subject).strip()[:100]
    return f"{{commodityName={plain}}}" if plain else ""
