"""What is mere talk is left out, and what carries a part of the order never is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.stretches import plain_clause
from tests.bench.judged import DATA, NLU, catalog_of
from tests.nlu.test_corpus import complete


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(catalog_of("demo", NLU / "corpus"), DATA)


@pytest.mark.parametrize(
    ("said", "sku", "quantity"),
    [
        ("迅雷会员季卡，登录手机是17360925514，不开会员下东西慢得要死", "xunlei-3m", 1),
        ("我要一张500的天猫卡，过年给老娘买年货用", "tmall-card-500", 1),
        ("爱奇艺白金会员季卡，13327718046，老人家耳朵不好就爱看个字幕", "iqiyi-platinum-3m", 1),
        ("闺女期末考了97分，答应她的京东卡200一张", "jd-ecard-200", 1),
        ("换了个iphone15，芒果TV季卡，13688027410", "mgtv-3m", 1),
        ("星巴克200的两张，店里四个伙计轮流值班", "starbucks-200", 2),
    ],
)
def test_an_order_is_read_beside_talk_that_sounds_like_more_of_it(
    framer: Framer, said: str, sku: str, quantity: int
) -> None:
    frame: Any = framer.frame(said)
    assert complete(frame), frame
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [(sku, quantity)]


@pytest.mark.parametrize(
    "said",
    [
        "京东卡100一张，再来两张",
        "京东卡100，每人一张，一共五个人",
        "爱奇艺会员13812345678，都要年卡的，还是季卡吧，我再想想",
        "话费100到13812345678，我妈也要一份",
        "话费100到13812345678，我爸充过了",
        "话费100到13812345678，等发工资再充",
        "京东卡100一张，第一个不要了",
        "话费100到13812345678，要是不打折就不充",
        "我同事说“充100话费到13812345678”，后面就断了",
    ],
)
def test_what_changes_the_order_is_not_left_out(framer: Framer, said: str) -> None:
    frame: Any = framer.frame(said)
    simple = complete(frame) and len(frame["lines"]) == 1 and frame["lines"][0]["quantity"] == 1
    assert not simple, frame


def test_the_places_of_what_was_said_are_those_of_the_whole_message(framer: Framer) -> None:
    said = "闺女期末考了97分，答应她的京东卡200一张"
    spans: Any = framer.frame(said)["spans"]
    assert {said[span["start"] : span["end"]] for span in spans} >= {"京东卡", "200"}


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        ("考了九十八分", "考了0分"),
        ("花了我7,000块！", "花了我0块"),
        ("再来两张", "再来0张"),
        ("一下子", "一下子"),
    ],
)
def test_numbers_are_all_alike_to_who_judges_a_clause(said: str, judged: str) -> None:
    assert plain_clause(said) == judged
