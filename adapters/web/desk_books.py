"""What bills differ from our books in, at the desk: staff see both numbers, and press the one button.

A plain page with forms, like that of what was not understood: it is looked at once a day.
"""

from __future__ import annotations

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import field, numbered_form_of
from adapters.web.pages import Pages
from adapters.web.services import WebServices
from adapters.web.sessions import Agent, Sessions
from orders.bookkeeper import Bookkeeper
from orders.differences import Resolution
from orders.errors import NotPermitted
from orders.reconciling import Action

log = structlog.get_logger(__name__)

SHOWN_MAX = 50
NUMBER_LONGEST = 12
NOTE_LONGEST = 200
ADDRESS = "/desk/books"


class DeskBooks:
    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        return [
            Route(ADDRESS, self.page, methods=["GET"]),
            Route(f"{ADDRESS}/resolve", self.resolve, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        agent = self._sessions.agent(request)
        if agent is None:
            return RedirectResponse("/desk/login", status_code=303)
        return await self._shown(agent)

    async def resolve(self, request: Request) -> Response:
        """Do the one thing that a difference asks for, in the agent's name, and tell what came of it."""
        agent, form, number = await numbered_form_of(request, self._sessions, NUMBER_LONGEST)
        note = field(form, "note", NOTE_LONGEST)
        try:
            resolution = await self._keeper.resolve(number, agent.name, note)
        except NotPermitted as refused:
            # A colleague was quicker, or nothing was written down.
            log.info("difference not resolved", number=number, agent=agent.name, reason=str(refused))
            return await self._shown(agent, refused=True)
        log.info(
            "difference resolved" if resolution.is_resolved else "difference still open",
            number=resolution.difference_no,
            agent=agent.name,
            what=resolution.what,
        )
        return await self._shown(agent, resolution)

    async def _shown(
        self, agent: Agent, resolution: Resolution | None = None, *, refused: bool = False
    ) -> Response:
        waiting = await self._services.database.read(self._keeper.shop.reckoning.open)
        facts = {
            "differences": waiting[:SHOWN_MAX],
            "more": max(0, len(waiting) - SHOWN_MAX),
            "resolution": resolution,
            "refused": refused,
            "by_person": Action.SEE_TO_IT,
            "note_longest": NOTE_LONGEST,
            "form_token": self._sessions.form_token(agent.login_id),
        }
        return self._pages.page("desk_books.html", facts, status=409 if refused else 200)

    @property
    def _keeper(self) -> Bookkeeper:
        if self._services.bookkeeper is None:
            raise HTTPException(404)
        return self._services.bookkeeper
