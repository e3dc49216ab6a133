"""Who is at the other end: a browser that we have seen before, or a member of staff.

Both are signed cookies; the server keeps no list of sessions, only of the desk's logins that were ended
before their time. That list is the process's own. Where one process serves the desk, it salts the desk's
password anew when it starts, which ends every login; where several do, another password ends them. A browser's id is also its chat id. It cannot
be guessed, and knowing it (the desk does) opens nothing without the signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

BrowserId = NewType("BrowserId", str)

BROWSER_COOKIE = "xiadan"
DESK_COOKIE = "xiadan_desk"
_BROWSER_AGE = timedelta(days=365)
_DESK_AGE = timedelta(hours=12)
_BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser. `known` is False on its first visit, before it brought our cookie back."""

    browser_id: BrowserId
    known: bool


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of staff at the desk; `login_id` differs from login to login."""

    name: str
    login_id: str


class Sessions:
    """Reads and writes the two cookies, and the anti-forgery token of every form."""

    def __init__(self, secret_key: str, *, secure: bool, desk_password_hash: str = "") -> None:
        """`secure` keeps the cookies off plain HTTP: True wherever the shop is served by HTTPS. A login
        at the desk is good for as long as `desk_password_hash` stays what it was."""
        if len(secret_key) < 16:
            raise ValueError(
                "the web secret key must have at least 16 characters; make one with `openssl rand -hex 32`"
            )
        self._key = secret_key.encode()
        self._secure = secure
        self._browsers = URLSafeTimedSerializer(secret_key, salt="xiadan.browser")
        self._agents = URLSafeTimedSerializer(secret_key, salt="xiadan.desk")
        self._password = self._mac("password", desk_password_hash)
        self._ended: dict[str, datetime] = {}

    def browser(self, connection: HTTPConnection) -> Browser:
        """The browser that the cookie names, or a new one when it brings none that we signed."""
        browser_id = self._signed(self._browsers, connection.cookies.get(BROWSER_COOKIE), _BROWSER_AGE)
        if isinstance(browser_id, str) and _BROWSER_ID.fullmatch(browser_id):
            return Browser(BrowserId(browser_id), known=True)
        return Browser(BrowserId(secrets.token_urlsafe(24)), known=False)

    def remember(self, response: Response, browser: Browser) -> None:
        """Send the browser its cookie; each page renews it, so it lasts a year from the last visit."""
        value = self._browsers.dumps(browser.browser_id)
        self._set(response, BROWSER_COOKIE, value, _BROWSER_AGE, path="/")

    def agent(self, connection: HTTPConnection) -> Agent | None:
        """The member of staff who is logged in here, if any. Ask again where a connection stays open:
        a login may end meanwhile."""
        value = self._signed(self._agents, connection.cookies.get(DESK_COOKIE), _DESK_AGE)
        if not isinstance(value, list) or len(value) != 3 or not all(isinstance(part, str) for part in value):
            return None
        name, login_id, password = value
        if login_id in self._ended or not hmac.compare_digest(password.encode(), self._password.encode()):
            return None
        return Agent(name=name, login_id=login_id)

    def log_in(self, response: Response, name: str) -> Agent:
        agent = Agent(name=name, login_id=secrets.token_urlsafe(12))
        value = self._agents.dumps([agent.name, agent.login_id, self._password])
        self._set(response, DESK_COOKIE, value, _DESK_AGE, path="/desk")
        return agent

    def log_out(self, response: Response, agent: Agent | None, now: datetime) -> None:
        """End the login, also for whoever kept a copy of its cookie, and take the cookie away."""
        self._ended = {login: at for login, at in self._ended.items() if now - at < _DESK_AGE}
        if agent is not None:
            self._ended[agent.login_id] = now
        response.delete_cookie(DESK_COOKIE, path="/desk", httponly=True, samesite="lax", secure=self._secure)

    def form_token(self, holder: str) -> str:
        """What a form of ours carries back, so that no other site can send it in the holder's name."""
        return self._mac("form", holder)

    def is_form_token(self, holder: str, token: str) -> bool:
        return hmac.compare_digest(self.form_token(holder).encode(), token.encode("utf-8", "replace"))

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"xiadan.{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

    def _set(self, response: Response, name: str, value: str, age: timedelta, path: str) -> None:
        # SameSite=Lax and not Strict: a link opened from WeChat must arrive with the cookie.
        response.set_cookie(
            name, value, max_age=int(age.total_seconds()), path=path,
            httponly=True, samesite="lax", secure=self._secure,
        )  # fmt: skip

    @staticmethod
    def _signed(serializer: URLSafeTimedSerializer, cookie: str | None, age: timedelta) -> object:
        if not cookie:
            return None
        try:
            value: object = serializer.loads(cookie, max_age=int(age.total_seconds()))
        except BadSignature:
            return None
        return value
