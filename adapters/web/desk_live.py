"""What an open desk is told while things happen: its list, the conversation it looks at, that customer's
orders. A socket rather than an event stream, because a browser opens only six streams to one shop and
staff open more tabs than that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from adapters.web.desk_cases import CaseView, case_views
from adapters.web.pages import Pages
from adapters.web.protocol import read_chat, read_digits, read_frame, read_number, written_entries
from adapters.web.services import WebServices
from adapters.web.sessions import Agent, Sessions
from adapters.web.signals import Signals, wait_for
from adapters.web.sockets import NO_SESSION, Sockets, converse
from adapters.web.views import OrderView, order_view
from bot import desk
from bot.desk import Box, ConversationView
from bot.messages import ChatAddress
from bot.store.chats import chat_of_customer
from orders.database import Tx
from orders.order import Order

SOCKETS_EACH_MAX = 30
QUIET_SECONDS = 0.15
"""After a change, wait this long for its companions: an answer follows each message at once."""
HISTORY_ENTRIES = 80
CATCH_UP_ENTRIES = 2000
ORDERS_SHOWN = 10
RECENT_ORDERS = 40
ORDERS_BOX = "orders"


@dataclass(slots=True)
class _Looking:
    """What one open desk looks at, and what of it has been told."""

    box: str = Box.WAITING.value
    chat: ChatAddress | None = None
    after: int = 0
    told: dict[str, object] = field(default_factory=dict)


class DeskLive:
    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages, signals: Signals) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._signals = signals
        self._sockets = Sockets(SOCKETS_EACH_MAX)

    async def socket(self, socket: WebSocket) -> None:
        agent = self._sessions.agent(socket)
        async with self._sockets.admitted(socket, agent.login_id if agent else None) as admitted:
            if admitted and agent is not None:
                await self._converse(socket, agent)

    async def before(self, request: Request) -> Response:
        """Older entries of a conversation."""
        if self._sessions.agent(request) is None:
            return JSONResponse({"error": "no session"}, status_code=401)
        query = request.query_params
        chat, seq = read_chat(query.get("channel"), query.get("chat_id")), read_digits(query.get("seq"))
        if chat is None or seq is None:
            return JSONResponse({"error": "no such place"}, status_code=400)
        entries = await self._services.reception.before(chat, seq, HISTORY_ENTRIES)
        return JSONResponse(written_entries(entries, "", earlier=bool(entries) and entries[0].seq > 1))

    async def _converse(self, socket: WebSocket, agent: Agent) -> None:
        looking = _Looking()
        async with self._signals.watching(None) as changed:

            async def hear(text: str) -> None:
                if self._sessions.agent(socket) is None:
                    changed.set()
                    return
                frame = read_frame(text)
                if frame.get("type") == "ping":
                    await socket.send_json({"type": "pong"})
                elif frame.get("type") == "watch" and _look(looking, frame):
                    changed.set()

            async def tell() -> None:
                await changed.wait()
                # The login is looked at each time: it may have ended since the socket was opened.
                while self._sessions.agent(socket) is not None:
                    changed.clear()
                    await self._tell(socket, agent, looking)
                    await wait_for(changed, self._services.settings.look_again_seconds)
                    await asyncio.sleep(QUIET_SECONDS)
                await socket.close(NO_SESSION)

            await converse(socket, hear, tell)

    async def _tell(self, socket: WebSocket, agent: Agent, looking: _Looking) -> None:
        box, chat, after = looking.box, looking.chat, looking.after
        listed = await self._services.database.read(lambda tx: self._list(tx, agent, box, chat))
        await self._tell_if_new(socket, looking, "list", listed)
        if chat is None:
            return
        found = await self._services.database.read(lambda tx: desk.conversation(tx, chat))
        if found is None:
            return
        orders = await self._services.database.read(
            lambda tx: self._services.shop.orders_of(tx, found.customer_id, ORDERS_SHOWN)
        )
        entries = await self._services.reception.since(
            chat, after, CATCH_UP_ENTRIES if after else HISTORY_ENTRIES
        )
        if looking.chat != chat or looking.after != after:
            return  # The agent went on to another conversation meanwhile; that one is told next.
        news = written_entries(
            entries,
            found.attended_by,
            earlier=bool(entries) and not after and entries[0].seq > 1,
            orders=orders,
        )
        standing = {
            "name": found.customer_name,
            "channel": chat.channel,
            "chat_id": chat.chat_id,
            "mine": found.attended_by == agent.name,
            "attended": found.attended.value,
        }
        stands = {**standing, **news["orders"]}
        if entries or looking.told.get("standing") != stands:
            looking.told["standing"] = stands
            looking.after = entries[-1].seq if entries else after
            await socket.send_json({**news, **standing})
        cases = await self._services.database.read(lambda tx: case_views(tx, self._services.shop, orders))
        side = self._side(found, orders, cases, agent)
        if looking.chat == chat:
            await self._tell_if_new(socket, looking, "side", side)

    async def _tell_if_new(self, socket: WebSocket, looking: _Looking, kind: str, html: str) -> None:
        if looking.told.get(kind) != html:
            looking.told[kind] = html
            await socket.send_json({"type": kind, "html": html})

    def _list(self, tx: Tx, agent: Agent, box: str, chat: ChatAddress | None) -> str:
        facts: dict[str, object] = {"box": box, "counts": desk.counts(tx, agent.name), "chat": chat}
        if box == ORDERS_BOX:
            return self._pages.fragment("_desk_orders.html", {**facts, "orders": self._recent_orders(tx)})
        found = desk.conversations(tx, Box(box), agent.name)
        return self._pages.fragment(
            "_desk_list.html", {**facts, "conversations": found, "now": self._services.clock.now()}
        )

    def _recent_orders(self, tx: Tx) -> list[tuple[OrderView, ChatAddress | None]]:
        found = []
        for order in self._services.shop.recent_orders(tx, RECENT_ORDERS):
            chat = chat_of_customer(tx, order.customer_id)
            found.append((order_view(order, self._services.mask), chat.address if chat else None))
        return found

    def _side(
        self,
        found: ConversationView,
        orders: Sequence[Order],
        cases: Mapping[str, tuple[CaseView, ...]],
        agent: Agent,
    ) -> str:
        views = [order_view(order, self._services.mask) for order in orders]
        facts = {"conversation": found, "orders": views, "cases": cases, "agent": agent.name}
        return self._pages.fragment("_desk_side.html", facts)


def _look(looking: _Looking, frame: dict[str, object]) -> bool:
    """The agent chose a box, or a conversation. False, and nothing is looked at, where it is neither."""
    box, after = frame.get("box", looking.box), read_number(frame.get("after", 0))
    nowhere = "channel" not in frame and "chat_id" not in frame
    chat = None if nowhere else read_chat(frame.get("channel"), frame.get("chat_id"))
    known_box = isinstance(box, str) and box in {*Box, ORDERS_BOX}
    if not known_box or after is None or (chat is None and not nowhere):
        return False
    looking.box, looking.chat = str(box), chat
    if chat is not None:
        looking.after = after
        looking.told.pop("standing", None)
        looking.told.pop("side", None)
    return True
