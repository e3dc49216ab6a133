"""Names of which the first characters were typed as letters only: dy抖币, kg概念版, qqyy svip.

Nobody types a long name whole where two letters say whose it is. Two letters are the beginning of very much,
so the rest of the name has to stand behind them as it is spelled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from nlu.mention import MentionKind
from nlu.name_table import NameTable
from nlu.roles import QUALIFYING
from nlu.scripts import chinese_count, is_latin
from nlu.sounds import initials

LETTERS_MIN = 2
LETTERS_MAX = 6


class InitialledNames:
    """Finds the names of one table by the initials of their first characters. Immutable once built."""

    def __init__(self, table: NameTable, names: Iterable[str]) -> None:
        """`names`: those that may be guessed at."""
        self._table, self._names = table, names

    def find(self, text: str, edges: frozenset[int]) -> Iterator[tuple[int, int, Sequence[str]]]:
        """`(start, end, names)` of each stretch. `edges`: where blanks stood in the (squeezed) text."""
        for run in _LATIN_RUN.finditer(text):
            for start in (run.start(), *(at for at in edges if run.start() < at < run.end())):
                for until, names in self._from(text, start, edges).items():
                    yield start, until, names

    def _from(self, text: str, start: int, edges: frozenset[int]) -> Mapping[int, list[str]]:
        """The names that begin at a place, by where they end."""
        found: dict[int, list[str]] = defaultdict(list)
        for name in self._by_initials.get(text[start : start + LETTERS_MIN], ()):
            for length in range(LETTERS_MIN, min(LETTERS_MAX, len(name) - 1) + 1):
                letters, rest = text[start : start + length], name[length:]
                if initials(name[:length]) != letters:
                    break
                end = start + len(name)
                if (
                    text.startswith(rest, start + length)
                    and chinese_count(name[:length])
                    and self._parted(text, start + length, rest, edges)
                    and not self._another(letters, name)
                ):
                    found[end].append(name)
        return found

    def _parted(self, text: str, at: int, rest: str, edges: frozenset[int]) -> bool:
        """Whether the letters end where the rest of the name begins: in the svip of txsvip no initials stand."""
        if at in edges or not is_latin(rest[0]):
            return True
        known = self._table.namer.role_of(rest)
        return known is not None and known[0] in QUALIFYING

    def _another(self, letters: str, name: str) -> bool:
        """Whether the letters are the name of something else: the ps of ps会员 are no initials."""
        entry = self._table.entries.get(letters)
        if entry is None or entry.kind is not MentionKind.NAME:
            return entry is not None and entry.kind is MentionKind.UNKNOWN
        return entry.options.keys().isdisjoint(self._table.entries[name].options)

    @cached_property
    def _by_initials(self) -> Mapping[str, list[str]]:
        """The names with Chinese characters by their first two letters, made when a message in letters comes."""
        filed: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            if len(name) > LETTERS_MIN and chinese_count(name[:LETTERS_MAX]):
                filed[initials(name[:LETTERS_MIN])].append(name)
        return filed


_LATIN_RUN = re.compile(r"(?<![a-z])[a-z]{2,}")
