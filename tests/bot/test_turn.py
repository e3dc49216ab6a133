"""A turn is one transaction: all of it or nothing, once, and within limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import App
from bot.assistant import SKILLS, Assistant
from bot.channel import Outbox
from bot.commands.talk import Stage
from bot.conversation import Conversation, Purpose, Question, read, written
from bot.messages import ChatAddress, Choice, IncomingMessage
from bot.store import chats
from bot.telling import Links
from nlu.understanding import Intent
from orders.clock import VirtualClock
from orders.draft import Draft, DraftLine
from orders.money import Fen
from orders.order import Order
from orders.quote import Quote
from orders.shop import Shop
from tests.conversations.play import readers

CHAT = ChatAddress("talk", "c1")


class BrokenShop(Shop):
    """Falls over in the middle of placing an order, after it wrote."""

    def place(self, tx: chats.Connection, quote: Quote, now: object) -> Order:
        super().place(tx, quote, now)  # type: ignore[arg-type]
        raise ZeroDivisionError("a bug")


def assistant_with(app: App, shop: Shop) -> Assistant:
    return Assistant(
        shop,
        readers(),
        app.wording,
        app.policy,
        Outbox(app.jobs),
        app.jobs,
        app.handover,
        Links("https://x.example"),
        app.own_words,
    )


def message(
    text: str, clock: VirtualClock, message_id: str = "m1", means: str | None = None
) -> IncomingMessage:
    return IncomingMessage(message_id, CHAT, text, clock.now(), means)


async def test_a_bug_costs_an_apology_and_leaves_nothing_behind(app: App, clock: VirtualClock) -> None:
    room = app.shop.room
    shop = BrokenShop(app.jobs, room.vault, app.policy, room.merchants, room.key_source)
    assistant = assistant_with(app, shop)
    said = message("充100元话费到13800138000", clock)
    answer = await app.database.write(lambda tx: assistant.reply_to(tx, said, clock.now()))
    assert answer is not None
    assert "没有扣款" in answer.reply.text
    assert await app.database.read(lambda tx: app.shop.orders_of(tx, chats.customer_of(CHAT))) == ()
    entries = await app.reception.since(CHAT)
    assert [entry.seq for entry in entries] == [1, 2]


async def test_the_same_message_is_answered_once_and_the_same(app: App, clock: VirtualClock) -> None:
    first = await app.reception.receive(message("充100元话费到13800138000", clock))
    again = await app.reception.receive(message("充100元话费到13800138000", clock))
    assert first == again
    assert len(await app.reception.since(CHAT)) == 2
    assert len(await app.database.read(lambda tx: app.shop.orders_of(tx, chats.customer_of(CHAT)))) == 1


async def test_a_choice_that_was_not_offered_is_read_as_words(app: App, clock: VirtualClock) -> None:
    (answer,) = await app.reception.receive(message("充Q币", clock, "m1", means="qcoin-50"))
    assert answer.reply.asking == "variant"


async def test_at_most_one_question_and_eight_goods_are_offered(app: App, stage: Stage) -> None:
    answer = await stage.step({"customer": "c1", "say": "有什么游戏点卡"})
    assert len(answer["replies"]) == 1  # type: ignore[arg-type]
    chat = await stage.chat(stage.customer("c1"))
    assert chat is not None
    assert len(chat.conversation.offered()) <= app.policy.limits.choices_max + 1


async def test_a_message_longer_than_the_limit_orders_nothing(app: App, clock: VirtualClock) -> None:
    length_max = app.policy.limits.message_length_max
    text = "充100元话费到13800138000。" + "别" * length_max
    (answer,) = await app.reception.receive(message(text, clock))
    assert "没有下单" in answer.reply.text
    assert await app.database.read(lambda tx: app.shop.orders_of(tx, chats.customer_of(CHAT))) == ()


async def test_more_lines_than_the_limit_are_refused_and_said_so(stage: Stage, app: App) -> None:
    numbers = "、".join(f"138001380{n:02d}" for n in range(app.policy.limits.lines_max + 1))
    answer = await stage.step({"customer": "c1", "say": f"给{numbers}各充50话费"})
    assert answer["orders"] == []
    assert "没有扣款" in str(answer["replies"])


async def test_a_draft_is_forgotten_after_its_time(stage: Stage, app: App) -> None:
    await stage.step({"customer": "c1", "say": "充100话费"})
    await stage.pass_time(timedelta(hours=app.policy.conversation.draft_kept_hours, minutes=30))
    answer = await stage.step({"customer": "c1", "say": "13800138000"})
    # The nudge counts as talk, so the draft is gone a day after it.
    assert answer["orders"] == []


async def test_silence_is_broken_once(stage: Stage, app: App) -> None:
    await stage.step({"customer": "c1", "say": "充100话费"})
    waited = await stage.step({"customer": "c1", "wait_minutes": app.policy.conversation.silence_minutes + 1})
    longer = await stage.step({"customer": "c1", "wait_minutes": 200})
    assert len(waited["replies"]) == 1  # type: ignore[arg-type]
    assert longer["replies"] == []


async def test_two_customers_see_nothing_of_each_other(stage: Stage) -> None:
    mine = await stage.step({"customer": "c1", "say": "充100元话费到13800138000"})
    number = mine["orders"][0]["order_no"]  # type: ignore[index, call-overload]
    for wish in ("查订单{}", "取消订单{}", "退款{}", "订单{}的卡密"):
        theirs = await stage.step({"customer": "c2", "say": wish.format(number)})
        assert theirs["orders"] == []
        assert "138" not in str(theirs["replies"]).replace(str(number), "")
    again = await stage.step({"customer": "c1", "wait_minutes": 0})
    assert again["orders"] == mine["orders"]


async def test_what_is_told_to_be_on_its_way_is_not_what_went_back_before(stage: Stage, app: App) -> None:
    customer = "c1"
    await stage.step({"customer": customer, "say": "充100元话费到13800138000，再充50元话费到13900139000"})
    await stage.step({"customer": customer, "pay": "wechat"})
    (order,) = await app.database.read(lambda tx: app.shop.orders_of(tx, chats.customer_of(CHAT)))

    def give_back(tx: chats.Connection, line_no: int, fen: int) -> None:
        now = stage.clock.now()
        app.shop.staff_refunds.refund(tx, order.order_no, line_no, Fen(fen), "小李", "补偿", now)

    await app.database.write(lambda tx: give_back(tx, 1, 500))
    await stage.pass_time(timedelta(seconds=1))

    def asked(tx: chats.Connection) -> str:
        give_back(tx, 2, 700)
        answer = app.assistant.reply_to(tx, message(f"查{order.order_no}", stage.clock), stage.clock.now())
        assert answer is not None
        return answer.reply.text

    assert "正在退款7元" in await app.database.write(asked)


async def test_a_watcher_hears_both_sides_in_order(app: App, clock: VirtualClock) -> None:
    with app.reception.subscribe(CHAT) as news:
        await app.reception.receive(message("你好", clock))
        heard, said = await anext(news), await anext(news)
    assert (heard.incoming is not None, heard.seq) == (True, 1)
    assert (said.outgoing is not None, said.seq) == (True, 2)


def test_every_intent_has_a_skill() -> None:
    assert set(SKILLS) == set(Intent)


def test_a_conversation_is_read_as_it_was_written() -> None:
    conversation = Conversation(
        draft=Draft((DraftLine(product_id="qcoin", quantity=2, contact="老妈", guessed=True),)),
        question=Question(Purpose.ORDER, "充到哪个QQ号？", "account", -1, (Choice("取消", "cancel"),)),
        order_no="20260105123456",
        unclear=1,
    )
    assert read(written(conversation)) == conversation
    assert read(written(Conversation())) == Conversation()
    assert read(written(replace(conversation, question=None))).question is None


@pytest.mark.parametrize("text", ["", "   ", "\n", "。", "？？"])
async def test_a_message_without_words_is_asked_about(app: App, clock: VirtualClock, text: str) -> None:
    (answer,) = await app.reception.receive(message(text, clock))
    assert answer.reply.choices
