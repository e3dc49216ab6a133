"""What a message means as an answer: the question that was asked decides how bare words are read.

`2` is a position where a list was shown, and `100123456` a UID where a UID was asked for. Whoever
says something else than an answer is understood as if nothing had been asked.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import consists_of, either, repeatable
from nlu.asked_on import AskedOn
from nlu.asked_total import AskedTotal
from nlu.called_off import CalledOff
from nlu.choices import Choices
from nlu.contacts import people_pattern
from nlu.earlier_orders import EarlierOrders
from nlu.holding_on import HoldingOn
from nlu.lexicon import Lexicon
from nlu.lines_left import LinesLeft
from nlu.lines_meant import LinesMeant
from nlu.normalise import plain
from nlu.number_pieces import NumberPieces
from nlu.other_tier import OtherTier
from nlu.places import MARKS, SURE
from nlu.putting_off import PuttingOff
from nlu.recipient_asked import RecipientAsked
from nlu.recipient_questions import RecipientQuestions
from nlu.remarks import Remarks
from nlu.several import SeveralLines
from nlu.unchanged import Unchanged
from nlu.understanding import Expectation, Intent, Slot, Understanding
from nlu.vocabulary import Vocabulary
from nlu.which_line import Read, WhichLine

_ABOUT_BUYING = frozenset({Intent.PRICE, Intent.FAQ, Intent.HELP})

OWN_NUMBER = "own_number"
"""The topic of whoever says that it is his own, and not which one."""

_BETWEEN = re.compile(r"[\s,.!，。！…]+")
_PAUSES = re.compile(r"[\s,，。!！?？~…]+")

ANSWER_LENGTH_MAX = 40
"""A longer message says more than which choice is taken."""


class Answers:
    """Reads a message in the light of what was asked. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._asked_on = AskedOn(lexicon)
        self._asked_total = AskedTotal(lexicon)
        self._other_tier = OtherTier(vocabulary, lexicon)
        self._called_off = CalledOff(vocabulary, lexicon, self._other_tier)
        self._choices = Choices(vocabulary, lexicon)
        self._earlier = EarlierOrders(lexicon)
        self._holding_on = HoldingOn(lexicon)
        self._several = SeveralLines(lexicon)
        which = WhichLine(vocabulary, lexicon, self._several)
        self._lines = LinesMeant(vocabulary, lexicon, which, self._several)
        self._left = LinesLeft(self._lines, which, self._several, lexicon)
        self._pieces = NumberPieces(vocabulary, lexicon)
        self._putting_off = PuttingOff(lexicon)
        self._recipient = RecipientAsked(vocabulary, lexicon)
        self._recipient_questions = RecipientQuestions(lexicon)
        self._remarks = Remarks(lexicon)
        self._unchanged = Unchanged(lexicon)
        before, behind = (list(lexicon.words(f"answers.{name}")) for name in ("before", "behind"))
        paid = repeatable(["我", "已经", "刚", "刚刚", "都", "钱", "款"])
        ends = repeatable(["啊", "哦", "呀", "吧", "的", "哈", *behind])
        self._paid = re.compile(rf"(?:{paid})*(?:{either(lexicon.words('answers.paid'))})(?:{ends})*")
        people = people_pattern(lexicon)
        self._instead_for = re.compile(
            rf"(?:{either(lexicon.words('answers.instead_for'))})(?:我|俺)?({people})(?:{repeatable(behind)})*"
        )
        own = lexicon.words("signs.own_front")
        for_whom = repeatable([*before, "充到", "充给", "给"])
        whose = repeatable(["的", "那个", *lexicon.words("signs.number_words"), *behind])
        self._of_person = re.compile(rf"(?:{for_whom})*(?:{either(own)})?({people})(?:{whose})*")
        self._mistyped = re.compile(either(lexicon.words("answers.mistyped")))
        self._how_to_buy = re.compile(either(lexicon.words("answers.how_to_buy")))
        self._wants = re.compile(either(lexicon.words("answers.wants")))
        self._apart = re.compile(either(lexicon.words("answers.apart")))
        self._together = re.compile(either(lexicon.words("answers.together")))
        wait = [*lexicon.words("answers.wait"), *lexicon.words("answers.mistyped")]
        around = ["我", "再", "就", "让", "先", "一下", "嗯", "恩", "呃", "额", "那", *behind]
        self._wait = re.compile(either(wait))
        self._about_waiting = frozenset([*wait, *around])

    def read(self, understood: Understanding, asked: Expectation, read: Read) -> Understanding:
        """`understood` as it stands without a question; `read` reads a part of it again."""
        text = plain(understood.text).strip(MARKS)
        if not text:
            return understood
        says_what = any(line.product or line.product_options or line.account for line in understood.lines)
        apart = self._apart.search(text) is not None
        once_more = apart and asked.quoted and not says_what
        if understood.intent is Intent.REORDER or not asked.lines or once_more:
            understood = self._earlier.once_more(text, understood)
        if (unchanged := self._unchanged.read(text, understood, asked, read)) is not None:
            return unchanged
        if len(asked.lines) > 1 and (left := self._left.read(text, understood, asked, read)) is not None:
            return left
        if (total := self._asked_total.read(text, understood, asked)) is not None:
            return total
        if (question := self._recipient_questions.read(understood, asked)) is not None:
            return question
        if (later := self._putting_off.read(text, understood, asked, read)) is not None:
            return later
        if (instead := self._called_off.read(text, understood, asked, read)) is not None:
            return self._several.read(text, instead, asked.lines) if len(asked.lines) > 1 else instead
        if (moment := self._holding_on.read(text, understood, asked)) is not None:
            # 等会儿 我要第四个: who answers in the same breath is understood as that.
            return (
                self._pieces.read(text, understood, asked)
                or self._answered(text, understood, asked, read)
                or moment
            )
        if not asked.lines and (revived := self._earlier.revived(text, understood, read)) is not None:
            return revived
        if asked.open_orders > 1 and len(asked.lines) < 2:
            called_off = self._earlier.called_off(text, understood, asked)
            if called_off is not None:
                return called_off
        if (remark := self._remarks.read(text, understood)) is not None:
            return remark
        if asked.lines and not understood.lines and not asked.quoted and self._remarks.own_number(text):
            return replace(understood, intent=Intent.FAQ, topic=OWN_NUMBER, confidence=SURE, clear=SURE)
        if understood.intent in _ABOUT_BUYING and (bought := self._bought(understood, read)) is not None:
            understood = bought
        if (named := self._recipient.each_named(text, understood, asked)) is not None:
            return named
        if (of_carrier := self._recipient.of_carrier(text, understood, asked)) is not None:
            return of_carrier
        if (asked_on := self._asked_on.read(text, understood, asked)) is not None:
            return asked_on
        if (number := self._pieces.read(text, understood, asked)) is not None:
            return number
        understood = self._recipient.without_remarks(understood, asked)
        if (answered := self._answered(text, understood, asked, read)) is not None:
            return answered
        if (rather := self._other_tier.read(text, understood, asked, read)) is not None:
            return rather
        if len(asked.lines) == 1 and (other := self._lines.asked_of_sibling(text, understood, asked)):
            return other
        if apart and says_what and not self._together.search(text):
            understood = replace(understood, adds=False, apart=True)
        if len(asked.lines) > 1:
            understood = self._lines.placed(text, understood, asked, read)
            understood = self._several.read(text, understood, asked.lines)
        if asked.lines and understood.intent is Intent.ORDER and self._changes(text, understood, asked):
            understood = replace(understood, intent=Intent.MODIFY)
        if asked.lines and len(understood.lines) == 1:
            understood = self._lines.added(text, understood, asked)
        if len(asked.lines) == 1 and len(understood.lines) == 1:
            understood = self._lines.counted(self._lines.of_sibling(text, understood, asked), asked)
        if asked.asking is Slot.ACCOUNT:
            return self._recipient.account(understood, asked)
        return understood

    def _waits(self, text: str) -> bool:
        """Whether a message says nothing but that it is to wait."""
        bare = _BETWEEN.sub("", text)
        return (
            len(bare) <= ANSWER_LENGTH_MAX
            and self._wait.search(text) is not None
            and consists_of(bare, self._about_waiting)
        )

    def _says_paid(self, text: str, understood: Understanding) -> bool:
        """`付了`, and `付款了，多久到`: whether it is there is what he wants to hear first."""
        waits = understood.intent is Intent.FAQ and understood.topic == "arrival"
        return any(map(self._paid.fullmatch, _PAUSES.split(text) if waits else (text,)))

    def _bought(self, understood: Understanding, read: Read) -> Understanding | None:
        """`季卡怎么买 我要一张`: how it is bought is shown by selling it."""
        typed = understood.text
        how = self._how_to_buy.search(typed)
        if how is None or not self._wants.search(typed):
            return None
        order = read(typed[: how.start()] + " " + typed[how.end() :])
        whole = order.intent is Intent.ORDER and any(line.product for line in order.lines)
        return replace(order, text=typed) if whole else None

    def _changes(self, text: str, understood: Understanding, asked: Expectation) -> bool:
        """Whether an order, however whole, is said in the place of the one in hand."""
        if self._lines.changes.search(text):
            return True
        mistyped = self._mistyped.search(understood.text) if asked.quoted else None
        first = min((line.account.span.start for line in understood.lines if line.account), default=0)
        # Behind its own number it corrects that one, and the order in hand is another.
        return mistyped is not None and mistyped.start() < first

    def _answered(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """What the message says where it says one thing of what is in hand, and nothing else."""
        if asked.lines and (dropped := self._lines.dropped(text, asked, read)) is not None:
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=(dropped,), problems=())
        if len(asked.lines) == 1 and (renamed := self._lines.of_region_or_name(text, understood, asked)):
            return renamed
        if asked.lines and not understood.lines and (for_whom := self._instead_for.fullmatch(text)):
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, contact=for_whom[1])
        if asked.quoted and not understood.lines and self._says_paid(text, understood):
            return replace(understood, intent=Intent.STATUS, confidence=SURE, topic=None)
        if asked.lines and not understood.lines and self._waits(text):
            return replace(understood, intent=Intent.DENY, confidence=SURE)
        asked_whom = asked.asking is Slot.ACCOUNT or not asked.lines
        if asked_whom and not understood.lines and (whose := self._of_person.fullmatch(text)):
            return replace(understood, intent=Intent.PROVIDE, confidence=SURE, contact=whose[1])
        if (before := self._choices.of_before(text, understood, asked)) is not None:
            return before
        if asked.choices and len(text) <= ANSWER_LENGTH_MAX:
            return self._choices.chosen(text, understood, asked)
        return None
