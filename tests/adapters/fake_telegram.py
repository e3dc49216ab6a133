"""A Bot API server as strict as the real one where this product could trip, on loopback HTTP.

It keeps chats and their messages, numbers its updates once and for ever, holds them until they are
acknowledged, and refuses what Telegram refuses with Telegram's words. `says_twice` makes the
platform send each update a second time, as it does when an acknowledgement was lost.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.adapters.loopback import served

Json = dict[str, Any]

TEXT_UNITS_MAX = 4096
CALLBACK_BYTES_MAX = 64
TOAST_LENGTH_MAX = 200
CHECKOUT_SECONDS_MAX = 10.0


class Refusal(Exception):
    """An answer that is not ok, as the real server words it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class ShownButton:
    label: str
    data: str | None
    url: str | None


@dataclass
class ShownMessage:
    """A message as the user sees it now."""

    message_id: int
    text: str
    buttons: list[ShownButton] = field(default_factory=list)
    from_bot: bool = True
    entities: list[Json] = field(default_factory=list)
    edits: int = 0

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]


@dataclass(frozen=True)
class ShownInvoice:
    """An invoice as the user sees it. Its button works for as long as the message stands."""

    title: str
    description: str
    payload: str
    stars: int


@dataclass
class Checkout:
    """A user has pressed an invoice's button; `answer` is what the bot said, None so far."""

    user: int
    invoice: ShownInvoice
    begun_at: float
    answer: tuple[bool, str] | None = None


@dataclass
class Webhook:
    url: str
    secret: str | None


