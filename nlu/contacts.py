"""Recipients said by name: `给老妈充50`, `把136…存成老妈`."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
        self._and = re.compile(rf"\s*(?:{any_of('signs.and_people')}\s*)?{own}?({people})")
        self._owner = re.compile(rf"{own}?({people}|[\u4e00-\u9fff]{{2,3}}?)的?{number}?(?:是|为|[:：\s])*$")
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

    def recipients(self, text: str, each: bool) -> tuple[Mark[str], ...]:
        """Everybody for whom something is ordered: 给老妈充100，给老爸充50. `each`: 各 or 都 was said, so
        that 老爸老妈 are two."""
        found: list[Mark[str]] = []
        for match in self._known.finditer(text):
            found.append(Mark(match[1], match.start(1), match.end(1)))
            while more := self._and.match(text, found[-1].end):
                if not each and more.start(1) == found[-1].end:
                    break
                found.append(Mark(more[1], more.start(1), more.end(1)))
        return tuple(mark for mark in found if mark.value not in self._nobody)

    def owners(self, text: str, starts: Sequence[int]) -> tuple[str, ...]:
        """Whose the numbers are that begin at `starts`: 我老婆电话138…，我爸139…. Empty where one of
        them is nobody's."""
        names: list[str] = []
        for start in starts:
            match = self._owner.search(text, 0, start)
            name = self._own.sub("", match[1]) if match else ""
            if not name or name in self._nobody:
                return self._named_behind(text, starts)
            names.append(name)
        return tuple(names)

    def _named_behind(self, text: str, starts: Sequence[int]) -> tuple[str, ...]:
        """把138…存成老妈，139…存成老爸."""
        names: list[str] = []
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            match = self._saved.search(text, start, end)
            name = self._own.sub("", match[1]) if match else ""
            if not name or name in self._nobody:
                return ()
            names.append(name)
        return tuple(names)

    def remembered(self, text: str) -> Mark[str] | None:
        """The name under which a recipient is to be remembered."""
        for pattern in (self._saved, self._owned, self._known):
            for match in pattern.finditer(text):
                name = self._own.sub("", match[1])
                if name and name not in self._nobody:
                    return Mark(name, match.start(1), match.end(1))
        return None
