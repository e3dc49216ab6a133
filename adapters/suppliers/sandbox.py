"""A top-up supplier for trying the shop out: it delivers after a while, and misbehaves as told.

It keeps its own books of requests, so that a request that was answered with silence can still
have been carried out, as in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from orders.clock import Clock
from orders.ports import DeliveryAsk, Outcome, SupplierAnswer


class Manner(StrEnum):
    """How it treats a request."""

    DELIVER = "deliver"
    FAIL = "fail"
    PARTIAL = "partial"
    """Delivers one of several, then ends."""
    NEEDS_INFO = "needs_info"
    """Refuses the recipient."""
    SILENT = "silent"
    """Carries it out, and does not answer the submission."""
    SILENT_FAIL = "silent_fail"
    """Does not answer, and does not deliver either; tells so when asked."""
    LOST = "lost"
    """Does not answer, and knows nothing of it when asked."""
    MUTE = "mute"
    """Never answers anything."""


@dataclass(slots=True)
class _Request:
    ask: DeliveryAsk
    manner: Manner
    ready_at: datetime


_ROW = TypeAdapter(_Request)


class SandboxSupplier:
    """Keyed by recipient or SKU: `told["13800138000"] = Manner.FAIL`."""

    def __init__(self, clock: Clock, delay: timedelta = timedelta(0), books: Path | None = None) -> None:
        """`books` is a file that outlives the process: a real supplier does not forget what it took
        on because we crashed."""
        self._clock = clock
        self.delay = delay
        self.told: dict[str, Manner] = {}
        self._books = books
        self._read_bytes = 0
        self._requests: dict[str, _Request] = {}
        self._read_books()

    @property
    def name(self) -> str:
        return "sandbox"

    @property
    def delivered(self) -> dict[str, int]:
        """What really reached recipients, by request number: the truth to compare with."""
        self._read_books()
        now = self._clock.now()
        return {
            number: _quantity(request)
            for number, request in self._requests.items()
            if request.ready_at <= now and _quantity(request)
        }

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        manner = self.told.get(ask.account or "") or self.told.get(ask.sku_id) or Manner.DELIVER
        if manner is Manner.LOST:
            return SupplierAnswer(Outcome.UNKNOWN, reason="timeout")
        self._read_books()
        if ask.request_no not in self._requests:
            self._take_on(_Request(ask, manner, self._clock.now() + self.delay))
        if manner in (Manner.SILENT, Manner.SILENT_FAIL, Manner.MUTE):
            return SupplierAnswer(Outcome.UNKNOWN, reason="timeout")
        return self._word_on(self._requests[ask.request_no])

    def _take_on(self, request: _Request) -> None:
        if self._books is None:
            self._requests[request.ask.request_no] = request
            return
        with self._books.open("ab") as books:
            books.write(_ROW.dump_json(request) + b"\n")
        self._read_books()

    def _read_books(self) -> None:
        """Learn what was written since: the shop's other processes have a supplier each, and one book."""
        if self._books is None or not self._books.exists():
            return
        with self._books.open("rb") as books:
            books.seek(self._read_bytes)
            written = books.read()
        whole = written[: written.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        for row in whole.splitlines():
            request = _ROW.validate_json(row)
            # The first to write a number down took it on.
            self._requests.setdefault(request.ask.request_no, request)

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        self._read_books()
        request = self._requests.get(ask.request_no)
        if request is None:
            return SupplierAnswer(Outcome.ABSENT)
        if request.manner is Manner.MUTE:
            return SupplierAnswer(Outcome.UNKNOWN, reason="timeout")
        return self._word_on(request)

    def _word_on(self, request: _Request) -> SupplierAnswer:
        ref = f"sb-{request.ask.request_no}"
        left = request.ready_at - self._clock.now()
        if left > timedelta(0):
            return SupplierAnswer(
                Outcome.ACCEPTED, ref, ask_again_seconds=max(1, round(left.total_seconds()))
            )
        match request.manner:
            case Manner.FAIL | Manner.SILENT_FAIL:
                return SupplierAnswer(Outcome.FAILED, ref, reason="refused_by_supplier")
            case Manner.NEEDS_INFO:
                return SupplierAnswer(Outcome.NEEDS_INFO, ref, reason="recipient_refused")
            case Manner.PARTIAL:
                return SupplierAnswer(Outcome.PARTIAL, ref, _quantity(request))
            case _:
                return SupplierAnswer(Outcome.DONE, ref, _quantity(request))


def _quantity(request: _Request) -> int:
    match request.manner:
        case Manner.FAIL | Manner.SILENT_FAIL | Manner.NEEDS_INFO | Manner.LOST:
            return 0
        case Manner.PARTIAL:
            return request.ask.quantity // 2
        case _:
            return request.ask.quantity
