"""Goods called by the number in their name, where a word of theirs stands behind it: 365家庭版, 115会员, 163vip.

The number alone is any number, and one that the shop sells a size of names nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from nlu.alternations import either
from nlu.entries import Entry
from nlu.mention import Mention, MentionKind
from nlu.naming import Namer
from nlu.normalise import plain
from nlu.roles import Token
from nlu.size import PERIOD_UNITS
from nlu.vocabulary import ProductWords

WITHOUT_BRAND_COST = 0.1
"""What it costs to leave out the brand in front of its number."""


class NumberedNames:
    """Finds them for the products of one table. Immutable once built."""

    def __init__(
        self, products: Collection[ProductWords], namer: Namer, entries: Mapping[str, Entry]
    ) -> None:
        self._options: dict[str, dict[str, float]] = defaultdict(dict)
        self._behind: dict[str, re.Pattern[str]] = {}
        """What has to stand behind each number."""
        words: dict[str, set[str]] = defaultdict(set)
        lasting: set[str] = set()
        numbers = [(product, *found) for product in products for found in _numbers(product, namer)]
        if not numbers:
            return
        sizes = {size for product in products for size in _sizes(product)}
        for product, number, written, tokens in numbers:
            if number in sizes:
                continue
            entry = entries.get(written)
            costs = entry.options if entry is not None and entry.kind is MentionKind.NAME else {}
            cost = costs.get(product.product_id, WITHOUT_BRAND_COST)
            self._options[number][product.product_id] = cost
            words[number] |= {
                *chain.from_iterable(_said_of(token, namer) for token in tokens),
                *_of_labels(product, namer),
            }
            if all(variant.unit in PERIOD_UNITS for variant in product.variants):
                lasting.add(number)
                words[number] |= _MEMBERSHIP
        for number, told in words.items():
            period = rf"|{_PERIOD}" if number in lasting else ""
            self._behind[number] = re.compile(rf"(?P<told>{either(told)}){period}")

    def find(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """All of them in a squeezed text; `edges`: where blanks stood in it."""
        if not self._behind:
            return
        for found in _NUMBER.finditer(text):
            pattern = self._behind.get(found[0])
            behind = pattern.match(text, found.end()) if pattern is not None else None
            if behind is None or (not behind["told"] and not _begins(text, found.start(), edges)):
                continue
            options = self._options[found[0]]
            yield Mention(
                found.start(), found.end(), found[0], MentionKind.NAME, options, thin=False, family=options
            )


_NUMBER = re.compile(r"(?<![0-9a-z.¥$])[0-9]{3,4}(?![0-9.])")
_NAMED = re.compile(r"(?P<brand>[a-z\u4e00-\u9fff]*)(?P<number>[0-9]{3,4})(?P<rest>[\u4e00-\u9fff]*)")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_MEASURES = re.compile("[元块点个张条枚颗天日月年分小次用人台周]")
"""How what stands behind a number begins, where it measures the goods."""
_PERIOD = r"(?:[一二两三半]年|年[卡费]|[季月]卡|[一三六]个月|[136]个月|1年)"
_PERIOD_ONLY = re.compile("[一二两三半个]*[年季月周天][卡费]?")
_MEMBERSHIP = frozenset({"会员", "vip"})
"""What all that runs for some time is called."""
_BEGINS = re.compile(r"(?:^|[,，;；。、\n要买来充开办订搞弄])$")
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


def _begins(text: str, start: int, edges: frozenset[int]) -> bool:
    """Whether a number begins what is asked for; 会员115年卡 tells a price."""
    return start == 0 or (start not in edges and _BEGINS.search(text, 0, start) is not None)


def _numbers(product: ProductWords, namer: Namer) -> Iterator[tuple[str, str, tuple[Token, ...]]]:
    """Each number in a product's names, with the brand that it is written with, and the words beside it."""
    units = tuple(variant.unit for variant in product.variants)
    for name in (product.name, *product.aliases):
        if _NUMBER_IN_NAME.search(name) is None:
            continue
        tokens = namer.tokens(name, units)
        for token in tokens:
            found = _NAMED.fullmatch(token.text)
            if found is None or _YEAR.fullmatch(found["number"]) or _MEASURES.match(found["rest"]):
                continue
            others = tuple(one for one in tokens if one is not token)
            rest = (Token(found["rest"], token.role, found["rest"]),) if found["rest"] else ()
            yield found["number"], found["brand"] + found["number"], (*rest, *others)


_NUMBER_IN_NAME = re.compile("[0-9]{3}")


def _said_of(token: Token, namer: Namer) -> Iterable[str]:
    """A word of a name as it is said."""
    if len(token.text) < 2 or not token.text[0].isalpha():
        return ()
    shorts = (*namer.short_generics.get(token.text, ()), *namer.synonyms.get((token.role, token.meaning), ()))
    return (token.text, *(short for short in shorts if len(short) > 1))


def _of_labels(product: ProductWords, namer: Namer) -> Iterator[str]:
    """The words of its variants: 家庭版 of 家庭版1年, 尊享 of 尊享年卡."""
    for variant in product.variants:
        for word in _CHINESE.findall(plain(variant.label)):
            if _PERIOD_ONLY.fullmatch(word) is None:
                yield word
            for length in range(2, len(word)):
                if namer.role_of(word[:length]) is not None:
                    yield word[:length]


def _sizes(product: ProductWords) -> Iterator[str]:
    """The numbers that it is sold by."""
    for variant in product.variants:
        yield str(variant.face_value.normalize().to_integral_value()) if variant.face_value else ""
        yield from re.findall("[0-9]+", variant.label)
