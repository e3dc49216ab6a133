"""Does what fell due: news, sending, timers, and the shop's own jobs, each by its handler.

A handler reads the state again, so a job that runs twice does no harm; a job is finished only
after its handler returned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.announcer import ORDER_EVENT, Announcer
from bot.assistant import SILENCE, Assistant
from bot.channel import SEND, Channel, Held, NotDelivered
from bot.fanout import Fanout
from bot.messages import ChatAddress, OutgoingMessage, Speaker
from bot.store import chats
from bot.store.chats import Attended, Delivery
from orders.clock import Clock, VirtualClock
from orders.database import Database, is_away
from orders.jobs import EmbeddedJobs
from orders.ports import Job

log = structlog.get_logger(__name__)

JobHandler = Callable[[Job], Awaitable[None]]

AT_ONCE = 8
POLL_SECONDS = 0.5


class Worker:
    """Runs jobs with the handlers of their kinds."""

    def __init__(
        self, database: Database, jobs: EmbeddedJobs, handlers: Mapping[str, JobHandler], clock: Clock
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._handlers = handlers
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what was begun come to its end."""
        if self._database.serves_one_process:
            await self._database.write(lambda tx: self._jobs.take_back(tx, self._clock.now()))
        while not stop.is_set():
            free = AT_ONCE - len(self._running)
            begun = await self._claim_or_wait(free) if free else ()
            for job in begun:
                task = asyncio.create_task(self._run(job))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if not begun:
                await self._wait(stop)
        if self._running:
            await asyncio.wait(self._running)

    async def run_due(self) -> int:
        """Run everything that is due now, and what that makes due, one job after the other."""
        done = 0
        while begun := await self._claim(1):
            await self._run(begun[0])
            done += 1
        return done

    async def run_until(self, clock: VirtualClock, moment: datetime) -> int:
        """Let virtual time pass: each job runs at the time at which it falls due."""
        done = await self.run_due()
        while True:
            due = await self._database.read(self._jobs.next_due)
            if due is None or due > moment:
                break
            clock.advance_to(due)
            done += await self.run_due()
        clock.advance_to(moment)
        return done + await self.run_due()

    async def _claim_or_wait(self, limit: int) -> tuple[Job, ...]:
        """A server that is away is asked again after the usual pause. Whatever else is wrong ends the
        worker, and so the shop: that is seen from outside."""
        try:
            return await self._claim(limit)
        except DBAPIError as error:
            if not is_away(error):
                raise
            log.warning("the database is away; the work waits", error=str(error.orig))
            return ()

    async def _claim(self, limit: int) -> tuple[Job, ...]:
        now = self._clock.now()
        due = await self._database.read(self._jobs.next_due)
        if due is None or due > now:
            return ()
        return await self._database.write(lambda tx: self._jobs.claim_due(tx, now, limit))

    async def _run(self, job: Job) -> None:
        """One job, whatever becomes of the server meanwhile."""
        try:
            await self._begun(job)
        except DBAPIError as error:
            if not is_away(error):
                raise
            # What became of it cannot be written down: it runs again when its lease is over.
            log.warning("the database is away; the job runs again", kind=job.kind, key=job.key)

    async def _begun(self, job: Job) -> None:
        """Whatever a handler raises is written down, and the job is tried again later: one bad job
        must not stop the others."""
        handler = self._handlers.get(job.kind)
        try:
            if handler is None:
                raise LookupError(f"no handler for jobs of kind {job.kind}; is this an older version?")
            await handler(job)
        except NotDelivered as refusal:
            log.warning("message not delivered yet", key=job.key, reason=refusal.reason)
            reason, now = str(refusal), self._clock.now()
            wait = timedelta(seconds=refusal.retry_after_seconds or 0)
            await self._database.write(lambda tx: self._jobs.fail(tx, job, reason, now, wait_at_least=wait))
        except Exception as error:
            log.exception("job failed", kind=job.kind, key=job.key, attempts=job.attempts)
            text = f"{type(error).__name__}: {error}"
            now = self._clock.now()
            await self._database.write(lambda tx: self._jobs.fail(tx, job, text, now))
        else:
            await self._database.write(lambda tx: self._jobs.finish(tx, job))

    async def _wait(self, stop: asyncio.Event) -> None:
        """Until something may be due; a look every half second costs next to nothing."""
        waiting = [asyncio.create_task(stop.wait()), *self._running]
        await asyncio.wait(waiting, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting[0].cancel()


class ConversationJobs:
    """The handlers of the conversation's own jobs: news, nudges and sending."""

    def __init__(
        self,
        database: Database,
        announcer: Announcer,
        assistant: Assistant,
        channels: Mapping[str, Channel],
        clock: Clock,
        fanout: Fanout,
    ) -> None:
        self._database = database
        self._announcer = announcer
        self._assistant = assistant
        self._channels = channels
        self._clock = clock
        self._fanout = fanout

    def handlers(self) -> Mapping[str, JobHandler]:
        return {ORDER_EVENT: self.announce, SILENCE: self.break_silence, SEND: self.send}

    async def announce(self, job: Job) -> None:
        order_no, seq, now = str(job.payload["order_no"]), int(job.payload["seq"]), self._clock.now()
        message = await self._database.write(lambda tx: self._announcer.announce(tx, order_no, seq, now))
        self._fanout.publish_outgoing(message)

    async def break_silence(self, job: Job) -> None:
        address = ChatAddress(str(job.payload["channel"]), str(job.payload["chat_id"]))
        seq, now = int(job.payload["seq"]), self._clock.now()

        def nudge(tx: Connection) -> OutgoingMessage | None:
            chat = chats.locked_chat(tx, address)
            return self._assistant.break_silence(tx, chat, seq, now) if chat else None

        self._fanout.publish_outgoing(await self._database.write(nudge))

    async def send(self, job: Job) -> None:
        """Send one message, unless it was sent, or a person took over since the bot wrote it."""
        outgoing_id = int(job.payload["outgoing_id"])
        message = await self._database.write(lambda tx: to_send(tx, outgoing_id))
        if message is None:
            return
        channel = self._channels.get(message.chat.channel)
        if channel is None:
            raise LookupError(f"no channel {message.chat.channel} is connected; the message waits")
        try:
            await channel.send(message)
        except Held as held:
            # The channel says it when the customer writes again, and marks it sent then.
            log.info("message held", outgoing_id=outgoing_id, reason=held.reason)
            return
        except NotDelivered as refusal:
            if refusal.retry_after_seconds is not None:
                raise
            log.warning("message not delivered", outgoing_id=outgoing_id, reason=refusal.reason)
            await self._database.write(lambda tx: chats.mark(tx, outgoing_id, Delivery.FAILED))
            return
        await self._database.write(lambda tx: chats.mark(tx, outgoing_id, Delivery.SENT))


def to_send(tx: Connection, outgoing_id: int) -> OutgoingMessage | None:
    """The message, if it still is to be sent. The bot is silent from the moment a person attends,
    also with what it wrote before."""
    found = chats.outgoing(tx, outgoing_id)
    if found is None or found[1] is not Delivery.PENDING:
        return None
    message = found[0]
    chat = chats.find_chat(tx, message.chat)
    if message.speaker is Speaker.BOT and chat is not None and chat.attended is Attended.AGENT:
        chats.mark(tx, outgoing_id, Delivery.DROPPED)
        return None
    return message
