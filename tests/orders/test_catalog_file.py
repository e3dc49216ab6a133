"""Reading the shopkeeper's file: whole or not at all, and every error told at once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from orders.catalog import AccountKind, Delivery, RefundRule
from orders.catalog_file import COLUMNS, ERRORS_MAX, read_catalog, write_catalog
from orders.errors import CatalogRejected
from tests.orders.world import GOODS, catalog_of

DEMO = Path(__file__).parents[2] / "data" / "catalog" / "demo.csv"


def saved(folder: Path, text: str, encoding: str = "utf-8", name: str = "goods.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rejected(path: Path) -> CatalogRejected:
    with pytest.raises(CatalogRejected) as caught:
        read_catalog(path)
    return caught.value


def test_the_demo_catalog_is_59_products_and_209_skus() -> None:
    catalog = read_catalog(DEMO)
    assert len(catalog.products) == 59
    assert len(list(catalog)) == 209


def test_a_row_becomes_a_sku_of_its_product(tmp_path: Path) -> None:
    catalog = read_catalog(saved(tmp_path, GOODS))
    product = catalog.product("game")
    assert product is not None
    assert (product.account_kind, product.regions) == (AccountKind.GAME_ID, ("安卓", "苹果"))
    sku = catalog.sku("topup-50")
    assert sku is not None
    assert (sku.price_fen, sku.list_price_fen, sku.stock) == (4990, 5000, 5)
    assert (sku.delivery, sku.refund_rule) == (Delivery.TOPUP, RefundRule.FAILED_ONLY)


def test_what_was_exported_reads_back_the_same(tmp_path: Path) -> None:
    catalog = read_catalog(DEMO)
    assert read_catalog(saved(tmp_path, write_catalog(catalog))) == catalog


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_with_or_without_bom_and_with_any_line_end(tmp_path: Path, encoding: str, line_end: str) -> None:
    assert read_catalog(saved(tmp_path, GOODS.replace("\n", line_end), encoding)) == catalog_of()


def test_headings_in_any_order_case_and_spacing(tmp_path: Path) -> None:
    rows = [line.split(",")[::-1] for line in GOODS.strip().splitlines()]
    rows[0] = [f" {heading.upper()} " for heading in rows[0]]
    text = "\n".join(",".join(row) for row in rows)
    assert read_catalog(saved(tmp_path, text)) == catalog_of()


def test_empty_lines_and_further_columns_do_no_harm(tmp_path: Path) -> None:
    rows = [f"{line},{'note' if number == 0 else '随便'}" for number, line in enumerate(GOODS.splitlines())]
    assert read_catalog(saved(tmp_path, "\n,,\n".join(rows))) == catalog_of()


def test_excel_reads_the_same_with_numbers_as_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for number, line in enumerate(GOODS.strip().splitlines()):
        cells: list[str | float] = list(line.split(","))
        sheet.append([_number(cell) if number else cell for cell in cells])
    written = io.BytesIO()
    book.save(written)
    path = tmp_path / "goods.xlsx"
    path.write_bytes(written.getvalue())
    assert read_catalog(path) == catalog_of()


def _number(cell: str | float) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("sku", "", "an id"),
        ("sku", "a b", "without spaces"),
        ("product", "", "an id"),
        ("name", "", "not empty"),
        ("face_value", "0", "above 0"),
        ("face_value", "many", "a number"),
        ("face_value", "NaN", "a number"),
        ("unit", "", "not empty"),
        ("price", "9.999", "two decimals"),
        ("price", "0.00", "above 0"),
        ("price", "-1.00", "amount in yuan"),
        ("list_price", "x", "amount in yuan"),
        ("account", "telephone", "one of none, phone"),
        ("stock", "-1", "whole number"),
        ("stock", "1.5", "whole number"),
        ("stock", "٣", "whole number"),
        ("sales", "", "whole number"),
        ("eta_minutes", "soon", "whole number"),
        ("supplier_rating", "5.1", "0 to 5"),
        ("delivery", "Topup", "one of topup"),
        ("refund", "never", "one of failed_only"),
    ],
)
def test_a_bad_cell_is_named_with_line_column_value_and_what_was_expected(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    lines = GOODS.strip().splitlines()
    cells = lines[5].split(",")
    cells[COLUMNS.index(column)] = value
    lines[5] = ",".join(cells)
    (error,) = rejected(saved(tmp_path, "\n".join(lines))).errors
    assert (error.line, error.column, error.value) == (6, column, value)
    assert expected in error.expected
    assert f"line 6, column {column}: {value!r} is not" in str(error)


def test_every_error_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    text = GOODS.replace("49.90", "cheap").replace(",3,7,1,", ",3,7,fast,").replace("unshipped", "never")
    assert [(e.line, e.column) for e in rejected(saved(tmp_path, text)).errors] == [
        (2, "price"), (4, "eta_minutes"), (7, "refund"),
    ]  # fmt: skip


def test_an_id_stands_once(tmp_path: Path) -> None:
    (error,) = rejected(saved(tmp_path, GOODS.replace("topup-100,", "topup-50,"))).errors
    assert (error.line, error.column, error.value) == (3, "sku", "topup-50")
    assert "line 2" in error.expected


def test_rows_of_one_product_agree_on_the_product(tmp_path: Path) -> None:
    text = GOODS.replace("gift-20,gift,礼品卡", "gift-20,gift,礼品券")
    (error,) = rejected(saved(tmp_path, text)).errors
    assert (error.line, error.column) == (5, "name")
    assert "line 4" in error.expected


def test_a_missing_or_doubled_heading_is_named(tmp_path: Path) -> None:
    missing = rejected(saved(tmp_path, GOODS.replace(",stock,", ",shelf,", 1)))
    assert [error.column for error in missing.errors] == ["stock"]
    doubled = rejected(saved(tmp_path, GOODS.replace(",refund", ",refund,stock", 1)))
    assert [error.column for error in doubled.errors] == ["stock"]


@pytest.mark.parametrize("text", ["", "\n", GOODS.splitlines()[0]])
def test_a_file_without_goods_is_refused(tmp_path: Path, text: str) -> None:
    rejected(saved(tmp_path, text))


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    (error,) = rejected(saved(tmp_path, GOODS, "gbk")).errors
    assert error.line == 2
    assert "UTF-8" in error.expected


def test_an_open_quote_is_told(tmp_path: Path) -> None:
    assert rejected(saved(tmp_path, GOODS + 'x,"y')).errors


def test_a_file_that_only_calls_itself_excel_is_refused(tmp_path: Path) -> None:
    (error,) = rejected(saved(tmp_path, GOODS, name="goods.xlsx")).errors
    assert "Excel" in error.expected


def test_nonsense_is_not_told_without_end(tmp_path: Path) -> None:
    text = GOODS.splitlines()[0] + "\n" + "x\n" * 1000
    assert ERRORS_MAX <= len(rejected(saved(tmp_path, text)).errors) < ERRORS_MAX + len(COLUMNS)


def test_a_line_break_in_a_cell_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    text = GOODS.replace("手机费", '"手机费;\n电话费"').replace("49.90", "cheap", 1)
    errors = rejected(saved(tmp_path, text)).errors
    assert (errors[0].line, errors[0].column) == (2, "price")
    assert {error.line for error in errors} == {2}
