"""An answer from outside is read up to a limit: whoever is asked may answer without end, or with a few
packed kilobytes that unpack to gigabytes."""

from __future__ import annotations

import httpx


class TooLong(Exception):
    """There was more of it than anybody could mean."""


async def read_bounded(answer: httpx.Response, bytes_max: int) -> bytes:
    """The unpacked body of an answer whose headers have come. Raises TooLong, and what httpx raises."""
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > bytes_max:
            raise TooLong
    return bytes(body)
