"""The full outer join by itself: whatever is planted on a bill is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.bill_reading import AMOUNT_MAX_FEN, BillUnreadable, rows_of
from orders.money import Fen
from orders.ports import BillAnswer, BillKind, BillRow
from orders.reconciling import (
    Books,
    Comparison,
    Movement,
    Party,
    Side,
    Stand,
    What,
    china_day,
    compare,
    start_of,
)
from tests.orders.world import POLICY

DAY = date(2026, 1, 5)
NOON = start_of(DAY) + timedelta(hours=12)


def movement(number: int, kind: BillKind = BillKind.PAYMENT, **facts: object) -> Movement:
    whole = Movement(
        kind=kind,
        our_no=f"2026-{number}",
        ref=f"psp-{number}",
        order_no="20260105000001",
        amount_fen=Fen(1000 + number),
        kept_fen=Fen(0),
        stand=Stand.SUCCEEDED,
        at=NOON,
        worth_fen=Fen(5000),
    )
    return replace(whole, **facts)  # type: ignore[arg-type]


def row(ours: Movement, **facts: object) -> BillRow:
    whole = BillRow(
        ours.kind, ours.ref, ours.our_no, ours.amount_fen or Fen(0), ours.kept_fen, "succeeded", NOON
    )
    return replace(whole, **facts)  # type: ignore[arg-type]


def compared(ours: list[Movement], rows: list[BillRow], **books: object) -> Comparison:
    whole = Books(tuple(ours), tuple(one for one in ours if one.at), frozenset(), True, True)
    return compare(DAY, rows, replace(whole, **books), POLICY.reconciliation)  # type: ignore[arg-type]


def found(comparison: Comparison) -> set[tuple[What, str]]:
    return {(one.what, one.our_no or one.ref) for one in comparison.found}


PLANTED = ("nothing", "missing", "extra", "amount", "fee", "state", "twice", "other_money")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PLANTED), st.sampled_from(list(BillKind))), max_size=12), st.randoms()
)
def test_whatever_is_planted_is_found_and_nothing_else(
    plan: list[tuple[str, BillKind]], chance: object
) -> None:
    ours, rows, expected, agreeing = [], [], set(), 0
    for number, (what, kind) in enumerate(plan):
        one = movement(number, kind)
        same = row(one)
        ours.append(one)
        match what:
            case "missing":
                expected.add((What.SHORT, one.our_no))
            case "extra":
                rows += [same, replace(same, our_no=f"x-{number}", ref=f"y-{number}")]
                expected.add((What.LONG, f"x-{number}"))
                agreeing += 1
            case "amount":
                rows.append(replace(same, amount_fen=Fen(same.amount_fen + 1)))
                expected.add((What.AMOUNT, one.our_no))
            case "fee":
                rows.append(replace(same, fee_fen=Fen(900)))
                # What a supplier takes besides is a part of what it charges.
                expected.add((What.AMOUNT if kind is BillKind.DELIVERY else What.FEE, one.our_no))
            case "state":
                rows.append(replace(same, state="failed"))
                expected.add((What.STATE, one.our_no))
            case "twice":
                rows += [same, same]
                expected.add((What.LONG, one.our_no))
                agreeing += 1
            case "other_money" if kind is BillKind.PAYMENT:
                rows += [same, replace(same, ref=f"z-{number}")]
                expected.add((What.LONG, one.our_no))
                agreeing += 1
            case _:
                rows.append(same)
                agreeing += 1
    chance.shuffle(rows)  # type: ignore[attr-defined]
    comparison = compared(ours, rows)
    assert found(comparison) == expected
    assert (comparison.rows, comparison.agreed) == (len(rows), agreeing)


class TestWhatIsNoDifference:
    def test_two_refunds_that_the_gateway_gives_one_number(self) -> None:
        refunds = [movement(number, BillKind.REFUND, ref="psp-of-the-payment") for number in (1, 2)]
        rows = [row(one) for one in refunds]
        assert found(compared(refunds, rows)) == set()
        elsewhere = frozenset({(BillKind.REFUND, refunds[0].our_no)})
        assert found(compared(refunds[1:], rows[1:], elsewhere=elsewhere)) == set()
        assert found(compared(refunds[1:], [], elsewhere=elsewhere)) == {(What.SHORT, refunds[1].our_no)}

    def test_a_refund_that_the_gateway_gives_none_of_our_numbers(self) -> None:
        refund = movement(1, BillKind.REFUND)
        assert found(compared([refund], [row(refund, our_no="")])) == set()

    def test_a_failed_try_before_the_payment(self) -> None:
        paid = movement(1)
        assert found(compared([paid], [row(paid, state="failed", ref=""), row(paid)])) == set()

    def test_a_payment_that_nobody_made(self) -> None:
        unpaid = movement(1, ref="", stand=Stand.OPEN, at=None)
        assert (
            found(compared([unpaid], [row(unpaid, state="failed"), row(movement(2), state="processing")]))
            == set()
        )

    def test_a_usual_fee(self) -> None:
        paid = movement(1)
        comparison = compared([paid], [row(paid, fee_fen=Fen(6))])
        assert (found(comparison), comparison.fees) == (set(), ((paid, 6),))

    def test_a_refund_that_was_under_way_when_its_bill_was_made(self) -> None:
        refund = movement(1, BillKind.REFUND)
        comparison = compared([refund], [row(refund, state="processing", fee_fen=Fen(-6))])
        assert (found(comparison), comparison.fees, comparison.agreed) == (set(), ((refund, -6),), 1)

    def test_a_refund_that_stands_on_the_bill_of_the_day_on_which_it_was_asked_for(self) -> None:
        refund, payment = movement(1, BillKind.REFUND), movement(2)
        begun = frozenset({refund.our_no, payment.our_no})
        assert found(compared([refund, payment], [], begun_elsewhere=begun)) == {(What.SHORT, payment.our_no)}

    def test_an_amount_that_cannot_be_compared(self) -> None:
        refund = movement(1, BillKind.REFUND, amount_fen=None)
        assert found(compared([refund], [row(refund, amount_fen=Fen(7))])) == set()

    def test_a_movement_near_midnight_whose_other_bill_is_not_known(self) -> None:
        late = movement(1, at=start_of(DAY + timedelta(days=1)) - timedelta(seconds=1))
        early = movement(2, at=start_of(DAY))
        assert found(compared([late, early], [], has_before=False, has_after=False)) == set()
        assert len(compared([late, early], []).found) == 2
        noon = movement(3)
        assert found(compared([noon], [], has_before=False, has_after=False)) == {(What.SHORT, noon.our_no)}


def test_an_unpaid_payment_that_the_bill_has_is_long() -> None:
    unpaid = movement(1, ref="", stand=Stand.OPEN, at=None)
    (one,) = compared([unpaid], [row(unpaid, ref="psp-new")]).found
    assert (one.what, one.our_no, one.ref, one.ours_fen) == (What.LONG, unpaid.our_no, "psp-new", 1001)


def test_empty_numbers_match_nothing() -> None:
    stranger = movement(1, ref="", our_no="")
    assert found(compared([], [row(stranger), row(stranger)])) == {(What.LONG, "")}


def test_a_day_is_a_day_in_china() -> None:
    assert start_of(DAY) == datetime(2026, 1, 4, 16, tzinfo=UTC)
    assert china_day(datetime(2026, 1, 4, 15, 59, 59, tzinfo=UTC)) == date(2026, 1, 4)


@pytest.mark.parametrize("text", ["alipay", "bank:alipay", "gateway:", ""])
def test_what_is_no_party_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write gateway:NAME"):
        Party.read(text)
    assert Party.read("supplier:a:b") == Party(Side.SUPPLIER, "a:b")


class TestReadingABill:
    def test_the_same_rows_in_another_order_are_the_same_bill(self) -> None:
        rows = [row(movement(number)) for number in range(3)]
        assert rows_of(BillAnswer(tuple(rows))) == rows_of(BillAnswer(tuple(reversed(rows))))

    @pytest.mark.parametrize(
        "facts",
        [
            {"amount_fen": Fen(-1)},
            {"amount_fen": Fen(AMOUNT_MAX_FEN + 1)},
            {"fee_fen": Fen(-AMOUNT_MAX_FEN - 1)},
            {"state": "TRADE_SUCCESS"},
            {"at": NOON.replace(tzinfo=None)},
        ],
    )
    def test_a_row_that_cannot_be_makes_the_bill_unreadable(self, facts: dict[str, object]) -> None:
        with pytest.raises(BillUnreadable):
            rows_of(BillAnswer((row(movement(1), **facts),)))

    def test_no_bill_says_why(self) -> None:
        with pytest.raises(BillUnreadable, match="not_made_yet"):
            rows_of(BillAnswer(None, "not_made_yet"))

    def test_a_number_without_end_is_cut(self) -> None:
        (cut,) = rows_of(BillAnswer((row(movement(1), ref="x" * 999, our_no="\0 7 "),)))
        assert (len(cut.ref), cut.our_no) == (255, "7")
