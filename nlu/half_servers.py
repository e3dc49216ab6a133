"""Half of the name of a server: 微信区 and 安卓, where 安卓微信区 and 苹果微信区 are served.

The other half is asked for then, and what was said is not asked for again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.servers_said import logged_in, spelled_out
from nlu.understanding import Heard, Span, SpokenLine
from nlu.vocabulary import Vocabulary

_PRODUCTS_KEPT = 256
_REFUSED = re.compile("[不没别非].?$")
"""In front of a half: 不是微信区."""


class HalfServers:
    """Finds them for one catalog. Immutable but for what it has worked out."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        behind = any_of(lexicon, "names.logs_in")
        self._parts = tuple(
            (
                tuple(map(plain, (part, *others))),
                re.compile(f"{spelled_out(part, others)}|{logged_in(part, others, behind)}"),
            )
            for part, others in lexicon.groups("names.region_parts").items()
        )
        self._some = re.compile("|".join(pattern.pattern for _, pattern in self._parts))
        self._halves = lru_cache(maxsize=_PRODUCTS_KEPT)(self._halves_of)

    def read(self, text: str, line: SpokenLine, product_id: str) -> SpokenLine:
        """The line with the servers that are left to choose from, or with the only one that is left."""
        regions = self._products[product_id].regions
        if not regions or self._some.search(text) is None:
            return line
        fits = regions
        for pattern, having in self._halves(regions):
            said = pattern.search(text)
            if said is not None and _REFUSED.search(text[: said.start()]) is None:
                fits = tuple(region for region in fits if region in having)
        if len(fits) == 1:
            return replace(line, region=Heard(fits[0], Span(0, len(text))))
        return replace(line, region_options=fits if len(fits) < len(regions) else ())

    def _halves_of(self, regions: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
        """How each half is said, and which servers have it."""
        halves = []
        for words, pattern in self._parts:
            having = frozenset(
                region for region in regions if any(_stands_in(word, plain(region)) for word in words)
            )
            if having:
                halves.append((pattern, having))
        return tuple(halves)


def _stands_in(word: str, region: str) -> bool:
    """Whether a part of the name of a server is called so; a single letter says too little."""
    return len(word) > 1 and word in region
