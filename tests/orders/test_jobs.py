"""Work that is written down with its cause, done at least once, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from orders.database import Database, Tx
from orders.jobs import EmbeddedJobs
from orders.ports import Job
from tests.orders.world import POLICY, START

JOBS = EmbeddedJobs(POLICY.jobs)
LEASE = timedelta(seconds=POLICY.jobs.lease_seconds)


async def enqueue(database: Database, key: str, at: datetime = START, lane: str | None = None) -> None:
    await database.write(lambda tx: JOBS.enqueue(tx, "kind", key, {"key": key, "n": 7}, at, lane))


async def claim(database: Database, now: datetime = START, limit: int = 10) -> list[Job]:
    return list(await database.write(lambda tx: JOBS.claim_due(tx, now, limit)))


async def finish(database: Database, job: Job) -> bool:
    return await database.write(lambda tx: JOBS.finish(tx, job))


async def test_a_job_is_done_once_and_gone(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    assert (job.kind, job.key, job.payload, job.attempts) == ("kind", "a", {"key": "a", "n": 7}, 1)
    assert await claim(database) == []
    assert await finish(database, job)
    assert await database.read(JOBS.next_due) is None


async def test_a_rollback_takes_the_job_along(database: Database) -> None:
    def half(tx: Tx) -> None:
        JOBS.enqueue(tx, "kind", "a", {}, START)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)
    assert await claim(database) == []


async def test_a_job_waits_for_its_time_and_the_earliest_goes_first(database: Database) -> None:
    for minutes in (3, 1, 2):
        await enqueue(database, f"in {minutes}", START + timedelta(minutes=minutes))
    assert await claim(database) == []
    assert await database.read(JOBS.next_due) == START + timedelta(minutes=1)
    due = await claim(database, START + timedelta(minutes=3), limit=2)
    assert [job.key for job in due] == ["in 1", "in 2"]


async def test_a_cancelled_job_is_not_done(database: Database) -> None:
    await enqueue(database, "a")
    await database.write(lambda tx: JOBS.cancel(tx, "a"))
    await database.write(lambda tx: JOBS.cancel(tx, "never was"))
    assert await claim(database) == []


async def test_the_same_key_again_is_one_job_at_the_new_time(database: Database) -> None:
    await enqueue(database, "a")
    await enqueue(database, "a", START + timedelta(minutes=5))
    assert await claim(database) == []
    assert len(await claim(database, START + timedelta(minutes=5))) == 1


async def test_a_hint_that_comes_while_the_job_runs_is_not_swallowed(database: Database) -> None:
    await enqueue(database, "a")
    (running,) = await claim(database)
    await enqueue(database, "a")
    assert not await finish(database, running)
    assert len(await claim(database)) == 1


async def test_a_job_whose_worker_vanished_is_taken_up_again(database: Database) -> None:
    await enqueue(database, "a")
    (lost,) = await claim(database)
    assert await claim(database, START + LEASE - timedelta(seconds=1)) == []
    (again,) = await claim(database, START + LEASE)
    assert again.attempts == 2
    assert not await finish(database, lost)
    assert await finish(database, again)


async def test_a_lease_can_be_renewed_as_long_as_it_is_held(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    assert await database.write(lambda tx: JOBS.renew(tx, job, START + LEASE / 2))
    assert await claim(database, START + LEASE) == []
    assert len(await claim(database, START + LEASE * 2)) == 1
    assert not await database.write(lambda tx: JOBS.renew(tx, job, START + LEASE * 2))


async def test_a_failed_job_is_tried_later_and_later_and_then_left_to_a_person(database: Database) -> None:
    await enqueue(database, "a")
    now, waits = START, []
    for number in range(POLICY.jobs.attempts_max):
        (job,) = await claim(database, now)
        dead = await database.write(lambda tx, job=job, now=now: JOBS.fail(tx, job, "it rained", now))  # type: ignore[misc]
        assert dead is (number == POLICY.jobs.attempts_max - 1)
        if not dead:
            due = await database.read(JOBS.next_due)
            assert due is not None
            waits.append((due - now).total_seconds())
            now = due
    assert waits[:6] == [1, 5, 15, 60, 300, 900]
    assert set(waits[6:]) == {900}
    assert await database.read(JOBS.next_due) is None
    assert await database.read(JOBS.dead) == (("a", "it rained"),)


async def test_a_lane_is_done_in_order_even_while_its_first_fails(database: Database) -> None:
    for key in ("1", "2", "3"):
        await enqueue(database, key, lane="chat")
    await enqueue(database, "other", lane="another chat")
    begun = await claim(database)
    assert [job.key for job in begun] == ["1", "other"]
    await database.write(lambda tx: JOBS.fail(tx, begun[0], "busy", START))
    assert await claim(database) == []
    # Nothing of the lane can run before the first is due again, so that is what is next.
    assert await database.read(JOBS.next_due) == START + timedelta(seconds=1)
    (first,) = await claim(database, START + timedelta(seconds=1))
    assert first.key == "1"
    await finish(database, first)
    assert [job.key for job in await claim(database)] == ["2"]


async def test_a_dead_job_does_not_block_its_lane(database: Database) -> None:
    await enqueue(database, "1", lane="chat")
    await enqueue(database, "2", lane="chat")
    (job,) = await claim(database)
    last = replace(job, attempts=POLICY.jobs.attempts_max)
    await database.write(lambda tx: JOBS.fail(tx, last, "gone", START))
    assert [job.key for job in await claim(database)] == ["2"]
