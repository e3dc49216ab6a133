"""UnionPay 5.1.0: a cashier's page for posted forms, queries, refunds and settlement files.

It believes only what its merchant signed, answers in UnionPay's raw `name=value&` form, and sends the
certificate of its key along with everything it signs.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.emulator.books import (
    CHINA,
    BooksRefuse,
    Movement,
    MovementKind,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Refusal,
)
from tests.emulator.courier import Notice, Saying
from tests.emulator.keys import STRANGER, fresh_key
from tests.emulator.rail import Rail, Surroundings
from tests.emulator.unionpay_ca import Identity, authority, is_signed_by, signature_of

MERCHANT_ID = "898110000000001"
FORM = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
COMMON = {"version", "encoding", "signMethod", "certId", "signature", "txnType", "txnSubType", "bizType"}
COMMON |= {"accessType", "merId", "txnTime"}
PAY = COMMON | {"channelType", "currencyCode", "orderId", "txnAmt", "frontUrl", "backUrl", "payTimeout"}
PAY_OPTIONAL = {"customerIp", "riskRateInfo"}
QUERY = COMMON | {"orderId"}
REFUND = COMMON | {"channelType", "orderId", "origQryId", "txnAmt", "backUrl"}
FILE = COMMON | {"fileType", "settleDate"}
CODES = {
    Refusal.NO_SUCH_PAYMENT: "35",
    Refusal.NOT_PAID: "35",
    Refusal.CLOSED: "35",
    Refusal.ALREADY_PAID: "12",
    Refusal.OTHER_FACTS: "12",
    Refusal.TOO_MUCH: "36",
}
WIDTHS = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15)
WIDTHS += (1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131)


class Misformed(Exception):
    def __init__(self, code: str, what: str) -> None:
        self.code, self.what = code, what
        super().__init__(what)


class UnionPayRail(Rail):
    name = "unionpay"
    retries = (timedelta(0), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4))

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        # The settlement file has 21 characters for these numbers.
        self.books.prefix = "86"
        self.identity: Identity = authority().unionpay
        """Whose certificate goes along with what is signed; tests put others here."""
        self.signs_answers = True
        self.at_the_bank: set[str] = set()
        """Order numbers whose payers were sent to their bank and have not come back."""
        self._refund_times: dict[str, str] = {}

    def routes(self) -> Sequence[Route]:
        return [
            Route("/gateway/api/frontTransReq.do", self._front, methods=["POST"]),
            Route("/gateway/api/queryTrans.do", self._query, methods=["POST"]),
            Route("/gateway/api/backTransReq.do", self._back, methods=["POST"]),
            Route("/filedownload/", self._file, methods=["POST"]),
        ]

    # Notices

    def notice_of(self, payment: Payment, saying: Saying) -> Notice:
        return self._notice(self._paid_facts(payment, saying), saying)

    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None:
        if refund.state is not RefundState.SUCCEEDED:
            return None
        facts = {
            "txnType": "04",
            "txnSubType": "00",
            "orderId": refund.refund_no,
            "txnTime": self._aged(self._refund_times[refund.refund_no]),
            "txnAmt": str(refund.amount_fen),
            "queryId": refund.transaction_no,
            "traceTime": _written(saying.at)[4:],
            "currencyCode": "156",
            "respCode": "00",
            "respMsg": "成功[0000000]",
            "merId": saying.merchant_id or MERCHANT_ID,
        }
        return self._notice(facts, saying)

    def is_acknowledged(self, status_code: int, body: str) -> bool:
        return status_code in (200, 302)

    def _paid_facts(self, payment: Payment, saying: Saying) -> dict[str, str]:
        return {
            "txnType": "01",
            "txnSubType": "01",
            "orderId": payment.out_trade_no,
            "txnTime": self._aged(payment.extra),
            "txnAmt": str(payment.paid_fen),
            "settleAmt": str(payment.paid_fen),
            "settleCurrencyCode": "156",
            "settleDate": _written(saying.at)[4:8],
            "traceNo": "227376",
            "traceTime": _written(saying.at)[4:],
            "accNo": "6216***********0018",
            "queryId": payment.transaction_no,
            "currencyCode": "156",
            "respCode": "00",
            "respMsg": "成功[0000000]",
            "merId": saying.merchant_id or MERCHANT_ID,
        }

    def _aged(self, txn_time: str) -> str:
        return _written(_moment(txn_time) - self.knobs.notice_age)

    def _notice(self, facts: Mapping[str, str], saying: Saying) -> Notice:
        fields = {"bizType": "000201", "accessType": "0"} | dict(facts)
        key = fresh_key(STRANGER) if saying.forged else self.identity.key
        return Notice(urlencode(self._signed(fields, key)).encode(), FORM)

    def _signed(self, fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
        whole = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"} | dict(fields)
        whole["signPubKeyCert"] = self.identity.pem
        return whole | {"signature": signature_of(whole, key)}

    # The interface

    async def _front(self, request: Request) -> Response:
        try:
            said = await self._believed(request, PAY, PAY_OPTIONAL, "01", "01")
            payment = Payment(
                out_trade_no=said["orderId"],
                amount_fen=int(said["txnAmt"]),
                subject=said.get("riskRateInfo", ""),
                notify_url=said["backUrl"],
                return_url=said["frontUrl"],
                opened_at=self.now(),
                expires_at=_moment(said["payTimeout"]),
                extra=said["txnTime"],
            )
            if self.now() >= _moment(said["payTimeout"]):
                raise Misformed("39", "payTimeout is over")
            opened = await self.open(payment)
            if opened.extra != said["txnTime"]:
                raise Misformed("12", "another transaction under the same order number")
        except Misformed as refusal:
            return PlainTextResponse(f"{refusal.code} {refusal.what}", status_code=400)
        except BooksRefuse as refusal:
            return PlainTextResponse(f"{CODES[refusal.why]} {refusal}", status_code=400)
        return RedirectResponse(self.payer_url(payment.out_trade_no), status_code=303)

    async def _query(self, request: Request) -> Response:
        try:
            said = await self._believed(request, QUERY, set(), "00", "00")
        except Misformed as refusal:
            return self._refused(refusal)
        payment = self.books.find(said["orderId"])
        if payment is not None and payment.extra == said["txnTime"]:
            return self._answer(said, self._payment_facts(payment))
        refund = self.books.find_refund(said["orderId"])
        if refund is not None and self._refund_times[refund.refund_no] == said["txnTime"]:
            return self._answer(said, self._refund_facts(refund))
        return self._answer(said, {"respCode": "34", "respMsg": "查无此交易[2600000]"})

    def _payment_facts(self, payment: Payment) -> dict[str, str]:
        if payment.state is PaymentState.PAID:
            facts = self._paid_facts(payment, Saying(payment.paid_at or self.now()))
            told = {name: facts[name] for name in ("txnAmt", "queryId", "traceTime", "currencyCode")}
            return told | {"respCode": "00", "origRespCode": "00", "origRespMsg": "成功[0000000]"}
        if payment.out_trade_no in self.at_the_bank:
            return {"respCode": "00", "origRespCode": "05", "origRespMsg": "处理中{a=1&b=2}"}
        return {"respCode": "34", "respMsg": "查无此交易[2600000]"}

    def _refund_facts(self, refund: Refund) -> dict[str, str]:
        code = {RefundState.SUCCEEDED: "00", RefundState.PROCESSING: "05", RefundState.ABNORMAL: "61"}
        return {
            "respCode": "00",
            "origRespCode": code[refund.state],
            "txnAmt": str(refund.amount_fen),
            "queryId": refund.transaction_no,
        }

    async def _back(self, request: Request) -> Response:
        try:
            said = await self._believed(request, REFUND, set(), "04", "00")
        except Misformed as refusal:
            return self._refused(refusal)
        payment = self.books.find_transaction(said["origQryId"])
        number, amount = said["orderId"], int(said["txnAmt"])
        known = self._refund_times.setdefault(number, said["txnTime"])
        try:
            if payment is None:
                raise BooksRefuse(Refusal.NO_SUCH_PAYMENT)
            refund, new = await self.refund(number, payment.out_trade_no, amount, said["backUrl"])
            if not new or known != said["txnTime"]:
                raise BooksRefuse(Refusal.OTHER_FACTS)
        except BooksRefuse as refusal:
            return self._answer(said, {"respCode": CODES[refusal.why], "respMsg": refusal.why.value})
        return self._answer(said, {"respCode": "00", "queryId": refund.transaction_no})

    async def _file(self, request: Request) -> Response:
        try:
            said = await self._believed(request, FILE, set(), "76", "01")
        except Misformed as refusal:
            return self._refused(refusal)
        content = self.settlement_file(said["settleDate"])
        if content is None:
            return self._answer(said, {"respCode": "98", "respMsg": "文件不存在"})
        return self._answer(said, {"respCode": "00", "fileName": "ZM.zip", "fileContent": content})

    def settlement_file(self, month_day: str) -> str | None:
        """Of the newest day with that date: from 23:00 of the day before to 23:00. None before it is made."""
        today = self.now().astimezone(CHINA).date()
        years = (today.year, today.year - 1)
        days = (date(year, int(month_day[:2]), int(month_day[2:])) for year in years)
        day = next(day for day in days if day <= today)
        begins = datetime.combine(day - timedelta(days=1), time(23), CHINA)
        before, on_the_day = self.bill(day - timedelta(days=1)), self.bill(day)
        if before is None or on_the_day is None:
            return None
        moved = [line for line in (*before, *on_the_day) if begins <= line.at < begins + timedelta(days=1)]
        return packed(moved)

    async def _believed(
        self, request: Request, needed: set[str], optional: set[str], kind: str, sub_kind: str
    ) -> dict[str, str]:
        """The message, where it is complete, well formed, and signed by the merchant. Raises Misformed."""
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, strict_parsing=True)
        said = dict(pairs)
        if len(said) != len(pairs) or not needed <= set(said) <= needed | optional or not all(said.values()):
            raise Misformed("13", f"missing or unknown: {sorted(set(said) ^ needed)}")
        merchant = authority().merchant
        if said["certId"] != merchant.cert_id or not is_signed_by(said, merchant.certificate):
            raise Misformed("11", "signature")
        product = {"76": "000000"}.get(kind, "000201")
        fixed = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0"}
        fixed |= {"txnType": kind, "txnSubType": sub_kind, "bizType": product, "merId": MERCHANT_ID}
        if wrong := [name for name, value in fixed.items() if said[name] != value]:
            raise Misformed("10", f"values: {wrong}")
        patterns = {
            "txnTime": r"\d{14}",
            "payTimeout": r"\d{14}",
            "orderId": r"[0-9A-Za-z]{8,40}",
            "txnAmt": r"[1-9]\d{0,11}",
            "currencyCode": "156",
            "channelType": "0[78]",
            "frontUrl": r"https?://\S{1,248}",
            "backUrl": r"https?://\S{1,248}",
            "settleDate": r"\d{4}",
            "fileType": "00",
            "riskRateInfo": r"\{commodityName=[^{}\[\]&=]+\}",
        }
        bad = [name for name in said if name in patterns and not re.fullmatch(patterns[name], said[name])]
        if bad:
            raise Misformed("10", f"forms: {bad}")
        return said

    def _answer_key(self) -> RSAPrivateKey:
        return fresh_key(STRANGER) if self.knobs.bad_answer_signature else self.identity.key

    def _refused(self, refusal: Misformed) -> Response:
        said = {"respCode": refusal.code, "respMsg": refusal.what}
        return PlainTextResponse(_raw(self._signed(said, self._answer_key())))

    def _answer(self, said: Mapping[str, str], facts: Mapping[str, str]) -> Response:
        echoed = ("merId", "orderId", "txnTime", "txnType", "txnSubType", "bizType", "settleDate")
        fields = {name: said[name] for name in echoed if name in said} | dict(facts)
        whole = self._signed(fields, self._answer_key())
        if not self.signs_answers:
            whole.pop("signature")
        return PlainTextResponse(_raw(whole))


def packed(moved: Iterable[Movement]) -> str:
    """The settlement file as an answer carries it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"INN26010588ZM_{MERCHANT_ID}", b"".join(_line(one) for one in moved))
        file.writestr(f"INN26010588ZME_{MERCHANT_ID}", "corrections, if there were any\r\n")
    return base64.b64encode(zlib.compress(archive.getvalue())).decode()


def _line(moved: Movement) -> bytes:
    is_payment = moved.kind is MovementKind.PAYMENT
    columns = dict.fromkeys(range(len(WIDTHS)), "")
    columns |= {
        0: "S22" if is_payment else "S30",
        4: _written(moved.at)[4:],
        6: f"{moved.amount_fen:012d}",
        9: moved.transaction_no,
        11: moved.our_no,
        15: f"{'D' if moved.fee_fen >= 0 else 'C'}{abs(moved.fee_fen):012d}",
        16: f"{'C' if is_payment else 'D'}{moved.amount_fen - moved.fee_fen:012d}",
        19: "01" if is_payment else "04",
        27: MERCHANT_ID,
        30: "小店",
    }
    cells = (columns[place].encode("gbk").ljust(width) for place, width in enumerate(WIDTHS))
    return b" ".join(cells) + b"\r\n"


def _raw(fields: Mapping[str, str]) -> str:
    """UnionPay's answers are not form-encoded."""
    return "&".join(f"{name}={value}" for name, value in fields.items())


def _written(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA).astimezone(UTC)
