"""Teaching the shop: a lesson is examined against what is on sale and known now, then written down.

Whoever teaches at the same moment, or loads another catalog meanwhile, makes the examination worthless;
then it is made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.learning.examining import Accepted, Examiner, Refused, Verdict
from bot.learning.proposals import MissGroup, Proposal, grouped, proposals
from bot.learning.words import Lesson, LessonKind, ShopWords, Taught
from bot.reading import Readers
from bot.store import lessons, misses
from bot.store.lessons import Overtaken
from orders.catalog import Catalog
from orders.clock import Clock
from orders.database import Database, Tx
from orders.policy import Policy
from orders.shop import Shop

TRIES_MAX = 3


class Teaching:
    """What a shopkeeper does with the shop's own words, from the terminal or the desk."""

    def __init__(
        self, database: Database, shop: Shop, readers: Readers, policy: Policy, clock: Clock
    ) -> None:
        self._database = database
        self._shop = shop
        self.readers = readers
        self._policy = policy
        self._clock = clock
        self._examiner = Examiner(readers, policy.reading)

    async def teach(self, lesson: Lesson) -> Verdict:
        """Examine the lesson, and write it down if it does no harm."""
        for _ in range(TRIES_MAX):
            words, catalog = await self._database.read(self._known)
            if len(words.taught) >= self._policy.learning.lessons_max:
                return Refused((f"{len(words.taught)} lessons is all that policy.toml allows; forget some",))
            verdict = await asyncio.to_thread(self._examined, lesson, words, catalog)
            if isinstance(verdict, Refused):
                return verdict
            try:
                await self._database.write(self._written(verdict, words, catalog))
            except Overtaken:
                continue
            return verdict
        return Refused(("others are teaching the shop at this moment; try again",))

    async def propose(self, number: int) -> Proposal | None:
        """The proposal with that number, if it still stands."""
        kept = await self._database.read(self._kept)
        found = proposals(kept, self._policy.learning.proposal_customers_min)
        return next((one for one in found if one.number == number), None)

    async def missed(self) -> tuple[MissGroup, ...]:
        kept = await self._database.read(self._kept)
        return grouped(kept, self._policy.learning.proposal_customers_min)

    async def dismiss(self, number: int) -> str | None:
        """Forget what was missed in these words, whoever said it; gives the phrase."""
        group = next((one for one in await self.missed() if one.number == number), None)
        if group is None:
            return None
        await self._database.write(lambda tx: misses.forget(tx, phrases=(group.phrase,)))
        return group.phrase

    async def taught(self) -> ShopWords:
        return await self._database.read(lessons.load)

    async def forget(self, number: int) -> Taught | None:
        """Take a lesson back; None where there is none of that number."""
        now = self._clock.now()

        def forgotten(tx: Tx) -> Taught | None:
            words = lessons.load(tx)
            found = words.find(number)
            if found is not None:
                lessons.forget(tx, found.lesson, words, now)
            return found

        for _ in range(TRIES_MAX - 1):
            try:
                return await self._database.write(forgotten)
            except Overtaken:
                continue
        return await self._database.write(forgotten)

    def _known(self, tx: Tx) -> tuple[ShopWords, Catalog]:
        return lessons.load(tx), self._shop.catalog(tx)

    def _kept(self, tx: Tx) -> tuple[misses.KeptMiss, ...]:
        return misses.all_kept(tx, self._policy.learning, self._clock.now())

    def _examined(self, lesson: Lesson, words: ShopWords, catalog: Catalog) -> Verdict:
        return self._examiner.examine(lesson, self.readers.reader_of(catalog, words))

    def _written(self, verdict: Accepted, words: ShopWords, catalog: Catalog) -> Callable[[Tx], None]:
        now, lesson = self._clock.now(), verdict.lesson

        def write(tx: Tx) -> None:
            if self._shop.catalog(tx).version != catalog.version:
                raise Overtaken
            lessons.teach(tx, lesson, words, now)
            if lesson.kind is LessonKind.ALIAS:
                misses.forget(tx, words=(lesson.words,))
            else:
                misses.forget(tx, phrases=(lesson.words,))

        return write
