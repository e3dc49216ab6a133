"""A WeChat official account: text both ways, numbers for choices, links for paying.

The answer to a message travels back in the same request when it is ready in time, which costs
nothing and is always allowed. Everything else is a customer-service message, of which a customer's
message allows five; what they do not cover waits for his next message and travels with its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from wechatpy.replies import TextReply

from adapters.line import Line
from adapters.rendering import ChannelWords, pages, plain, utf8_bytes
from adapters.wechat_api import Refusal, WeChatApi, WeChatRefused
from adapters.wechat_envelope import Envelope, Forged, Push, Replayed, Unreadable, fields_of
from adapters.wechat_pushes import CHANNEL, Heard, read_push
from bot.channel import Held, NotDelivered, Sending
from bot.messages import OutgoingMessage, Speaker
from bot.reach import Hears, SendWindow
from bot.wording import Wording
from orders.clock import Clock
from orders.database import Database

log = structlog.get_logger(__name__)

PATH = "/wechat"
TEXT_BYTES_MAX = 2048
BODY_BYTES_MAX = 1 << 18
PATIENCE_SECONDS = 4.5
"""WeChat cuts the connection after 5 s and sends the message again."""
ANSWER_GRACE = timedelta(seconds=6)
"""So long the sender leaves an answer to the request that asked for it."""
NOTHING_TO_SAY = "success"
"""Anything else than this, nothing, or a reply would be shown to the customer as a fault."""


SENDING = Sending(answer_grace=ANSWER_GRACE)
"""For the outbox: an answer first has the chance to travel back with its message."""


def wechat_line(
    *,
    app_id: str,
    secret: str,
    token: str,
    encoding_aes_key: str,
    reception: Hears,
    database: Database,
    wording: Wording,
    clock: Clock,
    api_url: str = "https://api.weixin.qq.com",
) -> Line:
    """Connect an official account: encrypted where there is a key for it, else in plain text."""
    api, window, words = (
        WeChatApi(app_id, secret, api_url),
        SendWindow(database, clock),
        ChannelWords.of(wording),
    )
    channel = WeChatChannel(api, window, words)
    envelope = Envelope(app_id, token, encoding_aes_key)
    inbox = WeChatInbox(envelope, reception, window, channel, words, clock)

    async def nothing() -> None:
        """WeChat calls us; there is nothing to fetch."""

    async def close() -> None:
        await inbox.close()
        await api.close()

    return Line(channel, inbox.routes(), nothing, close)


class WeChatChannel:
    """Sends what the conversation says by customer-service message."""

    def __init__(self, api: WeChatApi, window: SendWindow, words: ChannelWords) -> None:
        self._api = api
        self._window = window
        self._words = words

    @property
    def name(self) -> str:
        return CHANNEL

    async def send(self, message: OutgoingMessage) -> None:
        """Bring the message to the customer. Raises NotDelivered; Held when it waits for him."""
        for page in pages(plain(message.reply, self._words), TEXT_BYTES_MAX, utf8_bytes):
            await self.say(message, page)

    async def say(self, message: OutgoingMessage, text: str) -> None:
        """Send one text on behalf of a message, and count it."""
        if not await self._window.spend(message.chat, staff=message.speaker is Speaker.STAFF):
            await self._hold(message, "none left")
        try:
            await self._api.say(message.chat.chat_id, text)
        except WeChatRefused as refused:
            if refused.refusal is Refusal.UNTIL_HE_WRITES:
                await self._window.used_up(message.chat)
                await self._hold(message, str(refused))
            if refused.refusal is Refusal.LATER:
                await self._window.give_back(message.chat)
                raise NotDelivered(str(refused), refused.retry_after_seconds) from refused
            raise NotDelivered(str(refused)) from refused

    async def _hold(self, message: OutgoingMessage, reason: str) -> None:
        await self._window.hold(message)
        log.info("wechat_message_held", outgoing_id=message.outgoing_id, reason=reason)
        raise Held(f"waits until the customer writes: {reason}")


class WeChatInbox:
    """Takes what WeChat pushes, and gives the answer back with it when it is ready in time."""

    def __init__(
        self,
        envelope: Envelope,
        reception: Hears,
        window: SendWindow,
        channel: WeChatChannel,
        words: ChannelWords,
        clock: Clock,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._envelope = envelope
        self._reception = reception
        self._window = window
        self._channel = channel
        self._words = words
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._behind: set[asyncio.Task[object]] = set()
        """What goes on after its request was answered; held here so that it is not forgotten."""

    def routes(self) -> list[Route]:
        return [Route(PATH, self._greeted, methods=["GET"]), Route(PATH, self._pushed, methods=["POST"])]

    async def close(self) -> None:
        """Let go of what is still going on. It is in the database, or WeChat will push it again."""
        for task in self._behind:
            task.cancel()
        await asyncio.gather(*self._behind, return_exceptions=True)

    async def _greeted(self, request: Request) -> Response:
        """WeChat asks once whether this is the server that its operator named."""
        try:
            return PlainTextResponse(self._envelope.greeted(request.query_params, self._clock.now()))
        except Forged as forged:
            log.warning("wechat_forged", reason=str(forged))
            return Response(status_code=403)

    async def _pushed(self, request: Request) -> Response:
        body = await _read_body(request)
        if body is None:
            return Response(status_code=413)
        now = self._clock.now()
        try:
            push = self._envelope.opened(request.query_params, body, now)
            fields = fields_of(push.xml)
            heard = read_push(fields, now, self._words)
        except Forged as forged:
            log.warning("wechat_forged", reason=str(forged))
            return Response(status_code=403)
        except Replayed:
            log.warning("wechat_replayed")
            return PlainTextResponse(NOTHING_TO_SAY)
        except Unreadable as unreadable:
            # To refuse it would only have it pushed again.
            log.warning("wechat_unreadable", reason=str(unreadable))
            return PlainTextResponse(NOTHING_TO_SAY)
        text = await self._answer(heard) if heard is not None else None
        if text is None:
            return PlainTextResponse(NOTHING_TO_SAY)
        return Response(self._reply(fields, text, push), media_type="application/xml")

    async def _answer(self, heard: Heard) -> str | None:
        """The text that travels back, or None: nothing is said, or it was not ready in time."""
        chat = heard.chat
        if heard.allowance is not None:
            await self._window.opened(chat, heard.allowance)
        if heard.message is None:
            return None
        receiving = asyncio.create_task(self._reception.receive(heard.message))
        self._keep(receiving)
        done, _ = await asyncio.wait({receiving}, timeout=self._patience_seconds)
        if not done:
            log.info("wechat_answer_late", message_id=heard.message.message_id)
            return None
        said = await self._window.given_with(
            chat, heard.message.message_id, receiving.result(), self._fit_together
        )
        if not said:
            return None
        first, *rest = pages(self._together(said), TEXT_BYTES_MAX, utf8_bytes)
        if rest:
            self._keep(asyncio.create_task(self._say_rest(said[-1], rest)))
        return first

    async def _say_rest(self, message: OutgoingMessage, rest: Sequence[str]) -> None:
        try:
            for page in rest:
                await self._channel.say(message, page)
        except NotDelivered as failed:
            log.warning("wechat_answer_cut", outgoing_id=message.outgoing_id, reason=str(failed))

    def _together(self, messages: Sequence[OutgoingMessage]) -> str:
        return "\n\n".join(plain(message.reply, self._words) for message in messages)

    def _fit_together(self, messages: Sequence[OutgoingMessage]) -> bool:
        return utf8_bytes(self._together(messages)) <= TEXT_BYTES_MAX

    def _reply(self, fields: object, text: str, push: Push) -> str:
        assert isinstance(fields, dict)
        now = self._clock.now()
        reply = TextReply(
            source=fields.get("ToUserName"),
            target=fields.get("FromUserName"),
            content=_for_cdata(text),
            time=int(now.timestamp()),
        )
        return self._envelope.sealed(reply.render(), push, now)

    def _keep(self, task: asyncio.Task[object]) -> None:
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)


def _for_cdata(text: str) -> str:
    """What XML cannot carry is left out; what would end the section is split between two."""
    allowed = "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
    return allowed.replace("]]>", "]]]]><![CDATA[>")


async def _read_body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            return None
    return bytes(body)