class FakeTelegram:
    """The platform and the people on it. `api_url` is what a bot is pointed at."""

    def __init__(
        self,
        token: str = "123456:TEST-token",
        *,
        reaches: Mapping[str, str] | None = None,
        says_twice: bool = False,
        messages_per_second: int | None = None,
        seconds: Callable[[], float] = time.monotonic,
        retry_pauses: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2),
    ) -> None:
        """`reaches`: public https origins and where on loopback they really are."""
        self.token = token
        self.api_url = ""
        self.reaches = dict(reaches or {})
        self.says_twice = says_twice
        self.messages_per_second = messages_per_second
        self.seconds = seconds
        self.retry_pauses = retry_pauses
        self.chats: dict[int, list[ShownMessage]] = defaultdict(list)
        self.known_chats: set[int] = set()
        self.blocked: set[int] = set()
        self.calls: list[tuple[str, Json]] = []
        self.answered_taps: list[tuple[str, str | None]] = []
        self.open_taps: set[str] = set()
        self.webhook: Webhook | None = None
        self.webhook_answers: list[int] = []
        self.faults: dict[str, deque[Refusal | Response]] = defaultdict(deque)
        self.invoices: dict[int, list[ShownInvoice]] = defaultdict(list)
        self.links: dict[str, ShownInvoice] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.star_transactions: list[Json] = []
        self.now: Callable[[], float] = time.time
        """What the platform's clock says; its messages and movements carry it."""
        self._message_ids = itertools.count(1)
        self._update_ids = itertools.count(800_000_001)
        self._pending: list[Json] = []
        self._repeats: set[int] = set()
        self._arrived = asyncio.Condition()
        self._deliveries: set[asyncio.Task[None]] = set()
        self._sent_at: dict[int, deque[float]] = defaultdict(deque)
        self._newest_poll = 0
        self._update_kinds: set[str] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeTelegram]:
        app = Starlette(routes=[Route("/bot{token:path}/{method}", self._endpoint, methods=["GET", "POST"])])
        async with served(app) as address:
            self.api_url = address
            try:
                yield self
            finally:
                for task in self._deliveries:
                    task.cancel()
                await asyncio.gather(*self._deliveries, return_exceptions=True)
                await self._wake()

    # What people do

    async def say(self, user: int, text: str, *, group: int | None = None, **extra: Any) -> int:
        """A user types. Returns the update id."""
        chat = {"id": user, "type": "private", "first_name": f"User {user}"}
        if group is not None:
            chat = {"id": group, "type": "supergroup", "title": "A group"}
        self.known_chats.add(group or user)
        message_id = next(self._message_ids)
        if group is None:
            self.chats[user].append(ShownMessage(message_id, text, from_bot=False))
        message: Json = {
            "message_id": message_id,
            "date": int(self.now()),
            "chat": chat,
            "from": {"id": user, "is_bot": False, "first_name": f"User {user}"},
            **({"text": text} if text else {}),
            **extra,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return await self.push({"message": message})

    async def tap(self, user: int, label: str) -> int:
        """A user taps the newest button with this label."""
        for shown in reversed(self.chats[user]):
            for button in shown.buttons:
                if button.label == label and button.data is not None:
                    return await self._tapped(user, shown, button.data)
        raise AssertionError(f"no button {label!r}; there are {[m.labels for m in self.chats[user]]}")

    async def _tapped(self, user: int, shown: ShownMessage, data: str) -> int:
        tap = f"tap-{next(self._message_ids)}"
        self.open_taps.add(tap)
        return await self.push(
            {
                "callback_query": {
                    "id": tap,
                    "chat_instance": f"instance-{user}",
                    "from": {"id": user, "is_bot": False, "first_name": f"User {user}"},
                    "data": data,
                    "message": self._wire(user, shown),
                }
            }
        )

    async def press_pay(self, user: int, invoice: ShownInvoice | None = None) -> str:
        """A user presses the button of an invoice, the newest one of his chat; gives the checkout's id.
        Telegram takes the stars once the bot has said yes."""
        invoice = invoice or self.invoices[user][-1]
        checkout = f"checkout-{next(self._message_ids)}"
        self.checkouts[checkout] = Checkout(user, invoice, self.seconds())
        await self.push(
            {
                "pre_checkout_query": {
                    "id": checkout,
                    "from": {"id": user, "is_bot": False, "first_name": f"User {user}"},
                    "currency": "XTR",
                    "total_amount": invoice.stars,
                    "invoice_payload": invoice.payload,
                }
            }
        )
        return checkout

    async def take_stars(self, user: int, invoice: ShownInvoice) -> str:
        """The stars move, and the bot is told; gives the number of the charge."""
        charge = f"stx{secrets.token_urlsafe(79)}"
        self.known_chats.add(user)
        self._moved(charge, invoice, user, "source")
        payment = {
            "currency": "XTR",
            "total_amount": invoice.stars,
            "invoice_payload": invoice.payload,
            "telegram_payment_charge_id": charge,
            "provider_payment_charge_id": f"{user}_{len(self.star_transactions)}",
        }
        await self.say(user, "", successful_payment=payment)
        return charge

    def _moved(self, charge: str, invoice: ShownInvoice, user: int, way: str) -> None:
        partner = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": {"id": user, "is_bot": False, "first_name": f"User {user}"},
            "invoice_payload": invoice.payload,
        }
        at = int(self.now())
        self.star_transactions.append({"id": charge, "amount": invoice.stars, "date": at, way: partner})

    async def push(self, body: Json) -> int:
        """Queue an update, whatever is in it, and start delivering it."""
        kind = next(iter(body))
        update = {"update_id": next(self._update_ids), **body}
        if self._update_kinds is not None and kind not in self._update_kinds:
            return int(update["update_id"])
        if self.webhook is not None:
            self._deliver(update)
        else:
            self._pending.append(update)
            await self._wake()
        return int(update["update_id"])

    def seen_by(self, user: int) -> list[ShownMessage]:
        """What the bot wrote to this user, as it stands on his screen now."""
        return [shown for shown in self.chats[user] if shown.from_bot]

    def unacknowledged(self) -> list[int]:
        return [int(update["update_id"]) for update in self._pending]

    async def settled(self) -> None:
        """All webhook deliveries begun so far are through."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries)

    # The server

    async def _endpoint(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != self.token:
            return self._refused(Refusal(401, "Unauthorized"))
        try:
            arguments = await _arguments(request)
            self.calls.append((method, arguments))
            if self.faults[method]:
                fault = self.faults[method].popleft()
                if isinstance(fault, Response):
                    return fault
                raise fault
            answer = getattr(self, f"_do_{method}", None)
            if answer is None:
                raise Refusal(404, "Not Found")
            return JSONResponse({"ok": True, "result": await answer(arguments)})
        except Refusal as refusal:
            return self._refused(refusal)

    def _refused(self, refusal: Refusal) -> Response:
        body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        if refusal.parameters:
            body["parameters"] = refusal.parameters
        return JSONResponse(body, status_code=refusal.code)

    async def _do_getMe(self, _: Json) -> Json:
        return {
            "id": 123456,
            "is_bot": True,
            "first_name": "Shop",
            "username": "shop_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _do_getUpdates(self, arguments: Json) -> list[Json]:
        if self.webhook is not None:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        # The newest request wins; the one before it is sent away. Whoever was killed while he polled
        # is no obstacle to his successor.
        self._newest_poll += 1
        mine = self._newest_poll
        await self._wake()
        if "allowed_updates" in arguments:
            self._update_kinds = set(arguments["allowed_updates"])
        self._acknowledge(int(arguments.get("offset", 0)))
        timeout = float(arguments.get("timeout", 0))
        async with self._arrived:
            try:
                await asyncio.wait_for(
                    self._arrived.wait_for(lambda: bool(self._pending) or mine != self._newest_poll),
                    timeout or 0.001,
                )
            except TimeoutError:
                return []
        if mine != self._newest_poll:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        return self._pending[: int(arguments.get("limit", 100))]

    def _acknowledge(self, offset: int) -> None:
        kept = []
        for update in self._pending:
            number = int(update["update_id"])
            if number >= offset:
                kept.append(update)
            elif self.says_twice and number not in self._repeats:
                self._repeats.add(number)
                kept.append(update)
        self._pending = kept

    async def _do_setWebhook(self, arguments: Json) -> bool:
        url = str(arguments.get("url", ""))
        if not url:
            return await self._do_deleteWebhook(arguments)
        if urlsplit(url).scheme != "https":
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        secret = arguments.get("secret_token")
        if secret is not None and (
            not 1 <= len(secret) <= 256 or not secret.replace("_", "").replace("-", "").isalnum()
        ):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if "allowed_updates" in arguments:
            self._update_kinds = set(arguments["allowed_updates"])
        if arguments.get("drop_pending_updates"):
            self._pending.clear()
        self.webhook = Webhook(url, secret)
        waiting, self._pending = self._pending, []
        for update in waiting:
            self._deliver(update)
        return True

    async def _do_deleteWebhook(self, arguments: Json) -> bool:
        if arguments.get("drop_pending_updates"):
            self._pending.clear()
        self.webhook = None
        return True

    async def _do_sendMessage(self, arguments: Json) -> Json:
        chat = self._writable_chat(arguments)
        text, buttons = _checked_text(arguments), _checked_buttons(arguments)
        self._check_flood(chat)
        entities = _checked_entities(arguments, text)
        shown = ShownMessage(next(self._message_ids), text, buttons, entities=entities)
        self.chats[chat].append(shown)
        return self._wire(chat, shown)

    async def _do_editMessageText(self, arguments: Json) -> Json:
        chat = self._writable_chat(arguments)
        place = next(
            (
                place
                for place, shown in enumerate(self.chats[chat])
                if shown.message_id == int(arguments["message_id"]) and shown.from_bot
            ),
            None,
        )
        if place is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        text, buttons = _checked_text(arguments), _checked_buttons(arguments)
        old = self.chats[chat][place]
        if (old.text, old.buttons) == (text, buttons):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        entities = _checked_entities(arguments, text)
        new = replace(old, text=text, buttons=buttons, entities=entities, edits=old.edits + 1)
        self.chats[chat][place] = new
        return self._wire(chat, new)

    async def _do_answerCallbackQuery(self, arguments: Json) -> bool:
        tap = str(arguments["callback_query_id"])
        if tap not in self.open_taps:
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if len(str(arguments.get("text", ""))) > TOAST_LENGTH_MAX:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self.open_taps.discard(tap)
        self.answered_taps.append((tap, arguments.get("text")))
        return True

    async def _do_sendInvoice(self, arguments: Json) -> Json:
        chat = self._writable_chat(arguments)
        invoice = _checked_invoice(arguments)
        self._check_flood(chat)
        self.invoices[chat].append(invoice)
        wire = self._wire(chat, ShownMessage(next(self._message_ids), invoice.title))
        del wire["text"]
        return wire | {
            "invoice": {
                "title": invoice.title,
                "description": invoice.description,
                "start_parameter": arguments.get("start_parameter", ""),
                "currency": "XTR",
                "total_amount": invoice.stars,
            }
        }

    async def _do_createInvoiceLink(self, arguments: Json) -> str:
        if "chat_id" in arguments:
            raise Refusal(400, "Bad Request: a link has no chat")
        link = f"https://t.me/$invoice-{len(self.links) + 1}"
        self.links[link] = _checked_invoice(arguments)
        return link

    async def _do_answerPreCheckoutQuery(self, arguments: Json) -> bool:
        checkout = self.checkouts.get(str(arguments["pre_checkout_query_id"]))
        ok = str(arguments["ok"]).lower() == "true"
        if checkout is None or checkout.answer or self.seconds() - checkout.begun_at > CHECKOUT_SECONDS_MAX:
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if not ok and not arguments.get("error_message"):
            raise Refusal(400, "Bad Request: ERROR_TEXT_EMPTY")
        checkout.answer = ok, str(arguments.get("error_message", ""))
        if ok:
            await self.take_stars(checkout.user, checkout.invoice)
        return True

    async def _do_refundStarPayment(self, arguments: Json) -> bool:
        user, charge = int(arguments["user_id"]), str(arguments["telegram_payment_charge_id"])
        known = [one for one in self.star_transactions if one["id"] == charge]
        if not known or known[0]["source"]["user"]["id"] != user:
            raise Refusal(400, "Bad Request: CHARGE_NOT_FOUND")
        if len(known) > 1:
            raise Refusal(400, "Bad Request: CHARGE_ALREADY_REFUNDED")
        partner, stars = known[0]["source"], int(known[0]["amount"])
        self._moved(charge, ShownInvoice("", "", partner["invoice_payload"], stars), user, "receiver")
        refunded = {
            "currency": "XTR",
            "total_amount": stars,
            "invoice_payload": partner["invoice_payload"],
            "telegram_payment_charge_id": charge,
        }
        await self.say(user, "", refunded_payment=refunded)
        return True

    async def _do_getStarTransactions(self, arguments: Json) -> Json:
        offset, limit = int(arguments.get("offset", 0)), int(arguments.get("limit", 100))
        if offset < 0 or not 1 <= limit <= 100:
            raise Refusal(400, "Bad Request: LIMIT_INVALID")
        return {"transactions": self.star_transactions[offset : offset + limit]}

    def _writable_chat(self, arguments: Json) -> int:
        chat = int(arguments["chat_id"])
        if chat not in self.known_chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def _check_flood(self, chat: int) -> None:
        if self.messages_per_second is None:
            return
        sent, now = self._sent_at[chat], self.seconds()
        while sent and now - sent[0] >= 1.0:
            sent.popleft()
        if len(sent) >= self.messages_per_second:
            raise Refusal(429, "Too Many Requests: retry after 3", retry_after=3)
        sent.append(now)

    def _wire(self, chat: int, shown: ShownMessage) -> Json:
        wire: Json = {
            "message_id": shown.message_id,
            "date": int(self.now()),
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "User"},
            "from": {"id": 123456, "is_bot": True, "first_name": "Shop", "username": "shop_test_bot"},
            "text": shown.text,
        }
        if shown.edits:
            wire["edit_date"] = int(self.now())
        return wire

    # Delivery to a webhook

    def _deliver(self, update: Json) -> None:
        for _ in range(2 if self.says_twice else 1):
            task = asyncio.create_task(self._post(update))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    async def _post(self, update: Json) -> None:
        """Post until a 2xx answer, with growing pauses, like the real one (which gives up in 24 h)."""
        assert self.webhook is not None
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.webhook.url))
        url = self.webhook.url.replace(origin, self.reaches[origin], 1)
        headers = (
            {} if self.webhook.secret is None else {"X-Telegram-Bot-Api-Secret-Token": self.webhook.secret}
        )
        async with httpx.AsyncClient(timeout=10) as client:
            for pause in (*self.retry_pauses, None):
                try:
                    status = (await client.post(url, json=update, headers=headers)).status_code
                except httpx.HTTPError:
                    status = 0
                self.webhook_answers.append(status)
                if 200 <= status < 300 or pause is None:
                    return
                await asyncio.sleep(pause)

    async def _wake(self) -> None:
        async with self._arrived:
            self._arrived.notify_all()


async def _arguments(request: Request) -> Json:
    """Query, form or JSON; values that are JSON inside a form are read, as the real server does."""
    found: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        found.update(await request.json())
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            found.update({key: str(value) for key, value in form.items()})
    for key in (
        "allowed_updates",
        "reply_markup",
        "entities",
        "link_preview_options",
        "drop_pending_updates",
        "prices",
    ):
        if isinstance(found.get(key), str):
            try:
                found[key] = json.loads(found[key])
            except ValueError:
                raise Refusal(400, f"Bad Request: can't parse {key} JSON object") from None
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _checked_text(arguments: Json) -> str:
    text = str(arguments.get("text", "")).strip()
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if _units(text) > TEXT_UNITS_MAX:
        raise Refusal(400, "Bad Request: message is too long")
    return text


def _checked_entities(arguments: Json, text: str) -> list[Json]:
    entities: list[Json] = arguments.get("entities", [])
    for entity in entities:
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > _units(text):
            raise Refusal(400, "Bad Request: ENTITY_BOUNDS_INVALID")
    return entities


def _checked_buttons(arguments: Json) -> list[ShownButton]:
    markup = arguments.get("reply_markup")
    if markup is None:
        return []
    shown = []
    for row in markup["inline_keyboard"]:
        for button in row:
            if not button.get("text"):
                raise Refusal(
                    400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty'
                )
            data, url = button.get("callback_data"), button.get("url")
            if (data is None) == (url is None):
                raise Refusal(
                    400,
                    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                )
            if data is not None and not 1 <= len(data.encode()) <= CALLBACK_BYTES_MAX:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
            if url is not None and not _public(url):
                raise Refusal(
                    400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
                )
            shown.append(ShownButton(button["text"], data, url))
    if len(shown) > 100:
        raise Refusal(400, "Bad Request: reply markup is too long")
    return shown


def _checked_invoice(arguments: Json) -> ShownInvoice:
    title, description = str(arguments.get("title", "")), str(arguments.get("description", ""))
    payload, prices = str(arguments.get("payload", "")), arguments.get("prices", [])
    if arguments.get("currency") != "XTR":
        raise Refusal(400, "Bad Request: CURRENCY_INVALID")
    if arguments.get("provider_token"):
        raise Refusal(400, "Bad Request: PAYMENT_PROVIDER_INVALID")
    if not 1 <= _units(title) <= 32:
        raise Refusal(400, "Bad Request: INVOICE_TITLE_INVALID")
    if not 1 <= _units(description) <= 255:
        raise Refusal(400, "Bad Request: INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(payload.encode()) <= 128:
        raise Refusal(400, "Bad Request: INVOICE_PAYLOAD_INVALID")
    if len(prices) != 1 or not 1 <= int(prices[0]["amount"]) <= 25_000:
        raise Refusal(400, "Bad Request: STARS_INVOICE_INVALID")
    return ShownInvoice(title, description, payload, int(prices[0]["amount"]))


def _public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname is not None and "." in parts.hostname
