"""Notices of a real gateway's kind that come at the same instant, on either database."""

from __future__ import annotations

import pytest

from orders.database import Database
from orders.order import CustomerState
from tests.emulator.shop_stage import ShopStage
from tests.emulator.test_wechat_pay_shop import ask_back, is_sound, make_gateway, paid
from tests.emulator.wechat_pay import WeChatPayRail
from tests.orders.world import gift


@pytest.fixture
async def stage(database: Database) -> ShopStage:
    stage = ShopStage(database, WeChatPayRail, make_gateway)
    await stage.world.open_shop()
    stage.knobs.notice_copies, stage.knobs.copies_at_once = 5, True
    return stage


async def test_money_that_is_told_five_times_at_once_is_booked_once(stage: ShopStage) -> None:
    order = await stage.world.place(gift())
    await paid(stage, order)
    assert sorted(type(outcome).__name__ for outcome in stage.heard) == ["Repeated"] * 4 + ["Settled"]
    await stage.let_pass(minutes=20)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert await is_sound(stage)


async def test_a_refund_that_is_told_five_times_at_once_is_booked_once(stage: ShopStage) -> None:
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.work()
    stage.heard.clear()
    await ask_back(stage, order)
    await stage.let_pass(minutes=20)
    assert sorted(type(outcome).__name__ for outcome in stage.heard) == ["Noted"] + ["Repeated"] * 4
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert await is_sound(stage)
