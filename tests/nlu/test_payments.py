"""Which way of paying is meant: the one that works and is wanted, in whatever order they are named."""

from __future__ import annotations

import pytest

from nlu import payments
from nlu.normalise import normalise
from nlu.understanding import PaymentMethod
from tests.nlu.readers import lexicon


def meant(text: str) -> list[str]:
    return [mark.value.value for mark in payments.read(normalise(text), lexicon())]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("用支付宝付吧，微信没钱了", PaymentMethod.ALIPAY),
        ("微信付不了，支付宝行吗", PaymentMethod.ALIPAY),
        ("微信好像用不了 换支付宝", PaymentMethod.ALIPAY),
        ("微信里的钱不够了，用支付宝", PaymentMethod.ALIPAY),
        ("花呗付，微信零钱不够", PaymentMethod.ALIPAY),
        ("支付宝里余额不足，微信付", PaymentMethod.WECHAT),
        ("信用卡限额了，走微信", PaymentMethod.WECHAT),
        ("别用支付宝，微信付", PaymentMethod.WECHAT),
        ("不用微信，刷银行卡", PaymentMethod.UNIONPAY),
        ("支付宝被冻结了 云闪付吧", PaymentMethod.UNIONPAY),
    ],
)
def test_a_way_that_is_refused_or_does_not_work_is_not_meant(text: str, method: PaymentMethod) -> None:
    assert set(meant(text)) == {method.value}


@pytest.mark.parametrize("text", ["微信没钱了", "支付宝付不了怎么办", "别用微信"])
def test_nor_is_it_where_no_other_is_named(text: str) -> None:
    assert meant(text) == []


@pytest.mark.parametrize(
    "text", ["微信付", "用微信，没钱也得买啊", "微信支付方便", "微信付，话费不够打电话了"]
)
def test_what_else_is_short_of_money_leaves_it(text: str) -> None:
    assert set(meant(text)) == {"wechat"}
