"""A common question beside something else: 京东卡50来一张，能用支付宝吗; 充50话费138…，能开发票吗; 50的，多久到账.

It takes nothing from what stands beside it and doubts nothing of it, be that an order or an answer; what is said in
reply to that comes with what was asked. Such a question stands in a clause of its own that names no goods and no number;
what is left of the message must be an order by itself, so that what hangs on the answer (能开发票就来两张) stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from nlu.alternations import any_in, any_of, any_times_in
from nlu.another_time import AnotherTime
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.unanswered import Unanswered
from nlu.understanding import Filters, Intent, Understanding

ARRIVAL, USAGE, SAFETY, SHOP, PAYMENT, INVOICE = "arrival", "usage", "safety", "shop", "payment", "invoice"
BARGAIN, REFUND_RULE, TERMS = "bargain", "refund_rule", "terms"
NOTED = "noted"
"""The topic of what is only told: 老婆生日, 别的先不要."""
OF_ORDERS = frozenset({ARRIVAL, USAGE})
"""May as well be asked of an order that is under way: 爱奇艺季卡138…，多久到账; 京东卡100两张，怎么用."""
DOUBTING = frozenset({SAFETY, USAGE, SHOP, TERMS, REFUND_RULE})
"""Asked by somebody who may not have made up his mind."""
WANT_AN_ANSWER = frozenset({ARRIVAL, SAFETY, REFUND_RULE, PAYMENT, BARGAIN, INVOICE})
"""What is answered beside an answer."""

LENGTH_MAX = 120
CLAUSE_MAX = 24
CLAUSES_MAX = 8
"""A message of more clauses is no order with a question."""

Read = Callable[[str], Understanding]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is left of a message without its questions."""

    rest: str
    topic: str | None
    """What they ask; None where they want no answer: 没货就算了, 有人吗."""
    by_the_way: bool
    """Whether it is asked by the way, or only somebody who buys asks it. Else what is left counts only where it
    says that something is wanted: 京东卡100，安全吗 asks about goods."""


class AskedBeside:
    """Finds the clauses that ask so. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "asked_beside")
        self._aside, self._told, self._ordered = (
            re.compile(words(name)) for name in ("aside", "told", "ordered")
        )
        self._another_time, self._unanswered = AnotherTime(lexicon), Unanswered(lexicon)
        some = any_times_in(lexicon, "asked_beside")
        ends, refunds = some("ends"), rf"{words('money_back')}{some('ends')}"
        self._guarantee = re.compile(
            rf"{some('if')}{words('fails')}{some('then')}{refunds}"
            rf"|{words('if')}{some('if')}{words('failed')}{some('then')}{refunds}"
            rf"|{words('failed')}{words('surely_then')}{some('surely_then')}{refunds}"
        )
        self._bargains = re.compile(
            rf"{some('light')}{words('cheaper')}{some('light', 'cheaper', 'somewhat', 'ends')}"
        )
        self._is_it = re.compile(
            rf"{some('it')}{words('is_it')}{some('it')}{words('genuine')}{words('ends')}{ends}"
        )
        self._befriends = re.compile(rf"{some('light')}{words('befriends')}{ends}")
        self._asks = re.compile(rf"{any_of(lexicon, 'chatting.asking')}|(.)[不没]\1|[吧不没?？]$")
        self._sounds = {topic: re.compile(words(topic)) for topic in _TOPICS}

    def topic(self, heard: Understanding) -> str | None:
        """What a clause beside an answer asks that is nothing but a common question; None where it is none, or
        says more."""
        topic = self._common(heard)
        return topic if topic in WANT_AN_ANSWER else None

    def _common(self, heard: Understanding) -> str | None:
        if heard.lines or heard.problems or heard.contact or heard.order_ref:
            return None
        if not only_of_time(heard.filters):
            return None
        if heard.intent is Intent.RECEIPT and self._sounds[INVOICE].search(plain(heard.text)):
            return INVOICE
        return heard.topic if heard.intent is Intent.FAQ else None

    def apart(self, text: str, read: Read) -> Asked | None:
        """The message with blanks for what it only asks; None where nothing is asked, or nothing else is said. `read`
        understands a clause by itself."""
        clauses = _clauses(text)
        if len(text) > LENGTH_MAX or not clauses:
            return None
        rest, topics, aside = text, [], False
        for clause in clauses:
            said = plain(clause[1])
            unasked = self._changes_nothing(said)
            topic = None if unasked else self._asked(said, read)
            if topic is None and not unasked:
                continue
            if topic in OF_ORDERS | {INVOICE, REFUND_RULE} and self._ordered.search(text):
                return None
            rest = _without(rest, clause)
            topics += [topic] if topic else []
            # 能退吗 is asked of what was bought, too; 不到账退钱 only by who buys.
            buying = topic in _OF_BUYERS and (
                topic != REFUND_RULE or self._guarantee.fullmatch(said) is not None
            )
            aside = aside or unasked or buying or self._aside.match(said) is not None
        if rest == text or not _CLAUSE.search(rest):
            return None
        if REFUND_RULE in topics and not aside and _HAPPENED.search(rest):
            return None  # 50话费充错了138…，能退吗
        return Asked(rest, topics[0] if topics else None, aside)

    def remark(self, text: str, *, quoted: bool) -> str | None:
        """The topic of a message that is nothing but what stands beside an order; None of any other. By itself it is
        one only where something lies in hand: 不到账退钱 is a complaint else."""
        said = plain(text).strip(_MARKS)
        if len(said) > CLAUSE_MAX or (self._unanswered.lets_go(said) and not quoted):
            return None
        return self._in_so_many_words(said) or (NOTED if self._changes_nothing(said) else None)

    def answer_alone(self, text: str) -> Asked | None:
        """An answer without the clauses beside it that change nothing: 138…，没货就算了; 一个月，好看再续年卡. None where
        there are none, or nothing else."""
        rest, topic = text, None
        for clause in _clauses(text):
            said = plain(clause[1])
            asked = self._in_so_many_words(said)
            told = len(said) <= CLAUSE_MAX and self._unanswered.tells_why(said)
            if asked or told or self._changes_nothing(said):
                rest = _without(rest, clause)
                topic = topic or asked
        return Asked(rest, topic, by_the_way=True) if rest != text and _CLAUSE.search(rest) else None

    def _changes_nothing(self, clause: str) -> bool:
        return len(clause) <= CLAUSE_MAX and (
            self._unanswered.says_only(clause)
            or self._unanswered.lets_go(clause)
            or self._another_time.begins(clause)
        )

    def _in_so_many_words(self, clause: str) -> str | None:
        """The topic of a clause that is nothing else, whatever the shop sells."""
        if len(clause) > CLAUSE_MAX:
            return None
        forms = (
            (REFUND_RULE, self._guarantee),
            (BARGAIN, self._bargains),
            (SAFETY, self._is_it),
            (SHOP, self._befriends),
        )
        return next((topic for topic, form in forms if form.fullmatch(clause)), None)

    def _asked(self, clause: str, read: Read) -> str | None:
        """The topic of a clause beside an order. It must also sound like it: 会不会太多了 is nothing of the shop's."""
        if (topic := self._in_so_many_words(clause)) is not None:
            return topic
        if len(clause) > CLAUSE_MAX or _DIGIT.search(clause) or self._told.search(clause):
            return None
        sounds = {topic for topic, words in self._sounds.items() if words.search(clause)}
        asks = self._asks.search(clause) is not None
        if not sounds or not (sounds & _ASK_BY_THEMSELVES or asks or _WITHIN.search(clause)):
            return None
        lead = self._aside.match(clause)
        heard = read(clause[lead.end() :] if lead else clause)
        topic = self._common(heard)
        if topic in _TOPICS and TERMS not in sounds:
            return topic
        if _only_limits_time(heard):
            return ARRIVAL
        # 只能登一台吗: a count of what nobody orders.
        wants = heard.intent in _WANTING or any(line.product or line.account for line in heard.lines)
        return TERMS if TERMS in sounds and asks and not (wants or heard.problems or heard.contact) else None


