"""Which of a shop's goods is meant: small shops with nothing but names, and what is said in them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import yaml

from nlu.parser import Parser
from nlu.understanding import ProblemCode, Understanding
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from tests.nlu.readers import TABLES, lexicon

SHOPS: dict[str, Any] = yaml.safe_load((TABLES / "goods.yaml").read_text(encoding="utf-8"))


def products(goods: dict[str, Any]) -> Iterator[ProductWords]:
    for identity, row in goods.items():
        variants = tuple(
            VariantWords(
                f"{identity}-{label}", str(label), Decimal(str(size[0])), size[1], int(size[2] * 100)
            )
            for label, size in row["sizes"].items()
        )
        yield ProductWords(
            identity,
            row["name"],
            row.get("category", "会员"),
            tuple(row.get("aliases", ())),
            row.get("account", "none"),
            tuple(row.get("regions", ())),
            variants,
        )


@cache
def parser(shop: str) -> Parser:
    return Parser(Vocabulary.compile(products(SHOPS[shop]["goods"])), lexicon())


def bought(understood: Understanding) -> str | None:
    """What the one line of an order buys, if that is decided."""
    if len(understood.lines) != 1 or understood.lines[0].sku is None or understood.problems:
        return None
    return understood.lines[0].sku.value


def cases(kind: str) -> list[tuple[str, str, Any]]:
    found = []
    for shop, table in SHOPS.items():
        for key, said in table.get(kind, {}).items():
            found += [(shop, text, key) for text in said]
    return found


@pytest.mark.parametrize(("shop", "text", "sku"), cases("means"))
def test_said_so_it_is_this_good(shop: str, text: str, sku: str) -> None:
    understood = parser(shop).understand(text)
    assert bought(understood) == sku, understood


@pytest.mark.parametrize(("shop", "text", "candidates"), cases("asks"))
def test_this_is_asked_about(shop: str, text: str, candidates: str) -> None:
    understood = parser(shop).understand(text)
    assert bought(understood) is None, understood
    offered = {
        option for line in understood.lines for option in (*line.product_options, *line.sku_options)
    } | {line.product.value for line in understood.lines if line.product}
    assert set(candidates.split()) <= offered, understood


@pytest.mark.parametrize(
    ("shop", "text"), [(shop, text) for shop in SHOPS for text in SHOPS[shop].get("absent", ())]
)
def test_this_is_not_sold_here(shop: str, text: str) -> None:
    understood = parser(shop).understand(text)
    assert not [line for line in understood.lines if line.product], understood
    assert ProblemCode.PRODUCT_UNKNOWN in {problem.code for problem in understood.problems}, understood
