"""What may be bought another time, once this has pleased: 好用的话下次再买年卡, 好看再续.

It is a condition and a wish, and neither is of this order.
"""

from __future__ import annotations

import re

from nlu.alternations import any_in, any_times_in
from nlu.lexicon import Lexicon


class AnotherTime:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words, some = (form(lexicon, "chatting") for form in (any_in, any_times_in))
        pleased, trying = words("pleased"), some("trying")
        sure = rf"(?:{words('trying')}{trying}{pleased}|(?=\w{{2}}){pleased}(?<=\w\w))[了就]?{words('surely_another_time')}"
        self._said = re.compile(rf"{trying}{pleased}的话{words('another_time')}|{sure}")
        self._only = re.compile(rf"(?:{sure}){some('another_time_ends')}")

    def begins(self, clause: str) -> bool:
        """Whether it says so, whatever goods follow."""
        return self._said.match(clause) is not None

    def says_only(self, clause: str) -> bool:
        """Whether it says so, and nothing else."""
        return self._only.fullmatch(clause) is not None
