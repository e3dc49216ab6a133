"""Card keys as a file from a wholesaler: plain text, CSV or Excel, one key a row.

A file is taken whole or not at all. Everything wrong with it is told at once, by line and column,
and never with the key itself: errors are read over shoulders and kept in logs.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from orders.card_key import NUMBER_AND_PASSWORD
from orders.errors import KeyFault, KeysRejected

KEYS_MAX = 50_000
"""Keys of one file; more take several files."""

FILE_BYTES_MAX = 20 * 1024 * 1024
FAULTS_MAX = 200
KEY_LENGTH_MIN = 4
"""Shorter than this it is a running number, and no key."""
KEY_LENGTH_MAX = 500

PARTS = ("number", "password")

HEADINGS: Mapping[str, frozenset[str]] = {
    "key": frozenset({"key", "code", "卡密", "兑换码", "激活码", "授权码"}),
    "number": frozenset({"number", "卡号", "账号"}),
    "password": frozenset({"password", "pin", "密码"}),
    "expires": frozenset({"expires", "有效期", "到期日", "过期时间"}),
}
"""The columns, and what wholesalers call them."""

_SEPARATOR = re.compile("----|[\t,，]")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: 00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key, where it stood, and the last day on which it can be used, where the file says so."""

    line: int
    secret: str = field(repr=False)
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that can be read. `digest` names its bytes."""

    source: str
    digest: str
    rows: tuple[KeyRow, ...]
    repeated: tuple[tuple[int, int], ...]
    """Lines whose key stood on an earlier line already, each with that line; they are in no row."""


def read_keys(path: Path) -> KeyFile:
    """Read a text (UTF-8, UTF-16 or GBK), CSV or XLSX file.

    Raises KeysRejected with every fault of the file, OSError where it cannot be opened.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        raise KeysRejected(path.name, (KeyFault(1, "-", f"a file of at most {FILE_BYTES_MAX >> 20} MB"),))
    return keys_from_bytes(path.name, path.read_bytes())


def keys_from_bytes(source: str, raw: bytes) -> KeyFile:
    """The same from memory; the name's ending says what it is."""
    suffix = Path(source).suffix.lower()
    if suffix == ".xlsx":
        cells: Iterable[tuple[int, Sequence[object]]] = _xlsx_cells(source, raw)
    elif suffix == ".csv":
        cells = _csv_cells(source, _text(source, raw))
    else:
        cells = _text_cells(_text(source, raw))
    reading = _Reading()
    for line, row in cells:
        if any(_shown(cell) for cell in row):
            reading.take(line, row)
        if len(reading.faults) >= FAULTS_MAX:
            break
    if not reading.rows and not reading.faults:
        reading.faults.append(KeyFault(1, "key", "at least one key"))
    if reading.faults:
        raise KeysRejected(source, tuple(reading.faults))
    return KeyFile(
        source, hashlib.sha256(raw).hexdigest(), tuple(reading.rows.values()), tuple(reading.repeated)
    )


