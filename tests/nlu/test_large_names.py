"""In a large catalog what is only near to a name is never taken for it, and stands first among the choices."""

from __future__ import annotations

import gc
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from nlu import parser as parser_module
from nlu.large_names import PARTS_KEPT, LargeTable
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.spellings import Spellings
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from tests.bench.made_catalog import MONEY, catalog_of, orders_from

DATA = Path(__file__).parents[2] / "data"


@cache
def sold():
    return catalog_of(6000)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(Vocabulary.compile(sold()), Lexicon.read(DATA))


def test_a_slip_in_a_name_is_asked_about_with_the_right_goods_first(parser: Parser) -> None:
    orders = orders_from(sold(), 60, seed=11, edits=1)
    first = 0
    for order in orders:
        (line,) = parser.understand(order.text).lines
        if line.sku is not None:
            assert line.sku.value == order.sku_id
        named = line.product.value if line.product else None
        first += order.product_id in (named, *line.product_options[:1])
    assert first >= 57, first


def test_what_is_not_spelled_out_could_not_have_been_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shortlist without goods and words that the message cannot hold is read as the whole of it is."""
    texts = [order.text for edits in (0, 1) for order in orders_from(sold(), 150, seed=12, edits=edits)]
    fresh = Parser(Vocabulary.compile(sold()), Lexicon.read(DATA))
    narrowed = [fresh.understand(text) for text in texts]
    monkeypatch.setattr(LargeTable, "held", lambda table, product_ids, text: tuple(product_ids))
    monkeypatch.setattr(Spellings, "wants", lambda spellings, word: True)
    whole = Parser(Vocabulary.compile(sold()), Lexicon.read(DATA))
    assert narrowed == [whole.understand(text) for text in texts]


def test_what_is_spelled_out_for_a_message_goes_with_it(parser: Parser) -> None:
    """What is made for one message and is held by itself would wait for the collector, which then stops all others."""
    texts = [order.text for order in orders_from(sold(), 2 * PARTS_KEPT, seed=13)]
    gc.collect()
    gc.disable()
    try:
        for text in texts:
            parser.understand(text)
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("said", "meant"),
    [("月卡，要卡密", "key"), ("月卡cdkey", "key"), ("月卡，直充13800138000", "direct"), ("月卡", None)],
)
def test_goods_that_come_in_two_forms_are_told_apart_among_thousands(
    in_two_forms: Parser, said: str, meant: str | None
) -> None:
    (line,) = in_two_forms.understand(f"霖珏岚视频会员{said}").lines
    assert (line.product and line.product.value) == meant


@pytest.fixture(scope="module")
def in_two_forms() -> Parser:
    like = next(product for product in sold() if product.name.endswith("视频会员"))
    key = replace(like, product_id="key", name="霖珏岚视频会员(卡密)", account_kind="none")
    direct = replace(like, product_id="direct", name="霖珏岚视频会员(直充)", account_kind="phone")
    return Parser(Vocabulary.compile([*sold(), key, direct]), Lexicon.read(DATA))


def test_a_brand_inside_of_a_longer_word_is_no_brand(parser: Parser) -> None:
    brand = next(product.name[:3] for product in sold() if product.name[3:] == "音乐会员")
    assert parser.understand(f"{brand}音乐会员月卡，手机号13800138000").lines[0].sku is not None
    for longer in (f"枫{brand}绫音乐会员", f"{brand}阅读VIP"):
        assert parser.understand(f"{longer}月卡，手机号13800138000").lines[0].sku is None


def family(name: str) -> ProductWords:
    variants = tuple(VariantWords(f"{name}-{label}", label, *size) for label, *size in MONEY)
    return ProductWords(name, name, "卡", (), "phone", (), variants)


@pytest.fixture
def families(monkeypatch: pytest.MonkeyPatch) -> Parser:
    """A few names that are as near to each other as those of hundreds of thousands of goods."""
    monkeypatch.setattr(parser_module, "PRODUCTS_SPELLED_MAX", 0)
    names = (
        "夏隼游戏币", "夏霖隼翎加油卡", "克珏购物卡", "缎歌克珏购物卡", "塔鲤鹭克读书卡韩服", "鲤克读书卡港服",
        "缎吉游戏币韩服", "珂缎吉游戏币韩服", "艾梨购物卡国服", "艾吉乌购物卡国服", "海翎栗飞点卡", "飞栗点卡",
    )  # fmt: skip
    return Parser(Vocabulary.compile(map(family, names)), Lexicon.read(DATA))


def test_the_kind_that_is_said_behind_a_brand_is_not_just_anybodys(families: Parser) -> None:
    for line in families.understand("30元的夏隼加油卡一份，手机号13888070006").lines:
        assert line.sku is None


def test_a_name_said_whole_is_no_piece_of_a_longer_one(families: Parser) -> None:
    (line,) = families.understand("来一份克珏购物卡，要30元的，手机号13888070006").lines
    assert line.sku is not None
    assert line.sku.value == "克珏购物卡-30元"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("塔鲤克读书卡韩服", "塔鲤鹭克读书卡韩服"),  # 鲤克 is sold, but not for 韩服
        ("坷缎吉游戏币韩服", "珂缎吉游戏币韩服"),  # 坷 stands there for something
        ("海翎飞栗点卡", "海翎栗飞点卡"),  # so does 海翎
        ("艾梨物卡国服", "艾梨购物卡国服"),  # the brand is right, the kind is not
    ],
)
def test_what_was_typed_is_explained_whole(families: Parser, typed: str, meant: str) -> None:
    (line,) = families.understand(f"帮我买{typed}30元，手机号13862511600").lines
    assert line.sku is None
    assert line.product_options[0] == meant
