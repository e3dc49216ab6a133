"""Fetches the bills of gateways and suppliers every day, and asks them about what differs.

The asynchronous edge of reconciliation: what a bill means is decided in `billing.py` and
`differences.py`, between these calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from orders import errands
from orders.bill_reading import BillUnreadable, rows_of
from orders.clock import Clock
from orders.database import Database, Tx
from orders.differences import Answer, Question, Resolution
from orders.dispatch import JobHandler
from orders.errands import Errand
from orders.errors import NotPermitted
from orders.ports import (
    BillAnswer,
    DeliveryAsk,
    Gateway,
    Job,
    Outcome,
    OutsideSupplier,
    PaymentAnswer,
    PaymentAsk,
    PaymentStatus,
    RefundAnswer,
    RefundAsk,
    RefundStatus,
    SupplierAnswer,
)
from orders.reconciling import NO_BILLS, Action, Party, Side, china_day, start_of
from orders.shop import Shop
from orders.store import bills

T = TypeVar("T")

A_DAY = timedelta(days=1)

BILL_WITHIN_SECONDS = 90
"""A bill may be a large file, but it comes within a job's lease."""


class Bookkeeper:
    """Compares our books with everybody's bills: daily by its jobs, and when told to."""

    def __init__(
        self,
        database: Database,
        shop: Shop,
        gateways: Mapping[str, Gateway],
        suppliers: Mapping[str, OutsideSupplier],
        clock: Clock,
    ) -> None:
        self._database = database
        self._shop = shop
        self._gateways = gateways
        self._suppliers = suppliers
        self._clock = clock
        self._policy = shop.policy.reconciliation

    @property
    def shop(self) -> Shop:
        """Whose books these are."""
        return self._shop

    @property
    def parties(self) -> tuple[Party, ...]:
        """Everybody who sends us bills."""
        return (
            *(Party(Side.GATEWAY, name) for name in self._gateways),
            *(Party(Side.SUPPLIER, name) for name in self._suppliers),
        )

    def newest_day(self, now: datetime) -> date:
        """The last day whose bills should be there by now."""
        today = china_day(now)
        return today - (A_DAY if now >= self._hour_of(today) else 2 * A_DAY)

    def handlers(self) -> Mapping[str, JobHandler]:
        """By kind of job."""
        return {"fetch_bills": self.fetch_bills, "fetch_bill": self.fetch_bill}

    def begin(self, tx: Tx, now: datetime) -> None:
        """Have the bills fetched every day from now on; to be called at every start."""
        wanted = {errands.fetch_bills(str(party)).key: party for party in self.parties}
        for key in sorted(self._shop.room.jobs.missing(tx, tuple(wanted))):
            self._come_again(tx, wanted[key], now)

    def _come_again(self, tx: Tx, party: Party, now: datetime) -> None:
        today = self._hour_of(china_day(now))
        at = today if now < today else self._hour_of(china_day(now) + A_DAY)
        self._shop.room.later(tx, errands.fetch_bills(str(party)), at)

    def _hour_of(self, day: date) -> datetime:
        """When on that day the bills of the day before are there."""
        return start_of(day) + timedelta(hours=self._policy.hour)

    # --- jobs ---------------------------------------------------------------------------------------

    async def fetch_bills(self, job: Job) -> None:
        """Once a day: what is missing, days on which the shop was closed included."""
        party, now = Party.read(str(job.payload["party"])), self._clock.now()

        def write(tx: Tx) -> None:
            if party in self.parties:
                due = {errand.key: errand for errand in self._due(tx, party, now)}
                # One that is being asked for already goes on counting its tries.
                for key in sorted(self._shop.room.jobs.missing(tx, tuple(due))):
                    self._shop.room.later(tx, due[key], now)
                self._come_again(tx, party, now)

        await self._database.write(write)

    def _due(self, tx: Tx, party: Party, now: datetime) -> Sequence[Errand]:
        return [errands.fetch_bill(str(party), day) for day in self.days_due(tx, party, now)]

    def days_due(self, tx: Tx, party: Party, now: datetime) -> Sequence[date]:
        """Days whose bill should be there and is not known, oldest first. The newest bill that is known
        is fetched once more: bills are corrected."""
        newest = self.newest_day(now)
        known = bills.days(tx, party)
        first = newest
        if known:
            first = max(known[0], newest - (self._policy.catch_up_days - 1) * A_DAY)
        days = [first + number * A_DAY for number in range((newest - first).days + 1)]
        return [day for day in days if day not in known or day == known[-1]]

    async def fetch_bill(self, job: Job) -> None:
        party, day = Party.read(str(job.payload["party"])), date.fromisoformat(str(job.payload["day"]))
        if party not in self.parties:
            return
        problem = await self.reconcile(party, day)
        if problem is None or problem == NO_BILLS:
            return
        tried, now = int(job.payload["tried"]) + 1, self._clock.now()

        def write(tx: Tx) -> None:
            if tried >= self._policy.tries_max:
                self._shop.room.alarm(tx, "bill_missing", f"{party} {day}", problem, now)
                return
            waits = self._policy.retry_minutes
            wait = timedelta(minutes=waits[min(tried, len(waits)) - 1])
            self._shop.room.later(tx, errands.fetch_bill(str(party), day, tried), now + wait)

        await self._database.write(write)

    # --- told to ------------------------------------------------------------------------------------

    async def reconcile(self, party: Party, day: date) -> str | None:
        """Fetch the bill of a day and compare it, and the days beside it, which its rows may belong to.
        Returns a short code of why there is no bill, None where all went well."""
        side = self._gateways if party.side is Side.GATEWAY else self._suppliers
        source: Gateway | OutsideSupplier | None = side.get(party.name)
        if source is None:
            raise NotPermitted(f"{party} is not connected; there is nobody to ask for its bill")
        try:
            rows = rows_of(await _within(source.bill(day), BillAnswer(None, "timeout"), BILL_WITHIN_SECONDS))
        except BillUnreadable as problem:
            return problem.reason
        now = self._clock.now()
        await self._database.write(lambda tx: self._shop.reckoning.take_in(tx, party, day, rows, now))
        for near in (day - A_DAY, day, day + A_DAY):
            await self._compare(party, near, now)
        return None

    async def _compare(self, party: Party, day: date, now: datetime) -> None:
        if await self._database.read(lambda tx: self._shop.reckoning.would_change(tx, party, day)):
            await self._database.write(lambda tx: self._shop.reckoning.compare(tx, party, day, now))

    async def resolve(self, difference_no: int, agent: str, note: str = "") -> Resolution:
        """Carry out the one action of a difference, asking the other side where that is the action.
        Raises NotPermitted."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[Party, Question] | None:
            difference = self._shop.reckoning.difference(tx, difference_no)
            if difference is None or difference.action is not Action.QUERY:
                return None
            question = self._shop.reckoning.question(tx, difference)
            return (difference.party, question) if question is not None else None

        asked = await self._database.read(look)
        said = await self._said(*asked) if asked is not None else None
        return await self._database.write(
            lambda tx: self._shop.reckoning.resolve(tx, difference_no, agent, now, said, note)
        )

    async def _said(self, party: Party, question: Question) -> Answer | None:
        seconds = self._shop.policy.delivery.answer_within_seconds
        gateway, supplier = self._gateways.get(party.name), self._suppliers.get(party.name)
        match question:
            case PaymentAsk() if gateway is not None:
                return await _within(gateway.query(question), PaymentAnswer(PaymentStatus.UNKNOWN), seconds)
            case RefundAsk() if gateway is not None:
                unheard = RefundAnswer(RefundStatus.UNKNOWN)
                return await _within(gateway.query_refund(question), unheard, seconds)
            case DeliveryAsk() if supplier is not None:
                return await _within(supplier.query(question), SupplierAnswer(Outcome.UNKNOWN), seconds)
            case _:
                return None


async def _within(call: Awaitable[T], unheard: T, seconds: float) -> T:
    """The answer; `unheard` where it took too long."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError:
        return unheard
