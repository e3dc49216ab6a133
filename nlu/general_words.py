"""Words in a table of names that belong to no product alone: kinds of goods, tiers, servers, brands not sold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.alternations import either
from nlu.entries import Entries, Entry
from nlu.lexicon import Lexicon, word_set
from nlu.mention import MentionKind
from nlu.naming import Namer
from nlu.normalise import plain
from nlu.regions import spellings_of
from nlu.roles import QUALIFYING, Role
from nlu.scripts import all_chinese
from nlu.sounds import pinyin
from nlu.squeezing import names_of, squeezed_name
from nlu.trade_words import without_blanks
from nlu.vocabulary import ProductWords

ServerSpellings = Mapping[tuple[str, ...], Mapping[str, tuple[str, ...]]]
"""The servers of a product -> each of their spellings -> those that it may mean."""

SPOKEN_MIN = 5
"""Less pinyin is any word."""
SPOKEN_MAX = 3
"""Longer brands are found by the pinyin of their names."""
INSIDE_COST = 0.4
"""What it costs to call a product by a known brand inside of its name."""


class GeneralWords:
    """Files these words for one catalog."""

    def __init__(
        self, entries: Entries, namer: Namer, lexicon: Lexicon, products: Collection[ProductWords]
    ) -> None:
        self._entries, self._namer, self._lexicon, self._products = entries, namer, lexicon, products
        self._common = word_set(lexicon, "names.common_words")

    def add_nouns(self) -> None:
        """会员, 点券; those that no name here has anything of are goods that are not sold."""
        by_sales = sorted(self._products, key=lambda product: -product.sales)
        having = self._having_kind(by_sales)
        names = [(plain(name), one.product_id) for one in by_sales for name in (one.name, *one.aliases)]
        for word, (role, _) in self._namer.words.items():
            if (
                role in (Role.GENERIC, Role.SUBJECT, Role.CONTENT)
                and len(word) > 1
                and word not in self._common
                and word not in self._entries
            ):
                sold = having.get(word, {})
                if not sold and role is not Role.GENERIC:
                    # The 打车 of 滴滴打车代金券 is a piece of a brand there.
                    sold = dict.fromkeys((one for name, one in names if word in name), 0.0)
                if role is Role.CONTENT and not sold:
                    self._entries[word] = Entry(MentionKind.UNKNOWN, thin=False, meaning=word)
                else:
                    self._entries[word] = Entry(MentionKind.NOUN, sold, thin=True, role=role, meaning=word)

    def _having_kind(self, products: Iterable[ProductWords]) -> Mapping[str, dict[str, float]]:
        """What goods are -> the products that are so, in their order."""
        having: dict[str, dict[str, float]] = defaultdict(dict)
        for product in products:
            units = [variant.unit for variant in product.variants]
            for name in (product.name, product.category, *product.aliases):
                for token in self._namer.tokens(name, units):
                    if token.role in (Role.GENERIC, Role.SUBJECT):
                        for word in (token.text, *self._namer.short_generics.get(token.text, ())):
                            having[word].setdefault(product.product_id, 0.0)
        return having

    def add_qualifiers(self, notes: Iterable[str]) -> None:
        """白金, 港服, 移动. `notes`: words that tell siblings apart in the brackets of their names."""
        for word, (role, meaning) in self._namer.words.items():
            if role in (*QUALIFYING, Role.PLAIN_TIER) and word not in self._entries and len(word) > 1:
                self._entries[word] = Entry(MentionKind.QUALIFIER, role=role, meaning=meaning)
        for word in notes:
            self._entries.setdefault(word, Entry(MentionKind.QUALIFIER, role=Role.COUNTRY, meaning=word))

    def add_servers(self) -> ServerSpellings:
        """天空岛; returns how the servers of each product are spelled."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        seen: dict[tuple[str, ...], Mapping[str, tuple[str, ...]]] = {}
        for product in self._products:
            if not product.regions:
                continue
            if product.regions not in seen:
                seen[product.regions] = spellings_of(product.regions, self._lexicon)
            for spelling in seen[product.regions]:
                found[spelling][product.product_id] = 0.0
        for spelling, options in found.items():
            entry = self._entries.get(spelling)
            general = self._namer.role_of(spelling)
            if general is not None and general[0] is Role.GENERIC:
                continue
            if entry is None or entry.kind is not MentionKind.NAME:
                self._entries[spelling] = Entry(MentionKind.REGION, options, role=None, meaning=spelling)
        return seen

    def add_other_brands(self, sold: Iterable[str]) -> None:
        """Well-known brands, as names of what is sold under them or else as goods of others. `sold`: the
        brands that products here are called by."""
        inside = self._brands_inside_names()
        ours = {form for brand in sold for form in self._namer.brand_spellings(brand)}
        for brand, spellings in self._namer.brands.items():
            for spelling in spellings:
                if spelling in self._entries or spelling in ours or spelling in self._namer.never_alone:
                    continue
                thin = spelling in self._common
                if options := inside.get(brand):
                    self._entries[spelling] = Entry(MentionKind.NAME, dict(options), thin=thin)
                else:
                    self._entries[spelling] = Entry(MentionKind.UNKNOWN, thin=thin, meaning=brand)
        self._add_in_pinyin(inside)
        names = [name for product in self._products for name in names_of(product)]
        written = "\0".join(names)
        for spelling in map(squeezed_name, self._lexicon.words("brands.others")):
            if spelling not in self._entries and not (spelling in written or self._is_ours(spelling, names)):
                self._entries[spelling] = Entry(MentionKind.UNKNOWN, thin=False, meaning=spelling)

    def _add_in_pinyin(self, inside: Mapping[str, Mapping[str, float]]) -> None:
        """fandeng of 樊登讲书: a known brand inside of a name as it is said."""
        for brand, options in inside.items():
            for spelling in self._namer.brands[brand]:
                short = len(spelling) <= SPOKEN_MAX and all_chinese(spelling)
                spoken = pinyin(spelling) if short and spelling not in self._common else None
                if spoken is not None and len(spoken) >= SPOKEN_MIN and spoken not in self._entries:
                    self._entries[spoken] = Entry(MentionKind.NAME, dict(options), thin=False)

    def _is_ours(self, spelling: str, names: Iterable[str]) -> bool:
        """Whether a known good is but another way to say what goes by one of `names`: B站会员, where the
        哔哩哔哩大会员 is sold."""
        brands = (
            (brand, form)
            for brand, forms in self._namer.brands.items()
            for form in forms
            if spelling.startswith(form)
        )
        return any(
            self._is_kind(rest) and rest in name and any(form in name for form in self._namer.brands[brand])
            for brand, form in brands
            if (rest := spelling[len(form) :])
            for name in names
        )

    def _is_kind(self, word: str) -> bool:
        role = self._namer.role_of(word)
        return role is not None and role[0] is Role.GENERIC

    def _brands_inside_names(self) -> Mapping[str, Mapping[str, float]]:
        """Known brands that stand inside a longer name, however they are said: 知网 in 中国知网充值卡, youku
        for 优酷酷喵会员."""
        of_spelling = {
            form: brand
            for brand, forms in self._namer.brands.items()
            for form in forms
            if len(form) > 1 and not form.isascii() and form not in self._namer.never_alone
        }
        spellings = list(of_spelling)
        automaton = AhoCorasick(spellings, matchkind=MatchKind.LeftmostLongest)
        in_words = self._brands_in_words()
        words = re.compile(rf"(?<![a-z0-9]){either(in_words)}(?![a-z0-9])")
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for product in self._products:
            for name in names_of(product):
                for index, _, _ in automaton.find_matches_as_indexes(name):
                    found[of_spelling[spellings[index]]][product.product_id] = INSIDE_COST
            for name in (product.name, *product.aliases):
                for phrase in words.findall(plain(name)):
                    found[in_words[phrase]][product.product_id] = INSIDE_COST
        return found

    def _brands_in_words(self) -> Mapping[str, str]:
        """Known brands of several Latin words, as they stand in names: the game pass of Xbox Game Pass."""
        groups = self._lexicon.groups("brands.brands")
        return {
            plain(form): without_blanks(brand)
            for brand, forms in groups.items()
            for form in (brand, *forms)
            if " " in form and form.isascii()
        }
