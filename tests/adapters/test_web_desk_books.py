"""What bills differ in, at the desk: behind its login, escaped, resolved with the one button."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from adapters.payments.sandbox import NAME
from adapters.web.app import create_web_app
from adapters.web.desk_books import SHOWN_MAX
from orders.bookkeeper import Bookkeeper
from orders.database import Database
from orders.money import Fen
from orders.order import OrderState
from orders.ports import BillKind, BillRow
from orders.reconciling import Action, Difference, Party, Side, What, china_day
from tests.adapters.web_world import DESK_PASSWORD, WebWorld, form_token_of, press

BANK = Party(Side.GATEWAY, NAME)
PAGE, RESOLVE = "/desk/books", "/desk/books/resolve"
TEMPLATE = Path(__file__).parents[2] / "adapters" / "web" / "templates" / "desk_books.html"


@pytest.fixture
async def world(database: Database) -> WebWorld:
    world = WebWorld(database)
    keeper = Bookkeeper(database, world.shop, {NAME: world.gateway}, {}, world.clock)
    world.app = create_web_app(replace(world.services, bookkeeper=keeper))
    await world.stock()
    return world


async def log_in(client: httpx.AsyncClient) -> None:
    await press(client, await client.get("/desk/login"), "/desk/login", name="小李", password=DESK_PASSWORD)


async def billed(world: WebWorld, *rows: BillRow) -> list[Difference]:
    """Today's bill says this; what differs then."""
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.reckoning.take_in(tx, BANK, china_day(now), rows, now))
    await world.database.write(lambda tx: world.shop.reckoning.compare(tx, BANK, china_day(now), now))
    return list(await world.database.read(world.shop.reckoning.open))


def row(world: WebWorld, our_no: str, ref: str, amount_fen: int) -> BillRow:
    return BillRow(BillKind.PAYMENT, ref, our_no, Fen(amount_fen), Fen(0), "succeeded", world.clock.now())


async def test_nobody_sees_or_resolves_without_a_login(world: WebWorld) -> None:
    (difference,) = await billed(world, row(world, "x", "y", 100))
    async with world.browser() as stranger:
        assert (await stranger.get(PAGE)).headers["location"] == "/desk/login"
        number = str(difference.difference_no)
        assert (await stranger.post(RESOLVE, data={"number": number})).status_code == 401
    assert len(await world.database.read(world.shop.reckoning.open)) == 1


async def test_a_payment_on_the_bill_is_settled_with_a_button(world: WebWorld) -> None:
    order = await world.placed("c1")
    (difference,) = await billed(world, row(world, f"{order.order_no}-1", "psp-1", order.total_fen))
    async with world.browser() as client:
        await log_in(client)
        page = await client.get(PAGE)
        assert "账单上有，我们没有" in page.text
        assert "按账单入账" in page.text
        done = await press(client, page, RESOLVE, number=str(difference.difference_no))
        assert "处理好了" in done.text
        assert "账都对得上" in done.text
    assert (await world.order(order.order_no)).state is OrderState.PLACED
    known = await world.database.read(
        lambda tx: world.shop.reckoning.difference(tx, difference.difference_no)
    )
    assert known is not None
    assert (known.resolved_by, known.resolution) == ("小李", "settled: paid")


async def test_what_is_for_a_person_wants_a_word_about_what_was_done(world: WebWorld) -> None:
    order = await world.placed("c1")
    await world.paid(order)
    payment, _ = await world.payment(order.pay_token)
    (amount,) = await billed(world, row(world, payment.out_trade_no, payment.psp_ref or "", 1))
    number = str(amount.difference_no)
    async with world.browser() as client:
        await log_in(client)
        page = await client.get(PAGE)
        assert "金额不一致" in page.text
        assert (await press(client, page, RESOLVE, number=number)).status_code == 409
        done = await press(client, page, RESOLVE, number=number, note="已和银行核对")
        assert "处理好了" in done.text
        again = await press(client, page, RESOLVE, number=number, note="又来")
        assert (again.status_code, "别人已经处理过" in again.text) == (409, True)


async def test_what_the_gateway_denies_is_told(world: WebWorld) -> None:
    order = await world.placed("c1")
    await world.paid(order)
    (short,) = await billed(world)
    world.bank.paid.clear()
    async with world.browser() as client:
        await log_in(client)
        page = await client.get(PAGE)
        denied = await press(client, page, RESOLVE, number=str(short.difference_no))
        assert "对方不承认这一笔" in denied.text
        assert "处理结果" in denied.text
    assert (await world.order(order.order_no)).state is OrderState.IN_REVIEW


async def test_what_a_bill_says_is_escaped_and_the_page_is_bounded(world: WebWorld) -> None:
    evil = "<script>alert(1)</script>"
    await billed(
        world, *(row(world, f"{evil}{number}", f"{evil}{number}", 100) for number in range(SHOWN_MAX + 3))
    )
    async with world.browser() as client:
        await log_in(client)
        page = await client.get(PAGE)
        assert "<script>alert" not in page.text
        assert page.text.count("记为待认领款") == SHOWN_MAX
        assert "还有 3 笔" in page.text


async def test_a_form_from_elsewhere_and_a_number_that_is_none_are_refused(world: WebWorld) -> None:
    async with world.browser() as client:
        await log_in(client)
        assert (await client.post(RESOLVE, data={"number": "1", "form_token": "x"})).status_code == 403
        token = form_token_of(await client.get("/desk"))
        for number in ("", "one", "１", "-1"):
            refused = await client.post(RESOLVE, data={"number": number, "form_token": token})
            assert refused.status_code == 400


async def test_a_shop_that_gets_no_bills_has_no_such_page(world: WebWorld) -> None:
    async with world.browser(create_web_app(world.services)) as client:
        await log_in(client)
        assert (await client.get(PAGE)).status_code == 404


def test_every_code_has_its_words() -> None:
    words = TEMPLATE.read_text("utf-8")
    assert [code for code in (*What, *BillKind, *Action) if f'"{code}": "' not in words] == []
