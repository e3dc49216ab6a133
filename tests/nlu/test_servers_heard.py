"""Servers as they are typed: misheard, unknown to the goods, or standing where a server would."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

HEARD = {
    "原神空月祝富 天空道 uid 208846173": "天空岛",
    "原神60 添空岛 uid 208846173": "天空岛",
    "星铁60 无铭客 uid 100200300": "无名客",
    "lol1000点券 艾欧泥亚 qq 1902277345": "艾欧尼亚",
}
UNKNOWN = {
    "英雄联盟5000点券 德玛西亚 QQ 590318827": "德玛西亚",
    "lol 1000点券，雷瑟守备，qq 73920184": "雷瑟守备",
    "原神国际服充6480，UID 812039475": "国际服",
    "星铁 60 欧服 uid 812039475": "欧服",
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", HEARD)
def test_a_server_is_known_by_its_sound(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [line["region"] for line in frame["lines"]] == [HEARD[text]]
    assert not frame["missing"]


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_server_that_the_goods_do_not_have_is_named_in_the_question(framer: Framer, text: str) -> None:
    problems = framer.frame(text)["problems"]
    assert [(problem["code"], problem["value"]) for problem in problems] == [
        ("region_unknown", UNKNOWN[text])
    ]


@pytest.mark.parametrize("text", ["王者60点券 麻烦快点 QQ 590318827", "lol 1000点券 老弟要用 qq 73920184"])
def test_talk_in_the_place_of_a_server_is_none(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["missing"] == ["region"]
    assert not frame["problems"]
