"""The desk's login: one password for the staff, a name for each, and few tries."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.web.agent_names import name_trouble
from adapters.web.forms import field, form_of
from adapters.web.limits import RateLimit
from adapters.web.pages import Pages
from adapters.web.passwords import password_fits
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions

TRIES = 5
TRIES_PERIOD = timedelta(minutes=5)
NAME_LONGEST = 20
PASSWORD_LONGEST = 200
HASHING_AT_ONCE = 2
"""A check costs 16 MB and 50 ms on purpose; more at a time would let strangers slow the shop down."""


class DeskDoor:
    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._tries = RateLimit(TRIES, TRIES_PERIOD)
        self._hashing = asyncio.Semaphore(HASHING_AT_ONCE)

    async def page(self, request: Request) -> Response:
        if self._sessions.agent(request) is not None:
            return RedirectResponse("/desk", status_code=303)
        return self._shown(request)

    async def enter(self, request: Request) -> Response:
        browser = self._sessions.browser(request)
        form = await form_of(request, self._sessions, browser.browser_id)
        name, password = field(form, "name", NAME_LONGEST), field(form, "password", PASSWORD_LONGEST + 1)
        caller = request.client.host if request.client else ""
        if not self._tries.allows(caller, self._services.clock.now()):
            return self._shown(request, trouble="too_often", name=name, status=429)
        async with self._hashing:
            fits = await asyncio.to_thread(
                password_fits, password, self._services.settings.desk_password_hash
            )
        if not fits:
            return self._shown(request, trouble="wrong_password", name=name, status=403)
        # Only whoever knows the password is told what is wrong with his name.
        trouble = name_trouble(name)
        if trouble is not None:
            return self._shown(request, trouble=trouble.value, status=400)
        self._tries.forgive(caller)
        response = RedirectResponse("/desk", status_code=303)
        self._sessions.log_in(response, name)
        return response

    def _shown(self, request: Request, trouble: str = "", name: str = "", status: int = 200) -> Response:
        browser = self._sessions.browser(request)
        facts = {
            "trouble": trouble,
            "name": name,
            "form_token": self._sessions.form_token(browser.browser_id),
        }
        response = self._pages.page("desk_login.html", facts, status=status)
        self._sessions.remember(response, browser)
        return response
