"""A file of card keys: what it may look like, and what is told of a bad one, without the keys."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from orders.errors import KeysRejected
from orders.key_file import FAULTS_MAX, KEYS_MAX, keys_from_bytes


def read(text: str, name: str = "keys.txt") -> list[str]:
    return [row.secret for row in keys_from_bytes(name, text.encode()).rows]


def faults(raw: bytes | str, name: str = "keys.txt") -> list[tuple[int, str]]:
    with pytest.raises(KeysRejected) as rejected:
        keys_from_bytes(name, raw.encode() if isinstance(raw, str) else raw)
    return [(fault.line, fault.column) for fault in rejected.value.faults]


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "AAAA-1\nBBBB-2\n",
        "\ufeffAAAA-1\r\n\r\n  BBBB-2  ",
        "key\nAAAA-1\nBBBB-2",
        "卡密\nAAAA-1\nBBBB-2",
    ],
)
def test_one_key_a_line(text: str) -> None:
    assert read(text) == ["AAAA-1", "BBBB-2"]


@pytest.mark.parametrize("between", [",", "，", "\t", "----", " , "])
def test_number_and_password_on_one_line(between: str) -> None:
    assert read(f"80001234{between}0077") == ["80001234\t0077"]


def test_columns_may_stand_in_any_order_and_be_called_as_wholesalers_call_them() -> None:
    text = "密码,有效期,卡号\n0077,2027-12-31,80001234\n0078,,80001235\n"
    rows = keys_from_bytes("keys.csv", text.encode("gb18030")).rows
    assert [(row.secret, row.expires_on) for row in rows] == [
        ("80001234\t0077", date(2027, 12, 31)),
        ("80001235\t0078", None),
    ]


def test_a_csv_cell_may_hold_a_comma() -> None:
    assert read('key\n"https://shop.example/?a=1,2"\n', "keys.csv") == ["https://shop.example/?a=1,2"]


def test_an_excel_file_is_read_as_it_stands() -> None:
    raw = sheet(
        ("卡号", "密码", "有效期"),
        ("0800", "0077", date(2027, 12, 31)),
        (None, None, None),
        ("0801", "78", "2027/1/2"),
    )
    rows = keys_from_bytes("keys.xlsx", raw).rows
    assert [(row.line, row.secret, row.expires_on) for row in rows] == [
        (2, "0800\t0077", date(2027, 12, 31)),
        (4, "0801\t78", date(2027, 1, 2)),
    ]


def test_a_number_in_an_excel_cell_has_lost_digits_perhaps_and_is_refused() -> None:
    assert faults(sheet(("key",), (1234567890123456,), ("AAAA-1",)), "keys.xlsx") == [(2, "key")]


def test_what_is_encoded_by_windows_is_read() -> None:
    assert [row.secret for row in keys_from_bytes("k.txt", "AAAA-1\nBBBB-2".encode("utf-16")).rows] == [
        "AAAA-1",
        "BBBB-2",
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", [(1, "key")]),
        ("\n \n", [(1, "key")]),
        ("AAAA-1\n1\n2\nBBBB-2", [(2, "key"), (3, "key")]),
        ("AAAA-1\nBB\u200bBB-2", [(2, "key")]),
        ("AAAA-1\nBBBB-2,0077", [(2, "-")]),
        ("80001234,0077\n80001235", [(2, "password")]),
        ("80001234,0077,9", [(1, "-")]),
        ("80001234,0077\n80001234,0078", [(2, "number")]),
        ("A" * 501, [(1, "key")]),
        ("key,colour\nAAAA-1,red", [(1, "2")]),
        ("key,key\nAAAA-1,AAAA-2", [(1, "1"), (1, "2")]),
        ("number,expires\n80001234,2027-12-31", [(1, "-")]),
        ("key,expires\nAAAA-1,soon\nAAAA-2,2027-02-30", [(2, "expires"), (3, "expires")]),
    ],
)
def test_every_fault_is_named_by_line_and_column(text: str, wrong: list[tuple[int, str]]) -> None:

    assert faults(text) == wrong


@pytest.mark.parametrize(
    ("raw", "name"),
    [(b"\xff\xff\xff", "k.txt"), (b"no book", "k.xlsx"), (b'key\n"AAAA', "k.csv"), (b"\xff\xfeA", "k.txt")],
)
def test_what_cannot_be_read_at_all_is_refused(raw: bytes, name: str) -> None:
    assert faults(raw, name)


def test_no_fault_shows_what_stood_there() -> None:
    secrets = "SECRET-1,0077,x\nkey,SECRET-2\nSECRET-3\u200b\nSECRET-1,0077"
    for text in (secrets, "卡密,SECRET-4\nSECRET-5,SECRET-6", "number,password\nSECRET-7,1\nSECRET-7,2"):
        with pytest.raises(KeysRejected) as rejected:
            keys_from_bytes("keys.txt", text.encode())
        assert "SECRET" not in str(rejected.value)


def test_a_key_is_not_shown_where_its_row_is() -> None:
    assert "AAAA-1" not in repr(keys_from_bytes("keys.txt", b"AAAA-1"))


def test_repeated_keys_are_told_with_the_line_they_repeat() -> None:
    file = keys_from_bytes("keys.txt", b"AAAA-1\nBBBB-2\nAAAA-1\nAAAA-1")
    assert (len(file.rows), file.repeated) == (2, ((3, 1), (4, 1)))


def test_a_file_has_a_limit_and_so_have_its_faults() -> None:
    many = "\n".join(f"KEY-{place:06d}" for place in range(KEYS_MAX + 1))
    assert faults(many) == [(KEYS_MAX + 1, "-")]
    assert len(faults("x\n" * 10_000)) == FAULTS_MAX
