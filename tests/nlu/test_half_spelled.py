"""Names of which a part was typed in pinyin or in its first letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.half_spelled import half_spelled
from tests.nlu.small_shops import shop

DATA = Path(__file__).parents[2] / "data"
SHOPS = Path(__file__).parent / "corpus"

NAMED = {
    "苹果cong值卡100": "appstore-100",
    "苹果充zhi卡50": "appstore-50",
    "京dong卡100": "jd-ecard-100",
    "星ba克卡100一张": "starbucks-100",
    "芒guoTV月卡 19938820416": "mgtv-1m",
    "优ku年卡 13341170258": "youku-12m",
    "爱奇yi月卡 13341170258": "iqiyi-1m",
    "腾xun视频月卡 13341170258": "tencent-video-1m",
    "滴di券20 13341170258": "didi-20",
    "充50hf 18039224417": "topup-50",
    "给18039224417充100块hf": "topup-100",
    "50 hf 18039224417": "topup-50",
    "xbk卡100": "starbucks-100",
    "jd e卡 100": "jd-ecard-100",
    "wy云音乐会员月卡 13341170258": "netease-music-1m",
    "bd网盘月卡 13341170258": "baidu-pan-1m",
    "xm拉雅月卡 13341170258": "ximalaya-1m",
    "txsvip月卡 13341170258": "tencent-svip-1m",
    "ys结晶60 天空岛 UID 801234567": "genshin-60",
    "wz点券60 安卓QQ区 QQ 273849561": "hok-60",
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", NAMED)
def test_a_name_is_known_although_a_part_of_it_was_typed_as_it_sounds(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [line["sku"] for line in frame["lines"]] == [NAMED[text]]
    assert not frame["missing"]


@pytest.mark.parametrize(
    "text",
    [
        "万guo卡100",
        "京ba卡100",
        "qi猫会员月卡 13341170258",
        "hf 18039224417",
        "hl卡100",
        "kg音乐月卡 13341170258",
        "bd音乐月卡 13341170258",
        "bd学会员月卡 13341170258",
    ],
)
def test_what_sounds_like_no_goods_is_asked_about(framer: Framer, text: str) -> None:
    assert framer.frame(text)["missing"]


SHOP = """
green | QQ音乐绿钻 | 音乐 | qq | 月卡 年卡
svip | QQ音乐SVIP | 音乐 | qq | 月卡 年卡
talks | 樊登讲书 | 阅读 | phone | 月卡 年卡
disk | 阿里云盘超级会员 | 网盘 | phone | 月卡 年卡
gold | 爱奇艺黄金 | 视频 | phone | 月卡 年卡
white | 爱奇艺白金 | 视频 | phone | 月卡 年卡
"""


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("lvzuan月卡 QQ 273849561", "green-月卡"),
        ("luzuan月卡 QQ 273849561", "green-月卡"),
        ("绿钻年卡 QQ 273849561", "green-年卡"),
        ("fandeng 年卡 13341170258", "talks-年卡"),
        ("aliyun盘月卡 13341170258", "disk-月卡"),
        ("iqy白金年卡 13341170258", "white-年卡"),
        ("iqy黄金月卡 13341170258", "gold-月卡"),
    ],
)
def test_a_brand_inside_of_a_name_is_known_by_its_pinyin_and_letters(text: str, sku: str) -> None:
    assert [line["sku"] for line in shop(SHOP).frame(text)["lines"]] == [sku]


@pytest.mark.parametrize(
    "text", ["aliyun月卡 13341170258", "fangcheng 年卡 13341170258", "huangzuan月卡 QQ 273849561"]
)
def test_other_pinyin_is_no_name(text: str) -> None:
    assert shop(SHOP).frame(text)["missing"]


def test_letters_that_touch_no_character_are_not_heard() -> None:
    assert half_spelled("mang guo 100") is None


def test_what_is_no_syllable_stays_what_it_is() -> None:
    half = half_spelled("芒guotv")
    assert half is not None
    assert half.sounds.endswith("tv")
    assert len(half.sounds) == len("芒果tv")
    assert half.places == (0, 1, 4, 5, 6)
