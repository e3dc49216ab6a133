"""Telegram: a private chat with the shop's bot, with buttons, and one card for an order.

Messages come in through `telegram_inbox`; this is the way out. The order's card is renewed in
place as the order moves on, so that it never shows a state that has passed; what happened is also
said in a message of its own, because a change in place rings no bell.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import structlog
from telegram import InlineKeyboardMarkup, MessageEntity
from telegram.constants import MessageEntityType

from adapters.line import Line
from adapters.rendering import (
    ChannelWords,
    Rows,
    button_rows,
    card_text,
    pages,
    utf16_units,
    with_links_in_text,
)
from adapters.telegram_api import ChatClosed, TelegramApi, TelegramAway, TelegramRefused, button
from adapters.telegram_inbox import (
    CHANNEL,
    TelegramInbox,
    TelegramPolling,
    keep_webhook,
    tap_data,
    telegram_routes,
)
from adapters.telegram_stars import StarsInbox
from bot.channel import NotDelivered, Sending
from bot.messages import OutgoingMessage, Reply
from bot.reach import Hears, OrderCards
from bot.wording import Wording
from orders.clock import Clock
from orders.database import Database

log = structlog.get_logger(__name__)

TEXT_UNITS_MAX = 4096
CHAT_GAP_SECONDS = 1.0
"""Telegram allows about one message a second in a chat ..."""
OVERALL_GAP_SECONDS = 1 / 30
"""... and thirty a second to all chats together."""
PACED_CHATS_MAX = 10_000


SENDING = Sending()
"""For the outbox: every message is sent, at once."""


def telegram_line(
    *,
    token: str,
    webhook_secret: str | None,
    base_url: str,
    reception: Hears,
    database: Database,
    wording: Wording,
    clock: Clock,
    api_url: str = "https://api.telegram.org",
    pace: Pace | None = None,
    stars: StarsInbox | None = None,
    pays_in_chat: bool = False,
) -> Line:
    """Connect a bot: by webhook where there is a secret for it, else by polling. `stars` hears of
    payments, where the shop takes them."""
    api, cards, words = TelegramApi(token, api_url), OrderCards(database), ChannelWords.of(wording)
    inbox = TelegramInbox(api, reception, cards, words, clock, stars)
    channel = TelegramChannel(api, cards, words, pace, pays_in_chat=pays_in_chat)

    async def close() -> None:
        await api.close()
        if stars is not None:
            await stars.close()

    if webhook_secret is None:
        return Line(channel, (), TelegramPolling(api, inbox).run, close)
    return Line(
        channel,
        telegram_routes(inbox, webhook_secret),
        partial(keep_webhook, api, base_url, webhook_secret),
        close,
    )


class Pace:
    """Says when the next message to a chat may go. Slots are given in the order of asking."""

    def __init__(
        self,
        chat_gap_seconds: float = CHAT_GAP_SECONDS,
        overall_gap_seconds: float = OVERALL_GAP_SECONDS,
        *,
        seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._chat_gap = chat_gap_seconds
        self._overall_gap = overall_gap_seconds
        self._seconds = seconds
        self._sleep = sleep
        self._free_at: dict[int, float] = {}
        self._overall_free_at = 0.0

    async def turn(self, chat_id: int) -> None:
        """Wait for this chat's next slot."""
        now = self._seconds()
        # The overall slot is the next one, not the chat's: one busy chat must not hold up the others.
        slot = max(now, self._overall_free_at)
        self._overall_free_at = slot + self._overall_gap
        at = max(slot, self._free_at.get(chat_id, 0.0))
        self._free_at[chat_id] = at + self._chat_gap
        if len(self._free_at) > PACED_CHATS_MAX:
            self._free_at = {chat: free for chat, free in self._free_at.items() if free > now}
        if at > now:
            await self._sleep(at - now)


