"""Two shops over one PostgreSQL database are one shop: who hears a message, and when, changes nothing.

Each has its own pool of connections and its own copy of the catalog, as a process has; only the clock is
the same. What needs real processes is in `test_several_processes.py`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from adapters.suppliers.sandbox import Manner
from bot.announcer import ORDER_EVENT
from bot.app import App, Assembly, assemble
from bot.assistant import SILENCE, Assistant
from bot.channel import Outbox
from bot.handover import AttendedByAnother
from bot.learning.words import ShopWords
from bot.messages import ChatAddress, IncomingMessage, OutgoingMessage, Speaker
from bot.reading import Reader, Readers
from bot.store import chats
from bot.store.chats import customer_of
from bot.telling import Links
from bot.worker import Worker
from orders.catalog import Catalog, Sku
from orders.clock import VirtualClock
from orders.database import Tx
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.order import CustomerState, EventKind, Order, customer_state
from orders.ports import Job
from orders.store import goods, timeline
from orders.vault import Vault
from tests.conversations.play import readers
from tests.orders.conftest import *  # noqa: F403 -- its fixtures: a real PostgreSQL

DATA = Path(__file__).resolve().parents[2] / "data"
START = datetime.fromisoformat("2026-01-05T10:00:00+08:00")
CHAT = ChatAddress("web", "c1")
TOPUP = "帮我充100元话费到13800138000"
CONFIRM_ALWAYS = ("confirm_above_yuan = 1000", "confirm_above_yuan = 1")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's data, with a policy that asks for a yes before every order."""
    folder = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("shop") / "data"))
    policy = folder / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace(*CONFIRM_ALWAYS), "utf-8")
    return folder


@pytest.fixture
async def apps(postgres_url: str, data: Path) -> AsyncIterator[tuple[App, App]]:
    parts = Assembly(
        database_url=postgres_url,
        data=data,
        clock=VirtualClock(START),
        base_url="https://shop.example",
        vault=Vault({"k1": bytes(range(32))}),
        sandbox_secret="the same in every process",
        readers=readers(),
    )
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(
            assemble(replace(parts, catalog=data / "catalog" / "demo.csv"))
        )
        # The others start at the same time, as they do after a deployment.
        second, third = await asyncio.gather(*(stack.enter_async_context(assemble(parts)) for _ in range(2)))
        await third.database.close()
        yield first, second


async def hear(
    app: App, text: str, message_id: str, means: str | None = None, chat: ChatAddress = CHAT
) -> OutgoingMessage | None:
    answers = await app.reception.receive(IncomingMessage(message_id, chat, text, app.clock.now(), means))
    return answers[0] if answers else None


async def orders_of(app: App, chat: ChatAddress) -> tuple[Order, ...]:
    return await app.database.read(lambda tx: app.shop.orders_of(tx, customer_of(chat), 5))


async def nothing(job: Job) -> None:
    """What nobody is told."""


async def count(app: App, query: str) -> int:
    return await app.database.read(lambda tx: int(tx.execute(text(query)).scalar_one()))


async def test_a_new_customers_first_words_heard_by_both_at_once_open_one_chat(
    apps: tuple[App, App],
) -> None:
    customers = [ChatAddress("web", f"new{number}") for number in range(6)]
    await asyncio.gather(
        *(
            hear(app, "你好", f"m{number}", chat=chat)
            for chat in customers
            for number, app in enumerate(apps * 2)
        )
    )
    assert await count(apps[0], "SELECT COUNT(*) FROM chats") == len(customers)
    for chat in customers:
        said = await apps[1].reception.since(chat)
        assert [entry.seq for entry in said] == list(range(1, 9))


async def test_every_message_is_answered_once_whoever_hears_it_and_however_often(
    apps: tuple[App, App],
) -> None:
    ids = [f"m{number}" for number in range(10)]
    heard = await asyncio.gather(*(hear(app, TOPUP, message_id) for message_id in ids for app in apps))
    answers = dict(zip(ids, zip(heard[::2], heard[1::2], strict=True), strict=True))
    for at_first, at_second in answers.values():
        assert at_first is not None
        assert at_first == at_second
    said = await apps[0].reception.since(CHAT)
    assert [entry.seq for entry in said] == list(range(1, 2 * len(ids) + 1))
    # A question and its answer stand together: no two turns were in each other's way.
    pairs = list(zip(said[::2], said[1::2], strict=True))
    assert all(
        question.incoming is not None
        and answer.outgoing is not None
        and answer.outgoing.answers == question.incoming.message_id
        for question, answer in pairs
    )
    assert await apps[1].reception.since(CHAT) == said


