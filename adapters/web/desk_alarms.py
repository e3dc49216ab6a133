"""What calls for a person, at the desk: what happened, about what, since when, and what to do.

A plain page with forms, as that of the books: whoever has seen to an alarm says so, and it is silent. What a
button here starts again is said on it.
"""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import numbered_form_of
from adapters.web.pages import Pages
from adapters.web.services import WebServices
from adapters.web.sessions import Agent, Sessions

log = structlog.get_logger(__name__)

SHOWN_MAX = 100
NUMBER_LONGEST = 12
ADDRESS = "/desk/alarms"


class DeskAlarms:
    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        return [
            Route(ADDRESS, self.page, methods=["GET"]),
            Route(f"{ADDRESS}/close", self.close, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        agent = self._sessions.agent(request)
        if agent is None:
            return RedirectResponse("/desk/login", status_code=303)
        return await self._shown(agent)

    async def close(self, request: Request) -> Response:
        """The agent has seen to it."""
        agent, _, number = await numbered_form_of(request, self._sessions, NUMBER_LONGEST)
        shop, now = self._services.shop, self._services.clock.now()
        closed = await self._services.database.write(lambda tx: shop.close_alarm(tx, number, agent.name, now))
        log.info("alarm seen to" if closed else "alarm was silent already", number=number, agent=agent.name)
        return await self._shown(agent, closed=closed)

    async def _shown(self, agent: Agent, *, closed: bool | None = None) -> Response:
        ringing = await self._services.database.read(self._services.shop.alarms)
        facts = {
            "alarms": ringing[-SHOWN_MAX:][::-1],
            "more": max(0, len(ringing) - SHOWN_MAX),
            "closed": closed,
            "form_token": self._sessions.form_token(agent.login_id),
        }
        return self._pages.page("desk_alarms.html", facts)
