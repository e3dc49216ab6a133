"""What is said of a server in part is kept, and decides where only one server has it."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import shop

FOUR = "wz | 王者荣耀点券 | 游戏 | qq | 60点券 300点券 | 王者 | 安卓QQ;安卓微信;苹果QQ;苹果微信"
SYSTEMS = "yys | 阴阳师勾玉 | 游戏 | uid | 60勾玉 300勾玉 | 阴阳师 | 网易安卓;网易iOS"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("王者60点券 安卓qq区 123456789", "安卓QQ"),
        ("王者60点券 苹果q区 123456789", "苹果QQ"),
        ("王者60点券 苹果微信区 123456789", "苹果微信"),
    ],
)
def test_a_server_is_said_with_the_word_for_one(text: str, region: str) -> None:
    (line,) = shop(FOUR).frame(text)["lines"]
    assert line["region"] == region


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("王者60点券 微信区 123456789", ["安卓微信", "苹果微信"]),
        ("王者60点券 123456789 我是安卓手机", ["安卓QQ", "安卓微信"]),
    ],
)
def test_of_half_a_name_those_that_fit_are_left(text: str, left: list[str]) -> None:
    frame = shop(FOUR).frame(text)
    assert frame["missing"] == ["region"]
    assert frame["candidates"] == left


@pytest.mark.parametrize("text", ["王者60点券 不是微信区 123456789", "王者60点券 123456789"])
def test_what_was_refused_or_not_said_leaves_none(text: str) -> None:
    frame = shop(FOUR).frame(text)
    assert "region" in frame["missing"]
    assert not set(frame["candidates"]) & {"安卓微信", "苹果微信"}


@pytest.mark.parametrize("text", ["阴阳师60勾玉 123456789 ios", "阴阳师60勾玉 123456789，我是苹果手机"])
def test_the_only_one_that_fits_is_meant(text: str) -> None:
    (line,) = shop(SYSTEMS).frame(text)["lines"]
    assert line["region"] == "网易iOS"
