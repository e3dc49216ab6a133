"""Goods whose name nobody here knows: 芒种会员 where no 芒种 is sold. They are not sold, and nobody is
asked which of the shop's other goods was meant.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz, process

from nlu.lexicon import Lexicon
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.products import Mention, MentionKind
from nlu.records import Event, EventKind
from nlu.sounds import heard
from nlu.vocabulary import Vocabulary

NAME_MAX = 8
"""A longer run of characters is no name but talk."""
BRANDS_MAX = 5000
"""Of more brands none is looked for that sounds alike: that would take too long."""
ALIKE_AT = 60.0
"""From which likeness on a stranger may be a misspelled brand of the shop, and is asked about."""


class Strangers:
    """Finds unknown names in front of the words for what is sold. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable) -> None:
        self._kinds = frozenset(lexicon.words("goods.sold_as"))
        self._no_brand = re.compile("|".join(map(re.escape, lexicon.words("names.no_brands"))))
        brands = {brand for of in table.brands.values() for brand in of if table.namer.role_of(brand) is None}
        spelled = {form for brand in brands for form in table.namer.brand_spellings(brand)}
        written = {
            name for product in vocabulary.products.values() for name in (product.name, *product.aliases)
        }
        written |= {v.label for product in vocabulary.products.values() for v in product.variants}
        self._written = plain("\0".join(written)).replace(" ", "")
        self._brands = [heard(brand) for brand in spelled] if 0 < len(spelled) <= BRANDS_MAX else None

    def named(self, text: str, events: list[Event], left: frozenset[int]) -> list[Event]:
        """The events, with each stranger and the noun behind it as goods that are not sold."""
        if any(event.kind is EventKind.NAME for event in events):
            return events
        return [self._as_goods(text, event, left) or event for event in events]

    def _as_goods(self, text: str, event: Event, left: frozenset[int]) -> Event | None:
        noun = event.mention
        if event.kind is not EventKind.NOUN or noun is None or noun.text not in self._kinds:
            return None
        start = event.start
        while start - 1 in left and event.start - start < NAME_MAX:
            start -= 1
        name = text[start : event.start]
        if len(name) < 2 or start - 1 in left or self._no_brand.search(name) or name in self._written:
            return None
        if self._sounds_sold(name):
            return None
        goods = Mention(start, event.end, text[start : event.end], MentionKind.UNKNOWN, meaning=name)
        return replace(event, kind=EventKind.NAME, start=start, mention=goods)

    def _sounds_sold(self, name: str) -> bool:
        """Whether a name is so like a brand of this shop that it may be that one, misspelled."""
        if self._brands is None:
            return True
        best = process.extractOne(heard(name), self._brands, scorer=fuzz.ratio, score_cutoff=ALIKE_AT)
        return best is not None
