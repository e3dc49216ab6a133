"""Chooses who does the due work: a wing of the composition root (`app.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import make_url

from bot.settings import Settings
from bot.worker import JobHandler
from orders.database import Database
from orders.jobs import EmbeddedJobs
from orders.policy import Policy
from orders.ports import Jobs

PROCRASTINATE = "procrastinate"


class Works(Protocol):
    """Does the due work of one process."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what was begun come to its end."""


def jobs_of(settings: Settings, policy: Policy) -> Jobs:
    """Where jobs are written down."""
    if settings.job_engine == PROCRASTINATE:
        from adapters.jobs_procrastinate import ProcrastinateJobs

        return ProcrastinateJobs()
    return EmbeddedJobs(policy.jobs)


async def prepare(settings: Settings) -> None:
    """Make the engine's own tables, before the first job is written down."""
    if settings.job_engine == PROCRASTINATE:
        from adapters.jobs_procrastinate import prepare as make_tables

        await make_tables(_libpq(settings))


def worker_of(
    settings: Settings,
    database: Database,
    handlers: Mapping[str, JobHandler],
    policy: Policy,
    embedded: Works,
) -> Works:
    """Who works in this process: `embedded`, unless the settings name another engine."""
    if settings.job_engine == PROCRASTINATE:
        from adapters.jobs_procrastinate import ProcrastinateWorker

        return ProcrastinateWorker(_libpq(settings), database, handlers, policy.jobs)
    return embedded


def _libpq(settings: Settings) -> str:
    return make_url(settings.database).set(drivername="postgresql").render_as_string(hide_password=False)
