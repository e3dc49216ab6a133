"""Orders in English, and English between the goods of a Chinese one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

ORDERED = {
    "eshop日服 5000 yen x2 and 港服 100 hkd x1 pls": [("eshop-jp-5000", 2), ("eshop-hk-100", 1)],
    "steam国区100 two and 美区10刀 one": [("steam-cn-100", 2), ("steam-us-10", 1)],
    "steam US 10 usd x2 and steam国区 100 rmb x1": [("steam-us-10", 2), ("steam-cn-100", 1)],
    "jd card 100 x 2": [("jd-ecard-100", 2)],
    "robux 800 for my little brother, roblox name SkyTiger_2011": [("robux-800", 1)],
    "robux 400 给我妹的号 lilycat99, she is 8": [("robux-400", 1)],
    "hi I want 1 google play gift card 25 usd, thank u": [("googleplay-us-25", 1)],
    "2 google play gift card $25": [("googleplay-us-25", 2)],
    "3x google play 25 usd": [("googleplay-us-25", 3)],
    "buy 1 google play 25 usd and 2 steam gift card 50 usd": [("googleplay-us-25", 1), ("steam-us-50", 2)],
    "我要2 google play gift card 25 usd": [("googleplay-us-25", 2)],
    "get 1 itunes gift card 100 rmb": [("appstore-100", 1)],
    "10 usd google play gift card": [("googleplay-us-10", 1)],
    "need Steam gift card 20 USD, 1 piece": [("steam-us-20", 1)],
    "3 jd cards 100": [("jd-ecard-100", 3)],
    "2 starbucks card 50, thanks": [("starbucks-50", 2)],
    "100 yuan jd card 2 ea": [("jd-ecard-100", 2)],
    "can I get 2 steam card US$10 please": [("steam-us-10", 2)],
    "windows 11 pro key 1 piece": [("win11-pro", 1)],
    "Kaspersky 1 PC 1 year, 2 copies": [("kaspersky-1pc", 2)],
    "recharge 50 yuan to 13902771853": [("topup-50", 1)],
    "my phone no money now, please add 50元话费 to 15810273346": [("topup-50", 1)],
    "hi, can you add 50元话费 to 15810273346? my sim is out of credit": [("topup-50", 1)],
    "Hi I need a steam 国区 100 card, no rush": [("steam-cn-100", 1)],
    "I am in Shanghai for study, 优酷月卡 15810273346 please": [("youku-1m", 1)],
    "京东卡100 please, I don't speak Chinese": [("jd-ecard-100", 1)],
    "话费50 15810273346, no, 100": [("topup-100", 1)],
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_an_order_in_english_is_read_like_any_other(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == ORDERED[text]
    assert not frame["missing"]


@pytest.mark.parametrize(
    "remark",
    [
        "but not now", "maybe later", "if it is cheap", "don't send", "no thanks", "wait", "not sure", "is it safe",
        "I already paid", "tomorrow", "my friend said", "unless you have a discount", "I will think about it",
    ],
)  # fmt: skip
def test_english_that_may_turn_an_order_around_is_asked_about(framer: Framer, remark: str) -> None:
    frame = framer.frame(f"京东卡100, {remark}")
    assert frame["missing"] or not frame["lines"]


def test_how_old_somebody_is_sizes_nothing(framer: Framer) -> None:
    frame = framer.frame("roblox 800 robux，给我弟充的 he is 10 years old")
    assert [line["sku"] for line in frame["lines"]] == ["robux-800"]
    assert frame["missing"] == ["account"]


def test_letters_in_front_of_a_size_may_be_other_goods(framer: Framer) -> None:
    assert framer.frame("eshop日服 5000 yen x2, xyz 港服 100 hkd")["missing"]


@pytest.mark.parametrize(
    "text",
    [
        "windows 11 pro key 20 usd",
        "office 365 family 50 usd",
        "I have 2 friends want google play 25 usd",
        "2 kids need google play 25 usd",
        "1 or 2 google play 25 usd",
        "1 more google play 25 usd",
        "3 days 25 usd google play",
        "my order 5 google play 25 usd not arrived",
        "I want 100 google play gift card 25 usd",
    ],
)
def test_a_number_that_may_be_of_something_else_counts_nothing(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["missing"] or not frame["lines"]
