"""`xiadan ledger export`: the books of a period as a table for other programs.

What customers, suppliers and banks wrote can stand in a cell; none of it may ever run as a formula
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import typer
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font

from bot.commands.database import read_from
from bot.commands.ledger import OWED_SHOWN
from orders import accounting
from orders.accounting import Period
from orders.clock import CHINA
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import yuan

Cell = str | int | float
Row = Sequence[Cell]

FORMATS = ("csv", "xlsx")

ROWS_OF_A_SHEET_MAX = 1_048_575
"""What Excel takes on one sheet, its headings aside."""

_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def export(database_url: str, period: Period, form: str, file: Path) -> None:
    """Write the file: as CSV the entries alone, as XLSX the accounts and reports beside them. Raises
    NotPermitted."""
    if form not in FORMATS:
        raise NotPermitted(f"{form!r} is no format of an export; write {' or '.join(FORMATS)}")

    def write(tx: Tx) -> int:
        return _csv(tx, period, file) if form == "csv" else _xlsx(tx, period, file)

    count = read_from(database_url, write)
    typer.echo(f"Wrote {file}: {count} entries of {period.first} to {period.last}.")


HEADS = ("entry", "time", "ref", "account", "debit", "credit", "order")


def _csv(tx: Tx, period: Period, file: Path) -> int:
    count = 0
    # Excel takes a file for UTF-8 only where it begins with the mark.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADS)
        for row in _entries(tx, period):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def _entries(tx: Tx, period: Period) -> Iterator[Row]:
    for entry in accounting.entries(tx, period):
        at = entry.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        amount = entry.amount_fen
        yield (
            entry.entry_no,
            at,
            entry.ref,
            entry.account,
            _amount(max(amount, 0)),
            _amount(max(-amount, 0)),
            entry.order_no,
        )


def _amount(fen: int) -> Cell:
    """In yuan; nothing where nothing moved. Two decimals are exact in a float up to a trillion."""
    return fen / 100 if fen else ""


def harmless(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_ACTS) else text


def _xlsx(tx: Tx, period: Period, file: Path) -> int:
    book = Workbook(write_only=True)
    balance = accounting.trial_balance(tx, period)
    accounts: list[Row] = [
        (
            line.account,
            line.opening_fen / 100,
            line.debit_fen / 100,
            line.credit_fen / 100,
            line.closing_fen / 100,
        )
        for line in balance.lines
    ]
    total: Row = (
        "total",
        balance.opening_fen / 100,
        balance.debit_fen / 100,
        balance.credit_fen / 100,
        balance.closing_fen / 100,
    )
    state = "balances" if balance.balances else f"DOES NOT BALANCE: {yuan(balance.closing_fen)}"
    _sheet(
        book,
        "accounts",
        ("account", "opening", "debit", "credit", "closing"),
        [*accounts, total, (state,)],
    )
    _sheet(
        book,
        "revenue",
        ("day", "product", "name", "revenue", "cost", "margin"),
        [
            (
                str(one.day),
                one.product_id or "(fees)",
                one.product,
                one.revenue_fen / 100,
                one.cost_fen / 100,
                one.margin_fen / 100,
            )
            for one in accounting.earned(tx, period)
        ],
    )
    _sheet(
        book,
        "refunds",
        ("reason", "count", "amount", "arrived", "under way", "refused"),
        [
            (
                one.reason,
                one.count,
                one.fen / 100,
                one.arrived_fen / 100,
                one.under_way_fen / 100,
                one.refused_fen / 100,
            )
            for one in accounting.refunded(tx, period)
        ],
    )
    _sheet(book, "receivables", ("gateway", "oldest", "balance"), _receivables(tx, period.last))
    _sheet(
        book,
        "owed now",
        ("customer", "goods", "refunds", "balance"),
        [
            (one.customer_id, one.advances_fen / 100, one.refunds_fen / 100, one.balance_fen / 100)
            for one in accounting.owed(tx, OWED_SHOWN)
        ],
    )
    count = _sheet(book, "entries", HEADS, _entries(tx, period))
    book.save(file)
    return count


def _receivables(tx: Tx, on: date) -> list[Row]:
    return [(one.gateway, str(one.oldest or ""), one.fen / 100) for one in accounting.receivables(tx, on)]


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Row]) -> int:
    """Returns how many rows were written. Raises NotPermitted where they are more than a sheet holds."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    cells = [WriteOnlyCell(sheet, value=head) for head in heads]
    for cell in cells:
        cell.font = bold
    sheet.append(cells)
    count = 0
    for row in rows:
        count += 1
        if count > ROWS_OF_A_SHEET_MAX:
            raise NotPermitted("the period has more entries than a sheet holds; export it as csv")
        sheet.append(
            [
                _text(WriteOnlyCell(sheet, value=_UNPRINTABLE.sub("", value)))
                if isinstance(value, str)
                else value
                for value in row
            ]
        )
    return count


def _text(cell: SheetCell) -> SheetCell:
    """A text that begins like a formula would be one."""
    cell.data_type = "s"
    return cell
