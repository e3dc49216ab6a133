"""Whether a top-up that names no goods is one: 充30块钱饿么了红包，手机号… may be one of quite another thing.

充 with money and a telephone number is phone credit where nothing else is named. A name with a slip in it is
named all the same: what stands right behind the money and ends like goods, or is a brand, was meant. And a kind
of goods may be named that nobody wants: 送外卖的电话不能停，充50.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.alternations import any_of
from nlu.assortment import Assortment
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.recipients import PHONE
from nlu.records import Event
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.understanding import Slot
from nlu.vocabulary import Vocabulary


class ProofOfTopups:
    """Tells for one catalog what is no top-up of a telephone. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, goods: Assortment) -> None:
        self._products, self._goods = vocabulary.products, goods
        kinds = any_of(lexicon, "proof.kinds_topped_up")
        brands = {
            plain(word) for name, words in lexicon.groups("brands.brands").items() for word in (name, *words)
        }
        self._brands = frozenset(word for word in brands if _HAN.fullmatch(word))
        self._goods_behind = re.compile(
            rf" ?的? ?(?P<named>[\u4e00-\u9fff]{{1,6}}?{kinds})(?![\u4e00-\u9fff])"
        )
        self._run_behind = re.compile(" ?的? ?(?P<named>[\u4e00-\u9fff]{2,6})(?![\u4e00-\u9fff])")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Which lines top up what nobody understood."""
        yield from self._of_strangers(said)
        yield from self._of_others(said)
        yield from _of_what_is_told(said)

    def _of_strangers(self, said: Said) -> Iterator[Doubt]:
        """充30块钱饿么了红包, 充30块钱的快手: no goods were understood, and behind the money stand some."""
        for at, line, record in said.pairs():
            nameless = line.tops_up and not record.names and not record.nouns
            if nameless and any(self._names_goods(said, size) for size in record.amounts):
                yield at, Unproven.STRANGER

    def _names_goods(self, said: Said, size: Event) -> bool:
        following = [event.start for event in said.beside(size.start, SLOT_EVENTS) if event.start >= size.end]
        labels = [event.account.label for event in said.reading.events if event.account is not None]
        following += [label[0] for label in labels if label is not None and label[0] >= size.end]
        end = min([*following, said.bounds(size.start)[1]])
        named = self._goods_behind.match(said.text, size.end, end)
        if named is not None:
            return not said.reading.shape.left.over.isdisjoint(range(*named.span("named")))
        run = self._run_behind.match(said.text, size.end, end)
        return run is not None and run["named"] in self._brands

    def _of_others(self, said: Said) -> Iterator[Doubt]:
        """打车券滴滴的50 …A；我的号是B帮我充个五十: a sentence that is a whole top-up takes no goods over."""
        verbs = [cue.start for cue in said.reading.cues.get(CueKind.TOPUP, ())]
        end = 0
        for at, line, record in said.pairs():
            taken_over = bool(record.inherited) and record.inherited <= {Slot.PRODUCT, Slot.REGION}
            nameless = Slot.PRODUCT in record.inherited or not record.names
            own = record.amounts and record.accounts and taken_over and nameless
            apart = _STOPPED.search(said.text, end, record.start) is not None
            begin, end = said.bounds(record.start)[0], record.end
            if line.product is None or not own or not apart:
                continue
            sizes = tuple(event.amount for event in record.amounts if event.amount is not None)
            kind = self._products[line.product.value].account_kind
            charged = kind == PHONE and not self._goods.charges_phones(line.product.value)
            # 点券充100 QQ…；给138…充三十
            phones = any(e.account and e.account.kinds[:1] == (PHONE,) for e in record.accounts)
            if (
                (charged or (kind != PHONE and phones))
                and self._goods.tops_up_by(sizes)
                and any(begin <= verb <= record.end for verb in verbs)
            ):
                yield at, Unproven.NAME_UNUSED


def _of_what_is_told(said: Said) -> Iterator[Doubt]:
    """送外卖的电话不能停，充50 138…: the goods are called by nothing but their kind, in a clause that says more and has
    no part of the top-up, so that it may as well be what the customer does."""
    for at, line, record in said.pairs():
        if line.product is None or not line.tops_up or record.names or not record.nouns:
            continue
        kind = record.nouns[-1]
        begin, end = said.bounds(kind.start)
        own = (*record.amounts, *record.accounts, *record.regions, *record.qualifiers)
        beside = said.text[begin : kind.start] + said.text[kind.end : end]
        if not any(begin <= event.start < end for event in own) and _SAYS_NO_MORE.fullmatch(beside) is None:
            yield at, Unproven.NAME_UNUSED


_SAYS_NO_MORE = re.compile(r"[的呢啊呀哈吧\W]*")
_STOPPED = re.compile(r"[;；。!！?？\n]")
_HAN = re.compile("[\u4e00-\u9fff]{2,6}")
