"""A number that is part of a name stands for the goods where a word of theirs is behind it, and nowhere else."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

GOODS = """
ms | Microsoft 365 | 软件授权 | email | 个人版1年=12月 家庭版1年=12月 | 微软365
cloud | 115网盘 | 网盘 | phone | 年卡 尊享年卡=12月
mail | 网易邮箱VIP会员 | 邮箱 | email | 年卡 | 163邮箱会员
mango | 芒果TV会员 | 视频会员 | phone | 月卡 年卡
"""
ACCOUNTS = {"ms": "li.ming@163.com", "mail": "li.ming@163.com", "cloud": "13812345678"}


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("365家庭版", "ms-家庭版1年"),
        ("来个365个人版", "ms-个人版1年"),
        ("163会员年卡", "mail-年卡"),
        ("163vip", "mail-年卡"),
        ("115会员年卡", "cloud-年卡"),
        ("115年卡", "cloud-年卡"),
        ("115尊享", "cloud-尊享年卡"),
    ],
)
def test_a_word_of_the_goods_makes_it_their_name(text: str, sku: str) -> None:
    product = sku.split("-")[0]
    assert [line[0] for line in bought(shop(GOODS).frame(f"{text} {ACCOUNTS[product]}"))] == [sku]


@pytest.mark.parametrize("text", ["115元", "365天", "芒果会员115年卡", "充115", "365块"])
def test_a_price_or_a_length_is_no_name(text: str) -> None:
    assert not bought(shop(GOODS).frame(f"{text} 13812345678"))


def test_what_a_shop_sells_by_that_number_names_nothing() -> None:
    goods = "cloud | 115网盘 | 网盘 | phone | 年卡\nq | Q币 | QQ | qq | 115Q币 230Q币"
    assert not bought(shop(goods).frame("115会员 13812345678"))
