"""Replies as text with numbers, and as text with buttons."""

from __future__ import annotations

import pytest

from adapters.rendering import (
    Button,
    ChannelWords,
    button_rows,
    card_text,
    pages,
    plain,
    utf8_bytes,
    utf16_units,
    with_links_in_text,
)
from bot.messages import CardRow, Choice, OrderCard, Reply
from bot.settings import DATA_FOLDER
from bot.wording import Wording
from tests.adapters.clerk import WORDS, card

SIZES = tuple(Choice(f"{size}元", f"topup-{size}") for size in (10, 30, 50, 100))


def test_choices_are_numbered_where_there_are_no_buttons() -> None:
    assert plain(Reply("充多少？", SIZES), WORDS) == "充多少？\n1. 10元\n2. 30元\n3. 50元\n4. 100元"


def test_the_pay_link_is_written_out_and_stands_last() -> None:
    reply = Reply("共99.8元", (Choice("取消", "cancel"),), pay_url="https://shop.example/pay/t")
    assert plain(reply, WORDS).splitlines()[-1] == "付款：https://shop.example/pay/t"


def test_a_link_that_the_text_already_has_is_not_said_twice() -> None:
    reply = Reply("付款 https://shop.example/pay/t", pay_url="https://shop.example/pay/t")
    assert plain(reply, WORDS) == reply.text


def test_an_order_s_page_is_linked_once_there_is_nothing_to_pay() -> None:
    assert plain(Reply("已到账", card=card("delivered", "已到账")), WORDS).endswith(
        "订单：https://shop.example/o/abc"
    )


def test_short_choices_share_a_row_and_long_ones_do_not() -> None:
    assert [len(row) for row in button_rows(Reply("?", SIZES), WORDS)] == [3, 1]
    long = tuple(Choice(f"腾讯视频超级影视会员年卡{n}", str(n)) for n in range(2))
    assert [len(row) for row in button_rows(Reply("?", long), WORDS)] == [1, 1]


def test_paying_is_the_first_button_and_the_order_s_page_the_last() -> None:
    reply = Reply("?", (Choice("取消", "cancel"),), pay_url="https://a.example/p", card=card("x", "待付款"))
    labels = [button.label for row in button_rows(reply, WORDS) for button in row]
    assert labels == ["去付款", "取消", "查看订单"]


def test_buttons_know_the_place_of_their_choice() -> None:
    buttons = [button for row in button_rows(Reply("?", SIZES), WORDS) for button in row]
    assert [button.choice for button in buttons] == [0, 1, 2, 3]


def test_refused_links_move_into_the_text_and_answers_stay() -> None:
    rows = ((Button("去付款", url="http://localhost/p"),), (Button("取消", choice=0),))
    text, kept = with_links_in_text("共99.8元", rows)
    assert text == "共99.8元\n去付款 http://localhost/p"
    assert kept == ((Button("取消", choice=0),),)


def test_a_card_says_how_it_stands_and_does_not_repeat_the_goods() -> None:
    assert card_text(card("processing", "充值中"), WORDS).splitlines() == [
        "充值中 · 手机话费 100元",
        "手机号 138****8000",
        "合计 99.8元",
        "订单号 20260105123456",
    ]


def test_a_card_of_several_lines_names_each() -> None:
    two = OrderCard("1", "A、B", "x", "待付款", (CardRow("A", "甲"), CardRow("B", "乙")), "2元")
    assert card_text(two, WORDS).splitlines()[1:3] == ["A：甲", "B：乙"]


def test_text_within_the_limit_is_one_page() -> None:
    assert pages("一\n二", 100, utf8_bytes) == ("一\n二",)
    assert pages("", 100, utf8_bytes) == ("",)


def test_pages_break_between_lines() -> None:
    assert pages("aaaa\nbbbb\ncccc", 9, len) == ("aaaa\nbbbb", "cccc")


@pytest.mark.parametrize(("size", "limit"), [(utf8_bytes, 2048), (utf16_units, 4096)])
def test_no_page_is_ever_too_long_and_nothing_is_lost(size, limit) -> None:
    text = "\n".join(["话费" * 3000, "😀" * 5000, "x", "", "last"])
    cut = pages(text, limit, size)
    assert all(0 < size(page) <= limit for page in cut)
    assert "".join(cut).replace("\n", "") == text.replace("\n", "")


def test_lengths_are_counted_as_the_platforms_count() -> None:
    assert utf16_units("话😀") == 3
    assert utf8_bytes("话😀") == 7


def test_the_shop_s_wording_has_every_word_that_channels_say() -> None:
    words = ChannelWords.of(Wording.read(DATA_FOLDER / "replies.yaml"))
    assert words.pay_by_link.format(url="u") != words.pay_by_link
    assert "u" in plain(Reply("x", pay_url="u"), words)
