"""Whether a line's goods are perhaps others of the same brand: a kind, a word or a grade that they do not have.

优酷少儿会员 is none of 优酷会员, Adobe Fresco may be any of Adobe's, and 超嗯大杯 was perhaps 超大杯. Such goods
are asked about.
"""

from __future__ import annotations

import re

from nlu.assortment import Assortment
from nlu.kinds import Kinds
from nlu.lexicon import Lexicon
from nlu.mention import SHORT_OF_A_WORD
from nlu.normalise import plain
from nlu.page import Page
from nlu.products import Names
from nlu.records import Record
from nlu.roles import COST, Role
from nlu.shape import Shape
from nlu.sounds import heard, pinyin
from nlu.vocabulary import Vocabulary

_NOISE_BEFORE = re.compile(r"(?:\[[^\[\]\n]{1,4}\]|[^\w,;，。\0]|[嗯呃额哈啊])+$")
_NOISE = re.compile(r"(?:[a-z]{2,5}|[^\u4e00-\u9fffa-z0-9\s,;:()]{1,4}|[嗯呃额哈啊])$")
STRANGER_MAX = 16
"""What stands further apart is no one name."""
_LATIN_STRANGER = re.compile(r"(?!(?:uid|please|thanks?|and|for|the|renew|gift|card|code|key)s?$)[a-z]{3,}")
"""A latin word that is none of those that everybody adds."""
_GRADES_HEARD = frozenset(map(heard, (*"超特加", *"中小大")))


class OtherGoods:
    """Looks for other goods beside those that a record names, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, names: Names, goods: Assortment) -> None:
        self._vocabulary, self._names, self._goods = vocabulary, names, goods
        self._kinds = Kinds(lexicon)

    def of_another_kind(self, text: str, record: Record, product_id: str) -> bool:
        """Whether behind the brand another kind of thing was said than the product is: 优酷少儿会员. In a
        large catalog a brand is often one of several that share it, so that even 点券 or a server that
        was left out must be the product's."""
        product = self._vocabulary.products[product_id]
        names = [e for e in record.names if e.mention is not None and product_id in e.mention.options]
        if any(self._kinds.another(text, event.end, product) for event in names):
            return True
        whole = plain(product.name).replace(" ", "") in text.replace(" ", "")
        if not self._names.dense or not names or whole:
            return False
        last = names[-1]
        left_out = last.mention is not None and last.mention.options[product_id] >= COST[Role.COUNTRY]
        return left_out or self._names.table.other_thing(text, last.end, product_id)

    def beside_a_stranger(self, page: Page, record: Record, shape: Shape, product_id: str) -> bool:
        """Whether a word that nobody knows stands between what is but part of a name and the size: Adobe
        of `Adobe Fresco 1年` may be any of Adobe's."""
        name = record.name
        if name is None:
            return False
        if self._names.dense and {record.names[-1].start - 1, record.names[-1].end} & shape.left.over:
            return True  # 枫恩珂 of 枫枫恩珂绫: with so many names, a part of another one
        if name.options.get(product_id, 0.0) < SHORT_OF_A_WORD:
            return False
        front = record.names[-1].start
        while front > 0 and page.text[front - 1] == page.text[front]:
            front -= 1  # 澳洲上上网卡
        front = _past_noise(page.text, front)
        own = self._vocabulary.products[product_id].name
        word = page.text[max(0, front - 2) : front]
        if {front - 1, front - 2} <= shape.left.nameable and not set(word) <= set(own):
            return not self._goods.of_carrier(product_id)  # 新西兰电话卡, where one of Thailand is sold
        start = record.names[-1].end
        sizes = [event.start for event in (*record.amounts, *record.nouns) if event.start > start]
        if not sizes or min(sizes) - start > STRANGER_MAX:
            return False
        between = page.rest()[start : min(sizes)].strip(" ")
        if between.isascii():
            return _LATIN_STRANGER.fullmatch(between) is not None and between not in self._spelled(product_id)
        return len(between) > 1 and set(range(start, start + len(between))) <= shape.left.over

    def half_a_word(self, text: str, record: Record, product_id: str, shape: Shape) -> bool:
        """超大大杯, 超嗯大杯, 钞大杯: what stands in front of a variant's word was perhaps a part of it."""
        for word in self._goods.words_of(product_id):
            at = text.find(word, record.start)
            while 0 < at <= record.end + len(word):
                front = _NOISE_BEFORE.sub("", text[:at])
                if len(front) - 1 in shape.left.over and heard(front[-1:]) in _GRADES_HEARD:
                    return True
                at = text.find(word, at + 1)
        return False

    def _spelled(self, product_id: str) -> str:
        """The name of a product in pinyin: wangpan is no stranger to 夸克网盘."""
        return pinyin("".join(filter(str.isalnum, plain(self._vocabulary.products[product_id].name)))) or ""


def _past_noise(text: str, start: int) -> int:
    """Where the sounds and pictures in front of a name begin: 澳洲hhh上网卡."""
    noise = _NOISE.search(text, max(0, start - STRANGER_MAX), start)
    return noise.start() if noise else start
