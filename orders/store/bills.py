"""Other people's bills, and what differs from our books, as rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Text, bindparam, delete, func, insert, select, text, update

from orders.database import Tx
from orders.money import Fen
from orders.ports import BillKind, BillRow
from orders.reconciling import PROCESSING, SUCCEEDED, Difference, Found, Party, What, decisive_number
from orders.store.instants import moment, stamp
from orders.tables import bill_rows, bills, differences

UNCLAIMED = "unclaimed"
"""How a difference is resolved whose money was booked apart; more may be said behind it."""

_BILL = select(bills).where(bills.c.party == bindparam("b_party"), bills.c.day == bindparam("b_day"))
_BILL_LOCKED = _BILL.with_for_update()
_ALL = select(bills).where(bills.c.day >= bindparam("b_since")).order_by(bills.c.day, bills.c.party)
_DAYS = select(bills.c.day).where(bills.c.party == bindparam("b_party")).order_by(bills.c.day)
_FORGET_ROWS = delete(bill_rows).where(
    bill_rows.c.party == bindparam("b_party"), bill_rows.c.day == bindparam("b_day")
)
_RESERVE = text(
    'INSERT INTO bills (party, day, fetched_at, "rows", agreed, digest) '
    "VALUES (:party, :day, 0, 0, 0, '') ON CONFLICT (party, day) DO NOTHING"
)
_REPLACE = (
    update(bills)
    .where(bills.c.party == bindparam("b_party"), bills.c.day == bindparam("b_day"))
    .values(
        fetched_at=bindparam("n_fetched_at"),
        rows=bindparam("n_rows"),
        agreed=0,
        digest=bindparam("n_digest"),
    )
)
_ADD_ROWS = insert(bill_rows)
_AGREED = (
    update(bills)
    .where(bills.c.party == bindparam("b_party"), bills.c.day == bindparam("b_day"))
    .values(agreed=bindparam("n_agreed"))
)
_ROWS = (
    select(bill_rows)
    .where(bill_rows.c.party == bindparam("b_party"), bill_rows.c.day == bindparam("b_day"))
    .order_by(bill_rows.c.row_no)
)
_ROW_OF = (
    select(bill_rows)
    .where(
        bill_rows.c.party == bindparam("b_party"),
        bill_rows.c.kind == bindparam("b_kind"),
        bill_rows.c.ref == bindparam("b_ref"),
        bill_rows.c.state == SUCCEEDED,
    )
    .order_by(bill_rows.c.day.desc())
)
_ON_OTHER_DAYS = select(bill_rows).where(
    bill_rows.c.party == bindparam("b_party"),
    bill_rows.c.day != bindparam("b_day"),
    bill_rows.c.state == SUCCEEDED,
)
_REF_ELSEWHERE = _ON_OTHER_DAYS.where(bill_rows.c.ref.in_(bindparam("b_numbers", expanding=True)))
_NO_ELSEWHERE = _ON_OTHER_DAYS.where(bill_rows.c.our_no.in_(bindparam("b_numbers", expanding=True)))

_BEGUN_ON_OTHER_DAYS = select(bill_rows.c.ref, bill_rows.c.our_no).where(
    bill_rows.c.party == bindparam("b_party"),
    bill_rows.c.day != bindparam("b_day"),
    bill_rows.c.kind == BillKind.REFUND.value,
    bill_rows.c.state == PROCESSING,
    bill_rows.c.our_no.in_(bindparam("b_numbers", expanding=True)),
)

# The same difference again keeps its number; one that was closed on other numbers is opened again,
# and keeps how it had been closed before.
_FOUND = text(
    "INSERT INTO differences (party, day, kind, what, our_no, ref, ours_fen, theirs_fen, detail, "
    "openings, found_at) VALUES "
    "(:party, :day, :kind, :what, :our_no, :ref, :ours_fen, :theirs_fen, :detail, 1, :found_at) "
    "ON CONFLICT (party, kind, what, our_no, ref) DO NOTHING"
)
_ITEM = select(differences).where(
    differences.c.party == bindparam("b_party"),
    differences.c.kind == bindparam("b_kind"),
    differences.c.what == bindparam("b_what"),
    differences.c.our_no == bindparam("b_our_no"),
    differences.c.ref == bindparam("b_ref"),
)
_BY_NO = select(differences).where(differences.c.difference_no == bindparam("b_difference_no"))
_LOCKED = _BY_NO.with_for_update()
_OPEN = select(differences).where(differences.c.resolved_at.is_(None)).order_by(differences.c.difference_no)
_OPEN_OF_DAY = _OPEN.where(
    differences.c.party == bindparam("b_party"), differences.c.day == bindparam("b_day")
)
_UNCLAIMED_OF_DAY = select(differences).where(
    differences.c.party == bindparam("b_party"),
    differences.c.day == bindparam("b_day"),
    differences.c.what == What.LONG.value,
    differences.c.resolution.contains(UNCLAIMED),
)
_SINCE = select(differences).where(differences.c.day >= bindparam("b_since"))
_CHANGE = (
    update(differences)
    .where(differences.c.difference_no == bindparam("b_difference_no"))
    .values(
        ours_fen=bindparam("n_ours_fen"),
        theirs_fen=bindparam("n_theirs_fen"),
        detail=bindparam("n_detail"),
        openings=bindparam("n_openings"),
        denied_at=bindparam("n_denied_at"),
        resolved_at=None,
        resolved_by=None,
        resolution=bindparam("n_resolution"),
    )
)
_DENY = (
    update(differences)
    .where(differences.c.difference_no == bindparam("b_difference_no"), differences.c.resolved_at.is_(None))
    .values(denied_at=bindparam("n_denied_at"))
)
_RESOLVE = (
    update(differences)
    .where(differences.c.difference_no == bindparam("b_difference_no"), differences.c.resolved_at.is_(None))
    .values(
        resolved_at=bindparam("n_resolved_at"),
        resolved_by=bindparam("n_resolved_by"),
        resolution=func.coalesce(differences.c.resolution + "; ", "") + bindparam("n_resolution", type_=Text),
    )
)
# What of an order's money or goods the other side denied, and nobody has seen to yet.
_DENIED = text(
    "SELECT 1 FROM differences d WHERE d.resolved_at IS NULL AND d.denied_at IS NOT NULL AND ("
    "d.kind = 'payment' AND d.our_no IN (SELECT out_trade_no FROM payments WHERE order_no = :order_no) "
    "OR d.kind = 'refund' AND d.our_no IN (SELECT refund_no FROM refunds WHERE order_no = :order_no2) "
    "OR d.kind = 'delivery' AND d.our_no IN (SELECT request_no FROM attempts WHERE order_no = :order_no3)"
    ") LIMIT 1"
)

NUMBERS_AT_ONCE = 500
"""So many numbers are looked up in one query; databases limit how many they take."""


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill that was taken in."""

    party: Party
    day: date
    rows: int
    agreed: int
    fetched_at: datetime


