"""English names of several words are called by their first letters, and well-known ones by what they are known as."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.filling import vocabulary_of
from nlu.parser import Parser
from orders.catalog import Catalog
from orders.catalog_file import read_catalog
from tests.nlu.readers import DATA, lexicon

NAMES = {
    "xgpu": "Xbox Game Pass Ultimate",
    "xunlei": "PC Game Pass",
    "wps": "Final Fantasy Online Premium",
    "ximalaya": "Nintendo Switch Online会员",
}
"""What products of the demo shop are called here instead, without an alias."""


def renamed(names: dict[str, str]) -> Parser:
    products = read_catalog(DATA / "catalog" / "demo.csv").products
    shop = Catalog.of(
        replace(one, name=names[one.product_id], aliases=()) if one.product_id in names else one
        for one in products
    )
    return Parser(vocabulary_of(shop), lexicon())


@pytest.fixture(scope="module")
def parser() -> Parser:
    return renamed(NAMES)


@pytest.mark.parametrize(
    ("text", "product_id"),
    [
        ("来个xgpu 3个月", "xgpu"),
        ("nso月卡充13341170258", "ximalaya"),
        ("NSO会员 年卡 13341170258", "ximalaya"),
        ("ffop月卡 13341170258", "wps"),
        ("开通FFO 月卡 13341170258", "wps"),
    ],
)
def test_the_first_letters_of_the_words_are_the_name(parser: Parser, text: str, product_id: str) -> None:
    (line,) = parser.understand(text).lines
    assert line.product is not None
    assert line.product.value == product_id


def test_what_several_are_called_is_asked_about(parser: Parser) -> None:
    (line,) = parser.understand("xgp 3个月").lines
    assert line.product is None
    assert set(line.product_options) == {"xgpu", "xunlei"}


def test_where_one_alone_is_sold_it_is_meant() -> None:
    (line,) = renamed({"xgpu": NAMES["xgpu"]}).understand("xgp 3个月").lines
    assert line.product is not None
    assert line.product.value == "xgpu"


@pytest.mark.parametrize("text", ["nsb月卡 13341170258", "fo月卡 13341170258", "app月卡 13341170258"])
def test_other_letters_are_no_name(parser: Parser, text: str) -> None:
    assert all(line.product is None for line in parser.understand(text).lines)
