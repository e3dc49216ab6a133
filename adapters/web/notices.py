"""`POST /notices/<gateway>`: where gateways tell that money came. The body is kept as it was sent, because
its signature covers the bytes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.services import WebServices
from bot.metrics import NOTICES
from orders.payment import Refused
from orders.ports import RawNotice


class Notices:
    """Acknowledges only what is committed; a repeat is acknowledged as success, so that it ends."""

    def __init__(self, services: WebServices) -> None:
        self._services = services

    def routes(self) -> list[BaseRoute]:
        return [Route("/notices/{gateway}", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        gateway = self._services.gateways.get(request.path_params["gateway"])
        if gateway is None:
            return PlainTextResponse("no such gateway", status_code=404)
        now = self._services.clock.now()
        raw = RawNotice(await request.body(), dict(request.headers.items()), now)
        shop = self._services.shop
        outcome = await self._services.database.write(lambda tx: shop.receive_notice(tx, gateway, raw, now))
        NOTICES.labels(gateway.name, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Refused):
            # No reason in the answer: whoever forges is not told how near he came.
            return PlainTextResponse("refused", status_code=400)
        return PlainTextResponse(gateway.acknowledgement)
