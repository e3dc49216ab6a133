"""Goods by the words of their customers, and not by those of the catalog; goods of other trades are no top-up."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("village", "暖气费2000，陕西的，户号 61029384", "heat-2000"),
        ("village", "取暖费交500，河北，户号13029184", "heat-500"),
        ("village", "天然气费交100块，河南，燃气户号 20193847", "gas-100"),
        ("village", "煤气费50 安徽 户号 40291837", "gas-50"),
        ("village", "数字电视费一年，安徽的，卡号 90283746152", "catv-12m"),
        ("village", "给娃充饭卡50，职教中心的，学生卡号20198374", "school-50"),
        ("village", "南网电费50 云南 户号 0601283746", "elec-csg-50"),
        ("village", "洗照片券 6寸20张 一份", "photo-20"),
        ("esports", "原神空月 uid 187893288 天空岛", "genshin-moon-30d"),
    ],
)
def test_goods_are_known_by_what_their_customers_call_them(shop: str, text: str, sku: str) -> None:
    frame = framer(shop).frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize("text", ["物业费交500", "给孩子充校园网50", "充ETC卡200", "车险续一年"])
def test_a_bill_that_nobody_here_takes_is_no_telephone(text: str) -> None:
    frame = framer("village").frame(text)
    assert frame["intent"] == "order"
    assert [problem["code"] for problem in frame["problems"]] == ["product_unknown"]


def test_a_sum_that_a_card_is_not_sold_for_is_named_as_such() -> None:
    frame = framer("village").frame("永辉的300块一张")
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]


def test_a_shop_that_one_stands_in_front_of_sells_nothing() -> None:
    (line,) = framer("village").frame("我在永辉门口，话费300 13800138000")["lines"]
    assert line["sku"] == "topup-300"


def test_of_goods_that_share_a_name_the_unit_says_which() -> None:
    frame = framer("esports").frame("原神充500创世结晶 uid 105837264 世界树")
    assert [(line["product"], line["sku"]) for line in frame["lines"]] == [("genshin", None)]
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]


def test_a_label_is_said_without_its_number() -> None:
    (line,) = framer("garage").frame("途虎小保养套餐半合成的 18829384756")["lines"]
    assert line["sku"] == "maint-1-1"


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("garage", "粤通卡500，卡号44011823220809876543", "etc-500"),
        ("garage", "鲁通卡充1000 ETC卡号 3701 1823 2208 0123 4567", "etc-1000"),
    ],
)
def test_where_only_one_product_is_served_names_it(shop: str, text: str, sku: str) -> None:
    frame = framer(shop).frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    ("shop", "text"),
    [
        ("esports", "官服648 uid 187893288"),
        ("daily", "内蒙古 交100 5104736281"),
        ("village", "河南交100 5104736281"),
    ],
)
def test_a_place_or_any_server_names_nothing(shop: str, text: str) -> None:
    assert not complete(framer(shop).frame(text))
