"""What payers and banks do: pay, pay again, pay late; tell it late, twice, wrongly, or not at all."""

from __future__ import annotations

from dataclasses import replace

from orders.money import Fen
from orders.payment import Held, HeldReason, Refused, Repeated
from orders.ports import RawNotice, Scene
from tests.simulation.bank import Bank, Fate
from tests.simulation.customers import unchanged
from tests.simulation.house import Process
from tests.simulation.journal import Broken
from tests.simulation.life import BANKS, Mail, Placed, World

PAYS_ALTHOUGH_CLOSED = 0.3
"""A payer who had the till open before it was closed."""


def _numbers(world: World, placed: Placed) -> list[tuple[str, str, int]]:
    """Gateway, number and amount of every payment that was opened for the order."""
    return world.straight.raw.execute(
        "SELECT gateway, out_trade_no, amount_fen FROM payments "
        "WHERE order_no = ? AND out_trade_no NOT LIKE '%again%' ORDER BY payment_id",
        (placed.order_no,),
    ).fetchall()


async def somebody_pays(world: World, amount_fen: int | None = None) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None
    gateway, number, amount = world.rng.choice(_numbers(world, placed))
    bank = world.banks[gateway]
    paid_before = number in bank.movements
    if paid_before and world.rng.random() < 0.6:
        return None
    if number in bank.closed and world.rng.random() > PAYS_ALTHOUGH_CLOSED:
        return None
    paid = bank.pay(number, Fen(amount if amount_fen is None else amount_fen))
    world.faults["paid twice"] += paid_before
    world.faults["paid although closed"] += number in bank.closed
    world.mail.append(Mail(bank, paid))
    return f"{paid.amount_fen} of {amount} for {number} at {gateway}"


async def somebody_pays_another_amount(world: World) -> str | None:
    world.faults["wrong amount"] += 1
    return await somebody_pays(world, world.rng.choice((1, 99, 4989, 123_456)))


async def somebody_goes_to_the_till(world: World) -> str | None:
    """At either bank, from either screen; from then on the shop asks the bank by itself."""
    placed = world.any_order()
    if placed is None:
        return None
    bank, scene = world.rng.choice(BANKS), world.rng.choice((Scene.QR, Scene.WAP))

    async def go(at: Process) -> None:
        await at.till.send(placed.pay_token, bank, scene, payer="", payer_ip="", return_url="")

    await world.attempt(go, world.rng.choice((1, 1, 2)))
    return f"the payer of {placed.order_no} goes to {bank} by {scene}"


async def somebody_comes_back_from_the_till(world: World) -> str | None:
    placed = world.any_order()
    if placed is None:
        return None
    await world.attempt(lambda at: at.till.look(placed.pay_token), world.rng.choice((1, 1, 2)))
    return f"the payer of {placed.order_no} comes back"


async def _post(world: World, mail: Mail, raw: RawNotice, twice: bool = False, times: int = 1) -> None:
    """The bank posts it, and stops repeating itself once it was heard."""
    bank = mail.bank
    gateway = world.around.gateways[bank.name]
    other = _said_anew(world, mail)
    # What the notice says, not what has become true while it was under way.
    gave_back = bool(mail.refund_no) and bank.refunds[mail.refund_no].gave_back

    async def post(at: Process) -> None:
        if world.kit.acknowledges_first:
            heard(world, mail, gave_back)
        said = await at.database.write(lambda tx: at.shop.receive_notice(tx, gateway, raw, raw.received_at))
        if isinstance(said, Refused):
            raise Broken(5, f"a genuine notice was refused: {said.reason}")
        heard(world, mail, gave_back)
        if twice:
            anew = replace(raw)
            await unchanged(
                world, at, lambda tx: _expect_repeated(at, gateway, anew, raw, tx), "the same notice"
            )
            await unchanged(
                world,
                at,
                lambda tx: at.shop.receive_notice(tx, gateway, other, other.received_at),
                "the same money under another nonce",
            )

    await world.attempt(post, times)


def _expect_repeated(at: Process, gateway, anew: RawNotice, raw: RawNotice, tx) -> None:  # type: ignore[no-untyped-def]
    said = at.shop.receive_notice(tx, gateway, anew, raw.received_at)
    if not isinstance(said, Repeated):
        raise Broken(5, f"the very same notice came out as {said}")


def _said_anew(world: World, mail: Mail) -> RawNotice:
    if mail.movement is not None:
        return mail.bank.notice(mail.movement, world.nonce())
    return mail.bank.refund_notice(mail.refund_no, world.nonce())


def heard(world: World, mail: Mail, gave_back: bool) -> None:
    mail.heard += 1
    if gave_back:
        world.given_back.append(mail.refund_no)
    if mail.movement is not None:
        world.acknowledged.append((mail.bank.name, mail.movement.psp_ref))


def _any_mail(world: World) -> Mail | None:
    """Any of what is not heard yet; sometimes of what was heard long ago."""
    waiting = [mail for mail in world.mail if not mail.heard]
    if world.mail and (not waiting or world.rng.random() < 0.2):
        return world.rng.choice(world.mail)
    return world.rng.choice(waiting) if waiting else None


