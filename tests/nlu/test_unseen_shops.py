"""What customers say in shops without aliases, whose names, units and places nobody tuned for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

ROOT = Path(__file__).parents[2]


@cache
def framer(shop: str) -> Framer:
    return framer_for(ROOT / f"tests/nlu/corpus/{shop}.csv", ROOT / "data")


def line(shop: str, text: str) -> dict[str, Any]:
    (only,) = framer(shop).frame(text)["lines"]
    return dict(only)


@pytest.mark.parametrize(
    "text", ["热水卡20 卡号88014623", "热水卡20，学号是88014623", "一卡通号88014623 热水卡20", "热水卡20户号88014623"]
)  # fmt: skip
def test_a_label_names_whatever_account_the_goods_need(text: str) -> None:
    assert line("campus", text)["account"] == "88014623"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("饭卡50，南湖，20240077", "南湖校区"),
        ("饭卡50，我在东校，20240077", "东校区"),
        ("饭卡50 西区 20240077", "西校区"),
        ("我们校区是南湖，饭卡50，20240077", "南湖校区"),
    ],
)
def test_a_place_is_said_without_what_all_places_end_with(text: str, region: str) -> None:
    assert line("campus", text)["region"] == region


@pytest.mark.parametrize("text", ["校园网20 学号2022119 北校区", "校园网20 北苑校区 2022119"])
def test_a_place_that_ends_like_them_and_is_none_is_named(text: str) -> None:
    frame = framer("campus").frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["region_unknown"]


def test_what_a_shop_sells_by_counts_even_where_it_is_talk_elsewhere() -> None:
    assert line("campus", "维谱查重一篇 a@126.com")["sku"] == "wpcc-1"


def test_a_doubled_verb_counts_nothing() -> None:
    assert line("studio", "Adobe CC 三个月 → lens88@gmail.com，婚礼季扛一扛")["sku"] == "adobecc-3m"


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("campus", "电信校园宽带一学年 18971245508", "kddx-10"),
        ("campus", "电信校园宽带 一学期的 18971245508", "kddx-5"),
        ("campus", "六级备考资料要全套的 a@163.com", "cet6-qt"),
        ("campus", "四级备考资料，真题那份，a@163.com", "cet4-zt"),
        ("campus", "考研政治电子讲义冲刺的 a@163.com", "kyzz-cc"),
        ("campus", "毕业论文打印装订精装的一本", "lwzd-yj"),
        ("campus", "教师资格证笔试网课中学 18971245508", "jzbs-zx"),
    ],
)
def test_a_variant_is_named_by_a_part_of_its_label(shop: str, text: str, sku: str) -> None:
    assert line(shop, text)["sku"] == sku


def test_parts_of_two_variants_leave_the_choice_open() -> None:
    said = line("campus", "四级备考资料，真题和听力都要 a@163.com")
    assert (said["product"], said["sku"]) == ("cet4", None)


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("daily", "万达2D券两张", "wd2-1"),
        ("daily", "万达imax的票来一张", "wdi-1"),
        ("daily", "河南国网的交100，户号4107362851", "gw-100"),
        ("daily", "滴滴20的，18221740936", "dd-20"),
        ("daily", "永辉100的卡来一张", "yh-100"),
        ("daily", "麦麦25的来5张", "mcd-25"),
        ("daily", "芒果TV月卡 18621748305", "mg-1"),
        ("daily", "芒果TV年卡电视能看的 18621748305", "mgq-12"),
        ("daily", "爱奇艺白金会员一年，家里电视上看，13764920518", "aqp-12"),
        ("daily", "腾讯视频电视上看的月卡18621748305", "tvs-1"),
        ("pcclub", "ns会员家庭版来一年的，刚好8个人拼车", "nsof-12"),
    ],
)
def test_a_good_goes_by_what_tells_it_from_its_siblings(shop: str, text: str, sku: str) -> None:
    assert line(shop, text)["sku"] == sku


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("万达的票两张", ["wd2", "wdi"]),
        ("我想充个加油卡", ["zsh", "zsy"]),
    ],
)
def test_equal_siblings_are_asked_about(text: str, candidates: list[str]) -> None:
    assert framer("daily").frame(text)["candidates"] == candidates


@pytest.mark.parametrize(
    ("shop", "text", "sku", "account"),
    [
        ("pcclub", "网费给我整个五十，800219，快点要团战了", "wf-50", "800219"),
        ("pcclub", "卡号800733充100网费，啊手滑，是800773", "wf-100", "800773"),
        ("pcclub", "充一百块网费卡号是八零零四幺七", "wf-100", "800417"),
        ("pcclub", "会员卡号800326，充50网费，我在17号机", "wf-50", "800326"),
        ("pcclub", "LOL代练5局 影流 召唤师名：深海小鲸鱼", "bl-5", "深海小鲸鱼"),
        ("pcclub", "xunyou加速器 月卡 13987264015", "xy-30", "13987264015"),
        ("mobile", "抖币1000，抖音号lele520，啊不对输错了，是lele521", "dyb-1000", "lele521"),
        ("mobile", "渔翅50 斗鱼号9037215", "dy-50", "9037215"),
        ("mobile", "斗鱼号5510392充50", "dy-50", "5510392"),
        ("mobile", "给她的Hotlink号码60123847756充30林吉特", "my-30", "60123847756"),
        ("mobile", "csl充100港币 电话85298127345", "hk-100", "85298127345"),
        ("mobile", "美国T-Mobile 2065550143充15美元", "us-15", "2065550143"),
        ("mobile", "给留学生妹妹的Hotlink号码60123847756充30马币", "my-30", "60123847756"),
        ("mobile", "qb50 扣扣881204736", "qb-50", "881204736"),
        ("mobile", "hf300 19106827354", "hf-300", "19106827354"),
        ("mobile", "扣扣超会来一年的，q519037264", "qqsvip-12", "519037264"),
        ("mobile", "珍爱网的会员再续三个月，号码还是15924716083", "za-3", "15924716083"),
        ("mobile", "我们兄弟几个要开一个月的探探黑金，手机号15168320947", "ttb-1", "15168320947"),
        ("daily", "喜查50元券来一张", "ht-50", None),
        (
            "daily",
            "乐刻年卡，杭州，哦不对我下月调去深圳了，办深圳的，手机13758261049",
            "lk-12",
            "13758261049",
        ),
    ],
)
def test_the_words_of_a_shop_s_own_trade_are_understood(
    shop: str, text: str, sku: str, account: str | None
) -> None:
    said = line(shop, text)
    assert (said["sku"], said["account"]) == (sku, account)


def test_every_row_of_a_table_has_its_recipient() -> None:
    frame = framer("pcclub").frame("梦幻点卡：\nxiangge_77  100\nmeimei1998  30\ndahai_0o  50")
    rows = [(said["sku"], said["account"]) for said in frame["lines"]]
    assert rows == [("mh-100", "xiangge_77"), ("mh-30", "meimei1998"), ("mh-50", "dahai_0o")]


@pytest.mark.parametrize(
    "text", ["买一个月的B站大会员，手机15005831724", "虎牙贵族开一个，虎牙号2207384911", "探探超级喜欢来一份，13736201849"]
)  # fmt: skip
def test_what_a_brand_sells_elsewhere_is_not_sold_here(text: str) -> None:
    frame = framer("mobile").frame(text)
    assert (frame["lines"], [problem["code"] for problem in frame["problems"]]) == ([], ["product_unknown"])


@pytest.mark.parametrize(
    ("shop", "text"),
    [
        ("mobile", "B币100个，UID 40718263"),
        ("pcclub", "LOL点券500个 祖安 q88334455"),
        ("pcclub", "网费20000"),
    ],
)
def test_a_number_of_what_goods_are_counted_in_is_a_size(shop: str, text: str) -> None:
    assert [problem["code"] for problem in framer(shop).frame(text)["problems"]] == ["variant_unavailable"]


def test_a_telephone_of_ours_is_no_account_of_a_stream() -> None:
    assert line("mobile", "鱼翅50 手机号13764920518")["account"] is None


@pytest.mark.parametrize(
    "text", ["山姆卓越会员 18738472910，不是普通那种", "山姆卓越会员，18738472910，别搞成普通的"]
)
def test_the_tier_that_a_name_has_is_not_lost_to_one_that_is_refused(text: str) -> None:
    assert line("life", text)["sku"] == "sams-plus-12m"


def test_a_name_and_a_tier_that_contradict_each_other_are_asked_about() -> None:
    frame = framer("life").frame("山姆卓越会员，普通的那种 18738472910")
    assert frame["missing"] == ["product"]
    assert set(frame["candidates"]) == {"sams", "sams-plus"}


@pytest.mark.parametrize(("text", "count"), [("肖秀荣八套卷来一份", 1), ("考研政治八套卷两份", 2)])
def test_a_number_inside_a_name_counts_nothing(text: str, count: int) -> None:
    assert line("campus", text)["quantity"] == count


def test_each_recipient_has_the_count_that_was_said_for_him() -> None:
    frame = framer("life").frame("霸王茶姬大杯券两张给15838472910，中杯券一张给15838472911")
    assert [(one["sku"], one["quantity"]) for one in frame["lines"]] == [("chagee-l", 2), ("chagee-m", 1)]


@pytest.mark.parametrize(
    ("shop", "text"),
    [
        ("leisure", "帮忙开喜马拉雅上庭会员一年的，电话13026374852"),
        ("leisure", "爱奇亿家会庭员一个月18302947165"),
        ("leisure", "星巴克超👍大杯。。。来一张"),
        ("leisure", "酷优或者爱奇艺，月卡，13826374885"),
        ("travel", "澳洲hhh上网卡，7天 a@b.com"),
        ("life", "霸王茶姬大杯券两张给15838472910，中你券一张给15838472911"),
        ("allround", "13688273645给他话费费充50"),
        ("allround", "QQ VSIP 12个月, qq=849302175, thx"),
    ],
)
def test_a_name_or_a_tier_with_a_slip_is_not_its_neighbour(shop: str, text: str) -> None:
    frame = framer(shop).frame(text)
    assert frame["missing"] or frame["problems"]


def test_what_only_corrects_the_period_keeps_the_number_of_computers() -> None:
    assert line("software", "CleanMyMac 1台1年的，等等，永久的吧")["sku"] == "cmm-1plt"


def test_numerals_of_bankers_are_no_letters_of_a_name() -> None:
    assert line("allround", "移动流量贰拾G 18780293647")["sku"] == "ydll-20"


@pytest.mark.parametrize(
    ("shop", "text"),
    [
        ("mobile", "虎牙币50，主播有12345粉丝"),
        ("mobile", "鱼翅50 20241130"),
        ("pcclub", "梦幻点卡50 iphone15"),
    ],
)
def test_a_number_that_belongs_to_a_word_is_no_recipient(shop: str, text: str) -> None:
    assert framer(shop).frame(text)["missing"][-1:] == ["account"]


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("电费200，江苏，户号1102 8846 07", "1102884607"),
        ("电费100 浙江 户号 3305 1127 4418 9", "3305112744189"),
        ("电费 江苏 户号1102 8846 200", None),
    ],
)
def test_what_was_called_a_number_and_is_printed_in_fours_is_one(text: str, account: str | None) -> None:
    assert line("hallway", text)["account"] == account


def test_a_card_that_lacks_a_digit_leaves_the_size_alone() -> None:
    frame = framer("hallway").frame("中石油200 卡号9130 0600 1245 77")
    assert [one["sku"] for one in frame["lines"]] == ["zsy-200"]
    assert [problem["code"] for problem in frame["problems"]] == ["account_format"]


@pytest.mark.parametrize(
    ("shop", "text", "region"),
    [
        ("township", "原神空月祝福一张 guanfu uid115409926", "官服"),
        ("games", "genshin 3280 oufu uid 711209834", "欧服"),
        ("games", "genshin 3280 yafu uid 811209834", "亚服"),
    ],
)
def test_a_server_is_typed_in_pinyin(shop: str, text: str, region: str) -> None:
    assert line(shop, text)["region"] == region
