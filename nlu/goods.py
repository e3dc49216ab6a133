"""Which product and size are meant, decided together: what one leaves open the other may settle.

Facets are exact; only names may be fuzzy. Where two readings fit equally well both stay open, and
the customer is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from nlu.amounts import AmountKind
from nlu.assortment import EQUAL_SHORT_WITHIN, Assortment
from nlu.label_words import says, stands_in
from nlu.mention import EQUAL_WITHIN, SHORT_OF_A_WORD, Mention, MentionKind
from nlu.products import Names
from nlu.roles import Role
from nlu.size import MONEY_UNITS, as_amount
from nlu.tiers_said import TiersSaid
from nlu.understanding import LineInHand
from nlu.variants import OPTIONS_MAX, VariantReading
from nlu.vocabulary import Vocabulary
from nlu.wanted import Decision, Wanted

UNNAMED_SURENESS = 0.95
"""How sure goods are that were not named."""

OWN_SERVER_MIN = 3
"""Fewer characters are hardly ever a server's own name."""
_ANY_SERVER = ("区", "服")
_TELLING = frozenset({Role.SUBJECT, Role.CONTENT})
"""Words for a kind of goods that say more than 会员 and 卡."""

_Fit = Callable[[str], VariantReading]
"""Which variant of a product is wanted."""


