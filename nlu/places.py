"""What the readers of answers share: ordinals, marks, and how sure an answer is."""

from __future__ import annotations

import re

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.numerals import number

MARKS = " \t\n,.;:!?，。；：！？、~～()（）[]【】"
SURE = 0.95


class Places:
    """Finds which one of several is meant: 第二个, 2号, 最后一个. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        counters = either(lexicon.words("answers.counters"))
        self._position = re.compile(r"([0-9一二两三四五六七八九十]{1,3})号?")
        self.ordinal = re.compile(rf"第([0-9一二两三四五六七八九十]{{1,3}})(?:{counters})?")
        self.last = frozenset(lexicon.words("answers.last"))
        before, behind = either(lexicon.words("answers.before")), either(lexicon.words("answers.behind"))
        self._bare = re.compile(rf"(?:{before})*(.+?)(?:{behind})*")

    def without_fillers(self, text: str) -> str:
        """What is said, without the words around an answer: `我要第二个吧`."""
        match = self._bare.fullmatch(text)
        return match[1].strip(MARKS) if match else text

    def of(self, text: str, count: int) -> int | None:
        """The place of `text`, which says nothing else, among `count`; None where it names none."""
        if text in self.last:
            return count - 1
        match = self.ordinal.fullmatch(text) or self._position.fullmatch(text)
        return place_among(match[1], count) if match else None


def place_among(text: str, count: int) -> int | None:
    """Position from 0 of a spoken ordinal, or None when there are not so many."""
    read = number(text)
    value = getattr(read, "value", None)
    return int(value) - 1 if value is not None and 1 <= value <= count else None
