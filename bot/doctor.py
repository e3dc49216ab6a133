"""Looks at a deployment as a doctor does: one finding a line, and what to do where it is not well.

Nothing is changed, nothing is sold, and no secret is shown. What cannot be looked at is a finding, too.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from orders import invariants
from orders.clock import Clock
from orders.database import Database, Tx
from orders.errors import SealBroken, UnknownDatabase
from orders.policy import Policy
from orders.ports import Jobs
from orders.store import alarms, goods, keys
from orders.vault import Vault

CLOCK_OFF_MAX = timedelta(seconds=60)
"""Gateways refuse, and are refused, beyond a few minutes; a clock that is off by one is not being set."""

JOB_LATE_MAX = timedelta(minutes=2)
FREE_MIN_BYTES = 500 * 1024 * 1024
REACH_SECONDS = 8.0


class Health(StrEnum):
    WELL = "well"
    DOUBTFUL = "doubtful"
    """The shop works, and somebody should look."""
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, how it is, and what to do where it is not well."""

    what: str
    health: Health
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `addresses`: where each outside party is reached, by its name."""

    database_url: str
    data: Path
    state_folder: Path
    policy: Policy
    vault: Vault
    jobs: Jobs
    addresses: Mapping[str, str]


async def examine(patient: Patient, clock: Clock, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Look at everything; what one look falls over does not keep the others from being taken."""
    database = Database.open(patient.database_url)
    try:
        findings: list[Finding] = [_disk(patient)]
        connected = await _database(database)
        findings += connected
        if all(finding.health is not Health.ILL for finding in connected):
            findings += await database.read(lambda tx: _inside(tx, patient, clock.now()))
    finally:
        await database.close()
    reached = [_reach(name, url, clock, client) for name, url in patient.addresses.items()]
    findings += await asyncio.gather(*reached)
    return tuple(findings)


def _disk(patient: Patient) -> Finding:
    folder = patient.state_folder if patient.state_folder.exists() else Path()
    free = shutil.disk_usage(folder).free
    detail = f"{free // 1024**2} MiB free under {folder.resolve()}"
    if free < FREE_MIN_BYTES:
        return Finding("disk", Health.ILL, detail, "make room: a full disk stops every order")
    return Finding("disk", Health.WELL, detail)


async def _database(database: Database) -> list[Finding]:
    try:
        await database.check()
    except UnknownDatabase as unknown:
        return [
            Finding(
                "database",
                Health.ILL,
                str(unknown),
                "run `xiadan migrate`; `xiadan serve` does so at its start",
            )
        ]
    except DBAPIError as error:
        remedy = "check XIADAN_DATABASE_URL, that the server runs, and that it lets this user in"
        if database.serves_one_process:
            remedy = "run `xiadan migrate` where there is no shop yet; else check XIADAN_DATABASE_URL"
        return [Finding("database", Health.ILL, f"cannot be reached: {error.orig}", remedy)]
    return [Finding("database", Health.WELL, "reached; its tables are of this version")]


def _inside(tx: Tx, patient: Patient, now: datetime) -> list[Finding]:
    return [
        _durability(tx),
        _goods(tx),
        _vault(tx, patient.vault),
        _jobs(tx, patient.jobs, now),
        _alarms(tx),
        _books(tx, patient.policy, now),
    ]


def _durability(tx: Tx) -> Finding:
    """What a power cut may take."""
    if tx.dialect.name == "sqlite":
        mode = tx.execute(text("PRAGMA journal_mode")).scalar_one()
        if mode != "wal":
            return Finding("durability", Health.ILL, f"journal mode is {mode}", "run `xiadan migrate`")
        return Finding("durability", Health.WELL, "write-ahead log, flushed at every commit")
    settings = {
        name: tx.execute(text(f"SHOW {name}")).scalar_one()
        for name in ("fsync", "synchronous_commit", "full_page_writes")
    }
    off = [name for name, value in settings.items() if value == "off"]
    if off:
        remedy = "switch it on in postgresql.conf; with it off a power cut loses paid orders"
        return Finding("durability", Health.ILL, f"{', '.join(off)} is off", remedy)
    now = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    behind = abs(datetime.now(UTC) - now)
    if behind > CLOCK_OFF_MAX:
        detail = f"the server's clock is {behind.total_seconds():.0f} s off ours"
        return Finding("durability", Health.DOUBTFUL, detail, "set both clocks by NTP")
    return Finding("durability", Health.WELL, "every commit is on disk before it is answered")


