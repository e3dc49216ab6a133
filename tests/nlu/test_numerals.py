"""Numbers: many ways to say one, and what is openly no one number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.normalise import plain
from nlu.numerals import number, numbers
from tests.nlu.readers import phrases, rows

DIGITS = "零一二三四五六七八九"
FORMAL = dict(zip("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟", strict=True))


@pytest.mark.parametrize(("phrase", "meaning"), rows("numerals", "exact"))
def test_one_number_however_it_is_said(phrase: str, meaning: str) -> None:
    said = number(plain(phrase))
    assert said is not None
    assert said.value == Decimal(meaning)


@pytest.mark.parametrize("phrase", phrases("numerals", "vague"))
def test_an_approximation_is_never_one_number(phrase: str) -> None:
    found = list(numbers(plain(phrase)))
    assert found
    assert all(mark.value.value is None for mark in found)


@pytest.mark.parametrize("phrase", phrases("numerals", "none"))
def test_a_character_alone_is_no_number(phrase: str) -> None:
    assert number(plain(phrase)) is None


def in_words(value: int) -> str:
    """The full Chinese spelling of 0..99 999 999, as a schoolbook has it."""
    if value >= 10_000:
        rest = value % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return in_words(value // 10_000) + "万" + (gap + in_words(rest) if rest else "")
    words, zero = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return words or "零"


@given(st.integers(min_value=0, max_value=99_999_999))
def test_every_number_comes_back_from_its_words(value: int) -> None:
    said = number(in_words(value))
    assert said is not None
    assert said.value == value


@given(st.integers(min_value=0, max_value=9_999))
def test_formal_numerals_mean_the_same(value: int) -> None:
    said = number("".join(FORMAL[character] for character in in_words(value)))
    assert said is not None
    assert said.value == value


@given(st.integers(min_value=1, max_value=99), st.sampled_from([100, 1000, 10_000]))
def test_the_last_place_may_be_left_out(value: int, scale: int) -> None:
    head, tail = value // 10, value % 10
    if not head or not tail or (scale < 10_000 and head > 9):
        return
    name = {100: "百", 1000: "千", 10_000: "万"}[scale]
    said = number(in_words(head) + name + DIGITS[tail])
    assert said is not None
    assert said.value == head * scale + tail * scale // 10
    assert said.shortened


@given(st.integers(min_value=100, max_value=99_999_999))
def test_digit_by_digit_means_the_same(value: int) -> None:
    said = number("".join(DIGITS[int(digit)] for digit in str(value)))
    assert said is not None
    assert said.value == value


@example("七一w")
@given(st.text(alphabet="零一二两三四五六七八九十百千万亿廿几多来点半0123456789.kw ", max_size=40))
def test_nothing_said_with_numerals_breaks_the_reader(text: str) -> None:
    end = 0
    for mark in numbers(text):
        assert end <= mark.start < mark.end <= len(text)
        assert mark.value.low <= mark.value.high
        end = mark.end
