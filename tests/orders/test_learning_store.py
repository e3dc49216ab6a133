"""What was missed and what was taught, as rows on both databases; bounded, whoever writes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.learning.words import Lesson, LessonKind
from bot.messages import ChatAddress
from bot.store import chats, lessons, misses, reach, viewers
from bot.store.lessons import Overtaken
from bot.store.misses import Miss, MissKind
from bot.store.tables import metadata
from orders.database import Database, Tx
from orders.policy import LearningPolicy, Policy

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
LIMITS = Policy.read(Path(__file__).resolve().parents[2] / "data" / "policy.toml").learning
NARROW = replace(
    LIMITS, misses_max=6, misses_per_day_max=4, misses_per_customer_per_day_max=2, misses_kept_days=10
)
ALIAS = Lesson(LessonKind.ALIAS, "lol", "瓦")
PHRASE = Lesson(LessonKind.PHRASE, "status", "咕噜咕噜")


def miss(phrase: str, words: str = "", kind: MissKind = MissKind.UNCLEAR) -> Miss:
    return Miss(kind, phrase, words, "", None, "out_of_scope", 0.4)


async def chat(database: Database, name: str) -> int:
    address = ChatAddress("talk", name)
    return (await database.write(lambda tx: chats.open_chat(tx, address, NOW))).key


async def keep(
    database: Database, key: int, seq: int, one: Miss, now: datetime = NOW, limits: LearningPolicy = NARROW
) -> int | None:
    return await database.write(lambda tx: misses.keep(tx, key, seq, one, limits, now))


async def phrases(database: Database, now: datetime = NOW) -> list[str]:
    kept = await database.read(lambda tx: misses.all_kept(tx, NARROW, now))
    return [one.miss.phrase for one in kept]


async def test_migrating_makes_exactly_the_tables_of_the_conversation(database: Database) -> None:
    assert {table.name for table in (lessons.lessons, misses.misses)} <= set(metadata.tables)
    assert {reach.order_cards.name, viewers.order_viewers.name} <= set(metadata.tables)

    def differences(tx: Tx) -> list[object]:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            tx, opts={"include_name": lambda name, kind, _: kind != "table" or name in ours}
        )
        return list(compare_metadata(context, metadata))

    assert await database.read(differences) == []


async def test_the_same_of_the_same_customer_is_counted_and_not_kept_twice(database: Database) -> None:
    key = await chat(database, "a")
    first = await keep(database, key, 1, miss("咕噜"))
    assert await keep(database, key, 3, miss("咕噜")) == first
    (kept,) = await database.read(lambda tx: misses.all_kept(tx, LIMITS, NOW))
    assert (kept.times, kept.miss.phrase, kept.product, kept.meant) == (2, "咕噜", None, None)


async def test_one_customer_fills_only_his_share_of_a_day(database: Database) -> None:
    flooding, honest = await chat(database, "a"), await chat(database, "b")
    for seq in range(10):
        await keep(database, flooding, seq, miss(f"垃圾{seq}"))
    await keep(database, honest, 1, miss("咋还木有动静"))
    assert await phrases(database) == ["垃圾0", "垃圾1", "咋还木有动静"]
    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert await keep(database, flooding, 20, miss("垃圾20"), tomorrow) is not None


async def test_a_flood_of_many_customers_takes_one_day_and_none_of_what_was_kept(database: Database) -> None:
    honest = await chat(database, "honest")
    await keep(database, honest, 1, miss("旧的"), NOW - timedelta(days=2))
    for number in range(9):
        await keep(database, await chat(database, f"bot{number}"), 1, miss(f"垃圾{number}"))
    assert await phrases(database) == ["旧的", "垃圾0", "垃圾1", "垃圾2", "垃圾3"]


async def test_of_many_the_newest_stay(database: Database) -> None:
    for day in range(9):
        key = await chat(database, f"c{day}")
        await keep(database, key, 1, miss(f"第{day}天"), NOW + timedelta(days=day))
    assert await phrases(database, NOW + timedelta(days=8)) == [f"第{day}天" for day in range(3, 9)]


async def test_what_is_old_is_forgotten(database: Database) -> None:
    key = await chat(database, "a")
    await keep(database, key, 1, miss("很久以前"))
    later = NOW + timedelta(days=10, seconds=1)
    assert await phrases(database, later) == []
    assert await database.write(lambda tx: misses.forget_old(tx, NARROW, later)) == 1


async def test_what_a_miss_meant_can_be_told_for_a_few_messages(database: Database) -> None:
    key = await chat(database, "a")
    kept = await keep(database, key, 3, miss("咕噜"))
    assert kept is not None
    assert await database.read(lambda tx: misses.still_open(tx, key, 5)) == (kept, MissKind.UNCLEAR)
    assert await database.read(lambda tx: misses.still_open(tx, key, 3)) is None
    assert await database.read(lambda tx: misses.still_open(tx, key, 12)) is None
    await database.write(lambda tx: misses.clear_up(tx, kept, meant="status"))
    assert await database.read(lambda tx: misses.still_open(tx, key, 5)) is None


async def test_words_are_forgotten_with_their_phrases_and_empty_words_never(database: Database) -> None:
    for number, one in enumerate((miss("充瓦{size}", "瓦"), miss("来个瓦", "瓦"), miss("咕噜"), miss("啊"))):
        await keep(database, await chat(database, f"c{number}"), 1, one)
    assert await database.write(lambda tx: misses.forget(tx, words=("瓦", ""))) == 2
    assert await phrases(database) == ["咕噜", "啊"]


async def test_lessons_are_a_log_whose_newest_version_is_that_of_the_words(database: Database) -> None:
    def twice(tx: Tx) -> None:
        lessons.teach(tx, ALIAS, lessons.load(tx), NOW)
        lessons.teach(tx, PHRASE, lessons.load(tx), NOW)

    assert await database.read(lessons.version) == 0
    await database.write(twice)
    words = await database.read(lessons.load)
    assert words.version == await database.read(lessons.version) == 2
    assert dict(words.aliases) == {"lol": ("瓦",)}
    await database.write(lambda tx: lessons.forget(tx, ALIAS, words, NOW))
    words = await database.read(lessons.load)
    assert words.version == 3
    assert [one.lesson for one in words.taught] == [PHRASE]


async def test_of_two_who_teach_at_once_one_must_look_again(database: Database) -> None:
    words = await database.read(lessons.load)
    outcomes = await asyncio.gather(
        *(
            database.write(lambda tx, lesson=lesson: lessons.teach(tx, lesson, words, NOW))  # type: ignore[misc]
            for lesson in (ALIAS, PHRASE)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == sorted(["int", Overtaken.__name__])
    assert len((await database.read(lessons.load)).taught) == 1


@pytest.mark.parametrize("lesson", [ALIAS, PHRASE])
async def test_what_was_tested_against_old_words_is_not_written(database: Database, lesson: Lesson) -> None:
    words = await database.read(lessons.load)
    await database.write(lambda tx: lessons.teach(tx, ALIAS, words, NOW))
    with pytest.raises(Overtaken):
        await database.write(lambda tx: lessons.teach(tx, lesson, words, NOW))
