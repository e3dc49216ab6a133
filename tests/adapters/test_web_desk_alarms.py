"""What calls for a person is seen at the desk, with what to do, until somebody has seen to it."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from orders.database import Database
from tests.adapters.web_world import DESK_PASSWORD, WebWorld, press

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "adapters" / "web" / "templates" / "desk_alarms.html"


@pytest.fixture
async def world(database: Database) -> WebWorld:
    return WebWorld(database)


@pytest.fixture
async def staff(world: WebWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with world.browser() as client:
        page = await client.get("/desk/login")
        await press(client, page, "/desk/login", name="小王", password=DESK_PASSWORD)
        yield client


async def ring(world: WebWorld, kind: str, subject: str, detail: str = "") -> None:
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.room.alarm(tx, kind, subject, detail, now))


async def test_an_alarm_says_what_happened_and_what_to_do(world: WebWorld, staff: httpx.AsyncClient) -> None:
    await ring(world, "payment_held", "alipay 20260105000001-1 2026", "wrong_amount")
    page = await staff.get("/desk/alarms")
    for words in ("收到对不上的付款", "20260105000001-1", "wrong_amount", "对照支付平台的后台"):
        assert words in page.text
    assert "警报 1" in (await staff.get("/desk")).text


async def test_who_has_seen_to_it_silences_it(world: WebWorld, staff: httpx.AsyncClient) -> None:
    await ring(world, "stock_low", "gift-10")
    page = await staff.get("/desk/alarms")
    number = re.search(r'name="number" value="(\d+)"', page.text)
    assert number is not None
    after = await press(staff, page, "/desk/alarms/close", number=number[1])
    assert "记下了" in after.text
    assert "卡密快卖完了" not in after.text
    again = await press(staff, page, "/desk/alarms/close", number=number[1])
    assert "别人已经处理过了" in again.text


async def test_a_job_that_was_given_up_is_tried_again(world: WebWorld, staff: httpx.AsyncClient) -> None:
    row = "VALUES ('sweep', 'sweep', '{}', 0, 12, 1)"
    insert = text(f"INSERT INTO jobs (key, kind, payload, run_at, attempts, dead_at) {row}")
    await world.database.write(lambda tx: tx.execute(insert))
    await ring(world, "job_given_up", "sweep", "ValueError: x")
    page = await staff.get("/desk/alarms")
    assert "再试一次" in page.text
    await press(staff, page, "/desk/alarms/close", number="1")
    due = await world.database.write(lambda tx: world.jobs.claim_due(tx, world.clock.now(), 5))
    assert [(job.key, job.attempts) for job in due] == [("sweep", 1)]


async def test_only_staff_see_and_close_alarms(world: WebWorld, staff: httpx.AsyncClient) -> None:
    await ring(world, "stock_low", "gift-10")
    page = await staff.get("/desk/alarms")
    async with world.browser() as stranger:
        assert (await stranger.get("/desk/alarms")).status_code == 303
        assert (await press(stranger, page, "/desk/alarms/close", number="1")).status_code == 401
    assert (await press(staff, page, "/desk/alarms/close", number="x")).status_code == 400
    assert len(await world.database.read(world.shop.alarms)) == 1


def test_every_kind_of_alarm_has_words_at_the_desk() -> None:
    written = set(re.findall(r'^  "(\w+)": \["', TEMPLATE.read_text("utf-8"), re.MULTILINE))
    assert set(_kinds()) - written == set()
    assert len(set(_kinds())) > 25


def _kinds() -> Iterator[str]:
    """What is rung for anywhere, by reading the code: the argument after the transaction."""
    trees = [
        ast.parse(path.read_text("utf-8"))
        for room in ("orders", "bot")
        for path in (ROOT / room).rglob("*.py")
    ]
    everywhere: dict[str, str] = {}
    for tree in trees:
        everywhere |= _constants(tree)
    for tree in trees:
        # A name means what its own module says; else what the module says that it comes from.
        constants = everywhere | _constants(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="alarm" | "ring"), args=[_, kind, _, *_]):
                    match kind:
                        case ast.Constant(value=str(name)):
                            yield name
                        case ast.Name(id=name) | ast.Attribute(attr=name) if name in constants:
                            yield constants[name]


def _constants(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                found[name] = value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=True)
                found |= {
                    name.id: str(value.value)
                    for name, value in pairs
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant)
                }
    return found
