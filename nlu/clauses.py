"""The clauses of a message: which one a place is in, and where it begins and ends.

Which signs end a clause is for each reader to say: a point also stands in numbers, and a colon leads to what is
still of the clause. How clauses are counted is the same for all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

CLAUSE_END = re.compile(r"[,，。;；!！?？\n]")
CLAUSE_END_OR_POINT = re.compile(r"[,，。.;；!！?？\n]")
CLAUSE = re.compile(r"[^,，。.;；!！\n~…\s?？]+[?？]?")
"""One clause of talk, with its question mark."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one text."""

    text: str
    ends: Sequence[int]
    """Where the signs stand that end them."""

    @classmethod
    def of(cls, text: str, end: re.Pattern[str] = CLAUSE_END) -> Clauses:
        return cls(text, [match.start() for match in end.finditer(text)])

    def at(self, place: int) -> int:
        """Which clause a place is in, from 0."""
        return bisect_left(self.ends, place)

    def bounds(self, place: int) -> tuple[int, int]:
        """Where the clause of a place begins and ends."""
        at = self.at(place)
        begin = self.ends[at - 1] + 1 if at else 0
        return begin, self.ends[at] if at < len(self.ends) else len(self.text)
