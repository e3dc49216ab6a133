"""The words of the trade and what they do in a name: kinds of goods, tiers, countries, carriers, brands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from nlu.delivery_words import DeliveryWords
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.roles import Role


class TradeWords:
    """Those of one lexicon, without blanks. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words: dict[str, tuple[Role, str]] = {}
        for role, name in (
            (Role.TIER, "goods.premium"),
            (Role.PLAIN_TIER, "goods.plain_tier"),
            (Role.COUNTRY, "goods.country"),
            (Role.CARRIER, "goods.carrier"),
        ):
            for meaning, spellings in lexicon.groups(name).items():
                for spelling in spellings:
                    self._words[without_blanks(spelling)] = (role, plain(meaning))
        self._inside = {
            without_blanks(word): (Role.TIER, plain(meaning))
            for meaning, words in lexicon.groups("goods.premium_inside").items()
            for word in words
        }
        for role, name in (
            (Role.SUBJECT, "goods.subject"),
            (Role.GENERIC, "goods.generic"),
            (Role.CONTENT, "goods.content"),
        ):
            for word in lexicon.words(name):
                self._words.setdefault(without_blanks(word), (role, without_blanks(word)))
        self.synonyms: dict[tuple[Role, str], list[str]] = defaultdict(list)
        """What a tier, a country or a carrier is called."""
        for word, meant in self._words.items():
            self.synonyms[meant].append(word)
        self.short_generics: dict[str, tuple[str, ...]] = {
            without_blanks(word): tuple(map(without_blanks, shorts))
            for word, shorts in lexicon.groups("goods.generic_short").items()
        }
        self.delivery_words = DeliveryWords(lexicon)
        self.own_ends = frozenset(map(without_blanks, lexicon.words("goods.own_ends")))
        """Ends of brands that are names by themselves."""
        self.own_things = frozenset(map(without_blanks, lexicon.words("goods.own_things")))
        """Kinds of goods that say which of a brand they are."""
        self.same_tiers: Mapping[str, tuple[str, ...]] = {
            meaning: tuple(others) for meaning, others in lexicon.groups("goods.same_tiers").items()
        }
        """By tier: its other names."""
        self._written_tiers = {
            plain(meaning): re.compile("|".join(map(_standing_alone, words)))
            for meaning, words in lexicon.groups("goods.written_tiers").items()
        }
        """A tier -> how names say it that have no such tier: professional for 专业版."""
        self.never_alone = frozenset(map(without_blanks, lexicon.words("goods.never_alone")))
        self._brands: dict[str, tuple[str, ...]] = {}
        for canonical, spellings in lexicon.groups("brands.brands").items():
            squeezed = tuple(dict.fromkeys([without_blanks(canonical), *map(without_blanks, spellings)]))
            self._brands[squeezed[0]] = squeezed
        self._brand_of = {form: brand for brand, forms in self._brands.items() for form in forms}
        self.long_tiers = tuple(
            word for word, (role, _) in self._words.items() if role is Role.TIER and len(word) > 1
        )
        self.tier_heads = frozenset(tier[0] for tier in self.long_tiers)
        """What they begin with: most names hold none of these characters."""

    @property
    def brands(self) -> Mapping[str, tuple[str, ...]]:
        return self._brands

    def brand_spellings(self, text: str) -> tuple[str, ...]:
        """All ways to write the well-known brand that `text` is, or only itself."""
        brand = self._brand_of.get(text)
        return self._brands[brand] if brand is not None else (text,)

    def tier_inside(self, word: str) -> tuple[Role, str] | None:
        """The tier that a word of a name says where it stands by itself or ends what is no known brand: the TV of
        奇异果TV and the 电视 of 酷喵电视."""
        if word in self._brand_of:
            return None
        return next((tier for end, tier in self._inside.items() if word.endswith(end)), None)

    def writes_tier(self, names: Iterable[str], tier: str) -> bool:
        """Whether what is written in goods' names says a tier, where it is none of them: the Professional of Visio
        2021 Professional. Not the TV of 芒果TV."""
        written = self._written_tiers.get(tier)
        return written is not None and any(written.search(plain(name)) for name in names)

    def role_of(self, word: str) -> tuple[Role, str] | None:
        return self._words.get(word)

    @property
    def words(self) -> Mapping[str, tuple[Role, str]]:
        return self._words

    @cached_property
    def telling_apart(self) -> frozenset[str]:
        """The characters of the words that tell goods from their siblings."""
        return frozenset(
            character for word, (role, _) in self._words.items() if role in QUALIFIES for character in word
        )


QUALIFIES = frozenset({Role.TIER, Role.PLAIN_TIER, Role.COUNTRY, Role.CARRIER})
"""What words do that tell goods from their siblings, the plain one included."""


def without_blanks(text: str) -> str:
    """Normalised, without blanks."""
    return plain(text).replace(" ", "")


def _standing_alone(word: str) -> str:
    """A pattern for a word of a name; a latin one is no piece of another."""
    return rf"(?<![a-z]){word}(?![a-z])" if word.isascii() else re.escape(word)
