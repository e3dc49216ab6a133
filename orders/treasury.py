"""Money that moves outside the shop, as a person tells the ledger: payouts to our bank, prepayments.

A bank's number of the transfer makes each of them unique: told twice, it is booked once.
"""

from __future__ import annotations

import re
from datetime import datetime

from orders import ledger
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import Fen
from orders.store import goods, money

LAST_TOLD = "last_transfer_told"
REF_LENGTH_MAX = 80
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,29}")


def paid_out(tx: Tx, gateway: str, amount_fen: Fen, reference: str, agent: str, now: datetime) -> None:
    """A gateway sent money to our bank. `reference` is the bank's number of it: the same one is booked once.
    Raises NotPermitted."""
    if ledger.receivable(gateway) not in money.balances(tx):
        raise NotPermitted(f"{gateway} holds nothing of ours; `xiadan ledger receivables` shows who does")
    _tell(tx, f"payout:{gateway}", reference, agent, ledger.on_payout(gateway, amount_fen), now)


def prepaid(tx: Tx, supplier: str, amount_fen: Fen, reference: str, agent: str, now: datetime) -> None:
    """We sent a supplier money in advance. Raises NotPermitted."""
    if not _NAME.fullmatch(supplier):
        raise NotPermitted(f"{supplier!r} is no supplier's name")
    _tell(tx, f"prepaid:{supplier}", reference, agent, ledger.on_prepaid(supplier, amount_fen), now)


def _tell(tx: Tx, what: str, reference: str, agent: str, told: ledger.Entries, now: datetime) -> None:
    if not any(told.values()):
        raise NotPermitted("nothing moved; give an amount above 0.00")
    if not _REFERENCE.fullmatch(reference):
        raise NotPermitted("a reference is up to 30 letters and digits: the bank's number of the transfer")
    # Two who book the same transfer at the same time queue here, for the ref names who.
    goods.set_fact(tx, LAST_TOLD, reference)
    if money.booked(tx, f"{what}:{reference}:"):
        raise NotPermitted(f"{what} {reference} is booked already")
    # The ledger has no column for who; the ref of what a person told it says so.
    ref = f"{what}:{reference}:{agent}"
    if not agent or len(ref) > REF_LENGTH_MAX:
        raise NotPermitted("say in a short word who books it")
    money.post(tx, ref, told, None, now)
