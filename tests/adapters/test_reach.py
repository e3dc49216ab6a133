"""What channels remember of their customers, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.channel import Outbox
from bot.handover import Handover
from bot.messages import ChatAddress, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.reach import Allowance, OrderCards, SendWindow
from bot.settings import DATA_FOLDER
from bot.store import chats
from bot.wording import Wording
from orders.clock import VirtualClock
from orders.jobs import EmbeddedJobs
from orders.policy import Policy
from tests.adapters.clerk import Clerk
from tests.orders.conftest import *  # noqa: F403 -- its fixtures: `database` is SQLite, then PostgreSQL

LI = ChatAddress("wechat", "li")
WANG = ChatAddress("wechat", "wang")
FIVE = Allowance("message", 5, timedelta(hours=48), kept_for_staff=1)
THREE = Allowance("action", 3, timedelta(minutes=1))


@pytest.fixture
def time() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 5, 2, tzinfo=UTC))


def everything(_: object) -> bool:
    return True


async def test_an_allowance_is_spent_one_by_one_and_the_last_is_for_staff(database, time) -> None:
    window = SendWindow(database, time)
    await window.opened(LI, FIVE)
    assert [await window.spend(LI, staff=False) for _ in range(5)] == [True] * 4 + [False]
    assert [await window.spend(LI, staff=True) for _ in range(2)] == [True, False]
    assert not await window.spend(WANG, staff=True)


async def test_what_ends_soonest_is_spent_first(database, time) -> None:
    window = SendWindow(database, time)
    await window.opened(LI, FIVE)
    await window.opened(LI, THREE)
    assert await window.spend(LI, staff=False)
    time.advance(timedelta(minutes=2))
    assert await window.left(LI) == 5
    time.advance(timedelta(hours=48))
    assert await window.left(LI) == 0


async def test_another_message_opens_the_window_anew_and_a_failure_gives_back(database, time) -> None:
    window = SendWindow(database, time)
    for _ in range(2):
        await window.opened(LI, FIVE)
        await window.spend(LI, staff=False)
    assert await window.left(LI) == 4
    await window.give_back(LI)
    assert await window.left(LI) == 5
    await window.used_up(LI)
    assert await window.left(LI) == 0


async def test_two_senders_at_once_never_spend_the_same_message(database, time) -> None:
    window = SendWindow(database, time)
    await asyncio.gather(*(window.opened(LI, FIVE) for _ in range(4)))
    spent = await asyncio.gather(*(window.spend(LI, staff=False) for _ in range(12)))
    assert sum(spent) == 4


async def test_a_held_message_is_given_with_the_next_message_and_its_repeats_only(database, time) -> None:
    window, clerk = SendWindow(database, time), Clerk(database, time, lambda heard: Reply("answer"))
    news = await clerk.news(LI, Reply("news"))
    others = await clerk.news(WANG, Reply("not for Li"))
    for message in (news, news, others):
        await window.hold(message)
    answers = await clerk.receive(IncomingMessage("m1", LI, "?", time.now()))
    first = await window.given_with(LI, "m1", answers, everything)
    assert [message.reply.text for message in first] == ["news", "answer"]
    assert await window.given_with(LI, "m1", answers, everything) == first
    more = await clerk.receive(IncomingMessage("m2", LI, "?", time.now()))
    assert await window.given_with(LI, "m2", more, everything) == more


async def test_an_answer_that_was_sent_already_is_not_given(database, time) -> None:
    window, clerk = SendWindow(database, time), Clerk(database, time, lambda heard: Reply("answer"))
    (answer,) = await clerk.receive(IncomingMessage("m1", LI, "?", time.now()))
    await database.write(lambda tx: chats.mark(tx, answer.outgoing_id, chats.Delivery.SENT))
    assert await window.given_with(LI, "m1", (answer,), everything) == ()


async def test_what_the_bot_wrote_before_a_person_took_over_is_not_said_any_more(database, time) -> None:
    window, clerk = SendWindow(database, time), Clerk(database, time, lambda heard: None)
    held: list[OutgoingMessage] = [
        await clerk.news(LI, Reply(speaker.value), speaker=speaker) for speaker in Speaker
    ]
    for message in held:
        await window.hold(message)
    outbox = Outbox(EmbeddedJobs(Policy.read(DATA_FOLDER / "policy.toml").jobs))
    handover = Handover(outbox, Wording.read(DATA_FOLDER / "replies.yaml"))
    await database.write(lambda tx: handover.take(tx, LI, "小李", time.now()))
    given = await window.given_with(LI, "m1", (), everything)
    assert [message.speaker for message in given] == [Speaker.NEWS, Speaker.STAFF]
    assert await window.given_with(LI, "m2", (), everything) == ()


async def test_a_card_has_one_place_and_what_was_said_is_told_to_its_chat_only(database, time) -> None:
    cards, clerk = OrderCards(database), Clerk(database, time, lambda heard: None)
    for place in ("7", "8"):
        await cards.keep(LI, "20260105123456", place)
    assert await cards.place(LI, "20260105123456") == "8"
    assert await cards.place(WANG, "20260105123456") is None
    news = await clerk.news(LI, Reply("news"))
    assert await cards.said(LI, news.outgoing_id) == news
    assert await cards.said(WANG, news.outgoing_id) is None
    assert await cards.said(LI, 999_999) is None
