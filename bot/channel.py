"""What the conversation needs of a channel, and how messages wait to be sent.

An outgoing message is committed with the turn that made it; sending comes after. A crash in
between loses nothing: the job that sends is in the same commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from bot.messages import OutgoingMessage, Reply, Speaker
from bot.store.chats import Chat, Delivery, log_outgoing
from orders.ports import Jobs

SEND = "send"
"""The kind of the job that sends one outgoing message."""


class NotDelivered(Exception):
    """The channel did not take the message. `retry_after_seconds` None: it never will."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"not delivered: {reason}")
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class Held(NotDelivered):
    """The channel keeps the message until the customer writes again, and marks it sent itself: the
    sender is done with it, and it stays `Delivery.PENDING`."""


class Channel(Protocol):
    """A way to reach a customer. Sends what it is given; decides nothing."""

    @property
    def name(self) -> str:
        """As in `ChatAddress.channel`."""

    async def send(self, message: OutgoingMessage) -> None:
        """Bring the message to the customer. Raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How a channel gets its messages.

    `pulled` channels (web, terminal) are read by the client, so there is nothing to send. A channel
    whose answers can travel back with the request (WeChat's passive reply) has `answer_grace`:
    so long the sender waits for `Reception.mark_sent` before it sends an answer itself.
    """

    pulled: bool = False
    answer_grace: timedelta = timedelta(0)


PULLED = Sending(pulled=True)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Puts messages on their way, inside the transaction that makes them."""

    jobs: Jobs
    sendings: Mapping[str, Sending] = field(default_factory=dict)
    """By channel name; a channel that is not listed is pulled."""

    def post(
        self,
        tx: Connection,
        chat: Chat,
        reply: Reply,
        now: datetime,
        *,
        speaker: Speaker,
        speaker_name: str | None = None,
        about: str | None = None,
        answers: str | None = None,
        message_id: str | None = None,
    ) -> OutgoingMessage:
        """Record the message, and have it sent if its channel sends."""
        sending = self.sendings.get(chat.address.channel, PULLED)
        message = log_outgoing(
            tx,
            chat,
            reply,
            now,
            speaker=speaker,
            delivery=Delivery.SENT if sending.pulled else Delivery.PENDING,
            speaker_name=speaker_name,
            about=about,
            answers=answers,
            message_id=message_id,
        )
        if not sending.pulled:
            grace = sending.answer_grace if answers is not None else timedelta(0)
            self.jobs.enqueue(
                tx,
                SEND,
                f"send:{message.outgoing_id}",
                {"outgoing_id": message.outgoing_id},
                now + grace,
                lane=f"chat:{chat.key}",
            )
        return message
