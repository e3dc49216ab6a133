"""Ordinary people's words around and inside an ordinary order, in a shop of everything; and what stays a question."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nlu.small_shops import bought, shop

SHOP = """
yd | 移动话费秒到 | 话费充值 | phone | 30元 50元 100元 200元 | 移动充值;中国移动话费
slow | 三网话费慢充（1-3天到账） | 话费充值 | phone | 100元 200元 | 慢充
bi | 哔哩哔哩大会员 | 视频会员 | phone | 月卡 季卡 年卡 | B站大会员
tx | 腾讯视频VIP | 视频会员 | phone | 月卡 季卡 年卡
tv | 腾讯视频超级VIP（云视听极光，电视能看） | 视频会员 | phone | 月卡 年卡 | 腾讯TV会员;云视听
iq | 爱奇艺黄金会员 | 视频会员 | phone | 月卡 年卡 | 爱奇艺vip
iqtv | 爱奇艺奇异果TV白金会员 | 视频会员 | phone | 月卡 年卡 | 奇异果;爱奇艺电视会员
yk | 优酷VIP会员 | 视频会员 | phone | 月卡 年卡
yktv | 优酷酷喵电视会员 | 视频会员 | phone | 月卡 年卡 | 酷喵会员
mg | 芒果TV会员（手机电脑） | 视频会员 | phone | 月卡 年卡
jd | 京东E卡 | 礼品卡 | none | 50元 100元 500元 | 京东卡
ap | 苹果App Store充值卡 中国区 | 礼品卡 | none | 50元 100元 | 苹果卡
shy | 中石化加油卡充值 | 加油卡 | fuel_card | 100元 200元 500元
syy | 中石油加油卡充值 | 加油卡 | fuel_card | 200元 500元 | 昆仑加油卡
qb | Q币直充 | QQ业务 | qq | 10Q币 30Q币 100Q币 | qb
mt | 美团外卖红包 | 吃喝优惠 | phone | 10元 20元 | 美团红包
el | 饿了么红包 | 吃喝优惠 | phone | 15元
ys | 原神创世结晶 | 手游充值 | uid | 空月祝福=30天 300结晶 980结晶 | 原神充值 | 官服;B服
"""
PHONE, CARD, QQ, UID = "13870952216", "1000114500087736215", "3028841567", "115409926"


def frame_of(said: str) -> Any:
    return shop(SHOP).frame(said.format(phone=PHONE, card=CARD, qq=QQ, uid=UID))


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("中石化那个加油卡给我充200，卡号{card}", "shy-200元"),
        ("中石化这个加油卡充500 {card}", "shy-500元"),
        ("京东那个e卡来张50", "jd-50元"),
        ("苹果那个充值卡要一张100的", "ap-100元"),
        ("腾讯视频那个会员开一年，{phone}", "tx-年卡"),
    ],
)
def test_who_points_at_goods_names_them_all_the_same(said: str, sku: str) -> None:
    assert [one[0] for one in bought(frame_of(said))] == [sku]


def test_a_word_that_points_joins_no_two_goods() -> None:
    assert not bought(frame_of("京东这个加油卡充200，{card}"))


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("b站的会员开三个月，{phone}", "bi-季卡"),
        ("哔哩哔哩会员一年 {phone}", "bi-年卡"),
        ("B站会员月卡，充{phone}", "bi-月卡"),
    ],
)
def test_a_known_good_under_another_of_its_names_is_the_one_that_is_sold(said: str, sku: str) -> None:
    assert bought(frame_of(said)) == [(sku, 1, PHONE)]


@pytest.mark.parametrize(
    "said", ["虎牙贵族来一个月，{phone}", "抖音会员一个月 {phone}", "如家会员开一年 {phone}"]
)
def test_other_goods_of_that_kind_are_not_sold(said: str) -> None:
    assert [problem["code"] for problem in frame_of(said)["problems"]] == ["product_unknown"]


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("能在电视上看的爱奇艺，要一年的，手机{phone}", "iqtv-年卡"),
        ("我家电视机看的那个奇异果会员给弄一个月，{phone}", "iqtv-月卡"),
        ("奇异果会员年卡 {phone}", "iqtv-年卡"),
        ("奇异果开一年，{phone}", "iqtv-年卡"),
        ("电视用的爱奇艺 一年 {phone}", "iqtv-年卡"),
        ("爱奇艺年卡，能在电视上放的，{phone}", "iqtv-年卡"),
        ("腾讯视频TV版一年 {phone}", "tv-年卡"),
        ("家里电视上看的，要酷喵会员年卡 {phone}", "yktv-年卡"),
        ("爱奇艺年卡，手机上看的，{phone}", "iq-年卡"),
        ("爱奇艺年卡 看电视剧用 {phone}", "iq-年卡"),
        ("芒果TV年卡 {phone}", "mg-年卡"),
    ],
)
def test_where_it_is_watched_tells_the_one_for_the_television(said: str, sku: str) -> None:
    assert bought(frame_of(said)) == [(sku, 1, PHONE)]


@pytest.mark.parametrize("where", ["客厅", "卧室", "老家", "宿舍", "店里"])
def test_a_room_in_front_of_what_is_said_of_goods_is_no_name(where: str) -> None:
    assert bought(frame_of(where + "电视看的，云视听给开一年，{phone}")) == [("tv-年卡", 1, PHONE)]


@pytest.mark.parametrize(
    "said",
    [
        "芒果年卡，要电视上能看的，{phone}",
        "爱奇艺年卡，不用在电视上看，{phone}",
        "爱奇艺会员年卡电视上能看吗",
    ],
)
def test_what_is_not_for_the_television_is_asked_about(said: str) -> None:
    assert not bought(frame_of(said))


@pytest.mark.parametrize(
    "said",
    [
        "上次那个慢充等了三天，这回要马上到的，100，{phone}",
        "慢充太慢了，充100 {phone}",
        "慢充我怕了，充100 {phone}",
        "慢充坑过我，充100到{phone}",
        "上次慢充等了三天，充100，{phone}",
    ],
)
def test_a_kind_that_somebody_complains_of_is_not_ordered(said: str) -> None:
    assert "slow-100元" not in [one[0] for one in bought(frame_of(said))]


@pytest.mark.parametrize(
    "said", ["慢充就行，100，{phone}", "我等得起，慢充100 {phone}", "慢充等得起，充100 {phone}"]
)
def test_who_can_wait_gets_the_slow_one(said: str) -> None:
    assert bought(frame_of(said)) == [("slow-100元", 1, PHONE)]


@pytest.mark.parametrize(
    "said",
    [
        "别弄慢充的，话费100，{phone}",
        "可别又是慢充啊，{phone}充100",
        "充100到{phone}，要快的别弄慢充",
        "我不要慢充，充100到{phone}",
        "别给我弄慢充的啊，上次急死我了，这回快的，100，{phone}",
        "快的100 {phone}",
        "来个快的，100，{phone}",
        "不要慢的，100，{phone}",
    ],
)
def test_the_slow_kind_is_refused_and_the_plain_one_ordered(said: str) -> None:
    assert bought(frame_of(said)) == [("yd-100元", 1, PHONE)]


@pytest.mark.parametrize("said", ["不要慢充", "别弄了，慢充等了三天，100，{phone}", "100 {phone}"])
def test_where_no_kind_of_top_up_is_wanted_none_is_ordered(said: str) -> None:
    assert not bought(frame_of(said))


@pytest.mark.parametrize(
    ("said", "sku", "count"),
    [
        ("q币100 充到{qq}，等哈，莫充100了，充30就够咯", "qb-30Q币", 1),
        ("q币100 充到{qq}，别充100，充30", "qb-30Q币", 1),
        ("京东卡500两张，莫要两张了，一张就行", "jd-500元", 1),
        ("京东卡500，哎别买500的了，来个100的", "jd-100元", 1),
        ("腾讯视频年卡 {phone}，莫开年卡哈，月卡就要得", "tx-月卡", 1),
        ("京东卡要500的两张，不，一张够了", "jd-500元", 1),
        ("京东卡500两张 不 一张吧", "jd-500元", 1),
    ],
)
def test_what_is_forbidden_again_is_replaced_by_what_follows(said: str, sku: str, count: int) -> None:
    assert [one[:2] for one in bought(frame_of(said))] == [(sku, count)]


@pytest.mark.parametrize(
    "said",
    [
        "话费100，{phone}，莫充100了",
        "话费100，{phone}，别再充100了",
        "京东卡500的两张，不，够了",
        "京东卡500两张，不，一张也不要了",
        "莫给我弄慢充，话费100",
        "京东卡500，不",
        "莫充",
    ],
)
def test_what_is_only_forbidden_is_not_ordered(said: str) -> None:
    assert not bought(frame_of(said))


@pytest.mark.parametrize(
    "said", ["莫充错了，话费100，{phone}", "莫搞慢充，话费100，{phone}", "话费100，{phone}，莫急慢慢来"]
)
def test_a_warning_in_dialect_forbids_no_order(said: str) -> None:
    assert bought(frame_of(said)) == [("yd-100元", 1, PHONE)]


@pytest.mark.parametrize(
    "said",
    [
        "充话费200 {phone}不要慢的那种",
        "不要慢的那个，充话费200 {phone}",
        "给{phone}充200别给慢的那种哈",
        "来快的那种 200 {phone}",
    ],
)
def test_a_kind_is_the_same_however_it_is_pointed_at(said: str) -> None:
    assert bought(frame_of(said)) == [("yd-200元", 1, PHONE)]


def test_who_says_what_is_watched_besides_names_no_goods() -> None:
    assert bought(frame_of("腾讯视频月卡……不对不对 要季卡的，还有综艺，{phone}")) == [("tx-季卡", 1, PHONE)]
    assert not bought(frame_of("腾讯视频月卡……不对不对 要季卡的，还有奥利奥，{phone}"))
