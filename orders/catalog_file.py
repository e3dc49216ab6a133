"""The shop's goods as a file that a shopkeeper edits: CSV or Excel, one row a SKU.

A file is taken whole or not at all, and everything that is wrong with it is told at once,
each with its line, column, value and what was expected.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from orders.catalog import AccountKind, Catalog, Delivery, Product, RefundRule, Sku
from orders.errors import CatalogRejected, RowError
from orders.money import Fen, fen_from_yuan, yuan

COLUMNS = (
    "sku", "product", "name", "category", "aliases", "variant", "face_value", "unit", "list_price", "price",
    "account", "regions", "stock", "sales", "eta_minutes", "supplier", "supplier_rating", "delivery", "refund",
)  # fmt: skip
PRODUCT_COLUMNS = ("name", "category", "aliases", "account", "regions")
"""Columns that must agree on all rows of one product."""

ERRORS_MAX = 200
"""A file of nonsense is told apart after this many errors; more would not help anyone."""

AN_AMOUNT = "an amount in yuan with two decimals, such as 9.98"

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def read_catalog(path: Path) -> Catalog:
    """Read a CSV (UTF-8, with or without BOM) or an XLSX file.

    Raises CatalogRejected with every error of the file, OSError where it cannot be opened.
    """
    raw = path.read_bytes()
    rows = _xlsx_rows(path.name, raw) if path.suffix.lower() == ".xlsx" else _csv_rows(path.name, raw)
    return catalog_from_rows(rows, path.name)


def catalog_from_rows(rows: Iterable[tuple[int, Sequence[str]]], source: str) -> Catalog:
    """Build a catalog from numbered rows of text, the headings first."""
    numbered = iter(rows)
    line, headings = next(numbered, (1, ()))
    order = _columns_in(headings, line, source)
    reading = _Reading()
    for line, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        reading.take(line, {column: _cell(cells, place) for column, place in order.items()})
        if len(reading.errors) >= ERRORS_MAX:
            break
    if not reading.skus and not reading.errors:
        reading.errors.append(RowError(line, "sku", "", "at least one row under the headings"))
    if reading.errors:
        raise CatalogRejected(source, tuple(reading.errors))
    products = tuple(reading.products())
    return Catalog.of(products, version_of(products))


def version_of(products: Iterable[Product]) -> str:
    """A name for this content: equal goods, equal version."""
    digest = hashlib.sha256()
    for product in products:
        for sku in product.skus:
            digest.update(repr(_row_of(product, sku)).encode())
    return digest.hexdigest()[:16]


def write_catalog(catalog: Catalog) -> str:
    """The catalog as CSV text that `read_catalog` reads back to the same catalog."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for product in catalog.products:
        for sku in product.skus:
            writer.writerow(_row_of(product, sku))
    return out.getvalue()


def _row_of(product: Product, sku: Sku) -> tuple[str, ...]:
    return (
        sku.sku_id, product.product_id, product.name, product.category, ";".join(product.aliases),
        sku.variant, _plain(sku.face_value), sku.unit, yuan(sku.list_price_fen), yuan(sku.price_fen),
        product.account_kind.value, ";".join(product.regions), str(sku.stock), str(sku.sales),
        str(sku.eta_minutes), sku.supplier, _plain(sku.supplier_rating), sku.delivery.value,
        sku.refund_rule.value,
    )  # fmt: skip


def _plain(number: Decimal) -> str:
    """4.0 and 4 are one number, and 100 is not 1E+2."""
    return format(number.normalize(), "f")


