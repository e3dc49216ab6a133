"""`xiadan talk`: customers' steps in, what they received out, through the whole shop and its sandbox.

For tests, evaluations and other programs (contract: talk). The clock is virtual: a second a step,
and what `wait_minutes` says; whatever falls due meanwhile happens then.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from bot.app import App, assemble_sandbox
from bot.frame import Json
from bot.handover import AttendedByAnother, UnknownChat
from bot.logs import configure_logs
from bot.messages import ChatAddress, IncomingMessage, OutgoingMessage, Reply
from bot.store.chats import Attended, Chat, find_chat
from nlu.understanding import PaymentMethod
from orders.clock import VirtualClock
from orders.order import Order, OrderLine, customer_line_state, customer_state

CHANNEL = "talk"
BASE_URL = "https://shop.example"
AGENT = "staff"
A_YEAR_OF_MINUTES = 366 * 24 * 60
METHODS = frozenset({PaymentMethod.WECHAT, PaymentMethod.ALIPAY, PaymentMethod.UNIONPAY})


class CannotStep(Exception):
    """A step that could not be done; `code` and `offered` go into the answer."""

    def __init__(self, code: str, offered: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.offered = offered


@dataclass(slots=True)
class Customer:
    """One customer's side: what he sent last, and how much of the chat he has seen."""

    address: ChatAddress
    sent: int = 0
    seen: int = 0
    last: IncomingMessage | None = None


