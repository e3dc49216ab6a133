"""Clauses that are nothing but the words of an order: 充到, 再给A充50, 客人要的, 我替她充, 还是从你这拿, 还是给我开吧, 不是我自己用.

They hold no more than the order itself, so nobody needs to judge what they say beside it. A list of what people
tell never ends; one of the words that every order is made of does.
"""

from __future__ import annotations

import re

from nlu.alternations import any_of, either
from nlu.another_time import AnotherTime
from nlu.clause_judge import RECIPIENT, SLOT, TURN
from nlu.contacts import people_pattern
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.offers import Offers
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.tidings import Tidings


class Idle:
    """Knows such clauses. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._offers, self._tidings = Offers(lexicon), Tidings(lexicon)
        self._another_time = AnotherTime(lexicon)
        verbs, ends, people, at_shop, pauses, together = (
            any_of(lexicon, f"idle.{name}")
            for name in ("verbs", "particles", "people", "at_shop", "pauses", "collected")
        )
        to, ours = any_of(lexicon, "idle.to"), any_of(lexicon, "idle.ours")
        needs, lists = any_of(lexicon, "idle.needs"), any_of(lexicon, "idle.lists")
        once_more, pieces = any_of(lexicon, "idle.once_more"), any_of(lexicon, "idle.pieces")
        stays = any_of(lexicon, "idle.stays")
        still, anew = any_of(lexicon, "idle.still"), any_of(lexicon, "idle.anew")
        thinking, for_me = any_of(lexicon, "idle.thinking"), any_of(lexicon, "idle.for_me")
        answered = any_of(lexicon, "idle.arrived", "idle.not_there")
        any_left = any_of(lexicon, "idle.any_left")
        buying = rf"(?:{for_me})?(?:{verbs})+(?:{pieces}|{SLOT})?"
        slot = f"[{SLOT}{RECIPIENT}]"
        i_for, him = (
            any_of(lexicon, "idle.i_for"),
            rf"(?:{any_of(lexicon, 'idle.him')}|{people_pattern(lexicon)})",
        )
        self._bare = re.compile(
            rf"(?:{verbs}|{to})+"
            rf"|(?:{once_more})?(?:{to}){RECIPIENT}的?(?:手机|号)?(?:(?:也)?(?:{verbs}){SLOT}?|{SLOT})?(?:{ends})?"
            rf"|{slot}+(?:{once_more})+(?:{verbs}|{to})*(?:{pieces})?{slot}+的?(?:{ends})?"
            rf"|(?:{people})+(?:{verbs}|{ours})+的?"
            rf"|(?:{i_for})+{him}(?:{verbs})+的?(?:{ends})*"
            rf"|(?:{at_shop})(?:{verbs})?(?:{ends})?"
            rf"|(?:{pauses})+{TURN}(?:[是要]?{slot}+的?)?(?:{ends})?"
            rf"|(?:{together})|(?:{answered})[啦哈哦谢感]*|{SLOT}*的?{any_left}[?]?|{any_left}{SLOT}+[吗?]?"
            rf"|(?:{people})*(?:{needs})*(?:{lists})+"
            rf"|(?:{thinking})*(?:{stays})+{buying}(?:{ends})*"
            rf"|(?:{thinking})*(?:{still})*(?:想{buying}|(?:{for_me})?要)了?(?:{ends})*"
            rf"|(?:{thinking}|{still})*(?:{anew})+{buying}(?:{ends})*"
            rf"|(?:这个|这次|这)?不是(?:{any_of(lexicon, 'signs.not_for_me')})(?:(?<=用)的)?[啊哈哦呀啦]?"
        )

        headings = (word for words in lexicon.groups("names.columns").values() for word in words)
        over = any_of(lexicon, "idle.form_heads")
        self._filled_in = re.compile(rf"(?:{over})?(?:{either(headings)}|{over}){slot}*")
        """面额◇: a line of a form."""

    def says_no_more(self, text: str) -> bool:
        """Whether a clause, its slots masked, says nothing beside the order."""
        bare = self._bare.fullmatch(text) is not None or self._filled_in.fullmatch(text) is not None
        told = self._tidings.told(text) or self._another_time.says_only(text)
        return bare or told or self._offers.made(text)


def only_size(text: str, reading: Reading) -> bool:
    """整张天猫卡，五百呢: behind a wish for goods the one size that is said asks for nothing."""
    sizes = sum(event.kind is EventKind.AMOUNT for event in reading.events)
    asks = "?" in reading.page.text or CueKind.PRICE in reading.cues or CueKind.SEARCH in reading.cues
    return text == f"{SLOT}呢" and sizes == 1 and not asks and CueKind.ORDER in reading.cues