class TelegramChannel:
    """Sends what the conversation says to a private chat."""

    def __init__(
        self,
        api: TelegramApi,
        cards: OrderCards,
        words: ChannelWords,
        pace: Pace | None = None,
        *,
        pays_in_chat: bool = False,
    ) -> None:
        """`pays_in_chat`: an invoice is sent for every order, so no other way to pay is shown. Telegram
        wants goods that are used in it paid there, and nowhere else."""
        self._api = api
        self._pays_in_chat = pays_in_chat
        self._cards = cards
        self._words = words
        self._pace = pace or Pace()

    @property
    def name(self) -> str:
        return CHANNEL

    async def send(self, message: OutgoingMessage) -> None:
        """Bring the message to the chat. Raises NotDelivered."""
        if self._pays_in_chat and message.reply.pay_url is not None:
            message = replace(message, reply=replace(message.reply, pay_url=None))
        try:
            renewed = await self._renew_card(message)
            # An answer that shows the order again is its card from now on.
            await self._say(message, carries_card=message.answers is not None or not renewed)
        except ChatClosed as closed:
            raise NotDelivered(str(closed)) from closed
        except TelegramRefused as refused:
            log.error("telegram_refused", outgoing_id=message.outgoing_id, reason=str(refused))
            raise NotDelivered(str(refused)) from refused
        except TelegramAway as away:
            raise NotDelivered(str(away), away.retry_after_seconds) from away

    async def _renew_card(self, message: OutgoingMessage) -> bool:
        """Bring the order's card up to date where it stands. False: there is none to renew."""
        card = message.reply.card
        if message.about is None or card is None:
            return False
        place = await self._cards.place(message.chat, message.about)
        if place is None:
            return False
        # Only the order's page: what can be chosen or paid is asked in one message at a time.
        rows = button_rows(Reply("", card=card), self._words)
        chat_id = int(message.chat.chat_id)
        try:
            await self._write(chat_id, card_text(card, self._words), rows, message, edit=int(place))
        except ChatClosed:
            raise
        except TelegramRefused as refused:
            # The customer deleted it, or it is too old to change: the news go as a message then.
            log.info("telegram_card_not_renewed", outgoing_id=message.outgoing_id, reason=str(refused))
            return False
        return True

    async def _say(self, message: OutgoingMessage, *, carries_card: bool) -> None:
        reply, chat_id = message.reply, int(message.chat.chat_id)
        rows = button_rows(reply, self._words)
        *first, last = pages(reply.text, TEXT_UNITS_MAX, utf16_units)
        for page in first:
            await self._write(chat_id, page, (), message)
        place = await self._write(chat_id, last, rows, message)
        if carries_card and message.about is not None and reply.card is not None:
            await self._cards.keep(message.chat, message.about, str(place))

    async def _write(
        self, chat_id: int, text: str, rows: Rows, message: OutgoingMessage, edit: int | None = None
    ) -> int:
        """Write a bubble, or write over one; a link that Telegram refuses goes into the text."""
        await self._pace.turn(chat_id)
        try:
            return await self._bubble(chat_id, text, rows, message, edit)
        except TelegramRefused as refused:
            if "url" not in str(refused).lower() or not any(b.url for row in rows for b in row):
                raise
        await self._pace.turn(chat_id)
        return await self._bubble(chat_id, *with_links_in_text(text, rows), message, edit)

    async def _bubble(
        self, chat_id: int, text: str, rows: Rows, message: OutgoingMessage, edit: int | None
    ) -> int:
        keyboard = _keyboard(rows, message.outgoing_id)
        if edit is not None:
            await self._api.rewrite(chat_id, edit, text, keyboard)
            return edit
        return await self._api.say(chat_id, text, keyboard, _order_no_as_code(text, message.about))


def _keyboard(rows: Rows, outgoing_id: int) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                button(one.label, url=one.url)
                if one.choice is None
                else button(one.label, data=tap_data(outgoing_id, one.choice))
                for one in row
            ]
            for row in rows
        ]
    )


def _order_no_as_code(text: str, order_no: str | None) -> list[MessageEntity]:
    """Set in code type, a tap copies the order number."""
    at = text.find(order_no) if order_no else -1
    if at < 0 or order_no is None:
        return []
    return [MessageEntity(MessageEntityType.CODE, offset=utf16_units(text[:at]), length=len(order_no))]
