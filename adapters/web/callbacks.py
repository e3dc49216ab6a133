"""`POST /suppliers/<name>/callback`: where outside suppliers tell what became of a delivery."""

from __future__ import annotations

from datetime import timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.limits import RateLimit
from adapters.web.services import WebServices
from bot.metrics import CALLBACKS
from orders.payment import Refused
from orders.ports import NoticeRefused, OutsideSupplier, RawNotice

log = structlog.get_logger(__name__)

REFUSALS = 20
REFUSALS_PERIOD = timedelta(minutes=1)


class Callbacks:
    """Acknowledges only what is committed; a repeat is acknowledged again, so that it ends.

    Whatever a supplier signed is taken in. What nobody signed costs a transaction to record: of each
    address only so much of it is looked at, and the rest is counted.
    """

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._refusals = RateLimit(REFUSALS, REFUSALS_PERIOD)

    def routes(self) -> list[BaseRoute]:
        return [Route("/suppliers/{name}/callback", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        supplier = self._services.suppliers.get(request.path_params["name"])
        if supplier is None:
            return PlainTextResponse("no such supplier", status_code=404)
        now = self._services.clock.now()
        raw = RawNotice(await request.body(), dict(request.headers.items()), now)
        caller = request.client.host if request.client else ""
        if not _is_genuine(supplier, raw) and not self._refusals.allows(caller, now):
            CALLBACKS.labels(supplier.name, "not_looked_at").inc()
            return PlainTextResponse("refused", status_code=429)
        shop = self._services.shop
        outcome = await self._services.database.write(
            lambda tx: shop.receive_callback(tx, supplier, raw, now)
        )
        CALLBACKS.labels(supplier.name, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Refused):
            log.warning("callback refused", supplier=supplier.name, reason=outcome.reason, caller=caller)
            # No reason in the answer: whoever forges is not told how near he came.
            return PlainTextResponse("refused", status_code=400)
        return PlainTextResponse(supplier.acknowledgement)


def _is_genuine(supplier: OutsideSupplier, raw: RawNotice) -> bool:
    """Only reads the signature: takes no transaction, and decides nothing about the delivery."""
    try:
        supplier.read_callback(raw)
    except NoticeRefused:
        return False
    return True