async def a_notice_arrives(world: World, times: int = 1) -> str | None:
    mail = _any_mail(world)
    if mail is None:
        return None
    raw = _said_anew(world, mail)
    world.faults["notice repeated"] += mail.heard > 0
    await _post(world, mail, raw, twice=world.rng.random() < 0.4, times=times)
    return f"notice of {mail.movement.psp_ref if mail.movement else mail.refund_no}"


async def a_notice_arrives_twice_at_once(world: World) -> str | None:
    world.faults["notices at the same instant"] += 1
    return await a_notice_arrives(world, times=world.rng.randint(2, 3))


async def a_notice_is_lost(world: World) -> str | None:
    """The bank tries again much later; or, for all that the shop knows, never."""
    mail = _any_mail(world)
    if mail is None:
        return None
    world.faults["notice lost"] += 1
    world.mail.remove(mail)
    world.mail.insert(0, mail)
    return "a notice is lost"


async def _refused(world: World, bank: Bank, raw: RawNotice, received_at, reason: str) -> None:  # type: ignore[no-untyped-def]
    gateway = world.around.gateways[bank.name]

    async def post(at: Process) -> None:
        said = await at.database.write(lambda tx: at.shop.receive_notice(tx, gateway, raw, received_at))
        if not isinstance(said, Refused):
            raise Broken(2, f"a {reason} notice came out as {said}")

    await world.attempt(post)


async def a_notice_is_forged(world: World) -> str | None:
    mail = _any_mail(world)
    if mail is None:
        return None
    raw = _said_anew(world, mail)
    how = world.rng.choice(("forged", "stale", "replayed"))
    world.faults[f"notice {how}"] += 1
    match how:
        case "forged":
            raw = replace(raw, headers={**raw.headers, "sign": "0" * 128})
            await _refused(world, mail.bank, raw, raw.received_at, how)
        case "stale":
            late = raw.received_at.replace(year=raw.received_at.year + 1)
            await _refused(world, mail.bank, replace(raw, received_at=late), late, how)
        case _:
            other = mail.bank.signed({"event": "paid", "amount": 1}, raw.headers["nonce"])
            moved = replace(other, headers=raw.headers)
            await _refused(world, mail.bank, moved, raw.received_at, how)
    return how


async def a_notice_lies(world: World) -> str | None:
    """A good signature under facts that do not fit: to be held, and to change nothing else."""
    mail = _any_mail(world)
    if mail is None or mail.movement is None:
        return None
    paid, bank = mail.movement, mail.bank
    lies: dict[str, dict[str, str | int]] = {
        "wrong merchant": {"merchant": "somebody-else"},
        "wrong app": {"app": "another-app"},
        "wrong currency": {"currency": "USD"},
        "wrong amount": {"amount": paid.amount_fen + 1},
        "unknown payment": {"out_trade_no": "20200101000000-1", "psp_ref": f"lie{world.nonce()}"},
    }
    if world.straight.raw.execute("SELECT 1 FROM payments WHERE psp_ref = ?", (paid.psp_ref,)).fetchone():
        other = world.rng.choice(world.orders)
        lies["another order"] = {"out_trade_no": f"{other.order_no}-1"}
    what = world.rng.choice(sorted(lies))
    if what == "another order" and lies[what]["out_trade_no"] == paid.out_trade_no:
        return None
    world.faults[f"notice of {what}"] += 1
    raw = bank.notice(paid, world.nonce(), **lies[what])
    gateway = world.around.gateways[bank.name]

    async def post(at: Process) -> None:
        said = await at.database.write(lambda tx: at.shop.receive_notice(tx, gateway, raw, raw.received_at))
        if not isinstance(said, Held):
            raise Broken(2, f"a notice of {what} came out as {said}")
        if what == "another order" and said.reason not in (
            HeldReason.REUSED_TRANSACTION, HeldReason.WRONG_AMOUNT, HeldReason.WRONG_GATEWAY,
        ):  # fmt: skip
            raise Broken(2, f"money of another order was held for {said.reason}")

    await world.attempt(post)
    return f"{what} about {paid.psp_ref}"


async def a_bank_ends_a_refund(world: World) -> str | None:
    """What was processed comes to its end; what was abnormal is cleared up at times. It is told."""
    bank = world.banks[world.rng.choice(BANKS)]
    open_ones = [refund for refund in bank.refunds.values() if not refund.is_ended]
    stuck = [
        refund for refund in bank.refunds.values()
        if refund.is_ended and not refund.gave_back and refund.fate is Fate.ABNORMAL
    ]  # fmt: skip
    if stuck and (not open_ones or world.rng.random() < 0.2):
        refund = world.rng.choice(stuck)
        refund.fate = Fate.LATER
        world.faults["refund cleared up by the bank"] += 1
    elif open_ones:
        refund = world.rng.choice(open_ones)
        refund.is_ended = True
    else:
        return None
    world.mail.append(Mail(bank, refund_no=refund.ask.refund_no))
    return f"refund {refund.ask.refund_no} is {refund.status} at {bank.name}"


async def a_bank_changes_its_manners(world: World) -> str:
    bank = world.banks[world.rng.choice(BANKS)]
    bank.next_fate = world.rng.choices(tuple(Fate), (50, 25, 10, 15))[0]
    world.faults[f"refunds {bank.next_fate}"] += bank.next_fate is not Fate.AT_ONCE
    return f"{bank.name} takes refunds {bank.next_fate}"
