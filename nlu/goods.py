"""Which product and size are meant, decided together: what one leaves open the other may settle.

Facets are exact; only names may be fuzzy. Where two readings fit equally well both stay open, and
the customer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from nlu.amounts import Amount, AmountKind
from nlu.label_words import stands_in
from nlu.labelled import labelled
from nlu.mention import Closeness, Mention, MentionKind
from nlu.naming import Role
from nlu.normalise import plain
from nlu.products import Names
from nlu.siblings import Siblings
from nlu.understanding import LineInHand
from nlu.variants import (
    MONEY_UNITS,
    OPTIONS_MAX,
    PERIOD_UNITS,
    SENSELESS_UNITS,
    Sizes,
    VariantReading,
    as_amount,
)
from nlu.vocabulary import Vocabulary

EQUAL_WITHIN = 0.6
"""Products whose names cost this much more than the best are still equally meant."""
EQUAL_SHORT_WITHIN = 1.1
"""The same where nobody goes by the name alone: each is short of a word that tells it apart."""
AMOUNTS_MAX = 50
"""More sizes than this never belong to one line, not even if it says the same again and again."""
SELLERS_MAX = 500
"""By a unit alone no more products are thought of than this, the best selling first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that was said of the goods of one line."""

    mention: Mention | None = None
    noun: Mention | None = None
    qualifiers: tuple[tuple[Role, str], ...] = ()
    refused: tuple[tuple[Role, str], ...] = ()
    """Tiers that are not wanted: 不要慢充."""
    amounts: tuple[Amount, ...] = ()
    nearby: str = ""
    """The characters of the line, for words that tell variants apart (个人版)."""
    around: str = ""
    """The whole message, where the line is its only one."""
    regions: tuple[str, ...] = ()
    """Spellings of servers that were said."""
    carrier: str | None = None
    """Of the number to be charged."""
    account_kind: str | None = None
    """What the recipient was called, if it was called anything."""
    labels: tuple[str, ...] = ()
    """Words of the variants' labels that were said, those taken back left out."""
    scraps: str = ""
    """Characters in and around the line that nobody understood."""
    beside: str = ""
    """Those of them that all but touch the name."""
    behind: str = ""
    """What stands right behind the name."""
    requalified: bool = False
    tops_up: bool = False
    """充/交/缴 with a mobile number or a contact: with no product named it is the plain phone top-up."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`product_id` None: open, with `product_options`. The variant likewise."""

    product_id: str | None = None
    product_options: tuple[str, ...] = ()
    variant: VariantReading = field(default_factory=VariantReading)
    sureness: float = 1.0
    carrier_conflict: bool = False


