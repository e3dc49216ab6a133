"""One message while it is being read: each character is read once.

A reader looks only at what is still free, and takes away what it has read, so the digits of a
phone number can never become an amount. Offsets here are into the normalised text; `Page.span`
maps them back to what the customer typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from nlu.understanding import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark(Generic[T]):
    """A value that a reader found at `start:end` of the normalised text."""

    value: T
    start: int
    end: int
    sureness: float = 1.0


class Page:
    """The normalised text, the way back to the original, and what has been read of it."""

    def __init__(self, original: str, text: str, offsets: tuple[int, ...]) -> None:
        """`offsets[i]` is where normalised character i began in `original`; one more entry at the
        end holds `len(original)`, so `offsets` is one longer than `text`."""
        if len(offsets) != len(text) + 1:
            raise ValueError(f"{len(offsets)} offsets for {len(text)} characters")
        self.original = original
        self.text = text
        self._offsets = offsets
        self._taken = bytearray(len(text))
        self._rest = text

    def free(self, start: int, end: int) -> bool:
        """Whether no character of `start:end` has been read yet."""
        return not any(self._taken[start:end])

    def take(self, start: int, end: int) -> None:
        """Mark `start:end` as read. Reading a character twice is a bug."""
        assert self.free(start, end), f"characters {start}:{end} of {self.text!r} were read twice"
        self._taken[start:end] = b"\x01" * (end - start)
        self._rest = f"{self._rest[:start]}{chr(0) * (end - start)}{self._rest[end:]}"

    def rest(self) -> str:
        """The text with everything that was read replaced by NUL, so that offsets hold."""
        return self._rest

    def span(self, start: int, end: int) -> Span:
        """The same characters in the message as typed."""
        if start == end:
            return Span(self._offsets[start], self._offsets[start])
        return Span(self._offsets[start], self._offsets[end - 1] + self._width(end - 1))

    def _width(self, index: int) -> int:
        following = self._offsets[index + 1]
        return max(1, following - self._offsets[index])
