"""A word that holds the name of a good and means none is none of the beginning of another one."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

GOODS = """
kg | 酷狗音乐豪华VIP | 音乐 | phone | 月卡 季卡 | 酷狗音乐会员
wy | 网易云音乐黑胶 | 音乐 | phone | 月卡 季卡
hf | 话费充值 | 话费 | phone | 50元 100元
dy | 大学英语四级 | 课程 | phone | 季卡
"""
PHONE = "13829405716"


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        (f"酷狗音乐会员季卡 {PHONE}", "kg-季卡"),
        (f"来个酷狗音乐会员月卡，{PHONE}", "kg-月卡"),
        (f"网易云音乐会员月卡 {PHONE}", "wy-月卡"),
        (f"明天听音乐会，充100话费 {PHONE}", "hf-100元"),
        (f"我在音乐会现场，帮我充50话费{PHONE}", "hf-50元"),
        (f"视频通话费了好多流量，话费100，{PHONE}", "hf-100元"),
        (f"儿子是大学生，话费50 {PHONE}", "hf-50元"),
    ],
)
def test_whatever_goes_on_to_a_word_of_the_trade_is_a_piece_of_that(text: str, sku: str) -> None:
    assert bought(shop(GOODS).frame(text)) == [(sku, 1, PHONE)]


@pytest.mark.parametrize("text", ["音乐会季卡", f"音乐会门票 {PHONE}", "音乐会月卡一张"])
def test_the_word_itself_still_names_nothing(text: str) -> None:
    assert not bought(shop(GOODS).frame(text))
