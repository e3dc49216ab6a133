"""What suppliers say by themselves, and what people at the desk do."""

from __future__ import annotations

from datetime import timedelta

from bot.store import chats
from bot.store.chats import Attended
from orders.database import Tx
from orders.ports import Outcome, SupplierAnswer
from tests.simulation.customers import unchanged
from tests.simulation.depot import Carried, Manner
from tests.simulation.house import Process, address_of
from tests.simulation.life import CUSTOMERS, World

AGENTS = ("li", "wang")

FINAL = frozenset({Outcome.DONE, Outcome.PARTIAL, Outcome.FAILED, Outcome.NEEDS_INFO})


def _any_request(world: World) -> Carried | None:
    numbers = list(world.depot.carried)
    if not numbers:
        return None
    recent = numbers[-8:] if world.rng.random() < 0.7 else numbers
    return world.depot.carried[world.rng.choice(recent)][0]


async def a_supplier_calls_back(world: World, times: int | None = None) -> str | None:
    """Perhaps before it answered, perhaps again, perhaps about an attempt that is long over."""
    request = _any_request(world)
    if request is None or world.now < request.ready_at or request.manner is Manner.MUTE:
        return None
    await call_back(world, request, world.depot.final_word_on(request), times or world.rng.choice((1, 1, 2)))
    return f"{request.ask.request_no}: {world.depot.final_word_on(request).outcome}"


async def call_back(world: World, request: Carried, said: SupplierAnswer, times: int = 1) -> None:
    number = request.ask.request_no

    async def call(at: Process) -> None:
        await at.database.write(lambda tx: at.supplier_says(tx, number, said))
        await unchanged(world, at, lambda tx: at.supplier_says(tx, number, said), "the same callback")

    await world.attempt(call, times)


async def a_supplier_calls_about_nothing(world: World) -> str:
    number = f"2020010100000{world.rng.randrange(10)}-1-1"
    said = SupplierAnswer(world.rng.choice(sorted(FINAL)), delivered_quantity=1)
    world.faults["answer to nothing"] += 1
    await world.attempt(lambda at: at.database.write(lambda tx: at.supplier_says(tx, number, said)))
    return f"{number}: {said.outcome}"


async def a_supplier_takes_it_back(world: World) -> str | None:
    delivered = [
        requests[0]
        for requests in world.depot.carried.values()
        if requests[0].manner is Manner.REVERSES and requests[0].ready_at <= world.now
    ]
    if not delivered:
        return None
    request = world.rng.choice(delivered[-4:])
    if not request.is_reversed:
        request.is_reversed = True
        world.faults["delivery reversed"] += 1
    await call_back(world, request, world.depot.final_word_on(request), world.rng.choice((1, 2)))
    return f"{request.ask.request_no} is taken back"


async def staff_ships(world: World) -> str | None:
    waiting = world.straight.raw.execute(
        "SELECT order_no, line_no FROM attempts WHERE ended_at IS NULL AND supplier = 'house:manual' "
        "ORDER BY order_no, line_no"
    ).fetchall()
    if not waiting:
        return None
    order_no, line_no = world.rng.choice(waiting)
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.ship(tx, order_no, line_no, "li", world.now)),
        world.rng.choice((1, 1, 2)),
    )
    return f"line {line_no} of {order_no} is shipped"


async def staff_resolves(world: World) -> str | None:
    """A person telephones the supplier, whose books are right, and tells what he heard."""
    waiting = world.straight.raw.execute(
        "SELECT order_no, line_no, request_no, submitted_at FROM attempts "
        "WHERE ended_at IS NULL AND supplier = 'depot' ORDER BY order_no, line_no"
    ).fetchall()
    if not waiting:
        return None
    order_no, line_no, request_no, submitted_at = world.rng.choice(waiting)
    if (said := truth_about(world, request_no, submitted_at)) is None:
        return None
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.resolve(tx, order_no, line_no, said, "li", world.now))
    )
    return f"{request_no} is resolved: {said.outcome}"


def truth_about(world: World, request_no: str, submitted_at: int) -> SupplierAnswer | None:
    """What the supplier's books say; None where that may still change."""
    requests = world.depot.carried.get(request_no)
    if requests is None:
        is_old = world.now.timestamp() - submitted_at / 1e6 > timedelta(hours=1).total_seconds()
        return SupplierAnswer(Outcome.FAILED, reason="never_arrived") if is_old else None
    return world.depot.final_word_on(requests[0]) if requests[0].ready_at <= world.now else None


async def staff_tries_a_refund_again(world: World) -> str | None:
    refused = world.straight.raw.execute(
        "SELECT refund_no FROM refunds WHERE state = 'refused' ORDER BY refund_no"
    ).fetchall()
    if not refused:
        return None
    (refund_no,) = world.rng.choice(refused)
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.retry_refund(tx, refund_no, "li", world.now)),
        world.rng.choice((1, 2)),
    )
    return f"{refund_no} is tried again"


async def staff_closes_an_alarm(world: World) -> str | None:
    """Only such as are about the outside: what is about an order that waits, stays."""
    ringing = world.straight.raw.execute(
        "SELECT alarm_no FROM alarms WHERE closed_at IS NULL AND kind IN "
        "('notice_refused', 'answer_to_nothing', 'payment_held') ORDER BY alarm_no"
    ).fetchall()
    if not ringing:
        return None
    (alarm_no,) = world.rng.choice(ringing)
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.close_alarm(tx, alarm_no, "li", world.now))
    )
    return f"alarm {alarm_no} is closed"


async def staff_takes_over(world: World) -> str:
    """As `bot.handover` does; the bot is silent from that commit on."""
    address, agent = address_of(world.rng.choice(CUSTOMERS)), world.rng.choice(AGENTS)

    async def take(at: Process) -> None:
        def taking(tx: Tx) -> bool:
            chat = chats.open_chat(tx, address, world.now)
            return chat.attended is not Attended.AGENT and chats.set_attended(
                tx, chat, Attended.AGENT, agent=agent
            )

        await at.database.write(taking)

    await world.attempt(take, world.rng.choice((1, 2)))
    return f"{agent} takes {address.chat_id}"


async def staff_gives_back(world: World) -> str | None:
    if not world.straight.journal.attended:
        return None
    address = address_of(f"telegram:{world.rng.choice(sorted(world.straight.journal.attended))}")

    async def release(at: Process) -> None:
        def releasing(tx: Tx) -> None:
            chat = chats.open_chat(tx, address, world.now)
            chats.set_attended(tx, chat, Attended.BOT)

        await at.database.write(releasing)

    await world.attempt(release)
    return f"{address.chat_id} is given back"