class Goods:
    """Decides for one catalog."""

    def __init__(
        self, vocabulary: Vocabulary, names: Names, sizes: Sizes, topup: str, destinations: Iterable[str] = (), editions: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """`topup`: what the plain phone top-up is called. `destinations`: words in front of a place for
        which goods are wanted. `editions`: tiers that are versions of one program."""
        self._editions = frozenset(editions)
        self._vocabulary, self._names, self._sizes = vocabulary, names, sizes
        self._siblings = Siblings(vocabulary, names.table, destinations)
        self._topup = names.table.named(topup)
        self._charges = plain(topup)
        self._unit_sellers: dict[str, list[str]] = {}
        for product in sorted(vocabulary.products.values(), key=lambda product: -product.sales):
            own = (variant.unit for variant in product.variants)
            parts = (unit for variant in product.variants for unit in sizes.units_of(variant)[1:])
            for unit in dict.fromkeys((*own, *parts)):
                sellers = self._unit_sellers.setdefault(unit, [])
                if len(sellers) < SELLERS_MAX:
                    sellers.append(product.product_id)

    def _carriers(self, product_id: str) -> frozenset[str]:
        carried = self._names.table.qualifiers[product_id]
        return frozenset(meaning for role, meaning in carried if role is Role.CARRIER)

    def decide(self, wanted: Wanted) -> Decision:
        """The product and the variant that fit all that was said, or what is left to ask."""
        options = self._options(wanted)
        if not options:
            return Decision()
        closeness = wanted.mention.closeness.value if wanted.mention else 0.95
        named = wanted.mention is not None or (wanted.tops_up and options is self._topup)
        qualified = None if wanted.requalified and wanted.qualifiers else self._qualified(options, wanted)
        if not qualified and wanted.mention is not None and wanted.qualifiers:
            # 爱奇艺会员要白金的: the tier was said apart from a name that is its plain sibling's.
            qualified = self._qualified(wanted.mention.family, wanted)
        if not qualified and options is self._topup and wanted.qualifiers:
            # 慢充100: no name was said, and the tier is that of a sibling.
            kin = [other for product_id in options for other in self._names.table.kin(product_id)]
            qualified = self._qualified(dict.fromkeys(kin, 0.0), wanted)
        if not qualified and len(options) == 1 and self._lacks_edition(wanted):
            one = next(iter(options))
            sizes = tuple(size.sku_id for size in self._sizes.of(one))[:OPTIONS_MAX]
            return Decision(one, (), VariantReading(options=sizes, unavailable=True), closeness)
        if not qualified:
            return Decision(product_options=_ranked(options))
        conflict = self._carrier_conflict(wanted)
        best = min(qualified.values())
        if wanted.refused:
            kept = self._siblings.without(qualified, wanted.refused)
            if min(kept.values(), default=best + 1) > best:
                return Decision(product_options=_ranked(kept or qualified), carrier_conflict=conflict)
            qualified = kept
        within = EQUAL_WITHIN if best < SHORT_OF_A_WORD else EQUAL_SHORT_WITHIN
        equal = {
            product_id: cost
            for product_id, cost in qualified.items()
            if cost <= best + within or self._another_version(product_id, wanted.mention)
        }
        equal = self._by_region(equal, wanted)
        readings = {product_id: self._fit(product_id, wanted) for product_id in equal}
        fitting = {
            product_id: cost for product_id, cost in equal.items() if not readings[product_id].unavailable
        }
        if not fitting:
            # 原神500创世结晶: no such size, but of the goods that share the name only one is counted so.
            in_unit = [amount for amount in wanted.amounts if amount.kind is AmountKind.SIZE]
            counted = {
                one: cost
                for one, cost in equal.items()
                if any(self.sells_by((one,), amount) for amount in in_unit)
            }
            equal = counted or equal
        if not fitting and any(amount.kind is AmountKind.CURRENCY for amount in wanted.amounts):
            # The currency decides: of what is further from its name, that which is sold in it.
            further = {one: self._fit(one, wanted) for one in qualified if one not in equal}
            fitting = {one: qualified[one] for one, reading in further.items() if not reading.unavailable}
            readings |= further
        if not named:
            fitting = self._by_unit(fitting, wanted)
        if len(fitting) > 1 and (going := self._siblings.for_place(fitting, wanted.around)) is not None:
            fitting = {going: fitting[going]}
        left = fitting or equal
        left = {
            one: cost for one, cost in left.items() if self._sizes.words(one).keys() & wanted.labels
        } or left
        if wanted.mention is not None and wanted.mention.guessed and self._names.dense:
            return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)
        named_plainly = wanted.mention is not None and not wanted.qualifiers
        sibling = self._siblings.said_behind(left, wanted.behind) if named_plainly else None
        if sibling is not None:
            conflict = conflict or self._carrier_conflict(wanted, sibling)
            return Decision(sibling, (), self._fit(sibling, wanted), closeness, conflict)
        told = any(role is not Role.PLAIN_TIER for role, _ in wanted.qualifiers)
        hinted = () if told else self._siblings.hinted(left, wanted.scraps, wanted.beside)
        hinted = hinted or self._rivals(left, best, wanted)
        if not told and not hinted and self._siblings.another_tier(left, wanted.beside):
            return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)
        if hinted:
            return Decision(product_options=(*left, *hinted), sureness=closeness, carrier_conflict=conflict)
        if len(left) == 1 and (named or self._unit_names_it(left, wanted)):
            product_id = next(iter(left))
            conflict = conflict or self._carrier_conflict(wanted, product_id)
            return Decision(product_id, (), readings[product_id], closeness, conflict)
        return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)

    def _another_version(self, product_id: str, mention: Mention | None) -> bool:
        """Office without its number is that of any year, however little else each of them is short of."""
        return (
            mention is not None
            and self._names.table.lost_version(mention.text)
            and self._names.table.is_version_of(product_id, mention.text)
        )

    def _lacks_edition(self, wanted: Wanted) -> bool:
        """Win11家庭版 where there is but the 专业版: an edition of the very goods that is not sold."""
        told = {meaning for role, meaning in wanted.qualifiers if role is Role.TIER}
        return wanted.mention is not None and bool(told) and told <= self._editions

    def decide_in_hand(self, line: LineInHand, wanted: Wanted) -> Decision:
        """The same for goods that are in hand and were not named again."""
        if line.product_id is not None and line.product_id in self._vocabulary.products:
            if (sibling := self._sibling_named(line.product_id, wanted)) is not None:
                return sibling
            said = wanted.amounts or wanted.qualifiers or self._words_in(line.product_id, wanted)
            variant = self._fit(line.product_id, wanted) if said else VariantReading()
            return Decision(
                line.product_id, (), variant, 1.0, self._carrier_conflict(wanted, line.product_id)
            )
        known = {
            product_id: 0.0 for product_id in line.product_options if product_id in self._vocabulary.products
        }
        if not known:
            return self.decide(wanted)
        amounts = wanted.amounts
        if not amounts and line.measure is not None and line.measure.value is not None:
            amounts = (as_amount(line.measure),)
        mention = Mention(0, 0, "", MentionKind.NAME, known, family=known)
        return self.decide(replace(wanted, mention=mention, amounts=amounts))

    def _sibling_named(self, product_id: str, wanted: Wanted) -> Decision | None:
        """`来个慢充的` while the fast one is in hand: a word that only its sibling carries names that."""
        mine = self._names.table.qualifiers.get(product_id, ())
        foreign = [word for word in wanted.qualifiers if word not in mine]
        if not foreign:
            return None
        products, hand = self._vocabulary.products, self._vocabulary.products[product_id]
        siblings = {
            other: 0.0
            for other in self._names.table.like(product_id)
            if other != product_id
            and products[other].category == hand.category
            and products[other].account_kind == hand.account_kind
            and all(word in self._names.table.qualifiers[other] for word in foreign)
        }
        if len(siblings) != 1:
            return None
        mention = Mention(0, 0, "", MentionKind.NAME, siblings, family=siblings)
        return self.decide(replace(wanted, mention=mention))

    def words_of(self, product_id: str) -> Mapping[str, tuple[str, ...]]:
        """The words that tell the variants of a product apart."""
        return self._sizes.words(product_id)

    def labels_in(self, text: str, product_id: str) -> Iterator[tuple[int, int, str]]:
        """Where such words stand in a squeezed text."""
        return self._sizes.labels_in(text, (product_id,))

    def _words_in(self, product_id: str, wanted: Wanted) -> bool:
        return self.sized_in(product_id, wanted.nearby)

    def sized_in(self, product_id: str, text: str) -> bool:
        """Whether a word that tells variants of the product apart (单杯, 个人版) stands in the text."""
        return any(stands_in(word, text) for word in self._sizes.words(product_id))

    def labelled(self, text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The mentions, with the labels of variants as qualifiers (家庭和企业版, 大杯)."""
        return labelled(text, mentions, self._sizes)

    def own_words(self, text: str, names: Iterable[Mention], left: Set[int]) -> Set[int]:
        """Of what is left over, the places beside a name that only say more of it."""
        return self._siblings.own_words(text, names, left)

    def counts_in_names(self, text: str, names: Iterable[Mention], start: int, end: int) -> bool:
        """Whether a count is but a piece of a longer name than was read."""
        return any(self._siblings.counts_in(text, mention, start, end) for mention in names)

    def sold_singly(self, product_ids: Iterable[str], amount: Amount) -> bool:
        """Whether the products are counted in the unit of an amount, and each is one of it: 2本, 3份."""
        if amount.kind is not AmountKind.SIZE or not amount.units or not amount.exact:
            return False
        sizes = [size for product_id in product_ids for size in self._sizes.of(product_id)]
        return bool(sizes) and all(
            size.unit in amount.units and size.face_value == 1 and size.unit not in _MEASURING
            for size in sizes
        )

    def of_carrier(self, product_id: str) -> bool:
        """Whether a product is one of several carriers': the number says which of them is meant."""
        return bool(self._carriers(product_id))

    def sold_in(self, product_id: str, amounts: tuple[Amount, ...]) -> bool:
        """Whether a product is sold in such a size."""
        return not self._sizes.fit(product_id, amounts).unavailable

    def tops_up_by(self, amounts: tuple[Amount, ...]) -> bool:
        """Whether the plain top-up of telephones is sold in such a size."""
        return any(self.sold_in(one, amounts) for one in self._topup)

    def fits(self, mention: Mention, amounts: Iterable[Amount]) -> bool:
        """Whether any product of a mention is sold in such a size."""
        amounts = tuple(amounts)
        return bool(amounts) and any(
            not self._sizes.fit(product_id, amounts).unavailable for product_id in mention.options
        )

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

    def sells_by(self, product_ids: Iterable[str], amount: Amount) -> bool:
        """Whether one of the products counts in the unit of this amount at all."""
        return any(
            size.unit in amount.units or any(set(part.units) & set(amount.units) for part in size.more)
            for product_id in product_ids
            for size in self._sizes.of(product_id)
        )

    def lasts(self, product_id: str) -> bool:
        """Whether the goods are sold by how long they last."""
        return all(size.unit in PERIOD_UNITS for size in self._sizes.of(product_id))

    def counts_itself(self, product_ids: tuple[str, ...], amount: Amount) -> bool:
        """Whether the goods are counted in themselves (Q币, 点券) and sold in this number."""
        return any(
            size.unit not in _OUTER_UNITS
            and (size.face_value == amount.low or self._is_its_own_unit(product_id, size.unit))
            for product_id in product_ids
            for size in self._sizes.of(product_id)
        )

    def _is_its_own_unit(self, product_id: str, unit: str) -> bool:
        """Whether goods go by the unit that they are counted in: Q币, and the B币 of 哔哩哔哩B币充值."""
        return len(unit) > 1 and plain(unit) in self._siblings.written(product_id)

    def period_in_name(self, mention: Mention) -> tuple[Amount, ...]:
        """The period that a name carries (魔兽月卡): what is meant where no other was said."""
        # The 14 of ff14月卡 counts the games, not the months.
        return self._sizes.periods_of(_NAME_NUMBER.sub("", mention.text))

    def together(self, product_ids: tuple[str, ...] | None, amounts: tuple[Amount, ...]) -> bool:
        """Whether the amounts can be sizes of one thing: 10G月包, 1台一年, 100元100."""
        if len(amounts) > AMOUNTS_MAX:
            return False
        if len({(amount.kind, amount.low, amount.units) for amount in amounts}) <= 1:
            return True
        if product_ids is None:
            sellers = self._by_size(amounts[:1])
            if sellers and any(not self._sizes.fit(one, amounts).unavailable for one in sellers):
                return True
            return len({amount.kind for amount in amounts}) == len(amounts) and any(
                amount.kind is AmountKind.PERIOD for amount in amounts
            )
        return any(not self._sizes.fit(product_id, amounts).unavailable for product_id in product_ids)

    def all_of(self, product_id: str, amounts: tuple[Amount, ...]) -> tuple[str, ...]:
        """Every variant that one of several amounts names: the choices of 50还是100."""
        found: dict[str, None] = {}
        for amount in amounts:
            reading = self._sizes.fit(product_id, (amount,))
            if not reading.unavailable:
                found |= dict.fromkeys((reading.sku_id,) if reading.sku_id else reading.options)
        return tuple(found)[:OPTIONS_MAX]

    def _options(self, wanted: Wanted) -> Mapping[str, float]:
        if wanted.mention is not None:
            return wanted.mention.options
        by_size = self._by_size(wanted.amounts)
        if by_size:
            return by_size
        if wanted.noun is not None and wanted.noun.options:
            return wanted.noun.options
        if wanted.tops_up:
            return self._topup
        return {}

    def _by_size(self, amounts: tuple[Amount, ...]) -> Mapping[str, float]:
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

    def _qualified(self, options: Mapping[str, float], wanted: Wanted) -> Mapping[str, float] | None:
        """The options that carry every tier and country that was said; None where none does."""
        servers = all(self._vocabulary.products[product_id].regions for product_id in options)
        said = [
            (role, meaning) for role, meaning in wanted.qualifiers if not (servers and role is Role.COUNTRY)
        ]
        left = dict(options)
        for role, meaning in said:
            having = {
                product_id: cost
                for product_id, cost in left.items()
                if (role, meaning) in self._names.table.qualifiers[product_id]
                or self._label_says(product_id, meaning)
            }
            if not having and meaning in SAID_OF_IT and self._lifted(wanted, meaning):
                continue
            if not having and role is Role.PLAIN_TIER:
                plain = dict(self._siblings.plain(left) or left)
                # 卓越会员，普通的: the name has the tier in it, and which of them is meant is asked.
                left = {**left, **plain} if plain.keys().isdisjoint(left) else plain
                continue
            if not having and role is not Role.CARRIER and wanted.mention is not None:
                # 实体 of Steam: no plain product of the name has it, a sibling may.
                having = {
                    product_id: cost
                    for product_id, cost in wanted.mention.family.items()
                    if (role, meaning) in self._names.table.qualifiers[product_id]
                }
            if having:
                # What was said need not be dropped: it no longer costs anything.
                relief = _RELIEF.get(role, 0.0)
                left = {product_id: max(0.0, cost - relief) for product_id, cost in having.items()}
            elif role is not Role.CARRIER:
                return None
            elif any(self._carriers(product_id) for product_id in left):
                left = {one: cost for one, cost in left.items() if not self._carriers(one)}
                if not left:
                    return None
        if wanted.carrier is not None and any(self._carriers(product_id) for product_id in left):
            plain = {product_id: cost for product_id, cost in left.items() if not self._carriers(product_id)}
            same = {
                product_id: cost
                for product_id, cost in left.items()
                if wanted.carrier in self._carriers(product_id)
            }
            if plain and not any(role is Role.CARRIER for role, _ in said):
                # 三网话费 beside 移动话费: whoever names no carrier means the one for all.
                left = {**plain, **same}
            elif same and not any(role is Role.CARRIER for role, _ in said):
                # The number says the carrier, so nobody misses it in the name.
                relief = _RELIEF[Role.CARRIER]
                left = {product_id: max(0.0, cost - relief) for product_id, cost in same.items()}
        return left

    def _lifted(self, wanted: Wanted, meaning: str) -> bool:
        """Whether another tier was said, beside which this one only describes: 白金的，家里电视上看."""
        said = {told for role, told in wanted.qualifiers if role is Role.TIER}
        return bool((said | set(wanted.mention.said if wanted.mention else ())) - {meaning})

    def _rivals(self, left: Mapping[str, float], best: float, wanted: Wanted) -> tuple[str, ...]:
        """Others of the brand that are sold in the very size, where nobody goes by the bare brand.

        steam 200: the name is short of a country for the one and of a word (实体) for the other, and
        both have it.
        """
        if wanted.mention is None or wanted.qualifiers or wanted.regions or best < SHORT_OF_A_WORD:
            return ()
        if not any(amount.kind in _FACES and amount.exact for amount in wanted.amounts):
            return ()
        carried = self._names.table.qualifiers
        if wanted.mention.said or not all(carried[product_id] for product_id in left):
            return ()
        return tuple(
            product_id
            for product_id in dict.fromkeys(kin for other in left for kin in self._names.table.kin(other))
            if product_id not in left
            and self._names.table.begins_with(product_id, wanted.mention.text)
            and self._fit(product_id, wanted).sku_id is not None
        )

    def _label_says(self, product_id: str, meaning: str) -> bool:
        return any(meaning in size.label for size in self._sizes.of(product_id))

    def _carrier_conflict(self, wanted: Wanted, product_id: str | None = None) -> bool:
        """Whether the number is not of the carrier that was named, by itself or in the goods' name."""
        named = {meaning for role, meaning in wanted.qualifiers if role is Role.CARRIER}
        if product_id is not None and self._vocabulary.products[product_id].account_kind == "phone":
            named |= self._carriers(product_id)
        return wanted.carrier is not None and bool(named) and wanted.carrier not in named

    def _by_region(self, options: dict[str, float], wanted: Wanted) -> dict[str, float]:
        for spelling in wanted.regions:
            having = {
                product_id: cost
                for product_id, cost in options.items()
                if self._names.table.regions_of(product_id, spelling)
            }
            options = having or options
        return options

    def _by_unit(self, options: dict[str, float], wanted: Wanted) -> dict[str, float]:
        if wanted.account_kind is None:
            return options
        same = {
            product_id: cost
            for product_id, cost in options.items()
            if self._vocabulary.products[product_id].account_kind == wanted.account_kind
        }
        return same or options

    def _unit_names_it(self, left: Mapping[str, float], wanted: Wanted) -> bool:
        """A unit that only one product has is as good as its name: 60创世结晶."""
        return any(
            amount.kind is AmountKind.SIZE
            and any(self._unit_sellers.get(unit, []) == list(left) for unit in amount.units)
            for amount in wanted.amounts
        ) or bool(wanted.regions or wanted.qualifiers)

    def _fit(self, product_id: str, wanted: Wanted) -> VariantReading:
        meanings = [meaning for role, meaning in wanted.qualifiers if role is not Role.CARRIER]
        known = self._sizes.words(product_id)
        words = [word for word in dict.fromkeys(wanted.labels) if word in known]
        words = words or [word for word in known if stands_in(word, wanted.nearby)]
        words = words or [word for word in known if any(meaning in word for meaning in meanings)]
        words = [word for word in words if not any(word != other and word in other for other in words)]
        amounts = wanted.amounts
        agreed = words if self._sizes.agree(product_id, words) else []
        if words and amounts:
            both = self._sizes.fit(product_id, amounts, agreed or words[:1])
            if both.sku_id:
                return both
            by_word = self._sizes.fit(product_id, (), words[:1])
            by_size = self._sizes.fit(product_id, amounts)
            if by_size.unavailable and by_word.sku_id and all(a.text in words[0] for a in amounts):
                return by_word
            return by_size if len(words) == 0 else both
        if words:
            return self._sizes.fit(product_id, (), agreed) if agreed else self._sizes.fit(product_id, ())
        return self._sizes.fit(product_id, amounts)


_OUTER_UNITS = MONEY_UNITS | PERIOD_UNITS | SENSELESS_UNITS | {"GB", "MB", "TB", "台", "杯", "G"}
"""Units that measure goods from outside: five of them are five, not the size of one."""

_MEASURING = frozenset(_OUTER_UNITS) - SENSELESS_UNITS - {"杯"}

_NAME_NUMBER = re.compile(r"(?<=[a-z\u4e00-\u9fff])\d+(?= ?[月季年周]卡)")
SHORT_OF_A_WORD = 1.0
"""What a name costs from which on it is nobody's whole name."""
SAID_OF_IT = frozenset({"tv"})
"""Tiers that people also tell of goods whose name does not have them: where they are watched."""
_FACES = frozenset({AmountKind.MONEY, AmountKind.BARE, AmountKind.CURRENCY})

_RELIEF = {Role.TIER: 3.0, Role.COUNTRY: 1.0, Role.CARRIER: 1.0}


def _ranked(options: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(options, key=lambda product_id: options[product_id]))[:OPTIONS_MAX]


__all__ = ["Closeness", "Decision", "Goods", "MentionKind", "Wanted"]
