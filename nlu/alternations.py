"""Words of the lexicon as pieces of patterns: any one of them, the longest first.

A pattern takes the first alternative that fits. With 不要 in front of 不要了 it would never read the longer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from nlu.lexicon import Lexicon


def either(words: Iterable[str]) -> str:
    """The bare alternation, for use inside of a group. Of no words at all it is never there."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, longest_first)) or NEVER


@lru_cache(maxsize=256)
def any_of(lexicon: Lexicon, *names: str) -> str:
    """A group of the words of some lists."""
    return f"(?:{either(word for name in names for word in lexicon.words(name))})"


def any_in(lexicon: Lexicon, file: str) -> Callable[[str], str]:
    """The name of a list in one file of `data/lexicon/` -> a group of its words."""

    def any_of_list(name: str) -> str:
        return any_of(lexicon, f"{file}.{name}")

    return any_of_list


def repeatable(words: Iterable[str]) -> str:
    """The bare alternation for use inside of `(?:…)*`, without words that others make up.

    `(?:老|板|老板)*` reads 老板老板老板… in two ways for each 老板, and tries all of them before it gives up: forty
    in a row take longer than anybody lives. A word that is made of other words of the list adds nothing to what
    the list says over and over; without it there is one way only.
    """
    known = {word for word in words if word}
    return either(word for word in known if not _made_of(word, known - {word}))


NEVER = "(?!)"


def _made_of(word: str, pieces: set[str]) -> bool:
    """Whether a word is a row of others."""
    ends = [True, *([False] * len(word))]
    for end in range(1, len(word) + 1):
        ends[end] = any(ends[start] and word[start:end] in pieces for start in range(end))
    return ends[-1]
