"""Goods said by parts of a long name, in a shop that gave them no aliases."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from nlu.lexicon import Lexicon
from nlu.parts import PRODUCTS_MAX, Parts
from nlu.vocabulary import ProductWords, VariantWords

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
