"""Domain names: whom they are for shows by their form."""

from __future__ import annotations

import pytest

from nlu.domains import domains, ending_of, registers
from nlu.normalise import normalise
from tests.nlu.readers import lexicon


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("com域名一年，qiuyue-tea.com", ["qiuyue-tea.com"]),
        ("qiuyuefarm.cn、qiuyuetea.cn", ["qiuyuefarm.cn", "qiuyuetea.cn"]),
        ("注册Shop.Example.COM.CN", ["shop.example.com.cn"]),
        ("用 a.b@yunfan.com", []),
        ("邮箱tanaka.liu.gmail.com", []),
        ("www.shop.com", []),
        ("https://shop.com/a", []),
        ("版本2.0.1", []),
        (".com域名", []),
    ],
)
def test_a_domain_name_shows_by_its_form(text: str, found: list[str]) -> None:
    assert [mark.value.text for mark in domains(normalise(text), lexicon())] == found


def test_its_ending_says_where_it_is_registered() -> None:
    assert ending_of("qiuyue.com.cn", lexicon()) == "com.cn"
    assert ending_of("qiuyue", lexicon()) is None


@pytest.mark.parametrize(
    ("name", "account", "right"),
    [
        (".com域名注册", "tea.com", True),
        (".com域名注册", "tea.cn", False),
        ("cn域名", "tea.com.cn", False),
        ("cn域名", "qiuyue", False),
        ("Office 365", "tea.cn", True),
        ("某游戏点券", "somebody", True),
    ],
)
def test_goods_of_one_ending_register_no_other(name: str, account: str, right: bool) -> None:
    assert registers((name,), account, lexicon()) is right
