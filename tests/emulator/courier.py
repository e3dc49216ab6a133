"""Carries a gateway's notices to the shop: late, twice, in the wrong order or never, as the knobs say."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from orders.clock import Clock
from tests.emulator.books import Payment, Refund
from tests.emulator.knobs import Knobs


@dataclass(frozen=True)
class Notice:
    """What is posted: the bytes that were signed, and their headers."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Saying:
    """How a notice is to be said, lies included. A personality puts it into its own form."""

    at: datetime
    """The time stamp that it carries and signs."""
    merchant_id: str | None = None
    """Who it says was paid, where that is not the merchant himself."""
    forged: bool = False
    """Signed by a stranger's key."""


class Writes(Protocol):
    """The side of a personality that the courier knows."""

    @property
    def retries(self) -> tuple[timedelta, ...]: ...

    def notice_of(self, payment: Payment, saying: Saying) -> Notice: ...

    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None: ...

    def is_acknowledged(self, status_code: int, body: str) -> bool: ...


@dataclass(frozen=True)
class Posted:
    """One post that set out. `status_code` is None where it was lost or nobody answered."""

    notice: Notice
    url: str
    at: datetime
    status_code: int | None
    acknowledged: bool


@dataclass(order=True)
class _Errand:
    due: datetime
    number: int
    subject: Payment | Refund = field(compare=False)
    tried: int = field(compare=False, default=0)


@dataclass
class Courier:
    """Notices go out by `run_due`: at once, where nothing delays them, and again until acknowledged."""

    writer: Writes
    knobs: Knobs
    clock: Clock
    client: httpx.AsyncClient
    gateway_now: Callable[[], datetime]
    posted: list[Posted] = field(default_factory=list)
    _waiting: list[_Errand] = field(default_factory=list)
    _kept_back: list[Payment] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def tell(self, payment: Payment) -> None:
        """Tell the shop that it was paid."""
        if self.knobs.refund_notice_first:
            self._kept_back.append(payment)
            return
        await self._set_out(payment)

    async def tell_refund(self, refund: Refund) -> None:
        """Tell the shop how a refund ended, and after it what was kept back for it."""
        await self._set_out(refund)
        kept = [one for one in self._kept_back if one.out_trade_no == refund.out_trade_no]
        for payment in kept:
            self._kept_back.remove(payment)
            await self._set_out(payment)

    @property
    def next_due(self) -> datetime | None:
        return min((errand.due for errand in self._waiting), default=None)

    async def run_due(self) -> None:
        """Post everything whose time has come, oldest first; what was kept back, once nothing keeps it back."""
        if not self.knobs.refund_notice_first:
            for payment in self._kept_back:
                self._plan(payment)
            self._kept_back.clear()
        while due := sorted(errand for errand in self._waiting if errand.due <= self.clock.now()):
            self._waiting.remove(due[0])
            await self._post(due[0])

    async def _set_out(self, subject: Payment | Refund) -> None:
        self._plan(subject)
        await self.run_due()

    def _plan(self, subject: Payment | Refund) -> None:
        due = self.clock.now() + self.knobs.notice_delay
        self._waiting.append(_Errand(due, next(self._numbers), subject))

    async def _post(self, errand: _Errand) -> None:
        notice = self._written(errand.subject)
        url = errand.subject.notify_url
        if notice is None or not url:
            return
        copies = [self._carry(notice, url) for _ in range(self.knobs.notice_copies)]
        if self.knobs.copies_at_once:
            arrived = await asyncio.gather(*copies)
        else:
            arrived = [await copy for copy in copies]
        self.posted.extend(arrived)
        if not any(post.acknowledged for post in arrived) and errand.tried < len(self.writer.retries):
            again = replace(
                errand, due=self.clock.now() + self.writer.retries[errand.tried], tried=errand.tried + 1
            )
            self._waiting.append(again)

    def _written(self, subject: Payment | Refund) -> Notice | None:
        knobs = self.knobs
        saying = Saying(self.gateway_now() - knobs.notice_age, knobs.merchant_told, knobs.bad_signature)
        told = knobs.amount_told_fen
        if isinstance(subject, Refund):
            refund = subject if told is None else replace(subject, amount_fen=told)
            return self.writer.refund_notice_of(refund, saying)
        payment = subject if told is None else replace(subject, paid_fen=told)
        return self.writer.notice_of(payment, saying)

    async def _carry(self, notice: Notice, url: str) -> Posted:
        now = self.clock.now()
        if self.knobs.notices_lost > 0:
            self.knobs.notices_lost -= 1
            return Posted(notice, url, now, None, acknowledged=False)
        try:
            answer = await self.client.post(url, content=notice.body, headers=dict(notice.headers))
        except httpx.HTTPError:
            return Posted(notice, url, now, None, acknowledged=False)
        heard = self.writer.is_acknowledged(answer.status_code, answer.text)
        return Posted(notice, url, now, answer.status_code, heard)
