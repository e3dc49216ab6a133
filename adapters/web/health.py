"""What machines ask: alive, ready, and the figures. And the icon that every browser asks for."""

from __future__ import annotations

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.pages import Pages
from adapters.web.services import WebServices

log = structlog.get_logger(__name__)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class Health:
    def __init__(self, services: WebServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.figures),
            Route("/favicon.ico", self.icon),
        ]

    async def alive(self, request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, request: Request) -> Response:
        """Whether a customer could be served now: the database answers and there is something to sell."""
        try:
            catalog = await self._services.database.read(self._services.shop.catalog)
        except Exception as error:
            # Whatever it is, a customer would meet it, too. Who asks is told no more: it may be anybody.
            log.warning("not ready", error=f"{type(error).__name__}: {error}")
            return PlainTextResponse("the database does not answer", status_code=503)
        if not catalog.products:
            return PlainTextResponse("nothing to sell", status_code=503)
        return PlainTextResponse("ready")

    async def figures(self, request: Request) -> Response:
        """Only for this machine's own monitoring: how much a shop sells is nobody else's business."""
        from_here = request.client is not None and request.client.host in {"127.0.0.1", "::1", "testclient"}
        if not from_here or any(name in request.headers for name in _FORWARDED):
            raise HTTPException(404)
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def icon(self, request: Request) -> Response:
        return self._pages.static.file("favicon.ico", keep=False)
