"""Where the time comes from. Decisions take `now` as a parameter; only edges read a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8))
"""The time of the shop's customers, its gateways and its bills, wherever this machine stands. China has no
summer time."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that only moves when it is told to: for simulations and for `xiadan talk`."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware time, such as 2026-01-05T10:00:00+08:00")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        if by < timedelta():
            raise ValueError("time does not run backwards")
        self._now += by
        return self._now

    def advance_to(self, moment: datetime) -> datetime:
        """Move to `moment`, or stay where that has already passed."""
        self._now = max(self._now, moment.astimezone(UTC))
        return self._now
