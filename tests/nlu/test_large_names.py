"""In a large catalog what is only near to a name is never taken for it, and stands first among the choices."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from nlu.large_names import LargeTable
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.spellings import Spellings
from nlu.vocabulary import Vocabulary
from tests.bench.made_catalog import catalog_of, orders_from

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


def test_a_brand_inside_of_a_longer_word_is_no_brand(parser: Parser) -> None:
    brand = next(product.name[:3] for product in sold() if product.name[3:] == "音乐会员")
    assert parser.understand(f"{brand}音乐会员月卡，手机号13800138000").lines[0].sku is not None
    for longer in (f"枫{brand}绫音乐会员", f"{brand}阅读VIP"):
        assert parser.understand(f"{longer}月卡，手机号13800138000").lines[0].sku is None
