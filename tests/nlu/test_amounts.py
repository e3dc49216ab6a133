"""Amounts: money, sizes, periods; what is about right; and the numbers that are none."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from nlu.amounts import AmountKind, Units
from nlu.amounts import read as read_amounts
from nlu.normalise import normalise
from tests.nlu.readers import lexicon, phrases, read, rows, table


@pytest.mark.parametrize(("phrase", "meaning"), rows("amounts", "exact"))
def test_one_amount_however_it_is_said(phrase: str, meaning: str) -> None:
    assert read(phrase).sure_amounts == (meaning,)


@pytest.mark.parametrize("phrase", phrases("amounts", "vague"))
def test_what_is_about_right_is_never_exact(phrase: str) -> None:
    assert read(phrase).sure_amounts == ()


@pytest.mark.parametrize("phrase", phrases("amounts", "none"))
def test_other_numbers_are_no_amount(phrase: str) -> None:
    assert read(phrase).sure_amounts == ()


@pytest.mark.parametrize(("phrase", "unit", "value"), table("amounts")["converted"])
def test_periods_convert_as_shops_sell_them(phrase: str, unit: str, value: float | None) -> None:
    (amount,) = read(phrase).amounts
    expected = None if value is None else Decimal(str(value))
    assert amount.in_unit(unit) == expected


@pytest.mark.parametrize(
    ("phrase", "amounts"),
    [
        ("30天月卡", ("30 天", "1 月")),
        ("1台一年的", ("1 台", "12 月")),
        ("原神648 两个月", ("648", "2 月")),
        ("充100,不对,50的", ("100", "50")),
        ("话费100\t50", ("100", "50")),
        ("100或者200", ("100", "200")),
        ("充五十一三八零零一三八零零零", ("50",)),
        ("来张三十的", ("30",)),
        ("五十一下", ("50",)),
        ("100块三张", ("100 元",)),
        ("京东卡一百两张", ("100",)),
        ("50*2", ("50",)),
        ("100x3", ("100",)),
        ("月卡x2", ("1 月",)),
        ("25美元两张", ("25 美元",)),
        ("$50 $20", ("50 美元", "20 美元")),
        ("话费30\n以上都是话费", ("30",)),
        ("五百一张", ("500",)),
        ("3份x50", ("3", "50")),
        ("100 x 2", ("100",)),
        ("一百一个月", ("100", "1 月")),
    ],
)
def test_several_amounts_stay_apart(phrase: str, amounts: tuple[str, ...]) -> None:
    assert read(phrase).sure_amounts == amounts


def test_an_amount_of_fen_has_the_text_it_was_read_from() -> None:
    (amount,) = read("充九十九块九毛九").amounts
    assert amount.kind is AmountKind.MONEY
    assert amount.text == "九十九块九毛九"
    assert amount.measure.value == Decimal("99.99")


def test_a_vague_amount_has_no_value_to_order_by() -> None:
    (amount,) = read("100左右").amounts
    assert amount.measure.value is None
    assert amount.measure.text == "100"


@pytest.mark.parametrize("phrase", ["充%s元话费", "来张%s的京东卡", "给我充 %s 块", "话费%s", "%s块的"])
def test_a_changed_number_changes_exactly_the_amount(phrase: str) -> None:
    found = [read(phrase % value).sure_amounts for value in ("10", "20", "30", "50", "100", "200", "500")]
    assert all(len(amounts) == 1 for amounts in found)
    assert all(one != other for one, other in pairwise(found))


def test_what_the_labels_of_a_catalog_count_is_a_size_there_and_only_there() -> None:
    server = Units.of(lexicon(), {"年": ()}, counters=("核", "x"))
    sizes = [
        (mark.value.low, mark.value.units) for mark in read_amounts(normalise("2核4G"), lexicon(), server)
    ]
    assert sizes[0] == (2, ("核",))
    multiple, period = read_amounts(normalise("5x一个月"), lexicon(), server)
    assert (multiple.value.units, period.value.units) == (("x",), ("月",))
    assert not any(mark.value.units == ("x",) for mark in read_amounts(normalise("50x2"), lexicon(), server))


def test_one_letter_is_a_month_where_nothing_is_sold_by_the_megabyte() -> None:
    (month,) = read_amounts(normalise("12m"), lexicon(), Units.of(lexicon(), {"月": ()}))
    assert (month.value.low, month.value.units) == (12, ("月",))
    (megabytes,) = read_amounts(normalise("12m"), lexicon(), Units.of(lexicon(), {"MB": ()}))
    assert megabytes.value.units == ("MB",)


@pytest.mark.parametrize("text", ["永久有效吗", "100m", "7m", "200d"])
def test_what_only_looks_like_a_period_is_none(text: str) -> None:
    found = read_amounts(normalise(text), lexicon(), Units.of(lexicon(), {"月": ()}))
    assert not any(mark.value.kind is AmountKind.PERIOD for mark in found)
