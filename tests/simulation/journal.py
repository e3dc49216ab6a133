"""Watches every commit: which states moved, from what to what, and whether that was written down.

Triggers of the connection's own note what the shop changes in its tables, so the shop cannot leave
anything out. Only what is committed is ever read; what is rolled back was never noted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from orders.order import LINE_MOVES, ORDER_MOVES, PAYMENT_MOVES, LineState

BY_ORDER = ("orders", "order_lines", "order_events", "payments", "refunds", "attempts", "ledger", "card_keys")
"""Tables whose rows belong to an order."""

NEVER_DELETED = ("orders", "order_lines", "payments", "refunds", "attempts", "card_keys", "stock")

_MOVES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "order": {
        before.value: frozenset(state.value for state in after) for before, after in ORDER_MOVES.items()
    },
    "money": {
        before.value: frozenset(state.value for state in after) for before, after in PAYMENT_MOVES.items()
    },
    "line": {before.value: frozenset(state.value for state in after) for before, after in LINE_MOVES.items()},
    "payment": {
        before.value: frozenset(state.value for state in after) for before, after in PAYMENT_MOVES.items()
    },
    "refund": {
        "requested": frozenset({"submitting", "succeeded", "refused"}),
        "submitting": frozenset({"requested", "processing", "unknown", "succeeded", "refused"}),
        "processing": frozenset({"requested", "unknown", "succeeded", "refused"}),
        "unknown": frozenset({"requested", "processing", "succeeded", "refused"}),
        "refused": frozenset({"requested", "succeeded"}),
        "succeeded": frozenset(),
    },
    "key": {
        "free": frozenset({"sold", "void", "expired", "damaged"}),
        "sold": frozenset({"void"}),
        "void": frozenset(),
        "expired": frozenset({"void"}),
        "damaged": frozenset({"void"}),
    },
}
_TOLD = ("order", "money", "line")
"""Moves that stand in the order's timeline. That a supplier is about to be called stands in the
attempts instead: that nothing happened yet is no event."""


class Broken(BaseException):
    """One of the eight invariants of the design does not hold any more. Not an Exception: nothing that
    runs in between may catch it."""

    def __init__(self, number: int, what: str) -> None:
        self.number = number
        self.what = what
        super().__init__(f"invariant {number}: {what}")


class Journal:
    """What was committed since somebody looked."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self.attended: dict[str, int] = {}
        """Chats that a person attends, and in which transaction he took each."""
        self.moves = 0
        """How many states moved in all."""
        raw.executescript(_SCRIPT)

    def read(self, tick: int) -> None:
        """Look at what the last commit, number `tick`, did. Raises Broken."""
        rows = self._raw.execute(
            "SELECT what, order_no, line_no, was, becomes FROM moves ORDER BY n"
        ).fetchall()
        if not rows:
            return
        self._raw.execute("DELETE FROM moves")
        told = {row[1] for row in rows if row[0] == "event"}
        for what, order_no, line_no, was, becomes in rows:
            if what == "event":
                continue
            if what == "attended":
                self.attended.pop(order_no, None)
                if becomes == "agent":
                    self.attended[order_no] = tick
                continue
            self.moves += 1
            if what == "owner":
                raise Broken(4, f"a key of {was} became one of {becomes}")
            if what == "ended":
                raise Broken(4, f"attempt {line_no} of {order_no} was opened again")
            if becomes not in _MOVES[what][was]:
                raise Broken(1, f"{what} {line_no or ''} of {order_no} went from {was} to {becomes}")
            if what in _TOLD and becomes != LineState.SUBMITTING.value and order_no not in told:
                raise Broken(1, f"{what} of {order_no} became {becomes}, and no event tells it")

    def touched(self) -> int:
        """How many orders were changed since `forget`."""
        count: int = self._raw.execute("SELECT COUNT(*) FROM touched").fetchone()[0]
        return count

    def forget(self) -> None:
        self._raw.execute("DELETE FROM touched")


def _noting(table: str) -> str:
    insert = "INSERT OR IGNORE INTO touched SELECT NEW.order_no WHERE NEW.order_no IS NOT NULL;"
    return (
        f"CREATE TEMP TRIGGER touch_new_{table} AFTER INSERT ON main.{table} BEGIN {insert} END;\n"
        f"CREATE TEMP TRIGGER touch_old_{table} AFTER UPDATE ON main.{table} BEGIN {insert} END;\n"
    )


def _watching(what: str, table: str, column: str, line: str) -> str:
    return (
        f"CREATE TEMP TRIGGER moved_{what} AFTER UPDATE OF {column} ON main.{table} "
        f"WHEN OLD.{column} <> NEW.{column} BEGIN "
        f"INSERT INTO moves (what, order_no, line_no, was, becomes) "
        f"VALUES ('{what}', NEW.order_no, {line}, OLD.{column}, NEW.{column}); END;\n"
    )


def _keeping(table: str) -> str:
    return (
        f"CREATE TEMP TRIGGER keep_{table} BEFORE DELETE ON main.{table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END;\n"
    )


_SCRIPT = (
    "CREATE TEMP TABLE touched (order_no TEXT PRIMARY KEY);\n"
    "CREATE TEMP TABLE moves (n INTEGER PRIMARY KEY, what, order_no, line_no, was, becomes);\n"
    + "".join(map(_noting, BY_ORDER))
    + _watching("order", "orders", "state", "NULL")
    + _watching("money", "orders", "payment_state", "NULL")
    + _watching("line", "order_lines", "state", "NEW.line_no")
    + _watching("payment", "payments", "state", "NEW.payment_id")
    + _watching("refund", "refunds", "state", "NEW.refund_no")
    + _watching("key", "card_keys", "state", "NEW.key_no")
    + """
CREATE TEMP TRIGGER told AFTER INSERT ON main.order_events BEGIN
    INSERT INTO moves (what, order_no) VALUES ('event', NEW.order_no); END;
CREATE TEMP TRIGGER attended AFTER UPDATE OF attended ON main.chats BEGIN
    INSERT INTO moves (what, order_no, was, becomes) VALUES ('attended', NEW.chat_id, OLD.attended, NEW.attended); END;
CREATE TEMP TRIGGER owner AFTER UPDATE OF order_no, line_no ON main.card_keys
    WHEN OLD.order_no IS NOT NULL AND (OLD.order_no, OLD.line_no) IS NOT (NEW.order_no, NEW.line_no) BEGIN
    INSERT INTO moves (what, order_no, line_no, was, becomes)
    VALUES ('owner', NEW.order_no, NEW.line_no, OLD.order_no, NEW.order_no); END;
CREATE TEMP TRIGGER reopened AFTER UPDATE OF ended_at ON main.attempts
    WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL BEGIN
    INSERT INTO moves (what, order_no, line_no) VALUES ('ended', NEW.order_no, NEW.attempt); END;
"""
    + "".join(map(_keeping, NEVER_DELETED))
)
