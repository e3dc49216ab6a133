"""A day's trade bill: read whole, or not at all."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from adapters.payments.wechat_pay_bill import BillUnreadable, rows_of
from orders.ports import BillKind, BillRow
from tests.emulator.wechat_pay_bill import HEADINGS, TOTALS

NAMES = HEADINGS.split(",")
PAYMENT: Mapping[str, str] = dict.fromkeys(NAMES, "") | {
    "交易时间": "2026-01-05 10:00:00", "微信订单号": "4200001", "商户订单号": "20260105000001-1", "交易状态": "SUCCESS",
    "应结订单金额": "99.80", "微信退款单号": "0", "商户退款单号": "0", "退款金额": "0.00", "商品名称": "话费, 100元",
    "手续费": "0.59880", "订单金额": "99.80", "申请退款金额": "0.00",
}  # fmt: skip
REFUND: Mapping[str, str] = PAYMENT | {
    "交易时间": "2026-01-05 23:59:59", "交易状态": "REFUND", "应结订单金额": "0.00", "微信退款单号": "5030001",
    "商户退款单号": "20260105000001R1", "退款金额": "49.90", "退款状态": "SUCCESS", "手续费": "-0.29940",
    "订单金额": "0.00", "申请退款金额": "49.90",
}  # fmt: skip


def line(values: object) -> str:
    return ",".join(f"`{value}" for value in values)  # type: ignore[attr-defined]


def bill(*rows: Mapping[str, str], totals: tuple[str, ...] | None = None) -> str:
    paid = sum(float(row["订单金额"]) for row in rows)
    back = sum(float(row["申请退款金额"]) for row in rows)
    told = totals or (
        str(len(rows)),
        f"{paid:.2f}",
        f"{back:.2f}",
        "0.00",
        "0.00000",
        f"{paid:.2f}",
        f"{back:.2f}",
    )
    return "\r\n".join([HEADINGS, *(line(row.values()) for row in rows), TOTALS, line(told)]) + "\r\n"


def read(text: str) -> tuple[BillRow, ...]:
    sent = text.encode()
    return rows_of(sent, hashlib.sha1(sent).hexdigest())


def refused(text: str) -> str:
    with pytest.raises(BillUnreadable) as unreadable:
        read(text)
    return unreadable.value.reason


def test_payments_and_refunds_are_read_with_their_fees() -> None:
    assert read(bill(PAYMENT, REFUND)) == (
        BillRow(
            BillKind.PAYMENT, "4200001", "20260105000001-1", 9980, 60, "succeeded",  # type: ignore[arg-type]
            datetime(2026, 1, 5, 2, tzinfo=UTC),
        ),
        BillRow(
            BillKind.REFUND, "5030001", "20260105000001R1", 4990, -30, "succeeded",  # type: ignore[arg-type]
            datetime(2026, 1, 5, 15, 59, 59, tzinfo=UTC),
        ),
    )  # fmt: skip


def test_a_bill_without_rows_is_empty() -> None:
    assert read(bill()) == ()


@pytest.mark.parametrize(
    ("told", "state"),
    [("SUCCESS", "succeeded"), ("PROCESSING", "processing"), ("FAIL", "failed"), ("CHANGE", "failed")],
)
def test_a_refund_has_the_state_of_its_day(told: str, state: str) -> None:
    assert [row.state for row in read(bill(REFUND | {"退款状态": told}))] == [state]


def test_a_packed_bill_is_unpacked_and_its_hash_is_of_what_is_inside() -> None:
    text = bill(PAYMENT).encode()
    assert len(rows_of(gzip.compress(text), hashlib.sha1(text).hexdigest().upper())) == 1


def test_a_byte_order_mark_and_back_ticks_before_headings_do_no_harm() -> None:
    headings = line(NAMES)
    assert len(read("\ufeff" + bill(PAYMENT).replace(HEADINGS, headings))) == 1


def test_the_older_form_with_fewer_columns_is_read() -> None:
    older = (
        HEADINGS.replace(",订单金额,申请退款金额,费率备注", "")
        .replace("应结订单金额", "总金额")
        .replace("特约商户号", "子商户号")
    )
    totals = "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额"
    rows = [
        [row["订单金额"] if name == "应结订单金额" else row[name] for name in NAMES[:-3]]
        for row in (PAYMENT, REFUND)
    ]
    text = "\n".join([older, *map(line, rows), totals, line(["2.0", "99.80", "49.90", "0.00", "0.29940"])])
    assert [(row.kind, row.amount_fen) for row in read(text)] == [
        (BillKind.PAYMENT, 9980),
        (BillKind.REFUND, 4990),
    ]


def test_another_bill_than_the_announced_one_is_not_read() -> None:
    for sha1 in (hashlib.sha1(b"another").hexdigest(), "", "密"):
        with pytest.raises(BillUnreadable, match="wrong_hash"):
            rows_of(bill(PAYMENT).encode(), sha1)


def test_a_bill_that_lacks_rows_is_not_read() -> None:
    text = bill(PAYMENT, REFUND)
    lines = text.split("\r\n")
    assert refused("\r\n".join(lines[:1] + lines[2:])) == "wrong_totals"
    assert refused("\r\n".join(lines[:2])) == "no_totals"
    assert refused("") == "no_totals"


@pytest.mark.parametrize(
    "totals",
    [
        ("2", "99.80", "0.00", "0.00", "0.60", "99.80", "0.00"),
        ("1", "99.81", "0.00", "0.00", "0.60", "99.81", "0.00"),
        ("1", "99.80", "0.01", "0.00", "0.60", "99.80", "0.01"),
    ],
)
def test_totals_that_are_not_those_of_the_rows_are_not_believed(totals: tuple[str, ...]) -> None:
    assert refused(bill(PAYMENT, totals=totals)) == "wrong_totals"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"交易状态": "SOMETHING_NEW"}, "unknown_state"),
        ({"交易状态": "REFUND", "退款状态": "SOMETHING_NEW"}, "unknown_state"),
        ({"交易时间": "2026/01/05"}, "wrong_time"),
        ({"手续费": "free"}, "wrong_amount"),
        ({"手续费": "NaN"}, "wrong_amount"),
        ({"订单金额": "99.805"}, "wrong_totals"),
        ({"商品名称": "a`,`b"}, "wrong_columns"),
    ],
)
def test_a_row_that_is_not_understood_is_not_left_out(change: dict[str, str], reason: str) -> None:
    assert refused(bill(PAYMENT | change)) == reason


@pytest.mark.parametrize("amount", ["-99.80", "Infinity", "1e15", "99.805"])
def test_an_amount_that_is_none_is_not_read(amount: str) -> None:
    totals = ("1", amount, "0.00", "0.00", "0.60", amount, "0.00")
    assert refused(bill(PAYMENT | {"订单金额": amount}, totals=totals)) == "wrong_amount"


def test_another_encoding_is_not_read() -> None:
    sent = bill(PAYMENT).encode("gbk")
    with pytest.raises(BillUnreadable, match="not_utf8"):
        rows_of(sent, hashlib.sha1(sent).hexdigest())


def test_a_bill_that_is_packed_wrongly_or_endlessly_is_not_unpacked() -> None:
    with pytest.raises(BillUnreadable, match="not_gzip"):
        rows_of(b"\x1f\x8bnothing", "")
    with pytest.raises(BillUnreadable, match="oversize_or_cut_off"):
        rows_of(gzip.compress(bill(PAYMENT).encode())[:-9], "")
    with pytest.raises(BillUnreadable, match="oversize_or_cut_off"):
        rows_of(gzip.compress(b"0" * 100_000), "", bytes_max=1000)
