"""Which way of paying was named. 微信 in 安卓微信区 is none: read after regions and names."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import PaymentMethod


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[PaymentMethod], ...]:
    """The ways of paying named in what is still free. Claims nothing."""
    text = page.rest()
    pattern, methods = _patterns_of(lexicon)
    marks = []
    for found in pattern.finditer(text):
        method = methods.get(found[0])
        if method and not (_latin(found[0][0]) and _latin(text[max(0, found.start() - 1) : found.start()])):
            marks.append(Mark(method, *found.span()))
    return tuple(marks)


@lru_cache(maxsize=4)
def _patterns_of(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, PaymentMethod]]:
    methods = {
        word: PaymentMethod(name)
        for name, words in lexicon.groups("payments.methods").items()
        for word in words
    }
    # What is about something else comes first, so that it swallows the word inside it.
    ordered = [*lexicon.words("payments.not"), *sorted(methods, key=lambda word: (-len(word), word))]
    pattern = re.compile(
        "|".join(re.escape(word) + ("(?![a-z])" if _latin(word[-1]) else "") for word in ordered)
    )
    return pattern, methods


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
