"""Goods said by parts of their name: 健身房 of 校园健身房次卡, 四级真题 of 大学英语四级历年真题.

Nobody says a long name whole, and no rule foresees which part of it people keep. So what stands between
words of ordinary talk, and names nothing, is looked for in every name: a product may be meant if its name
and sizes hold the whole stretch, in pieces of two characters and more. One character that no piece holds,
and it is another good: 腾讯体育会员 is none of 腾讯视频会员.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.lexicon import Lexicon, word_set
from nlu.normalise import plain
from nlu.sounds import heard
from nlu.vocabulary import ProductWords

PRODUCTS_MAX = 5_000
"""In a larger catalog hardly any part belongs to one product alone."""
STRETCH_MAX = 12
_OPTIONS_MAX = 8
_PIECE = 2

PART_COST = 0.6
_PIECE_COST = 0.1
_SOUND_COST = 0.2


@dataclass(slots=True)
class Part:
    """A stretch that names goods by parts of their names."""

    start: int
    end: int
    options: dict[str, float] = field(default_factory=dict)
    """Product id -> what it costs to call it this."""
    by_sound: bool = False


class Parts:
    """Finds such stretches for one catalog."""

    def __init__(
        self,
        products: Iterable[ProductWords],
        lexicon: Lexicon,
        general: Iterable[str] = (),
        shorter: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`general`: words that only say what kind of thing (视频, 会员); alone they are part of no name.
        `shorter`: how else such a word is said: vip is 会员, 代金券 is 券."""
        self._shorter = shorter
        self._pairs: set[str] = set()
        self._names: dict[str, tuple[str, str]] = {}
        self._by_pair: dict[str, list[str]] = defaultdict(list)
        products = tuple(products)
        labels: set[str] = set()
        for product in products if len(products) <= PRODUCTS_MAX else ():
            labels.update(self._learn(product))
        self._labels = "\n".join(labels)
        self._joining = word_set(lexicon, "aside.function_characters", "signs.numeral_characters")
        """Characters that only join words, or count."""
        talk = (
            word
            for name in _TALK
            for word in lexicon.words(name)
            if len(word) > 1 or name.startswith("stance.")
        )
        paying = (word for words in lexicon.groups("payments.methods").values() for word in words)
        self._talk = AhoCorasick(list(dict.fromkeys((*talk, *paying))), matchkind=MatchKind.LeftmostLongest)
        self._general = AhoCorasick(
            [word for word in general if len(word) > 1], matchkind=MatchKind.LeftmostLongest
        )
        self._alone = frozenset(lexicon.words("names.common_words"))

    def _learn(self, product: ProductWords) -> list[str]:
        """Files the names of a product; returns its labels."""
        labels = [_squeezed(variant.label) for variant in product.variants]
        names = [_squeezed(text) for text in (product.name, *product.aliases)]
        names += [
            name.replace(word, other)
            for name in names
            for word in self._shorter
            if word in name
            for other in self._shorter[word]
        ]
        name = "\n".join(_BRACKETS.sub("", text) for text in names)
        whole = "\n".join((*names, *labels))
        self._names[product.product_id] = (name, whole)
        self._pairs.update(whole[at : at + _PIECE] for at in range(len(whole) - 1))
        sounds = heard(whole)
        for pair in {sounds[at : at + _PIECE] for at in range(len(sounds) - 1)}:
            if "\n" not in pair:
                self._by_pair[pair].append(product.product_id)
        return labels

    def read(
        self, text: str, free: bytearray, blanks: Set[int] = frozenset(), labels: bool = True
    ) -> Iterator[Part]:
        """The parts of names in what is free (0) of the squeezed `text`, left to right. `blanks`: before
        which of its characters blanks stood; a part may end there. `labels`: a part may hold words of the
        labels of sizes, too."""
        if not self._names:
            return
        for run in _RUN.finditer(text):
            for start, end in self._stretches(text, free, run.start(), run.end()):
                if _PIECE <= end - start <= STRETCH_MAX and (part := self._part(text, start, end, labels)):
                    yield part
                    continue
                cuts = [start, *sorted(at for at in blanks if start < at < end), end]
                for one, other in pairwise(cuts) if len(cuts) > 2 else ():
                    if _PIECE <= other - one <= STRETCH_MAX and (
                        part := self._part(text, one, other, labels)
                    ):
                        yield part

    def _part(self, text: str, start: int, end: int, labels: bool) -> Part | None:
        """The part that a whole stretch is, or but for the period that it ends with: 极光TV年卡. Right behind
        a digit stands a unit, which is found in labels, too: 500港币."""
        labels = labels and not text[start - 1 : start].isdigit()
        found = self._held(text[start:end], labels)
        period = _PERIOD_CARD.search(text, start + _PIECE, end) if found is None else None
        if period is not None:
            end = period.start()
            found = self._held(text[start:end], labels)
        return Part(start, end, *found) if found is not None else None

    def in_name(self, product_id: str, word: str) -> bool:
        """Whether the name of a product, and not only the label of a size, holds a word as it is."""
        return word in self._names[product_id][0]

    def only_labels(self, word: str) -> bool:
        """Whether a word stands in labels of sizes and in no name."""
        return word in self._labels and not any(word in name for name, _ in self._names.values())

    def begins(self, text: str) -> list[int]:
        """Where in a squeezed text something begins that is no talk, and that a name may begin with."""
        free = bytearray(len(text))
        return [
            start
            for run in _RUN.finditer(text)
            for start, _ in self._stretches(text, free, run.start(), run.end())
        ]

    def kinds(self, text: str, free: bytearray) -> Iterator[Part]:
        """What only says what kind of thing, where one name alone holds it so: 打车券. That names goods
        where nothing else is of the kind."""
        if not self._names:
            return
        for run in _RUN.finditer(text):
            for start, end in self._stretches(text, free, run.start(), run.end()):
                kind = self._only_kind(text[start:end])
                if kind is not None:
                    yield Part(start, end, kind)

    def _stretches(self, text: str, free: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What stands between the words of talk and the characters that join words."""
        closed = bytearray(free[start:end])
        for _, at, to in self._talk.find_matches_as_indexes(text[start:end]):
            alone = to - at == 1
            if alone and self._pairs & {text[start + at : start + to + 1], text[start + at - 1 : start + to]}:
                continue  # 打 of 打车券 is no word of asking for it, and 行 of 骑行卡 none of agreeing
            closed[at:to] = b"\x01" * (to - at)
        for at in range(start, end):
            if text[at] in self._joining and self._joins(text, at):
                closed[at - start] = 1
        yield from ((start + found.start(), start + found.end()) for found in _OPEN.finditer(closed))

    def _joins(self, text: str, at: int) -> bool:
        """Whether a character that joins words, or counts, does nothing else: 四 of 四级 and 行 of 骑行 belong to
        names that have them."""
        if text[at : at + _PIECE] in self._pairs:
            return False
        return at == 0 or text[at - 1] in self._joining or text[at - 1 : at + 1] not in self._pairs

    def _only_kind(self, stretch: str) -> dict[str, float] | None:
        """The one product in whose name such words of kind stand as they are: 打车券 of 滴滴快车打车券."""
        told = [end - start for _, start, end in self._general.find_matches_as_indexes(stretch)]
        if len(stretch) - sum(told) >= _PIECE or not told or max(told) == len(stretch):
            return None
        holding = [one for one, (name, _) in self._names.items() if stretch in name]
        return {holding[0]: PART_COST} if len(holding) == 1 else None

    def _held(self, stretch: str, labels: bool) -> tuple[dict[str, float], bool] | None:
        """Which products hold the whole of it, and whether only by how it sounds."""
        told = sum(end - start for _, start, end in self._general.find_matches_as_indexes(stretch))
        if len(stretch) - told < _PIECE:
            return None
        latin = _LATIN.findall(stretch)
        if stretch in self._alone or stretch in self._labels or len(stretch) - sum(map(len, latin)) < _PIECE:
            return None
        sounds = heard(stretch)
        likely = [self._by_pair.get(sounds[at : at + _PIECE], ()) for at in range(len(sounds) - 1)]
        options: dict[str, float] = {}
        by_sound: dict[str, float] = {}
        for product_id in dict.fromkeys(one for some in likely for one in some):
            name, whole = self._names[product_id]
            whole = whole if labels else name
            pieces = _pieces(stretch, whole)
            if not set(latin) <= set(_LATIN.findall(whole)):
                continue
            if pieces is not None and any(piece in name for piece in pieces):
                options[product_id] = PART_COST + _PIECE_COST * (len(pieces) - 1)
            elif not options and len(stretch) >= 2 * _PIECE:
                pieces = _pieces(sounds, heard(whole))
                if pieces is not None and len(pieces) > 1 and self._spelled(stretch, name):
                    by_sound[product_id] = PART_COST + _SOUND_COST + _PIECE_COST * (len(pieces) - 1)
        found = options or by_sound
        if not found or len(found) > _OPTIONS_MAX:
            return None
        return found, not options

    def _spelled(self, stretch: str, name: str) -> bool:
        """Whether something that tells goods apart is spelled as in the name: 查重 of 维谱查重, and nothing
        of 奇意会员."""
        general = bytearray(len(stretch))
        for _, start, end in self._general.find_matches_as_indexes(stretch):
            general[start:end] = b"\x01" * (end - start)
        return any(
            stretch[at : at + _PIECE] in name and not any(general[at : at + _PIECE])
            for at in range(len(stretch) - 1)
        )


_TALK = ("aside.talk", "contacts.people", "stance.order", "stance.polite", "stance.own_request", "stance.add")
_CLAUSE_ENDS = re.compile("[,。;!?\n、…]")
_KINDS = frozenset("券卡票")
_PERIOD_CARD = re.compile("(?:包[月季年]|半年卡?|[月季年周][卡费])$")
_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_LATIN = re.compile(r"[a-z]+")
_RUN = re.compile(r"[a-z\u4e00-\u9fff]+")
_OPEN = re.compile(b"\0+")


def clauses_with(text: str, names: Iterable[tuple[int, int]]) -> bytearray:
    """The clauses in which something stands that has a name: 1 for each of their characters."""
    closed = bytearray(len(text))
    ends = [-1, *(found.start() for found in _CLAUSE_ENDS.finditer(text)), len(text)]
    for start, end in names:
        first, last = ends[bisect_left(ends, start, 1) - 1] + 1, ends[bisect_left(ends, end)]
        closed[first:last] = b"\x01" * (last - first)
    return closed


def _pieces(stretch: str, name: str) -> list[str] | None:
    """`stretch` in as few pieces as a greedy reader finds in `name`, or None where something is left."""
    pieces: list[str] = []
    at = 0
    while at < len(stretch):
        end = at + _PIECE
        if end > len(stretch) or stretch[at:end] not in name:
            return None
        while end < len(stretch) and stretch[at : end + 1] in name:
            end += 1
        if len(stretch) - end == 1:
            # One character must not be left over: 健身|房卡, not 健身房|卡.
            if stretch[end] in _KINDS and stretch[end] in name:
                return [*pieces, stretch[at:end]]  # 洗护|券
            end -= 1
            if end - at < _PIECE or stretch[end:] not in name:
                return None
        pieces.append(stretch[at:end])
        at = end
    return pieces


def _squeezed(text: str) -> str:
    return plain(text).replace(" ", "")
