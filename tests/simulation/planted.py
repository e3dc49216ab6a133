"""Bugs that the simulation must find: at least one against each invariant.

Each is a part of the shop as somebody might have written it, handed in through a constructor. They are
bugs that shops really have: a notice that is settled twice, a time-out that is taken for a failure and sent
again, work that is handed to a queue after the commit, a refund under a new number, a bot that goes on
talking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.store import chats
from orders import delivering, refunding
from orders.backroom import Backroom
from orders.database import Tx
from orders.dispatch import Dispatch
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.order import EventKind, LineState, Order
from orders.ports import Job, Outcome, Payload, RefundAnswer, RefundStatus, SupplierAnswer
from orders.quote import Quote
from orders.shop import Shop
from orders.store import book
from tests.simulation.house import Kit, Sender


@dataclass(frozen=True)
class Planted:
    """A bug, and the invariants of the design that it breaks, one of which must be seen broken."""

    kit: Kit
    breaks: tuple[int, ...]


class Room(Backroom):
    """A back room in which something is amiss; `Shop` builds its own, so a shop swaps it."""


def with_room(room: type[Backroom]) -> Callable[..., Shop]:
    class Otherwise(Shop):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            fields = {name: getattr(self.room, name) for name in Backroom.__dataclass_fields__}
            self.room = room(**fields)

    return Otherwise


class TellsNoCancelling(Room):
    """1: a state moves, and the step is not written down."""

    def note(self, tx: Tx, order_no: str, kind: EventKind, now: datetime, *rest: Any, **more: Any) -> None:
        if kind is not EventKind.CANCELLED:
            super().note(tx, order_no, kind, now, *rest, **more)


class ExpiresWhateverIsPaid(Shop):
    """1: the timer closes the order without looking, as shops do whose update has no condition."""

    def expire(self, tx: Tx, order_no: str, now: datetime, *, unheard: bool = False) -> bool:
        order = book.get(tx, order_no)
        if order is not None and order.settled_fen:
            tx.exec_driver_sql("UPDATE orders SET state = 'expired' WHERE order_no = ?", (order_no,))
            return True
        return super().expire(tx, order_no, now, unheard=unheard)


class ExpiresLate(EmbeddedJobs):
    """Leaves the timer of a paid order running."""

    def cancel(self, tx: Tx, key: str) -> None:
        if not key.startswith("expire:"):
            super().cancel(tx, key)


class NeverDelivers(EmbeddedJobs):
    """3: the work after the payment is forgotten, and so is the sweep."""

    def enqueue(
        self, tx: Tx, kind: str, key: str, payload: Payload, run_at: datetime, lane: str | None = None
    ) -> None:
        if kind not in ("submit_line", "sweep"):
            super().enqueue(tx, kind, key, payload, run_at, lane)


class QueuesInMemory(EmbeddedJobs):
    """8: work is handed to a queue beside the database; who dies before it is written loses it."""

    def __init__(self, policy: Any) -> None:
        super().__init__(policy)
        self._waiting: list[tuple[str, str, Payload, datetime, str | None]] = []

    def enqueue(
        self, tx: Tx, kind: str, key: str, payload: Payload, run_at: datetime, lane: str | None = None
    ) -> None:
        self._waiting.append((kind, key, payload, run_at, lane))

    def claim_due(self, tx: Tx, now: datetime, limit: int) -> tuple[Job, ...]:
        for waiting in self._waiting:
            super().enqueue(tx, *waiting)
        self._waiting.clear()
        return super().claim_due(tx, now, limit)


class RefundsAnew(Dispatch):
    """3: a refund that was not answered is asked for again, under another number."""

    async def query_refund(self, job: Job) -> None:
        number = str(job.payload["refund_no"])
        found = await self._database.read(lambda tx: refunding.open_ask(tx, number))
        if found is not None:
            name, ask = found
            again = replace(ask, refund_no=f"{ask.refund_no}x")
            await self._settle_refund(number, self._gateways[name].refund(again))


class BelievesARefund(Dispatch):
    """2: a refund that is being processed is booked as done."""

    async def _settle_refund(self, refund_no: str, call: Any) -> None:
        said = await call
        if said.status is RefundStatus.PROCESSING:
            said = RefundAnswer(RefundStatus.SUCCEEDED)
        now = self._clock.now()
        await self._database.write(lambda tx: refunding.answer(tx, self._room, refund_no, said, now))


class SendsAgain(Dispatch):
    """4: a supplier that did not answer is sent the same again, at once."""

    async def _answered(self, call: Any) -> SupplierAnswer:
        said = await super()._answered(call)
        return said if said.outcome is not Outcome.UNKNOWN else SupplierAnswer(Outcome.ABSENT)

    async def query_attempt(self, job: Job) -> None:
        order_no, line_no = str(job.payload["order_no"]), int(job.payload["line_no"])
        number = int(job.payload["attempt"])
        found = await self._database.read(lambda tx: delivering.open_ask(tx, order_no, line_no, number))
        if found is not None:
            name, ask = found
            await self._settle(ask, await self._answered(self._by_name[name].submit(ask)))  # type: ignore[union-attr]


class TakesSilenceForFailure(Dispatch):
    """4: no answer is taken for `failed`; the money goes back, and the goods arrive all the same."""

    async def _answered(self, call: Any) -> SupplierAnswer:
        said = await super()._answered(call)
        return said if said.outcome is not Outcome.UNKNOWN else SupplierAnswer(Outcome.FAILED)


class Reprices(Shop):
    """7: an order costs what the catalog says when it is placed, not what was quoted."""

    def place(self, tx: Tx, quote: Quote, now: datetime) -> Order:
        catalog = self.catalog(tx)
        lines = []
        for line in quote.lines:
            sku = catalog.sku(line.sku_id)
            price = sku.price_fen if sku else line.unit_price_fen
            lines.append(replace(line, unit_price_fen=price, amount_fen=Fen(price * line.quantity)))
        total = Fen(sum(line.amount_fen for line in lines) + quote.fee_fen)
        return super().place(tx, replace(quote, lines=tuple(lines), total_fen=total), now)


class PlacesTwice(Shop):
    """5: a second tap is a second order."""

    def place(self, tx: Tx, quote: Quote, now: datetime) -> Order:
        again = replace(quote, quote_id=self.room.chance.token(16))
        return super().place(tx, again if book.by_quote(tx, quote.quote_id) else quote, now)


class GoesOnTalking(Sender):
    """6: what the bot wrote is sent, whoever attends by then."""

    async def send(self, job: Job) -> None:
        number = int(job.payload["outgoing_id"])

        def look(tx: Tx) -> Any:
            found = chats.outgoing(tx, number)
            return found[0] if found and found[1] is chats.Delivery.PENDING else None

        message = await self._database.write(look)
        if message is not None:
            await self._channels[message.chat.channel].send(message)
            await self._database.write(lambda tx: chats.mark(tx, number, chats.Delivery.SENT))


def forgets(pattern: str, instead: str) -> Callable[[str, Any], tuple[str, Any]]:
    """A database to which another statement is sent than was meant."""
    wrong = re.compile(pattern, re.DOTALL)
    return lambda statement, parameters: (wrong.sub(instead, statement), parameters)


def loses_a_fen(statement: str, parameters: Any) -> tuple[str, Any]:
    """2: revenue is booked by one 分 less, as rounding does."""
    if statement.startswith("INSERT INTO ledger"):
        several = isinstance(parameters, list) and not isinstance(parameters[0], str | int)
        rows = [_rounded(row) for row in (parameters if several else [parameters])]
        return statement, rows if several else rows[0]
    return statement, parameters


def _rounded(row: Any) -> Any:
    values = row.values() if isinstance(row, dict) else row
    if "revenue" not in values:
        return row
    if isinstance(row, dict):
        return {name: _less(value) for name, value in row.items()}
    return tuple(map(_less, row))


def _less(value: Any) -> Any:
    return value + 1 if isinstance(value, int) and value < 0 else value


def hears_contradictions_anew(statement: str, parameters: Any) -> tuple[str, Any]:
    """5: a supplier that repeats itself makes a new step of the timeline each time."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    if statement.startswith("SELECT order_events.detail") and "contradicted" in values:
        return statement.replace("WHERE", "WHERE 1 = 0 AND"), parameters
    return statement, parameters


