"""Hours, trains, phones and how long something has been so: numbers that are only told beside an order."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.test_corpus import complete

PHONE = "13800112233"


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("demo", "移动话费充50，停机三天了", "topup-50"),
        ("demo", "优酷会员过期一个星期了，续个季卡", "youku-3m"),
        ("demo", "孩子手机欠费半个月了，充30话费", "topup-30"),
        ("demo", "加班到十点，来张50的打车券", "didi-50"),
        ("demo", "都两点了还没睡，芒果会员月卡一个", "mgtv-1m"),
        ("demo", "高铁G1025晚点，打车券20的一张", "didi-20"),
        ("demo", "新买的iphone15 512g，网盘会员年卡", "baidu-pan-12m"),
        ("demo", "公司来了一批员工，50的京东卡一张", "jd-ecard-50"),
        ("demo", "单位换了两批电脑，win11激活码一个", "win11-pro"),
        ("demo", "黑五快到了，优酷年卡", "youku-12m"),
        ("demo", "趁还剩两天活动，瑞幸5杯券", "luckin-5"),
    ],
)
def test_they_are_no_part_of_it(shop: str, text: str, sku: str) -> None:
    frame = framer_of(shop).frame(f"{text}，{PHONE}")
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("腾讯会员，三个月的，13800112233", ["tencent-video-3m"]),
        ("充两个手机号，13800112233和13900112233各充50", ["topup-50", "topup-50"]),
        ("三部手机13800112233、13900112233、15800112233都充30话费", ["topup-30"] * 3),
    ],
)
def test_a_period_and_counted_phones_are_what_they_were(text: str, skus: list[str]) -> None:
    frame = framer_of("demo").frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == skus


@pytest.mark.parametrize(
    "text",
    ["优酷月卡两个手机13800112233", "腾讯会员断了三个月，13800112233", "优酷会员，到三个月的，13800112233"],
)
def test_what_may_count_or_size_the_goods_is_asked_about(text: str) -> None:
    frame = framer_of("demo").frame(text)
    wrong = [line["sku"] for line in frame["lines"]] == ["youku-1m"] and frame["lines"][0]["quantity"] == 1
    assert not (complete(frame) and wrong)
