"""Our books beside everybody's bills, as the rest of the shop sees it: taken in, compared, resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orders import billing, differences
from orders.backroom import Backroom
from orders.catalog import Catalog
from orders.database import Tx
from orders.differences import Answer, Question, Resolution
from orders.ports import BillRow
from orders.reconciling import Difference, Party
from orders.store import bills
from orders.store.bills import Bill


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The public face of reconciliation: each method does its work in the caller's transaction."""

    room: Backroom
    catalog: Callable[[Tx], Catalog]

    def take_in(self, tx: Tx, party: Party, day: date, rows: Sequence[BillRow], now: datetime) -> bool:
        """Keep the other side's bill of a day; False where the very same was kept before."""
        return bills.take_in(tx, party, day, rows, now)

    def compare(self, tx: Tx, party: Party, day: date, now: datetime) -> bool:
        """Lay the bill of a day beside our books; what differs becomes work for somebody. Again is
        harmless. False where there is no bill of that day."""
        return billing.compare_day(tx, self.room, party, day, now)

    def would_change(self, tx: Tx, party: Party, day: date) -> bool:
        """Whether `compare` would change anything now."""
        return billing.would_change(tx, self.room, party, day)

    def open(self, tx: Tx) -> tuple[Difference, ...]:
        """Everything in which a bill differs from our books and that nobody has resolved."""
        return bills.open_differences(tx)

    def bills_since(self, tx: Tx, day: date) -> tuple[Bill, ...]:
        """Every bill of that day and later that was taken in, oldest first."""
        return bills.since(tx, day)

    def differences_since(self, tx: Tx, day: date) -> tuple[Difference, ...]:
        """Everything in which bills of that day and later differed, also what is resolved."""
        return bills.differences_since(tx, day)

    def difference(self, tx: Tx, difference_no: int) -> Difference | None:
        return bills.difference(tx, difference_no)

    def question(self, tx: Tx, difference: Difference) -> Question | None:
        """What to ask the other side about a difference whose action is QUERY."""
        return differences.question(tx, difference)

    def resolve(
        self,
        tx: Tx,
        difference_no: int,
        agent: str,
        now: datetime,
        said: Answer | None = None,
        note: str = "",
    ) -> Resolution:
        """Carry out the one action of an open difference, in somebody's name. `said` is what they
        answered when asked just now, `note` what a person did about it. Raises NotPermitted."""
        return differences.resolve(tx, self.room, self.catalog(tx), difference_no, agent, now, said, note)
