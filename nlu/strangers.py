"""Goods whose name nobody here knows: 芒种会员 where no 芒种 is sold. They are not sold, and nobody is
asked which of the shop's other goods was meant.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz, process

from nlu.alternations import any_of
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.records import Event, EventKind
from nlu.roles import Role
from nlu.siblings import KIN_MAX
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
        self._vocabulary, self._table = vocabulary, table
        self._latin_talk = frozenset(lexicon.words("names.latin_talk"))
        self._kinds = frozenset(lexicon.words("goods.sold_as"))
        self._no_brand = re.compile(any_of(lexicon, "names.no_brands"))
        brands = {brand for of in table.brands.values() for brand in of if table.namer.role_of(brand) is None}
        spelled = {form for brand in brands for form in table.namer.brand_spellings(brand)}
        self._brands = [heard(brand) for brand in spelled] if 0 < len(spelled) <= BRANDS_MAX else None
        few = vocabulary.products.values() if self._brands is not None else ()
        written = {name for product in few for name in (product.name, *product.aliases)}
        written |= {variant.label for product in few for variant in product.variants}
        self._written = plain("\0".join(written)).replace(" ", "")

    def named(self, text: str, events: list[Event], left: frozenset[int]) -> list[Event]:
        """The events, with each stranger and the noun behind it as goods that are not sold."""
        if any(event.kind is EventKind.NAME for event in events):
            return self._foreign(text, events)
        if self._brands is None:
            return events
        return [
            self._as_goods(text, event, left) or self._in_letters(text, event, events) or event
            for event in events
        ]

    def _foreign(self, text: str, events: list[Event]) -> list[Event]:
        """The events, with goods of a country for which none is sold as unknown: 越南esim where there are
        some for 日本 and 韩国."""
        countries = [event for event in events if _is_country(event)]
        told: list[Event] = []
        for event in events:
            country = next((other for other in countries if _beside(text, event, other)), None)
            name = event.mention
            if (
                country is not None
                and country.mention
                and name is not None
                and self._none_for(name, country.mention)
                and not self._table.near_of_country(text, country.mention.meaning)
            ):
                goods = replace(name, kind=MentionKind.UNKNOWN, options={}, family={}, meaning=name.text)
                event = replace(event, mention=goods)
            told.append(event)
        return told

    def _none_for(self, name: Mention, country: Mention) -> bool:
        """Whether all goods of a name are for some country, and none for this one."""
        options = {*name.options, *name.family}
        if not options or len(options) > KIN_MAX or name.closeness is not Closeness.EXACT:
            return False
        kin = options | {other for one in options for other in self._table.kin(one)}
        if any(self._vocabulary.products[one].regions for one in options):
            return False  # its servers are another matter
        carried = [
            self._table.qualifiers[one]
            for one in kin
            if one in name.options or not any(role is Role.TIER for role, _ in self._table.qualifiers[one])
        ]
        countries = [{meaning for role, meaning in of if role is Role.COUNTRY} for of in carried]
        written = "\0".join(self._vocabulary.products[one].name for one in kin)
        return (
            all(countries)
            and not any(country.meaning in of for of in countries)
            and country.text not in written
        )

    def _in_letters(self, text: str, event: Event, events: list[Event]) -> Event | None:
        """A stranger in Latin letters, with or without its size in between: Foobar一年的会员."""
        noun = event.mention
        if event.kind is not EventKind.NOUN or noun is None or noun.text not in self._kinds:
            return None
        start = event.start
        for other in reversed(events):
            if other.kind in _SIZED and text[other.end : start].strip(" 的") == "" and other.end <= start:
                start = other.start
        found = in_front(_LETTERS, text, start)
        if found is None or found[1] in self._latin_talk or found[1] in self._written:
            return None
        if any(other.start < found.end(1) and found.start(1) < other.end for other in events):
            return None
        if self._sounds_sold(found[1]):
            return None
        goods = Mention(found.start(1), event.end, found[1], MentionKind.UNKNOWN, meaning=found[1])
        return replace(event, kind=EventKind.NAME, mention=goods)

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
        assert self._brands is not None
        best = process.extractOne(heard(name), self._brands, scorer=fuzz.ratio, score_cutoff=ALIKE_AT)
        return best is not None


def _is_country(event: Event) -> bool:
    mention = event.mention
    return event.kind is EventKind.QUALIFIER and mention is not None and mention.role is Role.COUNTRY


def _beside(text: str, event: Event, country: Event) -> bool:
    """Whether an event is a name, and the country stands right in front of it or behind it."""
    if event.kind is not EventKind.NAME:
        return False
    first, second = (event, country) if event.start < country.start else (country, event)
    return text[first.end : second.start].strip(" 的") == ""


_SIZED = frozenset({EventKind.AMOUNT, EventKind.QUANTITY})
_LETTERS = re.compile(r"(?<![a-z0-9@._])([a-z][a-z0-9+]{2,15})(?: ?的)? ?$")
