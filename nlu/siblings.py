"""Goods of one brand, and what in a message tells one of them from the others beside its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

from nlu.abbreviations import in_order
from nlu.alternations import either
from nlu.in_front import in_front
from nlu.mention import Mention
from nlu.name_table import NameTable
from nlu.roles import Role
from nlu.sounds import heard
from nlu.squeezing import names_of, squeezed
from nlu.vocabulary import Vocabulary

KIN_MAX = 40
"""Of more siblings none is looked for by a word of its name: that would take too long."""
NEAR_MAX = 6
"""How far from a name a piece of it may stand."""
NAMES_KEPT = 4096
"""Of so many products the names stay as they are searched."""


class Siblings:
    """Tells the goods of one catalog from their siblings. Immutable."""

    def __init__(self, vocabulary: Vocabulary, table: NameTable, destinations: Iterable[str] = ()) -> None:
        self._vocabulary, self._table = vocabulary, table
        self._leads = re.compile(rf"(?:{either(destinations)})(?:了|过|趟|一趟)?$")
        self.written = lru_cache(maxsize=NAMES_KEPT)(self._written)
        tiers = dict.fromkeys(meaning for role, meaning in table.namer.words.values() if role is Role.TIER)
        self._tiers = [(meaning, heard(meaning[:1]), meaning[1:2]) for meaning in tiers]
        self._countries: dict[str, list[str]] = {}
        for word, (role, meaning) in table.namer.words.items():
            if role is Role.COUNTRY and len(word) > 1:
                self._countries.setdefault(meaning, []).append(word)

    def for_place(self, options: Mapping[str, float], text: str) -> str | None:
        """The one of the options whose place the message is about: 下周去日本, 流量卡5天的."""
        if not text or len(options) > KIN_MAX:
            return None
        going = [one for one in options if any(self._headed(text, place) for place in self._places(one))]
        return going[0] if len(going) == 1 else None

    def _places(self, product_id: str) -> Iterable[str]:
        """What a product is for, as far as its name says so: its country, or a word of its own."""
        for role, meaning in self._table.qualifiers[product_id]:
            if role is Role.COUNTRY:
                yield from self._countries.get(meaning, ())
        yield from (brand for brand in self._table.brands[product_id] if len(brand) > 1)

    def _headed(self, text: str, place: str) -> bool:
        at = text.find(place)
        return at > 0 and in_front(self._leads, text, at) is not None

    def plain(self, options: Mapping[str, float]) -> Mapping[str, float]:
        """普通的, 快充的: of the options and their siblings those that no tier lifts above the plain one."""
        plain = {product_id: cost for product_id, cost in options.items() if not self._lifted(product_id)}
        if plain:
            return plain
        kin = dict.fromkeys(other for option in options for other in self._table.kin(option))
        return dict.fromkeys((other for other in kin if not self._lifted(other)), 0.0)

    def _lifted(self, product_id: str) -> bool:
        return any(role is Role.TIER for role, _ in self._table.qualifiers[product_id])

    def without(
        self, options: Mapping[str, float], refused: Sequence[tuple[Role, str]]
    ) -> dict[str, float]:  # fmt: skip
        """The options that carry none of these tiers; 不要普通的 leaves those that are lifted above it."""
        plain = any(role is Role.PLAIN_TIER for role, _ in refused)
        return {
            product_id: cost
            for product_id, cost in options.items()
            if self._table.qualifiers[product_id].isdisjoint(refused)
            and not (plain and not self._lifted(product_id))
        }

    def hinted(self, left: Mapping[str, float], scraps: str, beside: str) -> tuple[str, ...]:
        """Siblings whose tier a scrap of the message sounds like, or that have it in their names: 慢话费 may be
        慢充, and 喜马拉雅上庭会员 the 家庭会员."""
        if not scraps and not beside:
            return ()
        sounds, characters = heard(scraps), frozenset(scraps)
        tiers = {tier for tier, head, second in self._tiers if head in sounds or second in characters}
        ours = "".join(map(self.written, left))
        foreign = {scrap for scrap in beside if scrap not in ours}
        if not tiers and not foreign:
            return ()
        return tuple(
            product_id
            for product_id in dict.fromkeys(kin for other in left for kin in self._table.kin(other))
            if product_id not in left
            and (
                any(scrap in self.written(product_id) for scrap in foreign)
                or any(
                    role is Role.TIER
                    and meaning in tiers
                    and (role, meaning) not in self._table.qualifiers[other]
                    for role, meaning in self._table.qualifiers[product_id]
                    for other in left
                )
            )
        )

    def another_tier(self, left: Iterable[str], beside: str) -> bool:
        """Whether a scrap beside a name is what is left of a tier that none of the products has: 家庭大 of
        家庭版, 专业来版 of 专业版."""
        words = self._table.namer.words.items()
        return any(
            role is Role.TIER
            and word.startswith(beside[at : at + 2])
            and (role, meaning) not in self._table.qualifiers[one]
            for at in range(len(beside) - 1)
            for word, (role, meaning) in words
            for one in left
        )

    def said_behind(self, left: Mapping[str, float], behind: str) -> str | None:
        """The one sibling in whose name the word stands that follows the name: win10安装U盘, PS Plus二档."""
        behind = squeezed(behind)[0]
        table = self._table
        if table.namer.role_of(behind[:2]) is not None:
            return None
        lengths = [length for length in range(len(behind), 1, -1) if _is_word(behind, length)]
        if not lengths:
            return None
        kin = tuple(dict.fromkeys((*left, *(kin for other in left for kin in table.kin(other)))))
        if len(kin) > KIN_MAX:
            return None
        for length in lengths:
            having = [product_id for product_id in kin if behind[:length] in self.written(product_id)]
            if having:
                return having[0] if len(having) == 1 and list(left) != having else None
        return None

    def own_words(self, text: str, names: Iterable[Mention], left: Set[int]) -> Set[int]:
        """Of what is left over, the places beside a name that say more of it: 摄像机 of 小米摄像机, where
        小米智能摄像机 is what goes by 小米."""
        own: set[int] = set()
        for mention in names:
            if len(mention.options) > KIN_MAX:
                continue
            behind, before = mention.end, mention.start
            while behind in left:
                behind += 1
            while before - 1 in left:
                before -= 1
            for start, end in ((mention.end, behind), (before, mention.start)):
                if end - start > 1 and all(
                    in_order(text[start:end], self.written(one)) for one in mention.options
                ):
                    own.update(range(start, end))
        return own

    def counts_in(self, text: str, mention: Mention, start: int, end: int) -> bool:
        """Whether a count beside a name is but a piece of it: 八套 of 八套卷, where 肖秀荣考研政治八套卷 is
        what goes by 肖秀荣."""
        near = 0 <= start - mention.end <= NEAR_MAX or 0 <= mention.start - end <= NEAR_MAX
        if not near or len(mention.options) > KIN_MAX:
            return False
        pieces = (text[start : end + 1], text[start - 1 : end] if start else "")
        return any(
            len(piece) > end - start and piece in self.written(one) and all(map(_han, piece))
            for piece in pieces
            for one in mention.options
        )

    def _written(self, product_id: str) -> str:
        """The name and the aliases of a product as they are searched."""
        product = self._vocabulary.products[product_id]
        return "\0".join(names_of(product))


def _is_word(text: str, length: int) -> bool:
    """Whether a text begins with a word of this length: letters only, and no latin word cut in two."""
    if not all("\u4e00" <= character <= "\u9fff" or "a" <= character <= "z" for character in text[:length]):
        return False
    return not ("a" <= text[length - 1] <= "z" and "a" <= text[length : length + 1] <= "z")


def _han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