def bill(tx: Tx, party: Party, day: date, *, locked: bool = False) -> Bill | None:
    row = tx.execute(_BILL_LOCKED if locked else _BILL, _key(party, day)).first()
    return _bill(row) if row else None


def since(tx: Tx, day: date) -> tuple[Bill, ...]:
    """Every bill of that day and later, oldest first."""
    return tuple(_bill(row) for row in tx.execute(_ALL, {"b_since": day.isoformat()}))


def days(tx: Tx, party: Party) -> tuple[date, ...]:
    """The days whose bills of the party are known, oldest first."""
    return tuple(date.fromisoformat(day) for day in tx.execute(_DAYS, {"b_party": str(party)}).scalars())


def take_in(tx: Tx, party: Party, day: date, rows: Sequence[BillRow], now: datetime) -> bool:
    """Keep a bill; False, and nothing changed, where the very same was kept before."""
    written = [
        {
            "party": str(party),
            "day": day.isoformat(),
            "row_no": number,
            "kind": row.kind.value,
            "ref": row.ref,
            "our_no": row.our_no,
            "amount_fen": row.amount_fen,
            "fee_fen": row.fee_fen,
            "state": row.state,
            "at": stamp(row.at),
        }
        for number, row in enumerate(rows, start=1)
    ]
    digest = hashlib.sha256(json.dumps(written).encode()).hexdigest()
    tx.execute(_RESERVE, {"party": str(party), "day": day.isoformat()})
    # Who fetched the same bill at the same time waits here, and finds it taken in.
    if tx.execute(_BILL_LOCKED, _key(party, day)).one().digest == digest:
        return False
    tx.execute(_FORGET_ROWS, _key(party, day))
    facts = {"n_fetched_at": stamp(now), "n_rows": len(rows), "n_digest": digest}
    tx.execute(_REPLACE, _key(party, day) | facts)
    if written:
        tx.execute(_ADD_ROWS, written)
    return True


