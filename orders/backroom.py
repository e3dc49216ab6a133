"""What every part of the shop works with: jobs, vault, policy, who we are; and the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orders import errands
from orders.chance import UNGUESSABLE, Chance
from orders.database import Tx
from orders.errands import Errand
from orders.ledger import HOUSE
from orders.money import Fen
from orders.order import EventKind, Order
from orders.payment import STAR, STARS, Charge
from orders.policy import Policy
from orders.ports import Jobs, KeySource, Merchant
from orders.price_rules import NO_RULES, PriceRules
from orders.quote import Quote
from orders.store import alarms, timeline
from orders.vault import Vault

HOUSE_MERCHANT = Merchant("house", "wallet")
"""Who we are at the gateway that is ourselves."""


@dataclass(frozen=True, slots=True)
class Backroom:
    """Built once by the shop and handed to the parts."""

    jobs: Jobs
    vault: Vault
    policy: Policy
    merchants: Mapping[str, Merchant]
    key_source: KeySource | None
    chance: Chance = UNGUESSABLE
    price_rules: PriceRules = NO_RULES

    def ways_to_pay(self, customer_id: str) -> tuple[str, ...]:
        """The gateways that this customer is offered, the first one first: by the policy of the channel
        that his id begins with, and connected."""
        named = self.policy.gateways.of(customer_id.partition(":")[0])
        ways = tuple(name for name in named if name in self.merchants)
        # A shop whose policy forgot a channel still takes money on it.
        return ways or tuple(self.merchants)

    def merchant_at(self, gateway: str) -> Merchant | None:
        """Who we are at a gateway; None where we are nobody."""
        return HOUSE_MERCHANT if gateway == HOUSE else self.merchants.get(gateway)

    def keeps_money_of(self, customer_id: str) -> bool:
        """Whether this customer may leave money with us and pay with it: by the policy of his channel."""
        return HOUSE in self.policy.gateways.of(customer_id.partition(":")[0])

    def due_at(self, gateway: str, order: Order | Quote) -> Fen:
        """What an order costs where it is paid at this gateway: they differ in their fees."""
        fee = self.price_rules.fee_at(gateway, order.price_fen, self.policy.quote.fee_per_mille)
        return Fen(order.price_fen + fee)

    def charge(self, gateway: str, amount_fen: Fen) -> Charge | None:
        """What that gateway is to ask for the amount, by today's rate; None where it takes 分."""
        if gateway != STARS:
            return None
        return Charge(self.policy.stars.stars_for(amount_fen), STAR)

    def note(
        self,
        tx: Tx,
        order_no: str,
        kind: EventKind,
        now: datetime,
        line_no: int | None = None,
        amount_fen: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Write the event and, in the same transaction, the job that tells the customer."""
        seq = timeline.append(tx, order_no, kind, now, line_no, amount_fen, detail)
        self.later(tx, errands.tell(order_no, seq), now)

    def later(self, tx: Tx, errand: Errand, at: datetime) -> None:
        """Have the worker do it at `at`; the same errand again replaces what was written before."""
        self.jobs.enqueue(tx, errand.kind, errand.key, errand.payload, at, errand.lane)

    def never_mind(self, tx: Tx, errand: Errand) -> None:
        """The errand has become needless."""
        self.jobs.cancel(tx, errand.key)

    def alarm(self, tx: Tx, kind: str, subject: str, detail: str, now: datetime) -> None:
        """Ask for a person; the same alarm rings once."""
        alarms.ring(tx, kind, subject, detail, now)
