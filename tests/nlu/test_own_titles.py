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
