"""Names with a slip of the finger, as far as the slip leaves them what they were.

`nlu/typos.py` finds what is one slip from a name; whether that other spelling is another brand, another
tier or another word altogether is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.mention import Closeness, Mention, MentionKind
from nlu.name_table import NameTable
from nlu.roles import Role
from nlu.sounds import heard
from nlu.typos import Misspellings, sounds_near

SHORT_BRAND = 3
"""Of a brand of so few characters one that sounds otherwise makes another brand."""


class MisspelledNames:
    """Finds the names of one table with one slip. Immutable once built."""

    def __init__(
        self, table: NameTable, lexicon: Lexicon, names: Iterable[str], servers: Iterable[str], passing: bool
    ) -> None:  # fmt: skip
        """`names`, `servers`: those that may be guessed at. `passing`: it is made for a message or two."""
        self._table = table
        self._callers = tuple(word for word in lexicon.words("contacts.called_upon") if len(word) > 1)
        soft, parts = table.soft, lexicon.groups("names.region_parts")
        self._latin_tier = re.compile(rf"(?:{any_of(lexicon, 'signs.latin_tiers')})+$")
        slips = [text for text in names if len(text) >= 3 and text not in soft]
        slips += [text for text in servers if len(text) > 3 and not any(part in text for part in parts)]
        self._misspellings = Misspellings(slips, lexicon, passing)

    def find(
        self, text: str, taken: bytearray, edges: frozenset[int], others: Sequence[Mention]
    ) -> Iterator[Mention]:
        """Those in what is not `taken`. `others`: goods of others and tiers that are spelled right, so no
        slips."""
        still_means = cache(self._still_means)  # the same slip may stand in a message over and over
        for start, end, near in self._misspellings.read(text, taken, edges):
            patterns = [
                pattern
                for pattern in near
                if still_means(text[start:end], pattern)
                and all(
                    text[max(start, o.start) : min(end, o.end)] in pattern
                    for o in others
                    if start < o.end and o.start < end
                )
                and edges.isdisjoint((start + 1, end - 1))
            ]
            if patterns:
                yield self._mention(text, start, end, patterns)

    def _mention(self, text: str, start: int, end: int, patterns: Sequence[str]) -> Mention:
        """Where the slip is in the tier, the name without it is meant as well: 话费费充 is 话费 as much as
        话费慢充."""
        merged: dict[str, float] = {}
        for pattern in patterns:
            options = self._table.entries[pattern].options
            # vsip is as near to svip as to vip, whatever a name with the one costs more.
            lead = min(options.values(), default=0.0) if len(patterns) > 1 else 0.0
            for product_id, cost in options.items():
                merged[product_id] = min(cost - lead, merged.get(product_id, cost - lead))
        entry = self._table.entries[patterns[0]]
        family = self._table.families.get(entry.family, {})
        namer, typed = self._table.namer, text[start:end]
        tiered = [pattern for pattern in patterns if not namer.tier_heads.isdisjoint(pattern)]
        if any(tier in pattern and tier not in typed for pattern in tiered for tier in namer.long_tiers):
            merged = dict.fromkeys((*merged, *family), min(merged.values(), default=0.0))
        return Mention(
            start, end, patterns[0], entry.kind, merged, Closeness.TYPO, said=entry.said, family=family
        )

    def _still_means(self, typed: str, pattern: str) -> bool:
        """Whether what was typed can be meant for the name, its slip left aside."""
        return (
            self._same_brand(typed, pattern)
            and self._same_letters(typed, pattern)
            and not self._cut_short(typed, pattern)
            and self._same_tier(typed, pattern)
            # whom one speaks to is no slip: 老板港服 is no 老任港服
            and all(word in pattern for word in self._callers if word in typed)
        )

    def _cut_short(self, typed: str, pattern: str) -> bool:
        """Whether a brand that is not sold lacks its beginning or end: 阿里云 is no misspelled 阿里云盘."""
        unknown = self._table.entries[pattern].kind is MentionKind.UNKNOWN
        return unknown and (pattern.startswith(typed) or pattern.endswith(typed))

    def _same_brand(self, typed: str, pattern: str) -> bool:
        """Whether a slip leaves a short brand what it was: 中石化加油卡 is no misspelled 中石油加油卡."""
        if len(typed) != len(pattern):
            return True
        return all(
            sounds_near(typed[at : at + len(brand)], brand)
            for brand in self._table.brands_in(pattern)
            if len(brand) <= SHORT_BRAND and (at := pattern.find(brand)) >= 0
        )

    def _same_letters(self, typed: str, pattern: str) -> bool:
        """Whether a slip leaves the few letters that tell a name from others what they were: ku vip, what is left of
        Youku VIP, is no misspelled kp vip."""
        core = self._latin_tier.sub("", pattern) if pattern.isascii() else ""
        return not 0 < len(core) <= SHORT_BRAND or core == pattern or core in typed

    def _same_tier(self, typed: str, pattern: str) -> bool:
        """Whether a slip leaves the word that tells a good from its siblings what it was, by its sound or but
        for a character that no such word has: 话费快的 is no misspelled 话费慢的."""
        if not self._countries(typed) <= self._countries(pattern):
            return False  # apple国区 lacks nothing of apple美国区
        foreign = set(typed) - set(pattern)
        if foreign.isdisjoint(self._table.namer.telling_apart):
            return True
        sounds = heard(typed)
        return all(
            heard(word) in sounds
            for at in range(len(pattern))
            for length in _TIER_LENGTHS
            if (word := pattern[at : at + length])
            and len(word) == length
            and (role := self._table.namer.role_of(word)) is not None
            and role[0] in _APART
        )

    def _countries(self, text: str) -> frozenset[str]:
        """The countries that are named in it, of overlapping words by the longest."""
        found, at = set(), 0
        while at < len(text):
            words = (text[at : at + length] for length in reversed(_TIER_LENGTHS) if at + length <= len(text))
            role, word = next(
                ((role, word) for word in words if (role := self._table.namer.role_of(word)) is not None),
                (None, ""),
            )
            if role is not None and role[0] is Role.COUNTRY:
                found.add(role[1])
            at += len(word) or 1
        return frozenset(found)


_APART = frozenset({Role.TIER, Role.COUNTRY, Role.CARRIER})
_TIER_LENGTHS = (2, 3, 4)


def or_a_slip(mention: Mention, slips: Sequence[Mention]) -> Mention:
    """格茉会员 may be part of 格茉朗琮会员, and as well 笺格茉会员 with a slip."""
    if not mention.partial:
        return mention
    cost = min(mention.options.values(), default=0.0)
    more = {
        product_id: cost
        for slip in slips
        if slip.start <= mention.start and mention.end <= slip.end
        for product_id in slip.options
        if product_id not in mention.options
    }
    return replace(mention, options={**mention.options, **more}) if more else mention


def spelled_right(slip: Mention, nouns: Iterable[Mention]) -> bool:
    """Whether what was typed is a kind of goods, and no misspelled brand that is not sold: 电影会员 is no 电报会员."""
    inside = (noun for noun in nouns if slip.start <= noun.start and noun.end <= slip.end)
    return any(noun.text not in slip.text for noun in inside)
