"""`xiadan`: the command line. Each command imports what it needs when it runs, so that all start fast."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.customers_cli import coupon_commands, customer_commands
from bot.goods_cli import catalog_commands, keys_commands, supplier_commands
from bot.ledger_cli import ledger_commands
from bot.settings import DATA_FOLDER, operator_name, read_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Xiadan: one sentence to a delivered order.",
)
teach_commands = typer.Typer(help="Teach the shop words of its own, list them, take them back.")
app.add_typer(teach_commands, name="teach")

app.add_typer(catalog_commands, name="catalog")
app.add_typer(keys_commands, name="keys")
app.add_typer(supplier_commands, name="suppliers")
app.add_typer(coupon_commands, name="coupon")
app.add_typer(customer_commands, name="customer")
app.add_typer(ledger_commands, name="ledger")

CatalogFile = Annotated[Path, typer.Option("--catalog", help="The catalog to read with (CSV or XLSX).")]
DataFolder = Annotated[Path, typer.Option("--data", help="The folder with words, wording and policy.")]
DatabaseUrl = Annotated[str | None, typer.Option("--database", help="The database's URL.")]


@app.command()
def parse(
    text: Annotated[str | None, typer.Argument(help="The utterance.")] = None,
    catalog: CatalogFile = DATA_FOLDER / "catalog" / "demo.csv",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read and write one JSON object a line.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show how each stretch of it was read, in colour.")
    ] = False,
    data: DataFolder = DATA_FOLDER,
) -> None:
    """Say what an utterance means, as a frame."""
    import json

    from bot.commands.parse import framer_for, parse_lines

    framer = framer_for(catalog, data)
    if jsonl:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        if parse_lines(framer, sys.stdin, sys.stdout):
            raise typer.Exit(1)
        return
    if text is None:
        raise typer.BadParameter("give an utterance, or --jsonl with utterances on standard input")
    if explain:
        from bot.commands.explain import show

        show(framer, text)
        return
    typer.echo(json.dumps(framer.frame(text), ensure_ascii=False, indent=2))


@app.command()
def talk(
    catalog: CatalogFile = DATA_FOLDER / "catalog" / "demo.csv",
    database: DatabaseUrl = None,
    start: Annotated[str | None, typer.Option("--start", help="When the clock begins (ISO 8601).")] = None,
    data: DataFolder = DATA_FOLDER,
) -> None:
    """Play customers' steps through the whole shop: JSON in, JSON out."""
    from bot.commands.talk import talk as play

    raise typer.Exit(play(catalog, database, start, data))


@app.command()
def chat(
    catalog: CatalogFile = DATA_FOLDER / "catalog" / "demo.csv",
    database: DatabaseUrl = None,
    data: DataFolder = DATA_FOLDER,
) -> None:
    """Talk with the shop in this terminal, with sandbox payment."""
    from bot.commands.chat import chat as converse

    raise typer.Exit(converse(catalog, database, data))


@app.command()
def serve(
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether this process does the due work, too.")
    ] = True,
) -> None:
    """Run the shop from `.env`: web chat, desk, channels and, unless told not to, the worker."""
    gc.disable()  # Until the shop is open (bot/app.py): what is loaded now stays, and is no garbage.
    from bot.commands.serve import serve as run

    run(read_settings(), works=worker)


@app.command()
def worker() -> None:
    """Do the due work of a shop on PostgreSQL: deliver, ask, send. Any number of them may run."""
    from bot.commands.serve import work

    work(read_settings())


@app.command()
def alarms(
    close: Annotated[int | None, typer.Option(help="The number of one that somebody has seen to.")] = None,
    by: Annotated[str | None, typer.Option(help="Who has; else who is logged in.")] = None,
    database: DatabaseUrl = None,
) -> None:
    """Everything that calls for a person."""
    from bot.commands import alarms as commands

    settings = read_settings()
    url = database or settings.database
    if close is None:
        raise typer.Exit(commands.show(settings, url))
    raise typer.Exit(commands.close(settings, url, close, by or operator_name()))


@app.command()
def doctor() -> None:
    """Look a deployment over: settings, database, jobs, books, and the ways to the outside."""
    from bot.commands.deployment import doctor as examine

    raise typer.Exit(examine(read_settings()))


@app.command()
def migrate(database: DatabaseUrl = None) -> None:
    """Bring the database's tables up to this version."""
    from bot.commands.deployment import migrate as run

    settings = read_settings()
    run(settings, database or settings.database)


@app.command()
def backup(file: Path, database: DatabaseUrl = None) -> None:
    """Copy the shop's file, also while it is open, and check the copy."""
    from bot.commands.deployment import back_up

    settings = read_settings()
    back_up(settings, database or settings.database, file)


