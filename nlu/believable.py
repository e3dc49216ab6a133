"""When a yes, a no or a bare value is believed that only examples speak for: nonsense likens to anything."""

from __future__ import annotations

import re

from nlu.corrections import CueKind
from nlu.evidence import Evidence
from nlu.examples import Guess
from nlu.understanding import Intent
from nlu.weighing import Weighed

SURE_YES = 0.65
BEYOND_DOUBT = 0.9
"""So surely a yes is one although something in it negates."""

REFUSED = frozenset({Intent.CANCEL, Intent.DENY})
_NEGATION = re.compile(r"[不没别莫勿甭唔冇未非否无]|\b(?:no|not|nope|never|dont)\b|n't")
_SAYS_NO = (
    CueKind.DENY,
    CueKind.FORBID,
    CueKind.DROP,
    CueKind.CORRECTION,
    CueKind.CORRECTION_OR_DROP,
    CueKind.INSTEAD,
)


def believable(guess: Guess, weighed: Weighed, seen: Evidence) -> Guess:
    """What the examples say where no sign does; a yes only where they are sure and nothing negates, unless the
    whole message is one beyond doubt: 没毛病，就它了."""
    if not guess.alike and unfounded(guess.intent, seen):
        return Guess(Intent.OUT_OF_SCOPE, None, 0.4)
    doubtful_yes = (
        guess.intent is Intent.CONFIRM
        and (guess.confidence < SURE_YES or _negates(seen))
        and (weighed.of(Intent.CONFIRM) < BEYOND_DOUBT or seen.has(*_SAYS_NO))
    )
    if guess.confidence < 0.3 or doubtful_yes:
        return Guess(Intent.OUT_OF_SCOPE, None, 0.4)
    return guess


def unfounded(intent: Intent, seen: Evidence) -> bool:
    """A value where none was said, a no where nothing negates: nonsense likens to anything."""
    if intent is Intent.PROVIDE:
        return not (seen.slots or seen.nouns or seen.qualifiers or seen.contact or seen.units)
    return intent in REFUSED and not _negates(seen) and not seen.has(*_SAYS_NO)


def _negates(seen: Evidence) -> bool:
    """Whether something is negated but for what says yes itself: 没问题, 没错."""
    return _NEGATION.search(without_yes(seen.text, seen)) is not None


def without_yes(text: str, seen: Evidence) -> str:
    """The text with blanks for the words that say yes."""
    characters = list(text)
    for cue in seen.cues.get(CueKind.CONFIRM, ()):
        characters[cue.start : cue.end] = " " * (cue.end - cue.start)
    return "".join(characters)