class _Reading:
    """What was read so far, and everything that was wrong."""

    def __init__(self) -> None:
        self.faults: list[KeyFault] = []
        self.rows: dict[str, KeyRow] = {}
        self.repeated: list[tuple[int, int]] = []
        self._columns: tuple[str, ...] | None = None
        self._lines_of_numbers: dict[str, int] = {}

    def take(self, line: int, cells: Sequence[object]) -> None:
        if self._columns is None:
            headings = self._headings(line, cells)
            # A file of bare keys needs no headings; then its first row is a key already.
            self._columns = headings or (("key",) if len(cells) == 1 else PARTS)
            if headings:
                return
        columns = self._columns
        if len(self.rows) >= KEYS_MAX:
            self._fault(line, "-", f"at most {KEYS_MAX} keys in one file; divide it")
            return
        if any(_shown(cell) for cell in cells[len(columns) :]):
            self._fault(line, "-", f"{' and '.join(columns)} and nothing more; other columns need headings")
            return
        before = len(self.faults)
        said = dict(zip(columns, cells, strict=False))
        parts = {
            name: self._key_text(line, name, said.get(name)) for name in ("key", *PARTS) if name in columns
        }
        expires_on = self._day(line, said.get("expires"))
        if len(self.faults) == before:
            self._add(line, parts, expires_on)

    def _headings(self, line: int, cells: Sequence[object]) -> tuple[str, ...]:
        """The columns that the first row names; empty where it names none."""
        names = [_shown(cell).lower() for cell in cells]
        known = [next((column for column, words in HEADINGS.items() if name in words), "") for name in names]
        if not any(known):
            return ()
        for place, (name, column) in enumerate(zip(names, known, strict=True), start=1):
            if name and not column:
                # By its place, not by its name: what is no heading may be a key.
                self._fault(
                    line, str(place), f"one of {', '.join(HEADINGS)}; rename the column or take it out"
                )
            elif column and known.count(column) > 1:
                self._fault(line, str(place), "a heading that stands once")
        if tuple(name for name in ("key", *PARTS) if name in known) not in (("key",), PARTS):
            self._fault(line, "-", "the column key, or the two columns number and password")
        return tuple(known)

    def _key_text(self, line: int, column: str, cell: object) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            # Excel forgets leading zeros and every digit after the fifteenth; such a key opens nothing.
            self._fault(line, column, "a cell of text; in a cell of numbers Excel loses digits of a key")
            return ""
        text = _shown(cell)
        # The two parts of a key may be short, a whole one is not.
        least = KEY_LENGTH_MIN if column != "password" else 1
        if not least <= len(text) <= KEY_LENGTH_MAX:
            self._fault(line, column, f"{least} to {KEY_LENGTH_MAX} characters; there are {len(text)}")
        elif not text.isprintable():
            self._fault(line, column, "without invisible characters; type the cell anew")
        return text

    def _day(self, line: int, cell: object) -> date | None:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = _shown(cell)
        if not text:
            return None
        try:
            return day_of(text)
        except ValueError:
            self._fault(line, "expires", "a day such as 2027-12-31, or empty")
            return None

    def _add(self, line: int, parts: Mapping[str, str], expires_on: date | None) -> None:
        secret = NUMBER_AND_PASSWORD.join(parts.values())
        if (earlier := self.rows.get(secret)) is not None:
            self.repeated.append((line, earlier.line))
            return
        number = parts.get("number")
        if number is not None:
            first = self._lines_of_numbers.setdefault(number, line)
            if first != line:
                self._fault(line, "number", f"a number of its own; line {first} has it with another password")
                return
        self.rows[secret] = KeyRow(line, secret, expires_on)

    def _fault(self, line: int, column: str, expected: str) -> None:
        self.faults.append(KeyFault(line, column, expected))


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def day_of(text: str) -> date:
    """`2027-12-31`, also with slashes or dots. Raises ValueError."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a day such as 2027-12-31")
    return date(int(match[1]), int(match[2]), int(match[3]))


def _text(source: str, raw: bytes) -> str:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    line = 1
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise KeysRejected(source, (KeyFault(line, "-", "UTF-8 or GBK text; save the file as UTF-8"),))


def _text_cells(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    for line, row in enumerate(text.splitlines(), start=1):
        yield line, _SEPARATOR.split(row.strip())


def _csv_cells(source: str, text: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            # A quoted cell may hold new lines, so the next row starts where the reader stands.
            line = reader.line_num + 1
    except csv.Error as error:
        raise KeysRejected(source, (KeyFault(line, "-", "a CSV row with closed quotes"),)) from error


def _xlsx_cells(source: str, raw: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    # Imported here: openpyxl takes long to load, and most keys come as text.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise KeysRejected(source, (KeyFault(1, "-", "an Excel workbook (.xlsx)"),)) from error
    try:
        for line, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            # A sheet is a rectangle: what is empty to the right of a row is no cell of it.
            used = max((place for place, value in enumerate(values, start=1) if value is not None), default=0)
            yield line, values[:used]
    finally:
        book.close()
