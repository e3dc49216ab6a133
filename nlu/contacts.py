"""Recipients said by name: `给老妈充50`, `把136…存成老妈`."""

from __future__ import annotations

import re

from nlu.lexicon import Lexicon
from nlu.page import Mark

_NAME = r"[\u4e00-\u9fff]{1,5}?"


class Contacts:
    """Finds people named as recipients."""

    def __init__(self, lexicon: Lexicon) -> None:
        def any_of(name: str) -> str:
            return "(?:" + "|".join(map(re.escape, lexicon.words(name))) + ")"

        people, done = any_of("contacts.people"), any_of("contacts.done_for")
        own, number = any_of("signs.own_front"), any_of("signs.number_words")
        self._nobody = frozenset(lexicon.words("contacts.nobody"))
        self._own = re.compile(rf"^{own}(?=[\u4e00-\u9fff])")
        self._known = re.compile(
            rf"{any_of('signs.for_whom')}\s*{own}?的?({people})(?!{any_of('signs.speaks_on')})"
        )
        self._anyone = re.compile(rf"[给帮替俾]\s*({_NAME}|[a-z]{{2,10}})\s*{done}")
        self._whose = re.compile(
            rf"^\s*{any_of('signs.answer_front')}?{own}?({people})的?{any_of('signs.this_one')}?{number}[\s。吧呗!]*$"
        )
        self._saved = re.compile(
            rf"{any_of('signs.save_as')}\s*{own}?({_NAME}|[a-z]{{2,10}})(?:{any_of('signs.save_ends')}|[，,。!\s]|$)"
        )
        self._owned = re.compile(
            rf"(?:^|[，,。\s]|{any_of('signs.own_starts')}){own}?({people}|[\u4e00-\u9fff]{{2,3}}?)的?{number}"
        )

    def recipient(self, text: str) -> Mark[str] | None:
        """The person for whom something is ordered."""
        for pattern in (self._known, self._anyone, self._whose):
            for match in pattern.finditer(text):
                name = self._own.sub("", match[1])
                if name and name not in self._nobody and not any(word == name for word in self._nobody):
                    return Mark(name, match.start(1), match.end(1))
        return None

    def remembered(self, text: str) -> Mark[str] | None:
        """The name under which a recipient is to be remembered."""
        for pattern in (self._saved, self._owned, self._known):
            for match in pattern.finditer(text):
                name = self._own.sub("", match[1])
                if name and name not in self._nobody:
                    return Mark(name, match.start(1), match.end(1))
        return None
