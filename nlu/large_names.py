"""The names of a large catalog: only those that a message may hold are spelled out, when it comes.

Spelling out every way to say every product takes 20 entries a product, which a catalog of a hundred
thousand pays for in seconds and gigabytes. Here the words that belong to no product are compiled
once; the products that share characters with a message (`nlu/shortlist.py`) are compiled for it, and
kept for the next one that names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import partial_ratio, partial_ratio_alignment

from nlu.entries import Entry
from nlu.lexicon import Lexicon
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.naming import Namer
from nlu.normalise import plain
from nlu.page import Page
from nlu.parts import Parts
from nlu.products import Names
from nlu.regions import spellings_of
from nlu.roles import STRONG, Role
from nlu.shared_names import SHARED_MIN
from nlu.shortlist import SELLERS_MAX, Shortlist
from nlu.sounds import heard, initials, pinyin
from nlu.squeezing import squeezed, squeezed_name
from nlu.vocabulary import ProductWords, Vocabulary

PARTS_KEPT = 8
"""Messages whose names stay spelled out: one is read a few times, but soon; each takes 0.2 MB."""
PRODUCTS_KEPT = 4096
WORD_MAX = 6
"""The longest word of the trade that says what kind of thing a brand's goods are."""
LIKELY_MIN = 60.0
"""How like a product's name a stretch must be, of 100, to stand among the choices of a question."""
GUESSED_MIN = 75.0
"""How like it must be to be taken for a name that was misspelled, and asked about."""
GUESSES_MAX = 8
LOOKED_AT_CLOSELY = 24
SLIP_COST = 2.0
"""What a slip of the finger speaks against a name, where each of its characters speaks for it by one."""
VAIN_MAX = 3
"""Of more characters between the words of talk and a name not all are slips."""
_LATIN = re.compile("[a-z]")


