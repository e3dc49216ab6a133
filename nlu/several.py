"""Which of several lines in hand a message is about: all of them, all but one, the one with that
recipient, or two that change places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.alternations import any_in, repeatable
from nlu.lexicon import Lexicon
from nlu.numerals import number
from nlu.understanding import Heard, Intent, LineInHand, Span, SpokenLine, Understanding

SURE = 0.95


class SeveralLines:
    """Reads what is said of an order of several lines. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of, front = any_in(lexicon, "several"), repeatable(lexicon.words("several.in_front"))
        self._all = re.compile(rf"(?:{front}|[\s,，。.!！~…])*{any_of('all_of_them')}")
        self._swap = re.compile(any_of("swap"))
        self._only = re.compile(rf"{any_of('only')}(.+?){any_of('only_behind')}*")

        wrong_front, wrong_behind, others_front, others_behind = (
            f"(?:{repeatable(lexicon.words(f'several.{name}'))})*"
            for name in ("wrong_one_front", "wrong_one_behind", "others_front", "others_behind")
        )
        self._wrong_one = re.compile(rf"{wrong_front}{any_of('wrong_one')}{wrong_behind}")
        count = "[0-9一二两三四五六七八九十]{1,3}|几"
        self._others = re.compile(rf"{others_front}{any_of('others')}(?:的|那|这)*({count})?{others_behind}")

    def wrong_one(self, text: str, hands: Sequence[LineInHand]) -> int | None:
        """The one line whose recipient was refused, by its digits or as `错的那个`; None where it is none or several."""
        wrong = self.wrong_ones(text, hands)
        return wrong[0] if len(wrong) == 1 and len(hands) > 1 else None

    def wrong_ones(self, text: str, hands: Sequence[LineInHand]) -> tuple[int, ...]:
        """The lines that are named as wrong, `错的那几个`, or by the digits that were refused."""
        digits = "".join(filter(str.isdecimal, text))
        if not digits and self._wrong_one.fullmatch(text) is None:
            return ()
        begun = ((at, hand.account_begun) for at, hand in enumerate(hands) if hand.account_begun is not None)
        return tuple(at for at, refused in begun if not digits or digits == refused)

    def others_stay(self, text: str, left_out: int, hands: Sequence[LineInHand]) -> bool:
        """Whether all but so many lines are to go on: `充另外两个`."""
        found = self._others.fullmatch(text)
        if found is None:
            return False
        count = getattr(number(found[1]), "value", None) if found[1] else None
        return count is None or count == len(hands) - left_out

    def read(self, text: str, understood: Understanding, hands: Sequence[LineInHand]) -> Understanding:
        """`understood` with the positions that were meant; as it was where nothing is said of them."""
        if self._swap.search(text) and (swapped := _swapped(text, hands)):
            return _changed(understood, swapped)
        if len(understood.lines) != 1:
            return understood
        line = understood.lines[0]
        if line.position is not None or line.product is not None or line.dropped:
            return understood
        if self._all.match(text) and (line.measure or line.quantity or line.region or line.account):
            return _changed(understood, tuple(replace(line, position=at) for at in range(len(hands))))
        if line.account is not None and (line.measure or line.quantity or line.region):
            same = [at for at, hand in enumerate(hands) if hand.account == line.account.value]
            if len(same) == 1:
                return _changed(understood, (replace(line, position=same[0]),))
        return understood

    def kept(self, text: str) -> str | None:
        """What stands behind `只要`: the one line that stays."""
        match = self._only.fullmatch(text)
        return match[1] if match else None


def _swapped(text: str, hands: Sequence[LineInHand]) -> tuple[SpokenLine, ...]:
    if len(hands) != 2 or None in (hands[0].account, hands[1].account):
        return ()
    whole = Span(0, len(text))
    accounts = [hand.account for hand in reversed(hands) if hand.account is not None]
    return tuple(
        SpokenLine(account=Heard(account, whole), position=at) for at, account in enumerate(accounts)
    )


def _changed(understood: Understanding, lines: tuple[SpokenLine, ...]) -> Understanding:
    return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=lines, problems=(), contact=None)
