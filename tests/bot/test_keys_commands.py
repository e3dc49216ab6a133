"""`xiadan keys`, as a shopkeeper types it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import cli
from bot.mistakes import OPERATOR_MISTAKES
from bot.settings import SettingsRejected
from orders.database import Database
from orders.vault import Vault
from tests.orders.world import GOODS


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a shop's settings and an open database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"XIADAN_CARD_KEYS={Vault.fresh_text()}\n", encoding="utf-8")
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert run("catalog", "import", "goods.csv").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, [*words], env={"COLUMNS": "200"})


def keys_of(folder: Path, text: str, name: str = "keys.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_keys_are_taken_in_listed_counted_and_struck_off_and_never_printed(shop: Path) -> None:
    file = keys_of(shop, "SECRET-0001\nSECRET-0002\nSECRET-0003\n")
    said = [
        run(
            *("keys", "import", file, "--sku", "gift-10", "--cost", "9.50", "--expires", "2099-12-31"),
            *("--note", "from the [fair]", "--by", "小王"),
        ),
        run("keys", "batches"),
        run("keys", "count"),
        run("keys", "void", "--key", "1", "--why", "leaked", "--by", "小王"),
        run("keys", "list", "--sku", "gift-10", "--state", "void"),
        run("keys", "void", "--batch", "1", "--why", "all leaked"),
        run("keys", "count"),
    ]
    assert [one.exit_code for one in said] == [0] * len(said), [one.output for one in said]
    taken, batches, counted, struck, listed, rest, counted_again = (one.output for one in said)
    assert "Batch 1: 3 keys of gift-10 taken in; 6 can be ordered." in taken
    assert "from the [fair]" in batches
    assert "9.50" in batches
    assert "2099-12-31" in counted
    assert "Void: 1 key (leaked)" in struck
    assert "leaked by 小王" in listed
    assert "Void: 2 keys (all leaked)" in rest
    assert counted_again.split()[-6:] == ["gift-10", "3", "0", "0", "3", "-"]
    assert "SECRET" not in "".join(one.output for one in said)


def test_what_cannot_be_taken_in_is_said_by_line_and_nothing_is_taken(shop: Path) -> None:
    file = keys_of(shop, "SECRET-0001\n2\nSECRET-0001\n")
    refused = run("keys", "import", file, "--sku", "gift-10")
    assert isinstance(refused.exception, OPERATOR_MISTAKES)
    assert "line 2, column key: should be 4 to 500 characters; there are 1" in str(refused.exception)
    assert "SECRET" not in str(refused.exception)
    assert "No keys" in run("keys", "count").output
    assert "No keys were taken in yet." in run("keys", "batches").output


def test_known_keys_are_left_out_on_demand(shop: Path) -> None:
    file = keys_of(shop, "SECRET-0001\nSECRET-0002\nSECRET-0001\n")
    assert isinstance(run("keys", "import", file, "--sku", "gift-10").exception, OPERATOR_MISTAKES)
    taken = run("keys", "import", file, "--sku", "gift-10", "--skip-known")
    assert "left out, because known: 1 key, on line 3" in taken.output


@pytest.mark.parametrize(
    "words",
    [
        ("import", "keys.txt", "--sku", "gift-10", "--cost", "free"),
        ("import", "keys.txt", "--sku", "gift-10", "--expires", "soon"),
        ("import", "keys.txt", "--sku", "gift-10", "--note", "x" * 201),
        ("import", "keys.txt", "--sku", "gift-10", "--by", "x" * 65),
        ("void", "--why", "neither"),
        ("void", "--why", "both", "--key", "1", "--batch", "1"),
        ("list", "--state", "lent"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(shop: Path, words: tuple[str, ...]) -> None:
    keys_of(shop, "SECRET-0001")
    assert run("keys", *words).exit_code == 2


def test_keys_are_not_sealed_with_a_vault_that_is_gone_tomorrow(shop: Path) -> None:
    (shop / ".env").write_text("", encoding="utf-8")
    refused = run("keys", "import", keys_of(shop, "SECRET-0001"), "--sku", "gift-10")
    assert isinstance(refused.exception, SettingsRejected)


def test_promised_keys_that_are_struck_off_are_counted(shop: Path) -> None:
    from sqlalchemy import text

    async def promise() -> None:
        database = Database.open(f"sqlite+aiosqlite:///{shop / 'state' / 'shop.db'}")
        await database.write(lambda tx: tx.execute(text("UPDATE stock SET reserved = 4")))
        await database.close()

    run("keys", "import", keys_of(shop, "SECRET-0001"), "--sku", "gift-10")
    asyncio.run(promise())
    struck = run("keys", "void", "--batch", "1", "--why", "leaked")
    assert "promised to orders: 1 key" in struck.output