class LargeTable(NameTable):
    """What a `NameTable` tells of products, worked out for each when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        super().__init__(Vocabulary.compile(()), lexicon)
        self._vocabulary = vocabulary
        self.shortlist = Shortlist(vocabulary.products.values(), self.namer)
        self._servers = lru_cache(maxsize=PRODUCTS_KEPT)(lambda regions: spellings_of(regions, lexicon))
        self._kin = lru_cache(maxsize=PRODUCTS_KEPT)(self._kin_of)
        self._strong_words = lru_cache(maxsize=PRODUCTS_KEPT)(self._strong_words_of)
        self.qualifiers = _Facts(self._learn_of)
        self.brands = _Facts(self._learn_of)
        self._settle_general_words()
        self._add_servers(product for product in vocabulary.products.values() if product.regions)

    def _settle_general_words(self) -> None:
        """Words and brands that stand in a name of the catalog are not unknown here."""
        forms = {form: forms for forms in self.namer.brands.values() for form in forms}
        for word, entry in list(self.entries.items()):
            role = self.namer.role_of(word)
            if entry.kind is MentionKind.NOUN:
                entry.options = self.shortlist.sellers.get(word, {})
            elif entry.kind is MentionKind.UNKNOWN and role is not None and role[0] is Role.CONTENT:
                if word in self.shortlist.sold:
                    self.entries[word] = Entry(MentionKind.NOUN, thin=True, role=role[0], meaning=word)
            elif entry.kind is MentionKind.UNKNOWN and not self.shortlist.sold.isdisjoint(
                forms.get(word, ())
            ):
                del self.entries[word]

    def _add_servers(self, products: Iterable[ProductWords]) -> None:
        having: dict[tuple[str, ...], dict[str, float]] = {}
        for product in products:
            owners = having.setdefault(product.regions, {})
            if len(owners) < SELLERS_MAX:
                owners[product.product_id] = 0.0
        for regions, owners in having.items():
            for spelling in self._servers(regions):
                role = self.namer.role_of(spelling)
                if role is None or role[0] is not Role.GENERIC:
                    entry = self.entries.get(spelling)
                    known = entry.options if entry is not None and entry.kind is MentionKind.REGION else {}
                    self.entries[spelling] = Entry(
                        MentionKind.REGION, {**known, **owners}, role=None, meaning=spelling
                    )

    def other_thing(self, text: str, end: int, product_id: str) -> bool:
        product = self._vocabulary.products[product_id]
        written = squeezed_name(product.name + product.category)
        behind = squeezed(text[end : end + WORD_MAX])[0]
        for length in range(len(behind), 1, -1):
            role = self.namer.role_of(behind[:length])
            if role is not None and role[0] in (Role.GENERIC, Role.SUBJECT, Role.UNIT):
                labels = "".join(variant.label for variant in product.variants)
                return behind[:length] not in written + plain(labels)
        return False

    def part(self, product_ids: Iterable[str], text: str) -> NameTable:
        """The spellings of a few products that the (squeezed) text may hold, without the general words."""
        few = (self._vocabulary.products[product_id] for product_id in product_ids)
        wanted = cache(_Held(text).may_be)
        table = NameTable(Vocabulary.compile(few), self._lexicon, self.namer, general=False, wanted=wanted)
        for name in table.written.values():
            # Next to each name there are longer ones here that it is a piece of: said whole it means itself.
            if (entry := table.entries.get(name)) is not None:
                whole = {one: cost for one, cost in entry.options.items() if cost == 0}
                entry.options = whole or entry.options
        if len(self.brands) > PRODUCTS_KEPT:
            self.qualifiers.clear()
            self.brands.clear()
        self.qualifiers.update(table.qualifiers)
        self.brands.update(table.brands)
        return table

    def _learn_of(self, product_id: str) -> None:
        self._learn_facts(product_id, self._names.tokens_of(self._vocabulary.products[product_id]))

    def held(self, product_ids: Iterable[str], text: str) -> tuple[str, ...]:
        """Those of the products of which the (squeezed) text may hold a spelling, be it with one slip or
        by sound. Most that share a few characters with it need not be spelled out."""
        held = _Held(text)
        return tuple(
            product_id
            for product_id in product_ids
            if any(held.may_be(word) or held.shares(word) for word in self._strong_words(product_id))
        )

    def _strong_words_of(self, product_id: str) -> tuple[str, ...]:
        """Every spelling of the product holds one of these words."""
        product = self._vocabulary.products[product_id]
        words = [
            word for tokens in self._names.tokens_of(product) for word in self._spellings.strong_words(tokens)
        ]
        return tuple(dict.fromkeys((*words, *self._names.own_labels(product), product_id.lower())))

    def near_of_country(self, text: str, country: str) -> bool:
        near = self.shortlist.near(squeezed(text)[0])[:GUESSES_MAX]
        return any((Role.COUNTRY, country) in self.qualifiers[one] for one in near)

    @property
    def soft(self) -> _Soft:
        return _Soft(self.namer)

    @property
    def written(self) -> Mapping[str, str]:
        return {}  # too many names hold the same characters

    def named(self, text: str) -> Mapping[str, float]:
        return self.part(self.shortlist.of(text), text).named(text)

    def like(self, product_id: str) -> Iterable[str]:
        return self.shortlist.of(squeezed(self._vocabulary.products[product_id].name.lower())[0])

    @property
    def comes_in_forms(self) -> bool:
        # Whose kin are looked through costs as much as to find the goods: a quarter of what a new name costs.
        return not self.shortlist.sold.isdisjoint(self.namer.delivery_words.all)

    def kin(self, product_id: str) -> tuple[str, ...]:
        return self._kin(product_id)

    def _kin_of(self, product_id: str) -> tuple[str, ...]:
        mine = self.brands[product_id]
        written = ((one, plain(self._vocabulary.products[one].name)) for one in self.like(product_id))
        alike = (one for one, name in written if any(brand in name for brand in mine))
        return tuple(dict.fromkeys((product_id, *(one for one in alike if self.brands[one] & mine))))

    def name_of(self, product_id: str) -> str:
        """The name of a product as its shop writes it."""
        return self._vocabulary.products[product_id].name

    def regions_of(self, product_id: str, spelling: str) -> tuple[str, ...]:
        regions = self._vocabulary.products[product_id].regions
        return self._servers(regions).get(spelling, ()) if regions else ()


class _Held:
    """What one (squeezed) text holds, for leaving out what it cannot."""

    def __init__(self, text: str) -> None:
        self._text, self._sounds = text, heard(text)
        self._characters, self._each_sound = frozenset(text), frozenset(self._sounds)
        self._latin = _LATIN.search(text) is not None

    def may_be(self, word: str) -> bool:
        """Whether a word may stand in the text, with one slip, by its sound, its pinyin or its initials."""
        if len(frozenset(word) - self._characters) <= 1 or heard(word) in self._sounds:
            return True
        text = self._text
        return self._latin and ((pinyin(word) or word) in text or initials(word) in text)

    def shares(self, word: str) -> bool:
        """Whether as many sounds of a word stand anywhere in the text as make a name of their own."""
        return len(self._each_sound.intersection(heard(word))) >= SHARED_MIN


_NAMED = (MentionKind.NAME, MentionKind.UNKNOWN)


class LargeNames(Names):
    """Finds the names of one large catalog. Safe to share."""

    table: LargeTable
    dense = True

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        table = LargeTable(vocabulary, lexicon)
        self._lexicon = lexicon
        super().__init__(table, lexicon, Parts((), lexicon, table.namer.words))
        self._part = lru_cache(maxsize=PARTS_KEPT)(self._part_of)

    def read(self, page: Page) -> tuple[Mention, ...]:
        text = page.rest()
        written = squeezed(text)[0]
        found = self.table.held(self.table.shortlist.of(text), written)
        mentions = self._part(tuple(sorted(found)), written).read(page)
        if any(mention.kind in _NAMED for mention in mentions):
            return mentions
        guess = self._guessed(page)
        if guess is None:
            return mentions
        beside = (one for one in mentions if one.end <= guess.start or one.start >= guess.end)
        return tuple(sorted((*beside, guess), key=lambda mention: mention.start))

    def _guessed(self, page: Page) -> Mention | None:
        """Where no name was understood, what is near enough to names to be asked about."""
        text, places = squeezed(page.rest())
        likenesses = self._likenesses(text, places)
        near = [(likeness, one) for likeness, one in likenesses if likeness >= GUESSED_MIN]
        if not near:
            return None
        where = partial_ratio_alignment(self._squeezed(near[0][1]), text)
        if where is None or where.dest_start == where.dest_end:
            return None
        start, end = places[where.dest_start], places[where.dest_end - 1] + 1
        options = {one: near[0][0] - likeness for likeness, one in near[:GUESSES_MAX]}
        return Mention(
            start, end, text[where.dest_start : where.dest_end], MentionKind.NAME, options,
            Closeness.TYPO, family=options,
        )  # fmt: skip

    def likely(self, text: str) -> tuple[str, ...]:
        return tuple(one for _, one in self._likenesses(*squeezed(plain(text))))

    def _likenesses(self, written: str, places: Sequence[int]) -> list[tuple[float, str]]:
        """How like the names of products are to something in a squeezed text, written and spoken; likest
        first. `places`: where its characters stood, since nobody breaks off inside of a name."""
        spoken = heard(written)
        found = []
        for product_id in self.table.shortlist.near(written):
            name = self._squeezed(product_id)
            likeness = (partial_ratio(name, written) + partial_ratio(heard(name), spoken)) / 2
            if likeness >= LIKELY_MIN:
                found.append((likeness, product_id))
        found.sort(key=lambda one: -one[0])
        closest = found[:LOOKED_AT_CLOSELY]
        breaks = [at for at in range(1, len(written)) if places[at] - places[at - 1] > 1]
        begins = [*breaks, *self.parts.begins(written)] if len(closest) > 1 else []
        closest.sort(key=lambda one: _unlikeness(self._squeezed(one[1]), written, spoken, begins))
        return closest + found[LOOKED_AT_CLOSELY:]

    def _squeezed(self, product_id: str) -> str:
        return squeezed_name(self.table.name_of(product_id))

    def _part_of(self, product_ids: tuple[str, ...], text: str) -> _Part:
        return _Part(self, self.table.part(product_ids, text), self._lexicon)


def _unlikeness(name: str, text: str, sounds: str, begins: Sequence[int]) -> tuple[float, int]:
    """How much speaks against a name in a text: the slips of the finger between it and what is likest to
    it there, where one that sounds right counts half, less what they have in common; and of what kind they
    are: it is likelier that a character was swapped, doubled or left out than that just this other one was
    typed. `begins`: where talk ends; what stands between there and the name was typed in vain."""
    where = partial_ratio_alignment(name, text)
    if where is None:
        return float(len(name)), len(name)
    starts = set(range(where.dest_start - 1, where.dest_start + 2))
    starts |= {at for at in begins if where.dest_start - VAIN_MAX <= at <= where.dest_start + 1}
    sound = heard(name)
    least = (float("inf"), 0)
    for start in starts:
        vain = min(start - max((at for at in begins if at <= start), default=start), VAIN_MAX)
        for end in range(where.dest_end - 1, where.dest_end + 3):
            if 0 <= start < end:
                typed = text[start:end]
                slips = OSA.distance(name, typed) + OSA.distance(sound, sounds[start:end])
                foreign = sum(character not in name for character in typed)
                least = min(least, (slips / 2 + vain, foreign))
    lacking = sum(character not in text for character in name)
    return SLIP_COST * least[0] - len(name), lacking + 2 * least[1]


class _Part(Names):
    """The names of a few products, together with the general words of their catalog."""

    passing = True

    def __init__(self, whole: Names, table: NameTable, lexicon: Lexicon) -> None:
        super().__init__(table, lexicon, whole.parts)
        self._whole = whole

    def spelled(self, text: str, edges: frozenset[int]) -> list[Mention]:
        general = self._whole.spelled(text, edges)
        return super().spelled(text, edges) + [one for one in general if one.text not in self.table.entries]

    def heard(self, text: str, edges: frozenset[int]) -> list[Mention]:
        own, general = super().heard(text, edges), self._whole.heard(text, edges)
        mine, known = self.table.entries, self._whole.table.entries
        return [one for one in own if text[one.start : one.end] not in known] + [
            one for one in general if text[one.start : one.end] not in mine
        ]

    def misspelled(
        self, text: str, taken: bytearray, edges: frozenset[int], others: Sequence[Mention]
    ) -> list[Mention]:
        own = super().misspelled(text, taken, edges, others)
        return own + self._whole.misspelled(text, taken, edges, others)


class _Facts(dict[str, Any]):
    """Facts of products that were asked for; `learn` puts those of one more in here."""

    def __init__(self, learn: Callable[[str], None]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, product_id: str) -> Any:
        self._learn(product_id)
        return dict.__getitem__(self, product_id)

    def get(self, product_id: str, default: Any = None) -> Any:
        return self[product_id]


class _Soft(frozenset[str]):
    """Names made of general words only, told by their words."""

    def __new__(cls, namer: Namer) -> _Soft:
        made = super().__new__(cls)
        made._namer = namer  # type: ignore[attr-defined]
        return made

    def __contains__(self, text: object) -> bool:
        tokens = self._namer.tokens(str(text))  # type: ignore[attr-defined]
        return not any(token.role in STRONG for token in tokens)
