"""Of a large catalog only the goods that a message may name are spelled out: they must be among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from nlu import parser as parser_module
from nlu.naming import Namer
from nlu.parser import Parser
from nlu.shortlist import Shortlist
from nlu.vocabulary import Vocabulary
from tests.bench.made_catalog import catalog_of, orders_from
from tests.nlu.readers import DATA, lexicon

MADE = catalog_of(20_000)
SHORTLIST = Shortlist(MADE, Namer(lexicon()))
CORPUS = Path(__file__).parent / "corpus"


def test_whoever_is_named_is_on_the_list() -> None:
    for order in orders_from(MADE, 500):
        assert order.product_id in SHORTLIST.of(order.text.lower()), order.text


def test_whoever_is_named_with_a_slip_is_nearly_always_on_the_list() -> None:
    orders = orders_from(MADE, 500, seed=5, edits=1)
    missed = [order.text for order in orders if order.product_id not in SHORTLIST.of(order.text.lower())]
    assert len(missed) <= 15, missed


def test_whoever_is_named_with_two_slips_is_nearly_always_looked_at() -> None:
    orders = orders_from(MADE, 300, seed=6, edits=2)
    missed = [order.text for order in orders if order.product_id not in SHORTLIST.near(order.text.lower())]
    assert len(missed) <= 15, missed


def test_the_list_is_short() -> None:
    lists = [len(SHORTLIST.of(order.text.lower())) for order in orders_from(MADE, 200)]
    assert sum(lists) / len(lists) < 4


def test_a_large_catalog_sells_what_was_ordered_and_nothing_else() -> None:
    sold, absent = MADE[:-200], MADE[-200:]
    reader = Parser(Vocabulary.compile(sold), lexicon())
    for order in orders_from(sold, 100):
        lines = reader.understand(order.text).lines
        assert [line.sku.value for line in lines if line.sku] == [order.sku_id], order.text
    taken = [
        o.text for o in orders_from(absent, 200) if any(one.sku for one in reader.understand(o.text).lines)
    ]
    assert len(taken) <= 2, taken


def test_of_a_large_catalog_what_is_only_near_to_a_name_is_asked_about() -> None:
    reader = Parser(Vocabulary.compile(MADE), lexicon())
    offered = 0
    for order in orders_from(MADE, 100, seed=5, edits=1):
        lines = reader.understand(order.text).lines
        assert all(line.sku is None or line.sku.value == order.sku_id for line in lines), order.text
        offered += any(order.product_id in line.product_options for line in lines)
    assert offered >= 50


def test_a_small_catalog_read_as_a_large_one_orders_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    small = framer_for(DATA / "catalog" / "demo.csv", DATA)
    monkeypatch.setattr(parser_module, "PRODUCTS_SPELLED_MAX", 0)
    large = framer_for(DATA / "catalog" / "demo.csv", DATA)
    texts = [
        json.loads(line)["text"]
        for file in sorted(CORPUS.glob("demo-*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()[::3]
    ]
    for text in texts:
        frame = large.frame(text)
        if frame["lines"] and not frame["missing"] and not frame["problems"]:
            assert frame["lines"] == small.frame(text)["lines"], text
