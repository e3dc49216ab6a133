"""The shop is taught: what helps is taken up without a restart, what would do harm is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.app import App, assemble_sandbox
from bot.commands.talk import Stage
from bot.learning.examining import Accepted, Refused
from bot.learning.own_words import OwnWords
from bot.learning.words import NO_WORDS, Lesson, LessonKind
from bot.reading import Readers
from bot.store import lessons
from nlu.lexicon import Lexicon
from nlu.understanding import Intent
from orders.catalog import Catalog
from orders.clock import VirtualClock
from tests.bot.conftest import DATA

ALIAS = Lesson(LessonKind.ALIAS, "lol", "瓦")


def alias(product: str, words: str) -> Lesson:
    return Lesson(LessonKind.ALIAS, product, words)


def phrase(intent: str, words: str) -> Lesson:
    return Lesson(LessonKind.PHRASE, intent, words)


@pytest.fixture
def few_words(tmp_path: Path) -> Path:
    """The shop's words with few examples of each intent, so that a lesson is examined fast."""
    folder = tmp_path / "data"
    folder.mkdir()
    for path in DATA.iterdir():
        if path.name != "intents.yaml":
            (folder / path.name).symlink_to(path)
    intents = yaml.safe_load((DATA / "intents.yaml").read_text(encoding="utf-8"))
    fewer = {
        intent: {topic: phrases[:5] for topic, phrases in said.items()}
        if isinstance(said, dict)
        else said[:5]
        for intent, said in intents.items()
    }
    (folder / "intents.yaml").write_text(yaml.safe_dump(fewer, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
async def own(tmp_path: Path, few_words: Path, clock: VirtualClock) -> AsyncIterator[App]:
    """A shop whose readers are its own: it is taught. With few goods, too."""
    async with assemble_sandbox(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'own.db'}",
        data=few_words,
        clock=clock,
        base_url="https://shop.example",
        catalog=DATA / "catalog" / "demo.csv",
    ) as app:
        few = [one for one in (await app.database.read(app.shop.catalog)).products if one.product_id in FEW]
        catalog = Catalog.of(few, "few")
        await app.database.write(lambda tx: app.shop.import_catalog(tx, catalog, clock.now()))
        yield app


FEW = {"topup", "lol", "dnf", "cf", "qcoin", "iqiyi", "tencent-video", "kfc"}


async def asked(stage: Stage, customer: str, text: str) -> str | None:
    answer = await stage.step({"customer": customer, "say": text})
    asking = answer["asking"]
    assert asking is None or isinstance(asking, str)
    return asking


async def test_a_taught_name_is_known_in_the_running_shop_and_forgotten_in_it(
    own: App, clock: VirtualClock
) -> None:
    stage = Stage(own, clock)
    assert await asked(stage, "a", "充瓦1000点券") == "product"
    taught = await own.teaching.teach(ALIAS)
    assert isinstance(taught, Accepted)
    assert await asked(stage, "b", "充瓦1000点券") == "account"
    assert isinstance(await own.teaching.teach(alias("dnf", "瓦")), Refused)
    assert (await own.teaching.forget(1)) is not None
    assert await own.teaching.forget(1) is None
    assert await asked(stage, "c", "充瓦1000点券") == "product"


async def test_a_taught_phrase_is_known_in_the_running_shop(own: App, clock: VirtualClock) -> None:
    stage = Stage(own, clock)
    taught = await own.teaching.teach(phrase("status", "我的Q币咕噜咕噜"))
    assert isinstance(taught, Accepted)
    assert taught.lesson.words == "我的{product}咕噜咕噜"
    await own.own_words.look()
    catalog = await own.database.read(own.shop.catalog)
    reader = own.teaching.readers.for_catalog(catalog, own.own_words.now)
    assert reader.parser.understand("我的英雄联盟咕噜咕噜").intent is Intent.STATUS
    assert await asked(stage, "a", "充50Q币") == "account"


async def test_what_is_missed_goes_from_the_list_when_it_is_taught(own: App, clock: VirtualClock) -> None:
    stage = Stage(own, clock)
    for customer in "ab":
        await stage.step({"customer": customer, "say": "充瓦1000点券"})
        await stage.step({"customer": customer, "choose": "lol"})
    (group,) = await own.teaching.missed()
    assert group.proposal is not None
    assert isinstance(await own.teaching.teach(group.proposal.lesson), Accepted)
    assert await own.teaching.missed() == ()


class TestOtherProcesses:
    """Another process has its own `Database`, `Shop` and readers over the same tables."""

    async def test_what_one_teaches_the_other_notices_by_itself(self, own: App) -> None:
        other = OwnWords(own.database, own.shop, Readers(own.lexicon, 0.8))
        stop = asyncio.Event()
        looking = asyncio.create_task(other.keep_looking(stop))
        try:
            await own.database.write(lambda tx: lessons.teach(tx, ALIAS, NO_WORDS, own.clock.now()))
            for _ in range(200):
                if other.now.taught:
                    break
                await asyncio.sleep(0.1)
        finally:
            stop.set()
            await looking
        assert [one.lesson for one in other.now.taught] == [ALIAS]
        assert own.own_words.now == NO_WORDS

    async def test_a_look_without_news_compiles_nothing(self, own: App) -> None:
        class Counting(Readers):
            compiled_times = 0

            def compiled(self, *args: object) -> object:  # type: ignore[override]
                self.compiled_times += 1
                return super().compiled(*args)  # type: ignore[arg-type]

        readers = Counting(own.lexicon, 0.8)
        words = OwnWords(own.database, own.shop, readers)
        assert not await words.look()
        await own.database.write(lambda tx: lessons.teach(tx, ALIAS, NO_WORDS, own.clock.now()))
        assert await words.look()
        assert not await words.look()
        assert readers.compiled_times == 1

    async def test_a_turn_in_flight_keeps_the_reader_it_began_with(self, own: App) -> None:
        catalog = await own.database.read(own.shop.catalog)
        readers = Readers(own.lexicon, 0.8)
        begun = readers.for_catalog(catalog, NO_WORDS)
        taught = NO_WORDS.trying(ALIAS)
        readers.adopt(readers.compiled(catalog, taught))
        assert readers.for_catalog(catalog, taught).parser is not begun.parser
        assert begun.parser.understand("充瓦1000点券").lines[0].product is None
        (line,) = readers.for_catalog(catalog, taught).parser.understand("充瓦1000点券").lines
        assert line.product is not None

    async def test_who_is_overtaken_examines_again_and_both_lessons_hold(self, own: App) -> None:
        await asyncio.gather(own.teaching.teach(ALIAS), own.teaching.teach(phrase("status", "咕噜咕噜")))
        words = await own.teaching.taught()
        assert {one.lesson.subject for one in words.taught} == {"lol", "status"}
        assert words.version == 2


@pytest.mark.parametrize(
    ("lesson", "reason"),
    [
        (alias("nothing", "瓦"), "no product nothing"),
        (alias("lol", "好的"), "word of the trade"),
        (alias("lol", "取消"), "word of the trade"),
        (alias("lol", "月卡"), "word of the trade"),
        (alias("lol", "微信"), "word of the trade"),
        (alias("lol", "老妈"), "word of the trade"),
        (alias("lol", "话费"), "word of the trade"),
        (alias("lol", "手机话费"), "topup"),
        (alias("lol", "爱奇艺会员"), "iqiyi"),
        (alias("lol", "英雄联盟"), "already"),
        (alias("lol", "100"), "numbers are never names"),
        (alias("lol", "一百块"), "means something already"),
        (alias("lol", "13800138000"), "numbers are never names"),
        (alias("lol", "a"), "single letter"),
        (alias("lol", "{product}"), "write words"),
        (alias("lol", "瓦\u202e\u0301"), "write words"),
        (alias("lol", ""), "write words"),
        (alias("lol", "很长的名字" * 5), "longer than"),
        (alias("lol", "瓦罗兰特"), "does not sell"),
        (phrase("nonsense", "咋样"), "is no intent"),
        (phrase("faq", "咋样了呢亲"), "faq.safety"),
        (phrase("status", "到账了吗"), "already"),
        (phrase("confirm", "不要了"), "says no"),
        (phrase("order", "取消订单吧"), "says no"),
        (phrase("status", "{number}咋样"), "one customer's own"),
        (phrase("status", "{evil}咋样"), "one customer's own"),
        (phrase("status", "{product}"), "2 to 80"),
        (phrase("greet", "帮我充100话费到13800138000"), "would still be understood as order"),
    ],
)  # fmt: skip
async def test_what_would_do_harm_is_refused_and_the_reason_told(
    app: App, lesson: Lesson, reason: str
) -> None:
    verdict = await app.teaching.teach(lesson)
    assert isinstance(verdict, Refused)
    assert reason in "\n".join(verdict.reasons)
    assert (await app.teaching.taught()).taught == ()


async def test_a_name_that_would_take_over_known_ones_is_refused_with_what_would_change(own: App) -> None:
    verdict = await own.teaching.teach(alias("kfc", "什么时"))
    assert isinstance(verdict, Refused)
    assert any("would change from" in reason for reason in verdict.reasons), verdict


async def test_what_says_no_is_never_taught_as_a_yes(own: App) -> None:
    verdict = await own.teaching.teach(phrase("confirm", "不整起"))
    assert isinstance(verdict, Refused)
    assert "says no" in verdict.reasons[0]


async def test_the_shop_is_taught_only_so_much(own: App) -> None:
    narrow = replace(own.policy, learning=replace(own.policy.learning, lessons_max=1))
    teaching = type(own.teaching)(own.database, own.shop, own.teaching.readers, narrow, own.clock)
    await own.database.write(lambda tx: lessons.teach(tx, ALIAS, NO_WORDS, own.clock.now()))
    verdict = await teaching.teach(alias("dnf", "毒友点"))
    assert isinstance(verdict, Refused)
    assert "policy.toml" in verdict.reasons[0]


async def test_the_words_of_a_product_that_is_sold_no_more_wait_for_it(own: App, clock: VirtualClock) -> None:
    await own.database.write(lambda tx: lessons.teach(tx, ALIAS, NO_WORDS, clock.now()))
    catalog = await own.database.read(own.shop.catalog)
    without = Catalog.of((one for one in catalog.products if one.product_id != "lol"), "without")
    await own.database.write(lambda tx: own.shop.import_catalog(tx, without, clock.now()))
    stage = Stage(own, clock)
    assert await asked(stage, "a", "充瓦1000点券") == "product"
    await own.database.write(lambda tx: own.shop.import_catalog(tx, catalog, clock.now()))
    assert await asked(stage, "b", "充瓦1000点券") == "account"


def test_words_are_read_as_the_files_are(own_lexicon: Lexicon) -> None:
    assert NO_WORDS.phrases == ()
    words = NO_WORDS.trying(phrase("faq.safety", "你家稳不稳当"))
    (taught,) = words.phrases
    assert (taught.intent, taught.topic, taught.phrases) == (Intent.FAQ, "safety", ("你家稳不稳当",))
    assert len(own_lexicon.with_phrases(words.phrases).intents) == len(own_lexicon.intents) + 1


@pytest.fixture
def own_lexicon() -> Lexicon:
    return Lexicon.read(DATA)
