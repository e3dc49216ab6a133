"""The eight invariants, looked at after every event, and what holds each of them.

The shop's own queries (`orders.invariants`) are asked about the orders that the event touched, by the
same SQL: common table expressions of the tables' names stand in front of each query. Every so often
they are asked about everything. Beside them the shop's books are held against those of the banks
and of the supplier, who know what really happened.

| invariant                               | held by                                                        |
|-----------------------------------------|----------------------------------------------------------------|
| 1 every move is legal, and told         | `Journal`, at each commit                                      |
| 2 the ledger                            | the queries; `_money_is_real`; at the end `_every_fen_is_there`|
| 3 never negative; ends in bounded time  | the queries; `_money_is_real`; `ending.everything_ended`       |
| 4 one owner a key, one delivery a line  | the queries, `Journal`; `_nothing_twice`; keys as seen         |
| 5 the same event twice                  | `customers.unchanged`, after events of every kind              |
| 6 silence while a person attends        | `HostileChannel`, at each sending                              |
| 7 the price quoted is the price asked   | `_prices_stand`                                                |
| 8 nothing is lost by a crash            | `_what_was_heard_is_there`; `ending.everything_was_told`       |
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from orders.invariants import INVARIANTS
from tests.simulation.depot import Manner
from tests.simulation.journal import BY_ORDER, Broken
from tests.simulation.life import World

EVERYTHING_EVERY = 200

NUMBER_OF = {
    "a set of ledger entries sums to zero": 2,
    "customers' advances are what was settled, less what was delivered, promised back, and fees earned": 2,
    "what a gateway holds for us is what was settled less what was refunded": 2,
    "an order is settled by exactly the money of its one payment": 2,
    "an order never gives back more than it got": 3,
    "an order's refunds are the refunds that were promised": 3,
    "only a paid order is delivered": 1,
    "a completed order has nothing left to deliver": 1,
    "a placed order has something left to deliver": 3,
    "a timeline is numbered without gaps and begins with the placing": 1,
}
"""Which invariant of the design a query belongs to; the others are about goods, and number 4."""

_RESTRICTED = ",\n".join(
    f"{table} AS NOT MATERIALIZED (SELECT * FROM main.{table} WHERE order_no IN (SELECT order_no FROM temp.touched))"
    for table in BY_ORDER
)


def of_the_touched(query: str) -> str:
    """The same query about the touched orders alone, where it finds orders; else as it is."""
    if "order_no AS subject" not in query:
        return query
    stripped = query.strip()
    if re.match(r"WITH\b", stripped):
        return f"WITH {_RESTRICTED},\n{stripped[4:]}"
    return f"WITH {_RESTRICTED}\n{stripped}"


_ABOUT_TOUCHED = {name: of_the_touched(query) for name, query in INVARIANTS.items()}


class Books:
    """What was true so far, so that it can be seen when it is not any more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._raw = world.straight.raw
        self._journal = world.straight.journal
        self._orders_seen = 0
        self._heard_seen = self._returned_seen = 0
        self._messages_seen = 0
        self._carried_seen: Counter[str] = Counter()
        self._looked_at_all = 0

    def check(self) -> None:
        """Raises Broken."""
        world = self._world
        everything = world.events >= self._looked_at_all + EVERYTHING_EVERY
        self._what_was_heard_is_there(everything)
        self._nothing_twice()
        if everything:
            self._looked_at_all = world.events
            self.ask(INVARIANTS)
            self._raw.execute("INSERT OR IGNORE INTO touched SELECT order_no FROM main.orders")
        elif not self._journal.touched():
            return
        if not everything:
            self.ask(_ABOUT_TOUCHED)
        self._prices_stand()
        self._money_is_real()
        self._sweeps_are_silent()
        self._journal.forget()

    def ask(self, queries: Any) -> None:
        for name, query in queries.items():
            found = self._raw.execute(query).fetchone()
            if found is not None:
                raise Broken(NUMBER_OF.get(name, 4), f"{name}: {found[0]}")

    def _touched(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return self._raw.execute(
            f"SELECT {columns} FROM main.{table} WHERE order_no IN (SELECT order_no FROM temp.touched) ORDER BY rowid"
        ).fetchall()

    def _prices_stand(self) -> None:
        quotes = self._world.quotes
        columns = "order_no, quote_id, customer_id, total_fen, list_fen, fee_fen"
        for order_no, quote_id, customer, total, listed, fee in self._touched(columns, "orders"):
            quote = quotes.get(quote_id)
            if quote is None or quote.customer_id != customer:
                raise Broken(7, f"{order_no} was placed from a quote that its customer was not shown")
            if (total, listed, fee) != (quote.total_fen, quote.list_fen, quote.fee_fen):
                raise Broken(7, f"{order_no} costs {total}, quoted were {quote.total_fen}")
            lines = self._raw.execute(
                "SELECT sku_id, quantity, unit_price_fen, amount_fen FROM order_lines WHERE order_no = ? ORDER BY line_no",
                (order_no,),
            ).fetchall()
            if lines != [
                (line.sku_id, line.quantity, line.unit_price_fen, line.amount_fen) for line in quote.lines
            ]:
                raise Broken(7, f"the lines of {order_no} are not those that were quoted")
            asked = self._raw.execute(
                "SELECT COUNT(*) FROM payments WHERE order_no = ? AND amount_fen <> ?", (order_no, total)
            ).fetchone()[0]
            if asked:
                raise Broken(7, f"another price was asked for {order_no} than was quoted")

    def _money_is_real(self) -> None:
        """Whatever the shop believes of money, the bank's books say too."""
        banks = self._world.banks
        columns = "order_no, gateway, out_trade_no, psp_ref, amount_fen, refunded_fen"
        for order_no, gateway, number, psp_ref, amount, refunded in self._touched(columns, "payments"):
            if psp_ref is None:
                continue
            moved = [
                paid
                for trade_no, several in banks[gateway].movements.items()
                if trade_no.startswith(order_no)
                for paid in several
                if paid.psp_ref == psp_ref
            ]
            if not moved or moved[0].amount_fen != amount:
                raise Broken(2, f"{number} was booked with {psp_ref}, which is no such money")
            given_back = sum(
                refund.ask.amount_fen
                for refund in banks[gateway].refunds.values()
                if refund.ask.psp_ref == psp_ref and refund.gave_back
            )
            if given_back > amount:
                raise Broken(3, f"{given_back} of {amount} were given back for {number}")
            if refunded > given_back:
                raise Broken(2, f"{refunded} were booked as given back for {number}, but {given_back} were")
        for order_no, refund_no, state in self._touched("order_no, refund_no, state", "refunds"):
            known = [bank.refunds[refund_no] for bank in banks.values() if refund_no in bank.refunds]
            if state == "succeeded" and not any(refund.gave_back for refund in known):
                raise Broken(2, f"refund {refund_no} of {order_no} never happened")

    def _nothing_twice(self) -> None:
        """By the supplier's own count: what no lie of its own explains."""
        carried = self._world.depot.carried
        if sum(map(len, carried.values())) == self._carried_seen["all"]:
            return
        self._carried_seen["all"] = sum(map(len, carried.values()))
        worth: Counter[tuple[str, int]] = Counter()
        for requests in carried.values():
            for request in requests:
                if request.manner is Manner.LIES or (request.is_reversed):
                    continue
                worth[request.ask.order_no, request.ask.line_no] += request.quantity
                if worth[request.ask.order_no, request.ask.line_no] > request.ask.quantity:
                    raise Broken(4, f"{request.ask.order_no}-{request.ask.line_no} was delivered twice")

    def _what_was_heard_is_there(self, everything: bool) -> None:
        """What the shop said to have heard stands in its books, also after its process died."""
        world = self._world
        heard = world.acknowledged if everything else world.acknowledged[self._heard_seen :]
        self._heard_seen = len(world.acknowledged)
        for gateway, psp_ref in heard:
            if not self._raw.execute(
                "SELECT 1 FROM payment_evidence WHERE gateway = ? AND psp_ref = ?", (gateway, psp_ref)
            ).fetchone():
                raise Broken(8, f"{psp_ref} of {gateway} was acknowledged, and is nowhere written")
        returned = world.given_back if everything else world.given_back[self._returned_seen :]
        self._returned_seen = len(world.given_back)
        for refund_no in returned:
            if not self._raw.execute(
                "SELECT 1 FROM refunds WHERE refund_no = ? AND state = 'succeeded'", (refund_no,)
            ).fetchone():
                raise Broken(8, f"{refund_no} was told to have been given back, and is not booked")
        orders = world.orders if everything else world.orders[self._orders_seen :]
        self._orders_seen = len(world.orders)
        for placed in orders:
            if not self._raw.execute(
                "SELECT 1 FROM orders WHERE order_no = ?", (placed.order_no,)
            ).fetchone():
                raise Broken(8, f"{placed.order_no} was told to its customer, and is nowhere written")
        messages = world.heard if everything else world.heard[self._messages_seen :]
        self._messages_seen = len(world.heard)
        for message_id in messages:
            if not self._raw.execute("SELECT 1 FROM messages WHERE message_id = ?", (message_id,)).fetchone():
                raise Broken(8, f"message {message_id} was taken, and is nowhere written")

    def _sweeps_are_silent(self) -> None:
        """The shop's own sweep finds nothing broken and nothing dropped either."""
        found = self._raw.execute(
            "SELECT kind, subject, detail FROM alarms WHERE kind IN ('invariant', 'work_dropped') "
            "AND detail NOT LIKE '%bounded time%' ORDER BY alarm_no LIMIT 1"
        ).fetchone()
        if found is not None:
            raise Broken(8 if found[0] == "work_dropped" else 3, f"the sweep rang: {' '.join(found)}")
