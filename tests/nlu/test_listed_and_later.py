"""Goods of a range of prices are listed, and a recipient that is given later puts off no order."""

from __future__ import annotations

import pytest

from tests.nlu.test_unseen_shops import framer


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("200到500的礼品卡有哪些", 200, 500),
        ("三百到六百的体检套餐给我看看", 300, 600),
        ("有没有50到100的会员", 50, 100),
        ("推荐几个100-300元的网课", 100, 300),
    ],
)
def test_a_range_of_what_is_to_be_shown_is_of_prices(text: str, low: int, high: int) -> None:
    frame = framer("parents").frame(text)
    assert frame["intent"] == "search"
    assert frame["filters"] == {"min_price": low, "max_price": high}


def test_a_range_of_what_is_bought_is_a_size_that_is_open() -> None:
    frame = framer("parents").frame("充50到100的话费")
    assert frame["intent"] == "order"
    assert not frame["filters"]
    assert frame["candidates"] == ["topup-50", "topup-100"]


@pytest.mark.parametrize(
    "later", ["卡号先不填，我回头找找", "卡号回头再发", "卡号我先不报", "八达通卡号暂时没填"]
)
def test_a_recipient_that_is_given_later_puts_off_no_order(later: str) -> None:
    frame = framer("voyage").frame(f"给我充八达通200港币，{later}")
    assert frame["intent"] == "order"
    assert [line["product"] for line in frame["lines"]] == ["octopus"]
    assert "account" in frame["missing"]


@pytest.mark.parametrize("text", ["八达通200港币，先不充了", "八达通先别充了"])
def test_what_is_put_off_itself_is_none(text: str) -> None:
    assert framer("voyage").frame(text)["intent"] == "cancel"


def test_where_to_go_is_no_travel_agency() -> None:
    frame = framer("voyage").frame("护照过期了去哪儿换")
    assert not frame["problems"]
    assert frame["intent"] != "order"
