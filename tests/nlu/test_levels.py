"""Levels, kinds of tickets and editions: the labels of variants, as people say them beside other words."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer

PHONE = "13800112233"


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("parents", "猿题库初中年卡", "ytk-cz12"),
        ("parents", "英语六级三个月的课", "cet-6-3"),
        ("parents", "海洋馆一大一小的票", "ocean-pair"),
        ("parents", "自然博物馆两大一小的票", "museum-family"),
        ("parents", "猿题库初中版年卡，错了是高中的年卡", "ytk-gz12"),
        ("voyage", "机场休息室 单次", "lounge-1"),
        ("campus", "健身房单次", "jsck-1"),
    ],
)
def test_a_level_is_said_in_its_own_words(shop: str, text: str, sku: str) -> None:
    frame = framer(shop).frame(f"{text}，{PHONE}")
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


def test_a_spelled_number_in_front_of_a_letter_is_one() -> None:
    (line,) = framer("parents").frame("电影票要二D的两张")["lines"]
    assert (line["sku"], line["quantity"]) == ("movie-2d", 2)


@pytest.mark.parametrize("text", ["四六级3个月", "四六级的课，要6个月的", "英语四六级半年的"])
def test_several_levels_in_a_name_are_none_of_them(text: str) -> None:
    (line,) = framer("parents").frame(f"{text} {PHONE}")["lines"]
    assert (line["product"], line["sku"]) == ("cet", None)


@pytest.mark.parametrize("text", ["海洋馆两大一小的票", "猿题库小学年卡", "贵宾厅单件"])
def test_a_kind_that_is_not_sold_is_asked_about(text: str) -> None:
    shop = "voyage" if text.startswith("贵宾") else "parents"
    assert not complete(framer(shop).frame(f"{text} {PHONE}"))


def test_each_kind_of_ticket_has_its_own_count() -> None:
    frame = framer("parents").frame(f"自然博物馆成人票两张，儿童票一张，{PHONE}")
    assert complete(frame)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [
        ("museum-adult", 2),
        ("museum-child", 1),
    ]
