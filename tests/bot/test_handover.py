"""One truth about who speaks: the bot is silent from the moment a person attends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.announcer import Announcer
from bot.app import App
from bot.assistant import Assistant
from bot.channel import SEND, NotDelivered, Outbox, Sending
from bot.commands.talk import Stage
from bot.handover import AttendedByAnother, Handover, UnknownChat
from bot.messages import ChatAddress, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.store import chats
from bot.store.chats import Attended, Delivery
from bot.telling import Links
from bot.worker import ConversationJobs, Worker
from orders.clock import VirtualClock
from tests.conversations.play import readers

CHAT = ChatAddress("talk", "c1")


class Telegraph:
    """A channel that keeps what it was given, and may refuse."""

    name = "telegraph"

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.refusals: list[NotDelivered] = []

    async def send(self, message: OutgoingMessage) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(message)


class Sender:
    """The conversation over a channel that sends."""

    def __init__(self, app: App, clock: VirtualClock, sending: Sending) -> None:
        self.app, self.clock, self.channel = app, clock, Telegraph()
        outbox = Outbox(app.jobs, {"telegraph": sending})
        self.handover = Handover(outbox, app.wording)
        self.outbox = outbox
        self.assistant = Assistant(
            app.shop,
            readers(),
            app.wording,
            app.policy,
            outbox,
            app.jobs,
            self.handover,
            Links("https://x.example"),
            app.own_words,
        )
        announcer = Announcer(app.shop, outbox, self.assistant, True)
        jobs = ConversationJobs(
            app.database, announcer, self.assistant, {"telegraph": self.channel}, clock, app.fanout
        )
        self.worker = Worker(app.database, app.jobs, jobs.handlers(), clock)
        self.chat = ChatAddress("telegraph", "t1")

    async def hears(self, text: str, message_id: str = "m1") -> OutgoingMessage | None:
        message = IncomingMessage(message_id, self.chat, text, self.clock.now())
        return await self.app.database.write(
            lambda tx: self.assistant.reply_to(tx, message, self.clock.now())
        )

    async def take(self) -> None:
        await self.app.database.write(lambda tx: self.handover.take(tx, self.chat, "小李", self.clock.now()))


@pytest.fixture
def sender(app: App, clock: VirtualClock) -> Sender:
    return Sender(app, clock, Sending())


async def test_whoever_is_quicker_attends(stage: Stage, app: App, clock: VirtualClock) -> None:
    await stage.step({"customer": "c1", "say": "你好"})
    await app.database.write(lambda tx: app.handover.take(tx, CHAT, "小李", clock.now()))
    with pytest.raises(AttendedByAnother) as refused:
        await app.database.write(lambda tx: app.handover.take(tx, CHAT, "小王", clock.now()))
    assert refused.value.attended_by == "小李"


async def test_a_stale_view_of_the_chat_changes_nothing(stage: Stage, app: App, clock: VirtualClock) -> None:
    await stage.step({"customer": "c1", "say": "你好"})
    seen = await app.database.read(lambda tx: chats.find_chat(tx, CHAT))
    assert seen is not None
    await app.database.write(lambda tx: app.handover.queue(tx, CHAT, clock.now()))
    assert not await app.database.write(lambda tx: chats.set_attended(tx, seen, Attended.AGENT, agent="小王"))


@pytest.mark.parametrize("name", ["bot", "queued", " "])
async def test_nobody_may_be_called_like_a_state(
    stage: Stage, app: App, clock: VirtualClock, name: str
) -> None:
    await stage.step({"customer": "c1", "say": "你好"})
    with pytest.raises(ValueError, match="choose another"):
        await app.database.write(lambda tx: app.handover.take(tx, CHAT, name, clock.now()))


async def test_an_unknown_chat_cannot_be_taken(app: App, clock: VirtualClock) -> None:
    with pytest.raises(UnknownChat):
        await app.database.write(lambda tx: app.handover.take(tx, CHAT, "小李", clock.now()))


async def test_saying_something_takes_over_and_is_said_once(
    stage: Stage, app: App, clock: VirtualClock
) -> None:
    await stage.step({"customer": "c1", "say": "你好"})
    said = [
        await app.database.write(
            lambda tx: app.handover.say(tx, CHAT, "小李", "我来了", clock.now(), "click-1")
        )
        for _ in range(2)
    ]
    assert said[0].outgoing_id == said[1].outgoing_id
    chat = await app.database.read(lambda tx: chats.find_chat(tx, CHAT))
    assert chat is not None
    assert chat.attended_by == "小李"


async def test_the_queue_is_served_in_order(stage: Stage) -> None:
    for name in ("c1", "c2", "c3"):
        await stage.step({"customer": name, "say": "转人工"})
    await stage.step({"customer": "c1", "staff": "take"})
    answer = await stage.step({"customer": "c3", "say": "人工"})
    assert answer["attended_by"] == "queued"
    assert "第2位" in str(answer["replies"])


async def test_who_waits_for_a_person_is_not_asked_by_the_bot(stage: Stage) -> None:
    await stage.step({"customer": "c1", "say": "转人工"})
    answer = await stage.step({"customer": "c1", "say": "叽里咕噜的那个东西"})
    assert "排在第1位" in str(answer["replies"])


async def test_what_the_bot_wrote_before_a_person_took_over_is_never_said(sender: Sender) -> None:
    assert await sender.hears("充Q币") is not None
    await sender.take()
    await sender.worker.run_due()
    assert sender.channel.sent == []
    said = await sender.app.database.read(lambda tx: chats.entries(tx, sender.chat))
    assert [entry.outgoing for entry in said] == [None]


async def test_news_go_out_although_a_person_attends(sender: Sender) -> None:
    await sender.hears("充Q币")
    await sender.take()

    def news(tx: chats.Connection) -> None:
        chat = chats.find_chat(tx, sender.chat)
        assert chat is not None
        sender.outbox.post(tx, chat, Reply("已到账"), sender.clock.now(), speaker=Speaker.NEWS)

    await sender.app.database.write(news)
    await sender.worker.run_due()
    assert [message.reply.text for message in sender.channel.sent] == ["已到账"]


async def test_a_message_is_sent_once(sender: Sender) -> None:
    await sender.hears("充Q币")
    await sender.hears("充Q币")
    await sender.worker.run_due()
    assert len(sender.channel.sent) == 1


async def test_a_message_that_was_handed_over_already_is_not_sent(app: App, clock: VirtualClock) -> None:
    sender = Sender(app, clock, replace(Sending(), answer_grace=app.policy.quote.good_for))
    answer = await sender.hears("充Q币")
    assert answer is not None
    await app.database.write(lambda tx: chats.mark(tx, answer.outgoing_id, Delivery.SENT))
    await sender.worker.run_until(clock, datetime.fromisoformat("2026-01-05T10:20:00+08:00"))
    texts = [message.reply.text for message in sender.channel.sent]
    assert answer.reply.text not in texts


async def test_a_refusal_for_ever_is_not_tried_again(sender: Sender) -> None:
    sender.channel.refusals.append(NotDelivered("blocked"))
    await sender.hears("充Q币")
    await sender.worker.run_due()
    await sender.worker.run_until(sender.clock, datetime.fromisoformat("2026-01-05T10:05:00+08:00"))
    assert sender.channel.sent == []


async def test_a_refusal_for_now_is_tried_again(sender: Sender) -> None:
    sender.channel.refusals.append(NotDelivered("slow down", retry_after_seconds=1))
    await sender.hears("充Q币")
    await sender.worker.run_until(sender.clock, datetime.fromisoformat("2026-01-05T10:05:00+08:00"))
    assert len(sender.channel.sent) == 1
    assert SEND not in str(await sender.app.database.read(sender.app.jobs.dead))
