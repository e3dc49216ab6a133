"""A cancellation that is none: 先别取消 keeps the order, and 算了，还是要快充 changes it.

What sounds like calling off and is not must never take an order away.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.lexicon import Lexicon
from nlu.places import SURE, either
from nlu.understanding import Expectation, Intent, Understanding


class CalledOff:
    """Looks twice at a cancellation. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._keeps = re.compile(
            rf"{_NO_QUESTION}(?:{either(lexicon.words('answers.keeps_front'))})"
            rf"(?:{either(lexicon.words('answers.keeps_between'))})*"
            rf"(?:{either(lexicon.words('answers.keeps_off'))})(?!不)"
        )
        verbs = either(lexicon.words("answers.wanted_instead"))
        gives_up = either(lexicon.words("answers.gives_up"))
        off = either(lexicon.words("answers.keeps_off"))
        self._instead = re.compile(rf"(?:{gives_up}).{{0,20}}还是(?:{verbs})+(?!.*(?:{off}))")

    def read(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """What the message means instead; None where it calls off indeed."""
        if understood.intent is Intent.ORDER and asked.quoted and self._instead.search(text):
            return replace(understood, intent=Intent.MODIFY)
        if understood.intent is not Intent.CANCEL:
            return None
        if self._keeps.search(text):
            return replace(
                understood,
                intent=Intent.REORDER,
                confidence=SURE,
                clear=SURE,
                lines=(),
                problems=(),
                order_ref=None,
                revives=True,
            )
        line = understood.lines[0] if len(understood.lines) == 1 else None
        if line is None or line.product is None or not asked.lines:
            return None
        other = all(hand.product_id != line.product.value for hand in asked.lines)
        if other and self._instead.search(text):
            return replace(understood, intent=Intent.MODIFY, clear=SURE)
        return None


_NO_QUESTION = "(?<!怎么)(?<!为啥)(?<!为什么)(?<![咋还能可要会是])"
"""怎么还不取消, 要不要取消 and 能不能取消 do not say that the order stays."""
