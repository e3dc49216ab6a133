"""Signs that take back what was said in front of them, or say what of it is wrong: 50不够, 号不对, 爱奇艺不要了."""

from __future__ import annotations

import re

from nlu.alternations import any_in
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION


class SignsOfTakingBack:
    """Patterns of what gives way to something else."""

    not_the_size: re.Pattern[str]
    """50不够: what was said right in front is taken back."""
    beyond_means: re.Pattern[str]
    """买不起: behind a size that another took the place of."""
    for_use: re.Pattern[str]
    """打车用: goods are only what others are for, where a clause ends so."""
    given_up: re.Pattern[str]
    """爱奇艺不要了，…: what was said right in front gives way to what is said behind."""
    insists: re.Pattern[str]
    """我要的是: what follows is wanted for sure."""
    its_region: re.Pattern[str]
    its_size: re.Pattern[str]
    not_mine: re.Pattern[str]
    not_for_me: re.Pattern[str]
    """Behind 不是: whose it is, and no value that another is set against."""
    its_account: re.Pattern[str]
    """号不对: the correction is of the recipient."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "signs")
        self.not_the_size = re.compile(
            rf"(?:块钱|元|块|的|卡)?[\s,.。…~/;|!·]{{0,4}}(?:呃|嗯|哎|额|啊|这个|这|那|我|看|觉得|感觉|可能|好像|有点|有些|太|也|又|都)*{any_of('not_the_size')}"
        )
        self.given_up = re.compile(
            rf"(?:那个|这个|的|就|我|先|\s)*{any_of('given_up')}{any_of('particles')}*(?=[,，。;；!！、\s])"
        )
        self.beyond_means = re.compile(
            rf"(?:那个|那种|的|我|就|也|又|实在|真的?|有点|\s)*{any_of('beyond_means')}"
        )
        self.for_use = re.compile(rf"{any_of('for_use')}(?=[{PUNCTUATION}]|$)")
        self.insists = re.compile(rf"{any_of('insists')}$")
        self.its_region = re.compile(rf"{any_of('servers')}(?:也|都|好像|有点)?\s*$")
        self.its_size = re.compile(rf"{any_of('size_words')}(?:也|都|好像|有点)?\s*$")
        self.not_mine = re.compile(any_of("not_mine"))
        used = rf"{any_of('not_for_me')}(?:(?<=用)的)?[啊哈哦呀啦]?"
        self.not_for_me = re.compile(rf"{used}(?=[{PUNCTUATION}\s]|$)")
        self.its_account = re.compile(rf"(?:{any_of('number_words')}|号)(?:也|都|好像|有点)?\s*$")
