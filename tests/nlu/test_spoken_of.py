"""What somebody runs, likes or used before is no goods of an order; what is asked for behind it is."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


def skus(shop: str, text: str) -> list[str]:
    frame = framer(shop).frame(text)
    assert complete(frame), frame
    return [one["sku"] for one in frame["lines"]]


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("bandizip标准版来一个，我电脑是win11的", "bandizip-std"),
        ("我电脑是win11的，bandizip标准版来一个", "bandizip-std"),
        ("卡巴斯基3台1年的一份，系统是win10", "kaspersky-3pc"),
        ("卡巴斯基3台1年的一份，家里电脑装的win10家庭版", "kaspersky-3pc"),
        ("之前用百度网盘，太慢了，这次给我夸克网盘年卡 18351946602", "quark-pan-12m"),
        ("一直用阿里云盘，今天来个夸克网盘年卡 18351946602", "quark-pan-12m"),
        ("同事用的是百度网盘和夸克，我开个阿里云盘月卡 15298365510", "aliyun-pan-1m"),
        ("我电脑是win11的，邮箱a_b@qq.com，cursor一个月", "cursor-1m"),
    ],
)
def test_what_somebody_uses_is_not_ordered(text: str, sku: str) -> None:
    assert skus("office", text) == [sku]


@pytest.mark.parametrize(
    "text",
    [
        "我家老大老二都爱听喜马拉雅，这次给老二的喜马拉雅儿童会员续个年卡，手机号13914758032",
        "孩子爱听凯叔讲故事，喜马拉雅儿童会员来个年卡 13914758032",
    ],
)
def test_a_liking_takes_no_size_of_the_next_clause(text: str) -> None:
    assert skus("family", text) == ["xmlyk-12m"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一直用夸克网盘，年卡续一个 18351946602", ["quark-pan-12m"]),
        ("同事用的是百度网盘，月卡给他来一个 13914758032", ["baidu-pan-1m"]),
    ],
)
def test_what_is_used_is_ordered_where_the_wish_goes_on_about_it(text: str, lines: list[str]) -> None:
    assert skus("office", text) == lines


@pytest.mark.parametrize(
    "text",
    [
        "我电脑是win11的，密钥来一个",
        "我喜欢用夸克，百度网盘也来个年卡 18351946602",
        "系统是win11还是win10我也不知道，密钥来一个",
    ],
)
def test_what_may_be_wanted_too_is_asked_about(text: str) -> None:
    assert not complete(framer("office").frame(text))


@pytest.mark.parametrize(
    "text",
    [
        "夸克网盘年卡，手机号18351946602，我上次在别家花了198还给我开成月卡，这次别弄错了",
        "夸克网盘年卡，手机号18351946602，上回在别的店买的给我开成了月卡",
        "夸克网盘年卡 18351946602，上次别家给我充了个季卡",
        "夸克网盘年卡 18351946602，隔壁店上次收我180还开成月卡",
    ],
)
def test_sizes_of_another_shop_are_not_ordered(text: str) -> None:
    assert skus("office", text) == ["quark-pan-12m"]


@pytest.mark.parametrize(
    "text",
    [
        "夸克网盘会员，手机号18351946602，上次在别家开的年卡",
        "夸克网盘年卡，手机号18351946602，上次在别家花了198，这次来月卡吧",
        "我上次在别家花了198开夸克网盘年卡，给我开个一样的，18351946602",
    ],
)
def test_what_is_wanted_this_time_is_asked_for(text: str) -> None:
    assert not complete(framer("office").frame(text))
