"""What staff do with an order at the desk: see to whom it goes, and say that a parcel is on its way.

Everywhere else a recipient is masked. Here a parcel must be addressed, so it is shown whole, to whoever
asks for it by a click; that it was seen is recorded, what was seen is not.
"""

from __future__ import annotations

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import act_of
from adapters.web.protocol import cleaned, read_chat
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions
from adapters.web.signals import Signals
from adapters.web.views import waits_for_shipping
from bot.desk import conversation
from bot.messages import ChatAddress
from orders.database import Tx
from orders.errors import NotPermitted
from orders.order import Order
from orders.shop import Shop

log = structlog.get_logger(__name__)

TRACKING_LONGEST = 60


class DeskOrders:
    """Acts on the orders of the conversation that the agent looks at, and on no others."""

    def __init__(self, services: WebServices, sessions: Sessions, signals: Signals) -> None:
        self._services = services
        self._sessions = sessions
        self._signals = signals

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/desk/recipients", self.recipients, methods=["POST"]),
            Route("/desk/ship", self.ship, methods=["POST"]),
        ]

    async def recipients(self, request: Request) -> Response:
        """The whole recipient of each line that has one."""
        agent, frame = await act_of(request, self._sessions)
        chat, order_no = order_named(frame)
        order = await self._services.database.read(lambda tx: self._order(tx, chat, order_no))
        if order is None:
            raise HTTPException(404)
        log.info("recipients shown", order_no=order.order_no, agent=agent.name)
        shown = [{"line_no": line.line_no, "account": line.account} for line in order.lines if line.account]
        return JSONResponse({"order_no": order.order_no, "recipients": shown})

    async def ship(self, request: Request) -> Response:
        """The parcel of one line is on its way. 409 where that line waits for no parcel."""
        agent, frame = await act_of(request, self._sessions)
        chat, order_no = order_named(frame)
        line_no, tracking = frame.get("line_no"), frame.get("tracking", "")
        if not isinstance(line_no, int) or isinstance(line_no, bool) or not isinstance(tracking, str):
            raise HTTPException(400)
        note = cleaned(tracking).strip()
        if len(note) > TRACKING_LONGEST:
            raise HTTPException(400)
        now, shop = self._services.clock.now(), self._services.shop

        def shipped(tx: Tx) -> bool:
            order = self._order(tx, chat, order_no)
            if order is None:
                raise HTTPException(404)
            line = order.line(line_no)
            if line is None or not waits_for_shipping(line):
                return False
            try:
                shop.ship(tx, order_no, line.line_no, agent.name, now, note)
            except NotPermitted:
                # A colleague was quicker.
                return False
            return True

        done = await self._services.database.write(shipped)
        self._signals.changed(chat)
        if not done:
            return JSONResponse({"waiting": False}, status_code=409)
        log.info("parcel shipped", order_no=order_no, line_no=line_no, agent=agent.name)
        return JSONResponse({"order_no": order_no, "line_no": line_no})

    def _order(self, tx: Tx, chat: ChatAddress, order_no: str) -> Order | None:
        return order_at_desk(tx, self._services.shop, chat, order_no)


def order_at_desk(tx: Tx, shop: Shop, chat: ChatAddress, order_no: str) -> Order | None:
    """The order, if it is the customer's of that conversation."""
    found = conversation(tx, chat)
    order = shop.order_for_staff(tx, order_no) if found is not None else None
    return order if order and found and order.customer_id == found.customer_id else None


def order_named(frame: dict[str, object]) -> tuple[ChatAddress, str]:
    """Which order of which conversation is meant. Raises 400."""
    chat, order_no = read_chat(frame.get("channel"), frame.get("chat_id")), frame.get("order_no")
    if chat is None or not isinstance(order_no, str) or not order_no.isascii() or not order_no.isdigit():
        raise HTTPException(400)
    return chat, order_no
