"""Something else is let go, and not the order in hand: 先不管那个，充到137…, 旧号不用了，137….

Such a clause sounds like calling it all off, and what is wanted stands behind it: a number, goods, or a person.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_in, any_times_in, either
from nlu.lexicon import Lexicon
from nlu.understanding import Expectation, Intent, Understanding
from nlu.which_line import Read

LENGTH_MAX = 60
HUMAN_MIN = 0.75
"""Less surely a person of the shop is called: 老婆来接我 is some other one."""


class LaidAside:
    """Finds what is wanted behind what is let go. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of, some_of = (form(lexicon, "laid_aside") for form in (any_in, any_times_in))
        around, ends, which = some_of("around"), some_of("ends"), any_of("which")
        ignores, rests = any_of("ignores"), any_of("rests")
        self._other_thing = re.compile(
            rf"{around}(?:{ignores}{which}?|{which}{some_of('around')}(?:{ignores}|{rests})){ends}"
        )
        number = either(lexicon.words("signs.number_words"))
        self._old_number = re.compile(
            rf"{around}{some_of('earlier')}{which}?(?:{number})+{some_of('already')}{any_of('gone')}{ends}"
        )

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """What is wanted instead of what it sounds like; None where it is what it sounds like."""
        if not asked.lines or understood.intent not in _SOUNDS or len(text) > LENGTH_MAX:
            return None
        clauses = [clause for clause in _PAUSES.split(text) if clause]
        if len(clauses) < 2:
            return None
        last = read(clauses[-1])
        if last.intent is Intent.HUMAN and last.confidence >= HUMAN_MIN:
            # 不弄了，有客服吗: a person sees to it, and until then nothing is called off.
            return replace(understood, intent=Intent.HUMAN, lines=(), problems=())
        other_thing = self._other_thing.fullmatch(clauses[0]) is not None
        if not other_thing and self._old_number.fullmatch(clauses[0]) is None:
            return None
        wanted = read(" ".join(clauses[1:]))
        says = any(line.account or (other_thing and line.product) for line in wanted.lines)
        if not says or wanted.intent not in _WANTS:
            return None
        intent = Intent.MODIFY if asked.quoted else Intent.PROVIDE
        return replace(wanted, text=understood.text, intent=intent)


_PAUSES = re.compile(r"[\s,，。.;；!！?？~～…、]+")
_SOUNDS = frozenset({Intent.CANCEL, Intent.DENY, Intent.SAVE_CONTACT})
_WANTS = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE})