def _goods(tx: Tx) -> Finding:
    count = sum(1 for _ in goods.load_catalog(tx))
    if not count:
        return Finding("goods", Health.ILL, "nothing to sell", "run `xiadan catalog import FILE`")
    return Finding("goods", Health.WELL, f"{count} on sale")


def _vault(tx: Tx, vault: Vault) -> Finding:
    """One key of each lock is opened, and not shown."""
    tried = keys.one_of_each_lock(tx)
    closed = []
    for sku_id, sealed in tried:
        try:
            vault.open(sealed, sku_id)
        except SealBroken:
            closed.append(sealed.key_id)
    if closed:
        remedy = "XIADAN_CARD_KEYS lacks a key that older card keys were sealed with; add it at the end"
        return Finding("card keys", Health.ILL, f"cannot be opened with {', '.join(closed)}", remedy)
    return Finding("card keys", Health.WELL, f"opened with {len(tried)} of {len(tried)} locks in use")


def _jobs(tx: Tx, jobs: Jobs, now: datetime) -> Finding:
    lag = jobs.lag(tx, now)
    late = f"the oldest due one {lag.late.total_seconds():.0f} s late"
    detail = f"{lag.written} written down, {late}, {lag.given_up} given up"
    if lag.late > JOB_LATE_MAX:
        return Finding("jobs", Health.ILL, detail, "no worker works, or too few: start `xiadan worker`")
    if lag.given_up:
        return Finding("jobs", Health.DOUBTFUL, detail, "the desk shows an alarm for each; see why it failed")
    return Finding("jobs", Health.WELL, detail)


def _alarms(tx: Tx) -> Finding:
    ringing = alarms.ringing(tx)
    if not ringing:
        return Finding("alarms", Health.WELL, "none rings")
    kinds = sorted({alarm.kind for alarm in ringing})
    detail = f"{len(ringing)} ring: {', '.join(kinds[:6])}"
    return Finding("alarms", Health.DOUBTFUL, detail, "the desk shows them, each with what to do")


def _books(tx: Tx, policy: Policy, now: datetime) -> Finding:
    found = invariants.violations(tx, policy, now)
    if not found:
        return Finding("books", Health.WELL, "every invariant holds")
    detail = f"{len(found)} rows break an invariant; the first: {found[0]}"
    return Finding(
        "books", Health.ILL, detail, "stop selling, keep a backup, and look at that order's timeline"
    )


async def _reach(name: str, url: str, clock: Clock, client: httpx.AsyncClient) -> Finding:
    """Any answer will do: what is asked is whether the way there is open, and what time it is there."""
    what = f"way to {name}"
    try:
        answer = await client.get(url, timeout=REACH_SECONDS)
    except httpx.HTTPError as error:
        remedy = "check the network, the proxy and the address; money and goods wait until it is open"
        return Finding(what, Health.ILL, f"{type(error).__name__} at {httpx.URL(url).host}", remedy)
    said = answer.headers.get("date")
    try:
        off = abs(clock.now() - parsedate_to_datetime(said)) if said else None
    except (ValueError, TypeError):
        # No date, or one that does not say where it is so late (`-0000`).
        off = None
    if off is not None and off > CLOCK_OFF_MAX:
        detail = f"our clock is {off.total_seconds():.0f} s off theirs"
        return Finding(
            what, Health.ILL, detail, "set the clock by NTP; signed messages are refused until then"
        )
    return Finding(what, Health.WELL, f"open, HTTP {answer.status_code}")
