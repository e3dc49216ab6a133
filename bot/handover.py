"""Who speaks for the shop: the bot, or a person. Every change is a compare-and-swap on the chat.

While a person attends the bot is silent; payment and delivery news still go out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.channel import Outbox
from bot.messages import ChatAddress, OutgoingMessage, Reply, Speaker
from bot.store import chats
from bot.store.chats import Attended, Chat
from bot.wording import Wording

RESERVED_NAMES = frozenset(Attended)


class AttendedByAnother(Exception):
    """Somebody else attends to this chat; the desk shows who."""

    def __init__(self, attended_by: str) -> None:
        super().__init__(f"the conversation is attended by {attended_by}; reload it and take it over there")
        self.attended_by = attended_by


class UnknownChat(Exception):
    def __init__(self, address: ChatAddress) -> None:
        super().__init__(f"there is no chat {address.chat_id} on {address.channel}")


@dataclass(frozen=True, slots=True)
class Handover:
    """Taking over and giving back. Each method is one transaction's work."""

    outbox: Outbox
    wording: Wording

    def take(self, tx: Connection, address: ChatAddress, agent: str, now: datetime) -> None:
        """`agent` attends from now on. Raises AttendedByAnother when a colleague was quicker."""
        if not agent.strip() or agent in RESERVED_NAMES:
            raise ValueError(f"{agent!r} cannot be the name of a person; choose another")
        chat = _chat(tx, address)
        if chat.attended is Attended.AGENT:
            if chat.agent != agent:
                raise AttendedByAnother(chat.attended_by)
            return
        if not chats.set_attended(tx, chat, Attended.AGENT, agent=agent):
            raise AttendedByAnother(_chat(tx, address).attended_by)

    def say(
        self,
        tx: Connection,
        address: ChatAddress,
        agent: str,
        text: str,
        now: datetime,
        client_id: str | None = None,
    ) -> OutgoingMessage:
        """`agent` says something, and thereby attends. The same `client_id` again says it once."""
        chat = _chat(tx, address)
        message_id = f"staff:{client_id}" if client_id else None
        if message_id and (said := chats.said_as(tx, chat, message_id)):
            return said
        self.take(tx, address, agent, now)
        return self.outbox.post(
            tx, chat, Reply(text), now, speaker=Speaker.STAFF, speaker_name=agent, message_id=message_id
        )

    def release(self, tx: Connection, address: ChatAddress, now: datetime) -> OutgoingMessage | None:
        """The bot speaks again, and says so, repeating what is still open."""
        chat = _chat(tx, address)
        if chat.attended is Attended.BOT:
            return None
        if not chats.set_attended(tx, chat, Attended.BOT):
            raise AttendedByAnother(_chat(tx, address).attended_by)
        question = chat.conversation.question
        text = self.wording.say("person.released")
        reply = Reply(text)
        if question is not None and question.is_open:
            reply = Reply(f"{text}\n{question.text}", question.choices, asking=question.slot)
        return self.outbox.post(tx, _chat(tx, address), reply, now, speaker=Speaker.BOT)

    def queue(self, tx: Connection, address: ChatAddress, now: datetime) -> int:
        """Put the chat in line for a person; gives its place, from 1. Keeps a place it has."""
        chat = _chat(tx, address)
        if chat.attended is Attended.BOT:
            chats.set_attended(tx, chat, Attended.QUEUED, queued_at=now)
        return chats.queue_position(tx, chat)

    def leave_queue(self, tx: Connection, address: ChatAddress) -> bool:
        """The customer no longer wants a person."""
        chat = _chat(tx, address)
        return chat.attended is Attended.QUEUED and chats.set_attended(tx, chat, Attended.BOT)


def _chat(tx: Connection, address: ChatAddress) -> Chat:
    chat = chats.locked_chat(tx, address)
    if chat is None:
        raise UnknownChat(address)
    return chat
