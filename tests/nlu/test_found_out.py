"""A count that somebody went to find out takes the place of the one said before: 来5张，刚问了行政，是8张."""

from __future__ import annotations

import pytest

from bot.commands.parse import framer_for
from tests.nlu.test_corpus import DATA, complete

DEMO = framer_for(DATA / "catalog/demo.csv", DATA)


@pytest.mark.parametrize(
    "text",
    [
        "京东卡100的来5张，哦刚问了行政，是8张",
        "京东卡100的5张。数了一下，一共8张",
        "京东卡100的5张，确认过了，是8张",
        "京东卡100来5张，我去确认了一下，8张才对",
        "星期五抽奖用，京东卡100要5张，刚核对了名单，应该是8张",
        "京东卡100的5张，又问了一遍，说是8张",
    ],
)
def test_the_count_found_out_is_ordered(text: str) -> None:
    frame = DEMO.frame(text)
    assert complete(frame), frame
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [("jd-ecard-100", 8)]


@pytest.mark.parametrize(
    "text",
    [
        "京东卡100的5张，刚问了行政，他要8张",
        "京东卡100的5张，我问一下是不是8张",
        "京东卡100的5张，上次问了是8张",
        "京东卡100的5张，数了下手里，是8张",
        "话费100到13951946602，刚问了余额，是50",
    ],
)
def test_what_may_be_another_count_is_asked_about(text: str) -> None:
    assert not complete(DEMO.frame(text))
