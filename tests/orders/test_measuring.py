"""How much of a line arrived, out of what a supplier says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.catalog import AccountKind, Delivery, RefundRule
from orders.measuring import KEYS_MISSING, ODD_DELIVERY, measured, whole_pieces
from orders.money import Fen
from orders.order import LineState, OrderLine
from orders.ports import Outcome, SupplierAnswer

LINE = OrderLine(
    line_no=1, sku_id="topup-100", product_id="topup", name="话费", variant="100元", quantity=3,
    account_kind=AccountKind.PHONE, account="13800138000", region=None, unit_price_fen=Fen(9980),
    amount_fen=Fen(29940), eta_minutes=3, delivery=Delivery.TOPUP, refund_rule=RefundRule.FAILED_ONLY,
    state=LineState.SUBMITTED,
)  # fmt: skip
FACE = Decimal(100)


@pytest.mark.parametrize(
    ("outcome", "arrived", "becomes", "pieces"),
    [
        (Outcome.DONE, "300", Outcome.DONE, 3),
        (Outcome.DONE, None, Outcome.DONE, 3),
        (Outcome.DONE, "0.00", Outcome.DONE, 3),
        (Outcome.DONE, "200", Outcome.UNKNOWN, 0),
        (Outcome.DONE, "400", Outcome.UNKNOWN, 0),
        (Outcome.DONE, "300.01", Outcome.UNKNOWN, 0),
        (Outcome.PARTIAL, "200.00", Outcome.PARTIAL, 2),
        (Outcome.PARTIAL, "300", Outcome.DONE, 3),
        (Outcome.PARTIAL, "250", Outcome.UNKNOWN, 0),
        (Outcome.PARTIAL, "60", Outcome.UNKNOWN, 0),
        (Outcome.PARTIAL, "-100", Outcome.UNKNOWN, 0),
        (Outcome.PARTIAL, "0", Outcome.UNKNOWN, 0),
        (Outcome.PARTIAL, None, Outcome.UNKNOWN, 0),
        (Outcome.FAILED, "100", Outcome.FAILED, 0),
    ],
)
def test_a_face_value_is_so_many_whole_pieces_or_for_a_person(
    outcome: Outcome, arrived: str | None, becomes: Outcome, pieces: int
) -> None:
    said = SupplierAnswer(outcome, arrived=None if arrived is None else Decimal(arrived))
    found = whole_pieces(LINE, measured(LINE, said, FACE))
    assert (found.outcome, found.delivered_quantity) == (becomes, pieces)
    assert (found.reason == ODD_DELIVERY) is (becomes is Outcome.UNKNOWN)


def test_what_is_no_amount_of_money_is_taken_at_the_suppliers_word() -> None:
    done = SupplierAnswer(Outcome.DONE, arrived=Decimal(30))
    assert measured(LINE, done, None) == done
    two = SupplierAnswer(Outcome.PARTIAL, delivered_quantity=2)
    assert measured(LINE, two, None) == two


@pytest.mark.parametrize(
    ("outcome", "keys", "pieces"),
    [
        (Outcome.DONE, 3, 3),
        (Outcome.DONE, 4, 3),
        (Outcome.DONE, 2, None),
        (Outcome.DONE, 0, None),
        (Outcome.PARTIAL, 2, 2),
        (Outcome.PARTIAL, 0, None),
    ],
)
def test_keys_are_counted_and_not_believed(outcome: Outcome, keys: int, pieces: int | None) -> None:
    line = replace(LINE, delivery=Delivery.CARD)
    said = SupplierAnswer(
        outcome, keys=tuple(f"KEY-{number}" for number in range(keys)), arrived=Decimal(300)
    )
    found = measured(line, said, FACE)
    if pieces is None:
        assert (found.outcome, found.reason) == (Outcome.UNKNOWN, KEYS_MISSING)
    else:
        assert (found.outcome, found.delivered_quantity) == (outcome, pieces)
