"""Words looked for one by one: where they are few and looked for once, that is sooner done than building an
automaton to find them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

FEW = 64
"""So many words are sooner looked for one by one in a few texts."""


class Finder(Protocol):
    """What finds words in a text: an `AhoCorasick` for many of them."""

    def find_matches_as_indexes(
        self, haystack: str, overlapping: bool = False
    ) -> list[tuple[int, int, int]]: ...  # fmt: skip


class FewWords:
    """Finds the same as an automaton of these words that is asked for matches that overlap."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)

    def find_matches_as_indexes(self, haystack: str, overlapping: bool = True) -> list[tuple[int, int, int]]:
        """(which word, start, end) for each place where one stands, by where they end."""
        assert overlapping
        found = []
        for index, word in enumerate(self._words):
            at = haystack.find(word)
            while at >= 0:
                found.append((index, at, at + len(word)))
                at = haystack.find(word, at + 1)
        found.sort(key=lambda match: (match[2], match[1]))
        return found
