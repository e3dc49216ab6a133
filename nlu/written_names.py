"""What the goods of a catalog are called as they are written there: against it the letters of a message are held."""

from __future__ import annotations

from functools import lru_cache

from nlu.normalise import plain
from nlu.siblings import NAMES_KEPT
from nlu.vocabulary import Vocabulary

_COMPARED_MAX = 2000
"""Of a larger catalog too much is called alike, and comparing would take too long."""


class WrittenNames:
    """Of one catalog, without blanks; a NUL parts one name from the next. Immutable."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._products = vocabulary.products
        self.names = lru_cache(maxsize=NAMES_KEPT)(self._names)
        """By product: its name and its aliases."""
        self.all = lru_cache(maxsize=NAMES_KEPT)(self._all)
        """By product: those, and what its sizes are called."""
        self.compared = vocabulary.products if len(vocabulary.products) <= _COMPARED_MAX else {}
        """The products, where names are compared with those of all others."""

    def _names(self, product_id: str) -> str:
        product = self._products[product_id]
        return "\0".join(plain(one).replace(" ", "") for one in (product.name, *product.aliases))

    def _all(self, product_id: str) -> str:
        labels = (variant.label for variant in self._products[product_id].variants)
        return "\0".join((self.names(product_id), *(plain(one).replace(" ", "") for one in labels)))
