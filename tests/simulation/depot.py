"""A hostile supplier: it delivers again whatever it is asked again, and answers as it likes.

It keeps its own books, so that at any time it can be counted what really reached people.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orders.clock import Clock
from orders.ports import DeliveryAsk, Outcome, SupplierAnswer
from tests.simulation.wire import Wire


class Manner(StrEnum):
    DELIVERS = "delivers"
    FAILS = "fails"
    PARTIAL = "partial"
    NEEDS_INFO = "needs_info"
    MUTE = "mute"
    """Delivers, and does not answer before the world turns friendly."""
    HIDES = "hides"
    """Delivers, and its books show it only some minutes later."""
    LIES = "lies"
    """Delivers, and denies it for hours: the one thing that nobody can be safe from."""
    REVERSES = "reverses"
    """Delivers and tells so, then takes it back."""


WEIGHTS = {
    Manner.DELIVERS: 46, Manner.FAILS: 10, Manner.PARTIAL: 10, Manner.NEEDS_INFO: 10, Manner.MUTE: 6,
    Manner.HIDES: 10, Manner.LIES: 5, Manner.REVERSES: 8,
}  # fmt: skip

HIDES_MINUTES_MAX = 8
"""Below the time that the shop lets pass between two denials."""


@dataclass
class Carried:
    """One request that arrived. The same number again is another one: this supplier is not idempotent."""

    ask: DeliveryAsk
    manner: Manner
    arrived_at: datetime
    ready_at: datetime
    is_reversed: bool = False

    @property
    def quantity(self) -> int:
        """How many it is worth to the recipient in the end."""
        match self.manner:
            case Manner.FAILS | Manner.NEEDS_INFO:
                return 0
            case Manner.PARTIAL:
                return self.ask.quantity // 2
            case _:
                return self.ask.quantity


class Depot:
    """The supplier, both sides of it; the wire is in between."""

    def __init__(self, rng: random.Random, clock: Clock, wire: Wire, faults: Counter[str]) -> None:
        self._rng = rng
        self._clock = clock
        self._wire = wire
        self._faults = faults
        self.name = "depot"
        self.carried: dict[str, list[Carried]] = {}
        """By request number, in the order of arrival."""

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        silent = SupplierAnswer(Outcome.UNKNOWN, reason="timeout")
        return await self._wire.call("submission", lambda: self._take_on(ask), silent)

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        silent = SupplierAnswer(Outcome.UNKNOWN, reason="timeout")
        return await self._wire.call("delivery query", lambda: self.word_on(ask.request_no), silent)

    def _take_on(self, ask: DeliveryAsk) -> SupplierAnswer:
        now = self._clock.now()
        manner = Manner.DELIVERS
        delay = timedelta(0)
        if self._wire.hostile:
            manner = self._rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
            delay = timedelta(seconds=self._rng.choice((0, 0, 0, 5, 90, 1800)))
        self._faults[f"supplier {manner}"] += manner is not Manner.DELIVERS
        one = Carried(ask, manner, now, now + delay)
        self.carried.setdefault(ask.request_no, []).append(one)
        if self._wire.hostile and manner in (Manner.MUTE, Manner.HIDES, Manner.LIES):
            return SupplierAnswer(Outcome.UNKNOWN, reason="silent")
        return self.word_on(ask.request_no)

    def word_on(self, request_no: str) -> SupplierAnswer:
        """What it says of a request when it is asked."""
        if request_no not in self.carried:
            return SupplierAnswer(Outcome.ABSENT)
        one = self.carried[request_no][0]
        now = self._clock.now()
        if self._wire.hostile:
            if one.manner is Manner.MUTE:
                return SupplierAnswer(Outcome.UNKNOWN, reason="silent")
            hidden = {Manner.HIDES: timedelta(minutes=HIDES_MINUTES_MAX), Manner.LIES: timedelta(hours=6)}
            if now < one.arrived_at + hidden.get(one.manner, timedelta(0)):
                return SupplierAnswer(Outcome.ABSENT)
        ref = f"d-{request_no}"
        if now < one.ready_at:
            wait = max(1, round((one.ready_at - now).total_seconds()))
            return SupplierAnswer(Outcome.ACCEPTED, ref, ask_again_seconds=wait)
        return self.final_word_on(one)

    @staticmethod
    def final_word_on(one: Carried) -> SupplierAnswer:
        ref = f"d-{one.ask.request_no}"
        if one.is_reversed:
            return SupplierAnswer(Outcome.FAILED, ref, reason="reversed")
        match one.manner:
            case Manner.FAILS:
                return SupplierAnswer(Outcome.FAILED, ref, reason="refused")
            case Manner.NEEDS_INFO:
                return SupplierAnswer(Outcome.NEEDS_INFO, ref, reason="recipient")
            case Manner.PARTIAL:
                return SupplierAnswer(Outcome.PARTIAL, ref, one.quantity)
            case _:
                return SupplierAnswer(Outcome.DONE, ref, one.quantity)
