"""A catalog and the shop's own words, with the parser that was compiled from both: swapped whole when
either changes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.filling import Filler, vocabulary_of
from bot.learning.words import NO_WORDS, ShopWords
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads one message: goods, words and the way into the draft agree with one another."""

    catalog: Catalog
    words: ShopWords
    parser: Parser
    filler: Filler

    def fits(self, catalog: Catalog, words: ShopWords) -> bool:
        same_words = self.words is words or self.words == words
        return same_words and (self.catalog is catalog or self.catalog == catalog)


class Readers:
    """The reader for the catalog and the words at hand; compiled once for each version of them."""

    def __init__(self, lexicon: Lexicon, sure_at: float) -> None:
        """`sure_at`: from which sureness a reading needs no yes of its own (policy)."""
        self.lexicon = lexicon
        self._sure_at = sure_at
        self._reader: Reader | None = None

    def for_catalog(self, catalog: Catalog, words: ShopWords = NO_WORDS) -> Reader:
        reader = self._reader
        if reader is None or not reader.fits(catalog, words):
            reader = self.compiled(catalog, words)
            self._reader = reader
        return reader

    def reader_of(self, catalog: Catalog, words: ShopWords) -> Reader:
        """A reader to look something up with, beside the one that customers are read with."""
        reader = self._reader
        return reader if reader is not None and reader.fits(catalog, words) else self.compiled(catalog, words)

    def compiled(self, catalog: Catalog, words: ShopWords) -> Reader:
        """A new reader, which nobody uses yet: it takes a while, and needs nothing but its arguments."""
        lexicon = self.lexicon.with_phrases(words.phrases) if words.phrases else self.lexicon
        parser = Parser(vocabulary_of(catalog, words.aliases), lexicon)
        return Reader(catalog, words, parser, Filler(catalog, parser, self._sure_at))

    def adopt(self, reader: Reader) -> None:
        """Read with this one from now on. Whoever is reading goes on with the reader that he has."""
        self._reader = reader
