"""A question that goes on from the last one: 季卡呢, when the month's price was just told."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.places import SURE
from nlu.understanding import Expectation, Intent, Understanding

_TAKEN_FOR = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.FAQ, Intent.OUT_OF_SCOPE})


class AskedOn:
    """Reads what is asked about the next size or the next goods. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._and_that = re.compile(rf"(?:{either(lexicon.words('answers.and_that'))})(?:{_ENDS})*$")

    def read(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """The same question about what is named now; None where nothing was looked at before."""
        if not asked.looking or understood.intent not in _TAKEN_FOR or not self._and_that.search(text):
            return None
        if len(understood.lines) != 1:
            return None
        line = understood.lines[0]
        if line.account is not None or line.quantity is not None or line.problems:
            return None
        named = line.sku or line.product
        if named is None:
            return None
        return replace(
            understood, intent=Intent.PRICE, confidence=SURE, lines=(), problems=(), options=(named.value,)
        )


_ENDS = r"[\s?？!！~]"
