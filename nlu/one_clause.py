"""An answer with something beside it that hides it: 三张吧 还有个同事也要, 50的，多久到账.

Where a message as a whole says nothing while an order is talked about, its clauses are read one by one. It
counts if exactly one of them answers, and the others are no more than talk. Where a question stands open, that
is so beside a common question, too, which then wants its answer as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from nlu.alternations import either, repeatable
from nlu.asked_beside import WANT_AN_ANSWER, AskedBeside, only_of_time
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.understanding import Expectation, Intent, Slot, SpokenLine, Understanding

LENGTH_MAX = 60
CLAUSES_MAX = 4
FAINT = 0.5
"""How clear an intent must at least be."""

Read = Callable[[str, Expectation], Understanding]


class OneClause:
    """Finds the clause that answers. Immutable."""

    def __init__(self, lexicon: Lexicon, beside: AskedBeside) -> None:
        self._beside = beside
        words = (
            "answers.before",
            "answers.behind",
            "answers.particles",
            "answers.counters",
            "signs.number_words",
        )
        around = repeatable(word for name in words for word in lexicon.words(name))
        self._changing = re.compile(either(lexicon.words("answers.becomes")))
        self._around = re.compile(rf"(?:{around}|[\s:：{_VALUE}])*")

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """What the one clause means that answers; None where the message is read as it is."""
        if not asked.lines or len(text) > LENGTH_MAX:
            return None
        if understood.intent in _ANSWERS and (understood.lines or understood.chosen):
            return self._with_question(text, understood, asked, read)
        if _names_the_old_number(understood, asked):
            return replace(understood, intent=Intent.PROVIDE, order_ref=None)
        common = self._is_common(understood, asked)
        if not common and not _says_nothing(understood):
            return None
        clauses = [clause for clause in _BETWEEN.split(text) if clause]
        if not 1 < len(clauses) <= CLAUSES_MAX:
            return None
        heard = [read(clause, asked) for clause in clauses]
        answers = [one for one in heard if _answers(one, asked)]
        if len({_said(one, asked) for one in answers}) != 1 or (
            common and not all(map(self._only_answers, answers))
        ):
            return None
        if not all(one in answers or _is_talk(one, asked) for one in heard):
            return None
        if understood.intent is Intent.MODIFY and not self._stands(answers, heard):
            return None
        return replace(answers[0], text=text, topic=self._topic(heard), payment=understood.payment)

    def _topic(self, heard: Sequence[Understanding]) -> str | None:
        return next(filter(None, map(self._beside.topic, heard)), None)

    def _stands(self, answers: Sequence[Understanding], heard: Sequence[Understanding]) -> bool:
        """Whether nothing beside the change takes it back: 都改成50 算了不改了."""
        dropped = any(line.dropped for one in answers for line in one.lines)
        return not dropped and not any(self._changing.search(one.text) for one in heard if one not in answers)

    def _with_question(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding:
        """The answer, with the topic of the common question that one of its clauses asks."""
        clauses = [clause for clause in _BETWEEN.split(text) if clause]
        if not 1 < len(clauses) <= CLAUSES_MAX:
            return understood
        return replace(understood, topic=self._topic([read(clause, asked) for clause in clauses]))

    def _is_common(self, understood: Understanding, asked: Expectation) -> bool:
        """Whether it is a common question while something else is asked of him."""
        if _says_something(understood):
            return False
        if asked.asking in (None, Slot.CONFIRM):
            # 来两张，支持退款吗, under a quote
            return asked.quoted and self._beside.topic(understood) is not None
        if asked.asking in _OF_VALUES and understood.intent in _HIDING:
            return True
        if understood.order_ref:
            return False
        # 话费呗，还能有啥: of what there is, where goods are asked for.
        shown = understood.intent is Intent.SEARCH and asked.asking is Slot.PRODUCT
        common = self._beside.topic(understood) is not None or understood.topic in _COMMON
        return shown or common or understood.intent is Intent.STATUS

    def _only_answers(self, understood: Understanding) -> bool:
        """Whether the clause is nothing but its answer: 如果是100的 is more."""
        if understood.chosen:
            return True
        rest = plain(understood.text)
        for line in understood.lines:
            values = (line.product, line.sku, line.measure, line.quantity, line.account, line.region)
            spans = {value.span for value in values if value is not None}
            for said in (understood.text[span.start : span.end] for span in spans):
                rest = rest.replace(plain(said), _VALUE) if said else rest
        return self._around.fullmatch(rest) is not None


def _answers(understood: Understanding, asked: Expectation) -> bool:
    if understood.chosen:
        return True
    goods = asked.asking is Slot.PRODUCT and understood.intent is Intent.ORDER
    return bool(understood.lines) and (goods or understood.intent in _ANSWERS)


def _said(understood: Understanding, asked: Expectation) -> tuple[object, ...]:
    """What it says of the line in hand, wherever in the message it stands: 50的50的 says one thing, and so does
    再多两张 一共5张 where three lie in hand."""
    values = ((line.product, line.sku, line.measure, line.account, line.region) for line in understood.lines)
    said = (tuple(heard.value if heard is not None else None for heard in line) for line in values)
    return understood.chosen, *said, *(_count(line, asked) for line in understood.lines)


def _count(line: SpokenLine, asked: Expectation) -> int | None:
    """How many there are in the end."""
    if line.quantity_change is None:
        return line.quantity.value if line.quantity is not None else None
    hand = asked.lines[0].quantity if len(asked.lines) == 1 else None
    return (hand or 1) + line.quantity_change


def _is_talk(understood: Understanding, asked: Expectation) -> bool:
    others = set(understood.options) - {one for line in asked.lines for one in (line.product_id, line.sku_id)}
    says_goods = understood.lines or others or understood.problems or not only_of_time(understood.filters)
    talk = _TALK | _HIDING if asked.asking in _OF_VALUES else _TALK | {Intent.RECEIPT}
    wants_nothing = understood.intent in talk or _is_faint(understood)
    return not says_goods and wants_nothing and _DIGIT.search(understood.text) is None


def _is_faint(understood: Understanding) -> bool:
    """Whether what it wants is hardly more than guessed."""
    return understood.clear < FAINT and understood.intent not in _NEVER_FAINT


def _says_nothing(understood: Understanding) -> bool:
    unanswered = understood.intent is Intent.FAQ and understood.topic is None
    empty = understood.intent in (Intent.OUT_OF_SCOPE, Intent.MODIFY, Intent.PROVIDE) or _is_faint(understood)
    return not _says_something(understood) and (unanswered or empty)


def _names_the_old_number(understood: Understanding, asked: Expectation) -> bool:
    """上次那个号137…, where a number was asked for: it is told, and no order is wanted once more."""
    line = understood.lines[0] if len(understood.lines) == 1 else None
    wanted = asked.asking is Slot.ACCOUNT and understood.intent is Intent.REORDER
    return wanted and line is not None and line.account is not None and line.product is None


def _says_something(understood: Understanding) -> bool:
    return bool(understood.lines or understood.chosen or understood.contact or understood.problems)


_BETWEEN = re.compile(r"[\s,，。;；!！?？~…]+|(?<=[0-9]{5})(?=[\u4e00-\u9fff])")
_VALUE = "\0"
"""Stands for what was understood of a clause."""
_DIGIT = re.compile(r"(?<!第)\d")
_ANSWERS = frozenset({Intent.MODIFY, Intent.PROVIDE})
_TALK = frozenset(
    {Intent.OUT_OF_SCOPE, Intent.FAQ, Intent.SEARCH, Intent.THANKS, Intent.GREET, Intent.STATUS}
)
_NEVER_FAINT = frozenset({Intent.CANCEL, Intent.DENY, Intent.MODIFY, Intent.PROVIDE, Intent.ORDER})
"""What would change or call off an order: a guess of it is not talk."""
_OF_VALUES = frozenset({Slot.ACCOUNT, Slot.VARIANT})
_HIDING = frozenset(
    {
        Intent.RECEIPT, Intent.HISTORY, Intent.REORDER, Intent.PRICE, Intent.SEARCH, Intent.HELP, Intent.PAY,
        Intent.THANKS, Intent.GREET,
    }
)  # fmt: skip
"""What the words around a number or a size that was asked for may sound like: 没存过，137…; 上次那个号 137…; 100的，
微信付."""
_COMMON = WANT_AN_ANSWER | {"usage", "shop"}
"""Topics of common questions; the last ones are often not meant as such: 话费嘛，我还能充啥."""
