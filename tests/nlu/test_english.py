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
    "recharge 50 yuan to 13902771853": [("topup-50", 1)],
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_an_order_in_english_is_read_like_any_other(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == ORDERED[text]
    assert not frame["missing"]


def test_how_old_somebody_is_sizes_nothing(framer: Framer) -> None:
    frame = framer.frame("roblox 800 robux，给我弟充的 he is 10 years old")
    assert [line["sku"] for line in frame["lines"]] == ["robux-800"]
    assert frame["missing"] == ["account"]


def test_letters_in_front_of_a_size_may_be_other_goods(framer: Framer) -> None:
    assert framer.frame("eshop日服 5000 yen x2, xyz 港服 100 hkd")["missing"]
