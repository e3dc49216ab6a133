"""Who goes on another time calls nothing off: 等下再说吧, 我再想想."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.putting_off import PUT_OFF
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
QUOTED = Expectation(
    lines=(LineInHand(product_id="topup", sku_id="topup-100", account="13800138000"),), quoted=True
)
ASKED = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-100"),))
NOTHING_IN_HAND = Expectation()


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize("asked", [QUOTED, ASKED])
@pytest.mark.parametrize(
    "text",
    [
        "等下再说吧",
        "先这样，晚点再说",
        "我再想想",
        "那我再考虑下吧，谢谢",
        "回头再充吧 现在没钱",
        "今晚再付可以吗",
        "手机没电了 一会儿再弄",
        "发了工资再买",
        "还没想好",
        "先留着，晚上付",
        "太贵了，再说吧",
        "研究研究再决定",
        "先等等，我再想想",
        "稍等，我看看",
    ],
)
def test_what_is_put_off_is_not_called_off(parser: Parser, text: str, asked: Expectation) -> None:
    assert parser.understand(text, asked).topic == PUT_OFF


@pytest.mark.parametrize("asked", [QUOTED, ASKED])
@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("改天再说吧，客服在吗", Intent.HUMAN),
        ("先放着 帮我转人工", Intent.HUMAN),
        ("等会再付，有没有客服", Intent.HUMAN),
        ("回头再弄，我以前买的查一下", Intent.HISTORY),
    ],
)
def test_what_is_wanted_besides_is_wanted(
    parser: Parser, text: str, intent: Intent, asked: Expectation
) -> None:
    assert parser.understand(text, asked).intent is intent


@pytest.mark.parametrize(
    "text",
    [
        "算了不要了",
        "算了，下次吧",
        "先不要了",
        "先不弄了，改天再说",
        "过两天再说，先把单子取消",
        "不了，下次吧",
        "太贵了不要了，以后再说",
    ],
)
def test_who_refuses_beside_it_calls_it_off(parser: Parser, text: str) -> None:
    assert parser.understand(text, QUOTED).intent is Intent.CANCEL


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("等下再买个京东卡", Intent.ORDER),
        ("晚点再说，先改成50的", Intent.MODIFY),
        ("我再看看有什么", Intent.SEARCH),
        ("现在付", Intent.PAY),
    ],
)
def test_who_wants_something_now_puts_nothing_off(parser: Parser, text: str, intent: Intent) -> None:
    assert parser.understand(text, QUOTED).intent is intent


def test_who_came_to_look_around_is_shown_around(parser: Parser) -> None:
    assert parser.understand("先看看", NOTHING_IN_HAND).intent is Intent.SEARCH
    assert parser.understand("先看看", QUOTED).topic == PUT_OFF


@pytest.mark.parametrize("text", ["那我" * 20, "再再再再" * 10, "先这样吧" * 10])
def test_words_in_a_row_are_read_in_one_way_only(parser: Parser, text: str) -> None:
    # With two ways for each word this would not come to an end.
    assert parser.understand(text, QUOTED).topic != PUT_OFF
