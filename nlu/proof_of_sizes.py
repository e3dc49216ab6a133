"""Whether a size is that of the goods of its line: one number, in their unit, with no other name behind it.

A slip of the finger turns a unit or a name into nothing that is known, and the number beside it is then
taken for what is left to take it for: a price, or a size of the goods before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.amounts import AmountKind
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.records import Event, EventKind
from nlu.said import Doubt, Said, Unproven
from nlu.understanding import Slot, SpokenLine
from nlu.vocabulary import Vocabulary


class ProofOfSizes:
    """Holds the sizes of lines against what stands right around them, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._variants = {
            variant.sku_id: variant
            for product in vocabulary.products.values()
            for variant in product.variants
        }
        self._numerals = frozenset((*lexicon.words("signs.numeral_characters"), *"0123456789"))

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the sizes is not proven."""
        words = [event for event in said.reading.events if event.kind in _NAMING]
        for at, line, record in said.pairs():
            for event in record.amounts:
                if self._runs_together(said, event, words):
                    yield at, Unproven.NUMBER
                if self._in_another_unit(said, event, line):
                    yield at, Unproven.SIZE_UNUSED
            if Slot.PRODUCT in record.inherited and record.amounts and _named(said, record.amounts[-1]):
                yield at, Unproven.NAME_UNUSED

    def _runs_together(self, said: Said, size: Event, words: list[Event]) -> bool:
        """十十元, 一一整年: of numerals that follow one another and make no number nobody knows which counts."""
        pair = said.text[max(0, size.start - 1) : size.start + 1]
        together = len(pair) == 2 and not pair.isascii() and self._numerals.issuperset(pair)
        return together and not any(word.start < size.start <= word.end for word in words)

    def _in_another_unit(self, said: Said, size: Event, line: SpokenLine) -> bool:
        """快手100快有: all but the unit of the goods, so that 100 is no price of something larger."""
        variant = self._variants.get(line.sku.value) if line.sku is not None else None
        bare = size.amount is not None and size.amount.kind is AmountKind.BARE
        if variant is None or not bare or size.amount is None or variant.face_value == size.amount.low:
            return False
        unit = plain(variant.unit)
        typed = said.text[size.end : size.end + len(unit)]
        same = sum(one == other for one, other in zip(typed, unit, strict=False))
        return len(unit) >= _UNIT_MIN and len(typed) == len(unit) and same == len(unit) - 1


def _named(said: Said, size: Event) -> bool:
    """两张100的京东卡，一张50的星巴就: words behind a size that nobody understood are perhaps the name of other
    goods than those before."""
    words = _WORDS.match(said.text, size.end)
    if words is None:
        return False
    return len(said.reading.shape.left.over.intersection(range(*words.span("words")))) >= _UNREAD_MIN


_UNIT_MIN = 2
_UNREAD_MIN = 2
_WORDS = re.compile("的? ?(?P<words>[\u4e00-\u9fffa-z]{2,4})")
_NAMING = frozenset({EventKind.NAME, EventKind.QUALIFIER, EventKind.REGION, EventKind.ACCOUNT})
"""What may end in a numeral of its own."""
