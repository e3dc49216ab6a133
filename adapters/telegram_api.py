"""The Bot API as this product uses it: python-telegram-bot for the transport, nothing above it.

The library's own updater is left out, because it acknowledges an update before anybody stored it.
Whatever goes wrong comes out as one of three errors, none of which ever contains the token.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    LinkPreviewOptions,
    MessageEntity,
    TransactionPartnerUser,
    Update,
)
from telegram.constants import TransactionPartnerUser as UserTransaction
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.request import HTTPXRequest, RequestData

Answer = TypeVar("Answer")

UPDATE_KINDS = ("message", "callback_query", "pre_checkout_query")
STAR = "XTR"
NO_LINK_PREVIEW = LinkPreviewOptions(is_disabled=True)
CONNECT_SECONDS_MAX = 5.0
ANSWER_SECONDS_MAX = 10.0
UPDATES_ONCE_MAX = 100
TOO_MANY_REQUESTS = 429


class TelegramRefused(Exception):
    """Telegram understood and said no; saying the same again will not help."""


class ChatClosed(TelegramRefused):
    """The customer blocked the bot, or his account is gone."""


class TelegramAway(Exception):
    """Telegram was not reached, is busy, or asks to wait `retry_after_seconds`."""

    def __init__(self, reason: str, retry_after_seconds: float) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Invoice:
    """What is to be paid in stars. Telegram allows a title of 32 characters, a description of 255, a
    payload of 128 bytes, and 25,000 stars."""

    title: str
    description: str
    payload: str
    stars: int


@dataclass(frozen=True, slots=True)
class StarMovement:
    """Stars that came or went. A refund has the number of the charge that it gives back."""

    charge_id: str
    stars: int
    at: datetime
    came: bool
    user_id: int | None
    """Who paid an invoice, or was paid back; None for gifts, withdrawals and the like."""
    payload: str
    """Of the invoice that was paid; empty elsewhere."""


class _Flooded(TelegramError):
    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("too many requests")
        self.retry_after_seconds = retry_after_seconds


class _Request(HTTPXRequest):
    """The library's request, except that a flood answer is read here: the library's own error
    warns of its coming change of type each time it is made."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        code, body = await super().do_request(url, method, request_data, *timeouts, **named)
        if code == TOO_MANY_REQUESTS:
            raise _Flooded(_retry_after(body))
        return code, body


