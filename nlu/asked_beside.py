"""A common question beside an order: 京东卡50来一张，能用支付宝吗; 充50话费138…，多久到账.

It doubts nothing of the order, and the quote comes with its answer. Such a question stands in a clause of its own that
names no goods and no number; what is left of the message must be a whole order by itself, so that what hangs on the
answer (能开发票就来两张) stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nlu.alternations import any_in, any_of, either
from nlu.lexicon import Lexicon
from nlu.understanding import Intent, Understanding

ARRIVAL, USAGE, SAFETY, SHOP = "arrival", "usage", "safety", "shop"
INVOICE = "invoice"
PAYMENT = "payment"
OF_ORDERS = frozenset({ARRIVAL, USAGE})
"""May as well be asked of an order that is under way: 爱奇艺季卡138…，多久到账; 京东卡100两张，怎么用."""

CLAUSE_MAX = 20
CLAUSES_MAX = 8
"""A message of more clauses is no order with a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is left of a message without its question."""

    rest: str
    topic: str
    by_the_way: bool
    """Whether it is asked by the way, or only somebody who buys asks it. Else what is left counts only where it
    says that something is wanted: 京东卡100，安全吗 asks about goods."""


class AskedBeside:
    """Finds such a question. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "asked_beside")
        ways = either(word for group in lexicon.groups("payments.methods").values() for word in group)
        lead, may, pays, asks = (
            any_of(lexicon, f"payments.{name}") for name in ("asking_lead", "may", "pays", "asks")
        )
        self._payment = re.compile(rf"{lead}*{may}?(?:{ways}){may}?{pays}*{asks}[吗呢啊哈]*")
        self._aside = re.compile(words("aside"))
        self._ordered = re.compile(words("ordered"))
        self._asks = re.compile(rf"{any_of(lexicon, 'chatting.asking')}|(.)[不没]\1|[吧不没]$")
        self._told = re.compile(words("told"))
        self._topics = tuple(
            (topic, re.compile(words(topic))) for topic in (ARRIVAL, SAFETY, USAGE, SHOP, INVOICE)
        )

    def without(self, text: str, read: Callable[[str], Understanding]) -> Asked | None:
        """The message with blanks for the question; None where it asks none, or nothing else is said. `read`
        understands a clause by itself."""
        clauses = list(_CLAUSE.finditer(text))
        if not 1 < len(clauses) <= CLAUSES_MAX:
            return None
        for clause in clauses:
            topic = self._topic(clause[1], read)
            if topic is not None:
                if topic in _AFTERWARDS and self._ordered.search(text):
                    return None
                blank = " " * (clause.end() - clause.start())
                rest = f"{text[: clause.start()]}{blank}{text[clause.end() :]}"
                by_the_way = topic == PAYMENT or self._aside.match(clause[1]) is not None
                return Asked(rest, topic, by_the_way)
        return None

    def _topic(self, clause: str, read: Callable[[str], Understanding]) -> str | None:
        if len(clause) > CLAUSE_MAX or _DIGIT.search(clause):
            return None
        if self._payment.fullmatch(clause):
            return PAYMENT
        if self._told.search(clause):
            return None
        sounds_like = next((topic for topic, words in self._topics if words.search(clause)), None)
        if sounds_like is None or not (sounds_like == INVOICE or self._asks.search(clause)):
            return None
        heard = read(clause)
        if heard.lines or heard.problems:
            return None
        if heard.intent is Intent.RECEIPT and sounds_like == INVOICE:
            return INVOICE
        return heard.topic if heard.intent is Intent.FAQ and heard.topic in _COMMON else None


_CLAUSE = re.compile(r"([^,，。.;；!！?？~\s…]+)[?？]*")
_DIGIT = re.compile(r"[0-9]")
_AFTERWARDS = OF_ORDERS | {INVOICE}
_COMMON = frozenset({ARRIVAL, SAFETY, USAGE, SHOP, PAYMENT})
