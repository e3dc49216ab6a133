"""Wakes the open sockets when something changed. Only a hint: what changed is read from the database,
by number, so a missed or a doubled hint changes nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.fanout import Fanout
from bot.messages import ChatAddress


class Signals:
    """Hints from the fan-out (something was said) and from the desk (somebody took over)."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._watchers: dict[ChatAddress | None, set[asyncio.Event]] = defaultdict(set)

    @asynccontextmanager
    async def watching(self, chat: ChatAddress | None) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the chat changed; None watches every chat. The watcher clears
        it before it reads."""
        changed = asyncio.Event()
        with self._fanout.subscribe(chat) as said:

            async def pass_on() -> None:
                async for _ in said:
                    changed.set()

            task = asyncio.create_task(pass_on())
            self._watchers[chat].add(changed)
            try:
                yield changed
            finally:
                self._watchers[chat].discard(changed)
                if not self._watchers[chat]:
                    del self._watchers[chat]
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def changed(self, chat: ChatAddress) -> None:
        """Who attends to the chat changed, though nothing was said."""
        for event in self._watchers.get(chat, ()):
            event.set()
        self.desks_changed()

    def desks_changed(self) -> None:
        """Something changed for those who watch every chat."""
        for event in self._watchers.get(None, ()):
            event.set()


async def wait_for(changed: asyncio.Event, seconds_max: float) -> None:
    """Wait for the hint, but not for ever: another process may have said something unheard here."""
    with suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), seconds_max)
    changed.clear()
