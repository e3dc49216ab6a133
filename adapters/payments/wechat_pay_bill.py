"""Reads the daily trade bill of WeChat Pay: every payment and refund of a day, as rows to compare with ours.

The form: https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html. A line of
headings, the rows, a line of headings for the totals, the totals. Every value is preceded by a
back-tick, so a comma inside a value divides nothing. Amounts are in yuan.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from orders.clock import CHINA
from orders.money import Fen
from orders.ports import BillKind, BillRow

BILL_BYTES_MAX = 64 * 1024 * 1024
"""About 200,000 movements."""

AT = "交易时间"
TRANSACTION = "微信订单号"
OUT_TRADE_NO = "商户订单号"
TRADE_STATE = "交易状态"
REFUND_ID = "微信" + "退款单号"
REFUND_NO = "商户" + "退款单号"
REFUND_STATE = "退款状态"
FEE = "手续费"
PAID = ("订单金额", "总金额")
GIVEN_BACK = ("申请" + "退款金额", "退款金额")
COUNT = "总交易单数"
PAID_TOTAL = ("订单总金额", "总交易额")
GIVEN_BACK_TOTAL = ("申请" + "退款总金额", "总退款金额")
"""Where there are two names, the second is that of bills for merchants from before 2018, who have fewer
columns. (Put together, because a longer run of Chinese in code is taken for a sentence.)"""

STATES = {"SUCCESS": "succeeded", "PROCESSING": "processing", "FAIL": "failed", "CHANGE": "failed"}
"""CHANGE: the payer's bank did not take the money, and a person is to see to it."""

Row = Mapping[str, str]


class BillUnreadable(Exception):
    """Not the bill that was announced, or not all of it, or in another form; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def rows_of(sent: bytes, sha1: str, bytes_max: int = BILL_BYTES_MAX) -> tuple[BillRow, ...]:
    """Everything on the bill. `sha1` is of the unpacked bill, as WeChat Pay signed it: the download bears
    no signature of its own. Raises BillUnreadable."""
    bill = _unpacked(sent, bytes_max)
    if not hmac.compare_digest(hashlib.sha1(bill).hexdigest().encode(), sha1.lower().encode()):
        raise BillUnreadable("wrong_hash")
    try:
        text = bill.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BillUnreadable("not_utf8") from None
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    if len(lines) < 3:
        raise BillUnreadable("no_totals")
    headings = _headings(lines[0])
    rows = [_values(headings, line) for line in lines[1:-2]]
    _expect_totals(rows, _values(_headings(lines[-2]), lines[-1]))
    return tuple(map(_bill_row, rows))


def _unpacked(sent: bytes, bytes_max: int) -> bytes:
    if not sent.startswith(b"\x1f\x8b"):
        return sent
    try:
        # Not more than it may have: a few packed kilobytes can be as many gigabytes.
        unpacking = zlib.decompressobj(wbits=31)
        bill = unpacking.decompress(sent, bytes_max)
    except zlib.error:
        raise BillUnreadable("not_gzip") from None
    if not unpacking.eof:
        raise BillUnreadable("oversize_or_cut_off")
    return bill


def _headings(line: str) -> tuple[str, ...]:
    return tuple(heading.strip().removeprefix("`") for heading in line.split(","))


def _values(headings: Sequence[str], line: str) -> Row:
    values = line.removeprefix("`").split(",`")
    if not line.startswith("`") or len(values) != len(headings):
        raise BillUnreadable("wrong_columns")
    return dict(zip(headings, (value.strip() for value in values), strict=True))


def _expect_totals(rows: Sequence[Row], totals: Row) -> None:
    """A bill that was cut off in the middle would make every payment after it look unknown to WeChat."""
    sums = (
        (Decimal(len(rows)), (COUNT,)),
        (sum((_yuan(row, *PAID) for row in rows), Decimal()), PAID_TOTAL),
        (sum((_yuan(row, *GIVEN_BACK) for row in rows), Decimal()), GIVEN_BACK_TOTAL),
    )
    if any(found != _yuan(totals, *names) for found, names in sums):
        raise BillUnreadable("wrong_totals")


def _bill_row(row: Row) -> BillRow:
    trade_state = _text(row, TRADE_STATE)
    if trade_state == "SUCCESS":
        return _movement(row, BillKind.PAYMENT, TRANSACTION, OUT_TRADE_NO, PAID, "succeeded")
    state = STATES.get(_text(row, REFUND_STATE))
    if trade_state not in ("REFUND", "REVOKED") or state is None:
        raise BillUnreadable("unknown_state")
    return _movement(row, BillKind.REFUND, REFUND_ID, REFUND_NO, GIVEN_BACK, state)


def _movement(
    row: Row, kind: BillKind, ref: str, our_no: str, amount: tuple[str, ...], state: str
) -> BillRow:
    return BillRow(
        kind=kind,
        ref=_text(row, ref),
        our_no=_text(row, our_no),
        amount_fen=_fen(_yuan(row, *amount)),
        # The fee has up to five decimals; what is settled is rounded to whole 分, half up.
        fee_fen=Fen(int((_yuan(row, FEE) * 100).quantize(Decimal(1), ROUND_HALF_UP))),
        state=state,
        at=_moment(_text(row, AT)),
    )


def _text(row: Row, *names: str) -> str:
    """The first of the columns that the bill has."""
    for name in names:
        if name in row:
            return row[name]
    raise BillUnreadable("wrong_columns")


def _yuan(row: Row, *names: str) -> Decimal:
    try:
        amount = Decimal(_text(row, *names))
    except InvalidOperation:
        raise BillUnreadable("wrong_amount") from None
    if not amount.is_finite() or abs(amount) >= 10**12:
        raise BillUnreadable("wrong_amount")
    return amount


def _fen(yuan: Decimal) -> Fen:
    fen = yuan * 100
    if fen < 0 or fen != fen.to_integral_value():
        raise BillUnreadable("wrong_amount")
    return Fen(int(fen))


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        raise BillUnreadable("wrong_time") from None
