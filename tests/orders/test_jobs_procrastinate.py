"""The other job engine keeps the promises of the first one: with the cause, once, in order, in spite of death."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import make_url, text

from adapters.jobs_procrastinate import ProcrastinateJobs, ProcrastinateWorker, prepare
from orders.database import POSTGRES, Database, Tx
from orders.ports import Job
from tests.orders.conftest import migrated, on_server
from tests.orders.world import POLICY

PATIENCE_SECONDS = 30
QUICK = replace(POLICY.jobs, retry_seconds=(0,), attempts_max=3)


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another connection does; there is no event to wait for."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _ready(value: bool) -> bool:
    return value


class Shop:
    """A database, its jobs, and a handler that notes what it is told to do."""

    def __init__(self, database: Database, url: str) -> None:
        self.database = database
        self.url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.jobs = ProcrastinateJobs()
        self.ran: list[str] = []
        self.fails: dict[str, int] = {}
        self.worker = ProcrastinateWorker(self.url, database, {"greet": self.greet}, QUICK)

    async def greet(self, job: Job) -> None:
        name = str(job.payload["name"])
        self.ran.append(name)
        if self.fails.get(name, 0):
            self.fails[name] -= 1
            raise RuntimeError(f"{name} is not at home")

    async def enqueue(
        self, name: str, *, key: str = "", lane: str | None = None, wait_seconds: float = 0
    ) -> None:
        at = datetime.now(UTC) + timedelta(seconds=wait_seconds)
        await self.database.write(
            lambda tx: self.jobs.enqueue(tx, "greet", key or name, {"name": name}, at, lane)
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        working = asyncio.create_task(self.worker.run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(working, PATIENCE_SECONDS)

    async def until(self, count: int) -> None:
        await eventually(lambda: _ready(len(self.ran) >= count))

    async def until_done(self) -> None:
        """Nothing waits and nothing runs any more."""
        await eventually(self._is_idle)

    async def _is_idle(self) -> bool:
        return not await self.count("status IN ('todo', 'doing')")

    async def count(self, condition: str) -> int:
        query = text(f"SELECT COUNT(*) FROM procrastinate_jobs WHERE {condition}")
        return await self.database.read(lambda tx: int(tx.execute(query).scalar_one()))


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    """A database without any table."""
    url = make_url(postgres_server).set(drivername=POSTGRES)
    name = f"empty_{secrets.token_hex(4)}"
    on_server(url, f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def shop(postgres_url: str) -> AsyncIterator[Shop]:
    database = Database.open(postgres_url)
    shop = Shop(database, postgres_url)
    await prepare(shop.url)
    yield shop
    await database.close()


async def test_a_job_is_there_exactly_if_its_cause_was_committed(shop: Shop) -> None:
    def undone(tx: Tx) -> None:
        shop.jobs.enqueue(tx, "greet", "never", {"name": "never"}, datetime.now(UTC))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await shop.database.write(undone)
    await shop.enqueue("always")
    async with shop.at_work():
        await shop.until(1)
        await shop.until_done()
    assert shop.ran == ["always"]
    assert await shop.count("true") == 0


async def test_the_same_errand_again_replaces_the_first(shop: Shop) -> None:
    await shop.enqueue("early", key="k")
    await shop.enqueue("late", key="k")
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["late"]


async def test_two_that_write_the_same_errand_at_once_write_it_once(shop: Shop) -> None:
    await asyncio.gather(*(shop.enqueue(f"n{number}", key="k") for number in range(8)))
    assert await shop.count("queueing_lock = 'k'") == 1


async def test_an_errand_that_became_needless_is_forgotten(shop: Shop) -> None:
    await shop.enqueue("gone", key="k")
    await shop.database.write(lambda tx: shop.jobs.cancel(tx, "k"))
    assert await shop.database.read(lambda tx: shop.jobs.missing(tx, ["k"])) == {"k"}


async def test_nothing_runs_before_its_time(shop: Shop) -> None:
    await shop.enqueue("tomorrow", wait_seconds=86_400)
    await shop.enqueue("today")
    async with shop.at_work():
        await shop.until(1)
    assert shop.ran == ["today"]
    assert await shop.database.read(lambda tx: shop.jobs.missing(tx, ["today", "tomorrow"])) == {"today"}


async def test_a_lane_keeps_its_order_also_while_its_first_is_tried_again(shop: Shop) -> None:
    shop.fails["a1"] = 2
    for name in ("a1", "a2", "a3"):
        await shop.enqueue(name, lane="a")
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["a1", "a1", "a1", "a2", "a3"]


async def test_what_fails_too_often_is_kept_for_a_person_with_its_error(shop: Shop) -> None:
    shop.fails["ann"] = 99
    await shop.enqueue("ann")
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["ann"] * QUICK.attempts_max
    assert await shop.database.read(shop.jobs.dead) == (("ann", "RuntimeError: ann is not at home"),)
    assert await shop.database.read(lambda tx: shop.jobs.missing(tx, ["ann"])) == {"ann"}


async def test_what_was_given_up_can_be_tried_again_from_the_first_try_on(shop: Shop) -> None:
    shop.fails["ann"] = QUICK.attempts_max
    await shop.enqueue("ann")
    async with shop.at_work():
        await shop.until_done()
        assert await shop.database.write(lambda tx: shop.jobs.revive(tx, "ann", datetime.now(UTC)))
        await shop.until_done()
    assert shop.ran == ["ann"] * (QUICK.attempts_max + 1)
    assert await shop.database.read(shop.jobs.dead) == ()
    assert not await shop.database.write(lambda tx: shop.jobs.revive(tx, "ann", datetime.now(UTC)))


async def test_a_failed_job_that_was_written_anew_leaves_the_work_to_the_newer(shop: Shop) -> None:
    shop.fails["old"] = 1

    async def greet(job: Job) -> None:
        if not shop.ran:
            await shop.enqueue("new", key="k")
        await shop.greet(job)

    shop.worker = ProcrastinateWorker(shop.url, shop.database, {"greet": greet}, QUICK)
    await shop.enqueue("old", key="k")
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["old", "new"]


DIE = """
    WITH worker AS (
        INSERT INTO procrastinate_workers (last_heartbeat) VALUES (NOW() - INTERVAL '1 hour') RETURNING id
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM worker)
"""


async def test_how_far_the_work_lags_behind_is_told(shop: Shop) -> None:
    shop.fails["ann"] = 99
    await shop.enqueue("ann")
    async with shop.at_work():
        await shop.until_done()
    await shop.enqueue("late", wait_seconds=-300)
    await shop.enqueue("tomorrow", wait_seconds=86_400)
    lag = await shop.database.read(lambda tx: shop.jobs.lag(tx, datetime.now(UTC)))
    assert (lag.written, lag.given_up) == (2, 1)
    assert 299 <= lag.late.total_seconds() <= 330


async def test_what_a_dead_worker_held_is_taken_up(shop: Shop) -> None:
    await shop.enqueue("orphan")
    await shop.database.write(lambda tx: tx.execute(text(DIE)))
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["orphan"]


async def test_what_a_dead_worker_held_and_was_written_anew_runs_once(shop: Shop) -> None:
    await shop.enqueue("orphan", key="k")
    await shop.database.write(lambda tx: tx.execute(text(DIE)))
    await shop.enqueue("newer", key="k")
    async with shop.at_work():
        await shop.until_done()
    assert shop.ran == ["newer"]


async def test_two_workers_that_find_the_same_dead_one_do_not_lose_its_job(shop: Shop) -> None:
    other = ProcrastinateWorker(shop.url, shop.database, {"greet": shop.greet}, QUICK)
    await shop.enqueue("orphan")
    await shop.database.write(lambda tx: tx.execute(text(DIE)))
    async with shop.worker.opened(), other.opened():
        await asyncio.gather(*(worker.take_up() for worker in (shop.worker, other) * 3))
    assert await shop.count("status = 'todo' AND queueing_lock = 'orphan'") == 1


async def test_a_job_that_became_needless_while_it_ran_is_not_tried_again(shop: Shop) -> None:
    shop.fails["gone"] = 1

    async def greet(job: Job) -> None:
        await shop.database.write(lambda tx: shop.jobs.cancel(tx, "gone"))
        await shop.greet(job)

    shop.worker = ProcrastinateWorker(shop.url, shop.database, {"greet": greet}, QUICK)
    await shop.enqueue("gone")
    async with shop.at_work():
        await shop.until(1)
        await shop.until_done()
    assert shop.ran == ["gone"]


async def test_processes_that_start_at_once_make_the_tables_once(empty_url: str) -> None:
    url = make_url(empty_url).set(drivername="postgresql").render_as_string(hide_password=False)
    await asyncio.gather(*(prepare(url) for _ in range(6)))
    await asyncio.gather(*(migrated(empty_url) for _ in range(4)))
    database = Database.open(empty_url)
    try:
        await database.check()
        assert await database.read(ProcrastinateJobs().dead) == ()
    finally:
        await database.close()
