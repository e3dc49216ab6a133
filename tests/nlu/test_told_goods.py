"""Goods that are only told of beside an order, and goods that a clause beside it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.bench.judged import DATA, NLU, catalog_of
from tests.nlu.small_shops import bought, shop
from tests.nlu.test_corpus import complete


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(catalog_of("demo", NLU / "corpus"), DATA)


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("爱奇艺月卡13812345678，我家电视上一直用的是芒果TV", "iqiyi-1m"),
        ("腾讯视频广告太多看得人心烦，给我来张50的京东卡", "jd-ecard-50"),
        ("steam国区100来一张，我电脑系统是win11的", "steam-cn-100"),
        ("老公天天抱着王者荣耀打到半夜，充50话费到13912345678", "topup-50"),
        ("听我同事说百度网盘慢得很，迅雷会员月卡13812345678", "xunlei-1m"),
    ],
)
def test_goods_that_are_only_told_of_are_no_second_line(framer: Framer, said: str, sku: str) -> None:
    frame: Any = framer.frame(said)
    assert complete(frame), frame
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    "said",
    [
        "爱奇艺月卡13812345678，芒果TV我妈也想看给她弄上",
        "steam国区100来一张，win11的也来一个",
        "充50话费到13912345678，顺便把优酷给我儿子续了",
        "京东卡50一张，星巴克的你看着配",
        "爱奇艺月卡13812345678，那个百度网盘也一块儿开了",
        "我室友想要优酷，爱奇艺月卡给我，13812345678",
        "京东卡50，天猫的也整一张",
        "话费50充13912345678，小孩要的王者点券别忘了",
    ],
)
def test_goods_that_a_clause_beside_asks_for_are_not_left_out(framer: Framer, said: str) -> None:
    frame: Any = framer.frame(said)
    assert not (complete(frame) and len(frame["lines"]) == 1), frame


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("京东卡100，来点抖币", "抖币"),
        ("充100话费到13912345678，工友让我捎份抖币", "抖币"),
        ("京东卡100一张，顺手把快币也给孩子整上", "快币"),
        ("充50话费到13912345678，给我外甥也来点抖币", "抖币"),
    ],
)
def test_goods_that_are_not_sold_here_are_said_so_when_a_clause_beside_asks_for_them(
    framer: Framer, said: str, word: str
) -> None:
    frame: Any = framer.frame(said)
    assert [line["sku"] for line in frame["lines"]] != []
    assert [(problem["code"], problem["value"]) for problem in frame["problems"]] == [
        ("product_unknown", word)
    ]


@pytest.mark.parametrize(
    "said",
    [
        "京东卡100，抖币我不要",
        "京东卡100一张，我闺女天天刷抖币打赏，气人",
        "我妈爱听喜马拉雅，京东卡100来一张",
    ],
)
def test_goods_that_are_not_sold_here_and_not_wanted_ask_nothing(framer: Framer, said: str) -> None:
    frame: Any = framer.frame(said)
    assert complete(frame), frame


VOUCHERS = """
yd | 移动话费 | 手机缴费 | phone | 30元 50元
dx | 电信话费 | 手机缴费 | phone | 30元 50元
wm | 美团外卖红包 | 吃喝玩乐 | phone | 20元 50元
dc | 高德打车券 | 吃喝玩乐 | phone | 30元 50元
"""


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("送外卖的电话不能停，给我充50，19137462205 电信的", [("dx-50元", 1, "19137462205")]),
        ("送外卖的手机可不能停机，赶紧充50 13812345678", [("yd-50元", 1, "13812345678")]),
        ("外卖50，13812345678", [("wm-50元", 1, "13812345678")]),
        ("外卖的，充50，13812345678", [("wm-50元", 1, "13812345678")]),
    ],
)
def test_a_kind_of_goods_that_is_only_told_of_is_not_charged(
    said: str, lines: list[tuple[object, ...]]
) -> None:
    assert bought(shop(VOUCHERS).frame(said)) == lines


@pytest.mark.parametrize(
    "said",
    [
        "想点外卖，充50，13812345678",
        "外卖神券，充50，13812345678",
        "要叫外卖了，充50 13812345678",
        "跑外卖呢，充50 13812345678",
    ],
)
def test_whether_a_kind_of_goods_is_wanted_or_told_of_is_asked(said: str) -> None:
    assert bought(shop(VOUCHERS).frame(said)) == []


@pytest.mark.parametrize("said", ["加油卡 9030110000480021 充200", "来张加油卡：9030110000480021，200"])
def test_the_label_of_a_recipient_may_name_the_goods(said: str) -> None:
    goods = shop("zsy | 中国石油昆仑加油卡 | 车主服务 | fuel_card | 200元 500元 | 加油卡")
    assert bought(goods.frame(said)) == [("zsy-200元", 1, "9030110000480021")]