class TriesTheUnknownAgain(Shop):
    """1 and 4: a person sends a delivery again whose end is not known."""

    def resolve(
        self, tx: Tx, order_no: str, line_no: int, said: SupplierAnswer, agent: str, now: datetime
    ) -> Order:
        order = book.get(tx, order_no)
        line = order.line(line_no) if order else None
        if order is not None and line is not None and line.state is LineState.UNKNOWN:
            # A person tries once more instead of telling how it ended.
            tx.exec_driver_sql(
                "UPDATE attempts SET ended_at = 1 WHERE order_no = ? AND line_no = ? AND ended_at IS NULL",
                (order_no, line_no),
            )
            tx.exec_driver_sql(
                "UPDATE order_lines SET state = 'queued' WHERE order_no = ? AND line_no = ?",
                (order_no, line_no),
            )
            return order
        return super().resolve(tx, order_no, line_no, said, agent, now)


PLANTED: Mapping[str, Planted] = {
    "a cancelling is not written down": Planted(Kit(shop=with_room(TellsNoCancelling)), (1,)),
    "a timer closes what is paid": Planted(Kit(shop=ExpiresWhateverIsPaid, jobs=ExpiresLate), (1,)),
    "a person sends an unknown delivery again": Planted(Kit(shop=TriesTheUnknownAgain), (1, 4)),
    "revenue loses a fen": Planted(Kit(rewrite=loses_a_fen), (2,)),
    "a refund under way is booked as done": Planted(Kit(dispatch=BelievesARefund), (2,)),
    "paid lines are forgotten": Planted(Kit(jobs=NeverDelivers), (3,)),
    "an unanswered refund is asked for under another number": Planted(Kit(dispatch=RefundsAnew), (2, 3)),
    "keys are sold whoever has them": Planted(
        Kit(rewrite=forgets(r"card_keys\.state = (\?|:\w+)", r"card_keys.state <> 'void' AND \1 = 'free'")),
        (4,),
    ),
    "an unanswered delivery is sent again": Planted(Kit(dispatch=SendsAgain), (4,)),
    "silence is taken for failure": Planted(Kit(dispatch=TakesSilenceForFailure), (4,)),
    "the same money is booked again": Planted(
        Kit(rewrite=forgets(r"FROM payment_evidence\s+WHERE", "FROM payment_evidence WHERE 1 = 0 AND")),
        (0, 5),
    ),
    "a callback that comes again is news again": Planted(Kit(rewrite=hears_contradictions_anew), (5,)),
    "a second tap is a second order": Planted(Kit(shop=PlacesTwice), (5,)),
    "the bot goes on talking": Planted(Kit(sender=GoesOnTalking), (6,)),
    "an order costs what the catalog says now": Planted(Kit(shop=Reprices), (7,)),
    "a notice is acknowledged before it is written": Planted(Kit(acknowledges_first=True), (8,)),
    "work waits in memory": Planted(Kit(jobs=QueuesInMemory), (3, 8)),
}
