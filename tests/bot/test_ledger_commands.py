"""`xiadan ledger`, as an accountant types it, beside a shop that holds the database."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot import cli
from bot.commands.ledger_export import harmless
from orders.clock import VirtualClock
from orders.database import Database, sqlite_url
from orders.errors import NotPermitted
from orders.order import Order
from orders.reconciling import china_day
from tests.orders.test_delivering import paid
from tests.orders.world import World, gift, mouse, topup

EVIL = '=HYPERLINK("http://evil.example")'


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A top-up is delivered, a parcel is not, and a key went back; one customer has a name like a formula."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIADAN_STATE_FOLDER", str(tmp_path))
    database = Database.open(sqlite_url(tmp_path / "shop.db"))
    await database.migrate()
    world = World(database, clock=VirtualClock(datetime.now(UTC)))
    await world.open_shop()
    await paid(world, topup())
    await world.pay(await world.place(mouse(), customer=EVIL))
    await world.work()
    await give_back(world, await paid(world, gift()))
    yield world
    await database.close()


async def give_back(world: World, order: Order) -> None:
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    await world.work()


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["ledger", *words])


def cells(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [line.split() for line in result.output.splitlines()]


def test_balances_are_listed_and_said_to_balance(world: World) -> None:
    shown = run("balances")
    assert cells(shown)[:-1] == [
        ["account", "balance"],
        ["customer_advances", "-70.00"],
        ["receivable:sandbox", "169.80"],
        ["refunds_due", "0.00"],
        ["revenue", "-99.80"],
    ]
    assert shown.output.splitlines()[-1] == "The books balance: all accounts sum to 0.00."


def test_movements_of_a_period_before_anything_moved_are_none(world: World) -> None:
    assert cells(run("movements", "--from", "2020-01-01", "--to", "2020-01-31"))[0] == [
        "account", "opening", "debit", "credit", "closing",
    ]  # fmt: skip
    moved = cells(run("movements"))
    assert ["revenue", "0.00", "9.50", "109.30", "-99.80"] in moved


def test_revenue_refunds_debts_and_receivables_are_listed(world: World) -> None:
    day = china_day(world.now).isoformat()
    assert cells(run("revenue"))[1:] == [
        [day, "gift", "0.00", "0.00", "0.00"],
        [day, "topup", "99.80", "0.00", "99.80"],
        ["total", "99.80", "0.00", "99.80"],
    ]
    assert cells(run("refunds"))[1:] == [["customer_asked", "1", "9.50", "9.50", "0.00", "0.00"]]
    assert cells(run("owed"))[1][-4:] == ["70.00", "0.00", "0.00", "70.00"]
    assert cells(run("receivables"))[1] == ["sandbox", day, "169.80", "169.80", "0.00", "0.00"]


def test_a_payout_and_a_prepayment_are_booked_once(world: World) -> None:
    payout = ("payout", "sandbox", "100.00", "--reference", "tr-1", "--by", "小王")
    assert run(*payout).output == "Booked: 100.00 from sandbox to the bank.\n"
    again = run(*payout)
    assert isinstance(again.exception, NotPermitted)
    assert run("prepay", "jisu", "30", "--reference", "tr-2").exit_code == 0
    shown = cells(run("balances"))
    assert ["bank", "70.00"] in shown
    assert ["receivable:sandbox", "69.80"] in shown
    assert ["supplier_prepayment:jisu", "30.00"] in shown


def test_the_export_is_a_csv_that_excel_reads_as_it_is(world: World, tmp_path: Path) -> None:
    file = tmp_path / "books.csv"
    assert "entries of" in run("export", str(file)).output
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    debit, credit = (sum(round(float(row[side] or 0) * 100) for row in rows) for side in ("debit", "credit"))
    assert debit == credit > 0
    assert rows[0]["account"] == "receivable:sandbox"


def test_the_workbook_holds_the_reports_and_no_formula(world: World, tmp_path: Path) -> None:
    file = tmp_path / "books.xlsx"
    assert run("export", str(file), "--format", "xlsx").exit_code == 0
    book = load_workbook(file)
    assert book.sheetnames == ["accounts", "revenue", "refunds", "receivables", "owed now", "entries"]
    assert [cell.value for cell in book["accounts"]["A"]][-2:] == ["total", "balances"]
    names = list(book["owed now"]["A"])
    assert EVIL in [cell.value for cell in names]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\nx"])
def test_no_text_runs_as_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("20260105-1") == "20260105-1"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "x", "--format", "pdf"), "csv or xlsx"),
        (("movements", "--from", "2026-02-01", "--to", "2026-01-01"), "before it begins"),
        (("movements", "--from", "soon"), "no day"),
        (("movements", "--to", "9999-12-31"), "in no year"),
        (("payout", "sandbox", "-5", "--reference", "tr-1"), "No such option"),
        (("payout", "sandbox", "5.001", "--reference", "tr-1"), "not an amount"),
    ],
)
def test_a_slip_of_the_accountant_is_told_in_a_sentence(
    world: World, words: tuple[str, ...], told: str
) -> None:
    slipped = run(*words)
    assert slipped.exit_code != 0
    assert told in f"{slipped.exception} {slipped.output}"
