"""Forms that only our own pages can send."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from adapters.web.protocol import cleaned, read_frame
from adapters.web.security import same_origin
from adapters.web.sessions import Agent, Sessions

FIELDS_MAX = 10


async def form_of(request: Request, sessions: Sessions, holder: str) -> FormData:
    """The posted form, checked to come from a page that we gave to `holder`. Raises 403."""
    form = await request.form(max_fields=FIELDS_MAX, max_files=0)
    token = form.get("form_token")
    if not same_origin(request) or not isinstance(token, str) or not sessions.is_form_token(holder, token):
        raise HTTPException(403)
    return form


async def numbered_form_of(
    request: Request, sessions: Sessions, digits_max: int
) -> tuple[Agent, FormData, int]:
    """What an agent posted from a plain page of the desk, who he is, and which number it is about. Raises
    401, 403, and 400 for what is no number."""
    agent = sessions.agent(request)
    if agent is None:
        raise HTTPException(401)
    form = await form_of(request, sessions, agent.login_id)
    number = field(form, "number", digits_max)
    if not number.isascii() or not number.isdigit():
        raise HTTPException(400)
    return agent, form, int(number)


async def act_of(request: Request, sessions: Sessions) -> tuple[Agent, dict[str, object]]:
    """What an agent's open desk posted, and who he is. Raises 401, 403."""
    agent = sessions.agent(request)
    if agent is None:
        raise HTTPException(401)
    token = request.headers.get("x-form-token", "")
    if not same_origin(request) or not sessions.is_form_token(agent.login_id, token):
        raise HTTPException(403)
    return agent, read_frame((await request.body()).decode("utf-8", "replace"))


def field(form: FormData, name: str, longest: int) -> str:
    """A text field, cut to `longest` characters; empty where it is missing."""
    value = form.get(name)
    return cleaned(value).strip()[:longest] if isinstance(value, str) else ""
