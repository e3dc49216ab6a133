"""The terminal shows what is said to its customer, once, as text."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from rich.console import Console

from adapters.console import Terminal
from bot.fanout import Fanout, Subscription
from bot.messages import (
    ChatAddress,
    ChatEntry,
    Choice,
    IncomingMessage,
    OutgoingMessage,
    Reply,
    Speaker,
)
from tests.adapters.clerk import WORDS

ME = ChatAddress("console", "me")


class Record:
    """A reception that answers what it hears, and remembers both."""

    def __init__(self) -> None:
        self.entries: list[ChatEntry] = []
        self.fanout = Fanout()
        self.heard: list[IncomingMessage] = []

    def say(self, reply: Reply, speaker: Speaker = Speaker.BOT, name: str | None = None) -> OutgoingMessage:
        seq, now = len(self.entries) + 1, datetime.now(UTC)
        message = OutgoingMessage(seq, ME, seq, speaker, name, reply, None, None, now)
        self.entries.append(ChatEntry(ME, seq, now, outgoing=message))
        self.fanout.publish(self.entries[-1])
        return message

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        self.heard.append(message)
        self.entries.append(ChatEntry(ME, len(self.entries) + 1, message.sent_at, incoming=message))
        return (self.say(Reply(f"heard [b]{message.text}[/b]", (Choice("50元", "topup-50"),))),)

    async def since(self, chat: ChatAddress, seq: int = 0, limit: int = 200) -> tuple[ChatEntry, ...]:
        return tuple(entry for entry in self.entries if entry.seq > seq)

    def subscribe(self, chat: ChatAddress | None) -> Subscription:
        return self.fanout.subscribe(chat)


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def conversation(record: Record, *lines: str, **how) -> list[str]:
    screen = io.StringIO()
    terminal = Terminal(record, WORDS, Console(file=screen, width=80), chat=ME, **how)
    await terminal.converse(typed(*lines))
    return [line.strip() for line in screen.getvalue().splitlines()]


async def test_an_answer_is_printed_once_with_its_choices_and_without_markup() -> None:
    assert await conversation(Record(), "充100", "") == ["heard [b]充100[/b]", "1. 50元"]


async def test_what_was_said_before_is_not_said_again() -> None:
    record = Record()
    record.say(Reply("last week"))
    assert "last week" not in await conversation(record, "充100")


async def test_news_and_staff_are_shown_too() -> None:
    record = Record()

    async def pays(method: str) -> bool:
        record.say(Reply(f"paid by {method}"), Speaker.NEWS)
        record.say(Reply("我来帮您"), Speaker.STAFF, "小李")
        return True

    assert await conversation(record, "/pay alipay", pays=pays) == ["paid by alipay", "小李: 我来帮您"]


async def test_paying_nothing_says_so_and_quitting_ends() -> None:
    async def pays(method: str) -> bool:
        return False

    record = Record()
    assert await conversation(record, "/pay", "/quit", "never", pays=pays) == ["nothing to pay"]
    assert record.heard == []


async def test_two_runs_never_share_a_message_id() -> None:
    record = Record()
    await conversation(record, "一")
    await conversation(record, "一")
    assert len({message.message_id for message in record.heard}) == 2
