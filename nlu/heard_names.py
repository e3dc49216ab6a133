"""Names that are not spelled right but sound so: homophones, pinyin, initials, and half of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from nlu.few_words import Finder
from nlu.half_spelled import half_spelled
from nlu.initialled_names import InitialledNames
from nlu.lexicon import Lexicon, word_set
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.scripts import all_chinese, chinese_count
from nlu.sounds import heard, initials, pinyin
from nlu.spelled_names import bounded
from nlu.typos import same_facets

SHORT = 3
"""Fewer letters or sounds are a name only beside a size."""
PINYIN_MIN = 4
"""Shorter pinyin is any word."""


class HeardNames:
    """Finds the names of one table by how they sound. Immutable once built."""

    def __init__(
        self, table: NameTable, lexicon: Lexicon, finder: Callable[[list[str]], Finder], names: list[str],
        servers: Iterable[str], passing: bool,
    ) -> None:  # fmt: skip
        """`names`, `servers`: those that may be guessed at. `passing`: it is made for a message or two,
        so that little is made ahead."""
        self._table, self._finder, self._names = table, finder, names
        self._initialled = InitialledNames(table)
        self._common = word_set(lexicon, "names.common_words")
        self._facets = word_set(lexicon, "signs.facet_characters")
        self._by_sound = self._filed_by_sound(names, servers)
        self._sounds = list(self._by_sound)
        self._sound_automaton = finder(self._sounds)
        self._passing = passing

    def _filed_by_sound(self, names: Iterable[str], servers: Iterable[str]) -> dict[str, list[str]]:
        filed: dict[str, list[str]] = defaultdict(list)
        for text in names:
            if chinese_count(text) >= 2:
                filed[heard(text)].append(text)
        for text, entry in self._table.entries.items():
            thin = entry.kind is MentionKind.NAME and entry.thin and not self._table.is_partial(text, entry)
            named = text not in self._common and not self._table.is_lettered(text)
            if thin and len(text) == 2 and all_chinese(text) and named:
                filed[heard(text)].append(text)
        for text in servers:
            filed[heard(text)].append(text)
        return filed

    def find(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """All of them, overlapping. `edges`: where blanks stood in the (squeezed) text."""
        yield from self._homophones(text, edges)
        if _LATIN.search(text) is not None:
            yield from self._half_spelled(text, edges)
            yield from self._in_letters(text, edges)
            yield from self._initialled_from(text, edges)

    def _homophones(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """话废, 原审."""
        entries = self._table.entries
        for index, start, end in self._sound_automaton.find_matches_as_indexes(heard(text), overlapping=True):
            typed = text[start:end]
            patterns = self._by_sound[self._sounds[index]]
            if (
                typed in entries
                or _PERIOD_CARD.search(typed)
                or not same_facets(typed, patterns[0], self._facets)
                or not bounded(text, start, end, edges)
                or "\0" in typed
            ):
                continue
            if end - start == 2 and typed in self._common:
                continue
            at_a_size = end - start > 2 or text[end : end + 1].isdigit()
            if not at_a_size and all(entries[one].thin for one in patterns):
                continue  # 喜查50: what may mean something else counts only in front of a size
            yield self._mention(patterns, start, end)

    def _half_spelled(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """Names of which a part was typed in pinyin: 芒guoTV."""
        half = half_spelled(text)
        if half is None:
            return
        matches = self._sound_automaton.find_matches_as_indexes(half.sounds, overlapping=True)
        for index, first, last in matches:
            start, end = half.places[first], half.places[last]
            patterns = self._by_sound[self._sounds[index]]
            short = last - first < SHORT
            if (
                half.mixed(first, last)
                and (not short or _SIZE_BEHIND.match(text, end))
                and bounded(text, start, end, edges)
                and same_facets(text[start:end], patterns[0], self._facets)
            ):
                yield replace(self._mention(patterns, start, end), thin=short)

    def _in_letters(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """huafei, wyy."""
        finder, names = self._in_latin(text)
        for index, start, end in finder.find_matches_as_indexes(text, overlapping=True):
            if end - start == SHORT - 1 and not _at_a_number(text, start, end):
                continue  # hf300, 50hf: so short only at a size
            if bounded(text, start, end, edges) and text[start:end] not in self._common:
                yield self._mention(names[index], start, end)

    def _initialled_from(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """Names that begin with their initials: dy抖币."""
        whole = [
            (start, end, names)
            for start, end, names in self._initialled.whole(text, edges)
            if bounded(text, start, end, edges) and text[start:end] not in self._table.entries
        ]
        for start, end, names in whole:
            yield self._mention(names, start, end)
        begun = {start for start, _, _ in whole}
        yield from (
            found for found in self._initialled.without_middle(text, edges) if found.start not in begun
        )

    def _in_latin(self, text: str) -> tuple[Finder, list[list[str]]]:
        """The names by their pinyin and initials; for a message or two only those short enough for `text`."""
        if not self._passing:
            return self._all_in_latin
        longest = max(map(len, _CHINESE_RUN.split(text)))
        return self._spelled_in_latin(name for name in self._names if len(name) <= longest)

    @cached_property
    def _all_in_latin(self) -> tuple[Finder, list[list[str]]]:
        """Of all names, made when the first message in letters comes."""
        return self._spelled_in_latin(self._names)

    def _spelled_in_latin(self, names: Iterable[str]) -> tuple[Finder, list[list[str]]]:
        by_pinyin: dict[str, list[str]] = defaultdict(list)
        for text in names:
            if chinese_count(text) >= 2:
                spoken = pinyin(text)
                if spoken is not None and len(spoken) >= PINYIN_MIN:
                    by_pinyin[spoken].append(text)
            if all_chinese(text) and len(text) >= 2:
                short = initials(text)
                if short not in self._table.entries and short not in self._table.namer.words:
                    by_pinyin[short].append(text)
        return self._finder(list(by_pinyin)), list(by_pinyin.values())

    def _mention(self, patterns: Sequence[str], start: int, end: int) -> Mention:
        """What any of the spellings means that sound so."""
        merged: dict[str, float] = {}
        for pattern in patterns:
            for product_id, cost in self._table.entries[pattern].options.items():
                merged[product_id] = min(cost, merged.get(product_id, cost))
        entry = self._table.entries[patterns[0]]
        return Mention(
            start,
            end,
            patterns[0],
            entry.kind,
            merged,
            Closeness.SOUND,
            thin=end - start == 2,
            said=entry.said,
            family=self._table.families.get(entry.family, {}),
        )


_LATIN = re.compile("[a-z]")
_CHINESE_RUN = re.compile("[\u4e00-\u9fff]+")
_PERIOD_CARD = re.compile("[季年周半]卡")
"""A period never belongs to what only sounds like a name."""
_SIZE_BEHIND = re.compile("[0-9]|[年月季周]卡|会员|[一两半]年")
_SIZED = re.compile(r"\d(?:元|块钱?)?$")


def _at_a_number(text: str, start: int, end: int) -> bool:
    """Whether a size stands right in front or behind: hf300, 50hf, 50块hf."""
    return text[end : end + 1].isdigit() or _SIZED.search(text, 0, start) is not None
