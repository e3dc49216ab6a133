"""What customers do: order, change their minds, look, and write; sometimes twice at once."""

from __future__ import annotations

from bot.messages import IncomingMessage, Reply, Speaker
from bot.store import chats
from bot.store.chats import Attended
from orders.database import Tx
from orders.draft import Draft
from orders.errors import NoSuchOrder
from orders.quote import Quote
from tests.simulation import goods
from tests.simulation.house import Process, address_of
from tests.simulation.journal import Broken
from tests.simulation.life import CUSTOMERS, Placed, World


async def somebody_is_quoted(world: World) -> str:
    customer, draft = world.rng.choice(CUSTOMERS), Draft(goods.draft_lines(world.rng))

    async def ask(at: Process) -> None:
        quote = await at.database.write(lambda tx: at.shop.quote(tx, draft, customer, world.now))
        if isinstance(quote, Quote):
            world.quotes[quote.quote_id] = quote

    await world.attempt(ask)
    return f"{customer} asks for {len(draft.lines)} lines"


async def somebody_orders(world: World, times: int = 1) -> str | None:
    """By a quote that he was shown: a fresh one, an old one, or one that he ordered by before."""
    if not world.quotes:
        return None
    quote = world.quotes[world.rng.choice(list(world.quotes)[-8:])]
    twice = world.rng.random() < 0.3

    async def place(at: Process) -> None:
        order = await at.database.write(lambda tx: at.shop.place(tx, quote, world.now))
        known = [one for one in world.orders if one.quote.quote_id == quote.quote_id]
        if not known:
            world.orders.append(Placed(order.order_no, order.customer_id, quote, order.pay_token))
            world.orders_in_all += 1
        elif known[0].order_no != order.order_no:
            raise Broken(5, f"two orders of one quote: {known[0].order_no} and {order.order_no}")
        if twice:
            await unchanged(world, at, lambda tx: at.shop.place(tx, quote, world.now), "placing")

    await world.attempt(place, times)
    return f"{quote.customer_id} orders for {quote.total_fen}"


async def unchanged(world: World, at: Process, doing, what: str) -> None:  # type: ignore[no-untyped-def]
    """The same once more, and again at once: what changed nothing the first time, or did because the
    world had moved on meanwhile, must leave the database as it is the second time."""
    raw = world.straight.raw

    def again(tx: Tx) -> None:
        doing(tx)
        before = raw.total_changes
        notices = raw.execute("SELECT COUNT(*) FROM notices").fetchone()[0]
        statements: list[str] = []
        raw.set_trace_callback(statements.append)
        doing(tx)
        raw.set_trace_callback(None)
        kept = raw.execute("SELECT COUNT(*) FROM notices").fetchone()[0] - notices
        if raw.total_changes - before != kept:
            wrote = [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]
            told = "; ".join(one[:200] for one in wrote if not one.startswith("INSERT INTO notices"))
            raise Broken(5, f"{what} twice changed the database twice: {told}")

    await at.database.write(again)


async def somebody_orders_twice_at_once(world: World) -> str | None:
    return await somebody_orders(world, times=2)


async def somebody_cancels(world: World) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None

    async def cancel(at: Process) -> None:
        await at.database.write(lambda tx: at.shop.cancel(tx, placed.order_no, placed.customer, world.now))
        await unchanged(
            world,
            at,
            lambda tx: at.shop.cancel(tx, placed.order_no, placed.customer, world.now),
            "cancelling",
        )

    await world.attempt(cancel, world.rng.choice((1, 1, 2)))
    return f"{placed.order_no} is cancelled"


async def somebody_wants_his_money_back(world: World) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None
    await world.attempt(
        lambda at: at.database.write(
            lambda tx: at.shop.request_refund(tx, placed.order_no, placed.customer, world.now)
        ),
        world.rng.choice((1, 1, 2)),
    )
    return f"a refund of {placed.order_no} is wished"


async def somebody_looks_at_his_keys(world: World) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None

    async def look(at: Process) -> None:
        for secret in await at.database.write(
            lambda tx: at.shop.card_keys(tx, placed.order_no, placed.customer, world.now)
        ):
            owner = world.seen_by.setdefault(secret, placed.order_no)
            if owner != placed.order_no:
                raise Broken(4, f"the same key was shown to {owner} and to {placed.order_no}")

    await world.attempt(look)
    return f"the keys of {placed.order_no} are looked at"


async def somebody_gives_another_account(world: World) -> str | None:
    waiting = world.straight.raw.execute(
        "SELECT order_no, line_no FROM order_lines WHERE state = 'needs_info' ORDER BY order_no, line_no"
    ).fetchall()
    if not waiting:
        return None
    order_no, line_no = world.rng.choice(waiting)
    placed = next((one for one in world.orders if one.order_no == order_no), None)
    if placed is None:
        return None
    account = f"1390013900{world.rng.randrange(6)}"
    await world.attempt(
        lambda at: at.database.write(
            lambda tx: at.shop.change_account(tx, order_no, line_no, placed.customer, account, world.now)
        ),
        world.rng.choice((1, 2)),
    )
    return f"line {line_no} of {order_no} is to go to another account"


async def somebody_looks_at_another_ones_order(world: World) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None
    stranger = world.rng.choice([customer for customer in CUSTOMERS if customer != placed.customer])

    async def pry(at: Process) -> None:
        for doing in (at.shop.cancel, at.shop.request_refund, at.shop.card_keys):
            try:
                await at.database.write(
                    lambda tx, doing=doing: doing(tx, placed.order_no, stranger, world.now)
                )  # type: ignore[misc]
            except NoSuchOrder:
                continue
            raise Broken(4, f"{stranger} got at {placed.order_no}")

    await world.attempt(pry)
    return f"{stranger} tries {placed.order_no}"


async def somebody_writes(world: World) -> str:
    """The bot answers once, whatever the channel repeats, and not at all while a person attends."""
    customer, message_id = world.rng.choice(CUSTOMERS), world.nonce()
    said = IncomingMessage(message_id, address_of(customer), "hello", world.now)

    async def write(at: Process) -> None:
        def turn(tx: Tx) -> None:
            chat = chats.open_chat(tx, said.chat, world.now)
            if chats.already_heard(tx, chat, message_id):
                return
            chats.log_incoming(tx, chat, said, world.now)
            if chat.attended is not Attended.AGENT:
                at.outbox.post(tx, chat, Reply("hi"), world.now, speaker=Speaker.BOT, answers=message_id)

        await at.database.write(turn)
        world.heard.append(message_id)

    await world.attempt(write, world.rng.choice((1, 1, 2, 3)))
    return f"{customer} writes {message_id}"
