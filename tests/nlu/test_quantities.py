"""Quantities: counts with measure words and factors, and what only looks like one."""

from __future__ import annotations

import pytest

from nlu.quantities import Quantity, QuantityKind
from tests.nlu.readers import phrases, read, rows


def spelled(quantity: Quantity) -> str:
    words = [str(quantity.count)]
    if quantity.each:
        words.append("each")
    if quantity.kind is QuantityKind.ARTICLE:
        words.append("article")
    return " ".join(words)


@pytest.mark.parametrize(("phrase", "meaning"), rows("quantities", "exact"))
def test_one_quantity_however_it_is_said(phrase: str, meaning: str) -> None:
    assert [spelled(quantity) for quantity in read(phrase).quantities] == [meaning]


@pytest.mark.parametrize("phrase", phrases("quantities", "unknown"))
def test_what_nobody_can_count_is_asked(phrase: str) -> None:
    quantities = read(phrase).quantities
    assert [quantity.count for quantity in quantities] == [None]


@pytest.mark.parametrize("phrase", phrases("quantities", "none"))
def test_other_counts_are_no_quantity(phrase: str) -> None:
    assert read(phrase).quantities == ()


@pytest.mark.parametrize(
    ("phrase", "counts"),
    [
        ("两张100的京东卡", [2]),
        ("京东卡一百两张", [2]),
        ("京东卡100块三张", [3]),
        ("来两张,算了三张吧", [2, 3]),
        ("月卡两张", [2]),
        ("一年两张", [2]),
        ("一个月两份", [2]),
        ("完美一卡通50*2", [2]),
        ("两张三百的", [2]),
        ("来张三百的", [1]),
        ("五百一张", [1]),
        ("3份x50", [3]),
        ("2张×100元", [2]),
        ("1000日元两张+100港币一张", [2, 1]),
    ],
)
def test_a_quantity_stands_beside_an_amount(phrase: str, counts: list[int]) -> None:
    assert [quantity.count for quantity in read(phrase).quantities] == counts


def test_what_is_counted_follows_the_measure_word() -> None:
    said = read("50个 Q币")
    (quantity,) = said.quantities
    assert quantity.word == "个"
    assert said.page.text[quantity.follows :] == "q币"
