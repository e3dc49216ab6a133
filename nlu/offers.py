"""What the customer offers to tell, and what he will do with the goods himself: 需要我提供什么您说, 我自己会兑换, 怎么用我知道.

Such a clause holds the words of a question or of a change of mind, and is neither: it leaves the order as it is.
"""

from __future__ import annotations

import re

from nlu.alternations import repeatable
from nlu.lexicon import Lexicon


class Offers:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        word = {name: f"(?:{repeatable(lexicon.words(f'offers.{name}'))})" for name in _WORDS}
        lacks = (
            rf"{word['lacking']}{word['whose']}?{word['giving']}?{word['what']}{word['things']}?{word['amiss']}?"
            rf"|{word['lacking']}{word['what']}?{word['amiss']}"
        )
        tells = rf"{word['freely']}*{word['tells']}"
        redeems = rf"{word['myself']}{word['able']}*{word['redeems']}|{word['redeems']}(?:我|自己|都|也)+会"
        how = rf"{word['how']}{word['does']}"
        knows = rf"{word['surely']}*{word['knows']}{how}|{how}{word['surely']}+{word['knows']}"
        leads, ends = f"{word['leads']}*", f"{word['ends']}*"
        self._made = re.compile(rf"{leads}(?:(?:{lacks}){word['of_it']}?{tells}|{redeems}|{knows}){ends}")

    def made(self, clause: str) -> bool:
        """Whether a clause, without its punctuation, only offers or declines help."""
        return self._made.fullmatch(clause) is not None


_WORDS = (
    "leads", "lacking", "whose", "giving", "what", "things", "amiss", "of_it", "freely", "tells", "ends", "myself",
    "able", "redeems", "knows", "surely", "how", "does",
)  # fmt: skip
"""Lists of `data/lexicon/offers.yaml`."""
