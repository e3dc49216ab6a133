"""The life of one WebSocket: hear and tell side by side, and end both when either ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from starlette.websockets import WebSocket, WebSocketDisconnect

from adapters.web.security import same_origin

FRAME_CHARACTERS_MAX = 16 * 1024

# Close codes of our own; 4401 makes the page reload itself to get its cookie.
NO_SESSION = 4401
FOREIGN_PAGE = 4403
TOO_MANY = 4429

NO_TEXT = 1003
TOO_LONG = 1009


class Sockets:
    """Lets sockets in: from our own pages, of known holders, and only so many of each."""

    def __init__(self, each_max: int) -> None:
        self._each_max = each_max
        self._open: Counter[str] = Counter()

    @asynccontextmanager
    async def admitted(self, socket: WebSocket, holder: str | None) -> AsyncIterator[bool]:
        """Accepts the socket and yields True; or closes it with the reason and yields False.

        `holder` None: whoever calls is not known to us."""
        refusal = self._refusal(socket, holder)
        if refusal is not None or holder is None:
            await _refuse(socket, refusal or NO_SESSION)
            yield False
            return
        self._open[holder] += 1
        try:
            await socket.accept()
            yield True
        finally:
            self._open[holder] -= 1
            if not self._open[holder]:
                del self._open[holder]

    def _refusal(self, socket: WebSocket, holder: str | None) -> int | None:
        if not same_origin(socket):
            return FOREIGN_PAGE
        if holder is None:
            return NO_SESSION
        return TOO_MANY if self._open[holder] >= self._each_max else None


async def _refuse(socket: WebSocket, code: int) -> None:
    """Accept and close at once: a browser is told the code only of a socket that was open."""
    await socket.accept()
    await socket.close(code)


async def converse(
    socket: WebSocket,
    hear: Callable[[str], Coroutine[None, None, None]],
    tell: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Give each frame to `hear` while `tell` runs; returns when the client has gone."""

    async def listen() -> None:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            frame = message.get("text")
            if frame is None:
                await socket.close(NO_TEXT)
                return
            if len(frame) > FRAME_CHARACTERS_MAX:
                await socket.close(TOO_LONG)
                return
            await hear(frame)

    tasks = [asyncio.create_task(listen()), asyncio.create_task(tell())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        error = task.exception() if not task.cancelled() else None
        if error is not None and not _client_left(error):
            raise error


def _client_left(error: BaseException) -> bool:
    """Receiving from, or sending to, a socket whose other end has gone: an ordinary end."""
    return isinstance(error, WebSocketDisconnect) or (
        isinstance(error, RuntimeError) and "websocket" in str(error).lower()
    )
