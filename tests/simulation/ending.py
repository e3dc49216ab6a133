"""The world turns friendly, time passes, and then everything has come to its end.

First by itself: a settled order is delivered or refunded, or it waits for a person or its customer.
Then people do what waits for them, and nothing at all is left.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.simulation import staff
from tests.simulation.bank import Fate
from tests.simulation.depot import Manner
from tests.simulation.journal import Broken
from tests.simulation.life import World
from tests.simulation.money import _post, _said_anew

DAYS = 2
STEPS_MAX = 5000


async def end(world: World) -> None:
    """Raises Broken."""
    world.wire.hostile = False
    for process in world.processes:
        process.line.commits_left = None
    await world.let_go_all()
    await _banks_and_suppliers_say_all(world)
    await world.pass_time(timedelta(days=DAYS), STEPS_MAX)
    world.straight.raw.execute("INSERT OR IGNORE INTO touched SELECT order_no FROM main.orders")
    world.look()
    everything_ended(world)
    everything_was_told(world)
    await people_do_their_work(world)
    world.look()
    every_fen_is_there(world)


async def _banks_and_suppliers_say_all(world: World) -> None:
    for bank in world.banks.values():
        bank.next_fate = Fate.AT_ONCE
        for refund in bank.refunds.values():
            if not refund.is_ended:
                refund.is_ended = True
    for mail in [mail for mail in world.mail if not mail.heard]:
        await _post(world, mail, _said_anew(world, mail))
    await world.settle()
    for requests in list(world.depot.carried.values()):
        request = requests[0]
        if request.manner is Manner.LIES or request.is_reversed:
            await staff.call_back(world, request, world.depot.final_word_on(request))


def everything_ended(world: World) -> None:
    """Invariant 3: in bounded time delivered, refunded, or waiting for somebody."""
    raw = world.straight.raw
    ringing = _ringing(world)
    left = raw.execute("SELECT order_no FROM orders WHERE state = 'awaiting_payment'").fetchall()
    if left:
        raise Broken(3, f"{left[0][0]} still awaits payment")
    for order_no, state, kind, line_no in raw.execute(
        "SELECT o.order_no, l.state, l.delivery, l.line_no FROM orders o JOIN order_lines l USING (order_no) "
        "WHERE o.state IN ('placed', 'in_review', 'completed') AND l.state NOT IN ('done', 'partial', 'failed')"
    ):
        waits = state == "needs_info" or (kind == "physical" and state == "submitted")
        if not waits and order_no not in ringing and not _waits_for_review(world, order_no):
            raise Broken(3, f"line {line_no} of {order_no} is {state}, and nobody knows")
    for refund_no, state in raw.execute("SELECT refund_no, state FROM refunds WHERE state <> 'succeeded'"):
        if state != "refused" or f"refund_refused:{refund_no}" not in ringing:
            raise Broken(3, f"refund {refund_no} is {state}, and nobody knows")


def _ringing(world: World) -> str:
    rows = world.straight.raw.execute(
        "SELECT kind, subject FROM alarms WHERE closed_at IS NULL ORDER BY alarm_no"
    )
    return " ".join(f"{kind}:{subject}" for kind, subject in rows)


def _waits_for_review(world: World, order_no: str) -> bool:
    """Held up behind another line of its order, at which a person looks."""
    return bool(
        world.straight.raw.execute(
            "SELECT 1 FROM orders WHERE order_no = ? AND state = 'in_review'", (order_no,)
        ).fetchone()
    )


def everything_was_told(world: World) -> None:
    """Invariant 8: each step of each order was told, once and in its order; what was heard is known."""
    raw, ringing = world.straight.raw, _ringing(world)
    for order_no, last in raw.execute(
        "SELECT order_no, MAX(seq) FROM order_events GROUP BY order_no"
    ).fetchall():
        told = raw.execute(
            "SELECT text, id, delivery FROM messages WHERE about = ? ORDER BY id", (order_no,)
        ).fetchall()
        if [text for text, _, _ in told] != [f"{order_no}:{seq}" for seq in range(1, last + 1)]:
            raise Broken(8, f"the news of {order_no} were not told once each, in their order")
        for text, number, delivery in told:
            given_up = f"job_given_up:send:{number}" in ringing.split()
            if not given_up and (delivery != "sent" or not world.delivered[number]):
                raise Broken(8, f"the news {text} is {delivery}, and reached nobody")
    known: Counter[str] = Counter(
        psp_ref for (psp_ref,) in raw.execute("SELECT psp_ref FROM payment_evidence")
    )
    for bank in world.banks.values():
        for several in bank.movements.values():
            for paid in several:
                if not known[paid.psp_ref]:
                    raise Broken(8, f"{paid.amount_fen} came to {bank.name}, and nobody knows")


async def people_do_their_work(world: World) -> None:
    """Parcels leave, refused refunds are cleared up, customers give accounts, unknown ends are told."""
    from tests.simulation import customers

    raw = world.straight.raw
    # A recipient who is refused again is asked again.
    for _ in range(STEPS_MAX):
        done = [
            await staff.staff_ships(world),
            await staff.staff_tries_a_refund_again(world),
            await customers.somebody_gives_another_account(world),
            await staff.staff_resolves(world),
        ]
        await world.pass_time(timedelta(minutes=5), 200)
        if not any(done):
            break
    await world.pass_time(timedelta(days=1), STEPS_MAX)
    left = raw.execute(
        "SELECT order_no, state FROM orders WHERE state NOT IN ('completed', 'cancelled', 'expired')"
    ).fetchall()
    if left:
        raise Broken(3, f"{left[0][0]} is {left[0][1]} when everything was done")
    refunds = raw.execute("SELECT refund_no, state FROM refunds WHERE state <> 'succeeded'").fetchall()
    if refunds:
        raise Broken(3, f"refund {refunds[0][0]} is {refunds[0][1]} when everything was done")


def every_fen_is_there(world: World) -> None:
    """Invariants 2, 3 and 4 at once, by the books of the banks and of the supplier: what was kept of
    the money is what was delivered, and the fee where anything was."""
    raw = world.straight.raw
    for bank in world.banks.values():
        booked = raw.execute(
            "SELECT COALESCE(SUM(amount_fen), 0) FROM ledger WHERE account = ?", (f"receivable:{bank.name}",)
        ).fetchone()[0]
        held = {
            psp_ref
            for (psp_ref,) in raw.execute(
                "SELECT psp_ref FROM payment_evidence WHERE gateway = ?", (bank.name,)
            )
        } - {psp_ref for (psp_ref,) in raw.execute("SELECT psp_ref FROM payments WHERE psp_ref IS NOT NULL")}
        moved = sum(
            paid.amount_fen
            for several in bank.movements.values()
            for paid in several
            if paid.psp_ref not in held
        )
        if booked != moved - bank.given_back_fen:
            raise Broken(
                2, f"{bank.name} holds {moved - bank.given_back_fen} for us, the ledger says {booked}"
            )
    for order_no, line_no, quantity, delivered, state in raw.execute(
        "SELECT order_no, line_no, quantity, delivered_quantity, state FROM order_lines WHERE delivery = 'topup'"
    ).fetchall():
        requests = [
            request
            for several in world.depot.carried.values()
            for request in several
            if (request.ask.order_no, request.ask.line_no) == (order_no, line_no)
        ]
        told_wrong = [request for request in requests if request.manner is Manner.LIES or request.is_reversed]
        if told_wrong:
            continue
        truly = sum(request.quantity for request in requests)
        if truly != delivered:
            raise Broken(
                4,
                f"line {line_no} of {order_no}: {truly} of {quantity} arrived, {delivered} are booked ({state})",
            )
