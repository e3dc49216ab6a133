"""Tells whoever is watching a chat, in this process, what was just committed.

Only a hint that is fast: a watcher that was away, or too slow, asks `Reception.since`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import TracebackType

from bot.messages import ChatAddress, ChatEntry, OutgoingMessage

BACKLOG_MAX = 200


class Subscription:
    """An async iterator of what is said in a chat from now on. Leave the `with` to stop watching.

    `lost` is set when the watcher was too slow and entries were left out; read `since` then.
    """

    def __init__(self, fanout: Fanout, chat: ChatAddress | None) -> None:
        self._fanout = fanout
        self._chat = chat
        self._queue: asyncio.Queue[ChatEntry] = asyncio.Queue(BACKLOG_MAX)
        self.lost = False

    def __enter__(self) -> Subscription:
        self._fanout.add(self._chat, self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._fanout.drop(self._chat, self)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> ChatEntry:
        return await self._queue.get()

    def tell(self, entry: ChatEntry) -> None:
        try:
            self._queue.put_nowait(entry)
        except asyncio.QueueFull:
            self.lost = True


class Fanout:
    """Watchers by chat; those of `None` watch every chat (the desk)."""

    def __init__(self) -> None:
        self._watchers: dict[ChatAddress | None, set[Subscription]] = defaultdict(set)

    def subscribe(self, chat: ChatAddress | None) -> Subscription:
        return Subscription(self, chat)

    def publish(self, entry: ChatEntry) -> None:
        """Tell of an entry. Only after its transaction was committed."""
        for watcher in (*self._watchers.get(entry.chat, ()), *self._watchers.get(None, ())):
            watcher.tell(entry)

    def publish_outgoing(self, message: OutgoingMessage | None) -> None:
        if message is not None:
            self.publish(ChatEntry(message.chat, message.seq, message.created_at, outgoing=message))

    def add(self, chat: ChatAddress | None, watcher: Subscription) -> None:
        self._watchers[chat].add(watcher)

    def drop(self, chat: ChatAddress | None, watcher: Subscription) -> None:
        self._watchers[chat].discard(watcher)
        if not self._watchers[chat]:
            del self._watchers[chat]
