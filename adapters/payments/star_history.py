"""Every star that came to the bot or left it, found by time.

Telegram lists them oldest first and is asked by number, not by time. Nothing is ever put in between, so
what stands at a number stays there: what was seen once is remembered, and the rest is halved.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime

from adapters.telegram_api import StarMovement, TelegramApi

PAGE = 100
PAGES_MAX = 50
"""So much is read for one question; a shop that sells more in its span must ask its bill elsewhere."""
MARKS_MAX = 2000


class HistoryTooLong(Exception):
    """More moved in that time than is read for one question."""


class StarHistory:
    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._marks: list[tuple[int, datetime]] = []
        """What is known to stand at which number, in order."""

    async def between(self, begins: datetime, ends: datetime) -> tuple[StarMovement, ...]:
        """What moved from `begins` on and before `ends`. Raises HistoryTooLong, and what the API raises."""
        offset, found = await self._first_at(begins), []
        for _ in range(PAGES_MAX):
            page = await self._page(offset, PAGE)
            found += [one for one in page if begins <= one.at < ends]
            if len(page) < PAGE or page[-1].at >= ends:
                return tuple(found)
            offset += len(page)
        raise HistoryTooLong

    async def _first_at(self, moment: datetime) -> int:
        """The number of the first movement at `moment` or later."""
        low, high = self._known(moment)
        step = PAGE
        while high is None:
            if await self._is_before(low + step, moment):
                low, step = low + step, 2 * step
            else:
                high = low + step
        # Everything before `low` is earlier; at `high` it is not, or the list has ended.
        while high - low > PAGE:
            middle = (low + high) // 2
            if await self._is_before(middle, moment):
                low = middle
            else:
                high = middle
        return low

    async def _is_before(self, offset: int, moment: datetime) -> bool:
        page = await self._page(offset, 1)
        return bool(page) and page[0].at < moment

    def _known(self, moment: datetime) -> tuple[int, int | None]:
        """Between which numbers to look; None where nothing that late was ever seen."""
        place = bisect_left(self._marks, moment, key=lambda mark: mark[1])
        low = self._marks[place - 1][0] if place else 0
        return low, self._marks[place][0] if place < len(self._marks) else None

    async def _page(self, offset: int, limit: int) -> tuple[StarMovement, ...]:
        page = await self._api.star_movements(offset, limit)
        if page:
            self._remember(offset, page[0].at)
        return page

    def _remember(self, offset: int, at: datetime) -> None:
        place = bisect_left(self._marks, offset, key=lambda mark: mark[0])
        if place < len(self._marks) and self._marks[place][0] == offset:
            return
        self._marks.insert(place, (offset, at))
        if len(self._marks) > MARKS_MAX:
            # The newest are asked about most.
            del self._marks[: MARKS_MAX // 2]