@dataclass(slots=True)
class Stage:
    """Plays steps, one after the other, on a shop and a clock of its own."""

    app: App
    clock: VirtualClock
    customers: dict[str, Customer] = field(default_factory=dict)

    def customer(self, name: str) -> Customer:
        return self.customers.setdefault(name, Customer(ChatAddress(CHANNEL, name)))

    async def step(self, said: dict[str, Json]) -> dict[str, Json]:
        """Do one step and tell what the customer received. Raises nothing: what cannot be done is
        said in `error`."""
        name = said.get("customer")
        await self.pass_time(timedelta(seconds=1))
        if not isinstance(name, str) or not name:
            return {"customer": name, "replies": [], "asking": None, "attended_by": None, "orders": [],
                    "error": {"code": "bad_step", "offered": []}}  # fmt: skip
        customer = self.customer(name)
        error: CannotStep | None = None
        repeated: tuple[OutgoingMessage, ...] = ()
        try:
            repeated = await self._do(customer, said)
        except CannotStep as cannot:
            error = cannot
        await self.pass_time(timedelta(0))
        return await self._answer(name, customer, repeated, error)

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass; what falls due happens at its own time, and what was taught is known then."""
        await self.app.own_words.look()
        await self.app.worker.run_until(self.clock, self.clock.now() + by)

    async def _do(self, customer: Customer, said: dict[str, Json]) -> tuple[OutgoingMessage, ...]:
        """One step; gives the answer that a repeated message got once more."""
        match said:
            case {"say": str(text)}:
                await self.say(customer, text)
            case {"choose": str(means)}:
                await self.choose(customer, means)
            case {"pay": str(method)}:
                await self.pay(customer, method)
            case {"again": True}:
                return await self.again(customer)
            case {"wait_minutes": int() | float() as minutes} if 0 <= minutes <= A_YEAR_OF_MINUTES:
                await self.pass_time(timedelta(minutes=minutes))
            case {"staff": str(act)}:
                agent, words = said.get("agent"), said.get("text")
                name = agent if isinstance(agent, str) and agent else AGENT
                await self.staff(customer, act, name, words if isinstance(words, str) else "")
            case _:
                raise CannotStep("bad_step")
        return ()

    async def say(self, customer: Customer, text: str, means: str | None = None) -> None:
        customer.sent += 1
        message = IncomingMessage(
            f"{customer.address.chat_id}-{customer.sent}", customer.address, text, self.clock.now(), means
        )
        customer.last = message
        await self.app.reception.receive(message)

    async def choose(self, customer: Customer, means: str) -> None:
        chat = await self.chat(customer)
        choices = chat.conversation.offered() if chat is not None else ()
        chosen = next((choice for choice in choices if choice.means == means), None)
        if chosen is None:
            raise CannotStep("not_offered", tuple(choice.means for choice in choices))
        await self.say(customer, chosen.label, means)

    async def again(self, customer: Customer) -> tuple[OutgoingMessage, ...]:
        if customer.last is None:
            raise CannotStep("nothing_to_repeat")
        return await self.app.reception.receive(customer.last)

    async def pay(self, customer: Customer, method: str) -> None:
        if method not in METHODS:
            raise CannotStep("bad_step", tuple(sorted(METHODS)))
        chat = await self.chat(customer)
        order = await self.app.database.read(
            lambda tx: self.app.shop.payable(tx, chat.customer_id) if chat else None
        )
        if order is None:
            raise CannotStep("nothing_to_pay")
        await self.app.pay_in_sandbox(order, method)

    async def staff(self, customer: Customer, act: str, agent: str, text: str) -> None:
        handover, address, now = self.app.handover, customer.address, self.clock.now()

        def do(tx: Connection) -> None:
            match act:
                case "take":
                    handover.take(tx, address, agent, now)
                case "say" if text:
                    handover.say(tx, address, agent, text, now)
                case "release":
                    handover.release(tx, address, now)
                case _:
                    raise CannotStep("bad_step")

        try:
            await self.app.database.write(do)
        except AttendedByAnother as refused:
            raise CannotStep("attended_by_another") from refused
        except UnknownChat as unknown:
            raise CannotStep("no_conversation") from unknown

    async def chat(self, customer: Customer) -> Chat | None:
        return await self.app.database.read(lambda tx: find_chat(tx, customer.address))

    async def orders(self, customer: Customer) -> tuple[Order, ...]:
        """Every order of the customer, oldest first."""
        chat = await self.chat(customer)
        if chat is None:
            return ()
        shop, customer_id = self.app.shop, chat.customer_id
        newest_first = await self.app.database.read(lambda tx: shop.orders_of(tx, customer_id, 1000))
        return tuple(reversed(newest_first))

    async def received(self, customer: Customer) -> tuple[OutgoingMessage, ...]:
        """What came in since the last look."""
        entries = await self.app.reception.since(customer.address, customer.seen, 1000)
        if entries:
            customer.seen = entries[-1].seq
        return tuple(entry.outgoing for entry in entries if entry.outgoing is not None)

    async def _answer(
        self,
        name: str,
        customer: Customer,
        repeated: tuple[OutgoingMessage, ...],
        error: CannotStep | None,
    ) -> dict[str, Json]:
        received = await self.received(customer)
        chat = await self.chat(customer)
        attended = chat is not None and chat.attended is Attended.AGENT
        answer: dict[str, Json] = {
            "customer": name,
            "replies": [_reply(message.reply) for message in (*repeated, *received)],
            "asking": chat.conversation.asking() if chat is not None and not attended else None,
            "attended_by": chat.attended_by if chat is not None else Attended.BOT.value,
            "orders": [_order(order) for order in await self.orders(customer)],
        }
        if error is not None:
            answer["error"] = {"code": error.code, "offered": list(error.offered)}
        return answer


def _reply(reply: Reply) -> Json:
    return {
        "text": reply.text,
        "choices": [{"label": choice.label, "means": choice.means} for choice in reply.choices],
        "pay_url": reply.pay_url,
    }


def _order(order: Order) -> Json:
    return {
        "order_no": order.order_no,
        "state": customer_state(order).value,
        "total_fen": order.total_fen,
        "lines": [_line(order, line) for line in order.lines],
    }


def _line(order: Order, line: OrderLine) -> Json:
    return {
        "sku": line.sku_id,
        "quantity": line.quantity,
        "account": line.account,
        "region": line.region,
        "state": customer_line_state(order, line).value,
    }


def talk(catalog: Path, database: str | None, start: str | None, data: Path) -> int:
    """Play standard input to its end; gives the exit status."""
    configure_logs("WARNING", "json")
    begun = datetime.fromisoformat(start) if start else datetime.now(UTC)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return asyncio.run(_play(catalog, database, begun, data, sys.stdin, sys.stdout))


async def _play(
    catalog: Path, database: str | None, start: datetime, data: Path, steps: Iterable[str], answers: TextIO
) -> int:
    async with AsyncExitStack() as stack:
        if database is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="xiadan-talk-"))
            database = f"sqlite+aiosqlite:///{folder}/talk.db"
        clock = VirtualClock(start)
        app = await stack.enter_async_context(
            assemble_sandbox(
                database_url=database, data=data, clock=clock, base_url=BASE_URL, catalog=catalog
            )
        )
        stage = Stage(app, clock)
        for line in steps:
            if line.strip():
                answer = await stage.step(_parsed(line))
                answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
                answers.flush()
    return 0


def _parsed(line: str) -> dict[str, Json]:
    """One step; a line that is no JSON object is a step without a customer, and answered as such."""
    try:
        step = json.loads(line)
    except ValueError:
        return {}
    return step if isinstance(step, dict) else {}