def _csv_rows(source: str, raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        shown = raw[error.start : error.start + 4].hex(" ")
        wrong = RowError(line, "-", shown, "UTF-8 text; save the file as CSV UTF-8")
        raise CatalogRejected(source, (wrong,)) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            # A quoted cell may hold new lines, so the next row starts where the reader stands.
            line = reader.line_num + 1
    except csv.Error as error:
        wrong = RowError(line, "-", str(error), "a CSV row with closed quotes")
        raise CatalogRejected(source, (wrong,)) from error


def _xlsx_rows(source: str, raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    # Imported here: openpyxl takes long to load, and a shop that imports CSV never needs it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        wrong = RowError(1, "-", type(error).__name__, "an Excel workbook (.xlsx)")
        raise CatalogRejected(source, (wrong,)) from error
    try:
        sheet = book.worksheets[0]
        for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield line, [_excel_text(value) for value in values]
    finally:
        book.close()


def _excel_text(value: object) -> str:
    """A cell as it would stand in the CSV: Excel keeps 10 as 10.0 and 9.98 as a binary fraction."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return str(value)


def _columns_in(headings: Sequence[str], line: int, source: str) -> dict[str, int]:
    names = [heading.strip().lower() for heading in headings]
    errors = [
        RowError(line, column, "", f"a heading; the columns are {', '.join(COLUMNS)}")
        for column in COLUMNS
        if column not in names
    ]
    errors += [
        RowError(line, column, column, "a heading that stands once")
        for column in COLUMNS
        if names.count(column) > 1
    ]
    if errors:
        raise CatalogRejected(source, tuple(errors))
    return {column: names.index(column) for column in COLUMNS}


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


@dataclass
class _ProductRows:
    first_line: int
    shared: Mapping[str, str]
    skus: list[Sku] = field(default_factory=list)


class _Reading:
    """What was read so far: the SKUs by product, and everything that was wrong."""

    def __init__(self) -> None:
        self.errors: list[RowError] = []
        self.skus: dict[str, int] = {}
        self._rows_by_product: dict[str, _ProductRows] = {}

    def take(self, line: int, row: Mapping[str, str]) -> None:
        before = len(self.errors)
        row_reader = _Row(line, row, self.errors)
        sku = row_reader.sku()
        row_reader.product_cells()
        self._check_unique(line, sku.sku_id)
        shared = {column: row[column] for column in PRODUCT_COLUMNS}
        rows = self._rows_by_product.setdefault(sku.product_id, _ProductRows(line, shared))
        for column in PRODUCT_COLUMNS:
            if rows.shared[column] != shared[column]:
                expected = f"{rows.shared[column]!r} as on line {rows.first_line}, the same product"
                self.errors.append(RowError(line, column, shared[column], expected))
        if len(self.errors) == before:
            rows.skus.append(sku)

    def _check_unique(self, line: int, sku_id: str) -> None:
        if not sku_id:
            return
        if sku_id in self.skus:
            expected = f"an id of its own; line {self.skus[sku_id]} has it already"
            self.errors.append(RowError(line, "sku", sku_id, expected))
        self.skus.setdefault(sku_id, line)

    def products(self) -> Iterator[Product]:
        for product_id, rows in self._rows_by_product.items():
            yield Product(
                product_id=product_id,
                name=rows.shared["name"],
                category=rows.shared["category"],
                aliases=_listed(rows.shared["aliases"]),
                account_kind=AccountKind(rows.shared["account"]),
                regions=_listed(rows.shared["regions"]),
                skus=tuple(rows.skus),
            )


class _Row:
    """Reads the cells of one row; what cannot be read is noted, and a stand-in is returned."""

    def __init__(self, line: int, cells: Mapping[str, str], errors: list[RowError]) -> None:
        self._line = line
        self._cells = cells
        self._errors = errors

    def sku(self) -> Sku:
        return Sku(
            sku_id=self._identifier("sku"),
            product_id=self._identifier("product"),
            variant=self._text("variant"),
            face_value=self._read("face_value", _positive, "a number above 0", Decimal(1)),
            unit=self._text("unit"),
            list_price_fen=self._read("list_price", fen_from_yuan, AN_AMOUNT, Fen(0)),
            price_fen=self._read("price", _price, f"{AN_AMOUNT}, above 0", Fen(1)),
            stock=self._count("stock"),
            sales=self._count("sales"),
            eta_minutes=self._count("eta_minutes"),
            supplier=self._text("supplier"),
            supplier_rating=self._read("supplier_rating", _rating, "a number from 0 to 5", Decimal(0)),
            delivery=self._word("delivery", Delivery),
            refund_rule=self._word("refund", RefundRule),
        )

    def product_cells(self) -> None:
        self._text("name")
        self._text("category")
        self._word("account", AccountKind)

    def _text(self, column: str) -> str:
        return self._read(column, _not_empty, "a text that is not empty", "")

    def _identifier(self, column: str) -> str:
        return self._read(column, _plain_id, "an id without spaces, at most 64 characters", "")

    def _count(self, column: str) -> int:
        return self._read(column, _whole, "a whole number, 0 or more", 0)

    def _word(self, column: str, words: type[E]) -> E:
        return self._read(column, words, f"one of {', '.join(words)}", next(iter(words)))

    def _read(self, column: str, read: Callable[[str], T], expected: str, stand_in: T) -> T:
        value = self._cells[column]
        try:
            return read(value)
        except (ValueError, InvalidOperation):
            self._errors.append(RowError(self._line, column, value, expected))
            return stand_in


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _plain_id(text: str) -> str:
    if not text or len(text) > 64 or any(character.isspace() for character in text):
        raise ValueError
    return text


def _price(text: str) -> Fen:
    amount = fen_from_yuan(text)
    if amount <= 0:
        raise ValueError
    return amount


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ValueError
    return int(text)


def _positive(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or value <= 0:
        raise ValueError
    return value


def _rating(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or not 0 <= value <= 5:
        raise ValueError
    return value
