"""`xiadan misses` and `xiadan teach`, as a shopkeeper types them, beside a shop that holds the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unicodedata import category

import pytest
from typer.testing import CliRunner, Result

from bot import cli
from bot.app import App
from bot.commands.talk import Stage
from bot.learning.refusal import NotTaught
from bot.mistakes import OPERATOR_MISTAKES
from orders.clock import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    """The commands look at the real clock, and at what is not too old by it."""
    return VirtualClock(datetime.now(UTC))


@pytest.fixture
async def url(app: App, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of a shop where something was missed."""
    monkeypatch.chdir(tmp_path)
    for customer in "ab":
        await stage.step({"customer": customer, "say": "充瓦1000点券到12345678"})
        await stage.step({"customer": customer, "choose": "lol"})
    await stage.step({"customer": "c", "say": "\x1b[31m[bold]咕噜[/bold] 13800138000 {product}"})
    await stage.step({"customer": "c", "say": "\x1b]0;owned\x07咕噜咕噜"})
    return f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, [*words])


def test_what_was_missed_is_listed_masked_with_what_could_be_taught(url: str) -> None:
    shown = run("misses", "--database", url)
    assert shown.exit_code == 0, shown.output
    assert "充瓦{size}到{account}" in shown.output
    assert "asked; 2 customers, 2×" in shown.output
    assert "turned out to mean lol (2)" in shown.output
    assert "proposed: alias lol 瓦  (2 of 2 customers meant it): xiadan teach --proposal 1" in shown.output
    assert "12345678" not in shown.output
    assert "13800138000" not in shown.output
    assert all(char == "\n" or category(char)[0] != "C" for char in shown.output)


def test_the_list_can_be_short_and_one_phrase_dismissed(url: str) -> None:
    assert "more; --limit" in run("misses", "--database", url, "--limit", "1").output
    assert "Forgot 充瓦{size}到{account}" in run("misses", "--database", url, "--dismiss", "1").output
    assert "瓦" not in run("misses", "--database", url).output


def test_nothing_missed_is_said(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        run("misses", "--database", f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}").output
        == "Nothing was missed.\n"
    )


def test_a_proposal_is_taught_listed_and_taken_back(url: str) -> None:
    taught = run("teach", "--proposal", "1", "--database", url)
    assert taught.exit_code == 0, taught.output
    assert "Taught: alias lol 瓦" in taught.output
    assert "known texts still mean what they meant" in taught.output
    assert "alias lol 瓦" in run("teach", "list", "--database", url).output
    assert "瓦" not in run("misses", "--database", url).output
    refused = run("teach", "alias", "dnf", "瓦", "--database", url)
    assert isinstance(refused.exception, NotTaught)
    assert "one name for two products" in str(refused.exception)
    assert "Forgot: alias lol 瓦" in run("teach", "forget", "1", "--database", url).output
    assert run("teach", "list", "--database", url).output == "The shop was taught nothing yet.\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("teach", "--proposal", "77"), "no proposal 77"),
        (("teach", "forget", "77"), "no lesson 77"),
        (("misses", "--dismiss", "77"), "nothing numbered 77"),
        (("teach", "alias", "nothing", "瓦"), "no product nothing"),
        (("teach", "alias", "lol", "好的"), "word of the trade"),
        (("teach", "phrase", "confirm", "不要了"), "says no"),
        (("teach", "phrase", "nonsense", "咋样"), "is no intent"),
    ],
)
def test_what_cannot_be_taught_is_said_in_a_sentence(url: str, words: tuple[str, ...], reason: str) -> None:
    refused = run(*words, "--database", url)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, OPERATOR_MISTAKES)
    assert reason in str(refused.exception)


def test_teach_alone_tells_how(url: str) -> None:
    told = run("teach")
    assert told.exit_code == 2
    assert "alias" in told.output
