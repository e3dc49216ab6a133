"""`/pay/<token>/by/<gateway>`: sends a payer to a real gateway, in the way that fits where he stands.

The button only opens the payment; then a page of ours shows the code, or leads on to the gateway's page.
That the payer came back settles nothing: it makes us ask.
"""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import urlsplit

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import form_of
from adapters.web.limits import RateLimit
from adapters.web.pages import Pages
from adapters.web.security import content_policy
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions
from orders.order import Order, customer_state
from orders.paying import NoWay
from orders.payment import Payment
from orders.ports import CallWallet, GoTo, PaymentOffer, PostForm, Scene, ShowCode

TROUBLES = frozenset({NoWay.REFUSED.value, NoWay.SILENT.value, NoWay.TOO_OFTEN.value})
"""What the pay page has a sentence for."""

LOOKS = 6
LOOKS_PERIOD = timedelta(minutes=1)

AT_A_SCREEN = (Scene.QR, Scene.PAGE, Scene.WAP)
ON_A_PHONE = (Scene.WAP, Scene.PAGE, Scene.QR)
INSIDE_WECHAT = (Scene.JSAPI, Scene.WAP, Scene.QR)
WECHAT_SAYS = "micromessenger"


class PayWays:
    """The ways of paying that lead out of the shop."""

    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._looks = RateLimit(LOOKS, LOOKS_PERIOD)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/pay/{token}/back", self.back, methods=["GET", "POST"]),
            Route("/pay/{token}/by/{gateway}", self.show, methods=["GET"]),
            Route("/pay/{token}/by/{gateway}", self.send, methods=["POST"]),
            Route("/pay/{token}/by/{gateway}/code.svg", self.code, methods=["GET"]),
        ]

    def offered(self, request: Request, order: Order) -> tuple[str, ...]:
        """The gateways that take this payer from where he stands."""
        till = self._services.till
        if till is None:
            return ()
        wanted = _scenes(request, order)
        named = self._services.shop.ways_to_pay(order.customer_id)
        return tuple(name for name in named if name in REAL and till.scene(name, wanted) is not None)

    def inside_wechat(self, request: Request, order: Order) -> bool:
        """Whether he stands in WeChat's browser without being known to our account there: WeChat opens
        neither Alipay's page nor its own for other browsers, so he must be told the way out."""
        agent = request.headers.get("user-agent", "").lower()
        return WECHAT_SAYS in agent and not _open_id(order)

    async def send(self, request: Request) -> Response:
        """The payer chose: open the payment, then show what the gateway gave."""
        browser = self._sessions.browser(request)
        await form_of(request, self._sessions, browser.browser_id)
        token, gateway = request.path_params["token"], request.path_params["gateway"]
        order = await self._order(token)
        till = self._services.till
        if till is None or order is None or gateway not in self.offered(request, order):
            raise HTTPException(404)
        scene = till.scene(gateway, _scenes(request, order))
        assert scene is not None
        here = f"/pay/{token}"
        offer = await till.send(
            token,
            gateway,
            scene,
            payer=_open_id(order),
            payer_ip=request.client.host if request.client else "",
            return_url=f"{self._services.settings.base_url.rstrip('/')}{here}/back",
        )
        if isinstance(offer, NoWay):
            trouble = f"?trouble={offer.value}" if offer.value in TROUBLES else ""
            return RedirectResponse(f"{here}{trouble}", status_code=303)
        return RedirectResponse(f"{here}/by/{gateway}", status_code=303)

    async def show(self, request: Request) -> Response:
        """The code to scan, or the way on to the gateway's own page."""
        token, gateway = request.path_params["token"], request.path_params["gateway"]
        found = await self._underway(token, gateway)
        if found is None:
            # Paid, ended, or never begun: the pay page tells.
            return RedirectResponse(f"/pay/{token}", status_code=303)
        order, payment, offer = found
        now = self._services.clock.now()
        facts = {
            "gateway": gateway,
            "amount_fen": payment.amount_fen,
            "order_no": order.order_no,
            "state_now": customer_state(order).value,
            "seconds_left": max(0, int((order.expires_at - now).total_seconds())),
            "here": f"/pay/{token}",
            "code": isinstance(offer, ShowCode),
            "go_to": offer.url if isinstance(offer, GoTo) else "",
            "post_to": offer.url if isinstance(offer, PostForm) else "",
            "fields": dict(offer.fields) if isinstance(offer, PostForm) else {},
            "wallet": dict(offer.parameters) if isinstance(offer, CallWallet) else {},
        }
        response = self._pages.page("pay_way.html", facts)
        if isinstance(offer, PostForm):
            policy = content_policy(request.headers.get("host", ""))
            at = urlsplit(offer.url)
            allowed = policy.replace("form-action 'self'", f"form-action 'self' {at.scheme}://{at.netloc}")
            response.headers["Content-Security-Policy"] = allowed
        return response

    async def code(self, request: Request) -> Response:
        """What the payer's app scans."""
        found = await self._underway(request.path_params["token"], request.path_params["gateway"])
        if found is None or not isinstance(found[2], ShowCode):
            raise HTTPException(404)
        picture = io.BytesIO()
        segno.make(found[2].content, error="m").save(
            picture, kind="svg", border=0, dark="#1c2320", xmldecl=False
        )
        return Response(picture.getvalue(), media_type="image/svg+xml")

    async def back(self, request: Request) -> Response:
        """The gateway's page sent the payer back, by a link or, as UnionPay does, by a form."""
        token = request.path_params["token"]
        till = self._services.till
        if till is not None and self._looks.allows(token, self._services.clock.now()):
            await till.look(token)
        order = await self._order(token)
        unsure = "?unsure" if order is not None and order.is_payable else ""
        return RedirectResponse(f"/pay/{token}{unsure}", status_code=303)

    async def _order(self, token: str) -> Order | None:
        shop = self._services.shop
        found = await self._services.database.read(lambda tx: shop.payment_by_token(tx, token))
        return found[1] if found else None

    async def _underway(self, token: str, gateway: str) -> tuple[Order, Payment, PaymentOffer] | None:
        shop, now = self._services.shop, self._services.clock.now()
        found = await self._services.database.read(lambda tx: shop.payment_underway(tx, token, gateway))
        if found is None:
            return None
        payment, order = found
        if now >= order.expires_at or payment.offer is None:
            return None
        return order, payment, payment.offer


REAL = frozenset({"wechat_pay", "alipay", "unionpay"})
"""Gateways that a page can lead to. The sandbox has buttons of its own, the balance asks its owner in the
chat, and Stars are paid in Telegram."""


def _open_id(order: Order) -> str:
    """Whom the official account knows as this order's customer; empty for those of other channels."""
    channel, _, who = order.customer_id.partition(":")
    return who if channel == "wechat" else ""


def _scenes(request: Request, order: Order) -> tuple[Scene, ...]:
    """Where the payer stands, by what his browser says of itself. A browser that says something wrong gets
    a way that works less well, and no more."""
    agent = request.headers.get("user-agent", "").lower()
    if WECHAT_SAYS in agent:
        return INSIDE_WECHAT if _open_id(order) else INSIDE_WECHAT[1:]
    if any(word in agent for word in ("iphone", "ipad", "android", "mobile")):
        return ON_A_PHONE
    return AT_A_SCREEN
