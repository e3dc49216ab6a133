"""Put off, and not called off: 等下再说吧, 晚点再付, 我再想想.

Who says only that it is not to go on right now cancels nothing: what lies in hand stays until he comes back, or
until its time runs out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_in, any_times_in
from nlu.lexicon import Lexicon
from nlu.places import SURE
from nlu.understanding import Expectation, Intent, Understanding
from nlu.which_line import Read

PUT_OFF = "put_off"
"""The topic of whoever goes on another time."""

LENGTH_MAX = 40


class PuttingOff:
    """Finds who only goes on another time. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of, some_of = (form(lexicon, "putting_off") for form in (any_in, any_times_in))
        later = rf"{any_of('times')}{some_of('between')}{any_of('does')}"
        self._puts_off = re.compile(
            rf"{some_of('front')}(?:{later}|{any_of('thinks')}|{any_of('rests')}){some_of('ends')}"
        )
        self._polite = re.compile(some_of("polite", "ends"))
        self._more = re.compile(any_of("more"))

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """The message as one that puts off, or as what is wanted besides: 改天再说吧，客服在吗. None where it says
        more than that, or something else."""
        looks_around = understood.intent is Intent.SEARCH and not asked.lines
        if looks_around or _says_more(understood) or len(text) > LENGTH_MAX:
            return None
        clauses = [clause for clause in _PAUSES.split(text) if clause]
        rest = [clause for clause in clauses if self._puts_off.fullmatch(clause) is None]
        remarks = [clause for clause in rest if self._polite.fullmatch(clause) is None]
        if len(rest) == len(clauses):
            return None
        if any(map(self._more.search, remarks)):
            wanted = read(" ".join(remarks)) if understood.intent in _REFUSES else None
            besides = wanted is not None and wanted.intent in _WANTED_BESIDES
            return replace(wanted, text=understood.text) if wanted is not None and besides else None
        if remarks and understood.intent not in _REFUSES_OR_MUSES:
            return None
        return replace(understood, intent=Intent.FAQ, topic=PUT_OFF, confidence=SURE, clear=SURE)


def _says_more(understood: Understanding) -> bool:
    return bool(
        understood.lines
        or understood.options
        or understood.problems
        or understood.contact
        or understood.order_ref
        or understood.broken
        or not understood.filters.empty
        or any(char.isdigit() for char in understood.text)
        or (understood.intent is Intent.FAQ and understood.topic not in _OF_TIME)
    )


_PAUSES = re.compile(r"[\s,，。.;；!！?？~～…、]+")
_OF_TIME = frozenset({None, "payment", "no_hurry", "no_account"})
"""Topics of questions that only sound like it: 明天再付可以吗."""
_REFUSES = frozenset({Intent.CANCEL, Intent.DENY, Intent.OUT_OF_SCOPE, Intent.FAQ})
_WANTED_BESIDES = frozenset({Intent.HUMAN, Intent.STATUS, Intent.HISTORY, Intent.RECEIPT, Intent.PRICE})
_REFUSES_OR_MUSES = frozenset(
    {Intent.CANCEL, Intent.DENY, Intent.OUT_OF_SCOPE, Intent.PAY, Intent.STATUS, Intent.FAQ}
)
"""What a message with a remark beside (现在没钱，晚点再付) may have been taken for."""
