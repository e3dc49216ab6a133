"""A message that is crammed with numbers and names orders nothing; fifty honest lines are read."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from bot.commands.parse import framer_for
from tests.nlu.readers import DATA

FRAMER = framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("trap", ["1 ", "零1", "嗯1", "1、", "月卡", "九折", "50元话费 "])
def test_a_crammed_message_orders_nothing(trap: str) -> None:
    frame = FRAMER.frame((trap * 2000)[:1900])
    assert frame["lines"] == []


def test_fifty_lines_are_read() -> None:
    rows = [f"138 0013 {8000 + number} 话费 50元 1份" for number in range(50)]
    lines = FRAMER.frame("\n".join(rows))["lines"]
    assert isinstance(lines, list)
    assert [line["account"] for line in lines if isinstance(line, dict)] == [
        f"1380013{8000 + number}" for number in range(50)
    ]
    assert {line["sku"] for line in lines if isinstance(line, dict)} == {"topup-50"}


@pytest.mark.parametrize("word", ["老板", "我想", "我要", "好的", "死了", "嗯嗯"])
@pytest.mark.parametrize("behind", [" 哦不是我想买50话费x", "50话费x", "取消x"])
def test_a_word_said_over_and_over_is_read_like_any_other(word: str, behind: str) -> None:
    # Where a word can be read in two ways, sixty of them can be read in 2**60: this would never end.
    assert FRAMER.frame(word * 60 + behind)["confidence"] is not None


NAMES_AND_NUMBERS = (
    "，", "、", "1、", "1", "7 ", "12 13 ", "手机1 ", "第1个", "到100", "100到", "50还是", "100*3 ", "100改成50，", "不对，", "打错了",
    "不要月卡，", "不要100，要50，", "不要话费，要流量，", "别充，", "还是", "和", "卡", "会", "爱", "月卡", "话费", "肯德基", "q币 ",
    "王者荣耀点券", "优酷会员、", "移动10g流量", "给老妈充50，", "各充50，", "a@b.c，", "13800138000，", "手机号139，",
    "充100话费到13800138000和13900139000，", "1) 话费\n", "爱奇艺 月卡 1\n", "话费\t100\t13800138000\n", "\n", "一二三四五六七八九十",
)  # fmt: skip


@pytest.mark.parametrize("trap", NAMES_AND_NUMBERS)
def test_twice_the_message_is_twice_the_work(trap: str) -> None:
    """Counted in calls, which no other work of the machine disturbs."""
    FRAMER.frame(trap)  # what is made when it is first needed counts for neither
    half, whole = (_calls((trap * length)[:length]) for length in (500, 1000))
    assert whole < 2.4 * half


def _calls(text: str) -> int:
    """How many functions are called while a text is read."""
    called = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        FRAMER.frame(text)
    finally:
        sys.setprofile(before)
    return called
