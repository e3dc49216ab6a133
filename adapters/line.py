"""A channel as the composition root plugs it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from bot.channel import Channel


@dataclass(frozen=True, slots=True)
class Line:
    """One connected channel: the way out, the way in, and its end."""

    channel: Channel
    routes: Sequence[BaseRoute]
    """Where the platform calls us; to be served with the pages."""
    run: Callable[[], Awaitable[None]]
    """What goes on beside that, until cancelled. Returns when there is nothing (more) to do."""
    close: Callable[[], Awaitable[None]]
    """Afterwards: let go of connections."""