async def test_two_taps_on_confirm_at_the_same_instant_place_one_order(apps: tuple[App, App]) -> None:
    for number in range(8):
        chat = ChatAddress("web", f"tapper{number}")
        asked = await hear(apps[0], TOPUP, "order", chat=chat)
        assert asked is not None
        assert "confirm" in {choice.means for choice in asked.reply.choices}
        await asyncio.gather(
            *(hear(app, "确认", f"tap{place}", "confirm", chat) for place, app in enumerate(apps))
        )
        assert len(await orders_of(apps[0], chat)) == 1
    assert await count(apps[0], "SELECT COUNT(*) FROM messages WHERE reply LIKE '%出了点问题%'") == 0


async def test_news_do_not_undo_what_the_customer_says_at_the_same_instant(apps: tuple[App, App]) -> None:
    first, second = apps
    first.supplier.told["13800138000"] = Manner.FAIL
    for number in range(6):
        chat = ChatAddress("web", f"busy{number}")
        await hear(first, TOPUP, "order", chat=chat)
        await hear(first, "确认", "yes", "confirm", chat)
        (order,) = await orders_of(first, chat)
        assert await first.pay_in_sandbox(order, "wechat")
        unsaid = Worker(
            first.database,
            EmbeddedJobs(first.policy.jobs),
            first.handlers | {ORDER_EVENT: nothing},
            first.clock,
        )
        await unsaid.run_due()
        for step in await first.database.read(lambda tx, no=order.order_no: timeline.all_of(tx, no)):
            job = Job(0, ORDER_EVENT, "", {"order_no": order.order_no, "seq": step.seq}, None, 1, "")
            if step.kind is not EventKind.FAILED:
                await first.handlers[ORDER_EVENT](job)
                continue
            # That it failed, and what he may do now, is told here while he orders something else there.
            await asyncio.gather(
                first.handlers[ORDER_EVENT](job),
                hear(second, "来个腾讯视频月卡", "next", chat=chat),
            )
        known = await first.database.read(lambda tx, chat=chat: chats.find_chat(tx, chat))
        assert known is not None
        assert known.conversation.draft.lines, "what was said of the next order was forgotten"


async def test_a_price_that_was_changed_at_one_is_quoted_by_the_other_at_the_next_message(
    apps: tuple[App, App],
) -> None:
    first, second = apps
    before = await hear(second, "100元话费多少钱", "before")
    dearer = made_dearer(await first.database.read(first.shop.catalog))
    await first.database.write(lambda tx: first.shop.import_catalog(tx, dearer, first.clock.now()))
    after = await hear(second, "100元话费多少钱", "after")
    assert before is not None
    assert after is not None
    assert before.reply.text != after.reply.text
    assert await second.database.read(lambda tx: second.shop.catalog(tx).version) == "dearer"


def made_dearer(catalog: Catalog) -> Catalog:
    """The same goods, each a fen dearer."""

    def dearer(sku: Sku) -> Sku:
        return replace(sku, price_fen=Fen(sku.price_fen + 1), list_price_fen=Fen(sku.list_price_fen + 1))

    products = (
        replace(product, skus=tuple(dearer(sku) for sku in product.skus)) for product in catalog.products
    )
    return Catalog.of(products, "dearer")


async def test_prices_that_change_while_they_are_read_are_not_taken_for_the_new_ones(
    apps: tuple[App, App], postgres_url: str
) -> None:
    app = apps[0]
    dearer = made_dearer(await app.database.read(app.shop.catalog))
    other = create_engine(postgres_url)
    imports: list[str] = []

    def load(tx: Tx) -> Catalog:
        def import_once(*_: object) -> None:
            if not imports:
                imports.append("in the middle")
                with other.begin() as elsewhere:
                    goods.save_catalog(elsewhere, dearer, keys_are_counted=False)

        event.listen(tx, "after_cursor_execute", import_once)
        return goods.load_catalog(tx)

    loaded = await app.database.write(load)
    other.dispose()
    assert imports
    assert loaded.version == "dearer"
    assert [sku.price_fen for sku in loaded] == [sku.price_fen for sku in dearer]


async def test_from_the_takeover_at_one_the_bot_is_silent_at_the_other(apps: tuple[App, App]) -> None:
    first, second = apps
    await hear(first, "你好", "m1")
    await second.database.write(lambda tx: second.handover.take(tx, CHAT, "小李", second.clock.now()))
    assert await hear(first, TOPUP, "m2") is None
    assert [entry.seq for entry in await first.reception.since(CHAT)] == [1, 2, 3]


