"""One spelling for every way of typing, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from nlu.normalise import normalise, plain
from nlu.page import Page
from tests.nlu.readers import phrases, read, rows

TRADITIONAL = OpenCC("s2t")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("１００元", "100元"),
        ("1️⃣0️⃣0️⃣", "100"),
        ("①②③⑩", "12310"),
        ("話費儲值", "话费储值"),
        ("QQ幣", "qq币"),
        ("ＶＩＰ会员", "vip会员"),
        ("充\u200b1\u200d00", "充100"),
        ("手机：１３８", "手机:138"),
        ("￥100", "¥100"),
        ("a\u3000b", "a b"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("充٥٠到１٣800138000", "充50到13800138000"),
        ("❻❽⓿", "680"),
        ("২𝟛𝟘", "230"),
        ("stеаm", "steam"),
        ("138\x0000\x1b138\u180e000", "13800138000"),
        ("", ""),
    ],
)
def test_every_spelling_becomes_plain(typed: str, meant: str) -> None:
    assert normalise(typed).text == meant
    assert plain(typed) == meant


def test_a_span_leads_back_to_what_was_typed() -> None:
    page = normalise("充１️⃣０️⃣ＱＢ")
    start = page.text.index("10")
    span = page.span(start, start + 2)
    assert page.original[span.start : span.end] == "１️⃣０️⃣"


def test_one_character_that_becomes_three_is_one_span() -> None:
    page = normalise("等…好")
    assert page.text == "等...好"
    assert [page.span(at, at + 1).start for at in (1, 2, 3)] == [1, 1, 1]
    assert page.span(4, 5).start == 2


@given(st.text(max_size=80))
def test_offsets_never_leave_the_message(text: str) -> None:
    page = normalise(text)
    for at in range(len(page.text)):
        span = page.span(at, at + 1)
        assert 0 <= span.start < span.end <= len(text)
    assert plain(page.text) == page.text or plain(plain(text)) == plain(page.text)


def test_a_character_is_read_once() -> None:
    page = Page("充100", "充100", (0, 1, 2, 3, 4))
    page.take(1, 4)
    assert page.rest() == "充\0\0\0"
    assert not page.free(0, 2)
    with pytest.raises(AssertionError):
        page.take(3, 4)


def respelled(phrase: str) -> list[str]:
    """The same phrase in traditional characters, in full width, in capitals, with an ending."""
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in phrase)
    return [TRADITIONAL.convert(phrase), wide, phrase.upper(), f"{phrase}\u200b", f" {phrase} "]


AMOUNTS = [phrase for phrase, _ in rows("amounts", "exact")] + phrases("amounts", "vague")


@pytest.mark.parametrize("phrase", AMOUNTS)
def test_an_amount_is_the_same_in_every_spelling(phrase: str) -> None:
    for other in respelled(phrase):
        assert read(other).sure_amounts == read(phrase).sure_amounts


@pytest.mark.parametrize("phrase", [phrase for phrase, _ in rows("filters", "exact")])
def test_a_limit_is_the_same_in_every_spelling(phrase: str) -> None:
    for other in respelled(phrase):
        assert read(other).filters == read(phrase).filters


@pytest.mark.parametrize("phrase", [phrase for phrase, _ in rows("quantities", "exact")])
def test_a_quantity_is_the_same_in_every_spelling(phrase: str) -> None:
    for other in respelled(phrase):
        assert [one.count for one in read(other).quantities] == [one.count for one in read(phrase).quantities]


@pytest.mark.parametrize("kind", ["phone", "qq", "uid", "email", "fuel_card"])
def test_a_recipient_is_the_same_in_every_spelling(kind: str) -> None:
    for phrase, _ in rows("accounts", kind):
        expected = [mark.value.text for mark in read(phrase).accounts if mark.value.claimed]
        for other in respelled(phrase):
            assert [mark.value.text for mark in read(other).accounts if mark.value.claimed] == expected, other
