"""Each knob of the emulator does what it says, whatever the personality."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from orders.clock import VirtualClock
from tests.emulator.app import Emulator
from tests.emulator.books import BooksRefuse, Movement, MovementKind, PaymentState, RefundState
from tests.emulator.knobs import RefundPath
from tests.emulator.plain_rail import PlainRail
from tests.emulator.virtual import let_pass, sleeping
from tests.orders.world import START

NOTIFY = "http://shop.test/notices/plain"
SECOND = timedelta(seconds=1)


class Stage:
    """A shop that only listens, a gateway, and a client of it."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.heard: list[tuple[datetime, dict[str, Any]]] = []
        self.answer = "ok"
        self.hearing_at_once = self.hearing = 0
        shop = httpx.AsyncClient(transport=httpx.MockTransport(self._hear))
        self.emulator = Emulator([PlainRail], self.clock, shop, sleeping(self.clock))
        self.rail = self.emulator.rails["plain"]
        self.knobs = self.rail.knobs
        self.client = httpx.AsyncClient(
            transport=self.emulator.transport(), base_url="http://emulator.test", timeout=10
        )

    async def _hear(self, request: httpx.Request) -> httpx.Response:
        self.hearing += 1
        self.hearing_at_once = max(self.hearing_at_once, self.hearing)
        await asyncio.sleep(0)
        self.heard.append((self.clock.now(), json.loads(request.content)))
        self.hearing -= 1
        return httpx.Response(200, text=self.answer)

    async def open(self, number: str = "P1", amount_fen: int = 9980) -> httpx.Response:
        said = {"number": number, "amount": amount_fen, "notify_url": NOTIFY}
        return await self.client.post("/plain/open", json=said)

    async def refund(self, number: str = "P1", amount_fen: int = 9980) -> httpx.Response:
        said = {"number": number, "refund": f"{number}R", "amount": amount_fen, "notify_url": NOTIFY}
        return await self.client.post("/plain/refund", json=said)

    async def pay(self, number: str = "P1", **form: str) -> httpx.Response:
        return await self.client.post(f"/payer/plain/{number}", data={"do": "pay"} | form)

    async def let_pass(self, **time: float) -> None:
        await let_pass(self.emulator, self.clock, timedelta(**time))

    @property
    def told(self) -> list[str]:
        """What the shop heard of, in order."""
        return [said.get("paid") or said["refunded"] for _, said in self.heard]


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_payer_who_pays_is_told_of_once(stage: Stage) -> None:
    await stage.open()
    assert "¥99.80" in (await stage.client.get("/payer/plain/P1")).text
    await stage.pay()
    await stage.let_pass(days=2)
    assert stage.heard == [
        (START, {"paid": "P1", "amount": 9980, "merchant": "m", "at": START.isoformat(), "forged": False})
    ]


async def test_who_does_not_acknowledge_is_told_again_on_the_gateways_schedule(stage: Stage) -> None:
    stage.answer = "fail"
    await stage.open()
    await stage.pay()
    await stage.let_pass(days=2)
    assert [at - START for at, _ in stage.heard] == [0 * SECOND, 15 * SECOND, 195 * SECOND]


async def test_a_notice_can_be_late(stage: Stage) -> None:
    stage.knobs.notice_delay = timedelta(hours=3)
    await stage.open()
    await stage.pay()
    await stage.let_pass(hours=2)
    assert stage.heard == []
    await stage.let_pass(hours=2)
    assert [at - START for at, _ in stage.heard] == [timedelta(hours=3)]


async def test_the_first_notices_can_be_lost(stage: Stage) -> None:
    stage.knobs.notices_lost = 2
    await stage.open()
    await stage.pay()
    await stage.let_pass(hours=1)
    assert [at - START for at, _ in stage.heard] == [195 * SECOND]
    assert [post.status_code for post in stage.rail.courier.posted] == [None, None, 200]


async def test_a_notice_can_come_several_times(stage: Stage) -> None:
    stage.knobs.notice_copies = 3
    await stage.open()
    await stage.pay()
    assert stage.told == ["P1", "P1", "P1"]
    assert stage.hearing_at_once == 1


async def test_copies_can_come_at_the_same_instant(stage: Stage) -> None:
    stage.knobs.notice_copies, stage.knobs.copies_at_once = 5, True
    await stage.open()
    await stage.pay()
    assert stage.told == ["P1"] * 5
    assert stage.hearing_at_once == 5


async def test_a_refund_can_be_told_before_its_payment(stage: Stage) -> None:
    stage.knobs.refund_notice_first = True
    await stage.open()
    await stage.pay()
    assert stage.told == []
    await stage.refund()
    assert stage.told == ["P1R", "P1"]


async def test_a_notice_can_tell_a_wrong_amount_merchant_time_and_signature(stage: Stage) -> None:
    stage.knobs.amount_told_fen, stage.knobs.merchant_told = 1, "somebody"
    stage.knobs.notice_age, stage.knobs.bad_signature = timedelta(days=2), True
    await stage.open()
    await stage.pay()
    at = (START - timedelta(days=2)).isoformat()
    [(_, said)] = stage.heard
    assert said == {"paid": "P1", "amount": 1, "merchant": "somebody", "at": at, "forged": True}


async def test_the_notice_can_come_before_the_answer_to_the_call(stage: Stage) -> None:
    stage.knobs.notice_before_answer = True
    answer = await stage.open()
    assert stage.told == ["P1"]
    assert answer.status_code == 200


