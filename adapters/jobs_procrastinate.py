"""Due work by procrastinate, for shops on PostgreSQL that outgrow one process.

A job is deferred in the transaction of its cause, by procrastinate's own function: it is there exactly if that
was committed. procrastinate fetches, locks lanes, waits between tries, and knows whose worker is dead.
(https://procrastinate.readthedocs.io)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as TheirJob
from procrastinate.schema import SchemaManager

from orders.database import Database, Tx
from orders.policy import JobPolicy
from orders.ports import Job, Lag, Payload

log = structlog.get_logger(__name__)

QUEUE = "shop"
AT_ONCE = 8
POLL_SECONDS = 1.0
STALLED_LOOK_SECONDS = 10.0
DEAD_AFTER_SECONDS = 30.0
"""A worker that gave no sign for so long is dead; procrastinate's workers give one every ten seconds."""

ERROR_LENGTH_MAX = 500

JobHandler = Callable[[Job], Awaitable[None]]

# Two transactions that write the same errand down queue here, instead of one failing on the other's row.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7261052))"
_FORGET = "DELETE FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'"
_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%s, %s, 0, %s, %s, %s::jsonb, %s::timestamptz)"
    "::procrastinate_job_to_defer_v1])"
)
_ALIVE = "SELECT queueing_lock FROM procrastinate_jobs WHERE queueing_lock = ANY(%s) AND status IN ('todo', 'doing')"
_DEAD = "SELECT queueing_lock, args->>'error' FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id LIMIT 500"
_NOTE_ERROR = (
    "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('error', %s::text) WHERE id = %s"
)
_REPLACED = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'"
_IS_PREPARED = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"
_LAG = (
    "SELECT COUNT(*) FILTER (WHERE status <> 'failed'), COUNT(*) FILTER (WHERE status = 'failed'), "
    "MIN(COALESCE(scheduled_at, NOW())) FILTER (WHERE status = 'todo' AND COALESCE(scheduled_at, NOW()) <= %s) "
    "FROM procrastinate_jobs"
)


class ProcrastinateJobs:
    """`Jobs`, written into procrastinate's tables by whoever holds the transaction."""

    def enqueue(
        self, tx: Tx, kind: str, key: str, payload: Payload, run_at: datetime, lane: str | None = None
    ) -> None:
        """See `orders.ports.Jobs`. A job that runs right now is not stopped; it runs once more."""
        args = json.dumps({"payload": dict(payload)}, ensure_ascii=False)
        self.cancel(tx, key)
        tx.exec_driver_sql(_DEFER, (QUEUE, kind, lane, key, args, run_at.astimezone(UTC)))

    def cancel(self, tx: Tx, key: str) -> None:
        tx.exec_driver_sql(_ONE_AT_A_TIME, (key,))
        tx.exec_driver_sql(_FORGET, (key,))

    def missing(self, tx: Tx, keys: Sequence[str]) -> frozenset[str]:
        if not keys:
            return frozenset()
        alive = {row[0] for row in tx.exec_driver_sql(_ALIVE, (list(keys),))}
        return frozenset(keys) - alive

    def dead(self, tx: Tx) -> tuple[tuple[str, str], ...]:
        return tuple((row[0], row[1] or "") for row in tx.exec_driver_sql(_DEAD))

    def lag(self, tx: Tx, now: datetime) -> Lag:
        written, given_up, oldest = tx.exec_driver_sql(_LAG, (now.astimezone(UTC),)).one()
        return Lag(written, given_up, now - oldest if oldest is not None else timedelta())


async def prepare(url: str) -> None:
    """Make procrastinate's tables where they are not there yet. `url`: as libpq reads it."""
    connector = PsycopgConnector(conninfo=url, min_size=1, max_size=1)
    app = App(connector=connector)
    async with app.open_async():
        there = await connector.execute_query_one_async(_IS_PREPARED)
        if not there["there"]:
            await SchemaManager(connector).apply_schema_async()


class _Patience(BaseRetryStrategy):
    """Waits between tries as the shop's policy says."""

    def __init__(self, policy: JobPolicy) -> None:
        self._policy = policy

    def get_retry_decision(self, *, exception: BaseException, job: TheirJob) -> RetryDecision | None:
        begun = job.attempts + 1
        if begun >= self._policy.attempts_max:
            return None
        waits = self._policy.retry_seconds
        seconds = float(waits[min(begun, len(waits)) - 1])
        # A platform that says when to come again is not asked before.
        asked_to_wait = getattr(exception, "retry_after_seconds", None) or 0
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=max(seconds, asked_to_wait)))


class ProcrastinateWorker:
    """Does the due work of one process: fetches, runs, tries again, and takes up what dead workers held."""

    def __init__(
        self,
        url: str,
        database: Database,
        handlers: Mapping[str, JobHandler],
        policy: JobPolicy,
    ) -> None:
        """`url`: of the shop's database, as libpq reads it. Its tables must be there (`prepare`)."""
        self._database = database
        self._app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        for kind, handler in handlers.items():
            task = self._running(handler)
            self._app.task(name=kind, queue=QUEUE, pass_context=True, retry=_Patience(policy))(task)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what was begun come to its end."""
        async with self._app.open_async():
            working = asyncio.create_task(
                self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=AT_ONCE,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                )
            )
            sweeping = asyncio.create_task(self._keep_taking_up(stop))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in (working, sweeping, stopping):
                task.cancel()
            ended = await asyncio.gather(working, sweeping, stopping, return_exceptions=True)
        fallen = ended[0]
        if isinstance(fallen, Exception):
            # Without its worker a shop takes money and delivers nothing: that must be seen from outside.
            raise fallen

    async def take_up(self) -> int:
        """Have the jobs of dead workers run again. Returns how many there were."""
        stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
        taken = 0
        for job in stalled:
            try:
                await self._app.job_manager.retry_job(job)
            except ConnectorException:
                # Written down anew while its worker died: the newer one does the work.
                await self._forget(job)
            taken += 1
        if taken:
            log.warning("took up the jobs of dead workers", count=taken)
        return taken

    async def _forget(self, job: TheirJob) -> None:
        await self._database.write(
            lambda tx: tx.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE id = %s", (job.id,))
        )

    async def _keep_taking_up(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.take_up()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), STALLED_LOOK_SECONDS)

    def _running(self, handler: JobHandler) -> Callable[..., Awaitable[None]]:
        async def run(context: JobContext, payload: dict[str, str | int], error: str = "") -> None:
            del error
            theirs = context.job
            assert theirs.id is not None
            job = Job(
                theirs.id,
                theirs.task_name,
                theirs.queueing_lock or "",
                payload,
                theirs.lock,
                theirs.attempts + 1,
                "",
            )
            try:
                await handler(job)
            except Exception as failure:
                text = f"{type(failure).__name__}: {failure}"[:ERROR_LENGTH_MAX]
                log.warning("job failed", kind=job.kind, key=job.key, attempts=job.attempts, error=text)
                if await self._database.write(lambda tx: _is_replaced(tx, job, text)):
                    return
                raise

        return run


def _is_replaced(tx: Tx, job: Job, error: str) -> bool:
    """Keep the error with the job. True where the same errand was written down anew meanwhile: that one
    does the work, and two that wait would be one too many."""
    tx.exec_driver_sql(_NOTE_ERROR, (error, job.job_id))
    return tx.exec_driver_sql(_REPLACED, (job.key,)).first() is not None
