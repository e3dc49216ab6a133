"""A message that was missed is kept, masked, and tells later what it meant."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.commands.talk import Stage
from bot.learning.proposals import MissGroup
from bot.learning.words import Lesson, LessonKind
from bot.store.misses import misses


async def talk(stage: Stage, *said: tuple[str, dict[str, Any]]) -> None:
    for customer, step in said:
        await stage.step({"customer": customer, **step})


async def missed(app: App) -> tuple[MissGroup, ...]:
    return await app.teaching.missed()


async def test_goods_that_had_to_be_asked_for_are_proposed_as_an_alias(app: App, stage: Stage) -> None:
    await talk(
        stage,
        ("a", {"say": "充瓦1000点券"}),
        ("a", {"choose": "lol"}),
        ("b", {"say": "来个瓦 1000点券"}),
        ("b", {"say": "英雄联盟"}),
    )
    groups = await missed(app)
    assert [group.outcomes for group in groups] == [(("lol", 1),), (("lol", 1),)]
    proposal = groups[0].proposal
    assert proposal is not None
    assert (proposal.lesson, proposal.agreeing, proposal.of) == (
        Lesson(LessonKind.ALIAS, "lol", "瓦"), 2, 2,
    )  # fmt: skip
    assert await app.teaching.propose(proposal.number) == proposal


async def test_a_wish_that_was_then_said_in_other_words_is_proposed_as_a_phrase(
    app: App, stage: Stage
) -> None:
    await talk(
        stage,
        ("a", {"say": "咕噜咕噜"}),
        ("a", {"choose": "status"}),
        ("b", {"say": "咕噜咕噜!!"}),
        ("b", {"say": "我的订单到哪了"}),
    )
    (group,) = await missed(app)
    assert (group.phrase, group.customers) == ("咕噜咕噜", 2)
    assert group.proposal is not None
    assert group.proposal.lesson == Lesson(LessonKind.PHRASE, "status", "咕噜咕噜")


async def test_one_customer_alone_proposes_nothing_however_often_he_says_it(app: App, stage: Stage) -> None:
    for _ in range(5):
        await talk(stage, ("a", {"say": "充瓦1000点券"}), ("a", {"choose": "lol"}), ("a", {"say": "不要了"}))
    (group,) = await missed(app)
    assert (group.customers, group.times, group.proposal) == (1, 5, None)


async def test_customers_who_meant_different_things_propose_nothing(app: App, stage: Stage) -> None:
    for customer, product in (("a", "lol"), ("b", "dnf"), ("c", "lol")):
        await talk(stage, (customer, {"say": "充瓦1000点券"}), (customer, {"choose": product}))
    (group,) = await missed(app)
    assert group.outcomes == (("lol", 2), ("dnf", 1))
    assert group.proposal is None


async def test_who_gave_up_and_asked_for_a_person_proposes_nothing(app: App, stage: Stage) -> None:
    for customer in "ab":
        await talk(stage, (customer, {"say": "咕噜咕噜"}), (customer, {"choose": "human"}))
    (group,) = await missed(app)
    assert group.outcomes == (("human", 2),)
    assert group.proposal is None


async def test_a_misread_name_is_kept_with_what_it_was_taken_for(app: App, stage: Stage) -> None:
    await talk(stage, ("a", {"say": "充爱奇意月卡13800138000"}), ("a", {"say": "不对，我要的是优酷"}))
    (group,) = await missed(app)
    assert (group.phrase, group.kinds, group.outcomes) == (
        "充爱奇意{size}{account}", ("corrected",), (("youku", 1),),
    )  # fmt: skip


async def test_what_is_clear_and_then_wanted_otherwise_is_a_change_of_mind(app: App, stage: Stage) -> None:
    await talk(stage, ("a", {"say": "充100话费到13800138000"}), ("a", {"say": "改成Q币"}))
    assert await missed(app) == ()


async def test_an_order_that_went_well_leaves_nothing(app: App, stage: Stage) -> None:
    await talk(
        stage,
        ("a", {"say": "充话费"}),
        ("a", {"say": "50"}),
        ("a", {"say": "13800138000"}),
        ("a", {"pay": "wechat"}),
        ("a", {"say": "谢谢"}),
    )
    assert await missed(app) == ()


HOSTILE = (
    "\x1b[31m红\x1b[0m\x1b]0;owned\x07",
    "[bold red]粗[/] [link=http://evil]x[/link]",
    "<script>alert(1)</script>",
    "'; DROP TABLE misses; --",
    "{product} {size} {0} {}",
    "\u202e反着\u202c\u200b",
    "咕噜" * 900,
    "\n\n\n\t\r\n咕\n噜",
    "🤡" * 300,
    "a\u0301" * 500,
    "\ue001\ue002\ue003",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_message_can_do_more_than_stand_in_the_list(app: App, stage: Stage, text: str) -> None:
    await talk(stage, ("a", {"say": text}), ("a", {"say": text + "吧"}))
    for group in await missed(app):
        assert group.phrase.isprintable()
        assert len(group.phrase) <= app.policy.learning.phrase_length_max
        assert "{product}" not in group.phrase


async def test_no_row_holds_a_number_a_key_or_a_name(app: App, stage: Stage) -> None:
    own = "13800138000", "845510293", "zhang.san@qq.com", "AB12-CD34-EF56", "wxid_a1b2c3d4"
    await talk(stage, ("小豆丁", {"say": "把13900139000存成大表哥"}))
    for at, text in enumerate(own):
        customer = f"c{at}"
        await talk(
            stage,
            (customer, {"say": f"充瓦1000点券到{text}"}),
            (customer, {"say": f"咕噜 {text} 咕噜"}),
            (customer, {"say": f"那个{text}咕噜噜"}),
        )
    await talk(stage, ("小豆丁", {"say": "大表哥咕噜咕噜了"}))
    rows = await app.database.read(lambda tx: tx.execute(select(misses)).all())
    assert rows
    kept = "\n".join(f"{row.phrase} {row.words}" for row in rows)
    assert not re.search(r"\d{4}|zhang|wxid|ab12|大表哥", re.sub(r"\{\w+\}", "", kept)), kept


async def test_when_its_time_is_over_the_daily_job_forgets_it(app: App, stage: Stage) -> None:
    await talk(stage, ("a", {"say": "咕噜咕噜"}))
    assert len(await missed(app)) == 1
    stage.clock.advance_to(stage.clock.now() + timedelta(days=app.policy.learning.misses_kept_days + 1))
    await app.worker.run_due()
    rows = await app.database.read(lambda tx: tx.execute(select(misses)).all())
    assert rows == []


async def test_one_phrase_can_be_dismissed(app: App, stage: Stage) -> None:
    await talk(stage, ("a", {"say": "咕噜咕噜"}))
    (group,) = await missed(app)
    assert await app.teaching.dismiss(group.number + 1) is None
    assert await app.teaching.dismiss(group.number) == "咕噜咕噜"
    assert await missed(app) == ()