def agreed(tx: Tx, party: Party, day: date, count: int) -> None:
    """Write down how many rows of a bill agree with our books."""
    tx.execute(_AGREED, _key(party, day) | {"n_agreed": count})


def rows(tx: Tx, party: Party, day: date) -> tuple[BillRow, ...]:
    return tuple(_row(row) for row in tx.execute(_ROWS, _key(party, day)))


def row_of(tx: Tx, party: Party, found: Found) -> BillRow | None:
    """The row that a difference is about, of the newest bill that has it."""
    key = {"b_party": str(party), "b_kind": found.kind.value, "b_ref": found.ref}
    for row in map(_row, tx.execute(_ROW_OF, key)):
        if found.our_no in ("", row.our_no) or found.ref:
            return row
    return None


def on_other_days(
    tx: Tx, party: Party, day: date, refs: Iterable[str], our_nos: Iterable[str]
) -> frozenset[tuple[BillKind, str]]:
    """The decisive numbers of what has one of these numbers on the party's bills of other days."""
    found: set[tuple[BillKind, str]] = set()
    for query, numbers in ((_REF_ELSEWHERE, refs), (_NO_ELSEWHERE, our_nos)):
        for some in chunks(numbers):
            for row in tx.execute(query, _key(party, day) | {"b_numbers": some}):
                found.add((BillKind(row.kind), decisive_number(_row(row))))
    return frozenset(found)


def begun_on_other_days(tx: Tx, party: Party, day: date, our_nos: Iterable[str]) -> frozenset[str]:
    """Theirs and our numbers of those refunds that stand on the party's bills of other days as under way."""
    rows = (
        row
        for some in chunks(our_nos)
        for row in tx.execute(_BEGUN_ON_OTHER_DAYS, _key(party, day) | {"b_numbers": some})
    )
    return frozenset(number for row in rows for number in (row.ref, row.our_no) if number)


def chunks(numbers: Iterable[str]) -> Iterable[list[str]]:
    """The different numbers that are not empty, so many at a time as one query takes."""
    known = sorted({number for number in numbers if number})
    return (known[at : at + NUMBERS_AT_ONCE] for at in range(0, len(known), NUMBERS_AT_ONCE))


# --- differences --------------------------------------------------------------------------------


def note(tx: Tx, party: Party, day: date, found: Found, now: datetime) -> bool:
    """Make it a work item, once. True where it is news: a new one, or one opened again."""
    row = {
        "party": str(party),
        "day": day.isoformat(),
        "kind": found.kind.value,
        "what": found.what.value,
        "our_no": found.our_no,
        "ref": found.ref,
        "ours_fen": found.ours_fen,
        "theirs_fen": found.theirs_fen,
        "detail": found.detail,
        "found_at": stamp(now),
    }
    if tx.execute(_FOUND, row).rowcount == 1:
        return True
    known = _item(tx, party, found)
    assert known is not None, f"{found} is there already"
    if _is_same(known, found):
        return False
    again = known.resolved_at is not None
    tx.execute(
        _CHANGE,
        {
            "b_difference_no": known.difference_no,
            "n_ours_fen": found.ours_fen,
            "n_theirs_fen": found.theirs_fen,
            "n_detail": found.detail,
            "n_openings": known.openings + (1 if again else 0),
            "n_denied_at": None if again else known.denied_at,
            "n_resolution": f"{known.resolution} by {known.resolved_by}" if again else known.resolution,
        },
    )
    return again


def is_news(tx: Tx, party: Party, found: Found) -> bool:
    """Whether `note` would change anything."""
    known = _item(tx, party, found)
    return known is None or not _is_same(known, found)


