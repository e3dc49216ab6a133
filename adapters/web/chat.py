"""The customer's chat: one page, one socket, and plain requests for those whose socket does not hold."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from adapters.web.limits import RateLimit
from adapters.web.pages import Pages
from adapters.web.protocol import (
    Entries,
    Refused,
    Say,
    read_digits,
    read_frame,
    read_number,
    read_say,
    refused,
    written_entries,
)
from adapters.web.security import same_origin
from adapters.web.services import WebServices
from adapters.web.sessions import Browser, Sessions
from adapters.web.signals import Signals, wait_for
from adapters.web.sockets import Sockets, converse
from adapters.web.storefront import storefront
from bot.messages import ChatAddress, IncomingMessage
from bot.store.chats import find_chat
from orders.database import Tx
from orders.order import Order

CHANNEL = "web"
HISTORY_ENTRIES = 60
CATCH_UP_ENTRIES = 2000
SOCKETS_EACH_MAX = 12
ORDERS_TOLD = 10
MESSAGES_BURST = 20
MESSAGES_PERIOD = timedelta(seconds=20)


def chat_of(browser: Browser) -> ChatAddress:
    """The one chat of a browser."""
    return ChatAddress(CHANNEL, browser.browser_id)


class Chat:
    """The routes of the chat. Whoever brings a cookie is his own customer, and sees his own chat only."""

    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages, signals: Signals) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._signals = signals
        self._sockets = Sockets(SOCKETS_EACH_MAX)
        self._rate = RateLimit(MESSAGES_BURST, MESSAGES_PERIOD)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.page),
            WebSocketRoute("/chat/ws", self.socket),
            Route("/chat/since", self.since),
            Route("/chat/before", self.before),
            Route("/chat/say", self.say, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        shop = self._services.shop
        front = storefront(await self._services.database.read(shop.catalog))
        facts = {
            "form_token": self._sessions.form_token(browser.browser_id),
            "longest": self._services.settings.message_characters_max,
            "front": front,
        }
        response = self._pages.page("chat.html", facts)
        self._sessions.remember(response, browser)
        return response

    async def socket(self, socket: WebSocket) -> None:
        """Tells every entry after `after`, then each new one; hears what the customer says."""
        browser = self._sessions.browser(socket)
        holder = browser.browser_id if browser.known else None
        async with self._sockets.admitted(socket, holder) as admitted:
            if admitted:
                await self._converse(socket, browser)

    async def since(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        if not browser.known:
            return JSONResponse({"error": "no session"}, status_code=401)
        return JSONResponse(await self._entries(browser, _number(request, "after")))

    async def before(self, request: Request) -> Response:
        """Older entries, for whoever scrolls back."""
        browser = self._sessions.browser(request)
        if not browser.known:
            return JSONResponse({"error": "no session"}, status_code=401)
        return JSONResponse(await self._earlier(browser, _number(request, "seq")))

    async def say(self, request: Request) -> Response:
        """One message by plain request; answers with everything after the client's `after`."""
        browser = self._sessions.browser(request)
        token = request.headers.get("x-form-token", "")
        if not browser.known or not same_origin(request):
            return JSONResponse({"error": "no session"}, status_code=401)
        if not self._sessions.is_form_token(browser.browser_id, token):
            return JSONResponse({"error": "not from this page"}, status_code=403)
        frame = read_frame((await request.body()).decode("utf-8", "replace"))
        said, after = read_say(frame), read_number(frame.get("after", 0))
        if said is None or after is None:
            return PlainTextResponse("not a message", status_code=400)
        refusal = await self._receive(browser, said)
        if refusal is not None:
            return JSONResponse(refusal, status_code=429)
        return JSONResponse(await self._entries(browser, after))

    async def _converse(self, socket: WebSocket, browser: Browser) -> None:
        async with self._signals.watching(chat_of(browser)) as changed:

            async def hear(text: str) -> None:
                frame = read_frame(text)
                if frame.get("type") == "ping":
                    await socket.send_json({"type": "pong"})
                said = read_say(frame) if frame.get("type") == "say" else None
                if said is not None:
                    refusal = await self._receive(browser, said)
                    if refusal is not None:
                        await socket.send_json(refusal)
                    # A message heard before is published to nobody, but its sender still waits for it.
                    changed.set()

            async def tell() -> None:
                # A number that counts nothing is none: the chat is then told from its latest page on.
                after = read_digits(socket.query_params.get("after")) or 0
                told: object = None
                while True:
                    news = await self._entries(browser, after)
                    standing = (news["attended_by"], news["orders"])
                    if news["entries"] or standing != told:
                        await socket.send_json(news)
                    after = news["entries"][-1]["seq"] if news["entries"] else after
                    told = standing
                    await wait_for(changed, self._services.settings.look_again_seconds)

            await converse(socket, hear, tell)

    async def _receive(self, browser: Browser, said: Say) -> Refused | None:
        now = self._services.clock.now()
        if len(said.text) > self._services.settings.message_characters_max:
            return refused(said.client_id, "too_long")
        if not self._rate.allows(browser.browser_id, now):
            return refused(said.client_id, "too_fast")
        message = IncomingMessage(said.client_id, chat_of(browser), said.text, now, said.means)
        await self._services.reception.receive(message)
        return None

    async def _entries(self, browser: Browser, after: int) -> Entries:
        chat = chat_of(browser)
        limit = CATCH_UP_ENTRIES if after else HISTORY_ENTRIES
        # Who attends and how orders stand is read first: what changes meanwhile comes with the next entry.
        attended_by, orders = await self._services.database.read(lambda tx: self._standing(tx, chat))
        entries = await self._services.reception.since(chat, after, limit)
        earlier = bool(entries) and not after and entries[0].seq > 1
        return written_entries(entries, attended_by, earlier=earlier, orders=orders)

    async def _earlier(self, browser: Browser, seq: int) -> Entries:
        chat = chat_of(browser)
        entries = await self._services.reception.before(chat, seq, HISTORY_ENTRIES)
        return written_entries(entries, "", earlier=bool(entries) and entries[0].seq > 1)

    def _standing(self, tx: Tx, chat: ChatAddress) -> tuple[str, tuple[Order, ...]]:
        """Who attends to the chat, and its customer's latest orders."""
        found = find_chat(tx, chat)
        if found is None:
            return "bot", ()
        return found.attended_by, self._services.shop.orders_of(tx, found.customer_id, ORDERS_TOLD)


def _number(request: Request, name: str) -> int:
    """A counting number from the address; 0 where there is none. Raises 400."""
    number = read_digits(request.query_params.get(name))
    if number is None:
        raise HTTPException(400)
    return number
