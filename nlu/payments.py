"""Which way of paying was named. 微信 in 安卓微信区 is none: read after regions and names."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.alternations import any_of, whole
from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import PaymentMethod


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[PaymentMethod], ...]:
    """The ways of paying named in what is still free. Claims nothing."""
    text = page.rest()
    pattern, methods = _patterns_of(lexicon)
    refusing, unable = _refusals_of(lexicon)
    marks = []
    for found in pattern.finditer(text):
        method = methods.get(found[0])
        if method is None or (
            _latin(found[0][0]) and _latin(text[max(0, found.start() - 1) : found.start()])
        ):
            continue
        # The way may be named with its verb: 用微信, 微信付.
        begins = {found.start(), found.start() + (found[0][0] in _VERBS)}
        ends = {found.end(), found.end() - (found[0][-1] in _VERBS)}
        if any(text.endswith(refusing, 0, at) for at in begins) or any(unable.match(text, at) for at in ends):
            continue  # 用支付宝付吧，微信没钱了
        marks.append(Mark(method, *found.span()))
    return tuple(marks)


_VERBS = "用走付"


@lru_cache(maxsize=4)
def _patterns_of(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, PaymentMethod]]:
    methods = {
        word: PaymentMethod(name)
        for name, words in lexicon.groups("payments.methods").items()
        for word in words
    }
    # What is about something else comes first, so that it swallows the word inside it.
    ordered = [*lexicon.words("payments.not"), *sorted(methods, key=lambda word: (-len(word), word))]
    pattern = re.compile("|".join(map(whole, ordered)))
    return pattern, methods


@lru_cache(maxsize=4)
def _refusals_of(lexicon: Lexicon) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """What refuses a way to pay in front of it, and what says behind it that it does not work."""
    between, unable = (any_of(lexicon, f"payments.{name}") for name in ("between", "unable"))
    return lexicon.words("payments.refusing"), re.compile(rf"{between}*{unable}")


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
