"""A set of words, looked for at one place of a text: as many look-ups as there are lengths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Words(Generic[T]):
    """Words that mean something. A latin word only counts where no other letter touches it."""

    def __init__(self, meanings: Mapping[str, T]) -> None:
        self._meanings = dict(meanings)
        self._lengths = sorted({len(word) for word in meanings if word}, reverse=True)
        self._first = frozenset(word[0] for word in meanings if word)
        self._last = frozenset(word[-1] for word in meanings if word)

    @classmethod
    def of(cls, words: Iterable[str]) -> Words[str]:
        """Words that mean themselves."""
        return Words({word: word for word in words})

    def starting_at(self, text: str, at: int) -> tuple[str, T] | None:
        """The longest word that begins at `at`, and what it means."""
        if text[at : at + 1] not in self._first:
            return None
        for length in self._lengths:
            word = text[at : at + length]
            if len(word) == length and word in self._meanings:
                if _latin(word[-1]) and _latin(text[at + length : at + length + 1]):
                    continue
                return word, self._meanings[word]
        return None

    def ending_at(self, text: str, at: int) -> tuple[str, T] | None:
        """The longest word that ends in front of `at`, and what it means."""
        if at <= 0 or text[at - 1] not in self._last:
            return None
        for length in self._lengths:
            if length > at:
                continue
            word = text[at - length : at]
            if word in self._meanings:
                if _latin(word[0]) and at > length and _latin(text[at - length - 1]):
                    continue
                return word, self._meanings[word]
        return None


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
