"""What lies in hand stays as it is: 算了不改了, 还是原来的吧, and 要不要改成200呢, which only wonders. Once it was
changed, 还是原来的吧 and 换回去 make it again what it was before.

Beside an order such words sound like calling it off, or like the very change that is not wanted after all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.alternations import any_in, either, repeatable
from nlu.lexicon import Lexicon
from nlu.places import SURE
from nlu.putting_off import PUT_OFF
from nlu.understanding import Expectation, Intent, Slot, Understanding
from nlu.which_line import Read

LENGTH_MAX = 60


class Unchanged:
    """Finds who changes nothing. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "unchanged")
        around = repeatable((*lexicon.words("unchanged.around"), *lexicon.words("unchanged.takes_back")))
        refuses = rf"{any_of('refuses')}{any_of('changes')}"
        that_one = repeatable(lexicon.words("unchanged.that_one"))
        leans = repeatable(lexicon.words("unchanged.leans"))
        as_before = rf"(?:{leans})+{any_of('before')}(?:{that_one})*|{any_of('alone')}"
        self._leaves = re.compile(rf"(?:{around})*(?:{refuses}|{as_before})(?:{around})*")
        parts = [word for words in lexicon.groups("unchanged.parts").values() for word in words]
        lists = (lexicon.words(f"unchanged.{name}") for name in ("around", "takes_back", "leans"))
        leads = repeatable((*parts, *(word for words in lists for word in words)))
        at_first, just_now = any_of("at_first"), any_of("before")
        one_before = rf"(?P<first>{at_first})(?!这样)(?:{that_one})+|{just_now}(?!这样)(?:{that_one})+"
        returns = rf"{any_of('goes_back')}(?:到)?(?:(?P<to_first>{at_first})?(?:{that_one})*|{just_now}(?:{that_one})*)"
        self._goes_back = re.compile(rf"(?:{leads})*(?:{one_before}|{returns})(?:{around})*")
        self._takes_back = re.compile(rf"(?:{around})*?{any_of('takes_back')}")
        self._idle = re.compile(rf"(?:{around})+")
        can = either(lexicon.words("unchanged.can"))
        self._wonders = re.compile(rf"{any_of('wonders')}(?!{can})")
        self._decides = re.compile(any_of("decides"))

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """The message as one that changes nothing; None where it changes something, or is about something else."""
        if not asked.lines or asked.looking or len(text) > LENGTH_MAX:
            return None
        clauses = [clause for clause in _PAUSES.split(text) if clause]
        if asked.changed and (back := self._back(clauses, read)) is not None:
            return replace(
                understood, intent=Intent.MODIFY, confidence=SURE, clear=SURE, lines=(), problems=(),
                options=(), topic=None, order_ref=None, order_at=back, contact=None, revives=True,
            )  # fmt: skip
        if self._left(clauses, read):
            return replace(
                understood, intent=Intent.REORDER, confidence=SURE, clear=SURE, lines=(), problems=(),
                options=(), topic=None, order_ref=None, contact=None, revives=True,
            )  # fmt: skip
        if self._only_wonders(clauses, understood, asked, read):
            return replace(
                understood, intent=Intent.FAQ, topic=PUT_OFF, confidence=SURE, clear=SURE, lines=(),
                problems=(), options=(), adds=False,
            )  # fmt: skip
        return None

    def _back(self, clauses: Sequence[str], read: Read) -> int | None:
        """To what it was before its last change, -1, or to what it was at first, 0; None where anything else is said."""
        found = [match for clause in clauses if (match := self._goes_back.fullmatch(clause))]
        rest = [clause for clause in clauses if self._goes_back.fullmatch(clause) is None]
        if not found or not all(self._idle.fullmatch(clause) or _idles(read(clause)) for clause in rest):
            return None
        return 0 if any(match["first"] or match["to_first"] for match in found) else -1

    def _left(self, clauses: Sequence[str], read: Read) -> bool:
        """Whether it is left as it was: nothing else is said, or what was said is taken back."""
        leaves = [self._leaves.fullmatch(clause) is not None for clause in clauses]
        if not any(leaves):
            return False
        says = [
            at
            for at, clause in enumerate(clauses)
            if not leaves[at] and self._idle.fullmatch(clause) is None and not _idles(read(clause))
        ]
        if not says:
            return True
        behind = clauses[says[-1] + 1 :]
        takes_back = any(leaves[says[-1] + 1 :]) and any(map(self._takes_back.match, behind))
        return takes_back and all(read(clauses[at]).lines for at in says)

    def _only_wonders(
        self, clauses: Sequence[str], understood: Understanding, asked: Expectation, read: Read
    ) -> bool:
        """Whether what it says is what he asks himself, and nothing behind that decides it."""
        answers = asked.asking is Slot.ACCOUNT and any(line.account for line in understood.lines)
        if not understood.lines or understood.intent not in _CHANGES or answers:
            return False
        at = next((at for at, clause in enumerate(clauses) if self._wonders.search(clause)), None)
        if at is None:
            return False
        return not any(self._decides.search(clause) or read(clause).lines for clause in clauses[at + 1 :])


def _idles(understood: Understanding) -> bool:
    return understood.intent in _IDLE and not understood.lines


_PAUSES = re.compile(r"[\s,，。.;；!！?？~～…、]+")
_IDLE = frozenset({Intent.CONFIRM, Intent.THANKS, Intent.GREET, Intent.PAY})
"""What may be said beside it: 不改了，我这就付."""
_CHANGES = frozenset({Intent.MODIFY, Intent.PROVIDE, Intent.ORDER})
