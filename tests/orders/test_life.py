"""Any sequence of what customers, gateways and suppliers may do leaves sound books.

Hypothesis chooses the steps; after each of them every invariant is checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from adapters.payments.sandbox import NAME, Paid, SandboxBank, SandboxGateway
from adapters.suppliers.sandbox import Manner
from orders import delivering, refunding
from orders.catalog import Delivery
from orders.clock import VirtualClock
from orders.database import Database, sqlite_url
from orders.draft import DraftLine
from orders.errors import NoSuchOrder, NotCancellable, NotPermitted, OutOfStock, TooManyUnpaid
from orders.money import Fen, Li
from orders.order import LineState, Order, OrderState
from orders.paying import Begun
from orders.payment import Refused
from orders.ports import (
    Outcome,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    RawNotice,
    RefundAnswer,
    RefundStatus,
    Scene,
    SupplierAnswer,
)
from orders.price_rules import Cut, LevelRule, PriceRules, Scope, TierRule
from orders.tables import payments, refunds
from tests.orders.test_crash import Died, Mortal
from tests.orders.world import MERCHANT, POLICY, SECRET, START, World, coupon, gift, mouse, topup

T = TypeVar("T")

SECOND = "second"

LINES: dict[str, tuple[DraftLine, ...]] = {
    "topup": (topup(),),
    "two topups": (topup(quantity=2), topup("topup-50", "13900139000")),
    "gift": (gift(),),
    "topup and gifts": (topup(account="13700137000"), gift(2)),
    "parcel": (mouse(),),
}
RULES = PriceRules(
    levels=(LevelRule("gold", Scope(), Cut("gold", 37)),),
    tiers=(TierRule(2, Scope(), Cut("2+", unit_price_li=Li(33333))),),
)
"""Prices that leave odd 分 on every line."""
ACCOUNTS = ("13800138000", "13900139000", "13700137000")


class SecondGateway(SandboxGateway):
    """Another bank, which is spoken to in the same way."""

    name = SECOND

    def read_notice(self, raw: RawNotice) -> PaymentNotice:
        return replace(super().read_notice(raw), gateway=SECOND)

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        return self._of_second(await super().query(ask))

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        return self._of_second(await super().close(ask))

    @staticmethod
    def _of_second(answer: PaymentAnswer) -> PaymentAnswer:
        notice = answer.notice
        return replace(answer, notice=replace(notice, gateway=SECOND)) if notice else answer


class Life(RuleBasedStateMachine):
    """One shop, three customers, and everything that may come over them."""

    placed: Bundle[Order] = Bundle("placed")
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp()
        path = Path(shutil.copy(self.template, Path(self.folder) / "shop.db"))
        self.world = self.process(Database.open(sqlite_url(path)))
        self.notices: list[Paid] = []

    def process(self, database: Database) -> World:
        """A process of the shop; the banks and the supplier are other houses, and outlive it."""
        ways = replace(POLICY.gateways, web=(NAME, SECOND))
        merchants = {NAME: MERCHANT, SECOND: MERCHANT}
        clock = self.world.clock if hasattr(self, "world") else VirtualClock(START)
        world = World(database, replace(POLICY, gateways=ways), clock, merchants=merchants, price_rules=RULES)
        if hasattr(self, "world"):
            world.bank, world.supplier = self.world.bank, self.world.supplier
            world.suppliers[Delivery.TOPUP] = world.supplier
        else:
            self.second = SandboxBank(SECRET, MERCHANT, clock, self.tell_of_second)
        age = POLICY.payment.notice_age_max_seconds
        self.gateways = (
            SandboxGateway(SECRET, MERCHANT, world.bank, age),
            SecondGateway(SECRET, MERCHANT, self.second, age),
        )
        world.connect(*self.gateways)
        return world

    async def tell_of_second(self, raw: RawNotice) -> bool:
        shop, now = self.world.shop, self.world.now
        said = await self.world.write(lambda tx: shop.receive_notice(tx, self.gateways[1], raw, now))
        return not isinstance(said, Refused)

    def teardown(self) -> None:
        # In the end everything that was settled comes to an end, or to a person.
        self.world.supplier.told.clear()
        for request in self.world.supplier._requests.values():
            request.manner = Manner.DELIVER if request.manner is Manner.MUTE else request.manner
        self.run(self.world.wait(hours=30))
        self.books_are_sound()
        alarms = self.run(self.world.database.read(self.world.shop.alarms))
        for order in self.run(self.world.database.read(lambda tx: self.world.shop.recent_orders(tx, 1000))):
            refused = any(
                alarm.kind == "refund_refused" and order.order_no in alarm.subject for alarm in alarms
            )
            waits_for_somebody = any(
                line.delivery is Delivery.PHYSICAL or line.state is LineState.NEEDS_INFO
                for line in order.lines
            )
            assert order.state is not OrderState.AWAITING_PAYMENT, order
            assert order.state is not OrderState.PLACED or waits_for_somebody, order
            assert not order.refunding_fen or refused, order
        self.bank_and_shop_agree()
        self.run(self.world.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def bank_and_shop_agree(self) -> None:
        """What the shop believes to have been given back is what the bank gave back."""
        given_back = (
            select(func.coalesce(func.sum(refunds.c.amount_fen), 0))
            .join(payments, payments.c.payment_id == refunds.c.payment_id)
            .where(refunds.c.state == "succeeded", payments.c.gateway != "balance")
        )
        believed = self.run(self.world.database.read(lambda tx: tx.execute(given_back).scalar_one()))
        assert believed == self.world.bank.refunded_fen + self.second.refunded_fen

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    @initialize()
    def the_shop_opens(self) -> None:
        self.run(self.world.open_shop())
        self.run(self.world.write(lambda tx: self.world.shop.set_level(tx, "c2", "gold")))
        self.run(
            self.world.write(lambda tx: self.world.shop.add_coupon(tx, coupon(off_fen=333, uses=3, each=2)))
        )

    @rule(
        target=placed,
        what=st.sampled_from(sorted(LINES)),
        customer=st.sampled_from(["c1", "c2", "c3"]),
        code=st.sampled_from([None, "NEW5"]),
    )
    def a_customer_orders(self, what: str, customer: str, code: str | None) -> Any:
        from hypothesis.stateful import multiple

        try:
            return self.run(self.world.place(*LINES[what], customer=customer, coupon=code))
        except (OutOfStock, TooManyUnpaid, AssertionError):
            return multiple()

    @rule(target=placed, amount=st.sampled_from([1000, 15001]), customer=st.sampled_from(["c1", "c2"]))
    def a_customer_puts_money_into_his_wallet(self, amount: int, customer: str) -> Any:
        from hypothesis.stateful import multiple

        try:
            return self.run(
                self.world.write(
                    lambda tx: self.world.shop.open_deposit(tx, customer, Fen(amount), self.world.now)
                )
            )
        except TooManyUnpaid:
            return multiple()

    @rule(order=placed)
    def the_customer_pays_from_his_balance(self, order: Order) -> None:
        with contextlib.suppress(NotPermitted):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.pay_from_balance(
                        tx, order.order_no, order.customer_id, self.world.now
                    )
                )
            )

    @rule(order=placed, amount=st.sampled_from([1, 1000]))
    def staff_gives_a_deposit_out(self, order: Order, amount: int) -> None:
        with contextlib.suppress(NotPermitted):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.give_out(
                        tx, order.order_no, Fen(amount), "小王", self.world.now
                    )
                )
            )

    @rule(order=placed, told=st.booleans())
    def somebody_pays(self, order: Order, told: bool) -> None:
        self.world.bank.drop_notices = not told
        self.run(self.world.pay(order, again=True, although_closed=True))
        self.world.bank.drop_notices = False

    @rule(order=placed, amount=st.sampled_from([1, 9979, 9981]))
    def somebody_pays_another_amount(self, order: Order, amount: int) -> None:
        if order.total_fen != amount:
            self.run(self.world.pay(order, again=True, although_closed=True, amount_fen=Fen(amount)))

    @rule(order=placed, data=st.data())
    def the_bank_tells_again(self, order: Order, data: st.DataObject) -> None:
        movements = self.world.bank.paid.get(f"{order.order_no}-1", [])
        for paid in movements[: data.draw(st.integers(0, 2))]:
            self.run(self.world.bank.tell(paid))

    @rule(order=placed)
    def the_bank_tells_twice_at_the_same_instant(self, order: Order) -> None:
        async def both(paid: Paid) -> None:
            await asyncio.gather(self.world.bank.tell(paid), self.world.bank.tell(paid))

        for paid in self.world.bank.paid.get(f"{order.order_no}-1", [])[:1]:
            self.run(both(paid))

    @rule(order=placed, pays=st.booleans())
    def the_payer_goes_to_the_second_bank(self, order: Order, pays: bool) -> None:
        shop, now = self.world.shop, self.world.now
        begun = self.run(
            self.world.write(lambda tx: shop.begin_payment(tx, order.pay_token, SECOND, Scene.QR, now))
        )
        if pays and isinstance(begun, Begun):
            self.run(self.second.pay(begun.payment.ask, "wechat", again=True, although_closed=True))

    @rule(
        order=placed,
        number=st.integers(1, 3),
        status=st.sampled_from([RefundStatus.REFUSED, RefundStatus.PROCESSING, RefundStatus.UNKNOWN]),
    )
    def a_bank_says_something_late_about_a_refund(
        self, order: Order, number: int, status: RefundStatus
    ) -> None:
        refund_no = f"{order.order_no}R{number}"
        banks = (self.world.bank, self.second)
        gave = any(bank.refund_status(refund_no).status is RefundStatus.SUCCEEDED for bank in banks)
        # A bank that gave money back does not deny it afterwards.
        said = RefundAnswer(RefundStatus.SUCCEEDED if gave else status, "late")
        room, now = self.world.shop.room, self.world.now
        self.run(self.world.write(lambda tx: refunding.answer(tx, room, refund_no, said, now)))

    @rule(dies_at=st.integers(1, 6), after_commit=st.booleans())
    def a_worker_dies_in_the_middle(self, dies_at: int, after_commit: bool) -> None:
        victim = self.process(Mortal(self.world.database, dies_at, after_commit))  # type: ignore[arg-type]
        with contextlib.suppress(Died):
            self.run(victim.work())
        self.run(self.world.write(lambda tx: self.world.jobs.take_back(tx, self.world.now)))

    @rule(order=placed)
    def the_bank_tells_it_for_another_order(self, order: Order) -> None:
        for number, movements in list(self.world.bank.paid.items()):
            if not number.startswith(order.order_no):
                wrong = replace(movements[0], out_trade_no=f"{order.order_no}-1")
                self.run(self.world.bank.tell(wrong))
                return

    @rule(order=placed)
    def the_customer_cancels(self, order: Order) -> None:
        with contextlib.suppress(NotCancellable):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.cancel(tx, order.order_no, order.customer_id, self.world.now)
                )
            )

    @rule(order=placed)
    def the_customer_wants_his_money_back(self, order: Order) -> None:
        self.run(
            self.world.write(
                lambda tx: self.world.shop.request_refund(
                    tx, order.order_no, order.customer_id, self.world.now
                )
            )
        )

    @rule(order=placed)
    def the_customer_looks_at_his_keys(self, order: Order) -> None:
        self.run(
            self.world.write(
                lambda tx: self.world.shop.card_keys(tx, order.order_no, order.customer_id, self.world.now)
            )
        )

    @rule(order=placed, account=st.sampled_from(ACCOUNTS))
    def the_customer_gives_another_account(self, order: Order, account: str) -> None:
        with contextlib.suppress(NotPermitted, NoSuchOrder):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.change_account(
                        tx, order.order_no, 1, order.customer_id, account, self.world.now
                    )
                )
            )

    @rule(account=st.sampled_from(ACCOUNTS), manner=st.sampled_from(Manner))
    def the_supplier_changes_its_manners(self, account: str, manner: Manner) -> None:
        self.world.supplier.told[account] = manner

    @rule(order=placed, line=st.integers(1, 2), attempt=st.integers(1, 2), outcome=st.sampled_from(Outcome))
    def a_supplier_says_something_unasked(
        self, order: Order, line: int, attempt: int, outcome: Outcome
    ) -> None:
        said = SupplierAnswer(outcome, delivered_quantity=1)
        self.run(
            self.world.write(
                lambda tx: delivering.answer(
                    tx, self.world.shop.room, order.order_no, line, attempt, said, self.world.now
                )
            )
        )

    @rule(order=placed)
    def staff_ships(self, order: Order) -> None:
        with contextlib.suppress(NotPermitted, NoSuchOrder):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.ship(tx, order.order_no, 1, "小王", self.world.now)
                )
            )

    @rule(
        order=placed, line_no=st.integers(1, 2), amount=st.sampled_from([None, Fen(1), Fen(950), Fen(9980)])
    )
    def staff_gives_money_back(self, order: Order, line_no: int, amount: Fen | None) -> None:
        with contextlib.suppress(NoSuchOrder):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.staff_refunds.refund(
                        tx, order.order_no, line_no, amount, "小王", "why", self.world.now
                    )
                )
            )

    @rule(by=st.sampled_from(["小王", "小李"]), agrees=st.booleans())
    def somebody_decides_what_was_proposed(self, by: str, agrees: bool) -> None:
        refunds = self.world.shop.staff_refunds
        for proposal in self.run(self.world.database.read(refunds.proposals)):
            decide = refunds.confirm if agrees else refunds.decline
            self.run(
                self.world.write(
                    lambda tx, decide=decide, no=proposal.proposal_no: decide(tx, no, by, self.world.now)  # type: ignore[misc]
                )
            )

    @rule(order=placed)
    def the_customer_says_that_a_key_does_not_work(self, order: Order) -> None:
        with contextlib.suppress(NoSuchOrder):
            self.run(
                self.world.write(
                    lambda tx: self.world.shop.aftersales.complain(
                        tx, order.order_no, 1, order.customer_id, self.world.now
                    )
                )
            )

    @rule(order=placed)
    def staff_replaces_every_key(self, order: Order) -> None:
        aftersales = self.world.shop.aftersales
        for key in self.run(self.world.database.read(lambda tx: aftersales.keys_of(tx, order.order_no))):
            self.run(
                self.world.write(
                    lambda tx, key=key: aftersales.replace_key(  # type: ignore[misc]
                        tx, order.order_no, key.key_no, "小王", "blank", self.world.now
                    )
                )
            )

    @rule(refuses=st.booleans())
    def the_gateway_changes_its_mind_on_refunds(self, refuses: bool) -> None:
        self.world.bank.refuse_refunds = refuses

    @rule()
    def a_person_tries_refused_refunds_again(self) -> None:
        for alarm in self.run(self.world.database.read(self.world.shop.alarms)):
            if alarm.kind == "refund_refused":
                self.run(
                    self.world.write(
                        lambda tx, no=alarm.subject: self.world.shop.retry_refund(
                            tx, no, "小王", self.world.now
                        )  # type: ignore[misc]
                    )
                )

    @rule()
    def the_worker_works(self) -> None:
        self.run(self.world.work())

    @rule(minutes=st.sampled_from([0.1, 1, 11, 16, 200]))
    def time_passes(self, minutes: float) -> None:
        self.run(self.world.wait(minutes=minutes))

    @rule()
    def the_catalog_is_imported_again(self) -> None:
        self.run(self.world.open_shop())

    @invariant()
    def books_are_sound(self) -> None:
        assert self.run(self.world.violations()) == ()

    @invariant()
    def nobody_got_more_than_was_paid_for(self) -> None:
        for bank in (self.world.bank, self.second):
            assert bank.refunded_fen <= sum(
                paid.amount_fen for movements in bank.paid.values() for paid in movements
            )


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_any_life_leaves_sound_books(sqlite_template: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Life.template = sqlite_template
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
