"""Whether something is sold here is a question about the goods, and no order and no question about the shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.answers import OWN_NUMBER
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, PaymentMethod, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
CARD_QUOTED = Expectation(lines=(LineInHand(product_id="steam-cn", sku_id="steam-cn-50"),), quoted=True)
CREDIT = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-50"),))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("你们有爱奇艺吗", "iqiyi"),
        ("你家卖星巴克不", "starbucks"),
        ("你们家芒果TV能办不", "mgtv"),
        ("这里可以充话费吗", "topup"),
        ("店里边有京东卡吗", "jd-ecard"),
    ],
)
def test_goods_are_asked_for(parser: Parser, text: str, goods: str) -> None:
    understood = parser.understand(text)
    assert understood.intent is Intent.SEARCH
    assert goods in understood.options


@pytest.mark.parametrize(
    ("text", "goods", "count"),
    [
        ("有京东卡吗 来一张", "jd-ecard", 1),
        ("你们有星巴克卡没 来两张", "starbucks", 2),
        ("有没有骏网卡，给我来三张", "junwang", 3),
        ("有50的天猫卡吗？要一张", "tmall-card", 1),
    ],
)
def test_what_is_wanted_behind_the_question_is_ordered(
    parser: Parser, text: str, goods: str, count: int
) -> None:
    understood = parser.understand(text)
    (line,) = understood.lines
    assert understood.intent is Intent.ORDER
    assert line.product is not None
    assert line.quantity is not None
    assert (line.product.value, line.quantity.value) == (goods, count)


@pytest.mark.parametrize(
    "text",
    [
        "有京东卡吗 一张多少钱",
        "有京东卡吗 来一张多少钱",
        "有优惠吗 来一张",
        "有京东卡和天猫卡吗 来一张",
        "有没有京东卡",
    ],
)
def test_a_question_about_more_than_one_good_orders_nothing(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is not Intent.ORDER


@pytest.mark.parametrize("text", ["你们有活动吗", "你们京东卡是官方的吗"])
def test_the_shop_is_asked_about(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is Intent.FAQ


@pytest.mark.parametrize("text", ["美区有吗", "有美区的吗", "美区的卖不卖"])
def test_another_region_is_asked_for(parser: Parser, text: str) -> None:
    understood = parser.understand(text, CARD_QUOTED)
    assert (understood.intent, understood.options, understood.lines) == (Intent.SEARCH, ("steam-us",), ())


@pytest.mark.parametrize("text", ["换成美区的", "美区的吧", "那就美区"])
def test_another_region_is_wanted(parser: Parser, text: str) -> None:
    understood = parser.understand(text, CARD_QUOTED)
    assert understood.intent is Intent.MODIFY
    assert [line.product.value for line in understood.lines if line.product] == ["steam-us"]


@pytest.mark.parametrize("text", ["就我这个电话", "充我自己的号", "我现在用的手机号", "就是本人的手机"])
def test_his_own_number_is_not_known(parser: Parser, text: str) -> None:
    assert parser.understand(text, CREDIT).topic == OWN_NUMBER


@pytest.mark.parametrize("text", ["我不会用微信", "没有支付宝怎么办", "不想用微信"])
def test_a_way_that_he_has_not_is_none_to_pay_by(parser: Parser, text: str) -> None:
    understood = parser.understand(text, CARD_QUOTED)
    assert (understood.topic, understood.payment) == ("pay_trouble", None)


@pytest.mark.parametrize("text", ["用微信", "会用微信的", "没支付宝，用微信"])
def test_a_way_that_he_has_is(parser: Parser, text: str) -> None:
    assert parser.understand(text, CARD_QUOTED).payment is PaymentMethod.WECHAT


@pytest.mark.parametrize("text", ["那个单还在吗", "我的单子过期了吗", "快点啊", "麻烦快一点"])
def test_how_the_order_stands_is_asked(parser: Parser, text: str) -> None:
    assert parser.understand(text, CARD_QUOTED).intent is Intent.STATUS
