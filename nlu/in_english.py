"""What is said in English beside an order: my phone no money now, but not now, if it is cheap.

The model that judges Chinese clauses by their characters knows nothing of such. Here a clause is harmless where all of
its words are, and turns the order around where one of a few words does.
"""

from __future__ import annotations

import re

from nlu.alternations import any_of
from nlu.lexicon import Lexicon, word_set

_WORDS = re.compile(r"[a-z']+")
_ENGLISH = re.compile(r"[a-z'\s?-]+")


class InEnglish:
    """Judges such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._turning = word_set(lexicon, "english.turning")
        self._harmless = word_set(lexicon, "english.harmless")
        lacking, excused = (any_of(lexicon, f"english.{name}") for name in ("lacking", "excused"))
        self._excused = re.compile(rf"\b(?:no {lacking}|{excused})\b")

    def harm(self, clause: str) -> float | None:
        """1 where a clause of nothing but letters may make an order none, 0 where it says nothing of it, else None."""
        if not _ENGLISH.fullmatch(clause):
            return None
        words = _WORDS.findall(self._excused.sub("", clause))
        if any(word in self._turning for word in words) or words[-1:] == [_NO]:
            return 1.0
        return (
            0.0
            if all(word in self._harmless for word in words) and not clause.rstrip().endswith("?")
            else None
        )


_NO = "no"
