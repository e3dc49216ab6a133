"""What channels remember, as they use it: each method is one transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.messages import ChatAddress, IncomingMessage, OutgoingMessage
from bot.store import chats, reach
from bot.store.reach import Allowance
from orders.clock import Clock
from orders.database import Database

__all__ = ["Allowance", "Hears", "OrderCards", "SendWindow"]


class Hears(Protocol):
    """The one thing that a chat channel needs of the reception."""

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        """Have the message answered; committed when this returns, however often it comes."""


class OrderCards:
    """For platforms whose messages can be changed later: one card for an order, renewed in place,
    and buttons that outlive a restart."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, chat: ChatAddress, order_no: str) -> str | None:
        """The platform's id of the message that shows this order, if one does."""
        return await self._database.read(lambda tx: reach.card_place(tx, chat, order_no))

    async def keep(self, chat: ChatAddress, order_no: str, place: str) -> None:
        await self._database.write(lambda tx: reach.keep_card_place(tx, chat, order_no, place))

    async def said(self, chat: ChatAddress, outgoing_id: int) -> OutgoingMessage | None:
        """What was said in this chat under this number; None when it was said to somebody else."""
        found = await self._database.read(lambda tx: chats.outgoing(tx, outgoing_id))
        return found[0] if found is not None and found[0].chat == chat else None


class SendWindow:
    """For platforms that let a shop write only after the customer did, and only so often."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def opened(self, chat: ChatAddress, allowance: Allowance) -> None:
        """The customer did what entitles us to write to him."""
        now = self._clock.now()
        await self._database.write(lambda tx: reach.grant(tx, chat, allowance, now))

    async def spend(self, chat: ChatAddress, *, staff: bool) -> bool:
        """Count one message that is about to be sent. False: none is left."""
        now = self._clock.now()
        return await self._database.write(lambda tx: reach.spend(tx, chat, now, staff=staff))

    async def give_back(self, chat: ChatAddress) -> None:
        """The message that was counted did not go out."""
        now = self._clock.now()
        await self._database.write(lambda tx: reach.give_back(tx, chat, now))

    async def left(self, chat: ChatAddress) -> int:
        now = self._clock.now()
        return await self._database.read(lambda tx: reach.left(tx, chat, now))

    async def used_up(self, chat: ChatAddress) -> None:
        """The platform refused: it counts less than we do."""
        await self._database.write(lambda tx: reach.use_up(tx, chat))

    async def hold(self, message: OutgoingMessage) -> None:
        """Let the message wait for the customer's next one."""
        now = self._clock.now()
        await self._database.write(lambda tx: reach.hold(tx, message.outgoing_id, now))

    async def given_with(
        self,
        chat: ChatAddress,
        message_id: str,
        answers: Sequence[OutgoingMessage],
        fit: Callable[[Sequence[OutgoingMessage]], bool],
    ) -> tuple[OutgoingMessage, ...]:
        """What is said in the answer to this very message, the held ones first; marked as sent.
        The same message again is given the same."""
        now = self._clock.now()
        return await self._database.write(
            lambda tx: reach.given_with(tx, chat, message_id, answers, fit, now)
        )
