"""What customers said in vain, at the desk: staff see it, teach what is proposed, or put it aside.

A plain page with forms: it is looked at now and then, and a lesson takes some seconds to examine.
"""

from __future__ import annotations

import asyncio

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.forms import numbered_form_of
from adapters.web.pages import Pages
from adapters.web.services import Teaches, WebServices
from adapters.web.sessions import Agent, Sessions
from bot.learning.examining import Refused, Verdict

log = structlog.get_logger(__name__)

SHOWN_MAX = 50
NUMBER_LONGEST = 9
"""Every number of so many digits fits the column."""
ADDRESS = "/desk/misses"


class DeskLearning:
    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._examining = asyncio.Lock()
        """One lesson at a time: to examine one takes a processor for some seconds."""

    def routes(self) -> list[BaseRoute]:
        return [
            Route(ADDRESS, self.page, methods=["GET"]),
            Route(f"{ADDRESS}/teach", self.teach, methods=["POST"]),
            Route(f"{ADDRESS}/dismiss", self.dismiss, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        agent = self._sessions.agent(request)
        if agent is None:
            return RedirectResponse("/desk/login", status_code=303)
        return await self._shown(agent)

    async def teach(self, request: Request) -> Response:
        """Teach what is proposed under the number, and tell what came of it."""
        agent, _, number = await numbered_form_of(request, self._sessions, NUMBER_LONGEST)
        proposal = await self._teaching.propose(number)
        if proposal is None:
            return RedirectResponse(ADDRESS, status_code=303)
        async with self._examining:
            verdict = await self._teaching.teach(proposal.lesson)
        log.info("lesson taught", taught=not isinstance(verdict, Refused), agent=agent.name)
        return await self._shown(agent, proposal.lesson.words, verdict)

    async def dismiss(self, request: Request) -> Response:
        *_, number = await numbered_form_of(request, self._sessions, NUMBER_LONGEST)
        await self._teaching.dismiss(number)
        return RedirectResponse(ADDRESS, status_code=303)

    async def _shown(self, agent: Agent, words: str = "", verdict: Verdict | None = None) -> Response:
        groups = await self._teaching.missed()
        catalog = await self._services.database.read(self._services.shop.catalog)
        facts = {
            "groups": groups[:SHOWN_MAX],
            "names": {product.product_id: product.name for product in catalog.products},
            "words": words,
            "refused": verdict.reasons if isinstance(verdict, Refused) else (),
            "taught": verdict is not None and not isinstance(verdict, Refused),
            "form_token": self._sessions.form_token(agent.login_id),
        }
        return self._pages.page("desk_misses.html", facts, status=409 if facts["refused"] else 200)

    @property
    def _teaching(self) -> Teaches:
        if self._services.teaching is None:
            raise HTTPException(404)
        return self._services.teaching
