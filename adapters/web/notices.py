"""`POST /notices/<gateway>`: where gateways tell that money came. The body is kept as it was sent, because
its signature covers the bytes."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.limits import RateLimit
from adapters.web.services import WebServices
from bot.metrics import NOTICES, NOTICES_NOT_KEPT
from orders.payment import Refused
from orders.ports import Gateway, NoticeRefused, RawNotice

log = structlog.get_logger(__name__)

REFUSALS = 20
REFUSALS_PERIOD = timedelta(minutes=1)
LOG_PERIOD = timedelta(minutes=1)


class Notices:
    """Acknowledges only what is committed; a repeat is acknowledged as success, so that it ends.

    Whatever a gateway signed is taken in, however much there is of it and whoever else calls from the
    same address. What nobody signed is evidence, but costs a transaction: of each address only so much
    of it is looked at, and the rest is counted.
    """

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._refusals = RateLimit(REFUSALS, REFUSALS_PERIOD)
        self._not_kept = 0
        self._logged_at: datetime | None = None

    def routes(self) -> list[BaseRoute]:
        return [Route("/notices/{gateway}", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        gateway = self._services.gateways.get(request.path_params["gateway"])
        if gateway is None:
            return PlainTextResponse("no such gateway", status_code=404)
        now = self._services.clock.now()
        raw = RawNotice(await request.body(), dict(request.headers.items()), now)
        caller = request.client.host if request.client else ""
        if not _is_genuine(gateway, raw) and not self._refusals.allows(caller, now):
            self._count_not_kept(gateway, caller, now)
            return PlainTextResponse("refused", status_code=429)
        shop = self._services.shop
        outcome = await self._services.database.write(lambda tx: shop.receive_notice(tx, gateway, raw, now))
        NOTICES.labels(gateway.name, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Refused):
            if not outcome.kept:
                self._count_not_kept(gateway, caller, now)
            # No reason in the answer: whoever forges is not told how near he came.
            return PlainTextResponse("refused", status_code=400)
        return PlainTextResponse(gateway.acknowledgement)

    def _count_not_kept(self, gateway: Gateway, caller: str, now: datetime) -> None:
        """A flood is seen in the figures and in the log, without being a flood there."""
        NOTICES_NOT_KEPT.labels(gateway.name).inc()
        self._not_kept += 1
        if self._logged_at is not None and now - self._logged_at < LOG_PERIOD:
            return
        log.warning(
            "refused notices were not kept", gateway=gateway.name, count=self._not_kept, latest_from=caller
        )
        self._not_kept, self._logged_at = 0, now


def _is_genuine(gateway: Gateway, raw: RawNotice) -> bool:
    """Only reads the signature: takes no transaction, and decides nothing about the money."""
    try:
        gateway.read_notice(raw)
    except NoticeRefused:
        return False
    return True
