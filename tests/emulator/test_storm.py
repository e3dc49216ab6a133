"""Every knob turned at random while customers order, pay and want their money back. In the end both sides'
books say the same, or a person was called, or the bill of the day told. A seed that fails fails again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from random import Random

import httpx
import pytest

from adapters.payments import alipay_signing
from adapters.payments.unionpay_bill import our_no_of
from adapters.payments.wechat_pay import WeChatPayGateway
from orders.clock import Clock
from orders.database import Database, Tx
from orders.errors import NotCancellable
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.payment import RefundState as OurRefundState
from orders.ports import GoTo, PostForm, Scene
from orders.store import money
from tests.emulator import unionpay_stage, wechat_pay_stage
from tests.emulator.alipay import AlipayRail
from tests.emulator.books import PaymentState, RefundState
from tests.emulator.knobs import Knobs, RefundPath
from tests.emulator.rail import Rail
from tests.emulator.shop_stage import MakeGateway, ShopStage
from tests.emulator.test_alipay_shop import make_gateway as alipay
from tests.emulator.unionpay import UnionPayRail
from tests.emulator.wechat_pay import WeChatPayRail
from tests.orders.world import GOODS, catalog_of, gift, topup

STEPS = 40
PLENTY = (
    GOODS.replace(",5,10,3,", ",500,10,3,").replace(",5,20,3,", ",500,20,3,").replace(",3,7,1,", ",500,7,1,")
)
ENDS = frozenset(
    {
        CustomerState.DELIVERED,
        CustomerState.REFUNDED,
        CustomerState.EXPIRED,
        CustomerState.CANCELLED,
        CustomerState.IN_REVIEW,
    }
)


class SeededChance:
    """Numbers and tokens that a seed gives again."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)

    def below(self, limit: int) -> int:
        return self._rng.randrange(limit)

    def token(self, size_bytes: int) -> str:
        return self._rng.randbytes(size_bytes).hex()


class Storm:
    def __init__(self, stage: ShopStage, seed: int) -> None:
        self.stage = stage
        self.rng = Random(seed)
        self.orders: list[Order] = []
        self.scenes = sorted(stage.gateway.scenes - {Scene.JSAPI})

    async def blow(self) -> None:
        steps = (
            self.turn, self.order, self.go_to_pay, self.pay, self.pay, self.pay, self.cancel, self.want_back,
            self.wait,
        )  # fmt: skip
        for _ in range(STEPS):
            await self.rng.choice(steps)()
            await self.stage.work()

    async def calm(self) -> None:
        """All knobs back, and time enough for the last repeat of the last notice."""
        knobs = Knobs()
        for field in fields(knobs):
            setattr(self.stage.knobs, field.name, getattr(knobs, field.name))
        await self.stage.let_pass(days=4)

    async def turn(self) -> None:
        rng, knobs = self.rng, self.stage.knobs
        turned: dict[str, object] = {
            "notice_delay": timedelta(seconds=rng.choice((0, 0, 3, 400, 7200))),
            "notices_lost": rng.choice((0, 0, 1, 3)),
            "notice_copies": rng.choice((1, 1, 2, 4)),
            "copies_at_once": rng.random() < 0.5,
            "refund_notice_first": rng.random() < 0.2,
            "amount_told_fen": rng.choice((None, None, None, 1)),
            "merchant_told": rng.choice((None, None, None, "2088000000000000")),
            "bad_signature": rng.random() < 0.2,
            "bad_answer_signature": rng.random() < 0.2,
            "notice_age": timedelta(hours=rng.choice((0, 0, 20, 50))),
            "notice_before_answer": rng.random() < 0.2,
            "pay_after_close": rng.random() < 0.3,
            "fail_after_commit": rng.choice((0, 0, 1, 2)),
            "slow_seconds": rng.choice((0.0, 0.0, 4.0, 20.0)),
            "clock_skew": timedelta(seconds=rng.choice((0, 0, -200, 200))),
            "refund_path": rng.choice(tuple(RefundPath)),
        }
        for name in rng.sample(sorted(turned), 4):
            setattr(knobs, name, turned[name])

    async def order(self) -> None:
        line = self.rng.choice((topup(), topup("topup-50"), gift(), gift(quantity=2)))
        self.orders.append(await self.stage.world.place(line, customer=f"c{len(self.orders)}"))

    async def go_to_pay(self) -> None:
        if self.orders:
            offer = await self.stage.begin(self.rng.choice(self.orders[-4:]), self.rng.choice(self.scenes))
            if isinstance(offer, GoTo):
                await self.stage.payer.get(offer.url)
            elif isinstance(offer, PostForm):
                await self.stage.payer.post(offer.url, data=dict(offer.fields))

    async def pay(self) -> None:
        """By an address that may be old: whoever has photographed a code can pay it tomorrow."""
        known = list(self.stage.rail.books.payments)[-5:]
        if known:
            address = self.stage.rail.payer_url(self.rng.choice(known))
            form = self.rng.choice(
                ({"do": "pay"}, {"do": "pay"}, {"do": "closed"}, {"do": "other", "yuan": "0.01"})
            )
            await self.stage.payer.post(address, data=form)

    async def cancel(self) -> None:
        if self.orders:
            order, shop, now = self.rng.choice(self.orders[-3:]), self.stage.world.shop, self.stage.world.now
            try:
                await self.stage.world.write(
                    lambda tx: shop.cancel(tx, order.order_no, order.customer_id, now)
                )
            except NotCancellable:
                return

    async def want_back(self) -> None:
        if self.orders:
            order, shop, now = self.rng.choice(self.orders), self.stage.world.shop, self.stage.world.now
            await self.stage.world.write(
                lambda tx: shop.request_refund(tx, order.order_no, order.customer_id, now)
            )

    async def wait(self) -> None:
        await self.stage.let_pass(seconds=self.rng.choice((1, 7, 60, 400, 1900, 20_000)))


