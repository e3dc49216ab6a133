"""`xiadan`: the command line. Each command imports what it needs when it runs, so that all start fast."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import DATA_FOLDER, read_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Xiadan: one sentence to a delivered order.",
)
catalog_commands = typer.Typer(no_args_is_help=True, help="Check, load and write the shop's goods.")
app.add_typer(catalog_commands, name="catalog")

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
def serve() -> None:
    """Run the shop from `.env`: web chat, desk, channels and worker in one process."""
    gc.disable()  # Until the shop is open (bot/app.py): what is loaded now stays, and is no garbage.
    from bot.commands.serve import serve as run

    run(read_settings())


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


@catalog_commands.command("check")
def catalog_check(file: Path) -> None:
    """Read a catalog and name every bad row."""
    from bot.commands.catalog import check

    check(file)


@catalog_commands.command("import")
def catalog_import(file: Path, database: DatabaseUrl = None) -> None:
    """Load a catalog into the shop: all of it or nothing."""
    from bot.commands.catalog import import_file

    settings = read_settings()
    import_file(file, database or settings.database, settings)


@catalog_commands.command("export")
def catalog_export(
    file: Annotated[Path | None, typer.Argument()] = None, database: DatabaseUrl = None
) -> None:
    """Write the shop's goods as CSV, to a file or to standard output."""
    from bot.commands.catalog import export

    settings = read_settings()
    export(file, database or settings.database, settings)


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
