"""What the personalities of the emulator have in common: books, knobs, a courier, a payer.

A personality is a subclass that says its `name`, its `retries`, its `routes`, and how its notices are
written and acknowledged. Its endpoints translate a call, do it by `open`, `close` and `refund` below,
and translate the answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

import httpx
from starlette.routing import Route

from orders.clock import Clock
from tests.emulator.books import (
    CHINA,
    Books,
    Movement,
    Payment,
    Refund,
    RefundPlan,
    RefundState,
)
from tests.emulator.courier import Courier, Notice, Saying
from tests.emulator.knobs import Knobs, RefundPath

Sleep = Callable[[float], Awaitable[None]]
"""Lets so many seconds pass: `asyncio.sleep`, or a virtual clock's advance."""


@dataclass(frozen=True)
class Surroundings:
    """What the emulator gives to each of its personalities."""

    clock: Clock
    client: httpx.AsyncClient
    """Reaches the shop."""
    base_url: str
    """Where the emulator itself is reached, without a slash at the end."""


class Rail(ABC):
    name: ClassVar[str]
    """One word of an address: `alipay`."""
    retries: ClassVar[tuple[timedelta, ...]]
    """The waits between the posts of a notice that is not acknowledged."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.clock = surroundings.clock
        self.base_url = surroundings.base_url
        self.knobs = Knobs()
        self.books = Books(self.now)
        self.courier = Courier(self, self.knobs, self.clock, surroundings.client, self.now)
        self._refunds_told: set[str] = set()

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """Its interface. The paths of all personalities share one address."""

    @abstractmethod
    def notice_of(self, payment: Payment, saying: Saying) -> Notice:
        """The signed notice that `paid_fen` of `payment` was paid."""

    @abstractmethod
    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None:
        """The signed notice of a refund's end; None where this gateway tells none."""

    @abstractmethod
    def is_acknowledged(self, status_code: int, body: str) -> bool:
        """Whether the shop's answer ends the repeats."""

    def now(self) -> datetime:
        """The gateway's own idea of the time."""
        return self.clock.now() + self.knobs.clock_skew

    def payer_url(self, out_trade_no: str) -> str:
        """Where a payer pays it: the text of a code, the page that a browser is sent to."""
        return f"{self.base_url}/payer/{self.name}/{out_trade_no}"

    async def open(self, payment: Payment) -> Payment:
        """Raises BooksRefuse; see `Books.open`."""
        opened = self.books.open(payment)
        if self.knobs.notice_before_answer:
            await self.pay(opened.out_trade_no)
        return opened

    async def pay(
        self, out_trade_no: str, amount_fen: int | None = None, although_closed: bool = False
    ) -> Payment:
        """The payer pays, and the shop is told. Raises BooksRefuse; see `Books.pay`."""
        although_closed = although_closed or self.knobs.pay_after_close
        paid = self.books.pay(out_trade_no, amount_fen, although_closed)
        await self.courier.tell(paid)
        return paid

    async def refund(
        self, refund_no: str, out_trade_no: str, amount_fen: int, notify_url: str = ""
    ) -> tuple[Refund, bool]:
        """The refund, and whether it is new. The shop is told of its end. Raises BooksRefuse; see
        `Books.refund`."""
        refund, new = self.books.refund(refund_no, out_trade_no, amount_fen, self._plan(), notify_url)
        await self._tell_ended_refunds()
        return refund, new

    async def run_due(self) -> None:
        """Do what time brings: refunds end, and notices go out."""
        await self._tell_ended_refunds()
        await self.courier.run_due()

    @property
    def next_due(self) -> datetime | None:
        """When `run_due` has something to do next, on the shop's clock."""
        open_refunds = (
            one.ends_at - self.knobs.clock_skew
            for one in self.books.refunds.values()
            if one.refund_no not in self._refunds_told
        )
        times = [*open_refunds, *filter(None, [self.courier.next_due])]
        return min(times, default=None)

    def bill(self, day: date) -> tuple[Movement, ...] | None:
        """The bill of a day, as falsified by the knobs; None before the day after."""
        if day >= self.now().astimezone(CHINA).date():
            return None
        knobs = self.knobs
        true = (line for line in self.books.movements(day) if line.our_no not in knobs.bill_missing)
        told = [
            replace(line, amount_fen=knobs.bill_differs_fen.get(line.our_no, line.amount_fen))
            for line in true
        ]
        extra = (line for line in knobs.bill_extra if line.at.astimezone(CHINA).date() == day)
        return (*told, *extra)

    async def _tell_ended_refunds(self) -> None:
        for refund_no in tuple(self.books.refunds):
            refund = self.books.find_refund(refund_no)
            assert refund is not None
            if refund.state is not RefundState.PROCESSING and refund_no not in self._refunds_told:
                self._refunds_told.add(refund_no)
                await self.courier.tell_refund(refund)

    def _plan(self) -> RefundPlan:
        match self.knobs.refund_path:
            case RefundPath.AT_ONCE:
                return RefundPlan()
            case RefundPath.PROCESSING_THEN_SUCCESS:
                return RefundPlan(RefundState.SUCCEEDED, self.knobs.refund_takes)
            case RefundPath.PROCESSING_THEN_ABNORMAL:
                return RefundPlan(RefundState.ABNORMAL, self.knobs.refund_takes)
