"""Names that leave out what stands in the middle: 小步早教 of 小步在家早教年度会员.

Whoever shortens a long name keeps its characters in their order. So a piece of a message that nobody
else has read means the names in which all of its characters stand one behind the other. It takes no
part where any name was found by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set

LENGTH_MIN = 4
"""Fewer characters stand in many a name by accident."""
LENGTH_MAX = 12
NAMES_MAX = 20_000
"""In larger catalogs too many names hold the same characters."""


class Abbreviations:
    """The names of one catalog, by their characters. Immutable once built."""

    def __init__(self, names: Mapping[str, str], talk: Set[str]) -> None:
        """`names`: product id -> its name, squeezed. `talk`: characters that are words by themselves."""
        self._names = names if len(names) <= NAMES_MAX else {}
        self._talk = talk
        self._having: dict[str, set[str]] = defaultdict(set)
        for product_id, name in self._names.items():
            for character in name:
                self._having[character].add(product_id)

    def read(self, text: str, taken: bytearray) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """`(start, end, product ids)`, of each stretch that is not taken the longest piece that fits."""
        if not self._having:
            return
        for start, end in self._stretches(text, taken):
            longest: tuple[int, int, tuple[str, ...]] = (start, start + LENGTH_MIN - 1, ())
            for at in range(start, end - LENGTH_MIN + 1):
                until, meant = self._meant(text[at : min(end, at + LENGTH_MAX)])
                if until > longest[1] - longest[0]:
                    longest = (at, at + until, meant)
            if longest[2]:
                yield longest

    def _meant(self, piece: str) -> tuple[int, tuple[str, ...]]:
        """How much of the beginning of a piece stands in names in its order, and in which: of a name where the
        next character follows, only what stands behind it is looked at any further."""
        behind = dict.fromkeys(self._having.get(piece[0], ()), 0)
        for length, character in enumerate(piece):
            having = self._having.get(character, ())
            further = {
                product_id: at
                for product_id, since in behind.items()
                if product_id in having and (at := self._names[product_id].find(character, since) + 1)
            }
            if not further:
                return length, tuple(sorted(behind))
            behind = further
        return len(piece), tuple(sorted(behind))

    def _stretches(self, text: str, taken: bytearray) -> Iterator[tuple[int, int]]:
        start: int | None = None
        for at, character in enumerate(f"{text}\0"):
            named = at < len(text) and not taken[at] and character not in self._talk
            if named and "\u4e00" <= character <= "\u9fff":
                start = at if start is None else start
            elif start is not None:
                yield start, at
                start = None


def in_order(piece: str, name: str) -> bool:
    """Whether all characters of a piece stand in a name, one behind the other."""
    characters = iter(name)
    return all(character in characters for character in piece)
