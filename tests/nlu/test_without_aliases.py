"""Shops whose names nobody has added to: their customers say them shorter, in the midst of a story, or as they sound."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

GAMES = """
wuwa | 鸣潮月相 | 手游充值 | uid | 60月相 300月相 月相观测卡=30天
wow | 魔兽世界游戏时间 | 端游点卡 | email | 30天 90天
zzz | 绝区零菲林 | 手游充值 | uid | 300菲林 绳网会员=30天
yearly | 星辰年轮 | 手游充值 | uid | 100年轮=100年轮 月卡=30天 年卡=365天
"""


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        # What a game sells begins with the first character of the period: 月相, 年轮.
        ("鸣潮月卡 uid 101938274", "wuwa-月相观测卡"),
        ("来张鸣潮月卡，101938274", "wuwa-月相观测卡"),
        ("星辰年卡 uid 101938274", "yearly-年卡"),
        ("星辰月卡 uid 101938274", "yearly-月卡"),
        ("鸣潮300月相 uid 101938274", "wuwa-300月相"),
        # Behind a word of playing a name begins anew.
        ("刚入坑鸣潮，月卡来一张，uid 101938274", "wuwa-月相观测卡"),
        ("最近在玩鸣潮，来个月卡 uid 101938274", "wuwa-月相观测卡"),
        ("迷上绝区零了，300菲林 uid 101938274", "zzz-300菲林"),
        ("室友说先买月卡最划算，鸣潮月卡，uid 101938274", "wuwa-月相观测卡"),
    ],
)
def test_a_game_is_understood_by_its_short_name(text: str, sku: str) -> None:
    ((bought_sku, quantity, account),) = bought(shop(GAMES).frame(text))
    assert (bought_sku, quantity, account) == (sku, 1, "101938274")


@pytest.mark.parametrize(
    "text", ["回坑魔兽，30天，a@b.com", "退游两年了回归，魔兽30天 a@b.com", "想重温魔兽，先来30天 a@b.com"]
)
def test_who_comes_back_to_a_game_wants_no_money_back(text: str) -> None:
    assert bought(shop(GAMES).frame(text)) == [("wow-30天", 1, "a@b.com")]


@pytest.mark.parametrize(
    "text", ["不玩鸣潮了，月卡 uid 101938274", "退坑鸣潮，月卡 uid 101938274", "没玩鸣潮，月卡 uid 101938274"]
)
def test_a_game_that_is_not_played_any_more_is_not_ordered(text: str) -> None:
    assert bought(shop(GAMES).frame(text)) == []


def test_beside_a_game_that_was_left_another_is_ordered() -> None:
    assert bought(shop(GAMES).frame("不玩鸣潮了，绝区零300菲林 uid 101938274")) == [
        ("zzz-300菲林", 1, "101938274")
    ]


@pytest.mark.parametrize("text", ["退款吧，我退坑了", "我退坑了，把上次充的退给我"])
def test_who_leaves_and_wants_his_money_back_gets_it(text: str) -> None:
    assert shop(GAMES).frame(text)["intent"] == "refund"


CHATS = """
nitro | Discord Nitro | 语音 | email | 月卡 年卡
basic | Discord Nitro Basic | 语音 | email | 月卡 年卡 | Nitro基础版
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Nitro基础版月卡 abc@qq.com", [("basic-月卡", 1, "abc@qq.com")]),
        ("Discord Nitro月卡 abc@qq.com", [("nitro-月卡", 1, "abc@qq.com")]),
        # 基础 is said by nobody who means the plain goods, and may be left out by who means the other.
        ("Nitro月卡 abc@qq.com", []),
        ("nitro年卡一张，abc@qq.com", []),
    ],
)
def test_a_tier_that_nobody_said_makes_no_goods_cheaper(text: str, lines: list[tuple[str, int, str]]) -> None:
    assert bought(shop(CHATS).frame(text)) == lines


LETTERS = """
uu | 网易UU加速器 | 加速器 | phone | 月卡 季卡
lei | 雷神加速器 | 加速器 | phone | 200小时
yy | YY语音Y币 | 语音 | uid | 10Y币
tt | TT语音T豆 | 语音 | uid | 100T豆
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("优优加速器季卡13927408836", ("uu-季卡", 1, "13927408836")),
        ("那个悠悠加速器来个月卡，13927408836", ("uu-月卡", 1, "13927408836")),
        ("优优季卡 13927408836", ("uu-季卡", 1, "13927408836")),
        ("歪歪语音10Y币 90182736", ("yy-10Y币", 1, "90182736")),
        ("踢踢语音100T豆 uid 90182736", ("tt-100T豆", 1, "90182736")),
        ("优优说要雷神200小时13927408836", ("lei-200小时", 1, "13927408836")),
    ],
)
def test_letters_are_understood_by_their_names(text: str, line: tuple[str, int, str]) -> None:
    assert bought(shop(LETTERS).frame(text)) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "有优惠就来张月卡 13927408836",
        "给优优充个季卡13927408836",
        "给悠悠充个季卡13927408836",
        "油油的季卡13927408836",
    ],
)
def test_what_may_be_somebodys_name_is_asked_about(text: str) -> None:
    assert bought(shop(LETTERS).frame(text)) == []
