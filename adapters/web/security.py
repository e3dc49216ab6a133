"""What every request passes first: nothing too big, nothing from a foreign page, nothing inline in ours."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 64 * 1024


class BodyTooLarge(Exception):
    """The request body went over the limit while it was being read."""


def content_policy(host: str) -> str:
    """Only our own files, no inline script. The socket is named because older WeChat webviews do not
    count it under 'self'."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def protection(host: str, *, https: bool) -> Mapping[str, str]:
    """The headers of every answer that does not set its own."""
    headers = {
        "Content-Security-Policy": content_policy(host),
        "X-Content-Type-Options": "nosniff",
        # Order and pay links are secrets: they must not travel on in a Referer.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
    return headers | {"Strict-Transport-Security": "max-age=31536000"} if https else headers


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a request comes from a page of ours. Programs send no Origin and hold no cookie of others,
    so its absence is no sign of forgery; forms carry their own token besides."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return urlsplit(origin).netloc == connection.headers.get("host")


class SecurityHeaders:
    """Sets the protective headers on every answer, and keeps what is personal out of shared caches."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in protection(host, https=self._https).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_protected)


class BodyLimit:
    """Refuses a body over the limit, whether its length was announced or not.

    `leaves`: paths of channels, which know how much their platform may send and count it themselves.
    """

    def __init__(
        self, app: ASGIApp, bytes_max: int = BODY_BYTES_MAX, leaves: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._bytes_max = bytes_max
        self._leaves = leaves

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._leaves:
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > self._bytes_max:
            await PlainTextResponse("body too large", status_code=413)(scope, receive, send)
            return
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._bytes_max:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, receive_counted, send)
        except BodyTooLarge:
            await PlainTextResponse("body too large", status_code=413)(scope, receive, send)
