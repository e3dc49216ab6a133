"""A word that is not the goods' own makes another thing of them: it is asked about, never ordered as the plain one."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer

ABSENT = {
    "../../../data/catalog/demo": (
        "优酷酷喵月卡 13812345678", "哔哩哔哩小闪电月卡 13812345678", "迅雷快鸟月卡 13812345678",
        "爱奇艺文学月卡 13812345678", "爱奇艺TV会员月卡 13812345678", "知乎书店月卡 13812345678",
        "wps稻壳会员月卡 13812345678", "wps教育版月卡 13812345678", "喜马拉雅奇奇会员月卡 13812345678",
        "xgp core 一个月", "xgp pc 3个月", "xgp标准版1个月", "win11 LTSC", "云原神月卡 100234567 天空岛",
        "京东钢镚100", "京东金条100", "京东图书卡100", "星巴克月饼券100", "随身wifi流量10G 13812345678",
        "国际流量10G 13812345678", "百度网盘普通VIP月卡 13812345678", "apple gift card us 50",
        "和平精英体验服60 3344556677 安卓QQ区", "魔兽世界亚服月卡 lily@qq.com", "天猫点券100",
    ),
    "games": ("psn港服100", "psplus美服年卡", "三角洲哈夫币60 3344556677 QQ区", "鸣潮国服60 100234567 亚服"),
    "leisure": ("哈啰电动车月卡 13812345678", "超猩私教5次 13812345678"),
    "life": ("哈啰助力车月卡 13812345678", "搜狐新闻会员月卡 13812345678"),
    "software": ("cursor business 1个月 lily@qq.com", "夸克学习会员1个月 13812345678", "亚马逊中国100"),
    "travel": ("uber eats 25美元",),
}  # fmt: skip
SOLD = {
    "../../../data/catalog/demo": (
        "优酷视频的月卡 13812345678", "给我家孩子的优酷开个月卡 13812345678", "开通优酷VIP会员月卡 13812345678",
        "迅雷SVIP半价薅一个月的，18570023946", "网易云音乐会员一年 17623301985", "steam国区充直码100",
        "剑三鼠鼠来50块的，账号 shushu_cangyun", "jetbrains all products 一年 email: dev@proton.me",
        "老铁们吃鸡点券走一波680 苹果微信区 q3309182746", "B站番剧大会员月卡13800138000",
    ),
    "life": ("shan mu 会员 kai 一年 13661824470", "cotti coffee 3杯券，电话18950071126 thanks"),
    "studio": ("mj基础版 1个月 hank2@vip.sina.com",),
}  # fmt: skip


@pytest.mark.parametrize(("shop", "text"), [(shop, text) for shop, texts in ABSENT.items() for text in texts])
def test_another_thing_of_a_brand_is_asked_about(shop: str, text: str) -> None:
    assert not complete(framer(shop).frame(text))


@pytest.mark.parametrize(("shop", "text"), [(shop, text) for shop, texts in SOLD.items() for text in texts])
def test_words_that_go_without_saying_ask_nothing(shop: str, text: str) -> None:
    assert complete(framer(shop).frame(text))
