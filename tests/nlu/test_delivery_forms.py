"""The same goods as a key and straight into an account: what is said, or not said, of the form decides."""

from __future__ import annotations

import pytest

from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand, Slot
from tests.nlu.small_shops import bought, shop

QQ, PHONE = "93826174", "13829405716"
GOODS = """
txv | 腾讯视频VIP会员 | 影视会员 | qq | 周卡 月卡 季卡 年卡 | 腾讯视频;腾讯会员
txvk | 腾讯视频VIP会员(卡密) | 影视会员 | none | 月卡 季卡 年卡
txs | 腾讯视频超级影视SVIP | 影视会员 | qq | 月卡 季卡 年卡 | 腾讯SVIP;超级影视
mg | 芒果TV会员 | 影视会员 | phone | 月卡 季卡 年卡
mgk | 芒果TV会员卡密 | 影视会员 | none | 月卡 季卡 年卡
yk | 优酷VIP会员(卡密) | 影视会员 | none | 月卡 季卡 年卡
iqz | 爱奇艺黄金会员(直充) | 影视会员 | phone | 月卡 季卡 年卡 | 爱奇艺直充
iqk | 爱奇艺黄金会员(卡密) | 影视会员 | none | 月卡 季卡 年卡 | 爱奇艺激活码
kg | 酷狗音乐会员直充 | 音乐 | phone | 月卡 年卡
kgk | 酷狗音乐会员激活码 | 音乐 | none | 月卡 年卡
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"腾讯视频月卡 QQ {QQ}", ("txv-月卡", 1, QQ)),
        (f"腾迅视频月卡 QQ {QQ}", ("txv-月卡", 1, QQ)),
        (f"腾训会员季卡 QQ{QQ}", ("txv-季卡", 1, QQ)),
        (f"腾讯视频vip会员 月卡 qq{QQ}", ("txv-月卡", 1, QQ)),
        (f"不要优酷也不要芒果，就要腾讯视频季卡，QQ {QQ}", ("txv-季卡", 1, QQ)),
        (f"芒果会员月卡 {PHONE}", ("mg-月卡", 1, PHONE)),
        (f"芒菓TV月卡 {PHONE}", ("mg-月卡", 1, PHONE)),
        ("优酷月卡2张", ("yk-月卡", 2, None)),
    ],
)
def test_who_says_neither_means_the_one_whose_name_says_neither(
    text: str, line: tuple[str, int, str | None]
) -> None:
    assert bought(shop(GOODS).frame(text)) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("腾讯视频会员卡密年卡", ("txvk-年卡", 1, None)),
        ("腾讯视频卡密月卡两张", ("txvk-月卡", 2, None)),
        ("腾讯视频年卡，要卡密", ("txvk-年卡", 1, None)),
        ("卡密的腾讯视频年卡5张", ("txvk-年卡", 5, None)),
        ("腾讯视频月卡激活码", ("txvk-月卡", 1, None)),
        ("腾讯视频月卡 cdk", ("txvk-月卡", 1, None)),
        (f"腾讯视频直充月卡 QQ{QQ}", ("txv-月卡", 1, QQ)),
        (f"腾讯视频月卡直冲 QQ {QQ}", ("txv-月卡", 1, QQ)),
        ("芒果卡密月卡", ("mgk-月卡", 1, None)),
        ("芒果TV月卡卡密 两张", ("mgk-月卡", 2, None)),
        (f"芒果直充月卡 {PHONE}", ("mg-月卡", 1, PHONE)),
        ("爱奇艺激活码月卡", ("iqk-月卡", 1, None)),
        ("爱奇艺黄金会员年卡卡密 5张", ("iqk-年卡", 5, None)),
        (f"爱奇艺月卡要直充的，{PHONE}", ("iqz-月卡", 1, PHONE)),
        ("酷狗卡密年卡", ("kgk-年卡", 1, None)),
        (f"酷狗直充年卡 {PHONE}", ("kg-年卡", 1, PHONE)),
    ],
)
def test_the_form_that_is_said_decides(text: str, line: tuple[str, int, str | None]) -> None:
    assert bought(shop(GOODS).frame(text)) == [line]


def test_each_line_has_its_own_form() -> None:
    frame = shop(GOODS).frame(f"爱奇艺月卡直充 {PHONE}，酷狗年卡卡密一张")
    assert bought(frame) == [("iqz-月卡", 1, PHONE), ("kgk-年卡", 1, None)]
    frame = shop(GOODS).frame("爱奇艺卡密：月卡2张 年卡3张")
    assert bought(frame) == [("iqk-月卡", 2, None), ("iqk-年卡", 3, None)]


@pytest.mark.parametrize(
    "text",
    [
        "爱奇艺月卡",
        "5张爱奇艺月卡",
        f"爱奇艺月卡 {PHONE}",
        f"艾奇艺月卡，手机{PHONE}",
        "酷狗年卡",
        "爱奇艺月卡 卡密还是直充",
        "爱奇艺月卡，卡密直充都行",
        f"腾讯视频月卡 卡蜜 QQ {QQ}",
    ],
)
def test_two_that_are_marked_are_equals(text: str) -> None:
    frame = shop(GOODS).frame(text)
    assert [line["product"] for line in frame["lines"]] == [None]
    assert len(frame["candidates"]) == 2


@pytest.mark.parametrize("text", [f"优酷直充月卡 {PHONE}", f"优酷月卡直充到{PHONE}", "优酷会员直充季卡"])
def test_a_form_that_is_not_sold_is_not_replaced_by_the_other(text: str) -> None:
    frame = shop(GOODS).frame(text)
    assert [line["product"] for line in frame["lines"]] == [None]
    assert frame["candidates"] == ["yk"]


@pytest.mark.parametrize(
    "text",
    [
        f"爱奇艺月卡，不是卡密吧？{PHONE}",
        f"腾讯视频月卡，卡密怎么用？QQ {QQ}",
        f"腾讯视频月卡 QQ {QQ} 上次买的卡密用不了",
        "腾讯视频周卡要卡密",
        "爱奇艺的直充跟卡密有什么不一样",
    ],
)
def test_what_is_asked_or_told_of_a_form_orders_nothing(text: str) -> None:
    assert not bought(shop(GOODS).frame(text))


@pytest.mark.parametrize(
    ("hand", "said", "meant"),
    [
        (LineInHand(product_options=("iqz", "iqk")), "卡密的", "iqk"),
        (LineInHand(product_options=("iqz", "iqk")), "要直充的", "iqz"),
        (LineInHand(product_id="iqz", sku_id="iqz-月卡"), "要卡密的", "iqk"),
        (LineInHand(product_id="txv", sku_id="txv-月卡"), "换成卡密", "txvk"),
        (LineInHand(product_id="txvk", sku_id="txvk-月卡"), "改成直充", "txv"),
    ],
)
def test_said_later_it_decides_or_changes_what_lies_in_hand(hand: LineInHand, said: str, meant: str) -> None:
    parser: Parser = shop(GOODS).parser
    (understood,) = parser.understand(said, Expectation(asking=Slot.PRODUCT, lines=(hand,))).lines
    assert understood.product is not None
    assert understood.product.value == meant


def test_said_again_it_changes_nothing() -> None:
    hand = LineInHand(product_id="txv", sku_id="txv-月卡")
    understood = shop(GOODS).parser.understand("要直充的", Expectation(asking=Slot.ACCOUNT, lines=(hand,)))
    assert understood.lines == ()
