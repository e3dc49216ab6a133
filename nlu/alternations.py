"""Words of the lexicon as pieces of patterns: any one of them, the longest first.

A pattern takes the first alternative that fits. With 不要 in front of 不要了 it would never read the longer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from nlu.lexicon import Lexicon


def either(words: Iterable[str]) -> str:
    """The bare alternation, for use inside of a group. Of no words at all it is never there."""
    return "|".join(map(re.escape, _longest_first(words))) or NEVER


def either_whole(words: Iterable[str]) -> str:
    """The bare alternation, its latin words only where no letter goes on: `v` is not in `via`."""
    return "|".join(map(whole, _longest_first(words))) or NEVER


def whole(word: str) -> str:
    """One word; a latin one only where no letter goes on."""
    latin = word[-1:].isascii() and word[-1:].isalpha()
    return re.escape(word) + ("(?![a-z])" if latin else "")


AnyOf = Callable[[*tuple[str, ...]], str]
"""The names of some lists -> a group of their words."""


@lru_cache(maxsize=256)
def any_of(lexicon: Lexicon, *names: str) -> str:
    """A group of the words of some lists."""
    return f"(?:{either(word for name in names for word in lexicon.words(name))})"


def any_in(lexicon: Lexicon, file: str) -> AnyOf:
    """`any_of` for the lists of one file of `data/lexicon/`, which are named without it."""

    def any_of_lists(*names: str) -> str:
        return any_of(lexicon, *(f"{file}.{name}" for name in names))

    return any_of_lists


def any_times_in(lexicon: Lexicon, file: str) -> AnyOf:
    """Like `any_in`, each group as often as one likes, also never."""

    def any_times(*names: str) -> str:
        return f"(?:{repeatable({word for name in names for word in lexicon.words(f'{file}.{name}')})})*"

    return any_times


def repeatable(words: Iterable[str]) -> str:
    """The bare alternation for use inside of `(?:…)*`, without words that others make up.

    `(?:老|板|老板)*` reads 老板老板老板… in two ways for each 老板, and tries all of them before it gives up: forty
    in a row take longer than anybody lives. A word that is made of other words of the list adds nothing to what
    the list says over and over; without it there is one way only.
    """
    known = set(words)
    return either(word for word in known if not consists_of(word, known - {word}))


NEVER = "(?!)"


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted({word for word in words if word}, key=lambda word: (-len(word), word))


def consists_of(word: str, pieces: Collection[str]) -> bool:
    """Whether a word is a row of others. Takes time with the square of its length."""
    ends = [True, *([False] * len(word))]
    for end in range(1, len(word) + 1):
        ends[end] = any(ends[start] and word[start:end] in pieces for start in range(end))
    return ends[-1]
