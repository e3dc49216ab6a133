"""Which product is meant: names found in a message, exact first, by sound and spelling where left.

All forms of all names are one automaton, run once over the message. What it finds is a `Mention`:
the products that it may be, with what it would cost to call each one that. Deciding between them
waits until sizes, regions and numbers are known (`nlu/goods.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.lexicon import Lexicon
from nlu.naming import COST, STRONG, Form, Namer, Role, Token
from nlu.normalise import plain
from nlu.page import Page
from nlu.sounds import heard, initials, pinyin
from nlu.typos import Misspellings
from nlu.vocabulary import ProductWords, Vocabulary

FORMS_PER_PRODUCT_MAX = 400
_CARD = re.compile("[季年周半]卡")
"""A period never belongs to what only sounds like a name."""
PARTIAL_COST = 0.3
"""What it costs to say a brand by its first or last characters alone. Such forms are never guessed at."""


class MentionKind(Enum):
    NAME = "name"
    """It names a product, or one of few siblings."""
    NOUN = "noun"
    """It only says what kind of thing: 会员, 点券."""
    UNKNOWN = "unknown"
    """A well-known good that this shop does not sell."""
    QUALIFIER = "qualifier"
    """A tier, country or carrier standing by itself: 白金, 港服, 移动."""
    REGION = "region"
    """A server of one of the products."""


class Closeness(Enum):
    """How a name was recognised; the value is the sureness that this leaves."""

    EXACT = 1.0
    PARTIAL = 0.9
    SOUND = 0.85
    TYPO = 0.8


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found at `start:end` of the page's text."""

    start: int
    end: int
    text: str
    kind: MentionKind
    options: Mapping[str, float] = field(default_factory=dict)
    """Product id -> what it costs to call it this. For regions: product id -> 0."""
    closeness: Closeness = Closeness.EXACT
    thin: bool = False
    """A word that may mean something else (世界, 滴滴): a name only where a fitting size stands by."""
    role: Role | None = None
    meaning: str = ""
    """Of a qualifier: which. Of a region: its squeezed spelling. Of an unknown good: its brand."""
    said: frozenset[str] = frozenset()
    """Meanings of the tiers, countries and carriers inside the name."""
    family: Mapping[str, float] = field(default_factory=dict)
    """The options that the name has without its tiers and countries."""


@dataclass(slots=True)
class _Entry:
    kind: MentionKind
    options: dict[str, float] = field(default_factory=dict)
    thin: bool = True
    role: Role | None = None
    meaning: str = ""
    said: frozenset[str] = frozenset()
    family: str = ""


