"""Where channels hand in what was said, and read what was answered. The async edge of the turn."""

from __future__ import annotations

from bot.assistant import Assistant, Heard
from bot.fanout import Fanout, Subscription
from bot.messages import ChatAddress, ChatEntry, IncomingMessage, OutgoingMessage
from bot.store import chats
from bot.store.chats import Delivery
from orders.clock import Clock
from orders.database import Database


class Reception:
    """One for the process; every channel talks to the conversation through it."""

    def __init__(self, database: Database, assistant: Assistant, clock: Clock, fanout: Fanout) -> None:
        self._database = database
        self._assistant = assistant
        self._clock = clock
        self._fanout = fanout

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        """Have the message answered: committed when this returns. Empty while a person attends.

        A message that was received before is not acted upon again, and gets the same answer.
        """
        now = self._clock.now()
        heard: Heard = await self._database.write(lambda tx: self._assistant.hear(tx, message, now))
        if heard.entry is not None:
            self._fanout.publish(heard.entry)
            self._fanout.publish_outgoing(heard.answer)
        return (heard.answer,) if heard.answer is not None else ()

    async def since(self, chat: ChatAddress, seq: int = 0, limit: int = 200) -> tuple[ChatEntry, ...]:
        """What was said both ways after number `seq`, oldest first."""
        return await self._database.read(lambda tx: chats.entries(tx, chat, seq, limit))

    async def before(self, chat: ChatAddress, seq: int, limit: int = 200) -> tuple[ChatEntry, ...]:
        """The last `limit` entries before number `seq`, oldest first: for whoever scrolls back."""
        return await self._database.read(lambda tx: chats.entries(tx, chat, 0, limit, before=seq))

    def subscribe(self, chat: ChatAddress | None) -> Subscription:
        """Watch a chat, or every chat: `with reception.subscribe(chat) as news: async for entry in news`."""
        return self._fanout.subscribe(chat)

    async def mark_sent(self, outgoing_id: int) -> bool:
        """The channel brought the message to the customer itself. False: it was settled before,
        by the sender or because a person took over."""
        return await self._database.write(lambda tx: chats.mark(tx, outgoing_id, Delivery.SENT))
