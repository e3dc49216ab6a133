"""Questions of how goods work or how fast they come, beside complaints and searches in nearly the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("win11密钥激活不了，提示已经被使用，这怎么办", "status"),
        ("京东卡提示已经被绑定了，怎么办啊", "status"),
        ("星巴克券扫码显示已使用，怎么搞", "status"),
        ("兑换的时候弹出错误，咋办", "status"),
        ("如果win11密钥提示已被使用怎么办", "faq"),
        ("win11密钥会提示已被使用吗", "faq"),
        ("win11密钥怎么激活", "faq"),
    ],
)
def test_what_goods_say_that_fail_is_no_question_of_how_they_work(
    framer: Framer, text: str, intent: str
) -> None:
    assert framer.frame(text)["intent"] == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("话费慢充真能三天内到吗", "faq"),
        ("慢充话费确定72小时内到？", "faq"),
        ("腾讯会员10分钟内能到账吗", "faq"),
        ("有没有72小时内到的话费", "search"),
        ("72小时内到的话费有吗", "search"),
        ("京东卡1小时内能到账的有吗", "search"),
        ("视频会员哪个10分钟内能到账？", "search"),
    ],
)
def test_whether_goods_keep_what_is_promised_is_no_search(framer: Framer, text: str, intent: str) -> None:
    assert framer.frame(text)["intent"] == intent


def test_what_a_telephone_shows_keeps_nobody_from_ordering(framer: Framer) -> None:
    frame = framer.frame("我手机显示欠费了，话费100 13812345678")
    assert [line["sku"] for line in frame["lines"]] == ["topup-100"]
    assert not frame["missing"]
