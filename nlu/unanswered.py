"""Clauses beside an order that neither change it nor want an answer: 没货就算了, 别的不用, 不够再充, 听懂了吗.

Each has a word that else calls off, adds or asks. It is heard as nothing only where the clause says no more than that.
"""

from __future__ import annotations

import re

from nlu.alternations import any_in
from nlu.lexicon import Lexicon


class Unanswered:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "unanswered")
        then, ends = words("then"), words("ends")
        forms = (
            rf"{words('if')}*{words('not_to_be_had')}{then}*算了",
            words("calls"),
            rf"{words('others')}{words('just')}*{words('not_wanted')}",
            rf"{words('used_up')}{then}*{words('more_then')}",
            rf"{words('another_time')}{words('may')}*{words('comes_again')}",
            words("understood"),
            rf"{words('just')}*{words('says_again')}",
            rf"{words('elsewhere')}{words('just')}*{words('worse_there')}",
        )
        self._why = re.compile(rf"{words('whose')}*{words('things')}{words('soon')}*{words('gone')}+{ends}*")
        self._said = re.compile(rf"(?:{'|'.join(forms)}){ends}*")

    def says_only(self, clause: str) -> bool:
        """Whether a clause, in lower case and without its punctuation, is nothing else."""
        return self._said.fullmatch(clause) is not None

    def tells_why(self, clause: str) -> bool:
        """流量用完了, where something lies in hand: by itself it may say what is wanted."""
        return self._why.fullmatch(clause) is not None
