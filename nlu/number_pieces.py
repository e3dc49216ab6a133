"""A number that comes in pieces, 139, 1234, 5678, also in the place of another, and one of whose pieces was wrong:
后四位是5687.

What was put together or changed in parts is never sure: it is shown whole, and wants a yes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from nlu.alternations import either, repeatable
from nlu.lexicon import AccountKind, Lexicon
from nlu.numerals import number
from nlu.places import SURE
from nlu.understanding import (
    Expectation,
    Heard,
    Intent,
    LineInHand,
    Problem,
    ProblemCode,
    Slot,
    Span,
    SpokenLine,
    Understanding,
)
from nlu.vocabulary import Vocabulary

UNSURE = 0.4
LENGTHS: Mapping[str, int] = MappingProxyType({"phone": 11, "fuel_card": 19})
"""The kinds whose beginnings can be told from other numbers, and how many digits they have at most."""

SHORTEST: Mapping[str, int] = MappingProxyType({"qq": 5, "uid": 5})
"""The kinds of any length, and how many digits they have at least; fewer are a beginning where no size has as many."""


class NumberPieces:
    """Puts numbers together. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        self._accounts = lexicon.accounts
        counted = either(lexicon.words("answers.digits"))
        part = either((*lexicon.words("answers.start_of_number"), *lexicon.words("answers.end_of_number")))
        # 后面四位8254: how many digits come is none of them.
        which = rf"(?:{part})(?:的|那)?(?:\d|[一二两三四五六七八九十几]{{1,2}})(?:{counted})"
        fronts = lexicon.words("answers.piece_front")
        behind = rf"(?:{repeatable(lexicon.words('answers.behind'))})*+"
        between = r"[\s,，:：]"
        self._piece = re.compile(rf"(?:{which}|{repeatable(fronts)}|{between})*+(\d[\d\s\-]*){behind}")
        called = lexicon.words("signs.number_words")
        names = ("answers.wrong", "answers.it_is", "answers.becomes", "answers.new_number_front")
        said = [*fronts, *(word for name in names for word in lexicon.words(name))]
        self._renewed = re.compile(
            rf"(?=.*?(?:{either(called)}))"
            rf"(?:{repeatable([*said, *called])}|{which}|{between})*+(\d[\d\s\-]*){behind}"
        )
        self._end = re.compile(
            rf"(?:{either(lexicon.words('answers.end_of_number'))})"
            rf"(?:(?P<count>\d|[一二两三四五六七八])(?:{counted}))?(?P<rest>.*)"
        )
        self._start = re.compile(
            rf"(?:{either(lexicon.words('answers.start_of_number'))})"
            rf"(?P<count>\d|[一二两三四五六七八])(?:{counted})(?P<rest>.*)"
        )
        self._is = re.compile(
            rf"(?<!不)(?:{either(lexicon.words('answers.it_is'))})[\s,，:：]*(\d{{1,8}})(?!\d)"
        )

    def read(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """The number so far, as an answer; None where no piece of one was said."""
        if len(asked.lines) != 1:
            return None
        hand = asked.lines[0]
        product = self._products.get(hand.product_id or "")
        kind = product.account_kind if product else "phone"
        accepts = self._accounts.get(kind)
        if accepts is None:
            return None
        if (corrected := self._corrected(text, hand, accepts)) is not None:
            return _answer(understood, corrected, kind)
        asked_for = asked.asking is Slot.ACCOUNT and hand.account is None
        if not asked_for and (hand.account is None or asked.asking not in (None, Slot.CONFIRM)):
            return None
        match = (self._piece if asked_for else self._renewed).fullmatch(text)
        if match is None:
            return None
        hand = hand if asked_for else replace(hand, account=None, account_begun=None)
        piece = re.sub(r"\D", "", match[1])
        if kind in SHORTEST:
            goes_on, bare = match.start(1) > 0, match.end(1) == len(text)
            return self._of_any_length(understood, piece, hand, accepts, goes_on=goes_on) if bare else None
        return self._joined(understood, piece, hand, accepts)

    def _joined(
        self, understood: Understanding, piece: str, hand: LineInHand, kind: AccountKind
    ) -> Understanding | None:
        begun = hand.account_begun
        if kind.accepts(piece):
            return None
        if begun is not None:
            whole = begun + piece
            if kind.accepts(whole):
                return _answer(understood, whole, kind.kind)
            if len(whole) < LENGTHS.get(kind.kind, 0) and _may_begin(whole, kind.kind):
                return _too_short(understood, whole, kind.kind)
        if not _may_begin(piece, kind.kind) or not 3 <= len(piece) < LENGTHS[kind.kind]:
            return None
        if self._is_size(piece, hand):
            return None
        return _too_short(understood, piece, kind.kind)

    def _of_any_length(
        self, understood: Understanding, piece: str, hand: LineInHand, kind: AccountKind, *, goes_on: bool
    ) -> Understanding | None:
        """A piece of a number that may be short or long, 7738, 2910. `goes_on`: it was said to be the rest."""
        begun = hand.account_begun
        if begun is None:
            too_short = 2 < len(piece) < SHORTEST[kind.kind] and not self._is_size(piece, hand)
            return _too_short(understood, piece, kind.kind) if too_short and hand.sku_id is not None else None
        if kind.accepts(piece) and piece.startswith(begun):
            return None  # the whole of it after all
        if kind.accepts(piece) and not goes_on:
            # The rest, or the whole of it anew: shown, and asked for a yes.
            return _answer(understood, piece, kind.kind)
        return _answer(understood, begun + piece, kind.kind) if kind.accepts(begun + piece) else None

    def _is_size(self, piece: str, hand: LineInHand) -> bool:
        product = self._products.get(hand.product_id or "")
        return product is not None and any(str(one.face_value) == piece for one in product.variants)

    def _corrected(self, text: str, hand: LineInHand, kind: AccountKind) -> str | None:
        """`后四位是5687`: the number with that part put right."""
        before = hand.account or hand.account_begun or ""
        if not before.isdigit():
            return None
        for pattern, at_end in ((self._end, True), (self._start, False)):
            match = pattern.search(text)
            told = self._is.search(match["rest"]) or _BARE.fullmatch(match["rest"]) if match else None
            if match is None or told is None:
                continue
            part = told[1]
            count = getattr(number(match["count"]), "value", None) if match["count"] else len(part)
            if count != len(part) or len(part) >= len(before) or (not match["count"] and len(part) < 2):
                continue
            whole = before[: -len(part)] + part if at_end else part + before[len(part) :]
            if whole != before and kind.accepts(whole):
                return whole
        return None


_BARE = re.compile(r"[\s,，:：]*(\d{2,8})(?:吧|的|啊|哈)*")


def _may_begin(digits: str, kind: str) -> bool:
    return kind in LENGTHS and (kind != "phone" or re.fullmatch(r"1[3-9]\d*", digits) is not None)


def _answer(understood: Understanding, account: str, kind: str) -> Understanding:
    heard = Heard(account, Span(0, len(understood.text)), UNSURE)
    line = SpokenLine(account=heard, account_kind=kind)
    return _said(understood, line)


def _too_short(understood: Understanding, digits: str, kind: str) -> Understanding:
    code = ProblemCode.PHONE_LENGTH if kind == "phone" else ProblemCode.ACCOUNT_FORMAT
    return _said(understood, SpokenLine(problems=(Problem(Slot.ACCOUNT, code, digits),)))


def _said(understood: Understanding, line: SpokenLine) -> Understanding:
    changes = understood.intent is Intent.MODIFY
    intent = Intent.MODIFY if changes else Intent.PROVIDE
    return replace(understood, intent=intent, confidence=SURE, lines=(line,), problems=(), chosen=None)
