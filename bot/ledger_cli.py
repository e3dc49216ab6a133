"""`xiadan ledger` and its commands, as they are typed. Each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings

ledger_commands = typer.Typer(no_args_is_help=True, help="The books, as an accountant reads them.")

FirstDay = Annotated[str | None, typer.Option("--from", help="The first day, in China.")]
LastDay = Annotated[str | None, typer.Option("--to", help="The last day, included; else today.")]
Reference = Annotated[str, typer.Option(help="The bank's number of the transfer.")]
Operator = Annotated[str, typer.Option(help="Who books it.")]
DatabaseUrl = Annotated[str | None, typer.Option("--database", help="The database's URL.")]


@ledger_commands.command("balances")
def ledger_balances(
    on: Annotated[str | None, typer.Option(help="At the end of this day; else now.")] = None,
    database: DatabaseUrl = None,
) -> None:
    """What each account stands at, and whether the books balance."""
    from bot.commands import ledger
    from bot.commands.terminal import day_of

    if not ledger.balances(database or read_settings().database, day_of(on)):
        raise typer.Exit(1)


@ledger_commands.command("movements")
def ledger_movements(first: FirstDay = None, last: LastDay = None, database: DatabaseUrl = None) -> None:
    """Opening, debit, credit and closing of each account over a period."""
    from bot.commands import ledger
    from bot.commands.terminal import day_of

    period = ledger.period_of(day_of(first), day_of(last))
    if not ledger.movements(database or read_settings().database, period):
        raise typer.Exit(1)


@ledger_commands.command("receivables")
def ledger_receivables(database: DatabaseUrl = None) -> None:
    """What each gateway holds for us, and since when."""
    from bot.commands import ledger

    ledger.receivables(database or read_settings().database)


@ledger_commands.command("owed")
def ledger_owed(database: DatabaseUrl = None) -> None:
    """What we owe customers: goods, refunds, balances."""
    from bot.commands import ledger

    ledger.owed(database or read_settings().database)


@ledger_commands.command("revenue")
def ledger_revenue(first: FirstDay = None, last: LastDay = None, database: DatabaseUrl = None) -> None:
    """Revenue, cost and margin by day and product."""
    from bot.commands import ledger
    from bot.commands.terminal import day_of

    period = ledger.period_of(day_of(first), day_of(last))
    ledger.revenue(database or read_settings().database, period)


@ledger_commands.command("refunds")
def ledger_refunds(first: FirstDay = None, last: LastDay = None, database: DatabaseUrl = None) -> None:
    """Refunds by reason, and what became of them."""
    from bot.commands import ledger
    from bot.commands.terminal import day_of

    period = ledger.period_of(day_of(first), day_of(last))
    ledger.refunds(database or read_settings().database, period)


@ledger_commands.command("export")
def ledger_export(
    file: Path,
    first: FirstDay = None,
    last: LastDay = None,
    form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv",
    database: DatabaseUrl = None,
) -> None:
    """Write the entries of a period, with the reports beside them in XLSX."""
    from bot.commands import ledger
    from bot.commands.ledger_export import export
    from bot.commands.terminal import day_of

    period = ledger.period_of(day_of(first), day_of(last))
    export(database or read_settings().database, period, form, file)


@ledger_commands.command("payout")
def ledger_payout(
    gateway: str, amount: str, reference: Reference, by: Operator = "operator", database: DatabaseUrl = None
) -> None:
    """Book that a gateway sent AMOUNT yuan to our bank."""
    from bot.commands import ledger

    ledger.payout(database or read_settings().database, gateway, amount, reference, by)


@ledger_commands.command("prepay")
def ledger_prepay(
    supplier: str, amount: str, reference: Reference, by: Operator = "operator", database: DatabaseUrl = None
) -> None:
    """Book that we sent a supplier AMOUNT yuan in advance."""
    from bot.commands import ledger

    ledger.prepay(database or read_settings().database, supplier, amount, reference, by)
