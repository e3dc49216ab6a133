"""Signs of forbidding, and of warnings that forbid nothing: 别充了, 别充错了, 不要跟她讲."""

from __future__ import annotations

import re

from nlu.alternations import AnyOf, any_in, either
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION, polite_tail


class SignsOfRefusing:
    """Patterns of what is not wanted."""

    stop: re.Pattern[str]
    """别给…充了."""
    unwanted: re.Pattern[str]
    """…，不要，手滑: a clause that says no and nothing else."""
    warned: re.Pattern[str]
    careful: re.Pattern[str]
    """别充错了: warns of a slip, and forbids nothing. Nor does 加班 join anything."""
    secret: re.Pattern[str]
    """不要跟她讲, 别让我老公知道: what nobody shall know, and no purchase that is forbidden."""
    mistaken: re.Pattern[str]
    """别搞成: in front of what it must not be."""
    mistaken_place: re.Pattern[str]
    """别充到: in front of a server that it must not go to."""
    refused_behind: re.Pattern[str]
    """不要了: behind a tier that is not wanted."""
    refused: re.Pattern[str]
    """别给A充: a purchase that must not be made."""
    longer_words: re.Pattern[str]
    """退休: everyday words that hold a word of stance and do not mean it."""
    not_this_size: re.Pattern[str]
    """别再给我推: in front of a size that is not wanted; `only_that` is all that stands behind it."""
    only_that: re.Pattern[str]
    cannot_be: re.Pattern[str]
    """打不: in front of 开了, something cannot be done, and nothing is refused."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "signs")
        verbs = any_of("deal_verbs")
        tail = polite_tail(lexicon)
        self.longer_words = re.compile(any_of("longer_words"))
        self.not_this_size = re.compile(
            rf"(?:^|[,，。;；!！\s])(?:可|千万|请)*(?:{any_of('plain_no')})(?:再|又|老|总|给|帮|我|{verbs}|{any_of('wishing_verbs')}|{any_of('handling')}|推)*$"
        )
        self.only_that = re.compile(
            rf"(?:块钱|块|元|面值|那种|那个|的|卡|包)*{any_of('particles')}*(?=[{PUNCTUATION}\s]|$)"
        )
        self.cannot_be = re.compile(rf"{any_of('cannot_be')}不")
        self.stop = re.compile(rf"(?<!要){any_of('do_not')}.{{0,40}}{verbs}.{{0,16}}了{tail}$")
        self._read_warnings(any_of, verbs, lexicon)
        kinds, much, refused = (
            either(lexicon.words(f"proof.{name}")) for name in ("kinds_behind", "much", "refused_after")
        )
        self.refused_behind = re.compile(
            rf"(?:那个|这个|{any_of('that_kind')}|{kinds}|{much}|先|\s)*"
            rf"(?:{any_of('given_up')}|{any_of('beyond_means')}|{refused})"
            rf"{any_of('particles')}*(?=[,，。;；!！、\s]|$)"
        )
        self.refused = re.compile(
            rf"(?<!要){any_of('do_not')}(?:再|我|他|她|帮|给|替|往|去|到|这个|那个|号|[^\u4e00-\u9fff,.;!?。])*{verbs}"
            rf"(?!{any_of('mishaps')}|成(?![了功])|.{{0,2}}(?:错|重))"
        )
        self.unwanted = re.compile(
            rf"(?:^|[,，。;；!！\s]){any_of('noise')}*{any_of('unwanted')}+{any_of('particles')}*(?=[,，。;；!！\s]|$)"
        )

    def _read_warnings(self, any_of: AnyOf, verbs: str, lexicon: Lexicon) -> None:
        """What shall not go wrong, or not be told, when it is bought."""
        self.warned = re.compile(any_of("warnings") + "$")
        warning = rf"{any_of('warnings')}(?:再|又|给|帮|我|把|号码?)*(?:{verbs}|{any_of('handling')})"
        recipients = (
            *lexicon.words("accounts.labels"),
            *(w for k in lexicon.accounts.values() for w in k.labels),
        )
        given_later = rf"(?:{either(recipients)})(?:我|就)?{any_of('put_off')}{any_of('handed_over')}"
        self.careful = re.compile(
            rf"{warning}(?:{any_of('slips')}|{any_of('turned_into')})|{any_of('no_stance')}|{given_later}"
        )
        somebody = rf"{any_of('own_front')}?的?(?:{people_pattern(lexicon)}|{any_of('anybody')})"
        by_me = rf"(?:是?[我俺谁]{verbs}[^,，。;；!！?？\n]?的)?"
        self.secret = re.compile(
            rf"{any_of('keeps_from')}(?:再|去|提前|先|事先)*(?:"
            rf"{any_of('addressing')}{somebody}(?:提前|先|们)*{any_of('lets_know')}|告诉{somebody}|{any_of('calls')}(?:给|到){somebody}"
            rf"|(?<=提前){any_of('lets_know')})(?![的过好]){by_me}"
        )
        self.mistaken = re.compile(rf"{warning}{any_of('turned_into')}{any_of('that_kind')}?$")
        self.mistaken_place = re.compile(
            rf"{warning}(?:{any_of('turned_into')}|错)?(?:到|{any_of('that_kind')})?$"
        )
