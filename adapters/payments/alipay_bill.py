"""Alipay's bill of a day: a zip with a CSV of GBK text, comments around the table, tabs after the numbers.

It comes from outside, so it is opened as if somebody had packed it to hurt us.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from adapters.payments.alipay_signing import fen_of, from_beijing, our_no
from orders.money import Fen
from orders.ports import BillKind, BillRow

ZIP_BYTES_MAX = 20_000_000
CSV_BYTES_MAX = 64_000_000
"""About two hundred thousand movements."""
FILES_MAX = 20
CELL_CHARACTERS_MAX = 4_000

DETAILS, SUMMARY = "业务明细", "汇总"
KINDS = {"交易": BillKind.PAYMENT, "退款": BillKind.REFUND}
TRADE_NO, OUT_TRADE_NO, REFUND_NO = "交易号", "商户订单号", "退款批次号/请求号"
KIND, ENDED_AT, AMOUNT, FEE = "业务类型", "完成时间", "订单金额", "服务费"
COLUMNS = (TRADE_NO, OUT_TRADE_NO, REFUND_NO, KIND, ENDED_AT, AMOUNT, FEE)


class BillUnreadable(Exception):
    """The bill is not what it should be; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def rows_of(packed: bytes) -> tuple[BillRow, ...]:
    """Everything that moved. Raises BillUnreadable: half a bill would be taken for a whole one."""
    text = _details(packed)
    lines = csv.reader(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    try:
        heading = next(lines, [])
        places = _places(heading)
        return tuple(_rows(lines, places))
    except (csv.Error, ValueError, KeyError, IndexError):
        raise BillUnreadable("unreadable_table") from None


def _details(packed: bytes) -> str:
    """The text of the one file with the movements."""
    if len(packed) > ZIP_BYTES_MAX:
        raise BillUnreadable("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = archive.infolist()
            if len(files) > FILES_MAX:
                raise BillUnreadable("too_many_files")
            wanted = [file for file in files if DETAILS in _name(file) and SUMMARY not in _name(file)]
            if len(wanted) != 1:
                raise BillUnreadable("no_details")
            with archive.open(wanted[0]) as unpacked:
                # What the archive says of the size is only said; so much is read and no more.
                content = unpacked.read(CSV_BYTES_MAX + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        raise BillUnreadable("unreadable_zip") from None
    if len(content) > CSV_BYTES_MAX:
        raise BillUnreadable("too_large")
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise BillUnreadable("unreadable_text") from None


def _name(file: zipfile.ZipInfo) -> str:
    """Alipay writes names in GBK without saying so; the archive reader takes them for code page 437."""
    if file.flag_bits & 0x800:
        return file.filename
    return file.filename.encode("cp437", "replace").decode("gb18030", "replace")


def _places(heading: list[str]) -> Mapping[str, int]:
    """Where each column stands. Raises ValueError where one is missing."""
    names = [cell.strip().split("（")[0].split("(")[0] for cell in heading]
    places = {
        column: place for column in COLUMNS for place, name in enumerate(names) if name.endswith(column)
    }
    if len(places) < len(COLUMNS):
        raise ValueError("a column is missing")
    return places


def _rows(lines: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[BillRow]:
    for line in lines:
        cells = {name: line[place].strip() for name, place in places.items()}
        if any(len(cell) > CELL_CHARACTERS_MAX for cell in cells.values()):
            raise ValueError("a cell without end")
        kind = KINDS.get(cells[KIND])
        if kind is None:
            # Other business of the account: a transfer, a fee of another product. Not an order's money.
            continue
        refund_no = cells[REFUND_NO] if kind is BillKind.REFUND else ""
        yield BillRow(
            kind=kind,
            # Alipay has no number of its own for a refund: the trade's stands at every refund of it, and
            # what tells them apart is the number that we gave.
            ref=refund_no or cells[TRADE_NO],
            our_no=our_no(refund_no if kind is BillKind.REFUND else cells[OUT_TRADE_NO]),
            amount_fen=Fen(abs(_signed_fen(cells[AMOUNT]))),
            # Written as seen from the shop: what was kept is negative, what was given back is not.
            fee_fen=Fen(-_signed_fen(cells[FEE] or "0.00")),
            state="succeeded",
            at=from_beijing(cells[ENDED_AT]),
        )


def _signed_fen(text: str) -> int:
    return -fen_of(text[1:]) if text.startswith("-") else fen_of(text.removeprefix("+"))
