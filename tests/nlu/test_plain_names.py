"""The plain name means the plain product, and a product's own title orders it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.parser import Parser
from orders.catalog_file import catalog_from_rows
from tests.nlu.readers import lexicon
from tests.nlu.small_shops import HEADINGS, bought, shop
from tests.nlu.test_corpus import complete

SHOP = """
fee | 全国手机话费直充 | 话费 | phone | 50元 100元 | 话费;手机费;电话费
fee-slow | 话费特惠慢充(48小时) | 话费 | phone | 50元 100元 | 慢充话费;话费慢充;特惠话费
yk | 优酷VIP会员 | 视频 | phone | 月卡 年卡
yk-tv | 优酷酷喵电视会员 | 视频 | phone | 月卡 年卡 | 酷喵会员
jy | 剪影会员 | 工具 | phone | 月卡 年卡
jy-pro | 剪影专业版会员 | 工具 | phone | 月卡 年卡
"""

PHONE = "13812345678"


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("充100话费到{}", "fee-100元"),
        ("话费充值50，{}", "fee-50元"),
        ("给{}交50块钱电话费", "fee-50元"),
        ("慢充100话费{}", "fee-slow-100元"),
        ("特惠话费50到{}", "fee-slow-50元"),
        ("话费特惠慢充(48小时) 100元 {}", "fee-slow-100元"),
        ("优酷会员月卡{}", "yk-月卡"),
        ("优酷年卡 {}", "yk-年卡"),
        ("酷喵会员月卡{}", "yk-tv-月卡"),
        ("优酷酷喵电视会员年卡 {}", "yk-tv-年卡"),
        ("剪影会员月卡{}", "jy-月卡"),
        ("剪影专业版月卡{}", "jy-pro-月卡"),
    ],
)
def test_a_plain_name_means_the_plain_product(said: str, sku: str) -> None:
    frame: Any = shop(SHOP).frame(said.format(PHONE))
    assert complete(frame), frame
    assert [line["sku"] for line in frame["lines"]] == [sku]


EQUALS = """
cn | Steam充值卡国区 | 礼品卡 | none | 100元 200元
us | Steam充值卡美区 | 礼品卡 | none | 100元 200元
"""


def test_equal_siblings_are_asked_about() -> None:
    frame: Any = shop(EQUALS).frame("steam充值卡100元")
    assert not complete(frame), frame
    assert len(frame["candidates"]) == 2


ALIASES = """
qb | 腾讯Q币【自动到账】 | QQ业务 | qq | 10Q币 30Q币 50Q币 | QB;扣币
qb-key | Q币卡密 | QQ业务 | none | 10Q币 30Q币 | Q币兑换卡
lz | QQ蓝钻贵族(游戏蓝钻) | QQ业务 | qq | 月卡 年卡 | 蓝钻
lz-de | QQ豪华蓝钻 | QQ业务 | qq | 月卡 年卡 | 豪华蓝钻
hl | 美团外卖会员 | 会员 | phone | 月卡 季卡 | 美团会员
hl-bike | 美团单车骑行卡 | 会员 | phone | 月卡 季卡 | 美团骑行卡
"""


@pytest.mark.parametrize(
    ("said", "sku"),
    [
        ("蓝钻月卡 QQ3344556677", "lz-月卡"),
        ("开一年的蓝钻，QQ号3344556677", "lz-年卡"),
        ("豪华蓝钻月卡 QQ3344556677", "lz-de-月卡"),
        ("QQ豪华蓝钻年卡3344556677", "lz-de-年卡"),
        ("蓝钻月卡要豪华的 QQ3344556677", "lz-de-月卡"),
        ("美团会员月卡13812345678", "hl-月卡"),
        ("美团骑行卡月卡13812345678", "hl-bike-月卡"),
        ("10个Q币充到3344556677", "qb-10Q币"),
        ("给3344556677充30个qb", "qb-30Q币"),
        ("30Q币 QQ3344556677", "qb-30Q币"),
        ("10Q币卡密", "qb-key-10Q币"),
        ("来张Q币卡密，30Q币的", "qb-key-30Q币"),
        ("10个Q币，要卡密", "qb-key-10Q币"),
    ],
)
def test_who_goes_by_a_name_in_the_catalog_is_meant_by_it(said: str, sku: str) -> None:
    frame: Any = shop(ALIASES).frame(said)
    assert complete(frame), frame
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    "said",
    ["Q币卡密50Q币", "美团会员年卡13812345678", "美团月卡13812345678"],
)
def test_what_may_be_the_sibling_all_the_same_is_asked_about(said: str) -> None:
    frame: Any = shop(ALIASES).frame(said)
    assert not complete(frame), frame


COUNTED = """
line | LINE表情代币(日本) | 社交 | none | 100代币 500代币
hk | 荣耀国际服代币直充 | 游戏 | uid | 80代币 100代币 | | 美洲服;欧洲服
"""


@pytest.mark.parametrize(
    ("goods", "said", "skus"),
    [
        (COUNTED, "LINE表情代币100代币", ["line-100代币"]),
        (COUNTED, "line代币 500代币", ["line-500代币"]),
        (COUNTED, "荣耀国际服代币100代币 欧洲服 UID123456789", ["hk-100代币"]),
        (ALIASES, "Q币兑换卡10Q币", ["qb-key-10Q币"]),
        (ALIASES, "Q币兑换卡30Q币，10Q币充3344556677", ["qb-key-30Q币", "qb-10Q币"]),
    ],
)
def test_the_unit_behind_the_name_of_the_goods_names_no_others(
    goods: str, said: str, skus: list[str]
) -> None:
    frame: Any = shop(goods).frame(said)
    assert complete(frame), frame
    assert [line["sku"] for line in frame["lines"]] == skus


@pytest.mark.parametrize(
    ("goods", "said"),
    [
        (COUNTED, "LINE表情代币80代币"),
        (ALIASES, "Q币兑换卡50Q币"),
        (ALIASES, "Q币兑换卡和10Q币 3344556677"),
    ],
)
def test_a_unit_makes_no_size_of_goods_that_are_not_sold_in_it(goods: str, said: str) -> None:
    frame: Any = shop(goods).frame(said)
    assert not complete(frame), frame


TELEVISION = """
yk | 优酷视频VIP 官方直充 | 视频会员 | phone | 30天 365天
km | 优酷酷喵VIP（电视大屏通用） | 视频会员 | phone | 30天 365天 | 酷喵会员
"""


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("优酷年卡 13812345678", [("yk-365天", 1, "13812345678")]),
        ("优酷会员30天 13812345678", [("yk-30天", 1, "13812345678")]),
        ("优酷酷喵年卡 13812345678", [("km-365天", 1, "13812345678")]),
        ("酷喵会员年卡 13812345678", [("km-365天", 1, "13812345678")]),
        ("优酷电视年卡 13812345678", []),
    ],
)
def test_a_brand_is_the_plain_name_however_the_title_spells_it(
    said: str, lines: list[tuple[object, ...]]
) -> None:
    assert bought(shop(TELEVISION).frame(said)) == lines


CARDS = """
cn | Apple 充值卡 中国大陆 | 礼品卡 | none | 100元=100元 200元=200元
us | Apple Gift Card 美国区 | 礼品卡 | none | 25美元=25美元 100美元=100美元
stus | Steam Gift Card 美国区 USD | Steam | none | $10=10美元 $20=20美元
sttr | Steam 钱包充值卡 土耳其区(美元结算) | Steam | none | 5美元=5美元 10美元=10美元
"""


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("apple国区100", "cn-100元"),
        ("国区apple 100", "cn-100元"),
        ("apple大陆版200", "cn-200元"),
        ("apple美区100", "us-100美元"),
        ("appel美国区25", "us-25美元"),
        ("美区steam 10刀", "stus-$10"),
        ("土区steam 10刀", "sttr-10美元"),
    ],
)
def test_a_country_that_is_said_is_the_cards_own(text: str, sku: str) -> None:
    """10美元 on a card of 土耳其区 makes it none of 美区, and apple国区 lacks nothing of apple美国区."""
    frame: Any = shop(CARDS).frame(text)
    assert [line["sku"] for line in frame["lines"]] == [sku]


def test_what_is_left_of_a_longer_name_may_be_the_end_of_another() -> None:
    bili = "bili | B站大会员 | 视频 | phone | 月卡 季卡\nbilis | B站超级大会员 | 视频 | phone | 月卡 年卡"
    for called in ("大会员", "B站大会员", "哔站大会员", "毕站大会员"):
        assert bought(shop(bili).frame(f"{called} 月卡 {PHONE}")) == [("bili-月卡", 1, PHONE)]
    assert bought(shop(bili).frame(f"B站超级大会员 月卡 {PHONE}")) == [("bilis-月卡", 1, PHONE)]


def test_a_sum_is_a_size_of_what_is_sold_by_money() -> None:
    """Five meals cost 200元, but where vouchers are sold 麦当劳200元 is one of these, of a size that is not sold."""
    rows = [HEADINGS, *(_meal(*of) for of in MEALS)]
    catalog = catalog_from_rows(enumerate(rows, start=1), "meals")
    framer = Framer(catalog, Parser(vocabulary_of(catalog), lexicon()), 0.5)
    frame: Any = framer.frame("麦当劳200元")
    assert frame["lines"][0]["product"] == "mcd"
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]
    assert bought(framer.frame("麦当劳50元")) == [("mcd-50元", 1, None)]
    assert bought(framer.frame("麦当劳套餐5份")) == [("meal-5份", 1, None)]


MEALS = (
    ("mcd", "麦当劳 电子优惠券", "麦当当;金拱门", "50元", "50", "元", "50"),
    ("mcd", "麦当劳 电子优惠券", "麦当当;金拱门", "100元", "100", "元", "100"),
    ("meal", "麦当劳 巨无霸套餐兑换券", "巨无霸套餐;麦当劳套餐", "1份", "1", "份", "40"),
    ("meal", "麦当劳 巨无霸套餐兑换券", "巨无霸套餐;麦当劳套餐", "5份", "5", "份", "200"),
)


def _meal(
    product: str, name: str, aliases: str, label: str, face: str, unit: str, price: str
) -> tuple[str, ...]:
    goods = (f"{product}-{label}", product, name, "快餐", aliases, label, face, unit, price, price)
    return (*goods, "none", "", "99", "10", "5", "甲方", "4.8", "card", "unused")
