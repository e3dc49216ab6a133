"""Goods that are named beside an order to say that they are not wanted, and why something is refused."""

from __future__ import annotations

import pytest

from bot.commands.parse import framer_for
from tests.nlu.test_corpus import DATA, complete
from tests.nlu.test_unseen_shops import framer

DEMO = framer_for(DATA / "catalog/demo.csv", DATA)


def skus(text: str, shop: str | None = None) -> list[str]:
    frame = (framer(shop) if shop else DEMO).frame(text)
    assert complete(frame), frame
    return [line["sku"] for line in frame["lines"]]


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("爱奇艺年卡13800138000，优酷的不要", "iqiyi-12m"),
        ("爱奇艺年卡13800138000，优酷太贵了不考虑", "iqiyi-12m"),
        ("爱奇艺年卡，号码13800138000。腾讯的我不开了，没时间看", "iqiyi-12m"),
        ("原神648 UID 123456789 天空岛，星铁的不充了", "genshin-6480"),
        ("Q币50 QQ 12345678，黄钻就不续了", "qcoin-50"),
        ("话费100 13800138000，慢充的不要，太慢", "topup-100"),
        ("星巴克50的一张，瑞幸不好喝", "starbucks-50"),
        ("京东卡100一张。沃尔玛的就不买了，离得远", "jd-ecard-100"),
        ("优酷的我不要了，太贵，爱奇艺年卡13800138000", "iqiyi-12m"),
    ],
)
def test_what_nobody_asked_for_is_given_up_without_a_question(text: str, sku: str) -> None:
    assert skus(text) == [sku]


@pytest.mark.parametrize(
    "text",
    [
        "爱奇艺年卡13800138000，会员不要了",
        "爱奇艺年卡13800138000，奇异果不要了",
        "爱奇艺年卡13800138000，视频会员的不要",
        "爱奇艺年卡13800138000。这个我不要了，太贵",
        "腾讯视频年卡13800138000，腾讯的不要了",
        "话费100 13800138000，话费不要了",
        "爱奇艺年卡13800138000，还有优酷的，算了",
        "爱奇艺年卡13800138000。优酷的我不要吗？",
    ],
)
def test_what_may_mean_the_order_itself_is_not_ordered(text: str) -> None:
    assert not complete(DEMO.frame(text))


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("卡巴斯基1台一年的要一个，别给我发三台的，用不上", "kaspersky-1pc"),
        ("卡巴斯基1台一年的要一个，不要三台的，太贵", "kaspersky-1pc"),
        ("夸克网盘年卡18351946602，别给我开月卡，不划算", "quark-pan-12m"),
        ("win11专业版一个，别发家庭版，用不了", "win11-pro"),
    ],
)
def test_why_a_size_is_refused_takes_nothing_back(text: str, sku: str) -> None:
    assert skus(text, "office") == [sku]


@pytest.mark.parametrize(
    "text",
    [
        "卡巴斯基1台一年的要一个，别给我发三台的，算了",
        "卡巴斯基1台一年的要一个，用不上",
        "夸克网盘年卡18351946602，不要年卡的，太贵",
        "夸克网盘年卡18351946602，太贵",
        "夸克网盘年卡18351946602，不要了，用不上",
    ],
)
def test_a_reason_that_refuses_the_order_leaves_none(text: str) -> None:
    assert not complete(framer("office").frame(text))


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("别给我充话费，我要的是流量，移动10G的月包，13800112233", "data-cmcc-10g-m"),
        ("不要爱奇艺，我要优酷月卡，13800112233", "youku-1m"),
        ("别给我京东卡啊，我是要天猫卡100一张", "tmall-card-100"),
        ("不要芒果的，迅雷年卡，13800112233", "xunlei-12m"),
    ],
)
def test_goods_refused_in_front_of_what_is_wanted_call_nothing_off(text: str, sku: str) -> None:
    frame = DEMO.frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    "text",
    ["别充话费，流量也不要", "别给我充话费，13800112233", "不要京东卡了，天猫卡有吗", "别充话费，流量多少钱"],
)
def test_goods_refused_beside_no_others_that_are_wanted_order_nothing(text: str) -> None:
    assert not complete(DEMO.frame(text))
