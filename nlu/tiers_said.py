"""Which of several goods carry the tiers, countries and carriers that were said: 慢充话费, 国区, 移动流量."""

from __future__ import annotations

from collections.abc import Mapping

from nlu.name_table import NameTable
from nlu.naming import Role
from nlu.siblings import Siblings
from nlu.variants import Sizes
from nlu.vocabulary import Vocabulary
from nlu.wanted import Wanted

SAID_OF_IT = frozenset({"tv"})
"""Tiers that people also tell of goods whose name does not have them: where they are watched."""
_RELIEF = {Role.TIER: 3.0, Role.COUNTRY: 1.0, Role.CARRIER: 1.0}
"""What was said need not be dropped from a name: by so much less it costs then."""


class TiersSaid:
    """Asks this of the goods of one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, table: NameTable, sizes: Sizes, siblings: Siblings) -> None:
        self._vocabulary, self._table, self._sizes, self._siblings = vocabulary, table, sizes, siblings

    def carried_by(self, options: Mapping[str, float], wanted: Wanted) -> Mapping[str, float] | None:
        """The options that carry every tier and country that was said; None where none does."""
        servers = all(self._vocabulary.products[product_id].regions for product_id in options)
        said = [
            (role, meaning) for role, meaning in wanted.qualifiers if not (servers and role is Role.COUNTRY)
        ]
        left = options
        for role, meaning in said:
            carrying = self._carrying(left, role, meaning, wanted)
            if carrying is None:
                return None
            left = carrying
        if wanted.carrier is None or any(role is Role.CARRIER for role, _ in said):
            return left
        return self._of_carrier(left, wanted.carrier)

    def _carrying(
        self, left: Mapping[str, float], role: Role, meaning: str, wanted: Wanted
    ) -> Mapping[str, float] | None:
        """Those of what is left that carry one word; None where none does, and the word is not only told."""
        having = {
            product_id: cost
            for product_id, cost in left.items()
            if (role, meaning) in self._table.qualifiers[product_id] or self._label_says(product_id, meaning)
        }
        if not having and meaning in SAID_OF_IT and _another_tier(wanted, meaning):
            return left
        if not having and role is Role.PLAIN_TIER:
            plain = dict(self._siblings.plain(left) or left)
            # 卓越会员，普通的: the name has the tier in it, and which of them is meant is asked.
            return {**left, **plain} if plain.keys().isdisjoint(left) else plain
        if not having and role is not Role.CARRIER and wanted.mention is not None:
            # 实体 of Steam: no plain product of the name has it, a sibling may.
            having = {
                product_id: cost
                for product_id, cost in wanted.mention.family.items()
                if (role, meaning) in self._table.qualifiers[product_id]
            }
        if having:
            relief = _RELIEF.get(role, 0.0)
            return {product_id: max(0.0, cost - relief) for product_id, cost in having.items()}
        if role is not Role.CARRIER:
            return None
        if any(self._table.carriers_of(product_id) for product_id in left):
            return {one: cost for one, cost in left.items() if not self._table.carriers_of(one)} or None
        return left

    def _of_carrier(self, left: Mapping[str, float], carrier: str) -> Mapping[str, float]:
        """Those that a number of this carrier can be charged with, where no carrier was said."""
        if not any(self._table.carriers_of(product_id) for product_id in left):
            return left
        plain = {one: cost for one, cost in left.items() if not self._table.carriers_of(one)}
        same = {one: cost for one, cost in left.items() if carrier in self._table.carriers_of(one)}
        if plain:
            # 三网话费 beside 移动话费: whoever names no carrier means the one for all.
            return {**plain, **same}
        if same:
            # The number says the carrier, so nobody misses it in the name.
            return {one: max(0.0, cost - _RELIEF[Role.CARRIER]) for one, cost in same.items()}
        return left

    def _label_says(self, product_id: str, meaning: str) -> bool:
        return any(meaning in size.label for size in self._sizes.of(product_id))

    def carrier_conflict(self, wanted: Wanted, product_id: str | None = None) -> bool:
        """Whether the number is not of the carrier that was named, by itself or in the goods' name."""
        named = {meaning for role, meaning in wanted.qualifiers if role is Role.CARRIER}
        if product_id is not None and self._vocabulary.products[product_id].account_kind == "phone":
            named |= self._table.carriers_of(product_id)
        return wanted.carrier is not None and bool(named) and wanted.carrier not in named


def _another_tier(wanted: Wanted, meaning: str) -> bool:
    """Whether another tier was said, beside which this one only describes: 白金的，家里电视上看."""
    said = {told for role, told in wanted.qualifiers if role is Role.TIER}
    return bool((said | set(wanted.mention.said if wanted.mention else ())) - {meaning})
