"""The shop's public face: everything that can be done with goods, orders and money.

Every method takes an open transaction and does all of its work in it. The network is elsewhere:
`dispatch.py` calls suppliers and gateways, and comes back here with their answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from orders import (
    by_hand,
    calling_back,
    paying,
    placing,
    refunding,
    settling,
    sourcing,
    spending,
    sweeping,
    wallet,
)
from orders.aftersales import AfterSales
from orders.backroom import Backroom
from orders.catalog import Catalog, Sku
from orders.chance import UNGUESSABLE, Chance
from orders.coupon import Coupon, CouponDenied
from orders.database import Tx
from orders.draft import Draft
from orders.errors import NoSuchOrder, NotPermitted
from orders.ledger import HOUSE
from orders.money import Fen
from orders.order import EventKind, Order, OrderEvent
from orders.paying import Begun, NoWay
from orders.payment import (
    Charge,
    Held,
    Noted,
    NoticeOutcome,
    Payment,
    RefundOutcome,
    Refused,
    Repeated,
    Settled,
)
from orders.policy import Policy
from orders.ports import (
    Gateway,
    Jobs,
    KeySource,
    Merchant,
    Outcome,
    OutsideSupplier,
    PaymentNotice,
    RawNotice,
    Scene,
    SupplierAnswer,
)
from orders.price_rules import NO_RULES, PriceRules
from orders.quote import Availability, Finding, Quote, findings
from orders.quoting import Pricing, within_limits
from orders.reckoning import Reckoning
from orders.search import SearchRequest, search
from orders.sourcing import Seller
from orders.spending import BalanceShort, PaidFromBalance
from orders.staff_refunds import StaffRefunds
from orders.stockroom import Stockroom
from orders.store import alarms, book, coupons, customers, goods, keys, money, suppliers, timeline
from orders.store.alarms import Alarm
from orders.store.customers import Customer
from orders.store.suppliers import Health, Listed
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
        chance: Chance = UNGUESSABLE,
        price_rules: PriceRules = NO_RULES,
    ) -> None:
        """`merchants`: who we are at each gateway, by its name."""
        self.policy = policy
        self.room = Backroom(jobs, vault, policy, merchants, key_source, chance, price_rules)
        self.stockroom = Stockroom(self.room)
        self.reckoning = Reckoning(self.room, self.catalog)
        self.aftersales = AfterSales(self.room)
        self.staff_refunds = StaffRefunds(self.room)
        self._catalog = Catalog.of(())

    def catalog(self, tx: Tx) -> Catalog:
        """Everything on sale, live; cached as long as its version stands."""
        version = goods.catalog_version(tx)
        if version != self._catalog.version:
            self._catalog = goods.load_catalog(tx)
        return self._catalog

    def available(self, tx: Tx) -> Availability:
        """How many of a SKU can still be sold; answers are remembered within the transaction."""
        known: dict[str, int] = {}

        def available(sku_id: str) -> int:
            if sku_id not in known:
                known[sku_id] = goods.available(tx, sku_id)
            return known[sku_id]

        return available

    def search(self, tx: Tx, request: SearchRequest) -> tuple[Sku, ...]:
        """Goods to show."""
        left = goods.all_available(tx)
        return search(self.catalog(tx), request, lambda sku_id: left.get(sku_id, 0))

    def import_catalog(self, tx: Tx, catalog: Catalog, now: datetime) -> None:
        """Replace what is on sale, its prices and its stock. Orders stay as they are."""
        goods.save_catalog(tx, catalog, keys_are_counted=self.room.key_source is None)

    def add_card_keys(self, tx: Tx, sku_id: str, secrets: Sequence[str], now: datetime) -> int:
        """Put keys in stock; a key that is there already is skipped. Returns how many were new."""
        added = keys.add(tx, self.room.vault, sku_id, secrets, now)
        if not goods.add(tx, sku_id, added):
            raise NotPermitted(f"there is no SKU {sku_id}; import the catalog first")
        return added

    def findings(self, tx: Tx, draft: Draft) -> tuple[Finding, ...]:
        """What stands between the draft and a quote, the shop's own limits included."""
        catalog = self.catalog(tx)
        return within_limits(findings(draft, catalog, self.available(tx)), draft, catalog, self.policy.limits)

    def quote(self, tx: Tx, draft: Draft, customer_id: str, now: datetime) -> Quote | tuple[Finding, ...]:
        """A price for the draft, or what is still wrong with it."""
        if found := self.findings(tx, draft):
            return found
        return Pricing(tx, self.room, self.catalog(tx)).quote(draft, customer_id, now)

    def needs_confirmation(self, quote: Quote) -> bool:
        """Whether the total is so unusually large that a yes is asked for first."""
        return quote.total_fen > self.policy.limits.confirm_above_fen

    def balance_due(self, order: Order | Quote) -> Fen:
        """What the order costs where it is paid from the customer's balance."""
        return self.room.due_at(HOUSE, order)

    def keeps_money_of(self, customer_id: str) -> bool:
        """Whether this customer may leave money with the shop and pay with it."""
        return self.room.keeps_money_of(customer_id)

    def open_deposit(self, tx: Tx, customer_id: str, amount_fen: Fen, now: datetime) -> Order:
        """An order that puts money into the customer's wallet once it is paid. Raises TooManyUnpaid,
        NotPermitted where the policy's limits are passed."""
        return wallet.open_deposit(tx, self.room, customer_id, amount_fen, now)

    def pay_from_balance(
        self, tx: Tx, order_no: str, customer_id: str, now: datetime
    ) -> PaidFromBalance | BalanceShort:
        """Pay an order for goods from the wallet, after an explicit yes. Raises NoSuchOrder, and
        NotPermitted where it cannot be paid any more."""
        return spending.pay(tx, self.room, self.catalog(tx), order_no, customer_id, now)

    def give_out(self, tx: Tx, order_no: str, amount_fen: Fen, agent: str, now: datetime) -> Order:
        """A person sends money of a deposit back to where it came from, as far as it is not spent. Raises
        NoSuchOrder, NotPermitted."""
        return wallet.give_out(tx, self.room, order_no, amount_fen, agent, now)

    def coupons_among(self, tx: Tx, codes: Collection[str]) -> frozenset[str]:
        """Those of `codes` that are coupons of the shop, usable or not."""
        return coupons.known_among(tx, codes)

    def coupon(self, tx: Tx, code: str) -> Coupon | None:
        return coupons.find(tx, code)

    def coupon_denied(self, tx: Tx, code: str, customer_id: str, now: datetime) -> CouponDenied | None:
        """Why this customer cannot use the coupon now, whatever he buys; None where he can."""
        coupon = coupons.find(tx, code)
        if coupon is None:
            return CouponDenied.UNKNOWN
        return coupon.denied(coupons.used_by(tx, code, customer_id), now)

    def gives_coupons(self, tx: Tx, now: datetime) -> bool:
        """Whether there is any coupon that could be used now."""
        return coupons.some_are_valid(tx, now)

    def coupons(self, tx: Tx) -> tuple[Coupon, ...]:
        """Every coupon, and how often it was used."""
        return coupons.all_of_them(tx)

    def add_coupon(self, tx: Tx, coupon: Coupon) -> bool:
        """Make a coupon; False where the code was given out before."""
        return coupons.add(tx, coupon)

    def end_coupon(self, tx: Tx, code: str, now: datetime) -> bool:
        """Quote nobody with it any more; what was quoted holds. False where there is none to end."""
        return coupons.end(tx, code, now)

    def customer(self, tx: Tx, customer_id: str) -> Customer:
        """A customer's level and balance."""
        return customers.find(tx, customer_id)

    def set_level(self, tx: Tx, customer_id: str, level: str) -> None:
        """What he is quoted from now on; empty for an ordinary customer."""
        customers.set_level(tx, customer_id, level)

    def place(self, tx: Tx, quote: Quote, now: datetime) -> Order:
        """Make the quote an order, keep its stock and open its payment. The same quote again is
        the same order again. Raises QuoteExpired, OutOfStock, CouponGone, TooManyUnpaid."""
        return placing.place(tx, self.room, self.catalog(tx), quote, now)

    def order(self, tx: Tx, order_no: str, customer_id: str) -> Order | None:
        """The order; None where there is none or it belongs to somebody else."""
        order = book.get(tx, order_no)
        return order if order and order.customer_id == customer_id else None

    def orders_of(self, tx: Tx, customer_id: str, limit: int = 10) -> tuple[Order, ...]:
        """The customer's orders for goods, newest first."""
        return book.of_customer(tx, customer_id, limit)

    def payable(self, tx: Tx, customer_id: str) -> Order | None:
        """The customer's latest order that awaits payment."""
        return book.payable(tx, customer_id)

    def recent_orders(self, tx: Tx, limit: int = 50) -> tuple[Order, ...]:
        """Everybody's orders, newest first: for the desk."""
        return book.recent(tx, limit)

    def order_for_staff(self, tx: Tx, order_no: str) -> Order | None:
        """The order, whoever's it is: for the desk, the announcer and the worker."""
        return book.get(tx, order_no)

    def order_by_link(self, tx: Tx, token: str) -> Order | None:
        """The order of an unguessable link."""
        return book.by_link(tx, token)

    def payment_by_token(self, tx: Tx, token: str) -> tuple[Payment, Order] | None:
        """What a pay link is about: the payment that is open, else the last one."""
        order = book.by_pay_token(tx, token)
        payment = money.payment_of(tx, order.order_no) if order else None
        return (payment, order) if payment and order else None

    def payment_of(self, tx: Tx, order_no: str) -> Payment | None:
        """The order's payment: the settled one, else the last that was opened."""
        return money.payment_of(tx, order_no)

    def holds_money(self, tx: Tx, order_no: str) -> bool:
        """Whether money came for the order that does not match it, and waits for a person: then nobody is to
        be told that nothing was paid."""
        return settling.holds_money(tx, order_no)

    def ways_to_pay(self, customer_id: str) -> tuple[str, ...]:
        """The gateways that this customer is offered, the first one first."""
        return self.room.ways_to_pay(customer_id)

    def begin_payment(
        self, tx: Tx, pay_token: str, gateway: str, scene: Scene, now: datetime
    ) -> Begun | NoWay:
        """The payer goes to a gateway: from now on ask the gateway ourselves, too."""
        return paying.begin(tx, self.room, pay_token, gateway, scene, now)

    def objection_to_paying(
        self, tx: Tx, out_trade_no: str, customer_id: str, offered: Charge, now: datetime
    ) -> NoWay | None:
        """Why this customer, who is about to pay, must be stopped; None where he may."""
        return paying.objection(tx, out_trade_no, customer_id, offered, now)

    def payment_underway(self, tx: Tx, pay_token: str, gateway: str) -> tuple[Payment, Order] | None:
        """The payment that a payer was sent to that gateway for, as long as it may be paid."""
        order = book.by_pay_token(tx, pay_token)
        if order is None or not order.is_payable:
            return None
        sent = (
            one
            for one in money.payments_of(tx, order.order_no)
            if one.gateway == gateway and one.may_be_paid and one.scene is not None
        )
        payment = next(sent, None)
        return (payment, order) if payment else None

    def timeline(self, tx: Tx, order_no: str) -> tuple[OrderEvent, ...]:
        """Everything that happened to the order, oldest first."""
        return timeline.all_of(tx, order_no)

    def event(self, tx: Tx, order_no: str, seq: int) -> OrderEvent | None:
        """One step of the timeline."""
        return timeline.one(tx, order_no, seq)

    def cancel(self, tx: Tx, order_no: str, customer_id: str, now: datetime) -> Order:
        """Drop an unpaid order and free its stock; again is harmless. Raises NotCancellable,
        NoSuchOrder."""
        return placing.cancel(tx, self.room, order_no, customer_id, now)

    def expire(self, tx: Tx, order_no: str, now: datetime, *, unheard: bool = False) -> bool:
        """Give up an order that was not paid in time; False where there is nothing to give up. `unheard`: a
        gateway to which its payer was sent did not say whether he paid."""
        return placing.expire(tx, self.room, order_no, now, unheard=unheard)

    def may_be_paid_unheard(self, tx: Tx, order_no: str) -> bool:
        """Whether the order expired while a gateway kept silent about it."""
        return placing.may_be_paid_unheard(tx, order_no)

    def receive_notice(self, tx: Tx, gateway: Gateway, raw: RawNotice, now: datetime) -> NoticeOutcome:
        """What somebody posted to a notice address: recorded, checked, and settled if genuine.

        Commit whatever the outcome: a forged notice is evidence too. Acknowledge Settled, Held
        and Repeated with `gateway.acknowledgement`; answer Refused with a 4xx."""
        return settling.receive(tx, self.room, self.catalog(tx), gateway, raw, now)

    def receive_callback(
        self, tx: Tx, supplier: OutsideSupplier, raw: RawNotice, now: datetime
    ) -> Noted | Repeated | Refused:
        """What somebody posted to a supplier's callback address: recorded, checked, and taken for its
        answer if it is genuine and about an attempt at that supplier.

        Commit whatever the outcome. Acknowledge Noted and Repeated with `supplier.acknowledgement`."""
        return calling_back.receive(tx, self.room, supplier, raw, now)

    def settle(self, tx: Tx, notice: PaymentNotice, now: datetime) -> Settled | Held:
        """The one way in for money, whoever brings the evidence."""
        return settling.settle(tx, self.room, self.catalog(tx), notice, now)

    def request_refund(
        self, tx: Tx, order_no: str, customer_id: str, now: datetime, only: Collection[int] | None = None
    ) -> RefundOutcome:
        """Give back what the refund rules allow now, of the lines `only` where that is given. Raises
        NoSuchOrder."""
        return refunding.request(tx, self.room, order_no, customer_id, now, only)

    def change_account(
        self, tx: Tx, order_no: str, line_no: int, customer_id: str, account: str, now: datetime
    ) -> Order:
        """Deliver a line that needs info to another recipient. Raises NoSuchOrder, NotPermitted."""
        return by_hand.change_account(tx, self.room, order_no, line_no, customer_id, account, now)

    def card_keys(self, tx: Tx, order_no: str, customer_id: str, now: datetime) -> tuple[str, ...]:
        """The order's keys, opened; that they were shown is recorded. Raises NoSuchOrder."""
        return tuple(secret for _, secret in self.card_keys_by_line(tx, order_no, customer_id, now))

    def card_keys_by_line(
        self, tx: Tx, order_no: str, customer_id: str, now: datetime
    ) -> tuple[tuple[int, str], ...]:
        """The same, each with the number of its line."""
        order = book.locked(tx, order_no)
        if order is None or order.customer_id != customer_id:
            raise NoSuchOrder(order_no)
        for line in order.lines:
            if line.has_keys and line.keys_shown_at is None:
                order = book.update_line(tx, order, line, replace(line, keys_shown_at=now))
                self.room.note(tx, order_no, EventKind.KEYS_SHOWN, now, line.line_no)
        his = {line.line_no for line in order.lines if line.has_keys}
        opened = keys.opened(tx, self.room.vault, order_no)
        return tuple((line_no, secret) for line_no, secret in opened if line_no in his)

    def resolve(
        self, tx: Tx, order_no: str, line_no: int, said: SupplierAnswer, agent: str, now: datetime
    ) -> Order:
        """A person tells how an open delivery ended: a parcel is sent, a supplier answered by
        telephone. Raises NoSuchOrder, NotPermitted."""
        return by_hand.resolve(tx, self.room, order_no, line_no, said, agent, now)

    def ship(self, tx: Tx, order_no: str, line_no: int, agent: str, now: datetime, note: str = "") -> Order:
        """A person has sent the parcel, or done by hand what the line asks for. `note` is the
        tracking number. Raises NoSuchOrder, NotPermitted."""
        return self.resolve(tx, order_no, line_no, SupplierAnswer(Outcome.DONE, reason=note), agent, now)

    def retry_refund(self, tx: Tx, refund_no: str, agent: str, now: datetime) -> bool:
        """Try a refund again that the gateway refused, after a person has cleared up why. False
        where it was not refused."""
        return refunding.try_again(tx, self.room, refund_no, agent, now)

    def alarms(self, tx: Tx) -> tuple[Alarm, ...]:
        """Everything that waits for a person."""
        return alarms.ringing(tx)

    def close_alarm(self, tx: Tx, alarm_no: int, agent: str, now: datetime) -> bool:
        """A person has seen to it; a job that was given up is tried again. False where that was known."""
        closed = alarms.close(tx, alarm_no, agent, now)
        if closed is not None and closed.kind == sweeping.JOB_GIVEN_UP:
            self.room.jobs.revive(tx, closed.subject, now)
        return closed is not None

    def balances(self, tx: Tx) -> Mapping[str, Fen]:
        """What each account of the ledger stands at."""
        return money.balances(tx)

    def open_suppliers(self, tx: Tx, sellers: Sequence[Seller], now: datetime) -> None:
        """Buy from these outside suppliers and no others; to be called at every start."""
        sourcing.begin(tx, self.room, sellers, now)

    def supplier_health(self, tx: Tx) -> tuple[Health, ...]:
        """How the outside suppliers stand with us."""
        return suppliers.all_health(tx)

    def supplier_goods(self, tx: Tx, supplier: str) -> tuple[Listed, ...]:
        """What a supplier sells of our goods, at which cost."""
        return suppliers.listed(tx, supplier)

    def pause_supplier(self, tx: Tx, supplier: str, until: datetime | None, agent: str) -> bool:
        """Have it rest until then, or work again where that is None. False where nobody knows it."""
        return suppliers.pause(tx, supplier, until, f"by {agent}" if until else "")

    def ask_supplier(self, tx: Tx, supplier: str, now: datetime) -> None:
        """Have the worker ask for its prices and our balance now."""
        sourcing.ask_now(tx, self.room, supplier, now)

    def begin_sweeps(self, tx: Tx, now: datetime) -> None:
        """Have the books checked every so often from now on; to be called at every start."""
        sweeping.begin(tx, self.room, now)
