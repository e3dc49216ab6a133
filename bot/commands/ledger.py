"""`xiadan ledger`: the books as an accountant reads them, and what he tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import typer

from bot.commands.database import read_from, write_to
from bot.commands.terminal import aligned, printable
from orders import accounting, treasury
from orders.accounting import Period, TrialBalance
from orders.clock import SystemClock
from orders.errors import NotPermitted
from orders.money import Fen, fen_from_yuan, yuan
from orders.reconciling import china_day

OWED_SHOWN = 100


def balances(database_url: str, on: date | None) -> bool:
    """What each account stands at, at the end of a day. True where the books balance."""
    balance = read_from(database_url, lambda tx: accounting.trial_balance(tx, Period.until(on or today())))
    _print([("account", "balance"), *((line.account, yuan(line.closing_fen)) for line in balance.lines)])
    return _say_whether_it_balances(balance)


def movements(database_url: str, period: Period) -> bool:
    """Opening, debit, credit and closing of each account. True where the books balance."""
    balance = read_from(database_url, lambda tx: accounting.trial_balance(tx, period))
    _print(
        [
            ("account", "opening", "debit", "credit", "closing"),
            *(
                (
                    line.account,
                    yuan(line.opening_fen),
                    yuan(line.debit_fen),
                    yuan(line.credit_fen),
                    yuan(line.closing_fen),
                )
                for line in balance.lines
            ),
        ]
    )
    return _say_whether_it_balances(balance)


def _say_whether_it_balances(balance: TrialBalance) -> bool:
    if balance.balances:
        typer.echo(f"The books balance: all accounts sum to {yuan(balance.closing_fen)}.")
    else:
        typer.echo(f"THE BOOKS DO NOT BALANCE: all accounts sum to {yuan(balance.closing_fen)}.")
    return balance.balances


def receivables(database_url: str) -> None:
    """What each gateway holds for us, and since when."""
    held = read_from(database_url, lambda tx: accounting.receivables(tx, today()))
    _print(
        [
            ("gateway", "oldest", "balance", "0-1 days", "2-7 days", "older"),
            *(
                (
                    one.gateway,
                    str(one.oldest or "-"),
                    yuan(one.fen),
                    yuan(one.day_fen),
                    yuan(one.week_fen),
                    yuan(one.older_fen),
                )
                for one in held
            ),
        ],
        left=2,
    )


def owed(database_url: str) -> None:
    """What we owe customers, the most first."""
    debts = read_from(database_url, lambda tx: accounting.owed(tx, OWED_SHOWN))
    _print(
        [
            ("customer", "goods", "refunds", "balance", "total"),
            *(
                (
                    printable(one.customer_id),
                    yuan(one.advances_fen),
                    yuan(one.refunds_fen),
                    yuan(one.balance_fen),
                    yuan(one.total_fen),
                )
                for one in debts
            ),
        ]
    )


def revenue(database_url: str, period: Period) -> None:
    """Revenue, cost and margin by day and product."""
    earned = read_from(database_url, lambda tx: accounting.earned(tx, period))
    total = sum(one.revenue_fen for one in earned), sum(one.cost_fen for one in earned)
    _print(
        [
            ("day", "product", "revenue", "cost", "margin"),
            *(
                (
                    str(one.day),
                    one.product_id or "(fees)",
                    yuan(one.revenue_fen),
                    yuan(one.cost_fen),
                    yuan(one.margin_fen),
                )
                for one in earned
            ),
            ("total", "", yuan(total[0]), yuan(total[1]), yuan(total[0] - total[1])),
        ],
        left=2,
    )


def refunds(database_url: str, period: Period) -> None:
    """Refunds by reason, and what became of them."""
    given = read_from(database_url, lambda tx: accounting.refunded(tx, period))
    _print(
        [
            ("reason", "count", "amount", "arrived", "under way", "refused"),
            *(
                (
                    one.reason,
                    str(one.count),
                    yuan(one.fen),
                    yuan(one.arrived_fen),
                    yuan(one.under_way_fen),
                    yuan(one.refused_fen),
                )
                for one in given
            ),
        ]
    )


def payout(database_url: str, gateway: str, amount: str, reference: str, by: str) -> None:
    """A gateway sent money to our bank. Raises NotPermitted."""
    fen, now = amount_of(amount), SystemClock().now()
    write_to(database_url, lambda tx: treasury.paid_out(tx, gateway, fen, reference, by, now))
    typer.echo(f"Booked: {yuan(fen)} from {gateway} to the bank.")


def prepay(database_url: str, supplier: str, amount: str, reference: str, by: str) -> None:
    """We sent a supplier money in advance. Raises NotPermitted."""
    fen, now = amount_of(amount), SystemClock().now()
    write_to(database_url, lambda tx: treasury.prepaid(tx, supplier, fen, reference, by, now))
    typer.echo(f"Booked: {yuan(fen)} from the bank to {supplier}.")


def today() -> date:
    return china_day(SystemClock().now())


def period_of(first: date | None, last: date | None) -> Period:
    """The last thirty days where nothing is said. Raises NotPermitted for a period that ends before it
    begins."""
    ends = last or today()
    begins = first or ends - timedelta(days=29)
    if ends < begins:
        raise NotPermitted(f"the period ends on {ends}, before it begins on {begins}")
    return Period(begins, ends)


def amount_of(text: str) -> Fen:
    """Raises NotPermitted."""
    try:
        return fen_from_yuan(text)
    except ValueError as error:
        raise NotPermitted(str(error)) from None


def _print(rows: Iterable[Sequence[str]], left: int = 1) -> None:
    for line in aligned(list(rows), left):
        typer.echo(line)