def _item(tx: Tx, party: Party, found: Found) -> Row[Any] | None:
    key = {
        "b_party": str(party),
        "b_kind": found.kind.value,
        "b_what": found.what.value,
        "b_our_no": found.our_no,
        "b_ref": found.ref,
    }
    return tx.execute(_ITEM, key).first()


def _is_same(known: Row[Any], found: Found) -> bool:
    """What stands in our books may have been changed by the resolution itself; what they say may not."""
    if known.theirs_fen != found.theirs_fen:
        return False
    return known.resolved_at is not None or known.ours_fen == found.ours_fen


def difference(tx: Tx, difference_no: int, *, locked: bool = False) -> Difference | None:
    query = _LOCKED if locked else _BY_NO
    row = tx.execute(query, {"b_difference_no": difference_no}).first()
    return _difference(row) if row else None


def open_differences(tx: Tx) -> tuple[Difference, ...]:
    """Everything that nobody has resolved, oldest first."""
    return tuple(_difference(row) for row in tx.execute(_OPEN))


def open_of_day(tx: Tx, party: Party, day: date) -> tuple[Difference, ...]:
    return tuple(_difference(row) for row in tx.execute(_OPEN_OF_DAY, _key(party, day)))


def unclaimed_of_day(tx: Tx, party: Party, day: date) -> tuple[Difference, ...]:
    """Those that were once resolved by booking the money apart."""
    return tuple(_difference(row) for row in tx.execute(_UNCLAIMED_OF_DAY, _key(party, day)))


def differences_since(tx: Tx, day: date) -> tuple[Difference, ...]:
    """Open and resolved ones of that day and later."""
    return tuple(_difference(row) for row in tx.execute(_SINCE, {"b_since": day.isoformat()}))


def deny(tx: Tx, difference_no: int, now: datetime) -> bool:
    """The other side denies what our books say; False where it was resolved meanwhile."""
    return tx.execute(_DENY, {"b_difference_no": difference_no, "n_denied_at": stamp(now)}).rowcount == 1


def resolve(tx: Tx, difference_no: int, by: str, resolution: str, now: datetime) -> bool:
    """Close it; False where somebody was quicker."""
    row = {
        "b_difference_no": difference_no,
        "n_resolved_at": stamp(now),
        "n_resolved_by": by,
        "n_resolution": resolution,
    }
    return tx.execute(_RESOLVE, row).rowcount == 1


def is_denied(tx: Tx, order_no: str) -> bool:
    """The other side denies money or goods of the order, and nobody has seen to it yet."""
    # PostgreSQL deduces the type of each parameter where it stands, so each has its own.
    numbers = {"order_no": order_no, "order_no2": order_no, "order_no3": order_no}
    return tx.execute(_DENIED, numbers).first() is not None


def _key(party: Party, day: date) -> dict[str, str]:
    return {"b_party": str(party), "b_day": day.isoformat()}


def _bill(row: Row[Any]) -> Bill:
    day = date.fromisoformat(row.day)
    return Bill(Party.read(row.party), day, row.rows, row.agreed, moment(row.fetched_at))


def _row(row: Row[Any]) -> BillRow:
    amount, fee = Fen(row.amount_fen), Fen(row.fee_fen)
    return BillRow(BillKind(row.kind), row.ref, row.our_no, amount, fee, row.state, moment(row.at))


def _difference(row: Row[Any]) -> Difference:
    found = Found(
        kind=BillKind(row.kind),
        what=What(row.what),
        our_no=row.our_no,
        ref=row.ref,
        ours_fen=None if row.ours_fen is None else Fen(row.ours_fen),
        theirs_fen=None if row.theirs_fen is None else Fen(row.theirs_fen),
        detail=row.detail,
    )
    return Difference(
        difference_no=row.difference_no,
        party=Party.read(row.party),
        day=date.fromisoformat(row.day),
        found=found,
        openings=row.openings,
        found_at=moment(row.found_at),
        denied_at=moment(row.denied_at),
        resolved_at=moment(row.resolved_at),
        resolved_by=row.resolved_by,
        resolution=row.resolution,
    )
