"""Every way to say every product of one catalog, written down once when the catalog is compiled.

A spelling leads to an `Entry`: the products that it may mean, with what it would cost to call each
one that. Finding spellings in a message is the business of `nlu/products.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.few_words import FEW, FewWords, Finder
from nlu.lexicon import Lexicon, word_set
from nlu.mention import MentionKind
from nlu.naming import COST, STRONG, Form, Namer, Role, Token
from nlu.normalise import plain
from nlu.regions import spellings_of
from nlu.scripts import all_chinese, is_latin
from nlu.spellings import PARTIAL_COST, QUALIFYING, Spellings
from nlu.vocabulary import ProductWords, Vocabulary

FORMS_PER_PRODUCT_MAX = 400
SHARING_PRODUCTS_MAX = 20_000
"""In larger catalogs names are not looked for inside of longer ones: that would take too long."""
ACRONYM_MIN = 3
"""Fewer letters are no name, not even where a fitting size stands by."""
SHARED_MIN = 3
"""Fewer characters inside of a longer name are no name of their own."""


@dataclass(slots=True)
class Entry:
    """What one spelling means; see `Mention` for the fields."""

    kind: MentionKind
    options: dict[str, float] = field(default_factory=dict)
    thin: bool = True
    role: Role | None = None
    meaning: str = ""
    said: frozenset[str] = frozenset()
    family: str = ""


class NameTable:
    """The spellings of one catalog. Immutable once built; safe to share."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, namer: Namer | None = None, general: bool = True,
        wanted: Callable[[str], bool] | None = None,
    ) -> None:  # fmt: skip
        """`general`: with the words that belong to no product; without them it is part of another table.
        `wanted`: which words need be spelled at all; by default every one."""
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._numerals = word_set(lexicon, "signs.facet_characters", "signs.numeral_characters")
        self.namer = namer or Namer(lexicon)
        self.qualifiers: dict[str, frozenset[tuple[Role, str]]] = {}
        """Product id -> the tiers, countries and carriers that its names carry."""
        self.brands: dict[str, frozenset[str]] = {}
        self._soft: set[str] = set()
        self.families: dict[str, dict[str, float]] = defaultdict(dict)
        self._common = word_set(lexicon, "names.common_words")
        talk = word_set(lexicon, "signs.no_name_characters")
        common = word_set(lexicon, "names.common_words", "names.places")
        names = (
            name for product in vocabulary.products.values() for name in (product.name, *product.aliases)
        )
        own = self.namer.words_of_their_own(names)
        self._spellings = Spellings(self.namer, common, talk, _unit_spellings(lexicon), own, wanted)
        self.entries: dict[str, Entry] = {}
        self._region_spellings: dict[str, dict[str, str]] = {}
        self._notes = self.namer.telling_notes(product.name for product in vocabulary.products.values())
        for product in vocabulary.products.values():
            self._add_product(product)
        self._add_other_words(lexicon.groups("goods.also_called").values())
        self._share_with_longer_names()
        self._add_identities()
        self._share_families()
        if not general:
            return
        self._add_nouns(vocabulary.products.values())
        self._add_qualifiers()
        self._add_regions(vocabulary.products.values(), lexicon)
        self._add_unknown_goods()

    def _add_other_words(self, groups: Iterable[Sequence[str]]) -> None:
        """暖气费 where 集中供暖费 is sold, and nothing that is called 暖气费 itself."""
        products = self._vocabulary.products.values()
        named = {one.product_id: "\n".join(map(plain, (one.name, *one.aliases))) for one in products}
        for words in groups:
            sellers = [one for one, name in named.items() if any(word in name for word in words)]
            for word in words:
                if not any(word in named[one] for one in sellers):
                    for one in sellers:
                        self._add_text(word, one, 0.3, thin=False, said=frozenset())

    def _tokens_of(self, product: ProductWords) -> list[tuple[Token, ...]]:
        """The tokens of its name and of each alias."""
        units = tuple(variant.unit for variant in product.variants)
        telling = self._notes.get(product.name, frozenset())
        return [
            self.namer.tokens(product.name, units, telling),
            *(self.namer.tokens(alias, units) for alias in product.aliases),
        ]

    def _learn_facts(self, product_id: str, named: Sequence[tuple[Token, ...]]) -> None:
        """`named`: the tokens of the name and of each alias."""
        tokens = [token for one in named for token in one]
        self.qualifiers[product_id] = frozenset(
            (token.role, token.meaning)
            for token in tokens
            if token.role in QUALIFYING or token.role is Role.PLAIN_TIER
        )
        self.brands[product_id] = frozenset(token.meaning for token in tokens if token.role in STRONG)

    def _add_product(self, product: ProductWords) -> None:
        named = self._tokens_of(product)
        self._learn_facts(product.product_id, named)
        for name, tokens in zip((product.name, *product.aliases), named, strict=True):
            twins = _in_two_scripts(tokens) | _acronym(tokens)
            for made, form in enumerate(self._spellings.of(tokens)):
                if made >= FORMS_PER_PRODUCT_MAX:
                    break
                self._add_form(
                    product.product_id, form, whole=form.cost == 0 and form.tokens == tokens, twins=twins
                )
            whole = squeezed(plain(name))[0]
            bare = "".join(token.text for token in tokens)
            if not any(token.role in STRONG for token in tokens):
                self._soft.add(bare)
            # One character (瓦) stands for many things: a name only where a fitting size stands by.
            thin = len(whole) == 1 and all_chinese(whole)
            for text in (whole, bare):
                self._add_text(text, product.product_id, 0.0, thin=thin, said=_said(tokens))
        for label in self._own_labels(product):
            # A variant with a name of its own (空月祝福) names its product too.
            self._add_text(label, product.product_id, 0.5, thin=len(label) < 4, said=frozenset())

    def _own_labels(self, product: ProductWords) -> Iterator[str]:
        for variant in product.variants:
            label = plain(variant.label).replace(" ", "")
            if (
                len(label) >= 3
                and all_chinese(label)
                and self.namer.role_of(label) is None
                and not self._counted(label)
            ):
                yield label

    def _counted(self, label: str) -> bool:
        """Whether a label is made of a number or a period, which names no product."""
        return len(label) < 4 and any(character in self._numerals for character in label)

    def _add_form(self, product_id: str, form: Form, whole: bool, twins: frozenset[str]) -> None:
        strong = [token.text for token in form.tokens if token.role in STRONG]
        if not whole and not (strong and all(self._spellings.wants(token.text) for token in form.tokens)):
            return
        text = form.text
        family = "".join(strong)
        cost = form.cost + sum([COST[token.role] for token in form.tokens if token.role not in STRONG])
        options = self.families[family]
        options[product_id] = min(cost, options.get(product_id, cost))
        if len(text) < 2 or (text in self.namer.never_alone and not whole):
            return
        if text in self.namer.words and not whole and self.namer.words[text][0] is not Role.CONTENT:
            return
        thin = len(form.tokens) == 1 and not whole and not self._speaks_for_itself(form.tokens[0])
        if thin and form.cost >= COST[Role.BRAND] and text not in twins:
            return
        self._add_text(text, product_id, form.cost, thin, _said(form.tokens), family)

    def _speaks_for_itself(self, token: Token) -> bool:
        """Whether the word can hardly mean anything but this good."""
        if token.role is Role.UNIT:
            return token.text not in self._common
        if token.role is Role.CONTENT or len(self.namer.brand_spellings(token.meaning)) > 1:
            return len(token.text) >= 2 and token.text not in self._common
        if token.text.isascii():
            return len(token.text) >= 4 and token.text not in self._common
        return token.text == token.meaning and len(token.text) >= 3

    def _add_text(
        self, text: str, product_id: str, cost: float, thin: bool, said: frozenset[str], family: str = ""
    ) -> None:  # fmt: skip
        if text.isdigit() or len(text) < (1 if thin and all_chinese(text) else 2):
            return
        entry = self.entries.get(text)
        if entry is None:
            entry = self.entries[text] = Entry(MentionKind.NAME, said=said)
        entry.family = entry.family or family
        before = entry.options.get(product_id)
        if before is None or cost < before:
            entry.options[product_id] = cost
        entry.thin = entry.thin and thin

    def _add_identities(self) -> None:
        """A product's id may be a word that people type (mgtv), where it is not the name of others too."""
        talk = word_set(self._lexicon, "names.latin_talk")
        for identity in self._vocabulary.products:
            word = identity.lower()
            if word in talk:
                continue  # whoever says hello may only greet
            if word.isascii() and word.isalpha() and len(word) >= 4 and word not in self.namer.words:
                entry = self.entries.get(word)
                if entry is None or entry.options.keys() <= {identity}:
                    self._add_text(word, identity, 0.1, thin=False, said=frozenset())

    def _share_with_longer_names(self) -> None:
        """环球影城 is what 新加坡环球影城 is called, and may be that of 大阪 all the same."""
        if len(self.brands) > SHARING_PRODUCTS_MAX:
            return
        longer = {brand for brands in self.brands.values() for brand in brands if len(brand) > SHARED_MIN}
        short = [word for word in {b for of in self.brands.values() for b in of} if len(word) >= SHARED_MIN]
        short = [word for word in short if all_chinese(word) and word in self.entries]
        finder: Finder = (
            FewWords(short) if len(short) <= FEW else AhoCorasick(short, matchkind=MatchKind.Standard)
        )
        inside = {
            brand: {short[index] for index, _, _ in finder.find_matches_as_indexes(brand, overlapping=True)}
            - {brand}
            for brand in longer
        }
        for product_id, brands in self.brands.items():
            for word in {word for brand in brands for word in inside.get(brand, ())}:
                options = self.entries[word].options
                options.setdefault(product_id, max(COST[Role.COUNTRY], min(options.values(), default=0.0)))

    def _share_families(self) -> None:
        """`steam充值卡` is the form of one product only, but its siblings may be meant all the same."""
        by_brand: dict[str, set[str]] = defaultdict(set)
        for product_id, brands in self.brands.items():
            for brand in brands:
                by_brand[brand].add(product_id)
        self._by_brand = {brand: tuple(sorted(products)) for brand, products in by_brand.items()}
        for text, entry in list(self.entries.items()):
            for brand_text, brand_entry in self._leading_names(text):
                role = self.namer.role_of(text[len(brand_text) :])
                if role is None or role[0] not in (Role.GENERIC, Role.SUBJECT):
                    continue
                if brand_entry is entry or self.is_partial(brand_text, brand_entry):
                    continue
                for product_id, cost in brand_entry.options.items():
                    if product_id not in entry.options:
                        entry.options[product_id] = cost + 0.5
                break

    def _leading_names(self, text: str) -> Iterator[tuple[str, Entry]]:
        for length in range(len(text) - 1, 1, -1):
            entry = self.entries.get(text[:length])
            if entry is not None and entry.kind is MentionKind.NAME:
                yield text[:length], entry

    def _add_nouns(self, products: Iterable[ProductWords]) -> None:
        having: dict[str, dict[str, float]] = defaultdict(dict)
        products = sorted(products, key=lambda product: -product.sales)
        names = [(plain(name), one.product_id) for one in products for name in (one.name, *one.aliases)]
        for product in products:
            units = [variant.unit for variant in product.variants]
            for name in (product.name, product.category, *product.aliases):
                for token in self.namer.tokens(name, units):
                    if token.role in (Role.GENERIC, Role.SUBJECT):
                        for word in (token.text, *self.namer.short_generics.get(token.text, ())):
                            having[word].setdefault(product.product_id, 0.0)
        for word, (role, _) in self.namer.words.items():
            if (
                role in (Role.GENERIC, Role.SUBJECT, Role.CONTENT)
                and len(word) > 1
                and word not in self._common
            ):
                entry = self.entries.get(word)
                sold = having.get(word, {})
                if entry is None and not sold and role is not Role.GENERIC:
                    # The 打车 of 滴滴打车代金券 is a piece of a brand there.
                    sold = dict.fromkeys((one for name, one in names if word in name), 0.0)
                if entry is None and role is Role.CONTENT and not sold:
                    self.entries[word] = Entry(MentionKind.UNKNOWN, thin=False, meaning=word)
                elif entry is None:
                    self.entries[word] = Entry(MentionKind.NOUN, sold, thin=True, role=role, meaning=word)

    def _add_qualifiers(self) -> None:
        for word, (role, meaning) in self.namer.words.items():
            if role in (*QUALIFYING, Role.PLAIN_TIER) and word not in self.entries and len(word) > 1:
                self.entries[word] = Entry(MentionKind.QUALIFIER, role=role, meaning=meaning)
        for word in {note for notes in self._notes.values() for note in notes}:
            self.entries.setdefault(word, Entry(MentionKind.QUALIFIER, role=Role.COUNTRY, meaning=word))

    def _add_regions(self, products: Iterable[ProductWords], lexicon: Lexicon) -> None:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        seen: dict[tuple[str, ...], Mapping[str, tuple[str, ...]]] = {}
        for product in products:
            if not product.regions:
                continue
            if product.regions not in seen:
                seen[product.regions] = spellings_of(product.regions, lexicon)
            for spelling in seen[product.regions]:
                found[spelling][product.product_id] = 0.0
        self.region_spellings = seen
        for spelling, options in found.items():
            entry = self.entries.get(spelling)
            general = self.namer.role_of(spelling)
            if general is not None and general[0] is Role.GENERIC:
                continue
            if entry is None or entry.kind is not MentionKind.NAME:
                self.entries[spelling] = Entry(MentionKind.REGION, options, role=None, meaning=spelling)

    def _add_unknown_goods(self) -> None:
        self._inside_names = self._brands_inside_names()
        sold = {
            form
            for brands in self.brands.values()
            for brand in brands
            for form in self.namer.brand_spellings(brand)
        }
        for brand, spellings in self.namer.brands.items():
            for spelling in spellings:
                entry = self.entries.get(spelling)
                if entry is not None or spelling in sold or spelling in self.namer.never_alone:
                    continue
                if inside := self._inside_names.get(brand):
                    self.entries[spelling] = Entry(
                        MentionKind.NAME, dict(inside), thin=spelling in self._common
                    )
                else:
                    self.entries[spelling] = Entry(
                        MentionKind.UNKNOWN, thin=spelling in self._common, meaning=brand
                    )

        written = "\0".join(
            names for product in self._vocabulary.products.values() for names in _names_of(product)
        )
        for spelling in map(_squeezed_name, self._lexicon.words("brands.others")):
            if spelling not in self.entries and spelling not in written:
                self.entries[spelling] = Entry(MentionKind.UNKNOWN, thin=False, meaning=spelling)

    def _brands_inside_names(self) -> Mapping[str, Mapping[str, float]]:
        """Known brands that stand inside a longer name, however they are said: 知网 in 中国知网充值卡, youku
        for 优酷酷喵会员."""
        of_spelling = {
            form: brand
            for brand, forms in self.namer.brands.items()
            for form in forms
            if len(form) > 1 and not form.isascii() and form not in self.namer.never_alone
        }
        spellings = list(of_spelling)
        automaton = AhoCorasick(spellings, matchkind=MatchKind.LeftmostLongest)
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for product in self._vocabulary.products.values():
            for name in _names_of(product):
                for index, _, _ in automaton.find_matches_as_indexes(name):
                    found[of_spelling[spellings[index]]][product.product_id] = 0.4
        return found

    @property
    def written(self) -> Mapping[str, str]:
        """The products' own names without blanks, to be found by some of their characters."""
        products = self._vocabulary.products.values()
        return {product.product_id: squeezed(plain(product.name))[0] for product in products}

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
        return frozenset(self._soft)

    def begins_with(self, product_id: str, text: str) -> bool:
        """Whether a brand that stands in the product's name is what the spelling begins with."""
        return any(text.startswith(brand) for brand in self.brands[product_id])

    def brands_in(self, text: str) -> frozenset[str]:
        """The brands of a spelling's products that it holds; 加油卡 says what it is, not whose."""
        return frozenset(
            brand
            for one in self.entries[text].options
            for brand in self.brands[one]
            if brand in text and self.namer.role_of(brand) is None
        )

    def carriers_of(self, product_id: str) -> frozenset[str]:
        """The carriers that the product's names carry."""
        return frozenset(meaning for role, meaning in self.qualifiers[product_id] if role is Role.CARRIER)

    def lost_version(self, text: str) -> bool:
        """Whether a spelling is that of a program without its version."""
        return text in self._spellings.versionless

    def is_version_of(self, product_id: str, text: str) -> bool:
        """Whether a program without its version is what the product's name says, with one or without."""
        return any(brand.rstrip("0123456789") == text for brand in self.brands[product_id])

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


