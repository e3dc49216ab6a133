"""A message that is crammed with numbers and names orders nothing; fifty honest lines are read."""

from __future__ import annotations

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
