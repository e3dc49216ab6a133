"""`xiadan reconcile`, as an operator types it, beside a shop that holds the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.payments.sandbox import SandboxBank
from bot import cli
from orders.clock import VirtualClock
from orders.database import Database, sqlite_url
from orders.errors import NotPermitted
from orders.order import CustomerState, Order
from orders.ports import RawNotice
from orders.reconciling import china_day
from tests.orders.test_delivering import paid
from tests.orders.world import MERCHANT, SECRET, World


@dataclass(frozen=True, slots=True)
class Counter:
    """The shop, and one order of it that was paid for and never heard of."""

    world: World
    unheard: Order

    @property
    def day(self) -> str:
        return china_day(self.world.now).isoformat()


@pytest.fixture
async def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """Its bank's books lie in the state folder, where the commands look for them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIADAN_STATE_FOLDER", str(tmp_path))
    monkeypatch.setenv("XIADAN_SANDBOX_SECRET", SECRET)
    database = Database.open(sqlite_url(tmp_path / "shop.db"))
    await database.migrate()
    world = World(database, clock=VirtualClock(datetime.now(UTC)))

    async def tell(raw: RawNotice) -> bool:
        await world.receive(raw)
        return True

    world.bank = SandboxBank(SECRET, MERCHANT, world.clock, tell, tmp_path / "sandbox_bank.jsonl")
    await world.open_shop()
    await paid(world)
    world.bank.drop_notices = True
    unheard = await world.place(customer="c2")
    await world.pay(unheard)
    yield Counter(world, unheard)
    await database.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["reconcile", *words])


async def typed(*words: str) -> Result:
    """The same from within a test that also works on the shop."""
    return await asyncio.to_thread(run, *words)


def test_what_differs_is_shown_with_what_to_do_about_it(counter: Counter) -> None:
    shown = run("--day", counter.day)
    assert shown.exit_code == 1
    assert shown.output.splitlines()[:2] == [
        "party            day         rows  ok  long  short  amount  fee  state  open",
        f"gateway:sandbox  {counter.day}     2   1     1      0       0    0      0     1",
    ]
    assert f"1  gateway:sandbox {counter.day}  long payment  {counter.unheard.order_no}-1 sb" in shown.output
    assert "ours 99.80, theirs 99.80" in shown.output
    assert "settle: xiadan reconcile --resolve 1\n" in shown.output


async def test_it_is_resolved_by_its_number_and_then_the_books_agree(counter: Counter) -> None:
    assert (await typed("--day", counter.day)).exit_code == 1
    resolved = await typed("--resolve", "1", "--by", "小王")
    assert (resolved.exit_code, resolved.output) == (0, "1: resolved: settled: paid\n")
    listed = await typed("--list")
    assert listed.exit_code == 0
    assert "No difference is open." in listed.output
    await counter.world.wait(minutes=1)
    assert await counter.world.state(counter.unheard) is CustomerState.DELIVERED
    assert await counter.world.violations() == ()
    again = await typed("--resolve", "1")
    assert isinstance(again.exception, NotPermitted)
    assert "resolved by 小王" in str(again.exception)


def test_nothing_to_list_is_said(counter: Counter) -> None:
    listed = run("--list")
    assert (listed.exit_code, listed.output.splitlines()[-1]) == (0, "No difference is open.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--party", "gateway:nobody"), "gateway:nobody is not connected"),
        (("--party", "nobody"), "write gateway:NAME"),
        (("--day", "yesterday"), "write one like 2026-01-05"),
        (("--resolve", "77"), "no difference 77"),
    ],
)
def test_a_slip_of_the_operator_is_told_in_a_sentence(
    counter: Counter, words: tuple[str, ...], told: str
) -> None:
    slipped = run(*words)
    assert isinstance(slipped.exception, NotPermitted)
    assert told in str(slipped.exception)
