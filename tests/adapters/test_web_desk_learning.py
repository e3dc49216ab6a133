"""What customers said in vain, at the desk: behind its login, escaped, taught with a button."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.web.app import create_web_app
from bot.learning.examining import Accepted, Refused, Verdict
from bot.learning.proposals import MissGroup, Proposal
from bot.learning.words import Lesson, LessonKind
from bot.store.misses import MissKind
from nlu.understanding import Intent
from orders.database import Database
from tests.adapters.web_world import DESK_PASSWORD, WebWorld, form_token_of, press

LABELS = Path(__file__).parents[2] / "adapters" / "web" / "templates" / "_labels.html"
LESSON = Lesson(LessonKind.ALIAS, "lol", "瓦")
GROUPS = (
    MissGroup(
        1, "充瓦{size}", (MissKind.ASKED,), 2, 3, (("lol", 2),), "order", 0.8,
        datetime(2026, 1, 5, tzinfo=UTC), Proposal(1, LESSON, 2, 2),
    ),
    MissGroup(
        7, "<script>alert(1)</script>", (MissKind.UNCLEAR,), 1, 1, (), "out_of_scope", 0.4,
        datetime(2026, 1, 5, tzinfo=UTC), None,
    ),
)  # fmt: skip


@dataclass
class Teacher:
    """Stands for the teaching: proposes one lesson and answers as it is told."""

    verdict: Verdict
    taught: list[Lesson] = field(default_factory=list)
    dismissed: list[int] = field(default_factory=list)

    async def missed(self) -> tuple[MissGroup, ...]:
        return GROUPS

    async def propose(self, number: int) -> Proposal | None:
        return GROUPS[0].proposal if number == 1 else None

    async def teach(self, lesson: Lesson) -> Verdict:
        self.taught.append(lesson)
        return self.verdict

    async def dismiss(self, number: int) -> str | None:
        self.dismissed.append(number)
        return "充瓦{size}"


@pytest.fixture
def teacher() -> Teacher:
    return Teacher(Accepted(LESSON, (), 1000))


@pytest.fixture
async def world(database: Database, teacher: Teacher) -> WebWorld:
    world = WebWorld(database)
    world.app = create_web_app(replace(world.services, teaching=teacher))
    return world


async def log_in(client: httpx.AsyncClient) -> None:
    await press(client, await client.get("/desk/login"), "/desk/login", name="小李", password=DESK_PASSWORD)


async def test_nobody_sees_or_teaches_without_a_login(world: WebWorld, teacher: Teacher) -> None:
    async with world.browser() as stranger:
        assert (await stranger.get("/desk/misses")).headers["location"] == "/desk/login"
        for act in ("teach", "dismiss"):
            answer = await stranger.post(f"/desk/misses/{act}", data={"number": "1"})
            assert answer.status_code == 401
    assert (teacher.taught, teacher.dismissed) == ([], [])


async def test_what_was_missed_is_shown_escaped_and_a_button_teaches_it(
    world: WebWorld, teacher: Teacher
) -> None:
    async with world.browser() as client:
        await log_in(client)
        page = await client.get("/desk/misses")
        assert "充瓦{size}" in page.text
        assert "<script>alert" not in page.text
        taught = await press(client, page, "/desk/misses/teach", number="1")
        assert taught.status_code == 200
        assert "教会了" in taught.text
        assert (await press(client, page, "/desk/misses/dismiss", number="7")).status_code == 303
    assert (teacher.taught, teacher.dismissed) == ([LESSON], [7])


def test_every_wish_has_words_for_staff() -> None:
    words = LABELS.read_text("utf-8")
    assert [wish for wish in Intent if f'"{wish}": "' not in words] == []


async def test_a_refusal_is_told_with_its_reasons(world: WebWorld, teacher: Teacher) -> None:
    teacher.verdict = Refused(("月卡 would change",))
    async with world.browser() as client:
        await log_in(client)
        refused = await press(client, await client.get("/desk/misses"), "/desk/misses/teach", number="1")
        assert refused.status_code == 409
        assert "月卡 would change" in refused.text


async def test_only_a_form_of_ours_teaches(world: WebWorld, teacher: Teacher) -> None:
    async with world.browser() as client:
        await log_in(client)
        assert (await client.post("/desk/misses/teach", data={"number": "1"})).status_code == 403
        token = form_token_of(await client.get("/desk/misses"))
        for number in ("x", "", "-1", "１", "1" * 40):
            posted = {"number": number, "form_token": token}
            answer = await client.post(
                "/desk/misses/teach", data=posted, headers={"origin": "http://shop.test"}
            )
            assert answer.status_code in (303, 400), number
    assert teacher.taught == []


async def test_a_shop_without_a_teacher_has_no_such_page(database: Database) -> None:
    world = WebWorld(database)
    async with world.browser() as client:
        await log_in(client)
        assert (await client.get("/desk/misses")).status_code == 404
