"""The answer to the question for a recipient: a bare number, a name in a game, an address."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.addresses import without_label
from nlu.alternations import any_of, either, repeatable
from nlu.choices import NO_ANSWER
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import MARKS, SURE
from nlu.remarks import Remarks
from nlu.understanding import (
    Expectation,
    Heard,
    Intent,
    Problem,
    ProblemCode,
    Slot,
    Span,
    SpokenLine,
    Understanding,
)
from nlu.vocabulary import Vocabulary

ANSWER_LENGTH_MAX = 40
GAME_ID_LENGTH_MAX = 32

_IN_FRONT_OF_NAMES = ("accounts.labels", "recipient_questions.kinds", "answers.before", "answers.particles")

FREE_TEXT_KINDS = frozenset({"game_id", "address"})
NO_ACCOUNT_YET = "no_account"
NO_RECIPIENT = "none"
"""The kind of goods that go to nobody: a card key."""
"""The topic of whoever has no name at hand, or asks about it."""

UNSURE = 0.6
_MONEY = "元"


class RecipientAsked:
    """Reads the answer to the question for a recipient. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        self._lexicon = lexicon
        self._remarks = Remarks(lexicon)
        own, number = either(lexicon.words("signs.own_front")), either(lexicon.words("signs.number_words"))
        self._named_number = re.compile(
            rf"(?:{own})?({people_pattern(lexicon)})(?:的|{number}|是|[:：,，\s])*(\d{{5,19}})"
        )
        self._changes = re.compile(
            either((*lexicon.words("answers.becomes"), *lexicon.words("stance.order")))
        )
        endings = any_of(lexicon, "accounts.domain_endings")
        behind = repeatable({*lexicon.words("answers.behind"), *MARKS})
        labels = repeatable({*lexicon.accounts["email"].labels, *lexicon.words("answers.before"), *":：是为"})
        self._address = re.compile(
            rf"(?:{labels}|\s)*(?P<name>[a-z0-9][a-z0-9._+\-]{{1,62}}\.(?:{endings}))"
            rf"(?:{behind})*"
        )
        called = [word for kind in lexicon.accounts.values() for word in kind.labels if not word.isascii()]
        called += [word for name in _IN_FRONT_OF_NAMES for word in lexicon.words(name)]
        self._name = re.compile(
            rf"(?:{repeatable({*called, *':：是为'})}|\s)*"
            rf"(?P<name>[a-z][a-z0-9._+\-]*[0-9_.@][a-z0-9._+\-@]*)"
            rf"(?:{behind})*"
        )
        carriers = either(lexicon.groups("carriers.prefixes"))
        front = repeatable(lexicon.words("answers.before"))
        ends = repeatable(
            [*lexicon.words("answers.behind"), *lexicon.words("signs.number_words"), "卡", "用户"]
        )
        self._carrier = re.compile(rf"(?:{front})*(?:中国)?(?:{carriers})(?:{ends})*")

    def account(self, understood: Understanding, asked: Expectation) -> Understanding:
        kinds = {
            product.account_kind
            for line in asked.lines
            if line.account is None and (product := self._products.get(line.product_id or "")) is not None
        } - {NO_RECIPIENT}
        if len(kinds) != 1:
            return understood
        kind = kinds.pop()
        if kind in FREE_TEXT_KINDS:
            return self._free_text(understood, kind)
        if (spoiled := self._spoiled(understood, kind) or _begun_twice(understood)) is not None:
            return spoiled
        if len(understood.lines) < 2 and _is_bare_number(understood.text):
            line = understood.lines[0] if understood.lines else SpokenLine()
            digits = "".join(filter(str.isdigit, plain(understood.text)))
            if kind == "phone" and len(digits) == 13:
                digits = digits.removeprefix("86")
            accepted = self._lexicon.accounts[kind].accepts(digits)
            if accepted and (line.account is not None or line.product is None):
                heard = Heard(digits, Span(0, len(understood.text)))
                answer = SpokenLine(account=heard, account_kind=kind)
                return replace(understood, intent=Intent.PROVIDE, lines=(answer,), problems=())
        return understood

    def _spoiled(self, understood: Understanding, kind: str) -> Understanding | None:
        """An address without its @ (wangpeng163.com), a name of another kind (wang@163.com for a phone), and the beginning of a number that somebody remembers
        (好像是139的): neither is a size."""
        lines = understood.lines
        if any(line.account or line.product or line.sku for line in lines) or understood.chosen:
            return None
        typed = plain(understood.text).strip(MARKS)
        if len(typed) > ANSWER_LENGTH_MAX:
            return None
        name = self._address.fullmatch(typed) if kind == "email" else self._name.fullmatch(typed)
        if name is not None and not self._lexicon.accounts[kind].accepts(name["name"]):
            wrong = Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, name["name"])
            line = SpokenLine(problems=(wrong,))
            return replace(
                understood, intent=Intent.PROVIDE, clear=SURE, lines=(line,), problems=(), options=()
            )
        size = lines[0].measure if len(lines) == 1 else None
        said = size.value if size is not None else None
        if said is None or said.unit is not None or not _BEGINS.fullmatch(said.text):
            return None
        if self._changes.search(typed):
            return None
        if kind != "phone":
            return replace(
                understood, intent=Intent.FAQ, topic=NO_ACCOUNT_YET, clear=SURE, lines=(), problems=()
            )
        begun = Problem(Slot.ACCOUNT, ProblemCode.PHONE_LENGTH, said.text)
        line = SpokenLine(problems=(begun,))
        return replace(understood, intent=Intent.PROVIDE, clear=SURE, lines=(line,), problems=())

    def each_named(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`我妈138…，我爸139…`, to the question for the numbers of several people."""
        if asked.asking is not Slot.ACCOUNT or len(asked.lines) < 2:
            return None
        pairs = list(self._named_number.finditer(text))
        if not pairs or len(pairs) != len(_DIGITS.findall(text)):
            return None
        whole = Span(0, len(understood.text))
        lines = tuple(SpokenLine(account=Heard(pair[2], whole), contact=pair[1]) for pair in pairs)
        names = {line.contact for line in lines}
        if len(names) < len(lines) or not all(map(self._accepted, lines)):
            return None
        return replace(
            understood, intent=Intent.PROVIDE, confidence=SURE, lines=lines, problems=(), contact=None
        )

    def _accepted(self, line: SpokenLine) -> bool:
        return line.account is not None and any(
            kind.accepts(line.account.value) for kind in self._lexicon.accounts.values()
        )

    def of_carrier(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`移动的`, while a phone is topped up: whose number it is, and no goods of that carrier."""
        hand = asked.lines[0] if len(asked.lines) == 1 else None
        product = self._products.get(hand.product_id or "") if hand is not None else None
        if product is None or product.account_kind != "phone":
            return None
        if not self._carrier.fullmatch(_PHONE.sub("", text).strip(MARKS)):
            return None
        if any(variant.unit != _MONEY for variant in product.variants):
            return None
        whole = Span(0, len(understood.text))
        line = SpokenLine(product=Heard(product.product_id, whole))
        phones = _PHONE.findall(text)
        if len(phones) == 1 and self._lexicon.accounts["phone"].accepts(phones[0]):
            line = replace(line, account=Heard(phones[0], whole), account_kind="phone")
        elif phones:
            return None
        return replace(understood, intent=Intent.PROVIDE, confidence=SURE, lines=(line,), problems=())

    def without_remarks(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`角色名错了` names nobody: what stands there is to be said anew."""
        lines = understood.lines
        if len(lines) != 1 or len(asked.lines) != 1 or lines[0].account is None:
            return understood
        line, hand = lines[0], asked.lines[0]
        if line.account_kind != "game_id" or not self._remarks.is_no_name(lines[0].account.value):
            return understood
        problems: tuple[Problem, ...] = ()
        if hand.account is not None:
            problems = (Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, hand.account),)
        line = replace(line, account=None, account_kind=None, problems=problems)
        return replace(understood, intent=Intent.MODIFY, lines=() if line == SpokenLine() else (line,))

    def _free_text(self, understood: Understanding, kind: str) -> Understanding:
        """A name in a game, or where a parcel goes: taken as typed."""
        typed = understood.text.strip()
        length_max = GAME_ID_LENGTH_MAX if kind == "game_id" else ANSWER_LENGTH_MAX * 5
        says_more = any(line.product or line.sku for line in understood.lines) or understood.chosen
        labelled = any(line.account and line.account_kind == kind for line in understood.lines)
        if kind == "game_id" and not says_more and self._remarks.is_no_name(typed):
            return replace(understood, intent=Intent.FAQ, topic=NO_ACCOUNT_YET, confidence=SURE, lines=())
        if understood.intent in NO_ANSWER or says_more or len(typed) > length_max:
            return understood
        if labelled and kind == "game_id":
            return understood
        if kind == "address":
            typed = without_label(typed, self._lexicon)
        if not self._lexicon.accounts[kind].accepts(typed):
            return understood
        if kind == "address" and not labelled:
            return understood
        if kind == "game_id" and not re.fullmatch(r"[\w@.#+-]+(?: [\w@.#+-]+){0,3}", typed):
            return understood
        unsure = kind == "game_id" and self._remarks.may_be_no_name(typed)
        heard = Heard(typed, Span(0, len(understood.text)), UNSURE if unsure else 1.0)
        answer = SpokenLine(account=heard, account_kind=kind)
        return replace(understood, intent=Intent.PROVIDE, confidence=SURE, lines=(answer,), problems=())


def _begun_twice(understood: Understanding) -> Understanding | None:
    """是135的 13512345678: what the number begins with is said in front of it."""
    line = understood.lines[0] if len(understood.lines) == 1 else SpokenLine()
    if line.account is None or line.measure is None or line.sku is not None or line.product is not None:
        return None
    begins = line.measure.value.text
    if not _BEGINS.fullmatch(begins) or not line.account.value.startswith(begins):
        return None
    bare = replace(line, measure=None, sku_options=(), product_options=(), problems=())
    return replace(understood, lines=(bare,), problems=())


_BEGINS = re.compile("1[2-9][0-9]")
"""What a mobile number begins with, and the mailboxes that are called by numbers: 139, 163."""
_DIGITS = re.compile(r"\d{5,}")
_PHONE = re.compile(r"\d{11}")


def _is_bare_number(text: str) -> bool:
    """Digits and what people put between them, nothing else."""
    return re.fullmatch(r"\+?[\d\s\-－—]{4,40}", plain(text).strip(MARKS)) is not None
