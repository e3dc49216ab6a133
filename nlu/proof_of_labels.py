"""Whether every size that was said by its label is that of a line: 科目一VIP 138…，再来一个科目四 orders two.

A label may stand in the name that was read (狂犬疫苗 for goods called 疫苗接种), and then one line seems to
hold all that was said while the customer named two sizes.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlu.assortment import Assortment
from nlu.records import Event, EventKind
from nlu.said import Doubt, Said, Unproven
from nlu.squeezing import squeezed


class ProofOfLabels:
    """Holds the labels that a message says against its lines. Immutable."""

    def __init__(self, goods: Assortment) -> None:
        self._goods = goods

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Which lines may be but one of several sizes that were named, or hold the label of other goods."""
        yield from self._of_others(said)
        if said.turned:
            return
        ordered: dict[str, set[str]] = {}
        for line in said.lines:
            if line.product is not None and line.sku is not None:
                ordered.setdefault(line.product.value, set()).add(line.sku.value)
        named = [event for event in said.reading.events if event.kind in _NAMING]
        for product_id, skus in ordered.items():
            meant = self._goods.words_of(product_id)
            for event in named:
                for word in self._words(said, event, product_id):
                    if word in meant and skus.isdisjoint(meant[word]):
                        yield said.nearest(event.start), Unproven.SIZE_UNUSED

    def _of_others(self, said: Said) -> Iterator[Doubt]:
        """邮箱新号来俩, where only a slip of a name says which goods have a 新号: it is none of the line's own."""
        for at, line, record in said.pairs():
            if line.product is None or line.sku is None:
                continue
            own = self._goods.words_of(line.product.value)
            for event in record.qualifiers:
                label = event.mention is not None and event.mention.role is None
                if label and event.mention is not None and event.mention.text not in own:
                    yield at, Unproven.TIER_UNUSED

    def _words(self, said: Said, event: Event, product_id: str) -> Iterator[str]:
        text = squeezed(said.text[event.start : event.end])[0]
        yield from (word for _, _, word in self._goods.labels_in(text, product_id))


_NAMING = frozenset({EventKind.NAME, EventKind.QUALIFIER})
