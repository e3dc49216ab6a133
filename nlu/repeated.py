"""Words that may follow one another any number of times, as a pattern that never takes long.

`(?:老|板|老板)*` reads 老板老板老板… in two ways for each 老板, and tries all of them before it gives up: forty
in a row take longer than anybody lives. A word that is made of other words of the list adds nothing to what
the list says over and over; without it there is one way only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def either_of(words: Iterable[str]) -> str:
    """An alternation for use inside of `(?:…)*`, the longest first, without words that others make up."""
    known = {word for word in words if word}
    kept = [word for word in known if not _made_of(word, known - {word})]
    return "|".join(map(re.escape, sorted(kept, key=lambda word: (-len(word), word))))


def _made_of(word: str, pieces: set[str]) -> bool:
    """Whether a word is a row of others."""
    ends = [True, *([False] * len(word))]
    for end in range(1, len(word) + 1):
        ends[end] = any(ends[start] and word[start:end] in pieces for start in range(end))
    return ends[-1]
