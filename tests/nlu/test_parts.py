"""Goods said by parts of a long name, in a shop that gave them no aliases."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from nlu.lexicon import Lexicon
from nlu.parts import PRODUCTS_MAX, Parts
from nlu.vocabulary import ProductWords, VariantWords
from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer, line

LEXICON = Lexicon.read(Path(__file__).parents[2] / "data")


def product(product_id: str, name: str, labels: Sequence[str] = ("1次",)) -> ProductWords:
    variants = tuple(
        VariantWords(f"{product_id}-{at}", label, Decimal(at), "次", 100 * at, 0)
        for at, label in enumerate(labels, 1)
    )
    return ProductWords(product_id, name, "校园", (), "phone", (), variants, 0)


SHOP = (
    product("gym", "校园健身房次卡"),
    product("cet4", "大学英语四级备考资料", ("近十年真题", "听力音频包")),
    product("cet6", "大学英语六级备考资料", ("近十年真题", "听力音频包")),
    product("pool", "学校游泳馆门票"),
    product("copy", "维普论文查重(知网同源)"),
)
PARTS = Parts(SHOP, LEXICON)


def said(text: str) -> dict[str, set[str]]:
    return {text[part.start : part.end]: set(part.options) for part in PARTS.read(text, bytearray(len(text)))}


@pytest.mark.parametrize(
    ("text", "stretch", "options"),
    [
        ("健身房", "健身房", {"gym"}),
        ("我要办健身房次卡", "健身房次卡", {"gym"}),
        ("四级真题", "四级真题", {"cet4"}),
        ("帮我来份六级听力", "六级听力", {"cet6"}),
        ("游泳馆的票", "游泳馆", {"pool"}),
        ("维普查重", "维普查重", {"copy"}),
        ("维谱查重", "维谱查重", {"copy"}),
        ("英语备考资料", "英语备考资料", {"cet4", "cet6"}),
    ],
)
def test_a_stretch_that_a_name_holds_may_mean_it(text: str, stretch: str, options: set[str]) -> None:
    assert said(text).get(stretch) == options


@pytest.mark.parametrize(
    "text", ["健身环", "日语四级真题", "驾校考试资料", "游泳圈", "知网查重系统", "听力", "近十年真题"]
)
def test_a_stretch_with_anything_that_the_name_lacks_means_nothing(text: str) -> None:
    assert not said(text)


def test_a_size_alone_names_nothing() -> None:
    assert not said("听力音频包")


def test_words_of_kind_alone_name_nothing() -> None:
    shop = Parts((product("iqiyi", "爱奇艺视频会员"),), LEXICON, ["视频", "会员"])
    assert not list(shop.read("视频会员", bytearray(4)))


def test_what_is_already_read_is_left_alone() -> None:
    assert not list(PARTS.read("健身房", bytearray(b"\x01\x01\x01")))


def test_a_large_catalog_is_not_looked_through() -> None:
    many = Parts((product(f"p{at}", f"校园健身房{at}") for at in range(PRODUCTS_MAX + 1)), LEXICON)
    assert not list(many.read("健身房", bytearray(3)))


def test_a_part_ends_where_a_blank_stands_or_a_period_is_named() -> None:
    shop = Parts((product("tv", "云视听极光TV会员"),), LEXICON)
    (part,) = shop.read("极光tv年卡qq", bytearray(8), blanks=frozenset({6}))
    assert (part.start, part.end, set(part.options)) == (0, 4, {"tv"})


def test_a_word_of_kind_is_said_in_its_other_ways() -> None:
    shop = Parts((product("sing", "全民K歌VIP"),), LEXICON, (), {"vip": ("会员",)})
    assert [set(part.options) for part in shop.read("k歌会员", bytearray(4))] == [{"sing"}]


@pytest.mark.parametrize(
    ("shop", "text", "sku"),
    [
        ("village", "极光TV年卡 qq 387317914", "jiguang-12m"),
        ("village", "奇异果TV月卡 13829384751", "qiyiguo-1m"),
        ("village", "K歌会员月卡，QQ号829103746", "kge-1m"),
        ("village", "芒果TV月卡 13829384751", "mgtv-1m"),
        ("garage", "骑行季卡 15738291046", "hello-90"),
    ],
)
def test_a_longer_part_counts_before_the_name_of_others_inside_of_it(shop: str, text: str, sku: str) -> None:
    frame = framer(shop).frame(text)
    assert complete(frame)
    assert frame["lines"][0]["sku"] == sku


def test_the_brand_in_front_is_never_cut_for_a_part() -> None:
    assert line("daily", "给中石油的卡充200，卡号9130048827361504")["sku"] == "zsy-200"
