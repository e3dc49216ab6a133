"""A question about ways to pay beside an order: 京东卡50来一张，能用支付宝吗.

It doubts nothing of the order, and the quote comes with its answer.
"""

from __future__ import annotations

import re

from nlu.alternations import either
from nlu.lexicon import Lexicon

PAYMENT = "payment"
"""The topic of the question."""


class PaymentAsked:
    """Finds such a question where it has a clause of its own. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        ways = either(word for words in lexicon.groups("payments.methods").values() for word in words)
        lead, may, pays, asks = (
            either(lexicon.words(f"payments.{name}")) for name in ("asking_lead", "may", "pays", "asks")
        )
        question = rf"(?:{may})?(?:{ways})(?:{may})?(?:{pays})*(?:{asks})"
        self._clause = re.compile(
            rf"(?:^|(?<=[,，。.;；!！?？~\s\n]))(?:{lead})*{question}[\s?？吗呢啊哈]*(?=$|[,，。.;；!！~\n])"
        )

    def without(self, text: str) -> str | None:
        """The text with blanks for the question; None where it asks none, or nothing else is said."""
        found = self._clause.search(text)
        if found is None:
            return None
        rest = text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]
        return rest if rest.strip(" ,，。.;；!！?？~\n") else None
