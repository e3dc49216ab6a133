"""Goods under a natural name that the catalog does not have: another word for a tier, a word turned to the front."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

SHOP = """
hf | 三网话费极速充 | 话费 | phone | 50元 100元
hfm | 三网话费特惠慢充(72小时内) | 话费 | phone | 50元 100元
hz | QQ黄钻贵族 | 会员 | qq | 月卡 季卡
hhz | QQ豪华黄钻 | 会员 | qq | 月卡 季卡
wp | 百度网盘SVIP | 会员 | phone | 月卡 年卡
ali | 阿里云盘超级会员 | 会员 | phone | 月卡 年卡
xl | 迅雷超级会员 | 会员 | phone | 月卡 年卡
xm | 喜马拉雅VIP | 会员 | phone | 月卡 季卡
xme | 喜马拉雅儿童会员 | 会员 | phone | 月卡 季卡
mg | 芒果TV全屏会员 | 会员 | phone | 月卡 季卡
mgm | 芒果TV移动影视会员 | 会员 | phone | 月卡 季卡
pk | 5E对战平台优先会员 | 会员 | uid | 月卡 年卡
"""
PHONE = "13812345678"


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("话费充一百 {}", "hf-100元"),
        ("给{}交50话费", "hf-50元"),
        ("慢充100 {}", "hfm-100元"),
        ("百度网盘超级会员月卡{}", "wp-月卡"),
        ("度盘svip年卡{}", "wp-年卡"),
        ("阿里云盘svip一个月{}", "ali-月卡"),
        ("阿里盘超会年费{}", "ali-年卡"),
        ("迅雷svip月卡{}", "xl-月卡"),
        ("儿童版喜马拉雅 一季 {}", "xme-季卡"),
        ("儿童喜马拉雅 月卡{}", "xme-月卡"),
        ("喜马拉雅会员季卡{}", "xm-季卡"),
        ("家里换了大电视 芒果全屏的来个季卡 {}", "mg-季卡"),
    ],
)
def test_the_goods_are_found(text: str, sku: str) -> None:
    assert bought(shop(SHOP).frame(text.format(PHONE))) == [(sku, 1, PHONE)]


@pytest.mark.parametrize(
    ("text", "sku", "account"),
    [
        ("黄钻一个月，号 23987612", "hz-月卡", "23987612"),
        ("豪华黄钻一季 扣扣23987612", "hhz-季卡", "23987612"),
        ("5E会员一年 uid 3876512", "pk-年卡", "3876512"),
        ("黄钻月卡 号 1 2 3 4 5 6 7 8", "hz-月卡", "12345678"),
        ("5e会员月卡 uid: 6 0 1 8 2 7 3 9", "pk-月卡", "60182739"),
    ],
)
def test_so_are_those_of_other_accounts(text: str, sku: str, account: str) -> None:
    assert bought(shop(SHOP).frame(text)) == [(sku, 1, account)]


@pytest.mark.parametrize(("text", "other"), [("腾讯视频svip月卡{}", "b"), ("腾讯视频超级会员月卡{}", "a")])
def test_where_both_are_sold_neither_is_taken_for_the_other(text: str, other: str) -> None:
    both = "a | 腾讯视频SVIP | 会员 | phone | 月卡\nb | 腾讯视频超级会员 | 会员 | phone | 月卡"
    assert bought(shop(both).frame(text.format(PHONE))) != [(f"{other}-月卡", 1, PHONE)]


SERVERS = "wz | 王者荣耀点券 | 手游 | qq | 300点券 1280点券 | 王者点券 | 安卓QQ;安卓微信;苹果QQ;苹果微信"


@pytest.mark.parametrize(
    ("text", "region"),
    [("王者1280的，苹果QQ，号是 128973645", "苹果QQ"), ("王者300点 安卓QQ 号 128973645", "安卓QQ")],
)
def test_qq_behind_a_system_is_a_server_and_no_label_of_the_number(text: str, region: str) -> None:
    (line,) = shop(SERVERS).frame(text)["lines"]
    assert (line["account"], line["region"]) == ("128973645", region)
