"""The recipient in front of the goods, the count said once more, and numbers that tell of the customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

RECIPIENT_IN_FRONT = {
    "工作室今天的单子\n273849506 Q币100\n1928374655 Q币50": [
        ("qcoin-100", 1, "273849506"),
        ("qcoin-50", 1, "1928374655"),
    ],
    "273849506 QB 一百": [("qcoin-100", 1, "273849506")],
    "88374621 qb30": [("qcoin-30", 1, "88374621")],
    "273849506 Q币50个": [("qcoin-50", 1, "273849506")],
    "273849506 Q币10，123456789 Q币5": [("qcoin-10", 1, "273849506"), ("qcoin-5", 1, "123456789")],
    "100 Q币 273849506": [("qcoin-100", 1, "273849506")],
}
COUNTED_AGAIN = {
    "买一份京东卡100的卡密，公司用，一份就够哈": [("jd-ecard-100", 1, None)],
    "麻烦买一张京东卡100，一张就够": [("jd-ecard-100", 1, None)],
    "京东卡100来一张，一张就行了": [("jd-ecard-100", 1, None)],
    "来2张100的京东卡，两张就可以": [("jd-ecard-100", 2, None)],
    "京东卡100的，两张就够": [("jd-ecard-100", 2, None)],
}
TOLD = {
    "我今年71了，手机13709481625充50块话费": [("topup-50", 1, "13709481625")],
    "我今年66，给13709481625充50块话费": [("topup-50", 1, "13709481625")],
    "我爸都七十三了 话费50 13709481625": [("topup-50", 1, "13709481625")],
    "孩子今年10了，B站月卡 13709481625": [("bilibili-1m", 1, "13709481625")],
    "本人52，想给手机13709481625充100": [("topup-100", 1, "13709481625")],
    "给我妈50了，话费，13709481625": [("topup-50", 1, "13709481625")],
    "今年就充50，话费，13709481625": [("topup-50", 1, "13709481625")],
    "双十一还有5天 京东卡100两张": [("jd-ecard-100", 2, None)],
    "年会还有9天，先备5张京东卡100": [("jd-ecard-100", 5, None)],
    "网吧28台机器，今天先拿京东卡100的10张试试水": [("jd-ecard-100", 10, None)],
    "二年级的娃，听喜马拉雅月卡13709481625": [("ximalaya-1m", 1, "13709481625")],
}
ASKED = [
    "话费我50了 13709481625",
    "爱奇艺会员，还有7天的吗，13709481625",
    "win11专业版，3台主机",
    "1000000 Q币 60张",
    "2738495 点券 2份",
    "来2张100的京东卡，一张就行",
    "京东卡100一张，天猫卡100一张，一张就够",
    "京东卡100一张，200的也一张，一张就够",
]


WISHED_BEHIND_A_QUESTION = [
    "骏网一卡通80块的有吗，来一张",
    "京东卡80的有没有，来两张",
    "星巴克卡35的有没有？给我来两张",
]
ONLY_ASKED = [
    "有100的京东卡吗？有的话来一张",
    "有京东卡或者天猫卡吗，来一张",
    "京东卡80的有没有",
    "有什么卡吗，来一张",
]


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", RECIPIENT_IN_FRONT)
def test_a_unit_behind_a_recipient_names_the_goods_whose_size_follows(framer: Framer, text: str) -> None:
    assert ordered(framer, text) == RECIPIENT_IN_FRONT[text]


@pytest.mark.parametrize("text", COUNTED_AGAIN)
def test_a_count_that_is_called_enough_is_no_second_one(framer: Framer, text: str) -> None:
    assert ordered(framer, text) == COUNTED_AGAIN[text]


@pytest.mark.parametrize("text", TOLD)
def test_numbers_of_the_customers_life_are_no_sizes(framer: Framer, text: str) -> None:
    assert ordered(framer, text) == TOLD[text]


@pytest.mark.parametrize("text", ASKED)
def test_what_may_mean_otherwise_is_asked_about(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["missing"] or frame["problems"] or not frame["lines"]


@pytest.mark.parametrize("text", WISHED_BEHIND_A_QUESTION)
def test_who_asks_whether_there_is_any_and_then_wants_some_orders(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["intent"] == "order"
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]


@pytest.mark.parametrize("text", ONLY_ASKED)
def test_a_condition_a_choice_and_a_mere_question_order_nothing(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["intent"] == "search"
    assert not frame["lines"]


def ordered(framer: Framer, text: str) -> list[tuple[str, int, str | None]]:
    """The lines of a whole order."""
    frame = framer.frame(text)
    assert frame["intent"] == "order"
    assert not frame["missing"]
    assert not frame["problems"]
    return [(line["sku"], line["quantity"], line["account"]) for line in frame["lines"]]