@app.command()
def restore(file: Path, database: DatabaseUrl = None) -> None:
    """Put a checked copy where the shop's file belongs; nothing is written over."""
    from bot.commands.deployment import restore as run

    settings = read_settings()
    run(settings, database or settings.database, file)


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="The port; else the first free one from 8080.")] = None,
) -> None:
    """Run a whole demo shop on this machine, with its own keys and the demo catalog."""
    gc.disable()  # As in `serve`.
    from bot.commands.serve import demo as run

    run(port)


@app.command("secrets")
def fresh_secrets() -> None:
    """Print fresh secrets for `.env`: `xiadan secrets >> .env`."""
    from bot.settings import fresh_secrets as made

    typer.echo(made())


@app.command()
def reconcile(
    day: Annotated[str | None, typer.Option(help="Of this day in China; else the newest.")] = None,
    party: Annotated[str | None, typer.Option(help="Only this one: gateway:NAME or supplier:NAME.")] = None,
    resolve: Annotated[
        int | None, typer.Option(help="Do what the difference with this number asks for.")
    ] = None,
    note: Annotated[str, typer.Option(help="What a person did about it.")] = "",
    by: Annotated[str, typer.Option(help="Who does it.")] = "operator",
    listed: Annotated[bool, typer.Option("--list", help="Fetch nothing, list what is open.")] = False,
    database: DatabaseUrl = None,
) -> None:
    """Lay our books beside the bills of gateways and suppliers. Exit code 1 while something differs."""
    from bot.commands import reconcile as command
    from bot.commands.terminal import day_of

    settings = read_settings()
    url = database or settings.database
    if resolve is not None:
        agrees = command.resolve(settings, url, resolve, by, note)
    elif listed:
        agrees = command.show(settings, url)
    else:
        agrees = command.fetch(settings, url, day_of(day), party)
    if not agrees:
        raise typer.Exit(1)


@app.command()
def misses(
    database: DatabaseUrl = None,
    limit: Annotated[int, typer.Option(help="So many are listed.", min=1)] = 20,
    dismiss: Annotated[int | None, typer.Option(help="Forget the one with this number.")] = None,
) -> None:
    """List what customers said and the shop did not understand, with what could be taught."""
    from bot.commands import learning

    settings = read_settings()
    if dismiss is not None:
        learning.dismiss(settings, database or settings.database, dismiss)
    else:
        learning.show_misses(settings, database or settings.database, limit)


@teach_commands.callback(invoke_without_command=True)
def teach(
    context: typer.Context,
    proposal: Annotated[int | None, typer.Option(help="Teach what `xiadan misses` proposes so.")] = None,
    database: DatabaseUrl = None,
) -> None:
    """Teach the shop words of its own. What would change the meaning of anything known is refused."""
    from bot.commands import learning

    if context.invoked_subcommand is not None:
        return
    if proposal is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    settings = read_settings()
    learning.teach_proposal(settings, database or settings.database, proposal)


@teach_commands.command("alias")
def teach_alias(
    product: Annotated[str, typer.Argument(help="The product's id in the catalog.")],
    words: Annotated[list[str], typer.Argument(help="What customers call it.")],
    database: DatabaseUrl = None,
) -> None:
    """Other words for a product."""
    from bot.commands import learning
    from bot.learning.words import Lesson, LessonKind

    settings = read_settings()
    lesson = Lesson(LessonKind.ALIAS, product, " ".join(words))
    learning.teach(settings, database or settings.database, lesson)


@teach_commands.command("phrase")
def teach_phrase(
    intent: Annotated[
        str, typer.Argument(help="As in data/intents.yaml; for faq with its topic: faq.safety.")
    ],
    text: Annotated[list[str], typer.Argument(help="A sentence, or one with slots: {product}, {size} ...")],
    database: DatabaseUrl = None,
) -> None:
    """An example of what customers say who want something."""
    from bot.commands import learning
    from bot.learning.words import Lesson, LessonKind

    settings = read_settings()
    lesson = Lesson(LessonKind.PHRASE, intent, " ".join(text))
    learning.teach(settings, database or settings.database, lesson)


@teach_commands.command("list")
def teach_list(database: DatabaseUrl = None) -> None:
    """Everything the shop was taught."""
    from bot.commands import learning

    settings = read_settings()
    learning.show_lessons(settings, database or settings.database)


@teach_commands.command("forget")
def teach_forget(number: int, database: DatabaseUrl = None) -> None:
    """Take a lesson back, by its number in `teach list`."""
    from bot.commands import learning

    settings = read_settings()
    learning.forget(settings, database or settings.database, number)


def main() -> None:
    """The console command. What an operator can mend is said in a sentence, not in a traceback."""
    from bot.mistakes import OPERATOR_MISTAKES

    try:
        app()
    except OPERATOR_MISTAKES as mistake:
        typer.echo(f"xiadan: {mistake}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
