"""Clauses beside an order that neither change it nor want an answer: 没货就算了, 别的不用, 不够再充, 听懂了吗.

Each has a word that else calls off, adds or asks. It is heard as nothing only where the clause says no more than that.
"""

from __future__ import annotations

import re

from nlu.alternations import any_in, any_times_in
from nlu.lexicon import Lexicon


class Unanswered:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words, some = (form(lexicon, "unanswered") for form in (any_in, any_times_in))
        just, then, ends = some("just"), some("then"), some("ends")
        forms = (
            words("calls"),
            rf"{words('others')}{just}{words('not_wanted')}",
            rf"{words('used_up')}{then}{words('more_then')}",
            rf"{words('another_time')}{some('may')}{words('comes_again')}",
            words("understood"),
            rf"{words('no_need')}{just}{words('of_service')}",
            rf"{just}{words('says_again')}",
            rf"{words('elsewhere')}{just}{words('worse_there')}",
        )
        self._why = re.compile(
            rf"{some('whose')}{words('things')}{some('soon')}{words('gone')}{some('gone')}{ends}"
        )
        self._lets_go = re.compile(rf"{some('if')}{words('not_to_be_had')}{then}算了{ends}")
        self._said = re.compile(rf"(?:{'|'.join(forms)}){ends}")

    def says_only(self, clause: str) -> bool:
        """Whether a clause, in lower case and without its punctuation, is nothing else."""
        return self._said.fullmatch(clause) is not None

    def lets_go(self, clause: str) -> bool:
        """没货就算了: goes without saying, unless it was just said that there is none."""
        return self._lets_go.fullmatch(clause) is not None

    def tells_why(self, clause: str) -> bool:
        """流量用完了, where something lies in hand: by itself it may say what is wanted."""
        return self._why.fullmatch(clause) is not None
