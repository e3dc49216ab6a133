"""One shop as two processes that serve and two that work, over one PostgreSQL that goes away for a while.

Everything is real but the money and the goods: processes, sockets, signals, the database server. One test tells
one long day, because to start four processes takes longer than all that is done with them.
"""

from __future__ import annotations

import json
import signal
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from websockets.sync.client import ClientConnection, connect

from orders.catalog_file import read_catalog
from orders.database import POSTGRES, Database
from orders.store import goods
from tests.bot.deployment import DATA, PATIENCE_SECONDS, Browser, Deployment, Process, browser, wait_until
from tests.orders.conftest import on_server, server_of_the_wheel

TWICE = {
    "embedded": "SELECT key FROM jobs GROUP BY key HAVING COUNT(*) > 1",
    "procrastinate": "SELECT queueing_lock FROM procrastinate_jobs GROUP BY queueing_lock HAVING COUNT(*) > 1",
}
HELD = {
    "embedded": "SELECT COUNT(*) FROM jobs WHERE lease IS NOT NULL",
    "procrastinate": "SELECT COUNT(*) FROM procrastinate_jobs WHERE status = 'doing'",
}
TOPUP = "帮我充100元话费到13800138000"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with server_of_the_wheel() as server:
        yield server


@pytest.fixture(params=["embedded", "procrastinate"])
def shop(request: pytest.FixtureRequest, server: Any, tmp_path: Path) -> Iterator[Deployment]:
    engine: str = request.param
    url = make_url(server.get_uri()).set(drivername=POSTGRES)
    on_server(url, f"CREATE DATABASE {engine}")
    made = url.set(database=engine).render_as_string(hide_password=False)
    deployment = Deployment(tmp_path, made, engine)
    deployment.prepare()
    try:
        yield deployment
    finally:
        deployment.close()


async def test_a_shop_of_several_processes_is_one_shop(shop: Deployment, server: Any) -> None:
    # All at once, on a database that has no table yet.
    first, second = shop.serve(), shop.serve()
    worker, other_worker = shop.work(), shop.work()
    for process in (first, second):
        wait_until(lambda process=process: process.asked("/healthz") == 200, f"see {process.log}")
    assert first.asked("/readyz") == 503, "there is nothing to sell"
    assert shop.rows(TWICE[shop.engine]) == [], "timed work was written down once for each process"
    await import_goods(shop)
    assert (first.asked("/readyz"), second.asked("/readyz")) == (200, 200)

    with browser() as customer, browser() as staff:
        customer.enter(first)
        buys_at_one_and_pays_at_the_other(shop, customer, first, second)
        says_much_at_once_to_both(customer, first, second)
        staff_takes_over_at_the_other(customer, staff, first, second)
        the_server_goes_away(shop, customer, first, second, server)
        a_worker_is_killed(shop, customer, first, second, worker, other_worker)
        a_worker_is_told_to_stop(shop, customer, first, other_worker)
    the_doctor_finds_it_well(shop)
    for process in (first, second):
        process.send(signal.SIGTERM)
        assert process.ended() == 0, f"see {process.log}"
        assert "shop closed" in process.log.read_text("utf-8")
    logs = [process.log.read_text("utf-8") for process in (first, second, other_worker)]
    assert not any("Traceback" in log and "OperationalError" not in log for log in logs)


async def import_goods(shop: Deployment) -> None:
    database = Database.open(shop.url)
    catalog = read_catalog(DATA / "catalog" / "demo.csv")
    await database.write(lambda tx: goods.save_catalog(tx, catalog, keys_are_counted=False))
    await database.close()


def buys_at_one_and_pays_at_the_other(
    shop: Deployment, customer: Browser, first: Process, second: Process
) -> None:
    answer = customer.say(first, TOPUP, "message-0001")[-1]
    assert customer.say(second, TOPUP, "message-0001")[-1] == answer, "the same message, the same answer"
    with open_chat(customer, first) as socket:
        customer.pay(second, answer["pay_url"])
        news = hear_until(socket, "已到账")
    assert sum(entry["who"] == "news" for entry in news) == 2, "paid and delivered, each told once"
    assert list(customer.chat(second)["orders"].values()) == ["delivered"]
    assert len(shop.taken_on()) == 1


@contextmanager
def open_chat(customer: Browser, process: Process) -> Iterator[ClientConnection]:
    """The chat page stays open at `process`."""
    headers = {"Cookie": customer.cookie}
    address = f"{process.address.replace('http', 'ws')}/chat/ws?after=0"
    with connect(address, origin=process.address, additional_headers=headers, proxy=None) as socket:  # type: ignore[arg-type]
        yield socket


def hear_until(socket: ClientConnection, words: str) -> list[dict[str, Any]]:
    """What the open page is told, to the message with these words."""
    heard: list[dict[str, Any]] = []
    while not any(words in entry["text"] for entry in heard):
        heard += json.loads(socket.recv(timeout=PATIENCE_SECONDS)).get("entries", [])
    return heard


