"""Names of which the first characters were typed as letters only: dy抖币, kg概念版, qqyy svip.

Nobody types a long name whole where two letters say whose it is. Two letters are the beginning of very much,
so the rest of the name has to stand behind them as it is spelled, or at least a word that stands in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from nlu.entries import Entry
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.roles import QUALIFYING, Role
from nlu.scripts import all_chinese, chinese_count, is_latin
from nlu.sounds import initials

LETTERS_MIN = 2
LETTERS_MAX = 6
WORD_MIN = 2
"""So many characters of the name have to stand behind the letters where the middle was left out."""
WORD_MAX = 6
UNSOLD_MIN = 4
"""A shorter name of goods that are not sold here is no reason to say so."""
MIDDLE_COST = 0.3
"""What it costs to leave the middle out: ys结晶 for 原神创世结晶."""


class InitialledNames:
    """Finds the names of one table by the initials of their first characters. Immutable once built."""

    def __init__(self, table: NameTable) -> None:
        self._table = table

    def whole(self, text: str, edges: frozenset[int]) -> Iterator[tuple[int, int, Sequence[str]]]:
        """`(start, end, names)` of each stretch that is a name with its first characters in letters. `edges`:
        where blanks stood in the (squeezed) text."""
        for start in _beginnings(text, edges):
            for end, names in self._whole(text, start, edges).items():
                yield start, end, names

    def without_middle(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """Goods whose brand begins with the letters, and in one of whose names the word stands that follows."""
        for start in _beginnings(text, edges):
            run = _LETTERS.match(text, start)
            end = run.end() if run is not None else start
            brands = self._brands_by_initials.get(text[start:end], {})
            if not brands or self._another(text[start:end], brands):
                continue
            for until in range(min(end + WORD_MAX, len(text)), end + WORD_MIN - 1, -1):
                options = self._having(brands, text[end:until], end - start)
                if options:
                    name = brands[min(options)] + text[end:until]
                    yield Mention(start, until, name, MentionKind.NAME, options, Closeness.SOUND)
                    break

    def _having(self, products: Iterable[str], word: str, letters: int) -> Mapping[str, float]:
        """The products in whose names a word stands; behind two letters none that says but what goods are."""
        if not all_chinese(word) or (letters == LETTERS_MIN and self._table.namer.role_of(word)):
            return {}
        called = self._table.called
        return {one: MIDDLE_COST for one in products if any(word in name for name in called.get(one, ()))}

    def _whole(self, text: str, start: int, edges: frozenset[int]) -> Mapping[int, list[str]]:
        """The names that begin at a place, by where they end; goods that are not sold where there are no others."""
        found: dict[int, list[str]] = defaultdict(list)
        for name in self._by_initials.get(text[start : start + LETTERS_MIN], ()):
            entry = self._table.entries[name]
            for length in range(LETTERS_MIN, min(LETTERS_MAX, len(name) - 1) + 1):
                letters, rest = text[start : start + length], name[length:]
                if initials(name[:length]) != letters:
                    break
                if (
                    text.startswith(rest, start + length)
                    and chinese_count(name[:length])
                    and self._parted(text, start + length, rest, edges)
                    and self._speaks(name, length)
                    and not self._another(letters, entry.options)
                ):
                    found[start + len(name)].append(name)
        return {end: self._sold(names) or names for end, names in found.items()}

    def _sold(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._table.entries[name].kind is MentionKind.NAME]

    def _parted(self, text: str, at: int, rest: str, edges: frozenset[int]) -> bool:
        """Whether the letters end where the rest of the name begins: in the svip of txsvip no initials stand."""
        if at in edges or not is_latin(rest[0]):
            return True
        known = self._table.namer.role_of(rest)
        return known is not None and known[0] in QUALIFYING

    def _speaks(self, name: str, length: int) -> bool:
        """Whether the rest of a name says more than a kind of goods, where the letters are but part of a brand."""
        if not self._table.is_partial(name, self._table.entries[name]):
            return True
        known = self._table.namer.role_of(name[length:])
        brand = self._table.entries.get(name[:length])
        named = brand is not None and not self._table.is_partial(name[:length], brand)
        return named or known is None or known[0] not in _KINDS

    def _another(self, letters: str, options: Mapping[str, float | str]) -> bool:
        """Whether the letters are the name of something else: the ps of ps会员 are no initials."""
        entry = self._table.entries.get(letters)
        if entry is None or entry.kind is not MentionKind.NAME:
            return entry is not None and entry.kind is MentionKind.UNKNOWN
        return entry.options.keys().isdisjoint(options)

    @cached_property
    def _by_initials(self) -> Mapping[str, list[str]]:
        """The names with Chinese characters by their first two letters, made when a message in letters comes."""
        filed: dict[str, list[str]] = defaultdict(list)
        for name, entry in self._table.entries.items():
            if _is_name(name, entry) and chinese_count(name[:LETTERS_MAX]):
                filed[initials(name[:LETTERS_MIN])].append(name)
        return filed

    @cached_property
    def _brands_by_initials(self) -> Mapping[str, Mapping[str, str]]:
        """Initials -> the products with a brand that is, or begins, so -> that much of it."""
        filed: dict[str, dict[str, str]] = defaultdict(dict)
        for product_id, brands in self._table.brands.items():
            for brand in brands:
                for said in dict.fromkeys((brand, brand[:LETTERS_MIN])):
                    if all_chinese(said) and len(said) >= LETTERS_MIN:
                        filed[initials(said)][product_id] = said
        return filed


def _beginnings(text: str, edges: frozenset[int]) -> Iterator[int]:
    """Where letters begin."""
    for run in _LATIN_RUN.finditer(text):
        yield run.start()
        yield from sorted(at for at in edges if run.start() < at < run.end())


def _is_name(text: str, entry: Entry) -> bool:
    if entry.kind is MentionKind.UNKNOWN:
        return len(text) >= UNSOLD_MIN
    return entry.kind is MentionKind.NAME and not entry.thin and len(text) > LETTERS_MIN


_LATIN_RUN = re.compile(r"(?<![a-z])[a-z]{2,}")
_LETTERS = re.compile("[a-z]{2,3}(?![a-z])")
"""More letters are found by themselves where they are a brand."""
_KINDS = frozenset({Role.GENERIC, Role.SUBJECT})
