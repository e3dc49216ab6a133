"""`xiadan coupon` and `customer`, as they are typed: what a customer is given, and what is kept for him. Each
imports what it needs when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.settings import read_settings

coupon_commands = typer.Typer(no_args_is_help=True, help="Give out coupons, list them, end them.")
customer_commands = typer.Typer(no_args_is_help=True, help="Customers' levels and balances.")

DatabaseUrl = Annotated[str | None, typer.Option("--database", help="The database's URL.")]


@coupon_commands.command("add")
def coupon_add(
    code: Annotated[str, typer.Argument(help="Letters and digits, some of both.")],
    off: Annotated[str | None, typer.Option(help="Yuan off.")] = None,
    percent: Annotated[int | None, typer.Option(help="Percent off.")] = None,
    most: Annotated[str | None, typer.Option("--max", help="At most so many yuan off.")] = None,
    least: Annotated[str | None, typer.Option(help="Only where the goods cost so many yuan.")] = None,
    product: Annotated[list[str] | None, typer.Option(help="Only for this product; may be repeated.")] = None,
    uses: Annotated[int, typer.Option(help="Uses in all.")] = 100,
    each: Annotated[int, typer.Option(help="Uses of one customer.")] = 1,
    days: Annotated[int, typer.Option(help="Valid so long from now.")] = 30,
    database: DatabaseUrl = None,
) -> None:
    """Give out a coupon."""
    from bot.commands import prices

    settings = read_settings()
    terms = prices.CouponTerms(code, off, percent, most, least, tuple(product or ()), uses, each, days)
    prices.add_coupon(settings, database or settings.database, terms)


@coupon_commands.command("list")
def coupon_list(database: DatabaseUrl = None) -> None:
    """Every coupon, and how often it was used."""
    from bot.commands import prices

    settings = read_settings()
    prices.list_coupons(settings, database or settings.database)


@coupon_commands.command("end")
def coupon_end(code: str, database: DatabaseUrl = None) -> None:
    """Take no more of a coupon; what was quoted with it holds."""
    from bot.commands import prices

    settings = read_settings()
    prices.end_coupon(settings, database or settings.database, code)


@customer_commands.command("level")
def customer_level(
    customer: Annotated[str, typer.Argument(help="As the desk shows it: telegram:12345.")],
    level: Annotated[str, typer.Argument(help="A level of data/pricing.toml; empty for none.")],
    database: DatabaseUrl = None,
) -> None:
    """What a customer is quoted from now on."""
    from bot.commands import prices

    settings = read_settings()
    prices.set_level(settings, database or settings.database, customer, level)


@customer_commands.command("show")
def customer_show(customer: str, database: DatabaseUrl = None) -> None:
    """A customer's level, balance and last orders."""
    from bot.commands import prices

    settings = read_settings()
    prices.show_customer(settings, database or settings.database, customer)


@customer_commands.command("give-out")
def customer_give_out(
    order: Annotated[str, typer.Argument(help="The number of the deposit.")],
    amount: Annotated[str, typer.Argument(help="Yuan; no more than is not spent.")],
    database: DatabaseUrl = None,
) -> None:
    """Send money of a deposit back to where it came from."""
    from bot.commands import prices

    settings = read_settings()
    prices.give_out(settings, database or settings.database, order, amount)
