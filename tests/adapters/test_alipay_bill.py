"""Alipay's bill: read whole or not at all, whoever packed it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from adapters.payments.alipay_bill import BillUnreadable, rows_of
from orders.money import Fen
from orders.ports import BillKind, BillRow
from tests.emulator.alipay_bill import HEADING, packed_bill, zipped
from tests.emulator.books import Movement, MovementKind

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
DAY = date(2026, 1, 5)
PAID = Movement(MovementKind.PAYMENT, "20260105220014", "P_1", "P_1", 9980, AT, fee_fen=60)
BACK = Movement(MovementKind.REFUND, "20260105220014", "P1R1", "P_1", 980, AT, fee_fen=6)
NAME = "20884123456789010156_20260105_业务明细.csv"


def packed(text: str, name: str = NAME) -> bytes:
    return zipped({name: text.encode("gb18030")})


def row(**cells: str) -> str:
    """A line of the table with some cells set, by the beginning of their heading."""
    return ",".join(
        next((value for start, value in cells.items() if name.startswith(start)), "")
        for name in HEADING.split(",")
    )


GOOD = {
    "支付宝交易号": "2026\t", "商户订单号": "P_1\t", "业务类型": "交易", "完成时间": "2026-01-05 10:00:00",
    "订单金额": "99.80", "服务费": "-0.60",
}  # fmt: skip


def refusal(content: bytes) -> str:
    with pytest.raises(BillUnreadable) as wrong:
        rows_of(content)
    return wrong.value.reason


def test_payments_and_refunds_come_with_our_numbers_and_the_fee_kept_or_given_back() -> None:
    assert rows_of(packed_bill("2088412345678901", DAY, [PAID, BACK])) == (
        BillRow(BillKind.PAYMENT, "20260105220014", "P-1", Fen(9980), Fen(60), "succeeded", AT),
        BillRow(BillKind.REFUND, "P1R1", "P1R1", Fen(980), Fen(-6), "succeeded", AT),
    )


def test_a_day_without_movements_is_an_empty_bill() -> None:
    assert rows_of(packed_bill("2088412345678901", DAY, [])) == ()


def test_a_refund_by_hand_without_a_number_is_named_by_its_trade() -> None:
    cells = GOOD | {"业务类型": "退款", "订单金额": "-99.80"}
    [refund] = rows_of(packed(f"{HEADING}\n{row(**cells)}"))
    assert (refund.kind, refund.ref, refund.our_no, refund.amount_fen) == (BillKind.REFUND, "2026", "", 9980)


def test_other_business_of_the_account_is_not_an_orders_money() -> None:
    assert rows_of(packed(f"{HEADING}\n{row(**GOOD | {'业务类型': '转账'})}")) == ()


@pytest.mark.parametrize(
    "cells",
    [
        {"订单金额": "99.8"},
        {"订单金额": ""},
        {"完成时间": "yesterday"},
        {"服务费": "x"},
        {"订单金额": "1" * 5000},
    ],
)
def test_one_line_that_cannot_be_read_refuses_the_whole_bill(cells: dict[str, str]) -> None:
    text = "\n".join((HEADING, row(**GOOD), row(**GOOD | cells)))
    assert refusal(packed(text)) == "unreadable_table"


@pytest.mark.parametrize("text", ["", "#only a comment", "a,b,c\n1,2,3", f"{HEADING}\n2026,P_1,交易"])
def test_a_table_of_another_form_is_refused(text: str) -> None:
    assert refusal(packed(text)) == "unreadable_table"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 100, packed("x")[:-30]])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert refusal(content) == "unreadable_zip"


def test_a_zip_without_details_or_with_two_of_them_is_refused() -> None:
    assert refusal(packed(HEADING, "汇总.csv")) == "no_details"
    text = HEADING.encode("gb18030")
    assert refusal(zipped({f"a{NAME}": text, f"b{NAME}": text})) == "no_details"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal(zipped({NAME: b"\xff\xff\xff"})) == "unreadable_text"


def test_a_zip_with_very_many_files_is_refused() -> None:
    assert refusal(zipped({f"{number}.csv": b"" for number in range(21)})) == "too_many_files"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(NAME, "w") as file,
    ):
        for _ in range(65):
            file.write(b"0" * 1_000_000)
    assert len(bomb.getvalue()) < 1_000_000
    assert refusal(bomb.getvalue()) == "too_large"


def test_a_file_that_lies_about_its_size_is_refused() -> None:
    honest = packed(f"{HEADING}\n{row(**GOOD)}")
    said = zipfile.ZipFile(io.BytesIO(honest)).infolist()[0].file_size
    lying = honest.replace(said.to_bytes(4, "little"), (1).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying) == "unreadable_zip"