def _clauses(text: str) -> list[re.Match[str]]:
    """The clauses of a message that has several, and not too many; else none."""
    clauses = list(_CLAUSE.finditer(text))
    return clauses if 1 < len(clauses) <= CLAUSES_MAX else []


def _without(text: str, clause: re.Match[str]) -> str:
    """The text with blanks for a clause."""
    return f"{text[: clause.start()]}{' ' * len(clause[0])}{text[clause.end() :]}"


def _only_limits_time(heard: Understanding) -> bool:
    """三分钟内给我: a wish, and no search."""
    timed = heard.filters.max_eta_minutes is not None and only_of_time(heard.filters)
    return timed and heard.intent is Intent.SEARCH and not (heard.lines or heard.options or heard.problems)


def only_of_time(filters: Filters) -> bool:
    """Whether nothing is limited but when it comes: 两小时内能到吗."""
    return replace(filters, max_eta_minutes=None).empty


_TOPICS = (ARRIVAL, SAFETY, USAGE, SHOP, PAYMENT, INVOICE, BARGAIN, TERMS, REFUND_RULE)
_WANTING = frozenset(Intent) - {
    Intent.FAQ, Intent.OUT_OF_SCOPE, Intent.SEARCH, Intent.HELP, Intent.ORDER, Intent.PROVIDE,
}  # fmt: skip
"""What a clause that asks how goods are used does not want."""
_OF_BUYERS = frozenset({PAYMENT, REFUND_RULE})
"""Only who buys asks it."""
_ASK_BY_THEMSELVES = frozenset({INVOICE, BARGAIN})
"""However they are worded: 要发票, 便宜点."""
_CLAUSE = re.compile(r"([^,，。.;；!！?？~\s…]+)[?？]*")
_MARKS = " ,，。.;；!！?？~…\n"
_WITHIN = re.compile("(?:分钟|小时|钟头|天)[之以]?内")
_DIGIT = re.compile(r"[0-9]")
_HAPPENED = re.compile("[了过错没昨刚]|[上之以]次?[回前次]")
