"""What was delivered does not work: `卡密无效`, `用不了，退款`.

Whoever says so wants to be heard, and not to be told once more that his order has arrived.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.understanding import Intent, Understanding

_MAY_COMPLAIN = frozenset({Intent.STATUS, Intent.REFUND, Intent.RECEIPT, Intent.DENY})

SURE = 0.9


class Complaints:
    """Finds complaints about goods that were delivered. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        def any_of(name: str) -> re.Pattern[str]:
            return re.compile("|".join(map(re.escape, lexicon.words(f"complaints.{name}"))))

        self._broken, self._money_back = any_of("broken"), any_of("money_back")

    def heard(self, understood: Understanding) -> Understanding:
        """With the complaint, and with the wish for money where both are said."""
        if understood.intent not in _MAY_COMPLAIN or understood.lines:
            return understood
        text = plain(understood.text)
        if self._broken.search(text) is None:
            return understood
        if self._money_back.search(text) is not None:
            return replace(understood, intent=Intent.REFUND, confidence=SURE, clear=SURE, broken=True)
        return replace(understood, intent=Intent.STATUS, confidence=SURE, clear=SURE, broken=True)
