"""Whole messages without what is only said beside an order, or beside the answer to a question.

What takes nothing from an order is left out, and the rest is understood as if it had been said alone. A message that is
nothing else is no order, no answer and no refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nlu.asked_beside import DOUBTING, NOTED, Asked, AskedBeside
from nlu.assembling import ORDERING
from nlu.normalise import plain
from nlu.places import SURE
from nlu.talk import TOLD_MAX, Talk
from nlu.understanding import Expectation, Intent, ProblemCode, SpokenLine, Understanding
from nlu.which_line import Read

CALLING_OFF_MAX = 0.1
"""What sounds like calling off is a remark only where it is hardly harmful: 别磨蹭."""

ReadAs = Callable[[str, Expectation], Understanding]


class SaidBeside:
    """Reads them. Immutable."""

    def __init__(self, asked: AskedBeside, talk: Talk) -> None:
        self._asked, self._talk = asked, talk

    def order(self, text: str, read: Read, wished: Callable[[Asked], bool]) -> Understanding | None:
        """The order beside a common question, with its topic; None where there is no such question or no such
        order. Beside a doubt only a whole order is one: 知网会员买成一年的了，能退吗 orders nothing. `wished`: whether what
        is left says that something is wanted."""
        asked = self._asked.apart(text, read)
        if asked is None:
            return None
        order = read(asked.rest)
        doubting = asked.topic in DOUBTING
        sized = all(line.sku or (not doubting and _says_more_than_goods(line)) for line in order.lines)
        fine = bool(order.lines) and sized and not any(line.problems for line in order.lines)
        if order.intent is not Intent.ORDER or not fine or not (asked.by_the_way or wished(asked)):
            return None
        return replace(order, text=text, topic=asked.topic)

    def answer(self, text: str, asked: Expectation, read: ReadAs) -> Understanding | None:
        """The answer of which the rest of the message takes nothing; None where there is no such rest, or no answer."""
        alone = self._asked.answer_alone(text)
        if alone is None:
            return None
        answer = read(alone.rest, asked)
        if answer.intent not in ORDERING or not (answer.lines or answer.chosen):
            return None
        return replace(answer, text=text, topic=alone.topic or answer.topic)

    def remark(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`understood`, where something lies in hand and the message is no more than a remark, as such: 老婆生日,
        不是黑卡吧, 别的先不要."""
        if understood.intent in _STANDING:
            return understood
        topic = self._asked.remark(understood.text, quoted=asked.quoted)
        # Where a question stands open, what was not understood may have been the answer.
        unclear = asked.quoted and _says_hardly_anything(understood, asked)
        bound = CALLING_OFF_MAX if understood.intent is Intent.CANCEL else TOLD_MAX
        if topic is None and unclear and self._talk.only_tells(plain(understood.text), bound):
            topic = NOTED
        return understood if topic is None else _told(understood, topic)

    def wants_nothing(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`understood`, where nothing lies in hand and the message only sounds as if it wanted something: 好用再续 is no
        order once more, and 别打电话 calls nobody."""
        sounds = understood.intent in _SOUNDS and not understood.lines
        noted = sounds and self._asked.remark(understood.text, quoted=asked.quoted) == NOTED
        return _told(understood, NOTED) if noted else understood


def _says_hardly_anything(understood: Understanding, asked: Expectation) -> bool:
    """Whether what was understood changes nothing of what lies in hand, or only what nobody sells or knows: 520 of
    520礼物, 邻居 of 帮邻居大爷弄的, once more of 上次客服小姐姐态度很好."""
    if understood.intent in _GUESSED:
        return not (understood.lines or understood.options or understood.topic or understood.problems)
    if understood.intent is not Intent.MODIFY or understood.contact in asked.people:
        return False
    return all(_changes_nothing(line, asked) for line in understood.lines)


def _changes_nothing(line: SpokenLine, asked: Expectation) -> bool:
    """Whether a line says no more than a size that its goods are not sold in, or somebody of whom no number is known."""
    known = {one.product_id for one in asked.lines}
    other_goods = line.product is not None and line.product.value not in known
    unsold = any(problem.code is ProblemCode.VARIANT_UNAVAILABLE for problem in line.problems)
    sized = line.measure is not None and line.measure.value.value and not unsold
    says_more = sized or line.account or line.quantity or line.quantity_change or line.region or line.dropped
    return not (other_goods or says_more or line.sku)


def _says_more_than_goods(line: SpokenLine) -> bool:
    """Whether goods are named with a size, a count or a recipient."""
    return line.product is not None and bool(line.quantity or line.measure or line.account)


def _told(understood: Understanding, topic: str) -> Understanding:
    return replace(
        understood, intent=Intent.FAQ, topic=topic, confidence=SURE, clear=SURE, lines=(), problems=(), options=(),
        order_ref=None,
    )  # fmt: skip


_GUESSED = frozenset({Intent.OUT_OF_SCOPE, Intent.REORDER, Intent.HUMAN, Intent.CANCEL})
_SOUNDS = frozenset({Intent.REORDER, Intent.ORDER, Intent.HUMAN, Intent.CANCEL})
_STANDING = frozenset({Intent.GREET, Intent.THANKS, Intent.CONFIRM, Intent.REFUND})
"""Of a remark that is one of these nothing more is said."""
