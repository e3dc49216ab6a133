"""What kind of thing goods are, where a word behind their brand says so: 优酷少儿会员 is no 优酷会员.

One brand sells many kinds of things, and a shop has few of them. Who names the brand and another kind
means goods that are not here, however well the brand fits; so he is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.squeezing import squeezed_name
from nlu.vocabulary import ProductWords

PRODUCTS_KEPT = 4096


class Kinds:
    """Tells kinds of goods by the words of the trade. Immutable; safe to share."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._kind_of = {
            plain(word): kind
            for kind, words in lexicon.groups("kinds.kinds").items()
            for word in (kind, *words)
        }
        self._implied = {plain(word): kinds for word, kinds in lexicon.groups("kinds.implied").items()}
        tiers = either(map(plain, lexicon.words("kinds.between")))
        words = either(self._kind_of)
        self._behind = re.compile(rf"(?:{tiers}| )*({words})")
        self._anywhere = re.compile(f"(?=({words}))")
        self._of = lru_cache(maxsize=PRODUCTS_KEPT)(self._kinds_of)

    def another(self, text: str, end: int, product: ProductWords) -> bool:
        """Whether the words right behind a name that ends at `end` say a kind of thing that the product
        is not."""
        said = self._behind.match(text, end)
        return said is not None and self._kind_of[said[1]] not in self._of(product)

    def known(self, word: str) -> bool:
        """Whether a word says a kind of thing."""
        return word in self._kind_of

    def _kinds_of(self, product: ProductWords) -> frozenset[str]:
        """What a product's own names and sizes say it is; failing that, what its category says."""
        labels = (variant.label for variant in product.variants)
        names = squeezed_name("\n".join((product.name, *product.aliases, *labels)))
        return self._in(names) or self._in(squeezed_name(product.category))

    def _in(self, text: str) -> frozenset[str]:
        found = {self._kind_of[match[1]] for match in self._anywhere.finditer(text)}
        for word, kinds in self._implied.items():
            if word in text:
                found.update(kinds)
        return frozenset(found)
