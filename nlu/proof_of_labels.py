"""Whether every size that was said by its label is that of a line: 科目一VIP 138…，再来一个科目四 orders two.

A label may stand in the name that was read (狂犬疫苗 for goods called 疫苗接种), and then one line seems to
hold all that was said while the customer named two sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.alternations import any_of
from nlu.assortment import Assortment
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind
from nlu.said import Doubt, Said, Unproven
from nlu.squeezing import squeezed


class ProofOfLabels:
    """Holds the labels that a message says against its lines. Immutable."""

    def __init__(self, goods: Assortment, lexicon: Lexicon) -> None:
        self._goods = goods
        self._leading = re.compile(
            rf"{any_of(lexicon, 'lengths.wishes', 'lengths.leading', 'idle.verbs', 'idle.to', 'proof.before_labels', 'accounts.fillers', 'signs.particles', 'contacts.people', 'aside.talk')}$"
        )

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Which lines may be but one of several sizes that were named, or hold the label of other goods."""
        yield from self._of_others(said)
        yield from self._of_longer_ones(said)
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
                    told = word in meant and skus.isdisjoint(meant[word])
                    if told and not self._sizes_other_goods(said, event, word, product_id):
                        yield said.nearest(event.start), Unproven.SIZE_UNUSED

    def _sizes_other_goods(self, said: Said, event: Event, word: str, product_id: str) -> bool:
        """win11专业版一个，还有福昕标准版: the word is the label of the goods that it was said of."""
        return any(
            event in (*record.qualifiers, *record.names)
            and line.product is not None
            and line.sku is not None
            and line.product.value != product_id
            and line.sku.value in self._goods.words_of(line.product.value).get(word, ())
            for _, line, record in said.pairs()
        )

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

    def _of_longer_ones(self, said: Said) -> Iterator[Doubt]:
        """上金会员, where 铂金会员 is sold as well: in front of the end of a longer label stands a character that no order
        has, and that may be a slip in the rest of it."""
        read = {event.end for event in said.reading.events}
        for at, line, record in said.pairs():
            if line.product is None or line.sku is None:
                continue
            own = self._goods.words_of(line.product.value)
            for event in record.qualifiers:
                before = said.text[max(0, event.start - 1) : event.start]
                alone = event.start in read or not "\u4e00" <= before <= "\u9fff"
                label = event.mention.text if event.mention is not None else ""
                longer = (word for word in own if word != label and word.endswith(label))
                if alone or not label or not any(line.sku.value not in own[word] for word in longer):
                    continue
                if in_front(self._leading, said.text, event.start) is None:
                    yield at, Unproven.SIBLING

    def _words(self, said: Said, event: Event, product_id: str) -> Iterator[str]:
        text = squeezed(said.text[event.start : event.end])[0]
        yield from (word for _, _, word in self._goods.labels_in(text, product_id))


_NAMING = frozenset({EventKind.NAME, EventKind.QUALIFIER})
