"""A moment please: 等下 我去拿手机付 puts nothing off and takes nothing back.

Beside an order that lies in hand such words sound like calling it off, for 等等 may take back what was said. Only
who also refuses, changes or thinks it over means that.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.places import SURE
from nlu.understanding import Expectation, Intent, Understanding

NO_HURRY = "no_hurry"
"""The topic of whoever asks for a moment."""


class HoldingOn:
    """Finds who only needs a moment. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        waits = either(lexicon.words("answers.holds_on"))
        ends = either(lexicon.words("answers.holds_on_ends"))
        alone = either(lexicon.words("answers.wait"))
        self._waits = re.compile(rf"(?:^|(?<=[{_PAUSES}]))(?:{waits})(?:{ends})*(?=[{_PAUSES}我他她]|$)")
        self._only = re.compile(rf"(?:{alone}|{ends}|[{_PAUSES}])*")
        self._takes_back = re.compile(either(lexicon.words("answers.takes_back")))

    def read(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """The message as such a word; None where it is more, or nothing but 等等."""
        says = understood.lines or understood.options or understood.problems or understood.contact
        if says or not asked.lines or understood.intent not in _SOUNDS or self._only.fullmatch(text):
            return None
        if not self._waits.search(text) or self._takes_back.search(text):
            return None
        return replace(understood, intent=Intent.FAQ, topic=NO_HURRY, confidence=SURE, clear=SURE)


_PAUSES = r"\s,，.。;；!！?？~～…、"
_SOUNDS = frozenset({Intent.CANCEL, Intent.DENY, Intent.OUT_OF_SCOPE, Intent.MODIFY})
