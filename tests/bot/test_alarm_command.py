"""`xiadan alarms` in the terminal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import alarms
from bot.settings import Settings
from orders.database import Database, sqlite_url
from orders.store.alarms import ring

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = sqlite_url(tmp_path / "shop.db")

    async def fill() -> None:
        database = Database.open(made)
        await database.migrate()
        await database.write(lambda tx: ring(tx, "stock_low", "gift-10", "3 left", NOW))
        await database.close()

    asyncio.run(fill())
    return made


def test_what_rings_is_listed_until_somebody_has_seen_to_it(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert alarms.show(settings, url) == 1
    listed = capsys.readouterr().out
    assert all(word in listed for word in ("stock_low", "gift-10", "3 left", "2026-01-05 10:00"))
    assert alarms.close(settings, url, 1, "wang") == 0
    assert alarms.close(settings, url, 1, "wang") == 1
    assert alarms.show(settings, url) == 0
