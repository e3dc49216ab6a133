"""The way between the shop and everybody else: answers are late, lost on the way, or never sent.

A call that is under way is parked until the simulation lets it go on, so that anything else can
happen in the meantime; where it is not let go in time, virtual time runs out for it.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from orders.clock import VirtualClock

T = TypeVar("T")

ANSWER_WITHIN_SECONDS = 25
"""A client gives up after this; a little longer than the shop's own patience with its suppliers."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the simulation's, so that time-outs happen when it says so."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._virtual = clock
        self._began = clock.now()

    def time(self) -> float:
        return (self._virtual.now() - self._began).total_seconds()


class Wire:
    """Carries calls. `hostile` says whether anything goes wrong at all."""

    def __init__(self, rng: random.Random, faults: Counter[str]) -> None:
        self._rng = rng
        self._faults = faults
        self.hostile = True
        self.parked: list[asyncio.Future[None]] = []

    @classmethod
    def sound(cls) -> Wire:
        """One on which nothing goes wrong."""
        wire = cls(random.Random(0), Counter())
        wire.hostile = False
        return wire

    async def call(self, kind: str, effect: Callable[[], T], silence: T) -> T:
        """What comes back of a call that does `effect` on the other side; `silence` is what the
        shop makes of no answer."""
        if not self.hostile:
            return effect()
        drawn = self._rng.random()
        if drawn < 0.60:
            return effect()
        if drawn < 0.68:
            self._faults[f"{kind} never arrives"] += 1
            return silence
        if drawn < 0.78:
            self._faults[f"{kind} answers 5xx after commit"] += 1
            effect()
            return silence
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                if drawn < 0.89:
                    self._faults[f"{kind} is slow to arrive"] += 1
                    await self.park()
                    return effect()
                self._faults[f"{kind} is slow to answer"] += 1
                answer = effect()
                await self.park()
                return answer
        except TimeoutError:
            self._faults[f"{kind} times out"] += 1
            return silence
        except asyncio.CancelledError:
            # The shop's own patience was shorter.
            self._faults[f"{kind} is given up"] += 1
            raise

    async def held_up(self) -> None:
        """Now and then a process stands still before a transaction, for any length of time."""
        if self.hostile and self._rng.random() < 0.03:
            self._faults["process stands still"] += 1
            await self.park()

    async def park(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.parked.append(future)
        try:
            await future
        finally:
            if future in self.parked:
                self.parked.remove(future)

    def let_go(self, which: int) -> None:
        """One parked call goes on."""
        future = self.parked.pop(which)
        if not future.done():
            future.set_result(None)
