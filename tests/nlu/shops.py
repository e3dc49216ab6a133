"""Framers of the shops of the corpus and of the demo shop, each made once."""

from __future__ import annotations

from functools import cache

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.bench.judged import DATA, NLU, catalog_of


@cache
def framer_of(shop: str) -> Framer:
    return framer_for(catalog_of(shop, NLU / "corpus"), DATA)
