"""Names that stand in a message as they are spelled in the catalog's table."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlu.entries import Entry
from nlu.few_words import Finder
from nlu.lexicon import Lexicon, word_set
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.scripts import is_latin


class SpelledNames:
    """Finds the spellings of one table. Immutable once built."""

    def __init__(self, table: NameTable, lexicon: Lexicon, finder: Callable[[list[str]], Finder]) -> None:
        self._table = table
        self._ends_name = word_set(lexicon, "signs.numeral_characters", "aside.function_characters")
        self._patterns = list(table.entries)
        self._automaton = finder(self._patterns)

    def find(self, text: str, edges: frozenset[int]) -> list[Mention]:
        """All of them, overlapping. `edges`: where blanks stood in the (squeezed) text."""
        found = []
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        starts = frozenset(start for _, start, end in matches if end - start > 1)
        for index, start, end in matches:
            if not bounded(text, start, end, edges):
                continue
            if end - start == 1 and self._within_word(text, end, edges, starts):
                continue
            if self._table.is_lettered(self._patterns[index]) and not _SIZED.match(text, end):
                continue
            if self._table.lost_version(self._patterns[index]) and _OTHER_VERSION.match(text, end):
                continue
            found.append(self._mention(self._patterns[index], start, end))
        return found

    def _within_word(self, text: str, end: int, edges: frozenset[int], starts: frozenset[int]) -> bool:
        """Whether a name of one character goes on to a word that nobody knows: 瓦 in 瓦斯."""
        following = text[end : end + 1]
        if end in edges or end in starts or not "\u4e00" <= following <= "\u9fff":
            return False
        return following not in self._ends_name and following != "里"

    def _mention(self, pattern: str, start: int, end: int) -> Mention:
        entry = self._table.entries[pattern]
        partial = entry.kind is MentionKind.NAME and self._table.is_partial(pattern, entry)
        return Mention(
            start,
            end,
            pattern,
            entry.kind,
            entry.options,
            Closeness.EXACT,
            entry.thin,
            entry.role,
            entry.meaning,
            entry.said,
            self._table.families.get(entry.family, {}),
            partial,
            partial and not self._begins_brand(pattern, entry),
        )

    def _begins_brand(self, pattern: str, entry: Entry) -> bool:
        brands = self._table.brands
        return any(brand.startswith(pattern[:2]) for one in entry.options for brand in brands[one])


_SIZED = re.compile("的?(?:[0-9一二两三半十百]|[年季月周天]|包[年月])")
"""Right behind the names of letters: 优优季卡. 给优优充个季卡 is for somebody."""
_ENGLISH_UNITS = "(?:devices?|users?|seats?|pcs?|months?|years?|days?)(?![a-z])"
_OTHER_VERSION = re.compile(
    rf"(?:\d+|[一二三四五六七八九十]+)(?!\d|[个张份套台件单月年天块元]|{_ENGLISH_UNITS})"
)
"""Behind a program's name: Windows 7 is no Windows of another version."""


def bounded(text: str, start: int, end: int, edges: frozenset[int]) -> bool:
    """A latin name counts only where no latin letter continues it; `edges` are where blanks stood."""
    before = "" if start in edges else text[start - 1 : start]
    after = "" if end in edges else text[end : end + 1]
    if (text[end - 1].isdigit() and after.isdigit()) or (text[start].isdigit() and before.isdigit()):
        return False
    return not (is_latin(text[start]) and is_latin(before)) and not (
        is_latin(text[end - 1]) and is_latin(after)
    )
