"""All gateways behind one address: `Emulator(...).app` under uvicorn, or `transport()` in a test's own process.

To add a personality: write a subclass of `Rail` in a module of its own and name it in `rails.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orders.clock import Clock
from tests.emulator.knobs_page import KnobPages
from tests.emulator.payer import PayerPages
from tests.emulator.rail import Rail, Sleep, Surroundings


class Emulator:
    """`client` reaches the shop, `sleep` lets time pass. For loopback only: it lets everybody in."""

    def __init__(
        self,
        rails: Sequence[type[Rail]],
        clock: Clock,
        client: httpx.AsyncClient,
        sleep: Sleep,
        base_url: str = "http://emulator.test",
    ) -> None:
        self.base_url = base_url.rstrip("/")
        surroundings = Surroundings(clock, client, self.base_url)
        self._clock = clock
        self.rails: Mapping[str, Rail] = {kind.name: kind(surroundings) for kind in rails}
        routes: list[BaseRoute] = [*PayerPages(self.rails).routes(), *KnobPages(self.rails).routes()]
        for rail in self.rails.values():
            routes += [_Faulty.around(route, rail, sleep) for route in rail.routes()]
        self.app: ASGIApp = Starlette(routes=routes)

    async def run_due(self) -> None:
        """Do what time has brought: refunds end, and notices go out."""
        for rail in self.rails.values():
            await rail.run_due()

    @property
    def next_due(self) -> datetime | None:
        """When `run_due` has something to do next."""
        times = filter(None, (rail.next_due for rail in self.rails.values()))
        return min(times, default=None)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Reaches the emulator without a socket; a client's patience is measured on the clock."""
        return _Wire(self.app, self._clock)


class _Faulty:
    """Carries a call out, then answers late or wrongly where the knobs say so."""

    def __init__(self, inner: ASGIApp, rail: Rail, sleep: Sleep) -> None:
        self._inner = inner
        self._rail = rail
        self._sleep = sleep

    @classmethod
    def around(cls, route: Route, rail: Rail, sleep: Sleep) -> Route:
        return Route(route.path, endpoint=cls(route.app, rail, sleep), methods=sorted(route.methods or ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._inner(scope, receive, keep)
        knobs = self._rail.knobs
        if knobs.slow_seconds:
            await self._sleep(knobs.slow_seconds)
        if knobs.fail_after_commit > 0:
            knobs.fail_after_commit -= 1
            await PlainTextResponse("internal error", status_code=500)(scope, receive, send)
            return
        for message in answer:
            await send(message)


class _Wire(httpx.AsyncBaseTransport):
    """Time that passes while the gateway thinks wears out the caller's patience, as it does in life."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        patience = request.extensions.get("timeout", {}).get("read")
        asked_at = self._clock.now()
        response = await self._inner.handle_async_request(request)
        if patience is not None and (self._clock.now() - asked_at).total_seconds() > patience:
            await response.aclose()
            raise httpx.ReadTimeout("the gateway took too long", request=request)
        return response
