"""Updates from Telegram into the conversation: by long polling, or by webhook.

Either way an update is acknowledged only after the conversation committed it, and its own number is
the message's id, so that an update that comes twice is answered once.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from adapters.rendering import ChannelWords
from adapters.telegram_api import TelegramApi, TelegramAway, TelegramRefused
from adapters.telegram_stars import StarsInbox
from bot.messages import ChatAddress, Choice, IncomingKind, IncomingMessage
from bot.reach import Hears, OrderCards
from orders.clock import Clock

log = structlog.get_logger(__name__)

CHANNEL = "telegram"
WEBHOOK_PATH = "/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
UPDATE_BYTES_MAX = 1 << 20
TOAST_LENGTH_MAX = 200
SEEN_MAX = 1000
HOLD_SECONDS = 25
BATCH_SECONDS_MAX = 2.0
PAUSE_SECONDS_MAX = 60.0
OPENING_COMMANDS = frozenset({"/start", "/help"})


@dataclass(frozen=True, slots=True)
class TapAnswered:
    """A tapped button shows that it waits until it is answered; `toast` repeats its label."""

    tap_id: str
    toast: str | None


@dataclass(frozen=True, slots=True)
class AskedInGroup:
    """Somebody spoke to the bot where others can read."""

    group: int


@dataclass(frozen=True, slots=True)
class CommandAnswered:
    """Somebody asked for what Telegram demands that a shop which takes stars can tell."""

    chat_id: int
    text: str


Courtesy = TapAnswered | AskedInGroup | CommandAnswered
"""What is polite to do on the platform once an update is safe. Losing it loses nothing."""


class TelegramInbox:
    """Takes updates one by one, whoever fetched them."""

    def __init__(
        self,
        api: TelegramApi,
        reception: Hears,
        cards: OrderCards,
        words: ChannelWords,
        clock: Clock,
        stars: StarsInbox | None = None,
    ) -> None:
        """`stars` None: the shop takes none."""
        self._api = api
        self._stars = stars
        self._reception = reception
        self._cards = cards
        self._words = words
        self._clock = clock
        self._username: str | None = None
        self._seen: OrderedDict[int, None] = OrderedDict()
        """Updates that were answered without leaving a trace in the database."""

    async def take(self, raw: Mapping[str, Any]) -> Courtesy | None:
        """Hand an update to the conversation. When this returns it is committed, or nothing of ours."""
        update = self._api.read(raw)
        if update is None:
            # Telegram would repeat it for a day, and everything behind it would wait.
            log.warning("telegram_update_unreadable", update_id=raw.get("update_id"))
            return None
        message_id = f"update-{update.update_id}"
        if update.callback_query is not None:
            return await self._take_tap(update.callback_query, message_id)
        if update.pre_checkout_query is not None:
            if self._stars is not None:
                await self._stars.answer(update.pre_checkout_query)
            return None
        if update.message is None:
            return None
        if (payment := update.message.successful_payment) is not None:
            if self._stars is not None:
                await self._stars.take(update.message, payment)
            else:
                log.error("stars_without_a_gateway", out_trade_no=payment.invoice_payload)
            return None
        if update.message.refunded_payment is not None:
            # The answer to our own call told it before.
            return None
        if update.message.chat.type != ChatType.PRIVATE:
            return await self._take_group(update.message, update.update_id)
        if (told := self._words.told_on(update.message.text or "")) is not None:
            first = self._is_first(update.update_id)
            return CommandAnswered(update.message.chat.id, told) if first else None
        await self._reception.receive(read_message(update.message, message_id, self._words))
        return None

    async def show(self, courtesy: Courtesy | None) -> None:
        """Do what is polite; the platform's refusal is nobody's loss."""
        try:
            match courtesy:
                case TapAnswered(tap_id, toast):
                    await self._api.answer_tap(tap_id, toast)
                case AskedInGroup(group):
                    await self._api.say(group, self._words.only_private)
                case CommandAnswered(chat_id, text):
                    await self._api.say(chat_id, text)
        except (TelegramRefused, TelegramAway) as failed:
            log.info("telegram_courtesy_not_shown", reason=str(failed))

    async def _take_tap(self, tap: CallbackQuery, message_id: str) -> Courtesy:
        chat = ChatAddress(CHANNEL, str(tap.from_user.id))
        choice = await self._tapped_choice(chat, tap.data)
        if choice is None:
            return TapAnswered(tap.id, None)
        await self._reception.receive(
            IncomingMessage(
                message_id=message_id,
                chat=chat,
                text=choice.label,
                sent_at=self._clock.now(),
                means=choice.means,
                sender_name=tap.from_user.first_name,
            )
        )
        return TapAnswered(tap.id, choice.label[:TOAST_LENGTH_MAX])

    async def _tapped_choice(self, chat: ChatAddress, data: str | None) -> Choice | None:
        """What a button meant, from what was said in this very chat: nothing is read into the data."""
        found = read_tap_data(data)
        if found is None:
            return None
        outgoing_id, place = found
        said = await self._cards.said(chat, outgoing_id)
        if said is None or place >= len(said.reply.choices):
            return None
        return said.reply.choices[place]

    async def _take_group(self, message: Message, update_id: int) -> Courtesy | None:
        """In a group nothing is ordered. Who spoke to the bot is asked to come to it alone; what the
        members say to each other is not ours to answer."""
        if update_id in self._seen or not await self._speaks_to_us(message):
            return None
        self._is_first(update_id)
        return AskedInGroup(message.chat.id)

    def _is_first(self, update_id: int) -> bool:
        """Remember that this update was answered; False where it was before."""
        if update_id in self._seen:
            return False
        self._seen[update_id] = None
        while len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)
        return True

    async def _speaks_to_us(self, message: Message) -> bool:
        text = message.text or ""
        if self._username is None:
            try:
                self._username = await self._api.username()
            except (TelegramAway, TelegramRefused):
                return False
        if text.startswith("/"):
            command, _, named = text.split(maxsplit=1)[0].partition("@")
            return len(command) > 1 and (not named or named.lower() == self._username.lower())
        return f"@{self._username}".lower() in text.lower()


def tap_data(outgoing_id: int, place: int) -> str:
    """What a choice's button carries: an opaque pointer, far below the 64 bytes that are allowed."""
    return f"{outgoing_id}.{place}"