@dataclass(frozen=True)
class Rails:
    """One gateway of ours, the emulated one before it, and how the latter spells our numbers."""

    kind: type[Rail]
    make_gateway: MakeGateway
    ours: Callable[[str], str]


def wechat_pay(rail: Rail, client: httpx.AsyncClient, clock: Clock, notify_url: str) -> WeChatPayGateway:
    return WeChatPayGateway(wechat_pay_stage.account(), client, clock, notify_url, notify_url)


RAILS = {
    "alipay": Rails(AlipayRail, alipay, alipay_signing.our_no),
    "wechat_pay": Rails(WeChatPayRail, wechat_pay, str),
    "unionpay": Rails(UnionPayRail, unionpay_stage.gateway_to, our_no_of),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", RAILS)
async def test_after_a_storm_both_sides_say_the_same(database: Database, name: str, seed: int) -> None:
    rails = RAILS[name]
    stage = ShopStage(database, rails.kind, rails.make_gateway, SeededChance(seed))
    await stage.world.open_shop(catalog_of(PLENTY))
    await stage.world.write(lambda tx: stage.world.bookkeeper.begin(tx, stage.world.now))
    storm = Storm(stage, seed)
    await storm.blow()
    assert await stage.world.violations() == ()
    await storm.calm()
    assert await stage.world.violations() == ()
    assert storm.orders
    alarms = await database.read(stage.world.shop.alarms)
    refused = {alarm.subject.rpartition("R")[0] for alarm in alarms if alarm.kind == "refund_refused"}
    for order in storm.orders:
        assert order.order_no in refused or await stage.world.state(order) in ENDS
    disagreed = await database.read(lambda tx: frozenset(_disagreements(tx, stage, rails)))
    # Whoever pays after the end, while every notice of it is lost, is found by the bill of his day.
    differences = await database.read(stage.world.shop.reckoning.open)
    assert disagreed <= {difference.found.our_no for difference in differences}


def _disagreements(tx: Tx, stage: ShopStage, rails: Rails) -> Iterator[str]:
    """Our numbers of money that one side believes in and the other does not, and nobody was called for."""
    held = {alarm.subject.split()[1] for alarm in stage.world.shop.alarms(tx) if alarm.kind == "payment_held"}
    for theirs in stage.rail.books.payments.values():
        ours = money.by_trade_no(tx, rails.ours(theirs.out_trade_no))
        assert ours is not None
        paid = theirs.paid_fen if theirs.state is PaymentState.PAID else 0
        booked = ours.amount_fen if ours.psp_ref else Fen(0)
        if paid != booked and ours.out_trade_no not in held:
            yield ours.out_trade_no
    for refund in stage.rail.books.refunds.values():
        known = money.refund(tx, rails.ours(refund.refund_no))
        assert known is not None
        gone = refund.amount_fen if refund.state is RefundState.SUCCEEDED else 0
        booked = known.amount_fen if known.state is OurRefundState.SUCCEEDED else Fen(0)
        if gone != booked:
            yield known.refund_no
