"""Under which names the shop answers. A page of another site whose name was pointed at this machine
(DNS rebinding) would otherwise read what is meant for the machine alone, and whatever stands in the
Host header would go into our redirects and policies."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


class KnownHosts:
    """Lets in what is asked of the public name, of loopback, or of the very address that was called.

    An address names no site, so no foreign page can come under ours. A path with NUL leads nowhere
    either: no database can look it up.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._public = (urlsplit(base_url).hostname or "").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] in ("http", "websocket")
        if not asked or (self._is_ours(scope) and "\0" not in scope["path"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse("this shop does not go by that name; see its base URL", 400)
            await refusal(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        found = _HOST.fullmatch(Headers(scope=scope).get("host", ""))
        if found is None:
            return False
        name = found["name"].strip("[]").lower()
        if name in (self._public, "localhost"):
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        called = scope.get("server")
        return address.is_loopback or (called is not None and str(address) == called[0])
