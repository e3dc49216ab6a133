"""Which of several goods carry the tiers, countries and carriers that were said: 慢充话费, 国区, 移动流量."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nlu.assortment import Assortment
from nlu.name_table import NameTable
from nlu.roles import Role
from nlu.vocabulary import Vocabulary
from nlu.wanted import Wanted

SAID_OF_IT = frozenset({"tv"})
"""Tiers that people also tell of goods whose name does not have them: where they are watched."""
_RELIEF = {Role.TIER: 3.0, Role.COUNTRY: 1.0, Role.CARRIER: 1.0}
"""What was said need not be dropped from a name: by so much less it costs then."""


class TiersSaid:
    """Asks this of the goods of one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, table: NameTable, assortment: Assortment) -> None:
        self._same = table.namer.same_tiers
        self._vocabulary, self._table, self._sizes = vocabulary, table, assortment.sizes
        self._siblings, self._carriers = assortment.siblings, assortment.carriers

    def with_servers(self, options: Mapping[str, float], wanted: Wanted) -> Wanted:
        """原神300结晶 B服, where 原神B服 is a good of its own: a server that none of the goods has may be what one
        of them is called by."""
        named = {**options, **(wanted.mention.family if wanted.mention is not None else {})}
        called = []
        for spelling in wanted.regions:
            if not any(self._table.regions_of(one, spelling) for one in options):
                told = self._table.namer.role_of(spelling) or (Role.COUNTRY, spelling)
                if any(told in self._table.qualifiers[one] for one in named):
                    called.append(told)
        return replace(wanted, qualifiers=(*wanted.qualifiers, *called)) if called else wanted

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
        return self._carriers.chargeable(left, wanted.carrier)

    def _carrying(
        self, left: Mapping[str, float], role: Role, meaning: str, wanted: Wanted
    ) -> Mapping[str, float] | None:
        """Those of what is left that carry one word; None where none does, and the word is not only told."""
        having = {
            product_id: cost
            for product_id, cost in left.items()
            if (role, meaning) in self._table.qualifiers[product_id]
            or self._label_says(product_id, role, meaning)
        }
        if not having and role is Role.TIER:
            # 电视上看的，酷喵会员: of 优酷酷喵电视会员 it is no tier, as there is no other 酷喵.
            having = {one: cost for one, cost in left.items() if self._named_for(one, meaning)}
        if not having and meaning in SAID_OF_IT and _another_tier(wanted, meaning):
            return left
        if not having and role is Role.PLAIN_TIER:
            plain = dict(self._siblings.plain(left) or left)
            # 卓越会员，普通的: the name has the tier in it, and which of them is meant is asked.
            return {**left, **plain} if plain.keys().isdisjoint(left) else plain
        if not having and role is Role.TIER:
            having = self._called_otherwise(left, meaning) or {}
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
            return self._carriers.for_all(left) or None
        return left

    def _called_otherwise(self, left: Mapping[str, float], meaning: str) -> dict[str, float]:
        """Those that have the tier under its other name: 百度网盘SVIP for 百度网盘超级会员."""
        others = {(Role.TIER, other) for other in self._same.get(meaning, ())}
        return {one: cost for one, cost in left.items() if not others.isdisjoint(self._table.qualifiers[one])}

    def _named_for(self, product_id: str, meaning: str) -> bool:
        product = self._vocabulary.products[product_id]
        return self._table.namer.writes_tier((product.name, *product.aliases), meaning)

    def _label_says(self, product_id: str, role: Role, meaning: str) -> bool:
        """Whether the labels of the sizes have it. 10美元 tells of a country only where the name tells of none: a card
        of 土耳其区 that is sold in dollars is none of 美区."""
        told = any(of is Role.COUNTRY for of, _ in self._table.qualifiers[product_id])
        if role is Role.COUNTRY and told:
            return False
        return any(meaning in size.label for size in self._sizes.of(product_id))


def _another_tier(wanted: Wanted, meaning: str) -> bool:
    """Whether another tier was said, beside which this one only describes: 白金的，家里电视上看."""
    said = {told for role, told in wanted.qualifiers if role is Role.TIER}
    return bool((said | set(wanted.mention.said if wanted.mention else ())) - {meaning})