class Goods:
    """Decides for one catalog."""

    def __init__(
        self, vocabulary: Vocabulary, names: Names, assortment: Assortment, editions: Iterable[str] = (),
        places: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """`editions`: tiers that are versions of one program. `places`: where much else may be served, too."""
        self._vocabulary, self._names, self._table = vocabulary, names, names.table
        self.assortment, self._editions = assortment, frozenset(editions)
        self._places = tuple(places)
        self._sizes, self._siblings = assortment.sizes, assortment.siblings
        self._carriers, self._forms = assortment.carriers, assortment.forms
        self._tiers = TiersSaid(vocabulary, names.table, assortment)

    def decide(self, wanted: Wanted) -> Decision:
        """The product and the variant that fit all that was said, or what is left to ask."""
        options = self._options(wanted)
        if not options:
            return Decision()
        closeness = wanted.mention.closeness.value if wanted.mention else UNNAMED_SURENESS
        named = wanted.mention is not None or (wanted.tops_up and options is self.assortment.topup)
        wanted = self._tiers.with_servers(options, wanted)
        qualified = self._carrying(options, wanted)
        if not qualified:
            return self._other_edition(options, wanted) or Decision(product_options=_ranked(options))
        conflict = self._carriers.conflict(wanted)
        best = min(qualified.values())
        if wanted.refused:
            kept = self._siblings.without(qualified, wanted.refused)
            if min(kept.values(), default=best + 1) > best:
                return Decision(product_options=_ranked(kept or qualified), carrier_conflict=conflict)
            qualified = kept
        fit = cache(lambda product_id: self._fit(product_id, wanted))
        left = self._sold_so(qualified, best, wanted, fit, named)
        if wanted.mention is not None and wanted.mention.guessed and self._names.dense:
            return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)
        named_plainly = wanted.mention is not None and not wanted.qualifiers
        sibling = self._siblings.said_behind(left, wanted.behind) if named_plainly else None
        if sibling is not None:
            conflict = conflict or self._carriers.conflict(wanted, sibling, fit(sibling).sku_id)
            return Decision(sibling, (), fit(sibling), closeness, conflict)
        told = any(role is not Role.PLAIN_TIER for role, _ in wanted.qualifiers)
        hinted = () if told else self._siblings.hinted(left, wanted.scraps, wanted.beside)
        hinted = hinted or self._rivals(left, best, wanted, fit)
        if not told and not hinted and self._siblings.another_tier(left, wanted.beside):
            return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)
        if hinted:
            return Decision(product_options=(*left, *hinted), sureness=closeness, carrier_conflict=conflict)
        product_id = next(iter(left))
        otherwise = self._forms.contradicts(product_id, wanted.comes_as)
        if len(left) == 1 and not otherwise and (named or self._told_by_itself(left, wanted)):
            conflict = conflict or self._carriers.conflict(wanted, product_id, fit(product_id).sku_id)
            return Decision(product_id, (), fit(product_id), closeness, conflict)
        return Decision(product_options=_ranked(left), sureness=closeness, carrier_conflict=conflict)

    def decide_in_hand(self, line: LineInHand, wanted: Wanted) -> Decision:
        """The same for goods that are in hand and were not named again."""
        products = self._vocabulary.products
        if line.product_id is not None and line.product_id in products:
            if (sibling := self._sibling_named(line.product_id, wanted)) is not None:
                return sibling
            meant = self._forms.meant({line.product_id: 0.0}, wanted.comes_as)
            if line.product_id not in meant:
                return self.decide(replace(wanted, mention=_as_named(meant)))
            worded = self.assortment.sized_in(line.product_id, wanted.nearby)
            said = wanted.amounts or wanted.qualifiers or worded
            variant = self._fit(line.product_id, wanted) if said else VariantReading()
            conflict = self._carriers.conflict(wanted, line.product_id, variant.sku_id or line.sku_id)
            return Decision(line.product_id, (), variant, 1.0, conflict)
        known = {product_id: 0.0 for product_id in line.product_options if product_id in products}
        if not known:
            return self.decide(wanted)
        amounts = wanted.amounts
        if not amounts and line.measure is not None and line.measure.value is not None:
            amounts = (as_amount(line.measure),)
        return self.decide(replace(wanted, mention=_as_named(known), amounts=amounts))

    def _sibling_named(self, product_id: str, wanted: Wanted) -> Decision | None:
        """`来个慢充的` while the fast one is in hand: a word that only its sibling carries names that."""
        mine = self._table.qualifiers.get(product_id, ())
        foreign = [word for word in wanted.qualifiers if word not in mine]
        if not foreign:
            return None
        products, hand = self._vocabulary.products, self._vocabulary.products[product_id]
        siblings = {
            other: 0.0
            for other in self._table.like(product_id)
            if other != product_id
            and products[other].category == hand.category
            and products[other].account_kind == hand.account_kind
            and all(word in self._table.qualifiers[other] for word in foreign)
        }
        return self.decide(replace(wanted, mention=_as_named(siblings))) if len(siblings) == 1 else None

    def _options(self, wanted: Wanted) -> Mapping[str, float]:
        """What the goods may be by their name, or by the unit of their size, or by their kind."""
        if wanted.mention is not None:
            return wanted.mention.options
        by_size = self.assortment.sellers_by_size(wanted.amounts)
        if by_size:
            return by_size
        if wanted.noun is not None and wanted.noun.options:
            return wanted.noun.options
        if by_server := self._served_there(wanted):
            return by_server
        if wanted.tops_up:
            return self.assortment.topup
        carriers = {meaning for role, meaning in wanted.qualifiers if role is Role.CARRIER}
        if len(carriers) != 1 or wanted.noun is not None:
            return {}
        return self.assortment.credit_of(carriers.pop(), wanted.amounts)

    def _served_there(self, wanted: Wanted) -> Mapping[str, float]:
        """粤通卡500: the one product that is served there and nowhere else so called. 官服 and 美区 may be those of
        goods that are not sold here."""
        if len(wanted.regions) != 1 or len(wanted.regions[0]) < OWN_SERVER_MIN:
            return {}
        (spelling,) = wanted.regions
        if spelling.endswith(_ANY_SERVER) or spelling.startswith(self._places) or wanted.scraps:
            return {}
        served = [
            one
            for one, product in self._vocabulary.products.items()
            if product.regions and self._table.regions_of(one, spelling)
        ]
        return dict.fromkeys(served, 0.0) if len(served) == 1 else {}

    def _carrying(self, options: Mapping[str, float], wanted: Wanted) -> Mapping[str, float] | None:
        """The options, or else their siblings, that carry the tiers and countries that were said."""
        asked_anew = wanted.requalified and wanted.qualifiers
        qualified = None if asked_anew else self._tiers.carried_by(options, wanted)
        if not qualified and wanted.mention is not None and wanted.qualifiers:
            # 爱奇艺会员要白金的: the tier was said apart from a name that is its plain sibling's.
            qualified = self._tiers.carried_by(wanted.mention.family, wanted)
        apart = any(role is not Role.CARRIER for role, _ in wanted.qualifiers)
        if not qualified and options is self.assortment.topup and apart:
            # 慢充100: no name was said, and the tier is that of a sibling.
            kin = [other for product_id in options for other in self._table.kin(product_id)]
            qualified = self._tiers.carried_by(dict.fromkeys(kin, 0.0), wanted)
        return qualified

    def _other_edition(self, options: Mapping[str, float], wanted: Wanted) -> Decision | None:
        """Win11家庭版 where there is but the 专业版: an edition of the very goods that is not sold."""
        told = {meaning for role, meaning in wanted.qualifiers if role is Role.TIER}
        if len(options) != 1 or wanted.mention is None or not told or not told <= self._editions:
            return None
        one = next(iter(options))
        sizes = tuple(size.sku_id for size in self._sizes.of(one))[:OPTIONS_MAX]
        return Decision(
            one, (), VariantReading(options=sizes, unavailable=True), wanted.mention.closeness.value
        )

    def _sold_so(
        self, qualified: Mapping[str, float], best: float, wanted: Wanted, fit: _Fit, named: bool
    ) -> dict[str, float]:  # fmt: skip
        """Those that are equally meant and are sold as was said, as far as that tells them apart.

        `best`: the least that any of them costs to be called so. `named`: whether a name was said.
        """
        equal = self._by_region(self._equally_meant(qualified, best, wanted), qualified, wanted)
        equal = self._forms.meant(equal, wanted.comes_as)
        fitting = {one: cost for one, cost in equal.items() if not fit(one).unavailable}
        if _told_in_money(wanted) and (otherwise := self._of_money(qualified, best, fitting)):
            # 麦当劳200元, where the voucher comes in 50元 and five meals cost 200元.
            return otherwise
        if not fitting:
            # 原神500创世结晶: no such size, but of the goods that share the name only one is counted so.
            equal = self._counted_so(equal, wanted) or equal
        if not fitting and any(amount.kind is AmountKind.CURRENCY for amount in wanted.amounts):
            # The currency decides: of what is further from its name, that which is sold in it.
            further = (one for one in qualified if one not in equal)
            fitting = {one: qualified[one] for one in further if not fit(one).unavailable}
        if not named:
            fitting = self._by_recipient(fitting, wanted)
        if len(fitting) > 1 and (going := self._siblings.for_place(fitting, wanted.around)) is not None:
            fitting = {going: fitting[going]}
        left = fitting or equal
        worded = {one: cost for one, cost in left.items() if self._sizes.words(one).keys() & wanted.labels}
        return worded or left

    def _of_money(
        self, options: Mapping[str, float], best: float, fitting: Mapping[str, float]
    ) -> dict[str, float]:  # fmt: skip
        """Those that are sold by money, where none of what fits is: what fits only costs as much as was said."""
        by_money = {
            one: cost
            for one, cost in options.items()
            if cost <= best + SHORT_OF_A_WORD
            and any(size.unit in MONEY_UNITS for size in self._sizes.of(one))
        }
        return by_money if by_money.keys().isdisjoint(fitting) else {}

    def _equally_meant(
        self, qualified: Mapping[str, float], best: float, wanted: Wanted
    ) -> dict[str, float]:  # fmt: skip
        """Those whose names are about as near as the nearest."""
        within = EQUAL_WITHIN if best < SHORT_OF_A_WORD else EQUAL_SHORT_WITHIN
        return {
            product_id: cost
            for product_id, cost in qualified.items()
            if cost <= best + within or self._another_version(product_id, wanted.mention)
        }

    def _another_version(self, product_id: str, mention: Mention | None) -> bool:
        """Office without its number is that of any year, however little else each of them is short of."""
        return (
            mention is not None
            and self._table.lost_version(mention.text)
            and self._table.is_version_of(product_id, mention.text)
        )

    def _counted_so(self, options: Mapping[str, float], wanted: Wanted) -> dict[str, float]:
        """Those that count in the unit of one of the sizes at all."""
        in_unit = [amount for amount in wanted.amounts if amount.kind is AmountKind.SIZE]
        return {
            one: cost
            for one, cost in options.items()
            if any(self.assortment.sells_by((one,), amount) for amount in in_unit)
        }

    def _by_region(
        self, options: dict[str, float], further: Mapping[str, float], wanted: Wanted
    ) -> dict[str, float]:  # fmt: skip
        """Those that have the servers that were said, where any has; 亚服 may tell that goods `further` from their
        name are meant."""
        for spelling in wanted.regions:
            having = (
                {one: cost for one, cost in of.items() if self._table.regions_of(one, spelling)}
                for of in (options, further)
            )
            options = next(filter(None, having), options)
        return options

    def _by_recipient(self, options: dict[str, float], wanted: Wanted) -> dict[str, float]:
        """Those that need such a recipient as was called by its kind, where any does."""
        if wanted.account_kind is None:
            return options
        same = {
            product_id: cost
            for product_id, cost in options.items()
            if self._vocabulary.products[product_id].account_kind == wanted.account_kind
        }
        return same or options

    def _told_by_itself(self, left: Mapping[str, float], wanted: Wanted) -> bool:
        """Whether a unit, a server or a tier is as good as a name, or a kind that is nobody else's: 网盘年卡."""
        noun = wanted.noun
        by_kind = noun is not None and noun.role in _TELLING and noun.options.keys() == left.keys()
        if by_kind and wanted.mention is None and not wanted.scraps:
            return bool(wanted.amounts) and self._fit(next(iter(left)), wanted).sku_id is not None
        by_unit = any(self.assortment.names_by_unit(left, amount) for amount in wanted.amounts)
        return by_unit or bool(wanted.regions or wanted.qualifiers)

    def _rivals(self, left: Mapping[str, float], best: float, wanted: Wanted, fit: _Fit) -> tuple[str, ...]:
        """Others of the brand that are sold in the very size, where nobody goes by the bare brand.

        steam 200: the name is short of a country for the one and of a word (实体) for the other, and
        both have it.
        """
        if wanted.mention is None or wanted.qualifiers or wanted.regions or best < SHORT_OF_A_WORD:
            return ()
        if not any(amount.kind in _FACES and amount.exact for amount in wanted.amounts):
            return ()
        if wanted.mention.said or not all(self._table.qualifiers[product_id] for product_id in left):
            return ()
        return tuple(
            product_id
            for product_id in dict.fromkeys(kin for other in left for kin in self._table.kin(other))
            if product_id not in left
            and self._table.begins_with(product_id, wanted.mention.text)
            and fit(product_id).sku_id is not None
        )

    def _fit(self, product_id: str, wanted: Wanted) -> VariantReading:
        """The variant of a product that all sizes and words of its labels fit."""
        words = self._label_words(product_id, wanted)
        amounts = wanted.amounts
        if not words:
            return self._sizes.fit(product_id, amounts)
        agreed = words if self._sizes.agree(product_id, words) else []
        if not amounts:
            return self._sizes.fit(product_id, (), agreed)
        both = self._sizes.fit(product_id, amounts, agreed or words[:1])
        if both.sku_id:
            return both
        by_word = self._sizes.fit(product_id, (), words[:1])
        by_size = self._sizes.fit(product_id, amounts)
        told_twice = by_size.unavailable and by_word.sku_id and all(a.text in words[0] for a in amounts)
        return by_word if told_twice else both

    def _label_words(self, product_id: str, wanted: Wanted) -> list[str]:
        """The words that tell its variants apart and were said, none of them inside of another."""
        meanings = [meaning for role, meaning in wanted.qualifiers if role is not Role.CARRIER]
        known = self._sizes.words(product_id)
        words = [word for word in dict.fromkeys(wanted.labels) if word in known]
        words = words or [word for word in known if stands_in(word, wanted.nearby)]
        words = words or [word for word in known if any(says(meaning, word) for meaning in meanings)]
        words = [word for word in words if not any(word != other and word in other for other in words)]
        return words + self._carriers.word_for(wanted.carrier, product_id, words)


def _told_in_money(wanted: Wanted) -> bool:
    return bool(wanted.amounts) and all(amount.kind is AmountKind.MONEY for amount in wanted.amounts)


_FACES = frozenset({AmountKind.MONEY, AmountKind.BARE, AmountKind.CURRENCY})


def _as_named(options: Mapping[str, float]) -> Mention:
    """As if these goods had been named."""
    return Mention(0, 0, "", MentionKind.NAME, options, family=options)


def _ranked(options: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(options, key=lambda product_id: options[product_id]))[:OPTIONS_MAX]