def read_tap_data(data: str | None) -> tuple[int, int] | None:
    """The outgoing message and the place of the choice in it; None for anybody else's data."""
    outgoing_id, _, place = (data or "").partition(".")
    plain = all(part.isascii() and part.isdigit() and len(part) < 16 for part in (outgoing_id, place))
    return (int(outgoing_id), int(place)) if plain else None


def read_message(message: Message, message_id: str, words: ChannelWords) -> IncomingMessage:
    """A private message as the conversation hears it."""
    text = message.text or ""
    kind = IncomingKind.TEXT
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0].partition("@")[0]
        if command in OPENING_COMMANDS:
            kind = IncomingKind.OPENED
        text = text if kind is IncomingKind.OPENED else text.removeprefix("/")
    elif not text:
        # A picture's caption may hold the order in words; the picture itself we cannot read.
        kind = IncomingKind.TEXT if message.caption else IncomingKind.UNREADABLE
        text = message.caption or words.unreadable
    return IncomingMessage(
        message_id=message_id,
        chat=ChatAddress(CHANNEL, str(message.chat.id)),
        text=text,
        sent_at=message.date.astimezone(UTC),
        sender_name=message.from_user.first_name if message.from_user is not None else None,
        kind=kind,
    )


class TelegramPolling:
    """Fetches updates in a loop of our own, so that the next offset follows the commit."""

    def __init__(
        self,
        api: TelegramApi,
        inbox: TelegramInbox,
        *,
        hold_seconds: int = HOLD_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._seconds = seconds
        self._hold_seconds = hold_seconds
        self._sleep = sleep
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled. An update that is cut off by that comes again at the next start."""
        await insisted(self._api.use_polling, self._sleep)
        while True:
            await self.once()

    async def once(self) -> None:
        """Fetch and take what is new. An update that could not be committed stops the batch there.

        A payer is answered before whoever talks; and a long batch is left after a while, because one
        who begins to pay meanwhile is seen only by fetching again."""
        try:
            batch = await self._api.updates(self._offset, self._hold_seconds)
            for raw in batch:
                if "pre_checkout_query" in raw:
                    await self._inbox.take(raw)
            begun = self._seconds()
            for raw in batch:
                courtesy = await self._inbox.take(raw)
                self._offset = max(self._offset, int(raw["update_id"]) + 1)
                await self._inbox.show(courtesy)
                if self._seconds() - begun > BATCH_SECONDS_MAX:
                    break
            self._failures = 0
        except (TelegramAway, TelegramRefused) as failed:
            await self._pause(str(failed), getattr(failed, "retry_after_seconds", 3.0))
        except (OSError, TimeoutError) as failed:
            await self._pause(type(failed).__name__, 1.0)

    async def _pause(self, reason: str, seconds: float) -> None:
        self._failures += 1
        pause = min(PAUSE_SECONDS_MAX, seconds * 2 ** min(self._failures - 1, 6))
        log.warning("telegram_polling_pauses", reason=reason, seconds=pause, failures=self._failures)
        await self._sleep(pause)


async def keep_webhook(
    api: TelegramApi,
    base_url: str,
    secret: str,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Tell Telegram where to post, until it has heard."""
    await insisted(lambda: api.use_webhook(f"{base_url.rstrip('/')}{WEBHOOK_PATH}", secret), sleep)


async def insisted(call: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]]) -> None:
    """Call until Telegram answers; what it refuses only an operator can mend, so it is said in the log."""
    pause = 1.0
    while True:
        try:
            await call()
            return
        except TelegramAway as away:
            log.warning("telegram_away", reason=str(away))
            await sleep(max(pause, away.retry_after_seconds))
        except TelegramRefused as refused:
            log.error(
                "telegram_refuses", reason=str(refused), remedy="check XIADAN_BASE_URL and TELEGRAM_MODE"
            )
            await sleep(PAUSE_SECONDS_MAX)
        pause = min(PAUSE_SECONDS_MAX, pause * 2)


def telegram_routes(inbox: TelegramInbox, secret: str) -> list[Route]:
    """The webhook. Answers 200 only when the update is committed; else Telegram posts it again."""

    async def posted(request: Request) -> Response:
        told = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(told.encode(), secret.encode()):
            log.warning("telegram_webhook_forged")
            return Response(status_code=403)
        body = await _read_body(request)
        if body is None:
            return Response(status_code=413)
        try:
            raw = json.loads(body)
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            return Response(status_code=400)
        courtesy = await inbox.take(raw)
        return Response(status_code=200, background=BackgroundTask(inbox.show, courtesy))

    return [Route(WEBHOOK_PATH, posted, methods=["POST"])]


async def _read_body(request: Request) -> bytes | None:
    """The body, or None when it is larger than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > UPDATE_BYTES_MAX:
            return None
    return bytes(body)
