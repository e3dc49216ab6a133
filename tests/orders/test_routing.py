"""The choice among suppliers, offer by offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.money import Fen
from orders.routing import Hindrance, Need, Offer, Tried, route, weight
from tests.orders.world import POLICY, START

RULES = POLICY.suppliers
NEED = Need(quantity=2, cost_max_fen=Fen(10_000), now=START)
GOOD = Offer(
    supplier="good", supplier_code="1", cost_fen=Fen(9800), enabled=True, paused_until=None, balance_fen=None,
    rating_tenths=50, delivered=90, failed=0, seconds=60,
)  # fmt: skip


def named(supplier: str, **changed: object) -> Offer:
    return replace(GOOD, supplier=supplier, **changed)  # type: ignore[arg-type]


def chosen(*offers: Offer) -> str:
    found = route(offers, NEED, RULES).chosen
    assert found is not None
    return found.supplier


def test_equally_good_suppliers_are_told_apart_by_cost_then_by_name() -> None:
    assert chosen(named("b"), named("a", cost_fen=Fen(9801))) == "b"
    assert chosen(named("b"), named("a")) == "a"


@pytest.mark.parametrize(
    "worse",
    [{"failed": 90}, {"seconds": 7200}, {"rating_tenths": 20}],
    ids=["fails", "slow", "ill reputed"],
)
def test_failing_slowness_and_repute_cost_more_than_a_few_fen(worse: dict[str, int]) -> None:
    assert chosen(named("a", cost_fen=Fen(9780), **worse), named("b")) == "b"
    assert chosen(named("a", cost_fen=Fen(8000), **worse), named("b")) == "a"


def test_one_bad_start_does_not_end_a_newcomer() -> None:
    assert chosen(named("new", cost_fen=Fen(9500), delivered=0, failed=1), named("old")) == "new"


def test_an_hour_is_as_slow_as_a_day() -> None:
    assert weight(named("a", seconds=3600), RULES) == weight(named("a", seconds=86_400), RULES)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"enabled": False}, Hindrance.NOT_SOLD),
        ({"cost_fen": Fen(10_001)}, Hindrance.TOO_DEAR),
        ({"paused_until": START + timedelta(seconds=1)}, Hindrance.RESTING),
        ({"balance_fen": Fen(19_599)}, Hindrance.BALANCE_LOW),
        ({"tried": Tried.FAILED}, Hindrance.FAILED_BEFORE),
    ],
)
def test_what_hinders_an_offer(changed: dict[str, object], why: Hindrance) -> None:
    found = route([named("a", **changed)], NEED, RULES)
    assert found.chosen is None
    assert found.hindered == {"a": why}
    assert chosen(named("a", **changed), named("b", cost_fen=Fen(9999))) == "b"


@pytest.mark.parametrize(
    "changed",
    [{"cost_fen": Fen(10_000)}, {"paused_until": START}, {"balance_fen": Fen(19_600)}],
)
def test_the_limit_itself_is_allowed(changed: dict[str, object]) -> None:
    assert chosen(named("a", **changed)) == "a"


def test_whoever_refused_the_line_for_our_sake_is_asked_again_last() -> None:
    cheap = named("a", cost_fen=Fen(5000), tried=Tried.REFUSED)
    assert chosen(cheap, named("b")) == "b"
    assert chosen(cheap) == "a"


def test_nobody_offers() -> None:
    assert route([], NEED, RULES).chosen is None


def test_what_a_piece_may_cost_is_never_above_its_price() -> None:
    assert replace(RULES, cost_max_per_mille=990).cost_max_fen(9999) == 9899
    assert replace(RULES, cost_max_per_mille=1500).cost_max_fen(9999) == 9999
