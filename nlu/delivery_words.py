"""The words for how goods come: as a key that anybody may redeem (卡密, 激活码), or straight into an account (直充)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.normalise import plain


class ComesAs(StrEnum):
    """The names are those of the word lists."""

    KEY = "key"
    DIRECT = "direct"


class DeliveryWords:
    """The words that name the forms."""

    def __init__(self, lexicon: Lexicon) -> None:
        groups = lexicon.groups("goods.comes_as")
        self._form_of = {plain(word): ComesAs(form) for form, words in groups.items() for word in words}
        self._word = re.compile(either(self._form_of))

    @property
    def all(self) -> Iterable[str]:
        return self._form_of

    def forms_in(self, text: str) -> frozenset[ComesAs]:
        """The forms that a squeezed text names."""
        return frozenset(self._form_of[found[0]] for found in self._word.finditer(text))