def _retry_after(body: bytes) -> float:
    try:
        return max(1.0, float(json.loads(body)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 5.0


class TelegramApi:
    """One bot's connection to the Bot API. `api_url` without the `/bot` part."""

    def __init__(self, token: str, api_url: str = "https://api.telegram.org") -> None:
        self.bot_id = token.partition(":")[0]
        self._request = _Request(
            connection_pool_size=16,
            read_timeout=ANSWER_SECONDS_MAX,
            connect_timeout=CONNECT_SECONDS_MAX,
            pool_timeout=CONNECT_SECONDS_MAX,
        )
        self._bot = Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def close(self) -> None:
        await self._request.shutdown()

    async def username(self) -> str:
        """The bot's own name, without the @; also the proof that the token is good."""
        return (await _asked(self._bot.get_me())).username or ""

    async def updates(self, offset: int, hold_seconds: int) -> list[Mapping[str, Any]]:
        """What is new from update `offset` on, as it came; everything before it is acknowledged
        and will not come again. Raw, so that one malformed update cannot spoil the others."""
        asked = urlencode(
            {
                "offset": offset,
                "timeout": hold_seconds,
                "limit": UPDATES_ONCE_MAX,
                "allowed_updates": json.dumps(UPDATE_KINDS),
            }
        )
        found = await _asked(
            self._request.post(
                f"{self._bot.base_url}/getUpdates?{asked}", read_timeout=hold_seconds + ANSWER_SECONDS_MAX
            )
        )
        return list(found) if isinstance(found, list) else []

    def read(self, raw: Mapping[str, Any]) -> Update | None:
        """The update as an object; None when it is not one."""
        try:
            return Update.de_json(dict(raw), self._bot)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    async def say(
        self,
        chat_id: int,
        text: str,
        keyboard: InlineKeyboardMarkup | None = None,
        entities: Sequence[MessageEntity] = (),
    ) -> int:
        """Send a text; gives its message id. No parse mode: what a customer wrote is never markup."""
        sent = await _asked(
            self._bot.send_message(
                chat_id,
                text,
                reply_markup=keyboard,
                entities=list(entities) or None,
                link_preview_options=NO_LINK_PREVIEW,
            )
        )
        return sent.message_id

    async def rewrite(
        self, chat_id: int, message_id: int, text: str, keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        """Replace a message of ours. That it says so already is as good."""
        try:
            await _asked(
                self._bot.edit_message_text(
                    text,
                    chat_id=chat_id,
                    message_id=message_id,
                    reply_markup=keyboard,
                    link_preview_options=NO_LINK_PREVIEW,
                )
            )
        except TelegramRefused as refused:
            if "message is not modified" not in str(refused).lower():
                raise

    async def answer_tap(self, tap_id: str, toast: str | None) -> None:
        """Take the waiting state off a tapped button; `toast` shows for a moment."""
        await _asked(self._bot.answer_callback_query(tap_id, text=toast))

    async def send_invoice(self, chat_id: int, invoice: Invoice) -> None:
        """Show an invoice with its own button. It stays payable for as long as the message stands; who
        may pay is decided when he tries. Forwarded, it leads into the bot and not to the payment."""
        await _asked(
            self._bot.send_invoice(
                chat_id,
                invoice.title,
                invoice.description,
                invoice.payload,
                STAR,
                [LabeledPrice(invoice.title, invoice.stars)],
                provider_token="",
                start_parameter="pay",
            )
        )

    async def invoice_link(self, invoice: Invoice) -> str:
        """An address that opens the invoice in Telegram."""
        return await _asked(
            self._bot.create_invoice_link(
                invoice.title,
                invoice.description,
                invoice.payload,
                STAR,
                [LabeledPrice(invoice.title, invoice.stars)],
                provider_token="",
            )
        )

    async def answer_payer(self, query_id: str, objection: str | None) -> None:
        """Let a payer pay, or tell him why not. Telegram waits ten seconds for it."""
        await _asked(
            self._bot.answer_pre_checkout_query(query_id, ok=objection is None, error_message=objection)
        )

    async def give_back_stars(self, user_id: int, charge_id: str) -> None:
        """Give a whole charge back. Raises TelegramRefused, also where it was given back before."""
        await _asked(self._bot.refund_star_payment(user_id, charge_id))

    async def star_movements(self, offset: int, limit: int) -> tuple[StarMovement, ...]:
        """Of all stars that ever came and went, oldest first, `limit` from number `offset` on."""
        found = await _asked(self._bot.get_star_transactions(offset, limit))
        movements: list[StarMovement] = []
        for one in found.transactions:
            partner = one.source or one.receiver
            user = partner if isinstance(partner, TransactionPartnerUser) else None
            if user is not None and user.transaction_type != UserTransaction.INVOICE_PAYMENT:
                user = None
            movements.append(
                StarMovement(
                    charge_id=one.id,
                    stars=one.amount,
                    at=one.date.astimezone(UTC),
                    came=one.source is not None,
                    user_id=user.user.id if user else None,
                    payload=(user.invoice_payload or "") if user else "",
                )
            )
        return tuple(movements)

    async def use_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to `url`. What waits is kept: it may be a customer's order."""
        await _asked(
            self._bot.set_webhook(
                url, secret_token=secret, allowed_updates=list(UPDATE_KINDS), drop_pending_updates=False
            )
        )

    async def use_polling(self) -> None:
        await _asked(self._bot.delete_webhook(drop_pending_updates=False))


def button(label: str, *, data: str | None = None, url: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data, url=url)


async def _asked(call: Awaitable[Answer]) -> Answer:
    """Wait for the platform, and say what went wrong in our own three words."""
    try:
        return await call
    except _Flooded as flooded:
        raise TelegramAway("Telegram asks to wait", flooded.retry_after_seconds) from None
    except Forbidden as closed:
        raise ChatClosed(closed.message) from None
    except BadRequest as refused:
        # The library calls BadRequest a NetworkError, so this clause must stand before the last.
        if "chat not found" in refused.message.lower():
            raise ChatClosed(refused.message) from None
        raise TelegramRefused(refused.message) from None
    except InvalidToken:
        raise TelegramAway(
            "Telegram does not accept TELEGRAM_BOT_TOKEN; set the one BotFather gave", 60
        ) from None
    except Conflict:
        raise TelegramAway("another process polls with this bot's token; stop one of them", 10) from None
    except TelegramError as away:
        raise TelegramAway(f"Telegram was not reached ({type(away).__name__})", 3) from None
