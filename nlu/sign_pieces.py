"""Pieces that the patterns of signs are put together from."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlu.alternations import any_in
from nlu.lexicon import Lexicon

PUNCTUATION = r"\s，,。.!！?？~～…、:：;；\-—\"“”'()（）"


def any_of_signs(lexicon: Lexicon) -> Callable[[str], str]:
    """List of `data/lexicon/signs.yaml` -> the pattern of any of its words."""

    return any_in(lexicon, "signs")


def polite_tail(lexicon: Lexicon) -> str:
    """The pattern of what may stand behind a sign where a message ends with it."""
    polite = "|".join(map(re.escape, (*lexicon.words("signs.noise"), *lexicon.words("stance.thanks"))))
    return rf"(?:[{PUNCTUATION}]|{polite})*"
