"""`/pay/<token>`: what is paid, to whom it goes, until when, and by which way.

The page never settles anything by itself. In the sandbox a button makes the sandbox bank send its signed
notice over HTTP, like a real gateway; what the page then shows is what the shop made of that notice.
"""

from __future__ import annotations

import io
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.payments.sandbox import NAME as SANDBOX
from adapters.payments.sandbox import AlreadyPaid, PaymentClosed
from adapters.web.forms import form_of
from adapters.web.pages import Pages
from adapters.web.pay_ways import TROUBLES, PayWays
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions
from adapters.web.views import order_view
from bot.viewing import WEB, may_view
from orders.database import Tx
from orders.order import Order, customer_state
from orders.paying import Begun
from orders.ports import Scene

METHODS = ("wechat", "alipay", "unionpay")


class PayPages:
    """The pay link is meant to be given away: whoever holds it may pay, and sees no more than that."""

    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._ways = PayWays(services, sessions, pages)
        self._can_be_scanned = not _is_this_machine(services.settings.base_url)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/pay/{token}", self.page, methods=["GET"]),
            Route("/pay/{token}/state", self.state, methods=["GET"]),
            Route("/pay/{token}/code.svg", self.code, methods=["GET"]),
            *self._ways.routes(),
            Route("/pay/{token}/{method}", self.pay, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        browser = self._sessions.browser(request)

        def looked_up(tx: Tx) -> tuple[Order, bool, bool] | None:
            order = self._order(tx, request)
            if order is None:
                return None
            is_owner = may_view(tx, order.order_no, order.customer_id, browser.browser_id)
            return order, is_owner, self._services.shop.holds_money(tx, order.order_no)

        found = await self._services.database.read(looked_up)
        if found is None:
            return self._pages.page("pay_unknown.html", {}, status=404)
        order, is_owner, held = found
        now = self._services.clock.now()
        facts = {
            "order": order_view(order, self._services.mask),
            "state_now": customer_state(order).value,
            "paid": order.settled_fen > 0,
            "held": held,
            "payable": order.is_payable and now < order.expires_at,
            "seconds_left": max(0, int((order.expires_at - now).total_seconds())),
            "ways": self._ways.offered(request, order),
            "in_wechat": self._ways.inside_wechat(request, order),
            "methods": METHODS if self._services.bank is not None else (),
            "sandbox": self._services.bank is not None,
            "unsure": "unsure" in request.query_params,
            "trouble": trouble if (trouble := request.query_params.get("trouble")) in TROUBLES else "",
            "scan": self._can_be_scanned,
            "here": f"/pay/{order.pay_token}",
            "order_at": f"/o/{order.link_token}" if is_owner else None,
            "from_web": order.customer_id.startswith(f"{WEB}:"),
            "form_token": self._sessions.form_token(browser.browser_id),
        }
        response = self._pages.page("pay.html", facts)
        self._sessions.remember(response, browser)
        return response

    async def state(self, request: Request) -> Response:
        order = await self._services.database.read(lambda tx: self._order(tx, request))
        if order is None:
            return JSONResponse({"state": None}, status_code=404)
        return JSONResponse({"state": customer_state(order).value})

    async def code(self, request: Request) -> Response:
        """The page's own address as a QR code: shown on a desktop, scanned with the phone that pays."""
        order = await self._services.database.read(lambda tx: self._order(tx, request))
        if order is None:
            raise HTTPException(404)
        picture = io.BytesIO()
        address = f"{self._services.settings.base_url.rstrip('/')}/pay/{order.pay_token}"
        segno.make(address, error="m").save(picture, kind="svg", border=0, dark="#1c2320", xmldecl=False)
        return Response(picture.getvalue(), media_type="image/svg+xml")

    async def pay(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        await form_of(request, self._sessions, browser.browser_id)
        method, token = request.path_params["method"], request.path_params["token"]
        now, shop, bank = self._services.clock.now(), self._services.shop, self._services.bank
        order = await self._services.database.read(lambda tx: self._order(tx, request))
        if order is None or method not in METHODS or bank is None:
            raise HTTPException(404)
        here = f"/pay/{token}"
        if not order.is_payable:
            return RedirectResponse(here, status_code=303)
        begun = await self._services.database.write(
            lambda tx: shop.begin_payment(tx, token, SANDBOX, Scene.PAGE, now)
        )
        told = False
        # A second tap and a till that was just closed are no errors: the page shows how it stands.
        with suppress(AlreadyPaid, PaymentClosed):
            told = isinstance(begun, Begun) and await bank.pay(begun.payment.ask, method)
        return RedirectResponse(here if told else f"{here}?unsure", status_code=303)

    def _order(self, tx: Tx, request: Request) -> Order | None:
        found = self._services.shop.payment_by_token(tx, request.path_params["token"])
        return found[1] if found else None


def _is_this_machine(base_url: str) -> bool:
    """Whether the shop's public name means nothing to a phone."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
