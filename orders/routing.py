"""Which supplier gets a line: the cheapest for us, where failing, slowness and bad repute cost money too.

Pure: offers in, a choice out, and for everybody who was passed over the reason. A supplier that a line
failed at does not get that line again; one that cannot be paid, is resting, or asks for more than we may
pay gets none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders.money import Fen
from orders.policy import SupplierPolicy

GOOD_DELIVERIES_SUPPOSED = 10
"""A newcomer is taken to have delivered so often: one bad start must not be the end."""

SLOW_SECONDS = 3600


class Tried(StrEnum):
    """What became of this line at this supplier before."""

    NEVER = "never"
    REFUSED = "refused"
    """It denied the request twice, or refused it for our sake: it may be asked again, after everybody else."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Offer:
    """One supplier's offer of one SKU, and how it has been doing."""

    supplier: str
    supplier_code: str
    cost_fen: Fen
    """Of one piece."""
    enabled: bool
    paused_until: datetime | None
    balance_fen: Fen | None
    """What is left of our prepayment; None where it never said."""
    rating_tenths: int
    delivered: int
    """Of its last attempts."""
    failed: int
    seconds: int
    """That its last deliveries took, on average."""
    tried: Tried = Tried.NEVER


@dataclass(frozen=True, slots=True)
class Need:
    quantity: int
    cost_max_fen: Fen
    """For one piece."""
    now: datetime


class Hindrance(StrEnum):
    """Why an offer cannot be taken."""

    NOT_SOLD = "not_sold"
    RESTING = "resting"
    TOO_DEAR = "too_dear"
    BALANCE_LOW = "balance_low"
    FAILED_BEFORE = "failed_before"


@dataclass(frozen=True, slots=True)
class Route:
    chosen: Offer | None
    hindered: Mapping[str, Hindrance]
    """By supplier: the others that could not have been taken either."""


def route(offers: Iterable[Offer], need: Need, policy: SupplierPolicy) -> Route:
    """The best offer that can be taken now."""
    able: list[Offer] = []
    hindered: dict[str, Hindrance] = {}
    for offer in offers:
        why = hindrance(offer, need)
        if why is None:
            able.append(offer)
        else:
            hindered[offer.supplier] = why
    best = min(
        able, key=lambda one: (one.tried is Tried.REFUSED, weight(one, policy), one.supplier), default=None
    )
    return Route(best, hindered)


def hindrance(offer: Offer, need: Need) -> Hindrance | None:
    """What stands against the offer; None where nothing does."""
    if not offer.enabled:
        return Hindrance.NOT_SOLD
    if offer.tried is Tried.FAILED:
        return Hindrance.FAILED_BEFORE
    if offer.cost_fen > need.cost_max_fen:
        return Hindrance.TOO_DEAR
    if offer.paused_until is not None and need.now < offer.paused_until:
        return Hindrance.RESTING
    if offer.balance_fen is not None and offer.balance_fen < offer.cost_fen * need.quantity:
        return Hindrance.BALANCE_LOW
    return None


def weight(offer: Offer, policy: SupplierPolicy) -> int:
    """What the offer costs with everything that speaks against it, in millionths of a 分."""
    tries = offer.delivered + offer.failed + GOOD_DELIVERIES_SUPPOSED
    failing = policy.failing_costs_per_mille * 1000 * offer.failed // tries
    slowness = policy.slow_costs_per_mille * 1000 * min(offer.seconds, SLOW_SECONDS) // SLOW_SECONDS
    repute = policy.rating_costs_per_mille * 100 * (50 - offer.rating_tenths)
    return offer.cost_fen * (1_000_000 + failing + slowness + repute)
