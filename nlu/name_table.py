"""Every way to say every product of one catalog, written down once when the catalog is compiled.

A spelling leads to an `Entry`: the products that it may mean, with what it would cost to call each
one that. Finding spellings in a message is the business of `nlu/products.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from nlu.entries import Entries, Entry
from nlu.general_words import GeneralWords, ServerSpellings
from nlu.lexicon import Lexicon, word_set
from nlu.mention import MentionKind
from nlu.naming import Namer
from nlu.product_names import ProductNames
from nlu.roles import QUALIFYING, STRONG, Role, Token
from nlu.shared_names import (
    add_identities,
    add_other_words,
    put_plain_names_first,
    put_written_names_first,
    share_ends,
    share_families,
    share_units,
    share_with_longer_names,
)
from nlu.spellings import PARTIAL_COST, Spellings
from nlu.squeezing import names_of, squeezed_name
from nlu.vocabulary import ProductWords, Vocabulary


class NameTable:
    """The spellings of one catalog. Immutable once built; safe to share."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, namer: Namer | None = None, general: bool = True,
        wanted: Callable[[str], bool] | None = None,
    ) -> None:  # fmt: skip
        """`general`: with the words that belong to no product; without them it is part of another table.
        `wanted`: which words need be spelled at all; by default every one."""
        self._vocabulary, self._lexicon = vocabulary, lexicon
        self.namer = namer or Namer(lexicon)
        self.entries = Entries()
        self.qualifiers: dict[str, frozenset[tuple[Role, str]]] = {}
        """Product id -> the tiers, countries and carriers that its names carry."""
        self.brands: dict[str, frozenset[str]] = {}
        self.region_spellings: ServerSpellings = {}
        products = vocabulary.products.values()
        own = self.namer.words_of_their_own(
            name for product in products for name in (product.name, *product.aliases)
        )
        self._spellings = Spellings(
            self.namer,
            word_set(lexicon, "names.common_words", "names.places"),
            word_set(lexicon, "signs.no_name_characters"),
            _unit_spellings(lexicon),
            own,
            wanted,
            lexicon.groups("names.letters"),
        )
        notes = self.namer.telling_notes(product.name for product in products)
        self._names = ProductNames(self.namer, self._spellings, lexicon, notes, self.entries)
        self.families: Mapping[str, Mapping[str, float]] = self._names.families
        named = {product.product_id: self._names.tokens_of(product) for product in products}
        for product in products:
            self._learn_facts(product.product_id, named[product.product_id])
            self._names.add(product, named[product.product_id])
        add_other_words(self.entries, products, lexicon.groups("goods.also_called").values())
        share_with_longer_names(self.entries, self.brands)
        # Whoever says hello may only greet.
        add_identities(
            self.entries,
            vocabulary.products,
            (self.namer.words, word_set(lexicon, "names.latin_talk")),
        )
        share_families(self.entries, self.namer, self.is_partial)
        share_units(self.entries, _unit_spellings(lexicon))
        share_ends(self.entries, products)
        put_written_names_first(self.entries, products)
        put_plain_names_first(self.entries, products, named, self.qualifiers, self.namer)
        self._by_brand = self._products_by_brand()
        if not general:
            return
        words = GeneralWords(self.entries, self.namer, lexicon, products)
        words.add_nouns()
        words.add_qualifiers({note for of_name in notes.values() for note in of_name})
        self.region_spellings = words.add_servers()
        words.add_other_brands(brand for brands in self.brands.values() for brand in brands)

    def _learn_facts(self, product_id: str, named: Sequence[tuple[Token, ...]]) -> None:
        """`named`: the tokens of the name and of each alias."""
        tokens = [token for one in named for token in one]
        self.qualifiers[product_id] = frozenset(
            (token.role, token.meaning)
            for token in tokens
            if token.role in QUALIFYING or token.role is Role.PLAIN_TIER
        ) | frozenset(tier for token in tokens if (tier := self.namer.tier_inside(token.text)) is not None)
        self.brands[product_id] = frozenset(token.meaning for token in tokens if token.role in STRONG)

    def _products_by_brand(self) -> Mapping[str, tuple[str, ...]]:
        by_brand: dict[str, set[str]] = defaultdict(set)
        for product_id, brands in self.brands.items():
            for brand in brands:
                by_brand[brand].add(product_id)
        return {brand: tuple(sorted(products)) for brand, products in by_brand.items()}

    @cached_property
    def written(self) -> Mapping[str, str]:
        """The products' own names without blanks, to be found by some of their characters."""
        products = self._vocabulary.products.values()
        return {product.product_id: squeezed_name(product.name) for product in products}

    @property
    def products(self) -> Collection[ProductWords]:
        """The products whose names are spelled out here."""
        return self._vocabulary.products.values()

    @cached_property
    def called(self) -> Mapping[str, tuple[str, ...]]:
        """The products' names and aliases without blanks."""
        return {one.product_id: tuple(names_of(one)) for one in self._vocabulary.products.values()}

    def named(self, text: str) -> Mapping[str, float]:
        """The products that go by this very name, with their costs."""
        entry = self.entries.get(text)
        return entry.options if entry is not None and entry.kind is MentionKind.NAME else {}

    def is_partial(self, text: str, entry: Entry) -> bool:
        """Whether a spelling is but a part of a brand."""
        return text in self._spellings.partial and min(entry.options.values(), default=0.0) >= PARTIAL_COST

    @property
    def soft(self) -> frozenset[str]:
        """Names made of general words only (金会员): no names where they end a longer word."""
        return frozenset(self._names.soft)

    def begins_with(self, product_id: str, text: str) -> bool:
        """Whether a brand that stands in the product's name is what the spelling begins with."""
        return any(text.startswith(brand) for brand in self.brands[product_id])

    def brands_in(self, text: str, options: Iterable[str] = ()) -> frozenset[str]:
        """The brands of a spelling's products that it holds; 加油卡 says what it is, not whose. `options`: the
        products of what is no spelling of the catalog, but two that were put together."""
        known = self.entries.get(text)
        return frozenset(
            brand
            for one in (known.options if known is not None else options)
            for brand in self.brands[one]
            if brand in text and self.namer.role_of(brand) is None
        )

    def carriers_of(self, product_id: str) -> frozenset[str]:
        """The carriers that the product's names carry."""
        return frozenset(meaning for role, meaning in self.qualifiers[product_id] if role is Role.CARRIER)

    def is_lettered(self, text: str) -> bool:
        """Whether a spelling is nothing but the names of letters: 优优 for UU."""
        return text in self._spellings.lettered

    def lost_version(self, text: str) -> bool:
        """Whether a spelling is that of a program without its version."""
        return text in self._spellings.versionless

    def is_version_of(self, product_id: str, text: str) -> bool:
        """Whether a program without its version is what the product's name says, with one or without."""
        return any(brand.rstrip("0123456789") == text for brand in self.brands[product_id])

    @property
    def comes_in_forms(self) -> bool:
        """Whether any name may say how the goods come; without one none is sold in two forms."""
        return True

    def kin(self, product_id: str) -> tuple[str, ...]:
        """The products that share a brand with one, itself included."""
        return tuple(
            dict.fromkeys(
                other for brand in self.brands[product_id] for other in self._by_brand.get(brand, ())
            )
        )

    def other_thing(self, text: str, end: int, product_id: str) -> bool:
        """Whether the word of the trade right behind a name that ends at `end` is none of the product's
        own. In a small catalog whoever names the brand means what there is of it."""
        return False

    def near_of_country(self, text: str, country: str) -> bool:
        """Whether goods for a country have a name that is near to something in a text. Here a name with a
        slip has been found by itself."""
        return False

    def like(self, product_id: str) -> Iterable[str]:
        """The products that may be siblings of one: here all."""
        return self._vocabulary.products

    def regions_of(self, product_id: str, spelling: str) -> tuple[str, ...]:
        """The servers of a product that a spelling may mean, by the catalog's own names."""
        regions = self._vocabulary.products[product_id].regions
        return self.region_spellings[regions].get(spelling, ()) if regions else ()


@lru_cache(maxsize=4)
def _unit_spellings(lexicon: Lexicon) -> Mapping[str, tuple[str, ...]]:
    """A unit -> how else it is written: qb for Q币."""
    return {
        word: tuple(one for one in group if len(one) > 1 and one != word)
        for group in lexicon.groups("amounts.units").values()
        for word in group
    }
