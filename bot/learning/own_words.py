"""The shop's own words in a running process: noticed when they change, compiled aside, swapped whole.

A look costs one small query. What it finds is compiled in a thread while customers are answered with
the words of before; a turn that has begun keeps the reader it began with.
"""

from __future__ import annotations

import asyncio

import structlog

from bot.learning.words import NO_WORDS, ShopWords
from bot.reading import Readers
from bot.store import lessons
from orders.catalog import Catalog
from orders.database import Database, Tx, is_away
from orders.shop import Shop

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0


class OwnWords:
    """`now` are the words that a turn begins with."""

    def __init__(self, database: Database, shop: Shop, readers: Readers) -> None:
        self.now: ShopWords = NO_WORDS
        self._database = database
        self._shop = shop
        self._readers = readers
        self._looking = asyncio.Lock()

    async def look(self) -> bool:
        """Take up what was taught since the last look, here or in another process. True: something was."""
        async with self._looking:
            version = await self._database.read(lessons.version)
            if version == self.now.version:
                return False
            words, catalog = await self._database.read(self._loaded)
            reader = await asyncio.to_thread(self._readers.compiled, catalog, words)
            self._readers.adopt(reader)
            self.now = words
        log.info("own words changed", version=words.version, count=len(words.taught))
        return True

    async def keep_looking(self, stop: asyncio.Event) -> None:
        """Look every second until `stop` is set. A database that cannot be read is asked again."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:
                # A shop that no longer learns must go on selling; the next look tries again.
                log.warning("own words not read", error=repr(error), exc_info=not is_away(error))
            try:
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    def _loaded(self, tx: Tx) -> tuple[ShopWords, Catalog]:
        return lessons.load(tx), self._shop.catalog(tx)
