"""Goods that lie in our own hands: card keys in the vault, and work that a person does."""

from __future__ import annotations

import secrets

from orders.ports import DeliveryAsk, Outcome, SupplierAnswer

# Without the letters and digits that people take for one another.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class CardStock:
    """Card keys are handed out by the shop itself, in the transaction that delivers the line."""

    @property
    def name(self) -> str:
        return "house:card_stock"

    def deliver(self, ask: DeliveryAsk) -> SupplierAnswer:
        return SupplierAnswer(Outcome.DONE, delivered_quantity=ask.quantity)


class ManualWork:
    """Parcels: the line waits on the work list until a person has sent it."""

    @property
    def name(self) -> str:
        return "house:manual"

    def deliver(self, ask: DeliveryAsk) -> SupplierAnswer:
        return SupplierAnswer(Outcome.ACCEPTED)


class SampleKeys:
    """Makes keys up, so that a demo shop has some to sell. They open nothing."""

    def fresh(self, sku_id: str, count: int) -> tuple[str, ...]:
        return tuple(
            "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
            for _ in range(count)
        )