def squeezed(text: str) -> tuple[str, list[int]]:
    """`text` without blanks, hyphens (T-Mobile) and 那个 (苹果那个充值卡), and where each character stood; one
    more entry holds the end."""
    parted = [found.start() for found in _PARTED.finditer(text)]
    if not parted:
        return text, [*range(len(text) + 1)]
    gone = {at for found in _POINTING.finditer(text) for at in range(*found.span())}
    gone.update([at for at in parted if _unsaid(text, at)])
    places = [at for at in range(len(text)) if at not in gone]
    return "".join([text[at] for at in places]), [*places, len(text)]


def _unsaid(text: str, at: int) -> bool:
    """Whether a blank, a 的 or a hyphen only parts what belongs together."""
    if text[at] == "的":
        return _inner(text, at)
    return text[at] == " " or (is_latin(text[at - 1 : at]) and is_latin(text[at + 1 : at + 2]))


_PARTED = re.compile("[ 的-]")


def _squeezed_name(name: str) -> str:
    return squeezed(plain(name))[0]


def _names_of(product: ProductWords) -> Iterator[str]:
    yield from map(_squeezed_name, (product.name, *product.aliases))


_POINTING = re.compile("(?<=[\u4e00-\u9fffa-z])的?那个(?=[\u4e00-\u9fffa-z])")


