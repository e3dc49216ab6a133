"""An answer with a remark beside it that hides it: 三张吧 还有个同事也要.

Where a message as a whole says nothing while an order is talked about, its clauses are read one by one. It
counts if exactly one of them answers, and the others are no more than talk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from nlu.understanding import Expectation, Intent, Understanding

LENGTH_MAX = 60
CLAUSES_MAX = 4

Read = Callable[[str, Expectation], Understanding]


def one_clause(text: str, understood: Understanding, asked: Expectation, read: Read) -> Understanding | None:
    """What the one clause means that answers; None where the message is read as it is."""
    if not asked.lines or not _says_nothing(understood) or len(text) > LENGTH_MAX:
        return None
    clauses = [clause for clause in _BETWEEN.split(text) if clause]
    if not 1 < len(clauses) <= CLAUSES_MAX:
        return None
    heard = [read(clause, asked) for clause in clauses]
    answers = [one for one in heard if one.chosen or (one.lines and one.intent in _ANSWERS)]
    if len(answers) != 1:
        return None
    answer = answers[0]
    talk = [one for one in heard if one is not answer]
    return replace(answer, text=text) if all(map(_is_talk, talk)) else None


def _is_talk(understood: Understanding) -> bool:
    says_goods = understood.lines or understood.options or understood.problems or not understood.filters.empty
    return not says_goods and understood.intent in _TALK and _DIGIT.search(understood.text) is None


def _says_nothing(understood: Understanding) -> bool:
    if understood.lines or understood.chosen or understood.contact or understood.problems:
        return False
    unanswered = understood.intent is Intent.FAQ and understood.topic is None
    return unanswered or understood.intent is Intent.OUT_OF_SCOPE


_BETWEEN = re.compile(r"[\s,，。;；!！~…]+")
_DIGIT = re.compile(r"\d")
_ANSWERS = frozenset({Intent.MODIFY, Intent.PROVIDE})
_TALK = frozenset({Intent.OUT_OF_SCOPE, Intent.FAQ, Intent.SEARCH, Intent.THANKS, Intent.GREET})
