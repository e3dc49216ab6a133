"""Words between the parts of an order that say nothing of it: 那个, whose telephone it is, what must not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

ORDERED = {
    "苹果那个充值卡一千的要一张": [("appstore-1000", None, None)],
    "话费那个慢充50 13782590416": [("topup-slow-50", "13782590416", None)],
    "公公婆婆各充100话费，公公13782590416，婆婆15038842671，两个老人家别搞混了哈": [
        ("topup-100", "13782590416", None),
        ("topup-100", "15038842671", None),
    ],
    "给我自己充50话费 13381920057，再给我妈那台18972216640充30，另外京东卡100一张": [
        ("topup-50", "13381920057", None),
        ("topup-30", "18972216640", None),
        ("jd-ecard-100", None, None),
    ],
    "wps年卡，手机18520391746，哎不对那是我公司的号，用13178204639这个": [("wps-12m", "13178204639", None)],
    "王者300点券 QQ 1902277345 安卓QQ区。啊不对，换号了，QQ用 1902277346": [
        ("hok-300", "1902277346", "安卓QQ区")
    ],
    "請幫我儲值原神3280，伺服器天空岛，UID 803356127，感恩": [("genshin-3280", "803356127", "天空岛")],
    "毒奶粉充100块的点券，跨五，别又给我充到跨二去，扣扣 730019542": [("dnf-10000", "730019542", "跨五")],
    "唔该小蓝杯单杯券一张，电话13242918837": [("luckin-1", "13242918837", None)],
    "氪了 梦幻点卡三十 号nicai233": [("mhxy-30", "nicai233", None)],
    "打字中石化那个油卡充500卡号1000111200033445566": [("sinopec-500", "1000111200033445566", None)],
    "25块5还行 网盘会员开一个月 13178204639": [("baidu-pan-1m", "13178204639", None)],
    "优酷月卡16.5元不贵，13178204639来一个": [("youku-1m", "13178204639", None)],
    "12块5挺便宜的 来个月卡 B站 13178204639": [("bilibili-1m", "13178204639", None)],
    "昨天那个到账了谢谢，再给13178204639充50话费": [("topup-50", "13178204639", None)],
    "来张京东卡100，上次买的都收到了": [("jd-ecard-100", None, None)],
    "爱奇艺季卡13178204639，收到回复一下": [("iqiyi-3m", "13178204639", None)],
    "来张京东卡100，没货就算了": [("jd-ecard-100", None, None)],
    "优酷季卡 13178204639，别的先不用": [("youku-3m", "13178204639", None)],
    "给13178204639充30话费，不够再充": [("topup-30", "13178204639", None)],
    "给13178204639充30话费，听懂了吗": [("topup-30", "13178204639", None)],
    "自己充太贵了，给13178204639充30话费": [("topup-30", "13178204639", None)],
    "十万火急，给13178204639充30话费": [("topup-30", "13178204639", None)],
    "交给你一百个放心，给13178204639充30话费": [("topup-30", "13178204639", None)],
    "来张京东卡100，学生要的": [("jd-ecard-100", None, None)],
    "以后都来找你，来张京东卡100": [("jd-ecard-100", None, None)],
    "优酷会员先来三个月，好看再续 13178204639": [("youku-3m", "13178204639", None)],
    "来张京东卡100，用着不错再买": [("jd-ecard-100", None, None)],
    "网易云月卡13178204639，满意了下次还来": [("netease-music-1m", "13178204639", None)],
    "来张京东卡100，好，再来一张200的": [("jd-ecard-100", None, None), ("jd-ecard-200", None, None)],
    "试试你们家，给13178204639充30话费": [("topup-30", "13178204639", None)],
    "别家都涨了，给13178204639充100话费": [("topup-100", "13178204639", None)],
    "没货跟我说，给13178204639充100话费": [("topup-100", "13178204639", None)],
    "充好了跟我说，给13178204639充100话费": [("topup-100", "13178204639", None)],
    "爱奇艺季卡13178204639，别给我共享号": [("iqiyi-3m", "13178204639", None)],
    "今天还能充吗，给13178204639充30话费": [("topup-30", "13178204639", None)],
    "99.8划算 话费100 13178204639": [("topup-100", "13178204639", None)],
    "话费100块可以 13178204639": [("topup-100", "13178204639", None)],
}
ASKED = [
    "话费100 13178204639，用18520391746付",
    "话费100，错了，是50，我电话13178204639，充18520391746",
    "lol1000点券 艾欧尼亚还是祖安 qq 1902277345",
]


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_they_leave_the_order_as_it_is(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    got = [(line["sku"], line["account"], line["region"]) for line in frame["lines"]]
    assert got == ORDERED[text]
    assert not frame["missing"]


@pytest.mark.parametrize("text", ASKED)
def test_who_pays_or_calls_is_asked_about(framer: Framer, text: str) -> None:
    assert framer.frame(text)["missing"]


NONE = [
    "给13178204639充100话费，等明天再充",
    "给13178204639充100话费，不行就别充",
    "给13178204639充100话费，不用了",
    "昨天那个还没到账，给13178204639充50话费",
    "给13178204639充50话费，昨天那个到账了吗",
    "上次的收到了但不能用，京东卡100来两张",
    "淘宝上有个店，给13178204639充50话费只要48",
    "隔壁充50话费才49，你们给13178204639充吗",
    "他跟我说，给13178204639充50话费",
    "同学充好了跟我说，给13178204639充50话费只要40",
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_asked_or_told_by_others_is_no_whole_order(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert frame["intent"] != "order" or frame["missing"] or not frame["lines"]
