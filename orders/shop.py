"""The shop's public face: everything that can be done with goods, orders and money.

Every method takes an open transaction and does all of its work in it. The network is elsewhere:
`dispatch.py` calls suppliers and gateways, and comes back here with their answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orders.catalog import Catalog, Sku
from orders.database import Tx
from orders.draft import Draft
from orders.order import Order, OrderEvent
from orders.payment import Held, NoticeOutcome, Payment, RefundOutcome, Settled
from orders.policy import Policy
from orders.ports import Gateway, Jobs, KeySource, Merchant, PaymentNotice, RawNotice
from orders.quote import Availability, Finding, Quote
from orders.search import SearchRequest
from orders.vault import Vault


class Shop:
    """One shop. It keeps nothing but a copy of the catalog; all state is in the database."""

    def __init__(
        self,
        jobs: Jobs,
        vault: Vault,
        policy: Policy,
        merchants: Mapping[str, Merchant],
        key_source: KeySource | None = None,
    ) -> None:
        """`merchants`: who we are at each gateway, by its name."""
        self.policy = policy

    def catalog(self, tx: Tx) -> Catalog:
        """Everything on sale, live; cached as long as its version stands."""
        raise NotImplementedError

    def available(self, tx: Tx) -> Availability:
        """How many of a SKU can still be sold; answers are remembered within the transaction."""
        raise NotImplementedError

    def search(self, tx: Tx, request: SearchRequest) -> tuple[Sku, ...]:
        """Goods to show."""
        raise NotImplementedError

    def import_catalog(self, tx: Tx, catalog: Catalog, now: datetime) -> None:
        """Replace what is on sale, its prices and its stock. Orders stay as they are."""
        raise NotImplementedError

    def add_card_keys(self, tx: Tx, sku_id: str, secrets: Sequence[str], now: datetime) -> int:
        """Put keys in stock; a key that is there already is skipped. Returns how many were new."""
        raise NotImplementedError

    def findings(self, tx: Tx, draft: Draft) -> tuple[Finding, ...]:
        """What stands between the draft and a quote, the shop's own limits included."""
        raise NotImplementedError

    def quote(self, tx: Tx, draft: Draft, customer_id: str, now: datetime) -> Quote | tuple[Finding, ...]:
        """A price for the draft, or what is still wrong with it."""
        raise NotImplementedError

    def needs_confirmation(self, quote: Quote) -> bool:
        """Whether the total is so unusually large that a yes is asked for first."""
        return quote.total_fen > self.policy.limits.confirm_above_fen

    def place(self, tx: Tx, quote: Quote, now: datetime) -> Order:
        """Make the quote an order, keep its stock and open its payment. The same quote again is
        the same order again. Raises QuoteExpired, OutOfStock, TooManyUnpaid."""
        raise NotImplementedError

    def order(self, tx: Tx, order_no: str, customer_id: str) -> Order | None:
        """The order; None where there is none or it belongs to somebody else."""
        raise NotImplementedError

    def orders_of(self, tx: Tx, customer_id: str, limit: int = 10) -> tuple[Order, ...]:
        """The customer's orders, newest first."""
        raise NotImplementedError

    def payable(self, tx: Tx, customer_id: str) -> Order | None:
        """The customer's latest order that awaits payment."""
        raise NotImplementedError

    def recent_orders(self, tx: Tx, limit: int = 50) -> tuple[Order, ...]:
        """Everybody's orders, newest first: for the desk."""
        raise NotImplementedError

    def order_for_staff(self, tx: Tx, order_no: str) -> Order | None:
        """The order, whoever's it is: for the desk, the announcer and the worker."""
        raise NotImplementedError

    def order_by_link(self, tx: Tx, token: str) -> Order | None:
        """The order of an unguessable link."""
        raise NotImplementedError

    def payment_by_token(self, tx: Tx, token: str) -> tuple[Payment, Order] | None:
        """What a pay link is about: the payment that is open, else the last one."""
        raise NotImplementedError

    def payment_of(self, tx: Tx, order_no: str) -> Payment | None:
        """The order's payment: the settled one, else the last that was opened."""
        raise NotImplementedError

    def payment_begun(self, tx: Tx, pay_token: str, now: datetime) -> Payment | None:
        """The payer went to the gateway: from now on ask the gateway ourselves, too."""
        raise NotImplementedError

    def timeline(self, tx: Tx, order_no: str) -> tuple[OrderEvent, ...]:
        """Everything that happened to the order, oldest first."""
        raise NotImplementedError

    def event(self, tx: Tx, order_no: str, seq: int) -> OrderEvent | None:
        """One step of the timeline."""
        raise NotImplementedError

    def cancel(self, tx: Tx, order_no: str, customer_id: str, now: datetime) -> Order:
        """Drop an unpaid order and free its stock; again is harmless. Raises NotCancellable,
        NoSuchOrder."""
        raise NotImplementedError

    def expire(self, tx: Tx, order_no: str, now: datetime) -> bool:
        """Give up an order that was not paid in time; False where there is nothing to give up."""
        raise NotImplementedError

    def receive_notice(self, tx: Tx, gateway: Gateway, raw: RawNotice, now: datetime) -> NoticeOutcome:
        """What somebody posted to a notice address: recorded, checked, and settled if genuine.

        Commit whatever the outcome: a forged notice is evidence too. Acknowledge Settled, Held
        and Repeated with `gateway.acknowledgement`; answer Refused with a 4xx."""
        raise NotImplementedError

    def settle(self, tx: Tx, notice: PaymentNotice, now: datetime) -> Settled | Held:
        """The one way in for money, whoever brings the evidence."""
        raise NotImplementedError

    def request_refund(self, tx: Tx, order_no: str, customer_id: str, now: datetime) -> RefundOutcome:
        """Give back what the refund rules allow now. Raises NoSuchOrder."""
        raise NotImplementedError

    def change_account(
        self, tx: Tx, order_no: str, line_no: int, customer_id: str, account: str, now: datetime
    ) -> Order:
        """Deliver a line that needs info to another recipient. Raises NoSuchOrder, NotPermitted."""
        raise NotImplementedError

    def card_keys(self, tx: Tx, order_no: str, customer_id: str, now: datetime) -> tuple[str, ...]:
        """The order's keys, opened; that they were shown is recorded. Raises NoSuchOrder."""
        raise NotImplementedError

    def ship(self, tx: Tx, order_no: str, line_no: int, agent: str, now: datetime, note: str = "") -> Order:
        """A person has sent the parcel, or done by hand what the line asks for. `note` is the
        tracking number. Raises NoSuchOrder, NotPermitted."""
        raise NotImplementedError