class Names:
    """Every way to say every product of one catalog. Immutable once built; safe to share."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._numerals = frozenset(lexicon.words("signs.facet_characters")) | frozenset(
            lexicon.words("signs.numeral_characters")
        )
        self.namer = Namer(lexicon)
        self.qualifiers: dict[str, frozenset[tuple[Role, str]]] = {}
        """Product id -> the tiers, countries and carriers that its names carry."""
        self.brands: dict[str, frozenset[str]] = {}
        self._soft: set[str] = set()
        self._partial: set[str] = set()
        self._families: dict[str, dict[str, float]] = defaultdict(dict)
        self._common = frozenset(map(plain, lexicon.words("names.common_words")))
        self._entries: dict[str, _Entry] = {}
        self._region_spellings: dict[str, dict[str, str]] = {}
        for product in vocabulary.products.values():
            self._add_product(product)
        self._share_families()
        self._add_nouns(vocabulary.products.values())
        self._add_qualifiers()
        self._add_regions(vocabulary.products.values(), lexicon)
        self._add_unknown_goods()
        self._patterns = list(self._entries)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.Standard)
        self._build_fuzzy()

    # -- building -------------------------------------------------------------------------

    def _add_product(self, product: ProductWords) -> None:
        units = tuple(variant.unit for variant in product.variants)
        carried: set[tuple[Role, str]] = set()
        brands: set[str] = set()
        name_tokens = self.namer.tokens(product.name, units)
        for at, name in enumerate((product.name, *product.aliases)):
            tokens = self.namer.tokens(name, units) if at else name_tokens
            if not at or not any(token.role is Role.TIER for token in tokens):
                carried |= {(token.role, token.meaning) for token in tokens if token.role in _QUALIFYING}
            brands |= {token.meaning for token in tokens if token.role in STRONG}
            for made, form in enumerate(self._spellings(tokens, own=at == 0)):
                if made >= FORMS_PER_PRODUCT_MAX:
                    break
                self._add_form(product.product_id, form, whole=form.cost == 0 and form.tokens == tokens)
            whole = squeezed(plain(name))[0]
            bare = "".join(token.text for token in tokens)
            if not any(token.role in STRONG for token in tokens):
                self._soft.add(bare)
            for text in (whole, bare):
                self._add_text(text, product.product_id, 0.0, thin=False, said=_said(tokens))
        for variant in product.variants:
            label = plain(variant.label).replace(" ", "")
            if (
                len(label) >= 3
                and _chinese(label)
                and self.namer.role_of(label) is None
                and not self._counted(label)
            ):
                # A variant with a name of its own (空月祝福) names its product too.
                self._add_text(label, product.product_id, 0.5, thin=len(label) < 4, said=frozenset())
        for tokens in [self.namer.tokens(alias, units) for alias in product.aliases]:
            carried |= {(token.role, token.meaning) for token in tokens if token.role in _QUALIFYING}
        identity = product.product_id
        if (
            identity.isascii()
            and identity.isalpha()
            and len(identity) >= 4
            and identity not in self.namer.words
        ):
            self._add_text(identity.lower(), identity, 0.1, thin=False, said=frozenset())
        self.qualifiers[product.product_id] = frozenset(carried)
        self.brands[product.product_id] = frozenset(brands)

    def _counted(self, label: str) -> bool:
        """Whether a label is made of a number or a period, which names no product."""
        return len(label) < 4 and any(character in self._numerals for character in label)

    def _spellings(self, tokens: tuple[Token, ...], own: bool) -> Iterator[Form]:
        """The forms of a name with each token written in its several ways."""
        for form in self.namer.forms(tokens):
            yield form
            yield from self._with_qualifier_in_front(form)
            yield from self._respelled(form)

    def _with_qualifier_in_front(self, form: Form) -> Iterator[Form]:
        """国区steam, 慢充话费: what sets a product apart may stand before its name."""
        for at, token in enumerate(form.tokens):
            if at and token.role in _QUALIFYING:
                tokens = (token, *form.tokens[:at], *form.tokens[at + 1 :])
                yield Form("".join(part.text for part in tokens), form.cost, tokens)

    def _respelled(self, form: Form) -> Iterator[Form]:
        for at, token in enumerate(form.tokens):
            for spelling, cost in self._other_spellings(token, alone=len(form.tokens) == 1):
                changed = Token(spelling, token.role, token.meaning)
                tokens = (*form.tokens[:at], changed, *form.tokens[at + 1 :])
                partial = cost == PARTIAL_COST
                respelled = Form("".join(part.text for part in tokens), form.cost + cost, tokens)
                if partial:
                    self._partial.add(respelled.text)
                yield respelled
                if token.role is Role.BRAND:
                    for behind, generic in enumerate(tokens[at + 1 :], at + 1):
                        for short in self.namer.short_generics.get(generic.text, ()):
                            both = (
                                *tokens[:behind],
                                Token(short, Role.GENERIC, generic.meaning),
                                *tokens[behind + 1 :],
                            )
                            shorter = Form("".join(part.text for part in both), form.cost + cost + 0.1, both)
                            if partial:
                                self._partial.add(shorter.text)
                            yield shorter

    def _other_spellings(self, token: Token, alone: bool) -> Iterator[tuple[str, float]]:
        if token.role is Role.GENERIC:
            for short in self.namer.short_generics.get(token.text, ()):
                yield short, 0.1
        elif token.role is Role.BRAND:
            for spelling in self.namer.brand_spellings(token.text):
                if spelling != token.text:
                    yield spelling, 0.05
            if _chinese(token.text) and len(token.text) >= 4:
                for length in range(2, len(token.text)):
                    company = token.text[:length] in self.namer.never_alone
                    if company and self.namer.role_of(token.text[length:]) is None:
                        # 百度 of 百度文库 is a company; only what is about something (视频) goes unsaid.
                        continue
                    if not (alone and token.text[:length] in self._common):
                        yield token.text[:length], PARTIAL_COST
                if len(token.text) >= 5:
                    yield token.text[-4:], PARTIAL_COST
            if not alone and _chinese(token.text) and len(token.text) >= 2:
                yield initials(token.text), 0.3
        elif token.role in (Role.TIER, Role.COUNTRY, Role.CARRIER):
            for spelling, (role, meaning) in self.namer.words.items():
                if role is token.role and meaning == token.meaning and spelling != token.text:
                    yield spelling, 0.05

    def _add_form(self, product_id: str, form: Form, whole: bool) -> None:
        if not form.strong and not whole:
            return
        text = form.text
        family = "".join(token.text for token in form.tokens if token.role in STRONG)
        cost = form.cost + sum(COST[token.role] for token in form.tokens if token.role not in STRONG)
        options = self._families[family]
        options[product_id] = min(cost, options.get(product_id, cost))
        if len(text) < 2 or (text in self.namer.never_alone and not whole):
            return
        if text in self.namer.words and not whole and self.namer.words[text][0] is not Role.CONTENT:
            return
        thin = len(form.tokens) == 1 and not whole and not self._speaks_for_itself(form.tokens[0])
        if thin and form.cost >= COST[Role.BRAND]:
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
        if len(text) < 2 or text.isdigit():
            return
        entry = self._entries.get(text)
        if entry is None:
            entry = self._entries[text] = _Entry(MentionKind.NAME, said=said)
        entry.family = entry.family or family
        before = entry.options.get(product_id)
        if before is None or cost < before:
            entry.options[product_id] = cost
        entry.thin = entry.thin and thin

    def _share_families(self) -> None:
        """`steam充值卡` is the form of one product only, but its siblings may be meant all the same."""
        by_brand: dict[str, set[str]] = defaultdict(set)
        for product_id, brands in self.brands.items():
            for brand in brands:
                by_brand[brand].add(product_id)
        self._by_brand = {brand: tuple(sorted(products)) for brand, products in by_brand.items()}
        for text, entry in list(self._entries.items()):
            for brand_text, brand_entry in self._leading_names(text):
                if brand_entry is entry or brand_text == text:
                    continue
                tail = text[len(brand_text) :]
                role = self.namer.role_of(tail)
                if role is None or role[0] not in (Role.GENERIC, Role.SUBJECT):
                    continue
                for product_id, cost in brand_entry.options.items():
                    if product_id not in entry.options:
                        entry.options[product_id] = cost + 0.5
                break

    def _leading_names(self, text: str) -> Iterator[tuple[str, _Entry]]:
        for length in range(len(text) - 1, 1, -1):
            entry = self._entries.get(text[:length])
            if entry is not None and entry.kind is MentionKind.NAME:
                yield text[:length], entry

    def _add_nouns(self, products: Iterable[ProductWords]) -> None:
        having: dict[str, dict[str, float]] = defaultdict(dict)
        products = tuple(products)
        names = [plain(name) for product in products for name in (product.name, *product.aliases)]
        for product in sorted(products, key=lambda product: -product.sales):
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
                entry = self._entries.get(word)
                sold = having.get(word) or any(word in name for name in names)
                if entry is None and role is Role.CONTENT and not sold:
                    self._entries[word] = _Entry(MentionKind.UNKNOWN, meaning=word)
                elif entry is None:
                    self._entries[word] = _Entry(
                        MentionKind.NOUN, having.get(word, {}), thin=True, role=role, meaning=word
                    )

    def _add_qualifiers(self) -> None:
        for word, (role, meaning) in self.namer.words.items():
            if role in _QUALIFYING and word not in self._entries and (len(word) > 1):
                self._entries[word] = _Entry(MentionKind.QUALIFIER, role=role, meaning=meaning)

    def _add_regions(self, products: Iterable[ProductWords], lexicon: Lexicon) -> None:
        from nlu.regions import spellings_of

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
            entry = self._entries.get(spelling)
            general = self.namer.role_of(spelling)
            if general is not None and general[0] is Role.GENERIC:
                continue
            if entry is None or entry.kind is not MentionKind.NAME:
                self._entries[spelling] = _Entry(MentionKind.REGION, options, role=None, meaning=spelling)

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
                entry = self._entries.get(spelling)
                if entry is not None or spelling in sold or spelling in self.namer.never_alone:
                    continue
                inside = self._inside_names.get(spelling) if spelling not in self._common else None
                if inside:
                    self._entries[spelling] = _Entry(MentionKind.NAME, dict(inside), thin=False)
                else:
                    self._entries[spelling] = _Entry(MentionKind.UNKNOWN, meaning=brand)

    def _brands_inside_names(self) -> Mapping[str, Mapping[str, float]]:
        """Known brands that stand inside a longer name: 知网 in 中国知网充值卡."""
        spellings = [
            form
            for forms in self.namer.brands.values()
            for form in forms
            if len(form) > 1 and not form.isascii()
        ]
        automaton = AhoCorasick(spellings, matchkind=MatchKind.Standard)
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for product in self._vocabulary.products.values():
            for name in (product.name, *product.aliases):
                for index, _, _ in automaton.find_matches_as_indexes(
                    squeezed(plain(name))[0], overlapping=True
                ):
                    found[spellings[index]][product.product_id] = 0.4
        return found

    def _build_fuzzy(self) -> None:
        names = {
            text: entry
            for text, entry in self._entries.items()
            if (entry.kind is MentionKind.NAME and not entry.thin and not self._is_partial(text, entry))
            or (entry.kind is MentionKind.UNKNOWN and len(text) > 3)
        }
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_pinyin: dict[str, list[str]] = defaultdict(list)
        for text in names:
            if _chinese_count(text) >= 2:
                self._by_sound[heard(text)].append(text)
                spoken = pinyin(text)
                if spoken is not None and len(spoken) >= 4:
                    self._by_pinyin[spoken].append(text)
            if _chinese(text) and len(text) >= 3:
                short = initials(text)
                if short not in self._entries:
                    self._by_pinyin[short].append(text)
        self._sounds = list(self._by_sound)
        self._sound_automaton = AhoCorasick(self._sounds, matchkind=MatchKind.Standard)
        self._latin = list(self._by_pinyin)
        self._latin_automaton = AhoCorasick(self._latin, matchkind=MatchKind.Standard)
        self._typos = Misspellings((text for text in names if len(text) >= 3), self._lexicon)

    def named(self, text: str) -> Mapping[str, float]:
        """The products that go by this very name, with their costs."""
        entry = self._entries.get(text)
        return entry.options if entry is not None and entry.kind is MentionKind.NAME else {}

    def _is_partial(self, text: str, entry: _Entry) -> bool:
        return text in self._partial and min(entry.options.values(), default=0.0) >= PARTIAL_COST

    @property
    def soft(self) -> frozenset[str]:
        """Names made of general words only (金会员): no names where they end a longer word."""
        return frozenset(self._soft)

    def kin(self, product_id: str) -> tuple[str, ...]:
        """The products that share a brand with one, itself included."""
        return tuple(
            dict.fromkeys(
                other for brand in self.brands[product_id] for other in self._by_brand.get(brand, ())
            )
        )

    def regions_of(self, product_id: str, spelling: str) -> tuple[str, ...]:
        """The servers of a product that a spelling may mean, by the catalog's own names."""
        regions = self._vocabulary.products[product_id].regions
        return self.region_spellings[regions].get(spelling, ()) if regions else ()

    # -- reading ---------------------------------------------------------------------------

    def read(self, page: Page) -> tuple[Mention, ...]:
        """All names in what is still free, left to right, none overlapping. Claims nothing."""
        text, places = squeezed(page.rest())
        edges = frozenset(at for at in range(1, len(text)) if places[at] - places[at - 1] > 1)
        exact = self._exact(text, edges)
        chosen = _longest(self._with_sound(text, exact, edges))
        taken = bytearray(len(text))
        for mention in chosen:
            if mention.kind is not MentionKind.REGION:
                continue
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        if not any(mention.kind is MentionKind.NAME for mention in chosen) or _unread(text, taken):
            chosen = _longest([*chosen, *self._misspelled(text, taken)])
        return tuple(_moved(mention, places) for mention in sorted(chosen, key=lambda mention: mention.start))

    def _exact(self, text: str, edges: frozenset[int]) -> list[Mention]:
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if not _bounded(text, start, end, edges):
                continue
            found.append(self._mention(self._patterns[index], start, end, Closeness.EXACT))
        return found

    def _mention(self, pattern: str, start: int, end: int, closeness: Closeness) -> Mention:
        entry = self._entries[pattern]
        return Mention(
            start,
            end,
            pattern,
            entry.kind,
            entry.options,
            closeness,
            entry.thin,
            entry.role,
            entry.meaning,
            entry.said,
            self._families.get(entry.family, {}),
        )

    def _with_sound(self, text: str, exact: list[Mention], edges: frozenset[int]) -> list[Mention]:
        """Names that sound as typed count where nothing exact covers as much."""
        found = list(exact)
        for index, start, end in self._sound_automaton.find_matches_as_indexes(heard(text), overlapping=True):
            typed = text[start:end]
            if (
                typed in self._entries
                or _CARD.search(typed)
                or not self._typos.same_facets(typed, self._by_sound[self._sounds[index]][0])
                or not _bounded(text, start, end, edges)
                or "\0" in typed
            ):
                continue
            if end - start == 2 and typed in self._common:
                continue
            found.append(self._heard(self._by_sound[self._sounds[index]], start, end))
        for index, start, end in self._latin_automaton.find_matches_as_indexes(text, overlapping=True):
            if _bounded(text, start, end, edges) and text[start:end] not in self._common:
                found.append(self._heard(self._by_pinyin[self._latin[index]], start, end))
        return found

    def _heard(self, patterns: list[str], start: int, end: int) -> Mention:
        closeness = Closeness.SOUND
        merged: dict[str, float] = {}
        for pattern in patterns:
            for product_id, cost in self._entries[pattern].options.items():
                merged[product_id] = min(cost, merged.get(product_id, cost))
        entry = self._entries[patterns[0]]
        short = end - start == 2
        return Mention(
            start,
            end,
            patterns[0],
            self._entries[patterns[0]].kind,
            merged,
            closeness,
            short,
            None,
            "",
            entry.said,
            self._families.get(entry.family, {}),
        )

    def _misspelled(self, text: str, taken: bytearray) -> Iterator[Mention]:
        for start, end, patterns in self._typos.read(text, taken):
            merged: dict[str, float] = {}
            for pattern in patterns:
                for product_id, cost in self._entries[pattern].options.items():
                    merged[product_id] = min(cost, merged.get(product_id, cost))
            entry = self._entries[patterns[0]]
            family = self._families.get(entry.family, {})
            yield Mention(
                start,
                end,
                patterns[0],
                self._entries[patterns[0]].kind,
                merged,
                Closeness.TYPO,
                False,
                None,
                "",
                entry.said,
                family,
            )


