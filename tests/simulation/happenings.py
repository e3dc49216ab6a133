"""Everything that can happen to a shop, each with how often it does. One is drawn at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.simulation import customers, goods, money, staff
from tests.simulation.life import World

Happening = Callable[[World], Awaitable[str | None]]
"""Does it, and tells what it did; None where there was nothing to do it to."""


async def jobs_are_done(world: World) -> str:
    process, limit = world.any_process(), world.rng.randint(1, 3)
    await process.claim(limit)
    await world.settle()
    return f"a worker takes up to {limit} jobs"


async def jobs_are_done_by_all(world: World) -> str:
    """Two workers look at the same instant."""
    for process in world.processes:
        await process.claim(world.rng.randint(1, 3))
    await world.settle()
    return "all workers take jobs"


async def something_goes_on(world: World) -> str | None:
    if not world.wire.parked:
        return None
    which = world.rng.randrange(len(world.wire.parked))
    world.wire.let_go(which)
    await world.settle()
    return f"what was parked as number {which} goes on"


async def time_passes(world: World) -> str:
    seconds = world.rng.choices(
        (1, 4, 9, 25, 70, 130, 400, 1000, 4000, 30_000, 200_000), (20, 16, 14, 14, 10, 10, 9, 6, 3, 0.6, 0.2)
    )[0]
    if world.rng.random() < 0.3:
        # Nobody works meanwhile: everything that was due is late, and leases have run out.
        world.clock.advance(timedelta(seconds=seconds))
        await world.settle()
        return f"{seconds} s pass, and nobody works"
    await world.pass_time(timedelta(seconds=seconds), 12)
    return f"{seconds} s pass"


async def a_process_is_to_die(world: World) -> str:
    process = world.any_process()
    process.line.commits_left = world.rng.randint(1, 6)
    process.line.dies_after_commit = world.rng.random() < 0.5
    when = "after" if process.line.dies_after_commit else "before"
    return f"a process dies {when} its commit {process.line.commits_left} from now"


async def a_process_dies(world: World) -> str:
    world.any_process().die()
    await world.settle()
    return "a process dies at once"


async def the_catalog_is_imported(world: World) -> str:
    for sku in goods.SKUS:
        if world.rng.random() < 0.2:
            world.prices[sku] = goods.price(world.rng)
    catalog = goods.catalog(world.prices, world.rng)
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.import_catalog(tx, catalog, world.now))
    )
    return "the catalog is imported"


async def keys_arrive(world: World) -> str:
    sku = world.rng.choice(goods.KEYED)
    secrets = [f"{sku}-{world.rng.randbytes(6).hex()}" for _ in range(world.rng.randint(1, 8))]
    await world.attempt(
        lambda at: at.database.write(lambda tx: at.shop.add_card_keys(tx, sku, secrets, world.now))
    )
    return f"{len(secrets)} keys of {sku} arrive"


HAPPENINGS: dict[Happening, float] = {
    jobs_are_done: 20,
    jobs_are_done_by_all: 4,
    something_goes_on: 14,
    time_passes: 12,
    a_process_is_to_die: 1.5,
    a_process_dies: 0.5,
    the_catalog_is_imported: 0.7,
    keys_arrive: 0.7,
    customers.somebody_is_quoted: 6,
    customers.somebody_orders: 6,
    customers.somebody_orders_twice_at_once: 1,
    customers.somebody_cancels: 2,
    customers.somebody_wants_his_money_back: 2,
    customers.somebody_looks_at_his_keys: 2,
    customers.somebody_gives_another_account: 3,
    customers.somebody_looks_at_another_ones_order: 0.5,
    customers.somebody_writes: 3,
    money.somebody_pays: 7,
    money.somebody_pays_another_amount: 0.7,
    money.somebody_goes_to_the_till: 4,
    money.somebody_comes_back_from_the_till: 1.5,
    money.a_notice_arrives: 12,
    money.a_notice_arrives_twice_at_once: 2,
    money.a_notice_is_lost: 1,
    money.a_notice_lies: 2,
    money.a_notice_is_forged: 1,
    money.a_bank_ends_a_refund: 3,
    money.a_bank_changes_its_manners: 2,
    staff.a_supplier_calls_back: 5,
    staff.a_supplier_calls_about_nothing: 0.5,
    staff.a_supplier_takes_it_back: 0.7,
    staff.staff_ships: 2,
    staff.staff_resolves: 1.5,
    staff.staff_tries_a_refund_again: 1.5,
    staff.staff_closes_an_alarm: 1,
    staff.staff_takes_over: 1,
    staff.staff_gives_back: 1,
}

_KINDS = tuple(HAPPENINGS)
_WEIGHTS = tuple(HAPPENINGS.values())


async def one(world: World) -> None:
    """The next event, whatever it is; more than one where time passes."""
    done = None
    while done is None:
        happening = world.rng.choices(_KINDS, _WEIGHTS)[0]
        done = await happening(world)
    world.events += 1
    world.kinds[happening.__name__] += 1
    world.note(f"{happening.__name__}: {done}")
