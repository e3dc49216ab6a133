"""Orders of people of many walks: their tables, their kin, their dialect, and what they tell beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.nlu.test_corpus import complete

DATA = Path(__file__).parents[2] / "data"

ORDERED = {
    "房间\t手机\t话费\n201\t13989907731\t30\n305\t18189906625\t100": [
        ("topup-30", 1, "13989907731", None),
        ("topup-100", 1, "18189906625", None),
    ],
    "手机\t话费\t宿舍\n13989907731\t30\t100\n18189906625\t100\t50": [
        ("topup-30", 1, "13989907731", None),
        ("topup-100", 1, "18189906625", None),
    ],
    "413寝的话费：\n老大 50 18326614907\n老二 30 15256901138": [
        ("topup-50", 1, "18326614907", None),
        ("topup-30", 1, "15256901138", None),
    ],
    "京东卡两张1000的，卡密直接发我；steam国区200走起": [
        ("jd-ecard-1000", 2, None, None),
        ("steam-cn-200", 1, None, None),
    ],
    "中石化油卡 1000 充到 1000 1115 0006 7329 945": [("sinopec-1000", 1, "1000111500067329945", None)],
    "老板，今年厂里员工福利，还是从你这拿：\n京东卡100 30张\n天猫卡200 20张": [
        ("jd-ecard-100", 30, None, None),
        ("tmall-card-200", 20, None, None),
    ],
    "老板儿，整张天猫卡噻，五百呢": [("tmall-card-500", 1, None, None)],
    "客人要的：Q币100 QQ 1190453327；Q币50 QQ 86024417": [
        ("qcoin-100", 1, "1190453327", None),
        ("qcoin-50", 1, "86024417", None),
    ],
    "给13800138000充100话费 再给13900139000充50": [
        ("topup-100", 1, "13800138000", None),
        ("topup-50", 1, "13900139000", None),
    ],
    "优酷月卡13800138000...等等说错了是爱奇艺": [("iqiyi-1m", 1, "13800138000", None)],
    "王者680点券 苹果微信区不玩了，都是安卓QQ区\n123456789\n234567891": [
        ("hok-680", 1, "123456789", "安卓QQ区"),
        ("hok-680", 1, "234567891", "安卓QQ区"),
    ],
    "lol1000点券 祖安 qq 1902277345，艾欧尼亚那个号早就不玩了": [("lol-1000", 1, "1902277345", "祖安")],
    "瑞幸5杯券 13800138000，五个人一人一杯刚好": [("luckin-5", 1, "13800138000", None)],
    "话费 我 充 30 号 17760415528": [("topup-30", 1, "17760415528", None)],
    "13242918806 流量10G\n13631507729 流量10G\n都要月包": [
        ("data-cucc-10g-m", 1, "13242918806", None),
        ("data-cmcc-10g-m", 1, "13631507729", None),
    ],
    "池子必须抽，星铁6480和列车补给凭证，无名客，UID 106620938": [
        ("starrail-6480", 1, "106620938", "无名客"),
        ("starrail-pass", 1, "106620938", "无名客"),
    ],
    "原神空月和6480 天空岛 123456789": [
        ("genshin-welkin", 1, "123456789", "天空岛"),
        ("genshin-6480", 1, "123456789", "天空岛"),
    ],
    "京东卡100一张，直接来200的": [("jd-ecard-200", 1, None, None)],
}
ASKED: dict[str, dict[str, Any]] = {
    "绿钻一年的多儿钱": {"intent": "price"},
    "领导让先询个价，不急着买：\n京东E卡200 15张\n星巴克50 15张": {"intent": "price"},
    "给我老头子充50话费": {"intent": "order", "contact": "老头子", "missing": ["account"]},
    "30号充话费50 17760415528": {"missing": ["variant"]},
    "13242918806 话费50\n18924663150 话费30\n都要100": {"missing": ["variant", "account"]},
    "原神6480或空月 天空岛 uid 123456789": {"missing": ["variant"]},
    "来张天猫卡，500呢？": {"intent": "search"},
    "话费100 13800138000 我充": {"missing": ["variant"]},
    "lol1000点券 艾欧尼亚 qq 1902277345，不对，德玛西亚": {"intent": "order", "missing": ["region"]},
    "王者680点券 苹果微信区不玩了 123456789": {"missing": ["variant"]},
    "订单88210046372能不能催一下": {"intent": "status", "order_ref": "88210046372"},
    "查一下订单60918224，啊不，60981224": {"intent": "status", "order_ref": "60981224"},
    "帮我查订单6091822，手机13800138000": {"intent": "status", "order_ref": "6091822"},
    "网易点卡跟骏卡，哪个折扣大": {"intent": "search", "sort": "discount"},
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_an_order_is_whole(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    lines = [(line["sku"], line["quantity"], line["account"], line["region"]) for line in frame["lines"]]
    assert (lines, complete(frame)) == (ORDERED[text], True)


@pytest.mark.parametrize("text", ASKED)
def test_what_is_no_whole_order(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert {key: frame[key] for key in ASKED[text]} == ASKED[text]
    assert not complete(frame)
