"""Lists in which everybody gets the same, or each the size of his place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

SAME = {
    "帮忙给店里几个伙计充话费 每人30：\n小刘 15234110078\n阿强 13934110926": "topup-30",
    "给几位师傅充话费，一人50\n15234110078\n13934110926": "topup-50",
    "几个小伙子每人一张滴滴券50的：15234110078、13934110926": "didi-50",
    "话费 统一50\n15234110078\n13934110926": "topup-50",
    "15234110078、13934110926 每个号充10元话费测试用": "topup-10",
    "滴滴券20元：15234110078；13934110926 两个司机师傅一人一张": "didi-20",
    "迅雷月卡 15234110078 13934110926 一人一个月": "xunlei-1m",
    "滴滴券20的每人一张：15234110078，13934110926，加班打车用": "didi-20",
    "肯德基50的 15234110078 13934110926 人手一张": "kfc-50",
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", SAME)
def test_what_was_said_of_each_goes_for_everybody(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    got = [(line["sku"], line["quantity"], line["account"]) for line in frame["lines"]]
    assert got == [(SAME[text], 1, "15234110078"), (SAME[text], 1, "13934110926")]
    assert not frame["missing"]


def test_as_many_must_be_listed_as_were_said(framer: Framer) -> None:
    frame = framer.frame("滴滴券20元：15234110078；13934110926 三个司机师傅一人一张")
    assert frame["missing"]


def test_a_few_of_the_goods_is_no_number_of_people(framer: Framer) -> None:
    assert framer.frame("给15234110078、13934110926来几个滴滴券50的")["missing"]


@pytest.mark.parametrize(
    "text",
    [
        "给这三个号充话费 13880124476 13880124477 15982203341 分别50 100 200",
        "13880124476、13880124477、15982203341 话费分别是50、100、200",
        "13880124476 13880124477 15982203341 分别充50 100 200 话费",
    ],
)
def test_sizes_parted_by_blanks_are_given_in_their_order(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [
        ("topup-50", "13880124476"),
        ("topup-100", "13880124477"),
        ("topup-200", "15982203341"),
    ]


def test_a_number_that_was_torn_is_no_list_of_sizes(framer: Framer) -> None:
    assert framer.frame("13880124476 13880124477 话费 136 270 94158")["missing"]
