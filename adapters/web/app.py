"""The web shop as one Starlette application. Built by the composition root from the shop's faces."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.callbacks import Callbacks
from adapters.web.chat import Chat
from adapters.web.desk import DeskPages
from adapters.web.health import Health
from adapters.web.hosts import KnownHosts
from adapters.web.notices import Notices
from adapters.web.order_pages import OrderPages
from adapters.web.pages import Pages
from adapters.web.pay import PayPages
from adapters.web.security import BodyLimit, SecurityHeaders, protection
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions
from adapters.web.signals import Signals


def create_web_app(services: WebServices) -> Starlette:
    """Every page and address of the shop, the other channels' addresses included. Starts nothing and
    owns nothing: whoever made the services closes them."""
    https = services.settings.base_url.startswith("https://")
    sessions = Sessions(
        services.settings.secret_key, secure=https, desk_password_hash=services.settings.desk_password_hash
    )
    pages = Pages(services.settings.shop_name)
    signals = Signals(services.fanout)
    channels = frozenset(route.path for route in services.routes if isinstance(route, Route))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = pages.page("error.html", {"status": error.status_code}, status=error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def crashed(request: Request, error: Exception) -> Response:
        response = pages.page("error.html", {"status": 500}, status=500)
        # This page leaves outside of the middleware that protects the others.
        response.headers.update(protection(request.headers.get("host", ""), https=https))
        return response

    return Starlette(
        routes=[
            *Chat(services, sessions, pages, signals).routes(),
            *PayPages(services, sessions, pages).routes(),
            *OrderPages(services, sessions, pages).routes(),
            *Notices(services).routes(),
            *Callbacks(services).routes(),
            *DeskPages(services, sessions, pages, signals).routes(),
            *Health(services, pages).routes(),
            Route("/static/{version}/{name}", pages.static.serve),
            *services.routes,
        ],
        middleware=[
            Middleware(KnownHosts, base_url=services.settings.base_url),
            Middleware(SecurityHeaders, https=https),
            Middleware(BodyLimit, leaves=channels),
        ],
        exception_handlers={HTTPException: refused, Exception: crashed},
    )
