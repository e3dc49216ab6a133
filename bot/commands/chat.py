"""`xiadan chat`: the whole shop in one terminal, with sandbox payment."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from bot.app import assemble_sandbox, at_terminal
from bot.logs import configure_logs
from orders.clock import SystemClock

BASE_URL = "http://127.0.0.1:8080"
SUPPLIER_DELAY = timedelta(seconds=2)


def chat(catalog: Path, database: str | None, data: Path) -> int:
    """Talk until the end of input or `/quit`; `/pay`, `/pay alipay` pay what is owed."""
    configure_logs("ERROR", "console")
    try:
        asyncio.run(_converse(catalog, database, data))
    except KeyboardInterrupt:
        return 130
    return 0


async def _converse(catalog: Path, database: str | None, data: Path) -> None:
    async with AsyncExitStack() as stack:
        if database is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="xiadan-chat-"))
            database = f"sqlite+aiosqlite:///{folder}/chat.db"
        app = await stack.enter_async_context(
            assemble_sandbox(
                database_url=database,
                data=data,
                clock=SystemClock(),
                base_url=BASE_URL,
                catalog=catalog,
                supplier_delay=SUPPLIER_DELAY,
            )
        )
        stop = asyncio.Event()
        working = asyncio.create_task(app.worker.run(stop))
        learning = asyncio.create_task(app.own_words.keep_looking(stop))
        try:
            await at_terminal(app)
        finally:
            stop.set()
            await asyncio.gather(working, learning)
