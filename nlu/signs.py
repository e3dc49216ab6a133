"""Signs that take more than one word: patterns put together from the words of `data/lexicon/signs.yaml`.

The words are data; what stands in front, between and behind them is decided once, in `nlu/signs_of_*.py`.
"""

from __future__ import annotations

from functools import lru_cache

from nlu.lexicon import Lexicon
from nlu.signs_of_changing import SignsOfChanging
from nlu.signs_of_dealing import SignsOfDealing
from nlu.signs_of_naming import SignsOfNaming
from nlu.signs_of_refusing import SignsOfRefusing
from nlu.signs_of_taking_back import SignsOfTakingBack
from nlu.signs_of_waiting import SignsOfWaiting


class Signs(
    SignsOfDealing, SignsOfRefusing, SignsOfWaiting, SignsOfTakingBack, SignsOfChanging, SignsOfNaming
):
    """Compiled patterns, each finds one sign in normalised text; and words that are looked up. Immutable."""

    purposes: frozenset[str]
    """送礼: what somebody searches for, or says of what he orders."""
    no_more_than: frozenset[str]
    """只要: in front of what is ordered, it and no more."""
    hesitations: frozenset[str]
    """Put an order off, unless a question or an order stands beside them."""
    protests: frozenset[str]
    """谁说要: no to what was shown, rather than to all of it."""
    looks: frozenset[str]
    list_heads: frozenset[str]
    contrasts: frozenset[str]
    refusals: frozenset[str]
    speech: frozenset[str]
    messages: frozenset[str]
    carriers: frozenset[str]
    """短信, 写着: somebody's words come behind, be it in the next sentence."""
    interjections: frozenset[str]
    either_is_well: frozenset[str]
    afterwards: frozenset[str]
    mild_corrections: frozenset[str]
    waiting: frozenset[str]
    verbs_of_life: frozenset[str]
    idle_joins: frozenset[str]
    weak_wishes: frozenset[str]
    counts: frozenset[str]
    """Numerals that say more than one."""
    pauses: frozenset[str]
    """Sounds of thinking, which may part a word from the next."""

    @classmethod
    @lru_cache(maxsize=4)
    def read(cls, lexicon: Lexicon) -> Signs:
        """Put the patterns together, once for all who ask for those of a lexicon."""
        return cls(lexicon)

    def __init__(self, lexicon: Lexicon) -> None:
        SignsOfDealing.__init__(self, lexicon)
        SignsOfRefusing.__init__(self, lexicon)
        SignsOfWaiting.__init__(self, lexicon)
        SignsOfTakingBack.__init__(self, lexicon)
        SignsOfChanging.__init__(self, lexicon)
        SignsOfNaming.__init__(self, lexicon)
        self.no_more_than = frozenset(lexicon.words("signs.no_more_than"))
        self.hesitations = frozenset(lexicon.words("signs.hesitations"))
        self.protests = frozenset(lexicon.words("signs.protests"))
        self.looks = frozenset(lexicon.words("signs.looks"))
        self.purposes = frozenset(lexicon.words("signs.purposes"))
        self.list_heads = frozenset(lexicon.words("signs.list_heads"))
        self.contrasts = frozenset(lexicon.words("signs.contrasts"))
        self.refusals = frozenset(lexicon.words("signs.refusals"))
        self.messages = frozenset(lexicon.words("signs.messages"))
        self.carriers = frozenset(lexicon.words("signs.carriers"))
        self.speech = frozenset(lexicon.words("signs.speech"))
        self.either_is_well = frozenset(lexicon.words("signs.either_is_well"))
        self.interjections = frozenset(lexicon.words("signs.interjections"))
        self.mild_corrections = frozenset(lexicon.words("signs.mild_corrections"))
        self.afterwards = frozenset(lexicon.words("taking_back.afterwards"))
        self.waiting = frozenset(lexicon.words("signs.waiting"))
        self.weak_wishes = frozenset(lexicon.words("signs.weak_wishes"))
        self.verbs_of_life = frozenset(lexicon.words("signs.verbs_of_life"))
        self.idle_joins = frozenset(lexicon.words("signs.idle_joins"))
        self.pauses = frozenset(lexicon.words("aside.pauses"))
        self.counts = frozenset(lexicon.words("signs.numeral_characters")) - {"一", "百", "千", "万"}
