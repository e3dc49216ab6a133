"""The terminal as a channel: type a sentence, see the answer and, when they happen, the news.

It reads from the record like the web chat does, so there is nothing to send: a bubble is printed
when it is committed, whoever said it.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from secrets import token_hex
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from adapters.rendering import ChannelWords, plain
from bot.fanout import Subscription
from bot.messages import ChatAddress, ChatEntry, IncomingMessage, OutgoingMessage, Speaker

CHANNEL = "console"
PAY = "/pay"
QUIT = "/quit"
NEWS_PAUSE_SECONDS = 0.2
"""After the last line is read, so long are late bubbles waited for."""


class Converses(Protocol):
    """What the terminal needs of the reception."""

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]: ...

    async def since(self, chat: ChatAddress, seq: int = 0, limit: int = 200) -> tuple[ChatEntry, ...]: ...

    def subscribe(self, chat: ChatAddress | None) -> Subscription: ...


Pays = Callable[[str], Awaitable[bool]]
"""Pay what is owed, by this method, in the sandbox. False: nothing is owed."""


class Terminal:
    """One customer at a terminal."""

    def __init__(
        self,
        reception: Converses,
        words: ChannelWords,
        screen: Console,
        *,
        pays: Pays | None = None,
        chat: ChatAddress | None = None,
    ) -> None:
        self._reception = reception
        self._words = words
        self._screen = screen
        self._pays = pays
        self.chat = chat or ChatAddress(CHANNEL, getpass.getuser())
        self._seen = 0
        self._sent = 0
        # A new run must not repeat the message ids of the last one.
        self._run = token_hex(4)

    async def converse(self, lines: AsyncIterator[str]) -> None:
        """Talk until the lines end, or one says so."""
        before = await self._reception.since(self.chat)
        self._seen = before[-1].seq if before else 0
        with self._reception.subscribe(self.chat) as news:
            watching = asyncio.create_task(self._watch(news))
            try:
                async for line in lines:
                    if line.strip() == QUIT:
                        break
                    await self._take(line.strip())
                await asyncio.sleep(NEWS_PAUSE_SECONDS)
                await self._show_new()
            finally:
                watching.cancel()

    async def _take(self, line: str) -> None:
        if not line:
            return
        if line.split()[0] == PAY and self._pays is not None:
            method = line.removeprefix(PAY).strip() or "wechat"
            if not await self._pays(method):
                self._screen.print(Text("nothing to pay", style="dim"))
            return
        self._sent += 1
        message_id = f"{self._run}-{self._sent}"
        await self._reception.receive(IncomingMessage(message_id, self.chat, line, datetime.now(UTC)))
        await self._show_new()

    async def _watch(self, news: Subscription) -> None:
        async for _ in news:
            await self._show_new()

    async def _show_new(self) -> None:
        """Print what was said since the last look, once, in order."""
        for entry in await self._reception.since(self.chat, self._seen):
            if entry.seq <= self._seen:
                continue
            self._seen = entry.seq
            if entry.outgoing is not None:
                self._print(entry.outgoing)

    def _print(self, message: OutgoingMessage) -> None:
        style = {Speaker.BOT: "default", Speaker.NEWS: "green", Speaker.STAFF: "cyan"}[message.speaker]
        text = plain(message.reply, self._words)
        if message.speaker_name is not None:
            text = f"{message.speaker_name}: {text}"
        # Text, not markup: what stands in brackets is what was said.
        self._screen.print(Padding(Text(text, style=style), (0, 0, 0, 2)))


async def typed_lines(prompt: str = "> ") -> AsyncIterator[str]:
    """What is typed at the terminal, line by line, until its end."""
    while True:
        try:
            yield await asyncio.to_thread(input, prompt)
        except EOFError:
            return
