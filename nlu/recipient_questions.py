"""A question about what is to be told as the recipient: 手机号就行吗, 要什么号, uid在哪看.

It is asked by somebody who is about to answer, so that the answer is about the goods in hand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_in, any_times_in
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import SURE
from nlu.understanding import Expectation, Intent, Understanding

WHICH_RECIPIENT = "which_recipient"
"""The topic of it."""

LENGTH_MAX = 30


class RecipientQuestions:
    """Finds them. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of, some_of = (form(lexicon, "recipient_questions") for form in (any_in, any_times_in))
        another = rf"{any_of('or')}{some_of('front')}{any_of('kinds')}"
        whether = rf"{some_of('front')}{any_of('kinds')}(?:(?:{another})*(?:{any_of('asks')}|(?=[?？]))|(?:{another})+)"
        what = rf"{some_of('front')}{any_of('what')}"
        where = rf"{some_of('unknowing')}(?:{any_of('kinds')}{any_of('where')}|{any_of('where_front')}{any_of('kinds')})"
        self._asks = re.compile(rf"(?:{whether}|{what}|{where}){some_of('ends')}[\s?？!！~。]*")

    def read(self, understood: Understanding, asked: Expectation) -> Understanding | None:
        """The message as such a question; None where nothing in hand needs a recipient, or it says something else."""
        if not asked.lines or len(understood.text) > LENGTH_MAX:
            return None
        text = plain(understood.text).replace(" ", "").strip()
        if self._asks.fullmatch(text) is None:
            return None
        return replace(
            understood, intent=Intent.FAQ, topic=WHICH_RECIPIENT, confidence=SURE, clear=SURE, lines=(),
            problems=(), options=(), payment=None,
        )  # fmt: skip
