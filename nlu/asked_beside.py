"""A common question beside something else: 京东卡50来一张，能用支付宝吗; 充50话费138…，能开发票吗; 50的，多久到账.

It takes nothing from what stands beside it and doubts nothing of it, be that an order or an answer; what is said in
reply to that comes with what was asked. Such a question stands in a clause of its own that names no goods and no number;
what is left of the message must be an order by itself, so that what hangs on the answer (能开发票就来两张) stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nlu.alternations import any_in, any_of
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.understanding import Intent, Understanding

ARRIVAL, USAGE, SAFETY, SHOP, PAYMENT, INVOICE = "arrival", "usage", "safety", "shop", "payment", "invoice"
OF_ORDERS = frozenset({ARRIVAL, USAGE})
"""May as well be asked of an order that is under way: 爱奇艺季卡138…，多久到账; 京东卡100两张，怎么用."""
DOUBTING = frozenset({SAFETY, USAGE, SHOP})
"""Asked by somebody who may not have made up his mind."""
WANT_AN_ANSWER = frozenset({ARRIVAL, SAFETY, "refund_rule", PAYMENT, "bargain", INVOICE})
"""What is answered beside an answer."""

LENGTH_MAX = 120
CLAUSE_MAX = 24
CLAUSES_MAX = 8
"""A message of more clauses is no order with a question."""

Read = Callable[[str], Understanding]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is left of a message without its questions."""

    rest: str
    topic: str
    by_the_way: bool
    """Whether it is asked by the way, or only somebody who buys asks it. Else what is left counts only where it
    says that something is wanted: 京东卡100，安全吗 asks about goods."""


class AskedBeside:
    """Finds the clauses that ask so. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "asked_beside")
        self._aside, self._told, self._ordered = (
            re.compile(words(name)) for name in ("aside", "told", "ordered")
        )
        self._asks = re.compile(rf"{any_of(lexicon, 'chatting.asking')}|(.)[不没]\1|[吧不没?？]$")
        self._sounds = {topic: re.compile(words(topic)) for topic in _TOPICS}

    def topic(self, heard: Understanding) -> str | None:
        """What a clause beside an answer asks that is nothing but a common question; None where it is none, or
        says more."""
        topic = self._common(heard)
        return topic if topic in WANT_AN_ANSWER else None

    def _common(self, heard: Understanding) -> str | None:
        if heard.lines or heard.problems or heard.contact or heard.order_ref or not heard.filters.empty:
            return None
        if heard.intent is Intent.RECEIPT and self._sounds[INVOICE].search(plain(heard.text)):
            return INVOICE
        return heard.topic if heard.intent is Intent.FAQ else None

    def apart(self, text: str, read: Read) -> Asked | None:
        """The message with blanks for what it only asks; None where nothing is asked, or nothing else is said. `read`
        understands a clause by itself."""
        clauses = list(_CLAUSE.finditer(text))
        if len(text) > LENGTH_MAX or not 1 < len(clauses) <= CLAUSES_MAX:
            return None
        rest, found, aside = text, "", False
        for clause in clauses:
            if (topic := self._asked(plain(clause[1]), read)) is None:
                continue
            if topic in OF_ORDERS | {INVOICE} and self._ordered.search(text):
                return None
            rest = f"{rest[: clause.start()]}{' ' * len(clause[0])}{rest[clause.end() :]}"
            found = found or topic
            aside = aside or topic == PAYMENT or self._aside.match(plain(clause[1])) is not None
        return Asked(rest, found, aside) if found and _CLAUSE.search(rest) else None

    def _asked(self, clause: str, read: Read) -> str | None:
        """The topic of a clause beside an order. It must also sound like it: 会不会太多了 is nothing of the shop's."""
        if len(clause) > CLAUSE_MAX or _DIGIT.search(clause) or self._told.search(clause):
            return None
        sounds = {topic for topic, words in self._sounds.items() if words.search(clause)}
        if not sounds or not (INVOICE in sounds or self._asks.search(clause)):
            return None
        lead = self._aside.match(clause)
        topic = self._common(read(clause[lead.end() :] if lead else clause))
        return topic if topic in _TOPICS else None


_TOPICS = (ARRIVAL, SAFETY, USAGE, SHOP, PAYMENT, INVOICE)
_CLAUSE = re.compile(r"([^,，。.;；!！?？~\s…]+)[?？]*")
_DIGIT = re.compile(r"[0-9]")
