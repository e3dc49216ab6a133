"""A catalog together with the parser that was compiled from it: swapped whole when prices change."""

from __future__ import annotations

from dataclasses import dataclass

from bot.filling import Filler, vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads one message: goods, words and the way into the draft agree with one another."""

    catalog: Catalog
    parser: Parser
    filler: Filler


class Readers:
    """The reader for the catalog at hand; compiled once per catalog version."""

    def __init__(self, lexicon: Lexicon, sure_at: float) -> None:
        """`sure_at`: from which sureness a reading needs no yes of its own (policy)."""
        self.lexicon = lexicon
        self._sure_at = sure_at
        self._reader: Reader | None = None

    def for_catalog(self, catalog: Catalog) -> Reader:
        reader = self._reader
        if reader is None or (reader.catalog is not catalog and reader.catalog != catalog):
            parser = Parser(vocabulary_of(catalog), self.lexicon)
            reader = Reader(catalog, parser, Filler(catalog, parser, self._sure_at))
            self._reader = reader
        return reader