def _inner(text: str, at: int) -> bool:
    """Whether a 的 stands between two words of a name: 知网的卡."""
    return 0 < at < len(text) - 1 and _wordy(text[at - 1]) and _wordy(text[at + 1])


def _wordy(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or is_latin(character)


def _said(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset([token.meaning for token in tokens if token.role in QUALIFYING])


def _acronym(tokens: tuple[Token, ...]) -> set[str]:
    """IDM of IDM下载器激活码: letters in front of what the goods are name them."""
    first = tokens[0] if len(tokens) > 1 else None
    named = first is not None and first.role is Role.BRAND and all(map(is_latin, first.text))
    return {first.text} if first is not None and named and len(first.text) >= ACRONYM_MIN else set()


def _in_two_scripts(tokens: tuple[Token, ...]) -> frozenset[str]:
    """A brand that a name gives in Chinese and again in Latin (诺顿 Norton): either half names it."""
    found: set[str] = set()
    for one, other in pairwise(tokens):
        both = one.role is Role.BRAND and other.role is Role.BRAND
        if (
            both
            and all_chinese(one.text) != all_chinese(other.text)
            and is_latin(one.text[0]) != is_latin(other.text[0])
        ):
            found |= {
                token.text for token in (one, other) if len(token.text) <= 4 and all_chinese(token.text)
            }
    return frozenset(found)
