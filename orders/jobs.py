"""The embedded job engine: a table in the same database, so that work and cause commit together.

A job is a hint; its handler reads the state again. `run_at` is also the end of the lease: a job
whose worker vanished becomes due by itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, delete, func, or_, select, text, update

from orders.database import Tx
from orders.policy import JobPolicy
from orders.ports import Job, Lag, Payload
from orders.store.instants import moment, stamp
from orders.store.prepared import Prepared
from orders.tables import jobs

_ENQUEUE = Prepared(
    text(
        "INSERT INTO jobs (key, kind, lane, payload, run_at, attempts) "
        "VALUES (:key, :kind, :lane, :payload, :run_at, 0) "
        # A worker that is running the job now has read an older state: its lease is taken away, so
        # that its `finish` deletes nothing and the job runs once more.
        "ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, lane = excluded.lane, "
        "payload = excluded.payload, run_at = excluded.run_at, attempts = 0, lease = NULL, "
        "error = NULL, dead_at = NULL"
    )
)
_CANCEL = Prepared(delete(jobs).where(jobs.c.key == bindparam("b_key")))

_ahead = jobs.alias("ahead")
# In a lane only the first may run, also while it waits for another try.
_FIRST_IN_LANE = or_(
    jobs.c.lane.is_(None),
    ~select(_ahead.c.job_id)
    .where(_ahead.c.lane == jobs.c.lane, _ahead.c.job_id < jobs.c.job_id, _ahead.c.dead_at.is_(None))
    .exists(),
)
_DUE = Prepared(
    select(jobs.c.job_id, jobs.c.kind, jobs.c.key, jobs.c.payload, jobs.c.lane, jobs.c.attempts)
    .where(jobs.c.dead_at.is_(None), jobs.c.run_at <= bindparam("b_now"), _FIRST_IN_LANE)
    .order_by(jobs.c.run_at, jobs.c.job_id)
    .limit(bindparam("b_limit"))
    # Several workers on PostgreSQL pass over each other's rows; SQLite has one writer anyway.
    .with_for_update(skip_locked=True, of=jobs)
)
_NEXT = Prepared(
    select(jobs.c.run_at).where(jobs.c.dead_at.is_(None), _FIRST_IN_LANE).order_by(jobs.c.run_at).limit(1)
)
_CLAIM = (
    update(jobs)
    .where(jobs.c.job_id.in_(bindparam("b_ids", expanding=True)))
    .values(lease=bindparam("b_lease"), run_at=bindparam("b_until"), attempts=jobs.c.attempts + 1)
)
_HELD = and_(jobs.c.job_id == bindparam("b_id"), jobs.c.lease == bindparam("b_lease"))
_FINISH = Prepared(delete(jobs).where(_HELD))
_RETRY = Prepared(
    update(jobs)
    .where(_HELD)
    .values(run_at=bindparam("b_at"), lease=None, error=bindparam("b_error"), dead_at=bindparam("b_dead"))
)
_RENEW = Prepared(update(jobs).where(_HELD).values(run_at=bindparam("b_until")))
_TAKE_BACK = Prepared(
    update(jobs).where(jobs.c.lease.is_not(None)).values(run_at=bindparam("b_now"), lease=None)
)
_ALIVE = select(jobs.c.key).where(
    jobs.c.key.in_(bindparam("b_keys", expanding=True)), jobs.c.dead_at.is_(None)
)
_DEAD = Prepared(select(jobs.c.key, jobs.c.error).where(jobs.c.dead_at.is_not(None)).order_by(jobs.c.dead_at))

_REVIVE = Prepared(
    update(jobs)
    .where(jobs.c.key == bindparam("b_key"), jobs.c.dead_at.is_not(None))
    .values(dead_at=None, attempts=0, lease=None, run_at=bindparam("n_run_at"))
)
_LAG = Prepared(
    select(
        func.count(),
        func.count(jobs.c.dead_at),
        func.min(case((and_(jobs.c.dead_at.is_(None), jobs.c.run_at <= bindparam("b_now")), jobs.c.run_at))),
    )
)

ERROR_LENGTH_MAX = 500


class EmbeddedJobs:
    """`Jobs` on the shop's own database, and the worker's side of it."""

    def __init__(self, policy: JobPolicy) -> None:
        self._policy = policy

    def enqueue(
        self, tx: Tx, kind: str, key: str, payload: Payload, run_at: datetime, lane: str | None = None
    ) -> None:
        written = json.dumps(dict(payload), ensure_ascii=False, separators=(",", ":"))
        _ENQUEUE(tx, {"key": key, "kind": kind, "lane": lane, "payload": written, "run_at": stamp(run_at)})

    def cancel(self, tx: Tx, key: str) -> None:
        _CANCEL(tx, {"b_key": key})

    def claim_due(self, tx: Tx, now: datetime, limit: int) -> tuple[Job, ...]:
        """Take up to `limit` due jobs, for as long as a lease lasts."""
        rows = _DUE(tx, {"b_now": stamp(now), "b_limit": limit}).all()
        if not rows:
            return ()
        lease = secrets.token_hex(8)
        until = now + timedelta(seconds=self._policy.lease_seconds)
        ids = [row.job_id for row in rows]
        tx.execute(_CLAIM, {"b_ids": ids, "b_lease": lease, "b_until": stamp(until)})
        return tuple(
            Job(row.job_id, row.kind, row.key, json.loads(row.payload), row.lane, row.attempts + 1, lease)
            for row in rows
        )

    def finish(self, tx: Tx, job: Job) -> bool:
        """The job is done. False when it is not ours any more: it will run again."""
        return _FINISH(tx, {"b_id": job.job_id, "b_lease": job.lease}).rowcount == 1

    def fail(
        self, tx: Tx, job: Job, error: str, now: datetime, *, wait_at_least: timedelta = timedelta(0)
    ) -> bool:
        """Try again later, not before `wait_at_least`; after the last try keep it for a person. True
        when it was the last."""
        dead = job.attempts >= self._policy.attempts_max
        waits: Sequence[int] = self._policy.retry_seconds
        wait = max(wait_at_least, timedelta(seconds=waits[min(job.attempts, len(waits)) - 1]))
        _RETRY(
            tx,
            {
                "b_id": job.job_id,
                "b_lease": job.lease,
                "b_at": stamp(now + wait),
                "b_error": error[:ERROR_LENGTH_MAX],
                "b_dead": stamp(now) if dead else None,
            },
        )
        return dead

    def renew(self, tx: Tx, job: Job, now: datetime) -> bool:
        """Hold the job for another lease; False when somebody else has it already."""
        until = now + timedelta(seconds=self._policy.lease_seconds)
        parameters = {"b_id": job.job_id, "b_lease": job.lease, "b_until": stamp(until)}
        return _RENEW(tx, parameters).rowcount == 1

    def take_back(self, tx: Tx, now: datetime) -> int:
        """Free every job that is held. Only where no other worker can be alive: on a file that one
        process serves, whatever is held at its start was held by a process that died."""
        return _TAKE_BACK(tx, {"b_now": stamp(now)}).rowcount

    def next_due(self, tx: Tx) -> datetime | None:
        """When the next job that may run becomes due; None when there is nothing to wait for."""
        at: int | None = _NEXT(tx).scalar()
        return moment(at)

    def revive(self, tx: Tx, key: str, now: datetime) -> bool:
        """Try a job once more that was given up."""
        return _REVIVE(tx, {"b_key": key, "n_run_at": stamp(now)}).rowcount == 1

    def lag(self, tx: Tx, now: datetime) -> Lag:
        """Whether somebody works."""
        written, given_up, oldest = _LAG(tx, {"b_now": stamp(now)}).one()
        return Lag(written, given_up, now - moment(oldest) if oldest is not None else timedelta())

    def missing(self, tx: Tx, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` for which nothing is going to be done."""
        if not keys:
            return frozenset()
        alive = tx.execute(_ALIVE, {"b_keys": list(keys)}).scalars()
        return frozenset(keys) - frozenset(alive)

    def dead(self, tx: Tx) -> tuple[tuple[str, str], ...]:
        """Key and last error of each job that was given up."""
        return tuple((row.key, row.error or "") for row in _DEAD(tx))