_QUALIFYING = frozenset({Role.TIER, Role.COUNTRY, Role.CARRIER})


def squeezed(text: str) -> tuple[str, list[int]]:
    """`text` without blanks, and where each character stood; one more entry holds the end."""
    places = [
        at
        for at, character in enumerate(text)
        if character != " " and not (character == "的" and _inner(text, at))
    ]
    return "".join(text[at] for at in places), [*places, len(text)]


def _inner(text: str, at: int) -> bool:
    """Whether a 的 stands between two words of a name: 知网的卡."""
    return 0 < at < len(text) - 1 and _wordy(text[at - 1]) and _wordy(text[at + 1])


def _wordy(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or _latin(character)


def _moved(mention: Mention, places: list[int]) -> Mention:
    return replace(mention, start=places[mention.start], end=places[mention.end - 1] + 1)


def _longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Of mentions that overlap the longest stands; of equally long ones the surer."""
    order = {
        kind: at
        for at, kind in enumerate(
            (
                MentionKind.NAME,
                MentionKind.REGION,
                MentionKind.UNKNOWN,
                MentionKind.QUALIFIER,
                MentionKind.NOUN,
            )
        )
    }

    def rank(mention: Mention) -> tuple[float, float, int, int]:
        reach = mention.end - mention.start
        penalty = {Closeness.EXACT: 0.0, Closeness.PARTIAL: 0.5, Closeness.SOUND: 0.9, Closeness.TYPO: 1.2}[
            mention.closeness
        ]
        return (-(reach - penalty), -mention.closeness.value, order[mention.kind], mention.start)

    chosen: list[Mention] = []
    occupied: set[int] = set()
    for mention in sorted(mentions, key=rank):
        places = range(mention.start, mention.end)
        if occupied.isdisjoint(places):
            chosen.append(mention)
            occupied.update(places)
    return chosen


def _bounded(text: str, start: int, end: int, edges: frozenset[int]) -> bool:
    """A latin name counts only where no latin letter continues it; `edges` are where blanks stood."""
    before = "" if start in edges else text[start - 1 : start]
    after = "" if end in edges else text[end : end + 1]
    if (text[end - 1].isdigit() and after.isdigit()) or (text[start].isdigit() and before.isdigit()):
        return False
    return not (_latin(text[start]) and _latin(before)) and not (_latin(text[end - 1]) and _latin(after))


def _unread(text: str, taken: bytearray) -> bool:
    run = 0
    for character, done in zip(text, taken, strict=True):
        run = run + 1 if not done and ("\u4e00" <= character <= "\u9fff" or _latin(character)) else 0
        if run >= 3:
            return True
    return False


def _said(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.meaning for token in tokens if token.role in _QUALIFYING)


def _latin(character: str) -> bool:
    return character != "" and "a" <= character <= "z"


def _chinese(text: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in text)


def _chinese_count(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


__all__ = ["Closeness", "Mention", "MentionKind", "Names", "squeezed"]
