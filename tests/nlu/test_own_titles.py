"""A shop is ordered from by its own titles, aliases and labels, and by what customers make of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nlu.small_shops import bought, shop

GIFT_CARDS = """
apple | 【卡密】苹果礼品卡【中国大陆区】 | 礼品卡 | none | 50元 100元 | 苹果卡;苹果国区
apple-us | 【卡密】苹果礼品卡【美国区】(限美区Apple ID) | 礼品卡 | none | 5美元 10美元 | 苹果美区
apple-jp | 【卡密】苹果礼品卡【日本区】 | 礼品卡 | none | 500日元 1000日元 | 苹果日区
steam-us | 【卡密】Steam平台钱包充值码 美区美元(限美区账号) | 点卡 | none | 5美元 10美元 20美元
psn-jp | 【卡密】PSN充值卡 日区日元 | 点卡 | none | 1000日元 3000日元
"""


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("苹果美区5美元", "apple-us-5美元"),
        ("美区苹果 10美金", "apple-us-10美元"),
        ("苹果美区 5刀", "apple-us-5美元"),
        ("美区苹果卡5美金", "apple-us-5美元"),
        ("要张美区的苹果卡，10刀的", "apple-us-10美元"),
        ("苹果美区礼品卡10美元", "apple-us-10美元"),
        ("苹果日区1000日元", "apple-jp-1000日元"),
        ("日区苹果卡 500日元", "apple-jp-500日元"),
        ("steam美区20美元", "steam-us-20美元"),
        ("PSN日区3000日元", "psn-jp-3000日元"),
        ("苹果卡100", "apple-100元"),
    ],
)
def test_a_currency_beside_a_name_belongs_to_that_name(said: str, sku: str) -> None:
    assert bought(shop(GIFT_CARDS).frame(said)) == [(sku, 1, None)]


def test_goods_of_one_currency_that_are_both_named_are_both_ordered() -> None:
    frame = shop(GIFT_CARDS).frame("苹果美区5美元，steam美区10美元")
    assert bought(frame) == [("apple-us-5美元", 1, None), ("steam-us-10美元", 1, None)]


@pytest.mark.parametrize(
    "said", ["来张5美元的", "美区5美元", "苹果美区20美元", "苹果国区5美元", "1000日元的充值卡"]
)
def test_a_currency_alone_or_one_that_is_not_sold_so_is_asked_about(said: str) -> None:
    frame: Any = shop(GIFT_CARDS).frame(said)
    assert not bought(frame), frame


GAMES = """
gen | 原神 创世结晶【官服】 | 手游 | uid | 60结晶=60创世结晶 300结晶=300创世结晶 980结晶=980创世结晶 | 原神;原神官服
gen-b | 原神 创世结晶【B服】 | 手游 | uid | 300结晶=300创世结晶 | 原神B服;B服原神
gen-os | Genshin Impact 原神国际服 | 手游 | uid | 60Crystals=60结晶 330Crystals=330结晶 | 原神国际服;genshin | Asia 亚服;America 美服
wave | 鸣潮 月相 | 手游 | uid | 60月相 300月相
rail | 崩坏：星穹铁道 古老梦华 | 手游 | uid | 60古老梦华 | 星铁 | 官服;B服
"""


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("原神60结晶 UID{}", "gen-60结晶"),
        ("给我充原神980结晶 uid{}", "gen-980结晶"),
        ("原神300结晶 官服 uid{}", "gen-300结晶"),
        ("原神B服300结晶 uid{}", "gen-b-300结晶"),
        ("原神300结晶 B服 uid{}", "gen-b-300结晶"),
        ("原神 60结晶 亚服 uid{}", "gen-os-60Crystals"),
        ("原神国际服330结晶 美服 uid{}", "gen-os-330Crystals"),
        ("星铁60古老梦华 B服 uid{}", "rail-60古老梦华"),
    ],
)
def test_a_plain_name_means_the_plain_product_unless_a_server_tells_another(said: str, sku: str) -> None:
    assert bought(shop(GAMES).frame(said.format("123456789"))) == [(sku, 1, "123456789")]


@pytest.mark.parametrize(
    "said",
    [
        "鸣潮300月相 国际服 uid{}",
        "鸣潮300月相 亚服 uid{}",
        "鸣潮60月相 B服 uid{}",
        "原神60结晶 B服 uid{}",
        "原神330结晶 uid{}",
        "原神国际服60结晶 uid{}",
    ],
)
def test_a_server_that_the_goods_are_not_sold_for_is_asked_about(said: str) -> None:
    frame: Any = shop(GAMES).frame(said.format("123456789"))
    assert not bought(frame), frame


TITLES = """
credit | 【自动充值】全国移动/联通/电信三网手机话费充值(快充1-10分钟到账) | 话费 | phone | 30元 100元 | 话费;三网话费
slow | 【折扣】全国三网手机话费充值(慢充0-72小时 介意勿拍) | 话费 | phone | 50元 100元 | 慢充;三网慢充
gift | 【卡密】Nuko Store & Tunes礼品卡(自动发货) | 礼品卡 | none | 50元 100元
coin | 快手快币充值【官方直充】(填快手ID) | 直播 | uid | 100快币 500快币
vip | 腾讯QQ超级会员SVIP【官方直充】(填QQ号) | 会员 | qq | 月卡 年卡
"""


@pytest.mark.parametrize(
    ("said", "bought_so"),
    [
        ("全国移动/联通/电信三网手机话费充值30元 13812345678", ("credit-30元", 1, "13812345678")),
        ("移动/联通/电信三网话费100 13812345678", ("credit-100元", 1, "13812345678")),
        ("移动联通电信三网话费30块 18912345678", ("credit-30元", 1, "18912345678")),
        ("三网慢充50 13812345678", ("slow-50元", 1, "13812345678")),
        ("Nuko Store & Tunes礼品卡100元", ("gift-100元", 1, None)),
    ],
)
def test_a_sign_inside_of_a_title_begins_no_other_goods(said: str, bought_so: tuple[str, int, str]) -> None:
    assert bought(shop(TITLES).frame(said)) == [bought_so]


def test_two_carriers_with_a_size_each_stay_two_lines() -> None:
    frame: Any = shop(TITLES).frame("移动话费30到13812345678，联通话费100到13012345678")
    assert [line["sku"] for line in frame["lines"]] == ["credit-30元", "credit-100元"]


@pytest.mark.parametrize(
    ("said", "bought_so"),
    [
        ("快手快币充值【官方直充】(填快手ID) 100快币 UID123456789", ("coin-100快币", 1, "123456789")),
        ("快手快币充值(填快手ID) 500快币 123456789", ("coin-500快币", 1, "123456789")),
        ("快手快币500 (填快手ID)：123456789", ("coin-500快币", 1, "123456789")),
        ("快币100 快手ID 123456789", ("coin-100快币", 1, "123456789")),
        ("QQ超级会员(填QQ号) 1个月 12345678", ("vip-月卡", 1, "12345678")),
        ("QQ超级会员年卡 (请填QQ号) 12345678", ("vip-年卡", 1, "12345678")),
    ],
)
def test_what_a_title_asks_to_be_filled_in_is_no_label(said: str, bought_so: tuple[str, int, str]) -> None:
    assert bought(shop(TITLES).frame(said)) == [bought_so]


def test_two_recipients_are_asked_about_whatever_the_title_asks_for() -> None:
    frame: Any = shop(TITLES).frame("快手快币充值(填快手ID) 100快币 UID123456789 UID987654321")
    assert not bought(frame), frame


LICENCES = """
ms | Microsoft 365 Family 家庭版 | 办公 | email | 6Users/1Year=12月 6Users/15Months=15月 | 365家庭版
cl | Claude Max | AI | email | 5x1Month=1月 20x1Month=1月
vec | Vectra Studio | 设计 | email | 1Seat1Month=1月 1Seat1Year=12月
nor | Norland 360 Deluxe | 安全 | none | 3Devices/1Year=3台 5Devices/1Year=5台
yin | 阴阳师 勾玉 | 手游 | uid | 60勾玉 小月卡=30天 大月卡=30天
"""


@pytest.mark.parametrize(
    ("said", "bought_so"),
    [
        ("365家庭版6 Users / 15 Months li@qq.com", ("ms-6Users/15Months", 1, "li@qq.com")),
        ("Microsoft 365 Family 家庭版 6 users/1 year li@qq.com", ("ms-6Users/1Year", 1, "li@qq.com")),
        ("365家庭版一年 li@qq.com", ("ms-6Users/1Year", 1, "li@qq.com")),
        ("Claude Max 20x 1 Month li@qq.com", ("cl-20x1Month", 1, "li@qq.com")),
        ("两份Claude Max 5x 1 Month li@qq.com", ("cl-5x1Month", 2, "li@qq.com")),
        ("Claude Max 5x 1 Month不对，20x 1 Month li@qq.com", ("cl-20x1Month", 1, "li@qq.com")),
        ("Vectra Studio 1 Seat 1 Year 3份 li@qq.com", ("vec-1Seat1Year", 3, "li@qq.com")),
        ("Norland 360 Deluxe 5 Devices / 1 Year", ("nor-5Devices/1Year", 1, None)),
        ("阴阳师大月卡 UID123456789", ("yin-大月卡", 1, "123456789")),
        ("阴阳师小月卡两张 UID123456789", ("yin-小月卡", 2, "123456789")),
        ("阴阳师小月卡改成大月卡 UID123456789", ("yin-大月卡", 1, "123456789")),
    ],
)
def test_a_label_that_is_said_in_full_is_one_variant(said: str, bought_so: tuple[str, int, str]) -> None:
    assert bought(shop(LICENCES).frame(said)) == [bought_so]


@pytest.mark.parametrize(
    "said",
    [
        "Claude Max 1 Month li@qq.com",
        "Claude Max 5x 1 Month还是20x 1 Month li@qq.com",
        "Vectra Studio 3 Seats 1 Month li@qq.com",
        "365家庭版6 Users / 2 Years li@qq.com",
        "Norland 360 Deluxe 15 Devices / 1 Year",
        "阴阳师月卡 UID123456789",
        "阴阳师小月卡和大月卡 UID123456789",
    ],
)
def test_a_label_that_is_not_on_sale_or_fits_two_is_asked_about(said: str) -> None:
    frame: Any = shop(LICENCES).frame(said)
    assert not bought(frame), frame
