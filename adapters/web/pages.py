"""Turns facts into pages: the templates, their filters, and the static files under a name that changes
whenever their content does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from orders.money import yuan

_HERE = Path(__file__).parent
_SHOP_ZONE = timezone(timedelta(hours=8))
"""China has had one zone and no summer time since 1992, so no zone database is needed."""
_STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
}


class Pages:
    """Renders the templates. `shop_name` stands on every page."""

    def __init__(self, shop_name: str) -> None:
        self.static = StaticFiles(_HERE / "static")
        self._everywhere = {"shop_name": shop_name, "static": self.static.address}

    def page(self, template: str, facts: Mapping[str, object], status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.fragment(template, facts), status_code=status)

    def fragment(self, template: str, facts: Mapping[str, object]) -> str:
        return templates().get_template(template).render({**self._everywhere, **facts})


@cache
def templates() -> Environment:
    """The templates, compiled once for the process. A name they miss is an error, never a blank."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(yuan=yuan, clock=_clock, day_and_clock=_day_and_clock)
    return environment


class StaticFiles:
    """Our few static files, held in memory. One version stands for all of them and is part of each
    address, so that modules may import one another by plain relative names and still never go stale."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _STATIC_TYPES}
        digest = hashlib.sha256()
        for name, path in self._files.items():
            digest.update(name.encode() + b"\0" + path.read_bytes())
        self.version = digest.hexdigest()[:12]

    def address(self, name: str) -> str:
        if name not in self._files:
            raise KeyError(f"there is no static file {name!r}")
        return f"/static/{self.version}/{name}"

    async def serve(self, request: Request) -> Response:
        """Yesterday's version still gets an answer (today's file), but nobody is to keep it."""
        fresh = request.path_params["version"] == self.version
        return self.file(request.path_params["name"], keep=fresh)

    def file(self, name: str, *, keep: bool) -> Response:
        path = self._files.get(name)
        if path is None:
            raise HTTPException(404)
        cache = "public, max-age=31536000, immutable" if keep else "no-cache"
        return FileResponse(path, media_type=_STATIC_TYPES[path.suffix], headers={"Cache-Control": cache})


def _clock(moment: datetime) -> str:
    return moment.astimezone(_SHOP_ZONE).strftime("%H:%M")


def _day_and_clock(moment: datetime) -> str:
    return moment.astimezone(_SHOP_ZONE).strftime("%m-%d %H:%M")
