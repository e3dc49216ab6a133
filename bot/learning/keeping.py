"""Forgets what was kept to learn from when it has become old: a job that comes again every day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store import misses
from orders.clock import Clock
from orders.database import Database
from orders.policy import LearningPolicy
from orders.ports import Job, Jobs

FORGET = "forget_misses"
EVERY = timedelta(days=1)


class Keeping:
    def __init__(self, database: Database, jobs: Jobs, limits: LearningPolicy, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._limits = limits
        self._clock = clock

    def handlers(self) -> Mapping[str, Callable[[Job], Awaitable[None]]]:
        return {FORGET: self._forget}

    def begin(self, tx: Connection, now: datetime) -> None:
        """To be called at every start; harmless where the job is there already."""
        if self._jobs.missing(tx, (FORGET,)):
            self._come_again(tx, now)

    async def _forget(self, job: Job) -> None:
        now = self._clock.now()

        def forget(tx: Connection) -> None:
            misses.forget_old(tx, self._limits, now)
            self._come_again(tx, now)

        await self._database.write(forget)

    def _come_again(self, tx: Connection, now: datetime) -> None:
        self._jobs.enqueue(tx, FORGET, FORGET, {}, now + EVERY)
