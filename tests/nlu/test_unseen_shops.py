"""What customers say in shops without aliases, whose names, units and places nobody tuned for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

ROOT = Path(__file__).parents[2]


@cache
def framer(shop: str) -> Framer:
    return framer_for(ROOT / f"tests/nlu/corpus/{shop}.csv", ROOT / "data")


def line(shop: str, text: str) -> dict[str, Any]:
    (only,) = framer(shop).frame(text)["lines"]
    return dict(only)


@pytest.mark.parametrize(
    "text", ["热水卡20 卡号88014623", "热水卡20，学号是88014623", "一卡通号88014623 热水卡20", "热水卡20户号88014623"]
)  # fmt: skip
def test_a_label_names_whatever_account_the_goods_need(text: str) -> None:
    assert line("campus", text)["account"] == "88014623"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("饭卡50，南湖，20240077", "南湖校区"),
        ("饭卡50，我在东校，20240077", "东校区"),
        ("饭卡50 西区 20240077", "西校区"),
        ("我们校区是南湖，饭卡50，20240077", "南湖校区"),
    ],
)
def test_a_place_is_said_without_what_all_places_end_with(text: str, region: str) -> None:
    assert line("campus", text)["region"] == region


@pytest.mark.parametrize("text", ["校园网20 学号2022119 北校区", "校园网20 北苑校区 2022119"])
def test_a_place_that_ends_like_them_and_is_none_is_named(text: str) -> None:
    frame = framer("campus").frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["region_unknown"]


def test_what_a_shop_sells_by_counts_even_where_it_is_talk_elsewhere() -> None:
    assert line("campus", "维谱查重一篇 a@126.com")["sku"] == "wpcc-1"


def test_a_doubled_verb_counts_nothing() -> None:
    assert line("studio", "Adobe CC 三个月 → lens88@gmail.com，婚礼季扛一扛")["sku"] == "adobecc-3m"


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("campus", "电信校园宽带一学年 18971245508", "kddx-10"),
        ("campus", "电信校园宽带 一学期的 18971245508", "kddx-5"),
        ("campus", "六级备考资料要全套的 a@163.com", "cet6-qt"),
        ("campus", "四级备考资料，真题那份，a@163.com", "cet4-zt"),
        ("campus", "考研政治电子讲义冲刺的 a@163.com", "kyzz-cc"),
        ("campus", "毕业论文打印装订精装的一本", "lwzd-yj"),
        ("campus", "教师资格证笔试网课中学 18971245508", "jzbs-zx"),
    ],
)
def test_a_variant_is_named_by_a_part_of_its_label(shop: str, text: str, sku: str) -> None:
    assert line(shop, text)["sku"] == sku


def test_parts_of_two_variants_leave_the_choice_open() -> None:
    said = line("campus", "四级备考资料，真题和听力都要 a@163.com")
    assert (said["product"], said["sku"]) == ("cet4", None)


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("daily", "万达2D券两张", "wd2-1"),
        ("daily", "万达imax的票来一张", "wdi-1"),
        ("daily", "河南国网的交100，户号4107362851", "gw-100"),
        ("daily", "滴滴20的，18221740936", "dd-20"),
        ("daily", "永辉100的卡来一张", "yh-100"),
        ("daily", "麦麦25的来5张", "mcd-25"),
        ("daily", "芒果TV月卡 18621748305", "mg-1"),
        ("daily", "芒果TV年卡电视能看的 18621748305", "mgq-12"),
        ("daily", "爱奇艺白金会员一年，家里电视上看，13764920518", "aqp-12"),
        ("pcclub", "ns会员家庭版来一年的，刚好8个人拼车", "nsof-12"),
    ],
)
def test_a_good_goes_by_what_tells_it_from_its_siblings(shop: str, text: str, sku: str) -> None:
    assert line(shop, text)["sku"] == sku


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("万达的票两张", ["wd2", "wdi"]),
        ("我想充个加油卡", ["zsh", "zsy"]),
        ("腾讯视频电视上看的月卡18621748305", ["tv", "tvs"]),
    ],
)
def test_equal_siblings_are_asked_about(text: str, candidates: list[str]) -> None:
    assert framer("daily").frame(text)["candidates"] == candidates
