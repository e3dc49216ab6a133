"""Calls between processes of one test: a socket file in a folder of our own, a question, an answer."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


async def call(path: Path, *question: Any) -> Any:
    """The answer of whoever listens there. Raises OSError or EOFError where nobody answers."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    try:
        writer.write(pickle.dumps(question))
        writer.write_eof()
        said = await reader.read()
    finally:
        writer.close()
    # An empty answer is that of somebody who died, or who hung up.
    answer = pickle.loads(said) if said else None
    if not said:
        raise EOFError("no answer")
    if isinstance(answer, Exception):
        raise answer
    return answer


class HungUp(Exception):
    """The one who was asked does not answer at all."""


async def listen(path: Path, answer: Callable[..., Awaitable[Any]]) -> asyncio.Server:
    """Answer every question with `answer`; what it raises is raised at the other end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = await reader.read()
            if question:
                try:
                    said = await answer(*pickle.loads(question))
                except HungUp:
                    return
                except Exception as error:
                    said = error
                writer.write(pickle.dumps(said))
                await writer.drain()
        except OSError:
            # The other one was killed in the middle of a sentence.
            pass
        finally:
            writer.close()

    return await asyncio.start_unix_server(serve, str(path))
