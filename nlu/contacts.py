"""Recipients said by name: `给老妈充50`, `把136…存成老妈`, `老妈换号了，是139…`, `忘掉老妈的号码`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nlu.alternations import any_in
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.names_kept import NAME, NamesKept
from nlu.page import Mark


@dataclass(frozen=True, slots=True)
class Remembered:
    """A name in the customer's own list of recipients, and what becomes of it."""

    name: Mark[str]
    renewed: bool = False
    """The number that was known under the name is not right any more: 老妈换号了."""
    forgotten: bool = False
    """The name and its number are to be forgotten: 忘掉老妈的号码."""


def people_pattern(lexicon: Lexicon) -> str:
    """Kin and other people one orders for: 老妈, 同事, 二舅, 三姨."""
    words = any_in(lexicon, "contacts")
    return f"(?:{words('people')}|{words('kin_ranks')}{words('kin_roots')})"


def same_person(lexicon: Lexicon, name: str) -> tuple[str, ...]:
    """The name, and the other words for the same person: 老妈, 妈, 母亲."""
    for words in lexicon.groups("contacts.same_person").values():
        if name in words:
            return (name, *(word for word in words if word != name))
    return (name,)


class Contacts:
    """Finds people named as recipients."""

    def __init__(self, lexicon: Lexicon) -> None:
        words, signs = any_in(lexicon, "contacts"), any_in(lexicon, "signs")
        people, done = people_pattern(lexicon), words("done_for")
        own, number = signs("own_front"), signs("number_words")
        self._nobody = frozenset(lexicon.words("contacts.nobody"))
        self._own_numbers = frozenset(lexicon.words("contacts.own_numbers"))
        self._no_person = re.compile(rf"{words('no_person_starts')}|.*{number}$")
        self._own = re.compile(rf"^{own}(?=[\u4e00-\u9fff])")
        shares = "".join(f"(?<!{word})" for word in lexicon.words("contacts.told_of_the_shop"))
        self._known = re.compile(
            rf"{shares}{signs('for_whom')}\s*{own}?的?({people})(?!{signs('speaks_on')})"
        )
        self._instead = re.compile(
            rf"[\s,，。.…]*(?:应该)?(?:是|给|帮|替)\s*{own}?的?({people})(?!{signs('speaks_on')})"
        )
        numbers_kept = words("own_numbers")
        self._own_number = re.compile(rf"[给帮替俾]\s*{own}?的?({numbers_kept})\s*{done}")
        self._anyone = re.compile(rf"[给帮替俾]\s*({NAME}|[a-z]{{2,10}})\s*{done}")
        self._whose = re.compile(
            rf"^\s*{signs('answer_front')}?{own}?({people})的?{signs('this_one')}?{number}[\s。吧呗!]*$"
        )
        self._and = re.compile(rf"\s*(?:{signs('and_people')}\s*)?{own}?({people})")
        self._owner = re.compile(rf"{own}?({people}|[\u4e00-\u9fff]{{2,3}}?)的?{number}?(?:是|为|[:：\s])*$")
        self._kin_owner = re.compile(rf"({people})的?{number}?(?:是|为|[:：,，\s])*$")
        share = words("his_share")
        self._sized = re.compile(rf"(?:{own}的?)?({people})的?(?:{number}|{share}|[:：\s])*$")
        self._around_name = re.compile(
            rf"^(?:{words('name_front')})(?=[\u4e00-\u9fff]{{2}})"
            rf"|的{number}(?:{words('name_behind')})*$|{number}(?:{words('name_behind')})+$"
        )
        told = words("from_now_on", "list_words", "addresses", "renewed", "forget", "forgotten", "not_kept")
        said = signs("for_whom", "save_as", "number_words")
        self._remembers = re.compile(rf"{said}|{told}|[是归]")
        """Without one of these words nothing is said of the list of names."""
        self._lexicon = lexicon

    @cached_property
    def _kept(self) -> NamesKept:
        """Made when the first message perhaps speaks of the list: it takes a fiftieth of a start."""
        return NamesKept(self._lexicon, people_pattern(self._lexicon))

    def recipient(self, text: str) -> Mark[str] | None:
        """The person for whom something is ordered, or the number of one's own: 给我小号充50."""
        if kept := self._own_number.search(text):
            return Mark(kept[1], kept.start(1), kept.end(1))
        for pattern in (self._known, self._anyone, self._whose):
            for match in pattern.finditer(text):
                name = self._own.sub("", match[1])
                own = text.startswith(tuple(self._own_numbers), match.end(1) - len(name))
                if self._is_person(name) and not own:
                    return Mark(name, match.start(1), match.end(1))
        return None

    def corrected(self, text: str, ends: Sequence[int]) -> Mark[str] | None:
        """给我爸充…不对，给我妈充: who is named right behind a correction, if anybody is."""
        for end in reversed(ends):
            match = self._instead.match(text, end)
            if match is not None:
                return Mark(match[1], match.start(1), match.end(1))
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

    def sized(self, text: str, starts: Sequence[int]) -> tuple[Mark[str], ...]:
        """Who stands in front of the sizes that begin at `starts`: 话费，老妈50，老爸100. Nobody, where one of the
        sizes has nobody, or where there is but one size."""
        if len(starts) < 2:
            return ()
        found: list[Mark[str]] = []
        for start in starts:
            match = in_front(self._sized, text, start)
            if match is None:
                return ()
            found.append(Mark(match[1], match.start(1), match.end(1)))
        return tuple(found)

    def owner(self, text: str, start: int) -> Remembered | None:
        """Whose the one number is that begins at `start`, where it is to be kept: 还有奶奶 151…也存一下."""
        match = in_front(self._kin_owner, text, start)
        return Remembered(Mark(match[1], match.start(1), match.end(1))) if match else None

    def owners(self, text: str, starts: Sequence[int]) -> tuple[str, ...]:
        """Whose the numbers are that begin at `starts`: 我老婆电话138…，我爸139…. Empty where one of
        them is nobody's."""
        names: list[str] = []
        for start in starts:
            match = in_front(self._owner, text, start)
            name = self._own.sub("", match[1]) if match else ""
            if not self._is_person(name):
                return self._named_behind(text, starts)
            names.append(name)
        return tuple(names)

    def _named_behind(self, text: str, starts: Sequence[int]) -> tuple[str, ...]:
        """把138…存成老妈，139…存成老爸."""
        names: list[str] = []
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            match = self._kept.saved.search(text, start, end)
            name = self._own.sub("", match[1]) if match else ""
            if not self._is_person(name):
                return ()
            names.append(name)
        return tuple(names)

    def remembered(self, text: str, saves: bool) -> Remembered | None:
        """The name in the customer's list that the message is about. `saves`: a word of remembering was
        said, so that a name that is no kin's counts, too."""
        if self._remembers.search(text) is None:
            return None
        kept = self._kept
        for pattern in kept.forgotten:
            if name := self._named(pattern, text):
                return Remembered(name, forgotten=True)
        renewed = (kept.renewed, kept.renewed_anyone) if saves else (kept.renewed,)
        for pattern in renewed:
            if name := self._named(pattern, text):
                return Remembered(name, renewed=True)
        if kept.renewed_pronoun.search(text) and (name := self.recipient(text)):
            return Remembered(name, renewed=True)
        for pattern in (kept.saved, *kept.equals, kept.listed, kept.owned, self._known):
            if name := self._named(pattern, text, own_number=pattern is kept.saved):
                return Remembered(name)
        return None

    def _named(self, pattern: re.Pattern[str], text: str, own_number: bool = False) -> Mark[str] | None:
        for match in pattern.finditer(text):
            name = self._own.sub("", self._around_name.sub("", match[1]))
            if self._is_person(name) or (own_number and name in self._own_numbers):
                return Mark(name, match.start(1), match.end(1))
        return None

    def _is_person(self, name: str) -> bool:
        return bool(name) and name not in self._nobody and self._no_person.match(name) is None
