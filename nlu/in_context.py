"""What a message wants while a question stands open or an order lies in hand."""

from __future__ import annotations

from nlu.corrections import CueKind
from nlu.evidence import Evidence
from nlu.examples import Guess
from nlu.reading import Reading
from nlu.signs import Signs
from nlu.understanding import Expectation, Intent, Slot


def in_context(
    guess: Guess, seen: Evidence, reading: Reading, expectation: Expectation, signs: Signs
) -> Guess:  # fmt: skip
    """What it wants by itself (`guess`), or else in that context."""
    if not expectation.lines and expectation.asking is None:
        return guess
    if signs.postponed.search(reading.page.text) and not seen.corrected:
        return guess
    slots = seen.slots > 0 or bool(reading.records)
    answers = expectation.asking in (Slot.PRODUCT, Slot.REGION, Slot.VARIANT) and guess.topic is None
    if answers and slots and len(seen.text) <= 4:
        return Guess(Intent.PROVIDE, None, 0.85)
    dropping = bool(seen.cues.get(CueKind.DROP)) and seen.goods and len(expectation.lines) > 1
    if dropping or (signs.drop_line.search(reading.page.text) and len(expectation.lines) > 1):
        return Guess(Intent.MODIFY, None, 0.9)
    remembering = guess.intent is Intent.SAVE_CONTACT and reading.remembered is not None
    # 三张吧，还有个同事也要: of an order in hand nobody wants another one for the sound of it alone.
    again = guess.intent is Intent.REORDER and not seen.has(CueKind.REORDER, CueKind.PAST)
    again = again and guess.confidence < SURELY_AGAIN
    if not (guess.intent in _TAKES_SLOTS or again) or not slots or remembering:
        return guess
    if seen.goods and guess.intent is Intent.ORDER:
        return guess
    changes = seen.has(CueKind.MODIFY) or seen.corrected or expectation.quoted
    if guess.intent in (Intent.CONFIRM, Intent.DENY) and not changes:
        return guess if not seen.slots else Guess(Intent.PROVIDE, None, 0.8)
    intent = Intent.MODIFY if changes else Intent.PROVIDE
    return Guess(intent, None, max(0.85, guess.confidence))


SURELY_AGAIN = 0.7
_TAKES_SLOTS = frozenset(
    {
        Intent.ORDER,
        Intent.PROVIDE,
        Intent.MODIFY,
        Intent.OUT_OF_SCOPE,
        Intent.CONFIRM,
        Intent.DENY,
        Intent.SAVE_CONTACT,
    }
)
