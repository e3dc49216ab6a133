"""Who asks for a moment beside an order calls nothing off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.holding_on import NO_HURRY
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, OfferedChoice, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
QUOTED = Expectation(
    lines=(LineInHand(product_id="topup", sku_id="topup-100", account="13800138000"),), quoted=True
)
ASKED = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-100"),))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    "text",
    [
        "哦 刚刚密码没输 等下",
        "等下 我去拿手机付",
        "余额不够 等会我充点钱",
        "稍等 银行卡限额了",
        "等等 网卡了",
        "付不了 等下",
        "我老公付 等他一下",
        "先别急 我去转账",
        "等下 我在开车",
        "手机没电了 等会儿",
        "等我两分钟，在找充电器",
    ],
)
def test_a_moment_is_given(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).topic == NO_HURRY


@pytest.mark.parametrize(
    "text",
    ["等下 不要了", "等等 算了", "马上要走了 不充了", "别急 先取消", "等下充别的 这个退了"],
)
def test_who_refuses_beside_it_means_that(parser: Parser, text: str) -> None:
    understood = parser.understand(text, QUOTED)
    assert understood.topic != NO_HURRY
    assert understood.intent in (Intent.CANCEL, Intent.REFUND)


@pytest.mark.parametrize("text", ["等等，号错了", "等等 我想换成50的", "等一下 13900139000", "等等"])
def test_a_change_and_a_bare_wait_stay_what_they_are(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).intent in (Intent.MODIFY, Intent.DENY)


def test_a_number_behind_it_is_the_answer_to_what_was_asked(parser: Parser) -> None:
    understood = parser.understand("等一下哈 13900139000", ASKED)
    assert [line.account.value for line in understood.lines if line.account] == ["13900139000"]


def test_without_an_order_nothing_is_kept(parser: Parser) -> None:
    assert parser.understand("密码没输 等下", Expectation()).topic != NO_HURRY


@pytest.mark.parametrize(
    "text",
    [
        "算了 直接发我就行",
        "算了，发这里",
        "算了 就这样吧",
        "算了就这个吧",
        "算了 还是这个吧",
        "算了，照这个来",
        "算了 都行",
        "算了，听你的",
    ],
)
def test_who_gives_up_asking_on_keeps_the_order(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).topic == NO_HURRY


@pytest.mark.parametrize(
    "text", ["算了", "算了吧", "算了 直接取消", "算了 不要了", "算了 下次", "算了 直接退了", "算了 给我退"]
)
def test_who_gives_up_the_order_does_not(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).intent in (Intent.CANCEL, Intent.REFUND)


def test_who_gives_up_one_size_takes_the_other(parser: Parser) -> None:
    assert parser.understand("算了 直接换200的", QUOTED).intent is Intent.MODIFY


@pytest.mark.parametrize("text", ["等会儿 我要第四个", "等等，要第四个", "等一下 第四个吧"])
def test_a_choice_of_before_behind_it_is_taken(parser: Parser, text: str) -> None:
    shown = tuple(OfferedChoice(f"{size}元", f"topup-{size}") for size in (10, 20, 30, 50))
    understood = parser.understand(text, replace(QUOTED, shown=shown))
    assert understood.chosen == "topup-50"
