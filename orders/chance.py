"""Where numbers and tokens that nobody may guess come from; a simulation brings its own."""

from __future__ import annotations

import secrets
from typing import Protocol


class Chance(Protocol):
    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""

    def token(self, size_bytes: int) -> str:
        """Text for a link or an id, made of so many random bytes."""


class Unguessable:
    """The operating system's own randomness: for everything but a simulation."""

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)

    def token(self, size_bytes: int) -> str:
        return secrets.token_urlsafe(size_bytes)


UNGUESSABLE = Unguessable()
