"""Rows that end in a number of their own."""

from __future__ import annotations

import pytest

from nlu.parser import Parser
from nlu.vocabulary import Vocabulary
from tests.nlu.readers import lexicon
from tests.nlu.test_goods import products

GOODS = {
    "bag": {"name": "Zipzap解压软件", "sizes": {"标准版": [1, "个", 159], "专业版": [1, "个", 289]}},
    "guard": {"name": "盾卫士安全软件", "sizes": {"1台1年": [1, "台", 199], "3台1年": [3, "台", 299]}},
    "coffee": {"name": "星咖卡", "sizes": {"50元": [50, "元", 50], "100元": [100, "元", 100]}},
    "tea": {"name": "乐茶卡", "sizes": {"5元": [5, "元", 5], "30元": [30, "元", 30]}},
}
PARSER = Parser(Vocabulary.compile(products(GOODS)), lexicon())


def ordered(text: str) -> list[tuple[str | None, int]]:
    lines = PARSER.understand(text).lines
    return [
        (line.sku.value if line.sku else None, line.quantity.value if line.quantity else 1) for line in lines
    ]


@pytest.mark.parametrize(
    "text",
    [
        "zipzap专业版\t6\n盾卫士3台1年\t2",
        "采购清单\nZipzap专业版\t6\n盾卫士3台1年\t2",
        "zipzap专业版 6\n盾卫士3台1年 2",
        "zipzap专业版：6\n盾卫士3台1年：2",
        "zipzap专业版 | 6\n盾卫士 3台1年 | 2",
    ],
)
def test_the_last_number_of_every_row_counts_its_goods(text: str) -> None:
    assert ordered(text) == [("bag-专业版", 6), ("guard-3台1年", 2)]


def test_a_size_beside_a_count_stays_one() -> None:
    assert ordered("星咖卡100\t5\n乐茶卡30\t2") == [("coffee-100元", 5), ("tea-30元", 2)]


def test_a_number_that_is_a_size_counts_nothing() -> None:
    assert ordered("星咖卡\t100\n乐茶卡\t5") == [("coffee-100元", 1), ("tea-5元", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "星咖卡50\t50\n乐茶卡30\t2",  # the size once more, or fifty of them
        "zipzap专业版 238\n盾卫士3台1年 115",  # prices
        "zipzap专业版 6\n星咖卡 100",  # a count and a size
        "zipzap专业版\t6\n星咖卡",
    ],
)
def test_what_may_be_either_is_asked_about(text: str) -> None:
    assert None in [sku for sku, _ in ordered(text)]
