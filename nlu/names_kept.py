"""How somebody says that a name is kept in his list of recipients, has another number, or is to be forgotten."""

from __future__ import annotations

import re

from nlu.alternations import any_in
from nlu.lexicon import Lexicon

NAME = r"[\u4e00-\u9fff]{1,5}?"
_LATIN_NAME = r"[a-z]{2,10}|[\u4e00-\u9fff]{1,2}[a-z]{1,9}|[a-z]{1,9}[\u4e00-\u9fff]{1,3}"
_OPEN, _CLOSE = r"[“”\"'‘「『]?", r"[“”\"'’」』]?"


class NamesKept:
    """The patterns of it; the first group of each is the name. Immutable."""

    def __init__(self, lexicon: Lexicon, people: str) -> None:
        """`people`: the pattern of kin and other people one orders for."""
        words, signs = any_in(lexicon, "contacts"), any_in(lexicon, "signs")
        own, number = signs("own_front"), signs("number_words")
        clause = r"(?:^|[，,。;；:：!！?？\s])"
        ends = rf"(?:{signs('save_ends')}|[，,。!\s]|$)"
        self.saved = re.compile(
            rf"{signs('save_as')}\s*[:：]?\s*{own}?{_OPEN}({NAME}|{_LATIN_NAME}){_CLOSE}{ends}"
        )
        self.owned = re.compile(
            rf"(?:{clause}|{signs('own_starts')}){own}?{_OPEN}({people}|{_LATIN_NAME}|[\u4e00-\u9fff]{{2,3}}?){_CLOSE}的?新?(?:{number}|{words('addresses')})"
        )
        self.listed = re.compile(
            rf"{words('list_words')}[:：\s]*{own}?{_OPEN}({people}|{NAME}|{_LATIN_NAME}){_CLOSE}[，,:：\s0-9]"
        )
        self.equals = (
            re.compile(
                rf"{words('from_now_on')}(?:{words('when_said')})?{own}?{_OPEN}({NAME}|{_LATIN_NAME}){_CLOSE}就?(?:是|用|代表|指)"
            ),
            re.compile(
                rf"[0-9a-z]\s*(?:这个号|这个|这|那个|那)?(?:就?是|归){own}?{_OPEN}({people}){_CLOSE}(?:的|{ends})"
            ),
        )
        adverbs = f"{words('lately')}*"
        renewed = rf"{adverbs}(?:的|{number})*{adverbs}{words('renewed')}"
        called = r"[小老阿][\u4e00-\u9fff]"
        self.renewed = re.compile(rf"(?:{clause}|{words('tells')}){own}?({people}|{called}){renewed}")
        self.renewed_anyone = re.compile(rf"{clause}{own}?({NAME}|{_LATIN_NAME}){renewed}")
        self.renewed_pronoun = re.compile(rf"{words('pronouns')}{renewed}")
        of_whom = rf"{own}?{_OPEN}({people}|{NAME}|{_LATIN_NAME}){_CLOSE}"
        kept = rf"(?:{number}|{words('kept')})"
        forget = words("forget")
        self.forgotten = (
            re.compile(rf"{forget}(?:了|掉|一下|我)*(?:{words('list_words')})?{of_whom}的?{kept}"),
            re.compile(rf"{forget}(?:了|掉|一下)*{words('list_words')}[:：\s]*{of_whom}(?:吧|了|[，,。!\s]|$)"),
            re.compile(rf"(?:把|将){of_whom}的?{kept}.{{0,2}}?{words('forgotten')}"),
            re.compile(rf"{clause}{of_whom}的?{kept}(?:就|都|也|可以)?{words('not_kept')}"),
        )  # fmt: skip
