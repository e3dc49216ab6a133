"""What `xiadan doctor` finds in a deployment, sound and ill."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.doctor import Finding, Health, Patient, examine
from orders.clock import VirtualClock
from orders.database import Database, Tx, sqlite_url
from orders.jobs import EmbeddedJobs
from orders.policy import Policy
from orders.store import goods, keys
from orders.vault import Vault
from tests.orders.world import catalog_of

DATA = Path(__file__).resolve().parents[2] / "data"
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
VAULT = Vault({"k1": bytes(range(32))})


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's file with goods in it, to be copied."""
    path = tmp_path_factory.mktemp("stocked") / "shop.db"

    async def fill() -> None:
        database = Database.open(sqlite_url(path))
        await database.migrate()

        def fill(tx: Tx) -> None:
            goods.save_catalog(tx, catalog_of(), keys_are_counted=False)
            keys.add(tx, VAULT, "gift-10", ["secret-1"], NOW)

        await database.write(fill)
        await database.close()

    asyncio.run(fill())
    return path


@pytest.fixture
def patient(stocked: Path, tmp_path: Path) -> Patient:
    path = Path(shutil.copy(stocked, tmp_path / "shop.db"))
    policy = Policy.read(DATA / "policy.toml")
    return Patient(
        sqlite_url(path),
        DATA,
        tmp_path,
        policy,
        VAULT,
        EmbeddedJobs(policy.jobs),
        {"alipay": "https://pay.example/"},
    )


def gateway(at: datetime = NOW, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, headers={"date": format_datetime(at, usegmt=True)})


async def found(patient: Patient, answers: Callable[[httpx.Request], httpx.Response]) -> dict[str, Finding]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as client:
        return {finding.what: finding for finding in await examine(patient, VirtualClock(NOW), client)}


async def change(patient: Patient, statement: str) -> None:
    database = Database.open(patient.database_url)
    await database.write(lambda tx: tx.execute(text(statement)))
    await database.close()


async def test_a_sound_deployment_is_well_in_every_way(patient: Patient) -> None:
    findings = await found(patient, gateway())
    assert {what: finding.health for what, finding in findings.items()} == dict.fromkeys(
        findings, Health.WELL
    )
    assert {"disk", "database", "durability", "goods", "card keys", "jobs", "alarms", "books"} < set(findings)


async def test_a_refusal_is_an_open_way_too(patient: Patient) -> None:
    assert (await found(patient, gateway(status=405)))["way to alipay"].health is Health.WELL


async def test_a_clock_that_is_off_is_found_by_what_the_gateway_says(patient: Patient) -> None:
    finding = (await found(patient, gateway(NOW - timedelta(hours=8))))["way to alipay"]
    assert finding.health is Health.ILL
    assert "28800 s" in finding.detail


@pytest.mark.parametrize("date", ["Mon, 05 Jan 2026 02:00:00 -0000", "today", ""])
async def test_a_gateway_that_says_no_time_is_reached_all_the_same(patient: Patient, date: str) -> None:
    findings = await found(patient, lambda request: httpx.Response(200, headers={"date": date}))
    assert findings["way to alipay"].health is Health.WELL


async def test_a_gateway_that_cannot_be_reached_does_not_hide_the_rest(patient: Patient) -> None:
    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no answer", request=request)

    findings = await found(patient, dead)
    assert findings["way to alipay"].health is Health.ILL
    assert findings["books"].health is Health.WELL


async def test_a_database_of_another_version_is_named_and_not_looked_into(patient: Patient) -> None:
    await change(patient, "UPDATE alembic_version SET version_num = '9999'")
    findings = await found(patient, gateway())
    assert findings["database"].health is Health.ILL
    assert "books" not in findings


async def test_a_server_that_is_not_there_is_named(patient: Patient) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nowhere"
    finding = (await found(replace(patient, database_url=nowhere), gateway()))["database"]
    assert finding.health is Health.ILL
    assert "XIADAN_DATABASE_URL" in finding.remedy


async def test_a_shop_that_was_never_made_is_sent_to_migrate(patient: Patient, tmp_path: Path) -> None:
    nowhere = sqlite_url(tmp_path / "nowhere" / "shop.db")
    finding = (await found(replace(patient, database_url=nowhere), gateway()))["database"]
    assert finding.health is Health.ILL
    assert "run `xiadan migrate`" in finding.remedy


async def test_card_keys_whose_lock_is_missing_are_found_without_being_shown(patient: Patient) -> None:
    other = Vault({"k2": bytes(range(32, 64))})
    finding = (await found(replace(patient, vault=other), gateway()))["card keys"]
    assert (finding.health, finding.detail) == (Health.ILL, "cannot be opened with k1")
    assert "secret-1" not in str(finding)


async def test_work_that_nobody_does_is_found(patient: Patient) -> None:
    late = int((NOW - timedelta(minutes=5)).timestamp() * 1_000_000)
    row = f"VALUES ('a', 'sweep', '{{}}', {late}, 0)"
    await change(patient, f"INSERT INTO jobs (key, kind, payload, run_at, attempts) {row}")
    finding = (await found(patient, gateway()))["jobs"]
    assert finding.health is Health.ILL
    assert "300 s late" in finding.detail


async def test_work_that_was_given_up_is_found(patient: Patient) -> None:
    row = "VALUES ('a', 'sweep', '{}', 0, 12, 1)"
    await change(patient, f"INSERT INTO jobs (key, kind, payload, run_at, attempts, dead_at) {row}")
    assert (await found(patient, gateway()))["jobs"].health is Health.DOUBTFUL


async def test_unsound_books_are_found(patient: Patient) -> None:
    await change(
        patient, "INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('lost', 'revenue', 5, 0)"
    )
    finding = (await found(patient, gateway()))["books"]
    assert finding.health is Health.ILL
    assert "lost" in finding.detail


async def test_a_shop_without_goods_is_found(patient: Patient) -> None:
    await change(patient, "UPDATE products SET on_sale = 0")
    await change(patient, "UPDATE skus SET on_sale = 0")
    assert (await found(patient, gateway()))["goods"].health is Health.ILL