def says_much_at_once_to_both(customer: Browser, first: Process, second: Process) -> None:
    before = len(customer.chat(first)["entries"])
    ids = [f"hurried-{number:04}" for number in range(6)]

    def say(process: Process, message_id: str) -> None:
        customer.say(process, "100元话费多少钱", message_id)

    with ThreadPoolExecutor(8) as hands:
        said = [hands.submit(say, process, one) for one in ids for process in (first, second)]
        for one in said:
            one.result()
    entries = customer.chat(second)["entries"]
    assert entries == customer.chat(first)["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, before + 2 * len(ids) + 1))
    assert [entry["who"] for entry in entries[before:]] == ["customer", "bot"] * len(ids)


def staff_takes_over_at_the_other(customer: Browser, staff: Browser, first: Process, second: Process) -> None:
    staff.enter(second)
    staff.log_in(second, "小李")
    chat_id = chat_of(customer)
    assert staff.act(second, "take", channel="web", chat_id=chat_id).status_code == 200
    assert customer.say(first, "在吗", "to-a-person")[-1]["who"] == "customer", "the bot spoke on"
    # The login at one is good at the other.
    assert staff.act(first, "release", channel="web", chat_id=chat_id).status_code == 200
    assert customer.say(second, "100元话费多少钱", "to-the-bot")[-1]["who"] == "bot"


def chat_of(customer: Browser) -> str:
    """The id of the customer's chat is in his cookie, signed and readable."""
    signed = next(cookie.value or "" for cookie in customer.client.cookies.jar if cookie.name == "xiadan")
    text = signed.split(".")[0]
    return str(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def the_server_goes_away(
    shop: Deployment, customer: Browser, first: Process, second: Process, server: Any
) -> None:
    server.stop()
    assert (first.asked("/readyz"), second.asked("/readyz")) == (503, 503)
    assert first.asked("/healthz") == 200
    said = {"type": "say", "id": "into-the-dark", "text": TOPUP}
    refused = customer.post(first, "/chat/say", json=said, headers={"x-form-token": customer.form_token})
    assert refused.status_code >= 500
    server.ensure_postgres_running()
    assert (first.asked("/readyz"), second.asked("/readyz")) == (200, 200)
    # The page says again what was not heard.
    answer = customer.say(second, TOPUP, "into-the-dark")[-1]
    customer.pay(first, answer["pay_url"])
    wait_until(lambda: is_delivered(customer, second, 2), "the workers did not come back")
    assert len(shop.taken_on()) == 2
    assert all(process.popen.poll() is None for process in shop.processes)


def is_delivered(customer: Browser, process: Process, orders: int) -> bool:
    """All of them are, and were told so: then no worker has anything left to do."""
    chat = customer.chat(process)
    told = sum(entry["who"] == "news" and "已到账" in entry["text"] for entry in chat["entries"])
    return (list(chat["orders"].values()), told) == (["delivered"] * orders, orders)


def a_worker_is_killed(
    shop: Deployment, customer: Browser, first: Process, second: Process, worker: Process, other: Process
) -> None:
    """It holds the job, and has begun: its transaction waits for a row that we hold."""
    with held_in_the_middle(shop, customer, first, worker, idle=other):
        worker.send(signal.SIGKILL)
        worker.ended()
    other.send(signal.SIGCONT)
    wait_until(lambda: is_delivered(customer, second, 3), "nobody took up what the dead worker held")
    assert len(shop.taken_on()) == 3


def a_worker_is_told_to_stop(shop: Deployment, customer: Browser, first: Process, worker: Process) -> None:
    with held_in_the_middle(shop, customer, first, worker):
        worker.send(signal.SIGTERM)
        with pytest.raises(TimeoutExpired):
            worker.popen.wait(timeout=0.5)
    assert worker.ended() == 0, f"see {worker.log}"
    # What it had begun came to its end, and nothing is held that nobody does.
    assert len(shop.taken_on()) == 4
    assert shop.rows(HELD[shop.engine]) == [(0,)]


@contextmanager
def held_in_the_middle(
    shop: Deployment, customer: Browser, first: Process, worker: Process, idle: Process | None = None
) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """`worker` is in the middle of delivering an order that was just paid, for as long as this lasts."""
    shop.freeze(*(one for one in (worker, idle) if one is not None))
    answer = customer.say(first, TOPUP, f"message-{worker.popen.pid}")[-1]
    customer.pay(first, answer["pay_url"])
    with shop.connect() as ours:
        ours.execute("SELECT order_no FROM orders ORDER BY created_at DESC LIMIT 1 FOR UPDATE")
        worker.send(signal.SIGCONT)
        waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: shop.rows(waiting) != [(0,)], f"the worker began nothing; see {worker.log}")
        yield ours
        ours.rollback()


def the_doctor_finds_it_well(shop: Deployment) -> None:
    said = shop.command("doctor")
    assert said.returncode == 0, said.stdout + said.stderr
    for what in ("settings", "database", "durability", "jobs", "books"):
        assert f"well     {what}:" in said.stdout
