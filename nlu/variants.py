"""Which size of a product is meant. Sizes are exact: never rounded, never made up from others.

What a variant can be called is read once from its face value and its label with the same readers
that read messages, so that 1台1年 is both one computer and twelve months.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from nlu.amounts import Amount, AmountKind, Units, single
from nlu.amounts import read as read_amounts
from nlu.label_words import label_words, stands_in
from nlu.labels_said import LabelsSaid
from nlu.lexicon import Lexicon
from nlu.normalise import normalise, plain
from nlu.page import Mark, Page
from nlu.periods import LIFETIME
from nlu.size import MONEY_UNITS, PERIOD_UNITS, SENSELESS_UNITS, Size, as_amount, is_compound
from nlu.size_matching import between, fitting, nearest, plainest
from nlu.understanding import Measure
from nlu.vocabulary import VariantWords, Vocabulary

OPTIONS_MAX = 8
PRODUCTS_KEPT = 4096
"""Of so many products the sizes stay read; those of the others are read again when they are named."""


@dataclass(frozen=True, slots=True)
class VariantReading:
    """Exactly one of: `sku_id`, an open choice of `options`, or `unavailable` with the nearest
    as `options`."""

    sku_id: str | None = None
    options: tuple[str, ...] = ()
    unavailable: bool = False


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The sizes of one product."""

    sizes: tuple[Size, ...]
    words: Mapping[str, tuple[str, ...]]
    lasting: tuple[Amount, ...]
    """How long it lasts by its name (一日票, 永久), where that tells none of its variants apart."""


