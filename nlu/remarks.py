"""What is said at the counter that is neither an answer nor an order: a moment please, is it quick,
can it be cheaper, it does not take my money. Read only where something was asked or offered."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_of, repeatable
from nlu.lexicon import Lexicon
from nlu.understanding import Intent, Understanding

SURE = 0.95
CHATTY_LENGTH = 8
"""A name in a game that is longer than this, and Chinese, is looked at twice."""

HAN = re.compile(r"[\u4e00-\u9fff]")


class Remarks:
    """Finds remarks. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._no_name = re.compile(any_of(lexicon, "remarks.no_name"))
        self._maybe_no_name = re.compile(any_of(lexicon, "remarks.maybe_no_name"))
        around = rf"(?:{repeatable(lexicon.words('remarks.around'))}|[\s,，。!！?？~])*"
        self._topics = tuple(
            (topic, re.compile(rf"{around}{any_of(lexicon, f'remarks.{topic}')}{around}"))
            for topic in ("arrival", "bargain", "pay_trouble", "paid_twice", "payment")
        )
        order, still = any_of(lexicon, "remarks.its_order"), any_of(lexicon, "remarks.still_there")
        self._still_there = re.compile(rf"{around}{order}(?:现在|还|是)*{still}{around}")
        self._hurry = re.compile(rf"{around}{any_of(lexicon, 'remarks.hurry')}{around}")
        front, own = (repeatable(lexicon.words(f"remarks.{name}")) for name in ("own_front", "own"))
        number = any_of(lexicon, "remarks.own_number")
        self._own_number = re.compile(rf"(?:{front})*(?:{own})+{number}{around}")
        self._keys = re.compile(rf"{around}{any_of(lexicon, 'remarks.keys')}{around}")
        self._takes = re.compile(rf"{around}{any_of(lexicon, 'remarks.takes')}{around}")

    def read(self, text: str, understood: Understanding) -> Understanding | None:
        """A remark that is answered by itself, or None."""
        for topic, pattern in self._topics:
            if pattern.fullmatch(text):
                return replace(
                    understood, intent=Intent.FAQ, topic=topic, confidence=SURE, lines=(), payment=None
                )
        if self._still_there.fullmatch(text) or self._hurry.fullmatch(text):
            return replace(
                understood, intent=Intent.STATUS, confidence=SURE, clear=SURE, topic=None, lines=()
            )
        if self._keys.fullmatch(text):
            return replace(understood, intent=Intent.RECEIPT, confidence=SURE, lines=())
        return None

    def own_number(self, text: str) -> bool:
        """`充我自己的号`: his own, which the shop cannot see."""
        return self._own_number.fullmatch(text) is not None

    def takes(self, text: str) -> bool:
        """`买`: a yes to the one thing that was shown."""
        return self._takes.fullmatch(text) is not None

    def is_no_name(self, text: str) -> bool:
        """Whether nobody is called that: `稍等我找一下`, `忘了`, `角色名错了`."""
        return self._no_name.search(text) is not None

    def may_be_no_name(self, text: str) -> bool:
        """Whether it may be a remark rather than a name, so that it is shown and confirmed."""
        return HAN.search(text) is not None and (
            len(text) > CHATTY_LENGTH or self._maybe_no_name.search(text) is not None
        )
