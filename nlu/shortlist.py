"""The few products of a large catalog that a message may name, found without spelling out all of them.

What a name holds beside the words that only say what kind of thing it is (the 瑞槐克 of 瑞槐克视频会员)
is a stem. A stem is filed by sound under the pairs of its characters, next to each other and next but
one, so that a character that is wrong, missing, doubled or swapped leaves other pairs in place. Stems
that stand whole in a message are meant; failing those, the stems that share most pairs with it.
`nlu/large_names.py` looks at them more closely. Costs about a hundred bytes a product, in arrays.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from zlib import crc32

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.naming import Namer
from nlu.normalise import plain
from nlu.roles import STRONG, Role
from nlu.sounds import heard, initials, pinyin
from nlu.squeezing import squeezed
from nlu.vocabulary import ProductWords

FOUND_MAX = 12
"""Products that one stretch of a message may name."""
BESIDE_MAX = 4
"""Of them, those that are like something in it, where others stand whole in it."""
FOUND_IN_ALL_MAX = 100
NEAR_MAX = 100
NEAR_WHOLE_MAX = 40
"""Goods whose stem is spelled right are looked at in any case: the slip may be in the words behind it."""
NEAR = 0.6
"""Whose stem shares less than this part of the pairs that the best shares is not meant."""
ENDING = 2
"""The last characters of a stem that are filed together with the words behind it."""
LOOKED_AT_MAX = 6000
"""Stems looked at for one stretch; those under the rarest pairs come first."""
SELLERS_MAX = 64
"""Products kept for a word that only says what kind of thing is meant, the best selling first."""
_CORE = 1 << 51
"""Marks the keys that a stem has to share, all of them, to stand whole in a message."""
_WORD = 1 << 50


class Shortlist:
    """Finds products by the stems of their names. Immutable once built; safe to share."""

    def __init__(self, products: Iterable[ProductWords], namer: Namer) -> None:
        self._namer = namer
        self._brand_of = {
            form: forms[0] for forms in namer.brands.values() for form in forms if len(form) > 1
        }
        self._words = list(dict.fromkeys((*namer.words, *self._brand_of, *namer.delivery_words.all)))
        self._spotter = AhoCorasick(self._words, matchkind=MatchKind.Standard)
        self.sold: set[str] = set()
        """The words of the trade and the known brands that stand in any name."""
        self.sellers: dict[str, dict[str, float]] = {}
        """Word of the trade -> the products whose names or categories hold it."""
        self._unsold = {
            word: [word, *namer.short_generics.get(word, ())]
            for word, (role, _) in namer.words.items()
            if role in (Role.GENERIC, Role.SUBJECT)
        }
        """Word of the trade -> those of its spellings for which fewer sellers than the most are known."""
        self._delivered = frozenset(namer.delivery_words.all)
        """The words for how something comes."""
        self._general = frozenset(
            word for word, (role, _) in namer.words.items() if role not in STRONG and len(word) > 1
        )
        """The words that only say what kind of thing something is."""
        self._ids: list[str] = []
        self._owners = array("I")
        """Stem -> its product, by their places."""
        self._cores = array("B")
        """Stem -> how many of its keys stand for the stem itself."""
        self._file(sorted(products, key=lambda product: -product.sales))

    def _file(self, products: Sequence[ProductWords]) -> None:
        places: dict[int, int] = {}
        categories: dict[str, list[tuple[str, int, int]]] = {}
        filed, lengths = array("I"), array("B")
        for number, product in enumerate(products):
            self._ids.append(product.product_id)
            if product.category not in categories:
                categories[product.category] = list(self._spotted(product.category))
            self._sell(product, categories[product.category])
            for stem in dict.fromkeys(self._stems(product)):
                keys = list(stem)[:255]
                filed.extend([places.setdefault(key, len(places)) for key in keys])
                lengths.append(len(keys))
                self._owners.append(number)
                self._cores.append(sum(key >= _CORE for key in keys))
        counts = Counter(filed)
        self._places = places
        self._starts = array("I", accumulate((counts[place] for place in range(len(places))), initial=0))
        free, self._filed = array("I", self._starts), array("I", bytes(4 * len(filed)))
        at = 0
        for number, length in enumerate(lengths):
            for place in filed[at : at + length]:
                self._filed[free[place]] = number
                free[place] += 1
            at += length

    def _stems(self, product: ProductWords) -> Iterator[frozenset[int]]:
        for name in (product.name, *product.aliases):
            text = plain(name).replace(" ", "")
            spotted = list(self._spotted(text))
            self.sold.update([word for word, _, _ in spotted])
            if any(mark in text for mark in _PARTING):
                spotted_whole = [word for word, _, _ in self._spotted(squeezed(text)[0])]
                self.sold.update(self._delivered.intersection(spotted_whole))
            self._sell(product, spotted)
            general = bytearray(len(text))
            for word, start, end in spotted:
                if word in self._general:
                    general[start:end] = b"\x01" * (end - start)
            if all(general):
                general = bytearray(len(text))
            bare = "".join([" " if told else one for one, told in zip(text, general, strict=True)])
            for found in _RUN.finditer(bare):
                start, end = found.span()
                tail = general.find(b"\0", end)
                behind = text[end:tail] if tail >= 0 else text[end:]
                yield frozenset(
                    (
                        *_keys_of_stem(text, start, end),
                        *_keys_in_front(text[max(start, end - ENDING) : end], behind),
                    )
                )
            for word, _, _ in spotted:
                if word in self._brand_of:
                    yield frozenset((_hashed("brand", self._brand_of[word]) | _CORE,))
        for variant in product.variants:
            if _NAMES_ITSELF.fullmatch(variant.label):
                yield frozenset(_keys_of_stem(variant.label, 0, len(variant.label)))
        if product.product_id.isascii() and product.product_id.isalpha():
            identity = product.product_id.lower()
            yield frozenset(_keys_of_stem(identity, 0, len(identity)))

    def _sell(self, product: ProductWords, spotted: Iterable[tuple[str, int, int]]) -> None:
        for word, _, _ in spotted:
            for said in self._unsold.get(word, ()):
                sellers = self.sellers.setdefault(said, {})
                if len(sellers) < SELLERS_MAX:
                    sellers[product.product_id] = 0.0
                else:
                    self._unsold[word] = [one for one in self._unsold[word] if one != said]

    def _spotted(self, text: str) -> Iterator[tuple[str, int, int]]:
        for index, start, end in self._spotter.find_matches_as_indexes(text, overlapping=True):
            yield self._words[index], start, end

    def of(self, text: str) -> tuple[str, ...]:
        """The products that `text` (normalised) may name."""
        found: dict[str, None] = {}
        for stretch in _STRETCH.findall(text):
            found |= dict.fromkeys(self._named_in(stretch.replace(" ", "")))
            if len(found) >= FOUND_IN_ALL_MAX:
                break
        return tuple(found)[:FOUND_IN_ALL_MAX]

    def near(self, text: str) -> tuple[str, ...]:
        """The products that share most with `text` (normalised), those whose stem stands whole in it first: for
        a closer look at what named nothing."""
        whole: list[int] = []
        shared = Counter[int]()
        for stretch in _STRETCH.findall(text):
            under = self._under(dict.fromkeys(self._keys_of_message(stretch.replace(" ", ""))))
            whole += self._whole(under)
            for _, stems in under:
                shared.update(stems)
        numbers = self._likest(whole, shared, NEAR_WHOLE_MAX)
        numbers |= self._likest(shared, shared, NEAR_MAX)
        return tuple(self._ids[number] for number in numbers)

    def _whole(self, under: Iterable[tuple[int, array[int]]]) -> list[int]:
        """The stems that stand whole in a message."""
        cores = Counter[int]()
        for key, stems in under:
            if key >= _CORE:
                cores.update(stems)
        return [stem for stem, count in cores.items() if count == self._cores[stem]]

    def _named_in(self, stretch: str) -> list[str]:
        under = self._under(dict.fromkeys(self._keys_of_message(stretch)))
        shared = Counter[int]()
        for _, stems in under:
            shared.update(stems)
        whole = self._whole(under)
        explained = set(whole)
        left = Counter[int]() if explained else shared
        for _, stems in under if explained else ():
            if explained.isdisjoint(stems):
                left.update(stems)
        best = max(left.values(), default=0)
        least = max(NEAR * best, 2 if whole or best > 2 else 1)
        near = [stem for stem, count in left.items() if count >= least]
        numbers = self._likest(whole, shared, FOUND_MAX)
        numbers |= self._likest(near, left, BESIDE_MAX if whole else FOUND_MAX)
        return [self._ids[number] for number in numbers]

    def _likest(self, stems: Iterable[int], shared: Mapping[int, int], most: int) -> dict[int, None]:
        """The products of the stems that share most; of those that share as much the ones under the rarest
        keys, which come first."""
        ranked = sorted(stems, key=shared.__getitem__, reverse=True)
        return dict.fromkeys(list(dict.fromkeys(self._owners[stem] for stem in ranked))[:most])

    def _under(self, keys: Iterable[int]) -> list[tuple[int, array[int]]]:
        """The stems under the keys; of what is common to thousands only as much as can be looked at."""
        places = [(key, self._places[key]) for key in keys if key in self._places]
        sized = sorted((self._starts[place + 1] - self._starts[place], key, place) for key, place in places)
        found: list[tuple[int, array[int]]] = []
        looked_at = 0
        for size, key, place in sized:
            if looked_at + size > LOOKED_AT_MAX and found:
                break
            start = self._starts[place]
            found.append((key, self._filed[start : start + min(size, LOOKED_AT_MAX)]))
            looked_at += size
        return found

    def _keys_of_message(self, stretch: str) -> Iterator[int]:
        beside = list(_pairs(stretch, 0, len(stretch), apart=1))
        yield from beside
        yield from (key | _CORE for key in beside)
        yield from _pairs(stretch, 0, len(stretch), apart=2)
        general: list[tuple[int, int]] = []
        for word, start, end in self._spotted(stretch):
            if word in self._brand_of:
                yield _hashed("brand", self._brand_of[word]) | _CORE
            if word in self._general:
                general.append((start, end))
        for start, end in _runs_of(general):
            yield from _keys_in_front(stretch[max(0, start - ENDING - 1) : start], stretch[start:end])
        for word in _LATIN.findall(stretch):
            yield from _letters(word)
            yield _hashed("initials", word[:3])
            yield _hashed("initials", word[:2])
            yield from (_hashed("pinyin", word[:length]) for length in range(3, min(len(word), 12) + 1))


_PARTING = ("-", "的", "个")
"""What is left out where words are put together again: CD-KEY."""
_STRETCH = re.compile("[^\n,，。;；、!！?？\0]+")
_RUN = re.compile("[\u4e00-\u9fff]+|[a-z]+")
_LATIN = re.compile("[a-z]+")
_NAMES_ITSELF = re.compile("[\u4e00-\u9fff]{4,}|[\u4e00-\u9fff]{3}(?<!卡)")


def _keys_of_stem(text: str, start: int, end: int) -> Iterator[int]:
    """Keys of the stem `text[start:end]`, and of how it goes over into what stands behind it."""
    if text[start].isascii():
        yield from _letters(text[start:end])
        return
    if end - start == 1:
        yield from _pairs(text, max(0, start - 1), min(len(text), end + 1), apart=1)
    yield from (key | _CORE for key in _pairs(text, start, end, apart=1))
    yield from _pairs(text, start, min(len(text), end + 1), apart=2)
    yield from _pairs(text, end - 1, min(len(text), end + 1), apart=1)
    if end - start > 1:
        yield _hashed("initials", initials(text[start : min(end, start + 3)]))
        yield _hashed("pinyin", pinyin(text[start : start + 2]) or "")


def _keys_in_front(front: str, general: str) -> Iterator[int]:
    """Keys of the last characters of a stem, each with the general words that follow it."""
    if general:
        yield from (_hashed("ending", heard(character + general)) for character in front)


def _runs_of(words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where words that stand in a row begin, each with where every one of them ends."""
    begin = reach = -1
    ends: set[int] = set()
    for start, end in sorted(words):
        if start > reach:
            yield from ((begin, stop) for stop in ends)
            begin, ends = start, set()
        reach = max(reach, end)
        ends.add(end)
    yield from ((begin, stop) for stop in ends)


def _pairs(text: str, start: int, end: int, apart: int) -> Iterator[int]:
    """Keys of the Chinese characters in `text[start:end]` that stand so far apart."""
    sounds = [ord(sound) for sound in heard(text[start:end])]
    for one, other in zip(sounds, sounds[apart:], strict=False):
        if one > 0x2E7F and other > 0x2E7F:
            yield one << 21 | other


def _letters(word: str) -> Iterator[int]:
    """Keys of a latin word: three letters each, with where it begins and ends."""
    if len(word) > 1:
        edged = f"^{word}$"
        yield from (_hashed("letters", edged[at : at + 3]) | _CORE for at in range(len(edged) - 2))


def _hashed(kind: str, word: str) -> int:
    return _WORD | crc32(f"{kind} {word}".encode())