async def test_a_closed_payment_is_not_paid_except_by_a_payer_who_is_let(stage: Stage) -> None:
    await stage.open()
    stage.rail.books.close("P1")
    assert (await stage.pay()).status_code == 409
    assert stage.told == []
    assert (await stage.pay(do="closed")).status_code == 200
    assert stage.told == ["P1"]


async def test_the_knob_lets_every_payer_pay_after_the_close(stage: Stage) -> None:
    stage.knobs.pay_after_close = True
    await stage.open()
    stage.rail.books.close("P1")
    assert (await stage.pay()).status_code == 200
    assert stage.told == ["P1"]


async def test_a_payer_can_pay_another_amount(stage: Stage) -> None:
    await stage.open()
    await stage.pay(do="other", yuan="0.01")
    assert [said["amount"] for _, said in stage.heard] == [1]
    assert (await stage.pay()).status_code == 409


async def test_a_call_can_be_carried_out_and_answered_with_an_error(stage: Stage) -> None:
    stage.knobs.fail_after_commit = 1
    assert (await stage.open()).status_code == 500
    assert (await stage.client.get("/plain/state/P1")).json() == {"state": "waiting"}


async def test_a_slow_gateway_wears_out_a_callers_patience_on_the_clock_alone(stage: Stage) -> None:
    stage.knobs.slow_seconds = 20
    with pytest.raises(httpx.ReadTimeout):
        await stage.open()
    assert stage.clock.now() == START + 20 * SECOND
    assert stage.rail.books.find("P1") is not None


async def test_the_gateways_clock_can_be_ahead(stage: Stage) -> None:
    stage.knobs.clock_skew = timedelta(minutes=7)
    await stage.open()
    await stage.pay()
    [(at, said)] = stage.heard
    assert at == START
    assert said["at"] == (START + timedelta(minutes=7)).isoformat()


@pytest.mark.parametrize(
    ("path", "end"),
    [
        (RefundPath.PROCESSING_THEN_SUCCESS, RefundState.SUCCEEDED),
        (RefundPath.PROCESSING_THEN_ABNORMAL, RefundState.ABNORMAL),
    ],
)
async def test_a_refund_can_be_under_way_before_it_ends(
    stage: Stage, path: RefundPath, end: RefundState
) -> None:
    stage.knobs.refund_path = path
    await stage.open()
    await stage.pay()
    assert (await stage.refund()).json() == {"state": "processing"}
    assert stage.told == ["P1"]
    await stage.let_pass(minutes=6)
    found = stage.rail.books.find_refund("P1R")
    assert found is not None
    assert found.state is end
    at, said = stage.heard[-1]
    assert (at - START, said["state"]) == (timedelta(minutes=5), end)


async def test_the_same_refund_again_is_the_same_and_more_than_was_paid_is_refused(stage: Stage) -> None:
    await stage.open()
    await stage.pay()
    await stage.refund(amount_fen=9000)
    await stage.refund(amount_fen=9000)
    assert stage.rail.books.given_back_fen("P1") == 9000
    with pytest.raises(BooksRefuse):
        await stage.rail.refund("another", "P1", 981)


async def test_the_bill_of_a_day_is_made_on_the_next(stage: Stage) -> None:
    today, tomorrow = date(2026, 1, 5), date(2026, 1, 6)
    for number in ("P1", "P2", "P3"):
        await stage.open(number)
        await stage.pay(number)
    await stage.refund("P3", 100)
    assert stage.rail.bill(today) is None
    await stage.let_pass(days=1)
    assert [(line.our_no, line.amount_fen) for line in stage.rail.bill(today) or ()] == [
        ("P1", 9980), ("P2", 9980), ("P3", 9980), ("P3R", 100),
    ]  # fmt: skip
    await stage.let_pass(days=1)
    assert stage.rail.bill(tomorrow) == ()


async def test_a_bill_can_miss_add_and_change_rows(stage: Stage) -> None:
    for number in ("P1", "P2"):
        await stage.open(number)
        await stage.pay(number)
    never = Movement(MovementKind.PAYMENT, "4200X", "P9", "P9", 700, START)
    stage.knobs.bill_missing = frozenset({"P1"})
    stage.knobs.bill_differs_fen = {"P2": 9979}
    stage.knobs.bill_extra = (never,)
    await stage.let_pass(days=1)
    assert [(line.our_no, line.amount_fen) for line in stage.rail.bill(date(2026, 1, 5)) or ()] == [
        ("P2", 9979), ("P9", 700),
    ]  # fmt: skip


async def test_a_payment_whose_time_is_over_is_closed(stage: Stage) -> None:
    await stage.open()
    known = stage.rail.books.payments
    known["P1"] = replace(known["P1"], expires_at=START + SECOND)
    await stage.let_pass(seconds=1)
    found = stage.rail.books.find("P1")
    assert found is not None
    assert found.state is PaymentState.CLOSED


async def test_the_payers_page_writes_what_the_shop_said_as_text(stage: Stage) -> None:
    await stage.open("P<b>")
    page = (await stage.client.get("/payer/plain/P<b>")).text
    assert "P&lt;b&gt;" in page
    assert "P<b>" not in page


async def test_what_was_kept_back_goes_out_once_nothing_keeps_it_back(stage: Stage) -> None:
    stage.knobs.refund_notice_first = True
    await stage.open()
    await stage.pay()
    stage.knobs.refund_notice_first = False
    await stage.let_pass(seconds=1)
    assert stage.told == ["P1"]
