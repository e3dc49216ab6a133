"""Names in a game, which may be Chinese and hold numbers: behind a label, and as an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.understanding import Expectation, LineInHand, Slot

DATA = Path(__file__).parents[2] / "data"
ASKED = Expectation(Slot.ACCOUNT, lines=(LineInHand(product_id="mhxy", sku_id="mhxy-30"),))


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("游戏账号：夜莺小姐_07", "夜莺小姐_07"),
        ("游戏账号夜莺小姐_07", "夜莺小姐_07"),
        ("账号：阿澈不吃香菜", "阿澈不吃香菜"),
        ("账号叫 夜莺07", "夜莺07"),
        ("游戏账号：小K07", "小K07"),
        ("游戏账号：07夜莺", "07夜莺"),
        ("网易账号：月下_100", "月下_100"),
        ("游戏账号：月下300", "月下300"),
        ("昵称：月下独酌", "月下独酌"),
        ("游戏账号：1029384", "1029384"),
        ("通行证是大唐官府50", "大唐官府50"),
    ],
)
def test_the_number_in_a_name_is_no_size(framer: Framer, said: str, name: str) -> None:
    frame = framer.frame(f"梦幻西游点卡30元 {said}")
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [("mhxy-30", name)]
    assert not frame["missing"]


@pytest.mark.parametrize(
    "said",
    [
        "游戏账号是我老公的",
        "游戏账号：待会发你",
        "账号：同上",
        "游戏账号充30",
        "账号：我儿子那个",
        "游戏账号：稍后填",
        "账号是之前那个",
    ],
)
def test_whose_it_is_and_that_it_comes_later_is_no_name(framer: Framer, said: str) -> None:
    frame = framer.frame(f"梦幻西游点卡30元 {said}")
    assert all(line["account"] is None for line in frame["lines"])


@pytest.mark.parametrize(
    "text", ["阿澈不吃香菜", "今天不熬夜", "不吃鱼的猫_9", "夜莺小姐_07", "没头脑和不高兴", "月下独酌"]
)
def test_a_name_is_an_answer(framer: Framer, text: str) -> None:
    (line,) = framer.parser.understand(text, ASKED).lines
    assert line.account is not None
    assert line.account.value == text


@pytest.mark.parametrize("text", ["阿澈不吃香菜", "今天不熬夜", "月下独酌"])
def test_what_nobody_says_of_an_account_is_surely_a_name(framer: Framer, text: str) -> None:
    (line,) = framer.parser.understand(text, ASKED).lines
    assert line.account is not None
    assert line.account.sureness == 1.0


@pytest.mark.parametrize(
    "text", ["他不在家", "孩子还没建号", "我弟的号", "不方便说", "就填那个吧", "还没注册呢"]
)
def test_what_may_be_said_of_an_account_is_at_most_shown_and_asked_about(framer: Framer, text: str) -> None:
    heard = framer.parser.understand(text, ASKED).lines
    assert all(line.account is None or line.account.sureness < 1.0 for line in heard)
