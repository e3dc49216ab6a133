"""What is sold here, as far as other readers ask: in which sizes and units, to which recipients.

Which of it a line means is decided in `nlu/goods.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from nlu.amounts import Amount, AmountKind
from nlu.carrier_bound import CarrierBound
from nlu.delivery_forms import DeliveryForms
from nlu.label_words import stands_in
from nlu.labelled import labelled
from nlu.mention import Mention
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.siblings import Siblings
from nlu.size import MONEY_UNITS, PERIOD_UNITS, SENSELESS_UNITS
from nlu.variants import OPTIONS_MAX, Sizes
from nlu.vocabulary import Vocabulary

EQUAL_SHORT_WITHIN = 1.1
"""Products whose names cost this much more than the best are still equally meant, where nobody goes by the
name alone: each is short of a word that tells it apart."""
AMOUNTS_MAX = 50
"""More sizes than this never belong to one line, not even if it says the same again and again."""
SELLERS_MAX = 500
"""By a unit alone no more products are thought of than this, the best selling first."""


class Assortment:
    """The goods of one catalog. Immutable; safe to share."""

    def __init__(
        self, vocabulary: Vocabulary, table: NameTable, sizes: Sizes, topup: str, destinations: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """`topup`: what the plain phone top-up is called. `destinations`: words in front of a place for
        which goods are wanted."""
        self._vocabulary, self._table, self.sizes = vocabulary, table, sizes
        self.carriers = CarrierBound(vocabulary, table, sizes)
        self.forms = DeliveryForms(vocabulary, table)
        self.siblings = Siblings(vocabulary, table, destinations)
        self.topup = table.named(topup)
        self._charges = plain(topup)
        self._unit_sellers = self._sellers_of_units()

    def _sellers_of_units(self) -> dict[str, list[str]]:
        """Unit -> the products that are counted in it, the best selling first."""
        sellers: dict[str, list[str]] = {}
        for product in sorted(self._vocabulary.products.values(), key=lambda product: -product.sales):
            own = (variant.unit for variant in product.variants)
            parts = (unit for variant in product.variants for unit in self.sizes.units_of(variant)[1:])
            for unit in dict.fromkeys((*own, *parts)):
                of_unit = sellers.setdefault(unit, [])
                if len(of_unit) < SELLERS_MAX:
                    of_unit.append(product.product_id)
        return sellers

    def told_by(self, mention: Mention) -> bool:
        """Whether any goods are told from others by such a tier, in their name or in a size."""
        told = (mention.role, mention.meaning)
        return any(told in carried for carried in self._table.qualifiers.values()) or any(
            mention.meaning in size.label for one in self._vocabulary.products for size in self.sizes.of(one)
        )

    def fits(self, mention: Mention, amounts: Iterable[Amount]) -> bool:
        """Whether any product of a mention is sold in such a size."""
        amounts = tuple(amounts)
        return bool(amounts) and any(
            not self.sizes.fit(product_id, amounts).unavailable for product_id in mention.options
        )

    def sold_in(self, product_id: str, amounts: tuple[Amount, ...]) -> bool:
        """Whether a product is sold in such a size."""
        return not self.sizes.fit(product_id, amounts).unavailable

    def together(self, product_ids: tuple[str, ...] | None, amounts: tuple[Amount, ...]) -> bool:
        """Whether the amounts can be sizes of one thing: 10G月包, 1台一年, 100元100."""
        if len(amounts) > AMOUNTS_MAX:
            return False
        if len({(amount.kind, amount.low, amount.units) for amount in amounts}) <= 1:
            return True
        if product_ids is None:
            sellers = self.sellers_by_size(amounts[:1])
            if sellers and any(not self.sizes.fit(one, amounts).unavailable for one in sellers):
                return True
            return len({amount.kind for amount in amounts}) == len(amounts) and any(
                amount.kind is AmountKind.PERIOD for amount in amounts
            )
        return any(not self.sizes.fit(product_id, amounts).unavailable for product_id in product_ids)

    def all_of(self, product_id: str, amounts: tuple[Amount, ...]) -> tuple[str, ...]:
        """Every variant that one of several amounts names: the choices of 50还是100."""
        found: dict[str, None] = {}
        for amount in amounts:
            reading = self.sizes.fit(product_id, (amount,))
            if not reading.unavailable:
                found |= dict.fromkeys((reading.sku_id,) if reading.sku_id else reading.options)
        return tuple(found)[:OPTIONS_MAX]

    def tops_up_by(self, amounts: tuple[Amount, ...]) -> bool:
        """Whether the plain top-up of telephones is sold in such a size."""
        return any(self.sold_in(one, amounts) for one in self.topup)

    def credit_of(self, carrier: str, amounts: tuple[Amount, ...]) -> Mapping[str, float]:
        """移动100: of what is the carrier's and sold in this size, where all of that is credit."""
        if not self.topup or not amounts:
            return {}
        sold = [one for one in self.carriers.goods_of(carrier) if self.sold_in(one, amounts)]
        return {one: self.topup[one] for one in sold} if self.topup.keys() >= set(sold) else {}

    def period_in_name(self, mention: Mention) -> tuple[Amount, ...]:
        """The period that a name carries (魔兽月卡): what is meant where no other was said."""
        # The 14 of ff14月卡 counts the games, not the months.
        return self.sizes.periods_of(_NAME_NUMBER.sub("", mention.text))

    def lasts(self, product_id: str) -> bool:
        """Whether the goods are sold by how long they last."""
        return all(size.unit in PERIOD_UNITS for size in self.sizes.of(product_id))

    def sells_by(self, product_ids: Iterable[str], amount: Amount) -> bool:
        """Whether one of the products counts in the unit of this amount at all."""
        return not self.counted_in(product_ids).isdisjoint(amount.units)

    def counted_in(self, product_ids: Iterable[str]) -> frozenset[str]:
        """The units that the products are counted in, by themselves or by their labels."""
        sizes = [size for product_id in product_ids for size in self.sizes.of(product_id)]
        units = {unit for size in sizes for part in size.more for unit in part.units}
        return frozenset(units.union(size.unit for size in sizes))

    def sold_singly(self, product_ids: Iterable[str], amount: Amount) -> bool:
        """Whether the products are counted in the unit of an amount, and each is one of it: 2本, 3份."""
        if amount.kind is not AmountKind.SIZE or not amount.units or not amount.exact:
            return False
        sizes = [size for product_id in product_ids for size in self.sizes.of(product_id)]
        return bool(sizes) and all(
            size.unit in amount.units and size.face_value == 1 and size.unit not in _MEASURING
            for size in sizes
        )

    def counts_itself(self, product_ids: tuple[str, ...], amount: Amount) -> bool:
        """Whether the goods are counted in themselves (Q币, 点券) and sold in this number."""
        return any(
            size.unit not in _OUTER_UNITS
            and (size.face_value == amount.low or self._is_its_own_unit(product_id, size.unit))
            for product_id in product_ids
            for size in self.sizes.of(product_id)
        )

    def _is_its_own_unit(self, product_id: str, unit: str) -> bool:
        """Whether goods go by the unit that they are counted in: Q币, and the B币 of 哔哩哔哩B币充值."""
        return len(unit) > 1 and plain(unit) in self.siblings.written(product_id)

    def words_of(self, product_id: str) -> Mapping[str, tuple[str, ...]]:
        """The words that tell the variants of a product apart."""
        return self.sizes.words(product_id)

    def labels_in(self, text: str, product_id: str) -> Iterator[tuple[int, int, str]]:
        """Where such words stand in a squeezed text."""
        return self.sizes.labels_in(text, (product_id,))

    def sized_in(self, product_id: str, text: str) -> bool:
        """Whether a word that tells variants of the product apart (单杯, 个人版) stands in the text."""
        return any(stands_in(word, text) for word in self.sizes.words(product_id))

    def labelled(self, text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The mentions, with the labels of variants as qualifiers (家庭和企业版, 大杯)."""
        return labelled(text, mentions, self.sizes)

    def own_words(self, text: str, names: Iterable[Mention], left: Set[int]) -> Set[int]:
        """Of what is left over, the places beside a name that only say more of it."""
        return self.siblings.own_words(text, names, left)

    def counts_in_names(self, text: str, names: Iterable[Mention], start: int, end: int) -> bool:
        """Whether a count is but a piece of a longer name than was read."""
        return any(self.siblings.counts_in(text, mention, start, end) for mention in names)

    def of_carrier(self, product_id: str) -> bool:
        """Whether a product is one of several carriers': the number says which of them is meant."""
        return bool(self._table.carriers_of(product_id))

    def charges_phones(self, product_id: str) -> bool:
        """Whether the goods are a top-up of a telephone, whatever the catalog calls its number: those of
        other countries are no numbers of ours."""
        product = self._vocabulary.products[product_id]
        return self._charges in plain(product.name) or self._charges in plain(product.category)

    def account_kinds(self, mentions: Iterable[Mention]) -> frozenset[str]:
        """The kinds of recipients that the goods of these names need."""
        return frozenset(
            self._vocabulary.products[product_id].account_kind
            for mention in mentions
            for product_id, cost in mention.options.items()
            if cost <= min(mention.options.values()) + EQUAL_SHORT_WITHIN
        )

    def sellers_by_size(self, amounts: tuple[Amount, ...]) -> Mapping[str, float]:
        """680点券: the products that are counted in 点券."""
        for amount in amounts:
            if amount.kind in (AmountKind.SIZE, AmountKind.CURRENCY):
                sellers: dict[str, float] = {}
                for unit in amount.units:
                    if unit not in SENSELESS_UNITS:
                        sellers |= dict.fromkeys(self._unit_sellers.get(unit, ()), 0.0)
                if sellers:
                    return sellers
        return {}

    def names_by_unit(self, product_ids: Iterable[str], amount: Amount) -> bool:
        """Whether a unit that only these products have is as good as their name: 60创世结晶."""
        own = list(product_ids)
        return amount.kind is AmountKind.SIZE and any(
            self._unit_sellers.get(unit, []) == own for unit in amount.units
        )


_OUTER_UNITS = MONEY_UNITS | PERIOD_UNITS | SENSELESS_UNITS | {"GB", "MB", "TB", "台", "杯", "G"}
"""Units that measure goods from outside: five of them are five, not the size of one."""

_MEASURING = frozenset(_OUTER_UNITS) - SENSELESS_UNITS - {"杯"}

_NAME_NUMBER = re.compile(r"(?<=[a-z\u4e00-\u9fff])\d+(?= ?[月季年周]卡)")
