"""What went well with an earlier order, and that news of this one is awaited: 昨天那个到账了谢谢, 收到回复一下, 试试你们家.

Such a clause has the words of a question about an order, and asks nothing: it leaves the order beside it as it is.
"""

from __future__ import annotations

import re

from nlu.alternations import any_in
from nlu.lexicon import Lexicon


class Tidings:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "tidings")
        ends = rf"{words('ends')}*"
        arrived = (
            rf"{words('before')}{words('of_it')}*{words('deal')}?{words('of_it')}*"
            rf"{words('already')}*{words('arrived')}{words('over')}"
        )
        answer = rf"{words('seen')}了?{words('pray')}*{words('answer')}"
        tries = rf"{words('first')}*{words('tries')}{words('of_you')}?"
        self._told = re.compile(rf"(?:{arrived}|{answer}|{tries}){ends}")

    def told(self, clause: str) -> bool:
        """Whether a clause, without its punctuation, is nothing else."""
        return self._told.fullmatch(clause) is not None