class Sizes:
    """The sizes of every product of a catalog, read when they are first asked for. Safe to share."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, units: Units) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._units = units
        tiers = (lexicon.groups(name) for name in ("goods.premium", "goods.plain_tier", "goods.country"))
        self._general = frozenset(
            (
                *lexicon.words("aside.talk"),
                *lexicon.words("names.common_words"),
                *lexicon.words("goods.generic"),
                *lexicon.words("goods.subject"),
                *(word for tier in tiers for words in tier.values() for word in words),
            )
        )
        """Words that are read elsewhere, and no short form of a label."""
        self._labelled: dict[tuple[str, Decimal, str], Size] = {}
        """The first size with such a label: thousands of goods are sold by 月卡 and 年卡."""
        self._shelf = lru_cache(maxsize=PRODUCTS_KEPT)(self._shelf_of)
        self.periods_of = lru_cache(maxsize=PRODUCTS_KEPT)(self._periods_of)
        seen = {
            (variant.label, variant.face_value, variant.unit): variant
            for product in vocabulary.products.values()
            for variant in product.variants
        }
        sizes = [*map(self._size, seen.values())]
        words = {word for size in sizes for word, _ in size.said if _is_label(word)}
        whole = {size.label for size in sizes if is_compound(size)}
        self._labels_said = LabelsSaid(sorted(whole | {word for word in words if not self._sized(word)}))

    def labels_in(
        self, text: str, product_ids: Iterable[str], edges: Container[int] = ()
    ) -> Iterator[tuple[int, int, str]]:
        """`(start, end, word)` of the words in a text that tell variants of these products apart. `edges`: where
        blanks stood in it."""
        found = self._labels_said.find(text, edges)
        known = [self.words(product_id) for product_id in product_ids] if found else []
        for start, end, word in found:
            if any(word in words for words in known):
                yield start, end, word

    def _sized(self, word: str) -> bool:
        """Whether a word holds a number with a unit, which is read as such."""
        marks = self._amounts_of(normalise(word))
        return any(mark.value.kind is not AmountKind.BARE for mark in marks)

    def _amounts_of(self, label: Page) -> list[Mark[Amount]]:
        """The numbers of a label; 单次 is its word."""
        return [mark for mark in read_amounts(label, self._lexicon, self._units) if not single(mark.value)]

    def _said_of(self, size: Size) -> Iterator[tuple[str, int]]:
        """What `Size.said` is for a label."""
        if is_compound(size):
            yield size.label, 0
        yield from ((word, 0) for word in _short_labels(size))
        sizes = [amount.text.replace(" ", "") for amount in size.more if amount.kind is not AmountKind.BARE]
        yield from ((w, part) for w, part in label_words(size.label, sizes) if w not in self._general)

    def _size(self, variant: VariantWords) -> Size:
        key = (variant.label, variant.face_value, variant.unit)
        if key not in self._labelled:
            page = normalise(variant.label)
            marks = self._amounts_of(page)
            word = list(page.text)
            for mark in marks:
                word[mark.start : mark.end] = "\0" * (mark.end - mark.start)
            rest = "".join(word).replace("\0", "").replace(" ", "")
            more = tuple(mark.value for mark in marks if mark.value.exact)
            label = plain(variant.label).replace(" ", "")
            size = Size(variant.sku_id, variant.face_value, variant.unit, Decimal(0), label, more, rest)
            self._labelled[key] = replace(size, said=tuple(self._said_of(size)))
        like = self._labelled[key]
        return Size(
            variant.sku_id,
            variant.face_value,
            variant.unit,
            Decimal(variant.list_price_fen) / 100,
            like.label,
            like.more,
            like.word,
            like.said,
        )

    def _shelf_of(self, product_id: str) -> _Shelf:
        product = self._vocabulary.products[product_id]
        sizes = tuple(self._size(variant) for variant in product.variants)
        by_time = any(size.unit in PERIOD_UNITS or any(map(_is_period, size.more)) for size in sizes)
        return _Shelf(
            sizes,
            self._tell_apart(
                sizes,
                plain("\0".join((product.name, *product.regions))).replace(" ", ""),
                plain("\0".join((product.name, *product.aliases))).replace(" ", ""),
            ),
            tuple(
                amount
                for amount in self.periods_of(product.name)
                if amount.units == (LIFETIME,) or not by_time
            ),
        )

    def of(self, product_id: str) -> tuple[Size, ...]:
        return self._shelf(product_id).sizes

    def units_of(self, variant: VariantWords) -> tuple[str, ...]:
        """The unit that a variant is sold in, and those that its label counts in."""
        size = self._labelled[variant.label, variant.face_value, variant.unit]
        return (variant.unit, *(unit for part in size.more for unit in part.units))

    def words(self, product_id: str) -> Mapping[str, tuple[str, ...]]:
        """Words that tell this product's variants apart (个人版, 单杯) -> the SKUs that they fit."""
        return self._shelf(product_id).words

    def _tell_apart(
        self, sizes: tuple[Size, ...], known: str, called: str
    ) -> Mapping[str, tuple[str, ...]]:  # fmt: skip
        """`known`: the product's own name and places. `called`: its name and aliases, which may list its
        variants."""
        whole_words = [[word for word, part in size.said if not part] for size in sizes]
        # 中杯/大杯饮品券, or goods that are also called 舰长 and 提督: what is listed is told apart by it.
        lists = sum(any(_is_label(word) and word in called for word in words) for words in whole_words) > 1
        listed = {word for words in whole_words for word in words} if lists else frozenset()
        found: dict[str, dict[str, int]] = {}
        for size in sizes:
            for word, part in size.said:
                if word not in listed and stands_in(word, known):
                    # 100元话费 of 话费充值: the goods' own name and places tell nothing apart.
                    continue
                skus = found.setdefault(word, {})
                skus[size.sku_id] = min(skus.get(size.sku_id, part), part)
        # 真题 is what is called so, and not a bundle that holds it too.
        whole = {
            word: [sku for sku, part in skus.items() if part == min(skus.values())]
            for word, skus in found.items()
        }
        return {
            word: tuple(skus) for word, skus in whole.items() if len(skus) < len(sizes) or len(sizes) == 1
        }

    def agree(self, product_id: str, words: Iterable[str]) -> bool:
        """Whether some variant has all of the words."""
        having = [frozenset(self.words(product_id)[word]) for word in words]
        return bool(having) and bool(frozenset.intersection(*having))

    def fit(self, product_id: str, amounts: Iterable[Amount], words: Iterable[str] = ()) -> VariantReading:
        """The variant that every amount and word fits."""
        shelf = self._shelf(product_id)
        sizes = shelf.sizes
        left = list(sizes)
        said = False
        asked: Amount | None = None
        for word in words:
            left = [size for size in left if size.sku_id in shelf.words.get(word, ())]
            said = True
        amounts = tuple(amounts)
        for amount in amounts:
            if any(amount.units == of_name.units and amount.low == of_name.low for of_name in shelf.lasting):
                continue
            amount = self._of_its_kind(product_id, amount)
            said = True
            asked = asked or amount
            if not amount.exact:
                told = [size for size in left if not size.more and amount.text in size.label]
                if len(told) == 1 and amount.low == amount.high:
                    left = told  # 近20年 is what its label says too
                    continue
                near = [size for size in left if between(size, amount)]
                return VariantReading(options=_ids(near or left))
            named = fitting(amount, sizes)
            left = [size for size in left if size in named]
        left = plainest(left, amounts) or left
        if len(left) == 1 and (said or len(sizes) == 1):
            return VariantReading(sku_id=left[0].sku_id)
        if left:
            return VariantReading(options=_ids(left))
        return VariantReading(options=_ids(nearest(sizes, asked)), unavailable=True)

    def _of_its_kind(self, product_id: str, amount: Amount) -> Amount:
        """肯德基50券: what the goods are is no unit that they are counted in, where they are sold by money."""
        kind = amount.text[-1:]
        if amount.kind is not AmountKind.SIZE or kind not in _ENDINGS:
            return amount
        product = self._vocabulary.products[product_id]
        by_money = all(size.unit in MONEY_UNITS for size in self.of(product_id))
        called_so = any(name.endswith(kind) for name in (product.name, *product.aliases))
        return replace(amount, kind=AmountKind.BARE, units=()) if by_money and called_so else amount

    def _periods_of(self, name: str) -> tuple[Amount, ...]:
        """The periods that a name of goods says (魔兽月卡)."""
        marks = read_amounts(normalise(name), self._lexicon, self._units)
        return tuple(
            mark.value for mark in marks if mark.value.kind is AmountKind.PERIOD and mark.value.exact
        )

    def fit_measure(self, product_id: str, measure: Measure) -> VariantReading:
        """The variant for a size that was said before the product was."""
        if measure.value is None:
            words = [word for word in self.words(product_id) if word in plain(measure.text)]
            if words:
                return self.fit(product_id, (), words[:1])
            return VariantReading(options=_ids(self.of(product_id)))
        return self.fit(product_id, (as_amount(measure),))


