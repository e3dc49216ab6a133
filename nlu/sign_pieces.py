"""Pieces that the patterns of signs are put together from."""

from __future__ import annotations

from nlu.alternations import repeatable
from nlu.lexicon import Lexicon

PUNCTUATION = r"\s，,。.!！?？~～…、:：;；\-—\"“”'()（）"


def polite_tail(lexicon: Lexicon) -> str:
    """The pattern of what may stand behind a sign where a message ends with it."""
    polite = repeatable((*lexicon.words("signs.noise"), *lexicon.words("stance.thanks")))
    return rf"(?:[{PUNCTUATION}]|{polite})*"
