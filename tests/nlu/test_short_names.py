"""A nickname of one character is a name where a fitting size stands by, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.filling import vocabulary_of
from nlu.parser import Parser
from orders.catalog import Catalog
from orders.catalog_file import read_catalog
from tests.nlu.readers import DATA, lexicon


@pytest.fixture(scope="module")
def parser() -> Parser:
    products = read_catalog(DATA / "catalog" / "demo.csv").products
    return Parser(
        vocabulary_of(
            Catalog.of(
                replace(one, aliases=(*one.aliases, "瓦")) if one.product_id == "lol" else one
                for one in products
            )
        ),
        lexicon(),
    )


@pytest.mark.parametrize(
    "text", ["充瓦1000点券", "来个瓦 1000点券", "给瓦充1000点券", "瓦点券1000", "瓦的1000点券", "瓦一千点券"]
)
def test_beside_a_size_it_is_the_name(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text).lines
    assert line.sku is not None
    assert line.sku.value == "lol-1000"


@pytest.mark.parametrize(
    "text",
    [
        "充瓦斯1000点券",
        "瓦工1000点券",
        "红砖瓦1000点券",
        "瓦",
        "瓦斯费100",
        "瓦罗兰特1000点券",
        "瓦特1000点券",
    ],
)
def test_inside_a_word_and_alone_it_is_none(parser: Parser, text: str) -> None:
    assert all(line.product is None for line in parser.understand(text).lines)