def _is_period(amount: Amount) -> bool:
    return amount.kind is AmountKind.PERIOD


def _is_label(word: str) -> bool:
    return len(word) >= 2 and not word.isdigit()


_ENDINGS = ("券", "卡", "版", "包", "套餐", "票", "款", "装")


def _short_labels(size: Size) -> Iterator[str]:
    """The label without its numbers, and how it is said shorter: 单杯券 is 单杯, 列车补给凭证 is 补给凭证."""
    whole = size.word if size.more else size.label
    if len(whole) < 2 or whole.isdigit():
        return
    yield whole
    for ending in _ENDINGS:
        if whole.endswith(ending) and len(whole) - len(ending) >= 2 and ending != "版":
            yield whole[: -len(ending)]
    if len(whole) >= 6:
        yield whole[-4:]
        yield whole[:4]


def _ids(sizes: Iterable[Size]) -> tuple[str, ...]:
    return tuple(size.sku_id for size in sizes)[:OPTIONS_MAX]


def vocabulary_units(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """A product that is its own unit (Q币) lends the unit its aliases (QB, 扣币), a label its measure word
    (6颗源石)."""
    found: dict[str, dict[str, None]] = {unit: {} for unit in vocabulary.units if unit not in SENSELESS_UNITS}
    for product in vocabulary.products.values():
        for unit in {variant.unit for variant in product.variants} & found.keys():
            if plain(unit) == plain(product.name):
                found[unit] |= dict.fromkeys(product.aliases)
        for variant in product.variants:
            counted = _COUNTED_UNIT.fullmatch(plain(variant.label))
            if variant.unit in found and counted is not None and counted[1] == plain(variant.unit):
                found[variant.unit][plain(variant.label).lstrip("0123456789")] = None
    return {unit: tuple(spellings) for unit, spellings in found.items()}


_COUNTED_UNIT = re.compile(r"\d+[\u4e00-\u9fff]([\u4e00-\u9fff]{2,})")
"""A label of a number, a measure word and the unit."""
