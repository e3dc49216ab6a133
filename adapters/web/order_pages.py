"""`/o/<token>`: the receipt. Shown to one browser only; anybody else meets the same closed door,
whether the link is another's, expired or made up."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import form_of
from adapters.web.pages import Pages
from adapters.web.services import WebServices
from adapters.web.sessions import Browser, Sessions
from adapters.web.views import order_view, step_views
from bot.viewing import WEB, claim_view, may_view
from orders.database import Tx
from orders.order import Order, customer_state
from orders.payment import RefundDenied

REFUND_STARTED = "started"

OpenedKeys = tuple[tuple[int, str], ...]
"""Each with the number of its line."""


class OrderPages:
    """GET never changes anything: previews of links are fetched by machines."""

    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/o/{token}", self.page, methods=["GET"]),
            Route("/o/{token}", self.claim, methods=["POST"]),
            Route("/o/{token}/state", self.state, methods=["GET"]),
            Route("/o/{token}/keys", self.keys, methods=["POST"]),
            Route("/o/{token}/keys", self.back, methods=["GET"]),
            Route("/o/{token}/refund", self.refund, methods=["POST"]),
            Route("/o/{token}/refund", self.back, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        order = await self._services.database.read(lambda tx: self._seen(tx, request, browser))
        if order is None:
            return self._door(request, browser)
        return await self._receipt(request, browser, order)

    async def claim(self, request: Request) -> Response:
        """查看订单 was pressed: show the order if it is this browser's, or nobody's yet."""
        browser = self._sessions.browser(request)
        await form_of(request, self._sessions, browser.browser_id)
        now = self._services.clock.now()

        def claimed(tx: Tx) -> bool:
            order = self._services.shop.order_by_link(tx, request.path_params["token"])
            return order is not None and claim_view(
                tx, order.order_no, order.customer_id, browser.browser_id, now
            )

        if not await self._services.database.write(claimed):
            return self._closed()
        return RedirectResponse(f"/o/{request.path_params['token']}", status_code=303)

    async def state(self, request: Request) -> Response:
        """One word, for the open page to know when to load itself again."""
        browser = self._sessions.browser(request)
        order = await self._services.database.read(lambda tx: self._seen(tx, request, browser))
        if order is None:
            return JSONResponse({"state": None}, status_code=404)
        steps = await self._services.database.read(
            lambda tx: len(self._services.shop.timeline(tx, order.order_no))
        )
        return JSONResponse({"state": f"{customer_state(order)} {steps}"})

    async def keys(self, request: Request) -> Response:
        """The card keys, opened: asked for by hand, and recorded, because a seen key is a used one."""
        browser = self._sessions.browser(request)
        await form_of(request, self._sessions, browser.browser_id)
        now = self._services.clock.now()

        def opened(tx: Tx) -> tuple[Order, OpenedKeys] | None:
            order = self._seen(tx, request, browser)
            if order is None:
                return None
            keys = self._services.shop.card_keys_by_line(tx, order.order_no, order.customer_id, now)
            # Read again: a key that was seen can no longer be given back.
            return self._seen(tx, request, browser) or order, keys

        found = await self._services.database.write(opened)
        if found is None:
            return self._closed()
        order, keys = found
        return await self._receipt(request, browser, order, keys)

    async def back(self, request: Request) -> Response:
        """To the order: after a click this address stands in the bar, and may be opened again or kept."""
        return RedirectResponse(f"/o/{request.path_params['token']}", status_code=303)

    async def refund(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        await form_of(request, self._sessions, browser.browser_id)
        now = self._services.clock.now()

        def asked(tx: Tx) -> str | None:
            order = self._seen(tx, request, browser)
            if order is None:
                return None
            outcome = self._services.shop.request_refund(tx, order.order_no, order.customer_id, now)
            return outcome.denied.value if outcome.denied else REFUND_STARTED

        answer = await self._services.database.write(asked)
        if answer is None:
            return self._closed()
        return RedirectResponse(f"/o/{request.path_params['token']}?refund={answer}", status_code=303)

    def _seen(self, tx: Tx, request: Request, browser: Browser) -> Order | None:
        """The order of the link, if this browser may see it."""
        order = self._services.shop.order_by_link(tx, request.path_params["token"])
        if order is None or not may_view(tx, order.order_no, order.customer_id, browser.browser_id):
            return None
        return order

    async def _receipt(
        self, request: Request, browser: Browser, order: Order, keys: OpenedKeys | None = None
    ) -> Response:
        shop = self._services.shop
        timeline, held = await self._services.database.read(
            lambda tx: (shop.timeline(tx, order.order_no), shop.holds_money(tx, order.order_no))
        )
        asked = request.query_params.get("refund")
        facts = {
            "order": order_view(order, self._services.mask),
            "steps": step_views(order, timeline, self._services.mask),
            "state_now": f"{customer_state(order)} {len(timeline)}",
            "held": held and not order.settled_fen,
            "keys": keys,
            "refund": asked if asked in {REFUND_STARTED, *RefundDenied} else None,
            "from_web": order.customer_id.startswith(f"{WEB}:"),
            "here": f"/o/{request.path_params['token']}",
            "pay_at": f"/pay/{order.pay_token}" if order.is_payable else None,
            "form_token": self._sessions.form_token(browser.browser_id),
        }
        response = self._pages.page("order.html", facts)
        self._sessions.remember(response, browser)
        return response

    def _door(self, request: Request, browser: Browser) -> Response:
        facts = {"form_token": self._sessions.form_token(browser.browser_id), "here": request.url.path}
        response = self._pages.page("order_door.html", facts)
        self._sessions.remember(response, browser)
        return response

    def _closed(self) -> Response:
        return self._pages.page("order_closed.html", {}, status=404)
