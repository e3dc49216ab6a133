"""The customer's own phone, told so that he can be reached: 13600982715是我电话，有事打这个。充10Y币，YY号90182736.

Beside a recipient of the kind that the goods need, a phone that they are not sent to gets nothing. Where goods are
sent to phones nobody knows which of two is meant, and that is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from nlu.accounts import PHONE, Account
from nlu.alternations import any_of
from nlu.corrections import Cue, CueKind
from nlu.found import Found
from nlu.lexicon import Lexicon
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark
from nlu.quantities import QuantityKind


class ReachedAt:
    """Finds such phones. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._purpose = re.compile(any_of(lexicon, "accounts.reached"))
        self._own = re.compile(
            rf"{any_of(lexicon, 'accounts.own')}的?{any_of(lexicon, 'accounts.own_phones')}"
        )
        self._sent_in_front = re.compile(rf"{any_of(lexicon, 'stance.topup_verbs', 'idle.to')}\s?$")
        self._sent_behind = re.compile(rf"\s?{any_of(lexicon, 'stance.topup_verbs', 'idle.verbs')}")

    def set_aside(self, found: Found, kinds: Set[str]) -> Found:
        """With such a phone among the numbers that are no part of the order. `kinds`: of the recipients that the
        goods need."""
        if not kinds or PHONE in kinds or len(found.recipients) < _RECIPIENTS_MIN:
            return found
        told = [mark for mark in found.recipients if self._is_told(found, mark, kinds)]
        if len(told) != 1:
            return found
        mark = told[0]
        number = Mark(OtherNumber(OtherKind.REACHED), mark.start, mark.end)
        return replace(
            found,
            recipients=tuple(one for one in found.recipients if one is not mark),
            others=tuple(sorted((*found.others, number), key=lambda one: one.start)),
        )

    def _is_told(self, found: Found, mark: Mark[Account], kinds: Set[str]) -> bool:
        text, account = found.page.text, mark.value
        others = [one for one in found.recipients if one.value.text != account.text]
        taken = any(self._suits(one.value, kind) for one in others for kind in kinds)
        if PHONE not in account.kinds or not taken or not others or _shared(found.cues):
            return False
        begin, end = _stretch(found, mark)
        sent = self._sent_in_front.search(text, begin, mark.start) or self._sent_behind.match(text, mark.end)
        if sent and not self._purpose.match(text, mark.end):
            return False
        if self._purpose.search(text, begin, end) or self._explained_behind(found, end):
            return True
        # 我电话…: only beside a single order is it surely nothing more.
        sizes = {size.start for size in found.sizes}
        sizes |= {one.start for one in found.counts if one.value.kind is not QuantityKind.ARTICLE}
        named = account.said == PHONE and self._own.search(text, begin, end) is not None
        return named and len(others) == 1 and len(sizes) == 1

    def _explained_behind(self, found: Found, end: int) -> bool:
        """Whether the next clause says what the number is for: 13600982715是我电话，有事打这个. In 有事打90182736 it
        speaks of another one."""
        text = found.page.text
        begin = end + (text[end : end + 1] != "" and text[end] in _ENDS)
        stop = min((at for sign in _ENDS if (at := text.find(sign, begin)) >= 0), default=len(text))
        elsewhere = any(begin <= one.start < stop for one in found.recipients)
        return not elsewhere and self._purpose.match(text, begin) is not None

    def _suits(self, account: Account, kind: str) -> bool:
        return PHONE not in account.kinds and account.read_as(kind, self._lexicon).account is not None


def _stretch(found: Found, mark: Mark[Account]) -> tuple[int, int]:
    """What is said around a number, up to the next punctuation or the next piece of the order."""
    text = found.page.text
    pieces = [*found.numbers, *((one.start, one.end) for one in found.recipients if one is not mark)]
    front = [end for _, end in pieces if end <= mark.start]
    behind = [start for start, _ in pieces if start >= mark.end]
    begin = max(text.rfind(sign, 0, mark.start) + 1 for sign in _ENDS)
    ends = [at for sign in _ENDS if (at := text.find(sign, mark.end)) >= 0]
    return max((begin, *front)), min((len(text), *ends, *behind))


def _shared(cues: Mapping[CueKind, Sequence[Cue]]) -> bool:
    """Whether several recipients may each get something."""
    return CueKind.EACH in cues or CueKind.RESPECTIVELY in cues


_ENDS = ",，。;；!！?？\n"
_RECIPIENTS_MIN = 2
