"""`xiadan reconcile`: our books beside the bills of gateways and suppliers, and what to do about each difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import typer

from bot.commands.database import run_on
from bot.commands.terminal import aligned, printable
from bot.settings import Settings
from bot.workbench import keeping_books
from orders.bookkeeper import Bookkeeper
from orders.clock import SystemClock
from orders.database import Database
from orders.errors import NotPermitted
from orders.money import Fen, yuan
from orders.reconciling import NO_BILLS, Action, Difference, Party, What, china_day
from orders.shop import Shop
from orders.store.bills import Bill

T = TypeVar("T")

SHOWN_DAYS = 7


def fetch(settings: Settings, database_url: str, day: date | None, party: str | None) -> bool:
    """Fetch and compare the bills of a day, the newest where none is named. True where no difference is
    open and no bill is missing. Raises NotPermitted for a party that is not connected."""

    async def run(database: Database, keeper: Bookkeeper) -> bool:
        parties = [_party(party)] if party else list(keeper.parties)
        if not parties:
            typer.echo("Nobody sends bills: no gateway and no supplier is connected.")
        wanted = day or keeper.newest_day(SystemClock().now())
        problems = {}
        for one in parties:
            problem = await keeper.reconcile(one, wanted)
            if problem is not None and problem != NO_BILLS:
                problems[one] = problem
        agrees = await _show(database, keeper.shop, wanted)
        for one, problem in problems.items():
            typer.echo(f"{one}: no bill of {wanted}: {printable(problem)}")
        return agrees and not problems

    return _run(settings, database_url, run)


def show(settings: Settings, database_url: str) -> bool:
    """List the bills of the last days and what is open. True where nothing is."""
    since = china_day(SystemClock().now()) - timedelta(days=SHOWN_DAYS)
    return _run(settings, database_url, lambda database, keeper: _show(database, keeper.shop, since))


def resolve(settings: Settings, database_url: str, number: int, by: str, note: str) -> bool:
    """Do the one thing that a difference asks for. True where it is resolved now."""

    async def run(database: Database, keeper: Bookkeeper) -> bool:
        resolution = await keeper.resolve(number, by, note)
        state = "resolved" if resolution.is_resolved else "still open"
        typer.echo(f"{number}: {state}: {printable(resolution.what)}")
        return resolution.is_resolved

    return _run(settings, database_url, run)


async def _show(database: Database, shop: Shop, since: date) -> bool:
    bills = await database.read(lambda tx: shop.reckoning.bills_since(tx, since))
    differences = await database.read(lambda tx: shop.reckoning.differences_since(tx, since))
    waiting = await database.read(shop.reckoning.open)
    for line in _table(bills, differences):
        typer.echo(line)
    for difference in waiting:
        typer.echo("")
        for line in _item(difference):
            typer.echo(line)
    if not waiting:
        typer.echo("No difference is open.")
    return not waiting


def _table(bills: Sequence[Bill], differences: Sequence[Difference]) -> list[str]:
    """One line a bill: how many rows, how many agree, and what was found, open or resolved."""
    found = Counter((one.party, one.day, one.found.what) for one in differences)
    unresolved = Counter((one.party, one.day) for one in differences if one.is_open)
    heads = ("party", "day", "rows", "ok", *(what.value for what in What), "open")
    lines = [
        (
            str(bill.party),
            str(bill.day),
            str(bill.rows),
            str(bill.agreed),
            *(str(found[bill.party, bill.day, what]) for what in What),
            str(unresolved[bill.party, bill.day]),
        )
        for bill in bills
    ]
    return aligned([heads, *lines], left=2)


def _item(difference: Difference) -> list[str]:
    found = difference.found
    numbers = " ".join(printable(number) for number in (found.our_no, found.ref) if number)
    action = difference.action
    note = " --note TEXT" if action is Action.SEE_TO_IT else ""
    detail = f" ({printable(found.detail)})" if found.detail else ""
    denied = "; they deny it, the order is held" if difference.denied_at else ""
    return [
        f"{difference.difference_no:>5}  {difference.party} {difference.day}  {found.what} {found.kind}  {numbers}",
        f"       ours {_amount(found.ours_fen)}, theirs {_amount(found.theirs_fen)}{detail}{denied}",
        f"       {action}: xiadan reconcile --resolve {difference.difference_no}{note}",
    ]


def _amount(fen: Fen | None) -> str:
    return "-" if fen is None else yuan(fen)


def _run(settings: Settings, database_url: str, do: Callable[[Database, Bookkeeper], Awaitable[T]]) -> T:
    async def run(database: Database) -> T:
        async with keeping_books(settings, database) as keeper:
            return await do(database, keeper)

    return run_on(database_url, run)


def _party(text: str) -> Party:
    try:
        return Party.read(text)
    except ValueError as error:
        raise NotPermitted(str(error)) from None