async def test_of_two_colleagues_one_takes_the_chat_over(apps: tuple[App, App]) -> None:
    first, second = apps
    await hear(first, "你好", "m1")

    async def take(app: App, agent: str) -> bool:
        try:
            await app.database.write(lambda tx: app.handover.take(tx, CHAT, agent, app.clock.now()))
        except AttendedByAnother:
            return False
        return True

    took = await asyncio.gather(take(first, "小李"), take(second, "小王"))
    assert sorted(took) == [False, True]


async def test_what_staff_says_twice_is_said_once(apps: tuple[App, App]) -> None:
    await hear(apps[0], "你好", "m1")

    async def say(app: App) -> int:
        said = await app.database.write(
            lambda tx: app.handover.say(tx, CHAT, "小李", "您好", app.clock.now(), client_id="s1")
        )
        return said.seq

    assert set(await asyncio.gather(*(say(app) for app in apps * 3))) == {3}


async def test_a_question_is_not_asked_again_while_it_is_being_answered(apps: tuple[App, App]) -> None:
    first, second = apps
    for number in range(8):
        chat = ChatAddress("web", f"slow{number}")
        asked = await hear(first, "充话费", "m1", chat=chat)
        assert asked is not None

        facts: dict[str, str | int] = {"channel": "web", "chat_id": chat.chat_id, "seq": asked.seq}
        await asyncio.gather(
            first.handlers[SILENCE](Job(0, SILENCE, "", facts, None, 1, "")),
            hear(second, "100元", "m2", chat=chat),
        )
        said = [entry.outgoing for entry in await first.reception.since(chat)]
        spoken = [entry.answers if entry else "customer" for entry in said]
        assert spoken in (
            ["customer", "m1", None, "customer", "m2"],
            ["customer", "m1", "customer", "m2"],
        )


class Jolted:
    """Readers at whom the database gives the transaction up once, as it does to one of two in a deadlock."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self.lexicon = readers.lexicon
        self.jolts = 1

    def for_catalog(self, catalog: Catalog, words: ShopWords) -> Reader:
        if self.jolts:
            self.jolts -= 1
            raise OperationalError("SELECT ... FOR UPDATE", None, DeadlockDetected("two wait for each other"))
        return self._readers.for_catalog(catalog, words)


async def test_a_turn_that_the_database_gave_up_is_taken_again_instead_of_excused(
    apps: tuple[App, App],
) -> None:
    app, jolted = apps[0], Jolted(readers())
    assistant = Assistant(
        app.shop,
        jolted,  # type: ignore[arg-type]
        app.wording,
        app.policy,
        Outbox(app.jobs),
        app.jobs,
        app.handover,
        Links("https://shop.example"),
        app.own_words,
    )
    message = IncomingMessage("m1", CHAT, TOPUP, app.clock.now())
    answer = await app.database.write(lambda tx: assistant.reply_to(tx, message, app.clock.now()))
    assert jolted.jolts == 0
    assert answer is not None
    assert "99.80" in answer.reply.text
    assert [entry.seq for entry in await app.reception.since(CHAT)] == [1, 2]


async def test_many_orders_are_paid_and_delivered_once_by_two_workers(apps: tuple[App, App]) -> None:
    first, second = apps
    customers = [ChatAddress("web", f"buyer{number}") for number in range(12)]

    async def buy(app: App, other: App, chat: ChatAddress) -> None:
        await hear(app, TOPUP, "order", chat=chat)
        await hear(other, "确认", "yes", "confirm", chat)
        orders = await orders_of(app, chat)
        assert len(orders) == 1
        assert await other.pay_in_sandbox(orders[0], "alipay")

    await asyncio.gather(*(buy(apps[n % 2], apps[(n + 1) % 2], chat) for n, chat in enumerate(customers)))
    await asyncio.gather(first.worker.run_due(), second.worker.run_due())
    await first.worker.run_due()
    for chat in customers:
        (order,) = await orders_of(first, chat)
        assert customer_state(order) is CustomerState.DELIVERED
        news = [
            entry.outgoing
            for entry in await second.reception.since(chat)
            if entry.outgoing is not None and entry.outgoing.speaker is Speaker.NEWS
        ]
        assert len(news) == 2
    delivered = {**first.supplier.delivered, **second.supplier.delivered}
    assert len(delivered) == len(first.supplier.delivered) + len(second.supplier.delivered) == len(customers)
    assert await count(first, "SELECT COUNT(*) FROM jobs WHERE dead_at IS NOT NULL OR error IS NOT NULL") == 0
