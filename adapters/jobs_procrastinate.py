"""Due work by procrastinate, for shops on PostgreSQL that outgrow one process.

A job is deferred in the transaction of its cause, by procrastinate's own function: it is there exactly if that
was committed. procrastinate fetches, locks lanes, waits between tries, and knows whose worker is dead.
(https://procrastinate.readthedocs.io)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as TheirJob
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection

from orders.database import Database, Tx
from orders.policy import JobPolicy
from orders.ports import Job, Lag, Payload

log = structlog.get_logger(__name__)

QUEUE = "shop"
AT_ONCE = 8
POLL_SECONDS = 1.0
SIGNS_BEFORE_DEATH = 3
"""A worker that left out so many signs of life in a row is dead."""

DEAD_AFTER_SECONDS_MAX = 30.0
AWAY_PAUSE_SECONDS = 1.0

ERROR_LENGTH_MAX = 500

JobHandler = Callable[[Job], Awaitable[None]]

# Two transactions that write the same errand down queue here, instead of one failing on the other's row.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7261052))"
# What waits is taken away; what runs now has read an older state, and is not tried again should it fail.
_FORGET = (
    "WITH waiting AS (DELETE FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo') "
    "UPDATE procrastinate_jobs SET args = args || '{\"replaced\": true}' "
    "WHERE worker_id IS NOT NULL AND status = 'doing' AND queueing_lock = %s"
)
_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%s, %s, 0, %s, %s, %s::jsonb, %s::timestamptz)"
    "::procrastinate_job_to_defer_v1])"
)
_ALIVE = "SELECT queueing_lock FROM procrastinate_jobs WHERE queueing_lock = ANY(%s) AND status IN ('todo', 'doing')"
_DEAD = "SELECT queueing_lock, args->>'error' FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id LIMIT 500"
_NOTE_ERROR = (
    "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('error', %s::text) WHERE id = %s "
    "RETURNING args ? 'replaced'"
)
_FORGET_REPLACED = "DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND args ? 'replaced' RETURNING id"
_ONE_MAKER = "SELECT pg_advisory_xact_lock(7261053)"
_IS_PREPARED = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
# One that was written anew, or that died later, is the one that counts.
_FORGET_OLDER_DEAD = (
    "DELETE FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'failed' AND id < "
    "(SELECT MAX(id) FROM procrastinate_jobs WHERE queueing_lock = %s)"
)
_REVIVE = (
    "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = %s "
    "WHERE queueing_lock = %s AND status = 'failed'"
)
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
        tx.exec_driver_sql(_FORGET, (key, key))

    def missing(self, tx: Tx, keys: Sequence[str]) -> frozenset[str]:
        if not keys:
            return frozenset()
        alive = {row[0] for row in tx.exec_driver_sql(_ALIVE, (list(keys),))}
        return frozenset(keys) - alive

    def dead(self, tx: Tx) -> tuple[tuple[str, str], ...]:
        return tuple((row[0], row[1] or "") for row in tx.exec_driver_sql(_DEAD))

    def revive(self, tx: Tx, key: str, now: datetime) -> bool:
        tx.exec_driver_sql(_ONE_AT_A_TIME, (key,))
        tx.exec_driver_sql(_FORGET_OLDER_DEAD, (key, key))
        return tx.exec_driver_sql(_REVIVE, (now.astimezone(UTC), key)).rowcount == 1

    def lag(self, tx: Tx, now: datetime) -> Lag:
        written, given_up, oldest = tx.exec_driver_sql(_LAG, (now.astimezone(UTC),)).one()
        return Lag(written, given_up, now - oldest if oldest is not None else timedelta())


async def prepare(url: str) -> None:
    """Make procrastinate's tables where they are not there yet, once however many processes start at the same
    time. `url`: as libpq reads it."""
    async with await AsyncConnection.connect(url) as connection:
        # Held until the tables are committed; the others wait here, and then find them.
        await connection.execute(_ONE_MAKER)
        cursor = await connection.execute(_IS_PREPARED)
        if await cursor.fetchone() == (False,):
            await connection.execute(SchemaManager.get_schema())


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
        self._dead_after_seconds = min(float(policy.lease_seconds), DEAD_AFTER_SECONDS_MAX)
        self._app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        for kind, handler in handlers.items():
            task = self._running(handler)
            self._app.task(name=kind, queue=QUEUE, pass_context=True, retry=_Patience(policy))(task)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connected to the database, as `take_up` needs it; `run` sees to it itself."""
        async with self._app.open_async():
            yield

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what was begun come to its end. A server that goes away is waited
        for; whatever else the worker falls over comes out here, for without its worker a shop takes money and
        delivers nothing."""
        async with self.opened():
            while not stop.is_set():
                try:
                    await self._work(stop)
                except ConnectorException as error:
                    log.warning("the database is away; the work waits", error=str(error))
                    await _pause(stop, AWAY_PAUSE_SECONDS)

    async def _work(self, stop: asyncio.Event) -> None:
        await self.take_up()
        sign_seconds = self._dead_after_seconds / SIGNS_BEFORE_DEATH
        working = asyncio.create_task(
            self._app.run_worker_async(
                queues=[QUEUE],
                concurrency=AT_ONCE,
                fetch_job_polling_interval=POLL_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=sign_seconds,
                stalled_worker_timeout=self._dead_after_seconds,
            )
        )
        taking_up = asyncio.create_task(self._keep_taking_up(stop, sign_seconds))
        stopping = asyncio.create_task(stop.wait())
        tasks = (working, taking_up, stopping)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for fallen in ended:
            if isinstance(fallen, Exception):
                raise fallen
        if not stop.is_set():
            # It ends without a word when its ear for new jobs, or its sign of life, fails.
            log.warning("the worker ended by itself; it begins anew")
            await _pause(stop, AWAY_PAUSE_SECONDS)

    async def take_up(self) -> int:
        """Have the jobs of dead workers run again. Returns how many there were."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=self._dead_after_seconds))
        if not stalled:
            return 0
        ids = [job.id for job in stalled]
        replaced = await self._database.write(
            lambda tx: {row[0] for row in tx.exec_driver_sql(_FORGET_REPLACED, (ids,))}
        )
        for job in stalled:
            # What was written down anew while its worker died is done by the newer one.
            if job.id not in replaced:
                # Another worker may have been quicker; what could not be taken up is still there at the next look.
                with suppress(ConnectorException):
                    await manager.retry_job(job)
        log.warning("took up the jobs of dead workers", count=len(stalled))
        return len(stalled)

    async def _keep_taking_up(self, stop: asyncio.Event, every_seconds: float) -> None:
        while not stop.is_set():
            await _pause(stop, every_seconds)
            await self.take_up()

    def _running(self, handler: JobHandler) -> Callable[..., Awaitable[None]]:
        async def run(context: JobContext, payload: dict[str, str | int], **_: object) -> None:
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


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _is_replaced(tx: Tx, job: Job, error: str) -> bool:
    """Keep the error with the job. True where the same errand was written down anew meanwhile, or became
    needless: two that wait would be one too many."""
    row = tx.exec_driver_sql(_NOTE_ERROR, (error, job.job_id)).first()
    return row is not None and bool(row[0])
