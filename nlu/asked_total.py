"""What it costs altogether: 两份一共多少钱, 加起来多少, of what lies in hand or was looked at."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_in, any_times_in
from nlu.lexicon import Lexicon
from nlu.numerals import number
from nlu.places import SURE
from nlu.understanding import Expectation, Intent, Understanding

TOTAL = "total"
"""The topic of such a question; `times` is of how many, where that was said."""

LENGTH_MAX = 60
"""Nobody asks for a sum at greater length; its words may stand in any order, and all orders are tried."""


class AskedTotal:
    """Finds who asks for a sum. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of, some_of = (form(lexicon, "asked_total") for form in (any_in, any_times_in))
        count = rf"(?P<count>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}}){any_of('counters')}"
        front, between, ends = some_of("front"), some_of("between"), some_of("ends")
        altogether, how_much = any_of("altogether"), any_of("how_much")
        self._asks = re.compile(
            rf"{front}(?:{count})?{between}(?P<sum>{altogether})?{between}{how_much}{ends}[\s?？!！~]*"
        )
        self._together = re.compile(
            rf"(?:{any_of('with')}.{{1,10}}?)?{any_of('together')}{any_of('settle')}{ends}[\s?？!！~]*"
        )

    def read(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """The question for the sum; None where nothing lies in hand, or something else is asked."""
        if len(text) > LENGTH_MAX:
            return None
        found = self._asks.fullmatch(text) if asked.lines else None
        together = asked.quoted and self._together.fullmatch(text) is not None
        if not together and (found is None or not (found["count"] or found["sum"])):
            return None
        value = getattr(number(found["count"]), "value", None) if found and found["count"] else None
        return replace(
            understood, intent=Intent.PRICE, confidence=SURE, clear=SURE, lines=(), problems=(), options=(),
            topic=TOTAL, times=int(value) if value is not None else None,
        )  # fmt: skip
