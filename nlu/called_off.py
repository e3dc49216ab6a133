"""A cancellation that is none: 先别取消 keeps the order, and 算了，还是要快充 changes it.

What sounds like calling off and is not must never take an order away.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import either
from nlu.holding_on import NO_HURRY
from nlu.laid_aside import LaidAside
from nlu.lexicon import Lexicon
from nlu.other_tier import OtherTier
from nlu.places import MARKS, SURE
from nlu.recipient_asked import NO_ACCOUNT_YET
from nlu.understanding import Expectation, Heard, Intent, Slot, Span, SpokenLine, Understanding
from nlu.vocabulary import Vocabulary
from nlu.which_line import Read


class CalledOff:
    """Looks twice at a cancellation. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, other_tier: OtherTier) -> None:
        self._other_tier = other_tier
        self._products = vocabulary.products
        self._keeps = re.compile(
            rf"{_NO_QUESTION}(?:{either(lexicon.words('answers.keeps_front'))})"
            rf"(?:{either(lexicon.words('answers.keeps_between'))})*"
            rf"(?:{either(lexicon.words('answers.keeps_off'))})(?!不)"
        )
        off = either(lexicon.words("answers.keeps_off"))
        self._jokes = re.compile(
            rf"(?!.*(?:{off}|不要|不充|不买)).*(?:{either(lexicon.words('answers.jokes'))})"
        )
        self._hesitates = re.compile(
            rf"(?!.*(?:{off}|算了|不[要充买用开弄办])).*(?:{either(lexicon.words('answers.hesitates'))})"
        )
        self._dear = re.compile(
            rf"(?:{either(lexicon.words('answers.dear'))})(?:{either(lexicon.words('answers.dear_behind'))}|[\s!！~])*"
        )
        self._never_mind = re.compile(
            rf"(?:那|那就)?算了[\s,，]*(?:还是)?(?P<rest>(?!.*(?:{off}|[不别没退])).+)"
        )
        self._lets_go = re.compile(
            rf"(?:{either(lexicon.words('answers.lets_go_front'))}|[\s,，])*算了[吧啦]?[\s,，。!！~]+"
            rf"(?P<rest>(?!.*(?:{off}|[别退])).+)"
        )
        self._and_that = re.compile(rf".*(?:{either(lexicon.words('answers.and_that'))})[\s?？!！~]*")
        go_on, behind = either(lexicon.words("answers.go_on")), either(lexicon.words("answers.behind"))
        self._go_on = re.compile(rf"(?:{go_on})(?:{go_on}|{behind}|[\s,，。!！])*")
        stays = either(lexicon.words("answers.stays"))
        self._stays = re.compile(rf"(?:{stays})(?:{stays}|{behind}|[\s,，。!！])*")
        self._lays_aside = LaidAside(lexicon)
        gives_up = either(lexicon.words("answers.gives_up"))
        self._instead = re.compile(rf"(?:{gives_up}).{{0,20}}还是(?!.*(?:{off}|[不别没吗?？]))(?P<wanted>.+)")

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """What the message means instead; None where it is what it sounds like."""
        if (besides := self._lays_aside.read(text, understood, asked, read)) is not None:
            return besides
        instead = self._instead.search(text) if asked.lines else None
        if instead is not None and understood.intent is Intent.ORDER and asked.quoted:
            return replace(understood, intent=Intent.MODIFY)
        if understood.intent is Intent.CANCEL and self._keeps.search(text):
            return replace(
                understood,
                intent=Intent.REORDER,
                confidence=SURE,
                clear=SURE,
                lines=(),
                problems=(),
                order_ref=None,
                revives=True,
            )
        if (
            understood.intent is Intent.CANCEL
            and (other := self._let_go_for(text, understood, read)) is not None
        ):
            return other
        given_up = self._never_mind.fullmatch(text) if asked.lines and not understood.lines else None
        if given_up is not None and understood.intent in _RESIGNS and self._stays.fullmatch(given_up["rest"]):
            return replace(understood, intent=Intent.FAQ, topic=NO_HURRY, confidence=SURE, clear=SURE)
        if understood.intent is Intent.CANCEL and asked.lines:
            rather = self._rather(text, understood, asked, read)
            if rather is None and self._jokes.search(text):
                # Which of what he said was the joke, the order or its goods, is for him to say.
                rather = replace(understood, intent=Intent.OUT_OF_SCOPE, clear=0.0, lines=(), problems=())
            if rather is not None:
                return rather
        if asked.lines and understood.intent in _WAITING and self._dear.fullmatch(text):
            return replace(understood, intent=Intent.FAQ, topic="bargain", clear=SURE, lines=(), problems=())
        waits = asked.asking is Slot.ACCOUNT and understood.intent in _WAITING
        if waits and self._hesitates.search(text):
            topic = NO_ACCOUNT_YET
            return replace(understood, intent=Intent.FAQ, topic=topic, clear=SURE, lines=(), problems=())
        if instead is None or understood.intent not in _SOUNDS:
            return None
        wanted = read(instead["wanted"])
        if wanted.intent in _WANTS and any(line.product for line in wanted.lines):
            return replace(wanted, text=understood.text, intent=Intent.MODIFY, clear=SURE)
        # 还是快充吧: what is no name by itself is one in the message as a whole.
        named = [line.product.value for line in understood.lines if line.product]
        named = named or [option for option in understood.options if option in self._products]
        if len(named) != 1 or any(hand.product_id == named[0] for hand in asked.lines):
            return None
        line = SpokenLine(product=Heard(named[0], Span(0, len(understood.text))))
        return replace(understood, intent=Intent.MODIFY, clear=SURE, lines=(line,), options=(), topic=None)

    def _let_go_for(self, text: str, understood: Understanding, read: Read) -> Understanding | None:
        """`没有就算了，优酷有吧`: what is not to be had is let go, and other goods are asked about."""
        found = self._lets_go.fullmatch(text)
        if found is None:
            return None
        rest = read(found["rest"])
        if rest.options and self._and_that.fullmatch(found["rest"]):
            rest = replace(rest, intent=Intent.SEARCH, clear=SURE)
        return replace(rest, text=understood.text) if rest.options and rest.intent in _ASKS else None

    def _rather(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """`算了，一张就够` and `算了，充吧`: what is given up is said behind it, and it is not the order."""
        found = self._never_mind.fullmatch(text)
        if found is None:
            return None
        if self._go_on.fullmatch(found["rest"]):
            return replace(understood, intent=Intent.CONFIRM, confidence=SURE, clear=SURE, lines=())
        rest = read(found["rest"])
        wanted = rest.intent in _WANTS and len(rest.lines) == 1
        if wanted and (rest.lines[0].product or rest.lines[0].sku or rest.lines[0].account):
            return replace(rest, text=understood.text, intent=Intent.MODIFY)
        tier = self._other_tier.read(found["rest"].strip(MARKS), rest, asked, read)
        if tier is not None:
            return replace(tier, text=understood.text)
        return replace(rest, text=understood.text, intent=Intent.MODIFY) if wanted else None


_ASKS = frozenset({Intent.SEARCH, Intent.PRICE})
_RESIGNS = frozenset({Intent.CANCEL, Intent.OUT_OF_SCOPE, Intent.CONFIRM})
_WAITING = frozenset({Intent.CANCEL, Intent.OUT_OF_SCOPE})
_SOUNDS = frozenset({Intent.CANCEL, Intent.FAQ, Intent.DENY, Intent.OUT_OF_SCOPE})
_WANTS = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE})
_NO_QUESTION = "(?<!怎么)(?<!为啥)(?<!为什么)(?<![咋还能可要会是])"
"""怎么还不取消, 要不要取消 and 能不能取消 do not say that the order stays."""
