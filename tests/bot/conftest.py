"""A whole shop over the sandbox, with a clock that moves when it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.app import App, assemble_sandbox
from bot.commands.talk import Stage
from orders.clock import VirtualClock
from tests.conversations.play import readers

DATA = Path(__file__).resolve().parents[2] / "data"
START = datetime.fromisoformat("2026-01-05T10:00:00+08:00")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
async def app(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[App]:
    async with assemble_sandbox(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}",
        data=DATA,
        clock=clock,
        base_url="https://shop.example",
        catalog=DATA / "catalog" / "demo.csv",
        readers=readers(),
    ) as app:
        yield app


@pytest.fixture
def stage(app: App, clock: VirtualClock) -> Stage:
    return Stage(app, clock)
