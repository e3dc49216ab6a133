"""UnionPay's settlement file of a day, as bill rows.

The file comes as text in an answer: a zip archive, deflated once more, in base64. In it the ZM file
lists a merchant's movements, one a line, in columns of fixed width with one character between them
("file interfaces" of UnionPay's access rules). Times have no year, fees a letter for a sign.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from datetime import UTC, date, datetime

import structlog

from orders.clock import CHINA
from orders.money import Fen
from orders.ports import BillKind, BillRow

log = structlog.get_logger(__name__)

FILE_BYTES_MAX = 64 * 1024 * 1024
"""Unpacked. A small archive can hold any amount of zeros."""
SEPARATOR = "Z"
"""Stands in UnionPay's order numbers for the `-` of ours, which they must not have."""
TIME_MARK = "T"
"""In the number of a refund the time of its promise follows: one that was refused and promised again on the
same day must have a number of its own there."""

WIDTHS = (
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2,
)  # fmt: skip
"""Of the columns up to the last one that is read; the line goes on."""
TIME, AMOUNT, QUERY_ID, ORDER_ID, FEE, TXN_TYPE = 4, 6, 9, 11, 15, 19

KINDS = {"01": BillKind.PAYMENT, "04": BillKind.REFUND, "31": BillKind.REFUND}
"""31 is a payment undone on its own day, by somebody at UnionPay's merchant pages."""


class Unreadable(Exception):
    """The file is not what UnionPay describes; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def bill_rows(content: str, settled_on: date) -> tuple[BillRow, ...]:
    """The rows of the settlement file of `settled_on`, as it came in the answer. Raises Unreadable."""
    rows: list[BillRow] = []
    for line in _movements(_archive(content)):
        row = _row(line, settled_on)
        if row is not None:
            rows.append(row)
    return tuple(rows)


def order_id_of(our_no: str) -> str:
    """How UnionPay may know a number of ours: 8 to 32 letters and digits, without `-`. (40 are allowed, but
    the settlement file has room for 32.) Raises ValueError for a number that could not be read back."""
    order_id = our_no.replace("-", SEPARATOR)
    taken = {SEPARATOR, TIME_MARK} & set(our_no)
    if taken or not re.fullmatch(r"[0-9A-Za-z]{8,32}", order_id):
        raise ValueError(
            f"UnionPay cannot know {our_no!r}: 8-32 letters, digits and -, no {SEPARATOR} and no {TIME_MARK}"
        )
    return order_id


def refund_id_of(refund_no: str, promised_at: datetime) -> str:
    """How UnionPay may know a refund: its number, and when on its day it was promised. Raises ValueError."""
    return f"{order_id_of(refund_no)}{TIME_MARK}{promised_at.astimezone(CHINA):%H%M%S}"


def our_no_of(order_id: str) -> str:
    """Our number back from UnionPay's. What was never ours stays what nobody here knows."""
    return re.sub(f"{TIME_MARK}[0-9]{{6}}$", "", order_id).replace(SEPARATOR, "-")


def moment_of(text: str) -> datetime:
    """YYYYMMDDhhmmss in Beijing. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{14}", text):
        raise ValueError(f"{text!r} is not a time as UnionPay writes it")
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA).astimezone(UTC)


def moment_near(text: str, near: datetime) -> datetime:
    """MMDDhhmmss in Beijing, in the year that brings it nearest. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{10}", text):
        raise ValueError(f"{text!r} is not a time as UnionPay writes it")
    year, found = near.astimezone(CHINA).year, []
    for candidate in (year - 1, year, year + 1):
        try:
            found.append(moment_of(f"{candidate}{text}"))
        except ValueError:
            # The 29th of February is in one year in four.
            continue
    if not found:
        raise ValueError(f"{text!r} is not a time as UnionPay writes it")
    return min(found, key=lambda moment: abs(moment - near))


def _archive(content: str) -> zipfile.ZipFile:
    try:
        packed = base64.b64decode(content, validate=True)
        unpacking = zlib.decompressobj()
        archive = unpacking.decompress(packed, FILE_BYTES_MAX)
        if unpacking.unconsumed_tail:
            raise Unreadable("file_too_large")
        return zipfile.ZipFile(io.BytesIO(archive))
    except (binascii.Error, ValueError, zlib.error, zipfile.BadZipFile):
        raise Unreadable("file_unreadable") from None


def _movements(archive: zipfile.ZipFile) -> list[bytes]:
    """The lines of the ZM files; ZME (corrections) and the summaries beside them move nothing new."""
    lines: list[bytes] = []
    with archive:
        for entry in archive.infolist():
            if not re.search(r"ZM_", entry.filename):
                continue
            if entry.file_size > FILE_BYTES_MAX:
                raise Unreadable("file_too_large")
            try:
                with archive.open(entry) as file:
                    text = file.read(FILE_BYTES_MAX + 1)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
                raise Unreadable("file_unreadable") from None
            lines += [line for line in text.splitlines() if line.strip()]
    return lines


def _row(line: bytes, settled_on: date) -> BillRow | None:
    if len(line) < sum(WIDTHS) + len(WIDTHS) - 1:
        raise Unreadable("line_too_short")
    # Cut as bytes: columns are counted in bytes, and a name further on may be in any encoding.
    columns, begun = [], 0
    for width in WIDTHS:
        columns.append(line[begun : begun + width].decode("ascii", "replace").strip())
        begun += width + 1
    kind = KINDS.get(columns[TXN_TYPE])
    if kind is None:
        log.warning("unionpay_bill_line_skipped", txn_type=columns[TXN_TYPE], query_id=columns[QUERY_ID])
        return None
    try:
        noon = datetime(settled_on.year, settled_on.month, settled_on.day, 12, tzinfo=CHINA)
        return BillRow(
            kind=kind,
            ref=columns[QUERY_ID],
            our_no=our_no_of(columns[ORDER_ID]),
            amount_fen=Fen(_digits(columns[AMOUNT])),
            fee_fen=_fee(columns[FEE]),
            state="succeeded",
            at=moment_near(columns[TIME], noon),
        )
    except ValueError:
        raise Unreadable("line_unreadable") from None


def _fee(text: str) -> Fen:
    """`D` and the amount that the merchant is charged; `C` what he gets back; blank for nothing."""
    if not text:
        return Fen(0)
    sign, amount = (text[0], text[1:]) if text[0] in "CD" else ("D", text)
    return Fen(_digits(amount) * (-1 if sign == "C" else 1))


def _digits(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,13}", text):
        raise ValueError(f"{text!r} is not an amount")
    return int(text)
