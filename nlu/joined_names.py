"""Names that stand side by side and are one: 中石化 and 加油卡, PS Plus and 二档."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nlu.mention import BRANDLESS, Closeness, Mention, MentionKind
from nlu.name_table import NameTable


class JoinedNames:
    """Puts names of one table together. Immutable."""

    def __init__(self, table: NameTable, own_kinds: Mapping[str, str] | None = None) -> None:
        """`own_kinds`: product id -> its name, where all kinds of goods are sold: then the kind that is said
        behind a brand is not just anybody's, and 夏隼加油卡 is no 夏隼游戏币."""
        self._table, self._own_kinds = table, own_kinds

    def put_together(self, text: str, mentions: Iterable[Mention]) -> Iterator[Mention]:
        """The mentions, left to right, those that are one name as one."""
        held: Mention | None = None
        for mention in sorted(mentions, key=lambda mention: mention.start):
            beside = held is not None and text[held.end : mention.start] in ("", "的")
            if held is not None and beside and (both := self._together(held, mention)):
                held = both
                continue
            if held is not None:
                yield held
            held = mention
        if held is not None:
            yield held

    def _together(self, one: Mention, other: Mention) -> Mention | None:
        """The one name that two make, if they do: the second is no brand, or narrows the first."""
        if other.kind is not MentionKind.NAME or other.closeness is not Closeness.EXACT:
            return None
        text = one.text + other.text
        lacking = min(other.options.values(), default=0.0) >= BRANDLESS
        if one.kind is MentionKind.UNKNOWN and (
            lacking or not self._table.brands_in(other.text, other.options)
        ):
            return replace(one, end=other.end, text=text)
        if one.kind is not MentionKind.NAME or not other.options:
            return None
        if one.options.keys() < other.options.keys():
            return replace(one, end=other.end, text=text)  # xunyou加速器: the second says only what it is
        narrows = len(other.options) < len(one.options) and other.options.keys() <= one.options.keys()
        if not narrows:
            return replace(one, end=other.end) if self._describes(one, other) else None
        said = one.said | other.said
        return replace(
            one, end=other.end, text=text, options=dict.fromkeys(other.options, 0.1), thin=False, said=said
        )

    def _describes(self, one: Mention, other: Mention) -> bool:
        """顺丰 of 顺丰寄件券: behind a whole name a second word that lacks its brand is anybody's."""
        if self._own_kinds is not None and not any(
            other.text in self._own_kinds[product_id] for product_id in one.options
        ):
            return False
        brands = self._table.brands
        whole = one.closeness is Closeness.EXACT and min(one.options.values(), default=9.0) < BRANDLESS
        lacking = min(other.options.values()) >= BRANDLESS and self._table.brands_in(one.text, one.options)
        kin = any(brands[mine] & brands[others] for mine in one.options for others in other.options)
        return bool(whole and lacking and not kin)
