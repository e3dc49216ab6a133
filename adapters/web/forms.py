"""Forms that only our own pages can send."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from adapters.web.protocol import cleaned
from adapters.web.security import same_origin
from adapters.web.sessions import Sessions

FIELDS_MAX = 10


async def form_of(request: Request, sessions: Sessions, holder: str) -> FormData:
    """The posted form, checked to come from a page that we gave to `holder`. Raises 403."""
    form = await request.form(max_fields=FIELDS_MAX, max_files=0)
    token = form.get("form_token")
    if not same_origin(request) or not isinstance(token, str) or not sessions.is_form_token(holder, token):
        raise HTTPException(403)
    return form


def field(form: FormData, name: str, longest: int) -> str:
    """A text field, cut to `longest` characters; empty where it is missing."""
    value = form.get(name)
    return cleaned(value).strip()[:longest] if isinstance(value, str) else ""
