"""When the message as a whole is heard against a single sign in it.

A sign is a word or a turn of speech that is nearly always right. The whole message (`nlu/weighing.py`) is right more
often where it is sure; how sure it must be depends on what it would change, and on whose side the examples are. It
never says yes, pays or repeats an order by itself, and what refuses is not made an order.
"""

from __future__ import annotations

from math import inf

from nlu.corrections import CueKind
from nlu.evidence import Evidence
from nlu.examples import Guess
from nlu.understanding import Intent
from nlu.weighing import Weighed

SURE_ORDER = 0.9
SURE_IN_A_STORY = 0.95
SURE_NAMED = 0.7
SURE_ALONE = 0.85
SURE_LET_GO = 0.6
"""So sure where goods were only named."""
SURE_OF_TWO = 0.5
"""So sure where the examples say the same."""
SURE_OF_GUESS = 0.27
"""So much surer where the examples say what the sign says, times their confidence."""
SURE_AGAINST_TWO = 0.97
"""So sure where a whole order was named, or money is asked back and the examples say so too."""

_ONLY_ASKS = frozenset(
    {Intent.PRICE, Intent.FAQ, Intent.SEARCH, Intent.STATUS, Intent.REFUND, Intent.HUMAN, Intent.HELP}
)
"""What may be wanted where something is refused as well: 先不下单，多少钱 asks for the price."""
ORDERS_NOTHING = _ONLY_ASKS | {Intent.CANCEL, Intent.DENY}
_INSTEAD_OF_CANCEL = _ONLY_ASKS | {Intent.MODIFY, Intent.DENY}
_LETS_GO = frozenset({Intent.CANCEL, Intent.DENY, Intent.OUT_OF_SCOPE})
_REFUSES = frozenset({Intent.CANCEL, Intent.DENY, Intent.MODIFY})
_NEVER = frozenset({Intent.CONFIRM, Intent.PAY, Intent.REORDER})
"""What is only ever said by a sign."""
_CHANGES = frozenset({Intent.MODIFY, Intent.PROVIDE, Intent.SAVE_CONTACT})
"""What somebody may say of a recipient or a size who orders nothing new."""
_FINAL = frozenset({Intent.DENY, Intent.CONFIRM, Intent.PAY})
_HARMLESS = frozenset({Intent.RECEIPT, Intent.SEARCH})
_TURNS = (CueKind.CORRECTION, CueKind.CORRECTION_OR_DROP, CueKind.INSTEAD, CueKind.FORBID)
_BESIDE = {
    Intent.RECEIPT: (CueKind.RECEIPT,),
    Intent.SEARCH: (CueKind.SEARCH,),
    Intent.FAQ: (CueKind.FAQ, CueKind.HELP),
    Intent.REFUND: (CueKind.REFUND, CueKind.REFUND_QUESTION),
    Intent.STATUS: (CueKind.STATUS,),
}
"""What is wanted beside an order, in a clause of its own, without the order being held back: and by which
words it is known. Whoever asks what it costs has not ordered yet."""


def overruled(sign: Intent, guess: Guess, weighed: Weighed, seen: Evidence) -> bool:
    """Whether a sign was of something beside what the message wants."""
    return weighed.intent is not sign and weighed.share >= _share_needed(sign, weighed.intent, guess, seen)


def _share_needed(sign: Intent, other: Intent, guess: Guess, seen: Evidence) -> float:
    """How sure the whole message must be that it wants `other`."""
    if other is Intent.ORDER:
        return _to_order(sign, guess, seen)
    if other is Intent.REORDER and sign is Intent.ORDER and seen.has(CueKind.PAST) and not seen.accounts:
        return SURE_ALONE
    if other is Intent.MODIFY and (needed := _to_change(sign, guess, seen)) is not None:
        return needed
    if other in _NEVER or (other in _CHANGES - {Intent.SAVE_CONTACT} and not _only_changes(sign, seen)):
        return inf
    if sign is Intent.STATUS and seen.fails and other is Intent.FAQ:
        return inf  # 提示已经被使用，怎么办: of what happened to him
    if sign is Intent.CANCEL:
        return SURE_ALONE if other in _INSTEAD_OF_CANCEL and guess.intent is not sign else inf
    if sign is Intent.SAVE_CONTACT and seen.remembered:
        return inf  # whose number it is was read
    if sign is Intent.REFUND and guess.intent is sign:
        return SURE_AGAINST_TWO
    if sign is Intent.ORDER and other in _LETS_GO and not (seen.accounts or _replaced(seen)):
        if guess.intent is other:
            return SURE_OF_TWO
        if not (seen.sizes or seen.quantities):
            return SURE_LET_GO
    named = sign is Intent.ORDER and (seen.sizes or seen.accounts) and not seen.asks
    if named and other not in _CHANGES and other.value not in {kind.value for kind in seen.cues}:
        return SURE_AGAINST_TWO
    if guess.intent is sign:
        return SURE_NAMED + SURE_OF_GUESS * guess.confidence
    return SURE_OF_TWO if guess.intent is other else SURE_NAMED


def _to_order(sign: Intent, guess: Guess, seen: Evidence) -> float:
    if sign is Intent.PROVIDE:
        return SURE_NAMED
    if _too_little_to_be_wrong(seen) and sign not in _REFUSES:
        return SURE_ORDER if guess.intent is Intent.ORDER else SURE_IN_A_STORY
    if sign in _BESIDE and _said_apart(sign, seen) and _may_be_ordered(seen):
        return SURE_ORDER if sign in _HARMLESS else SURE_IN_A_STORY
    return inf


def _to_change(sign: Intent, guess: Guess, seen: Evidence) -> float | None:
    """换个套餐，要便宜的那种 changes what is in hand; None where the common rule holds."""
    if sign is Intent.ORDER and not (seen.sizes and seen.accounts):
        if not seen.goods:
            return SURE_OF_TWO
        return SURE_ORDER if guess.intent is Intent.MODIFY or seen.has(CueKind.MODIFY) else None
    return SURE_ORDER if sign in _HARMLESS and guess.intent is Intent.MODIFY else None


def _replaced(seen: Evidence) -> bool:
    """星巴克五十，再想想，一百吧: whether something is said behind a correction."""
    turns = [cue.end for kind in _TURNS for cue in seen.cues.get(kind, ())]
    return seen.corrected and bool(turns) and seen.last_slot >= min(turns)


def _too_little_to_be_wrong(seen: Evidence) -> bool:
    """Whether goods are named, and so little of them that an order is asked about in any case."""
    more = seen.sizes or seen.quantities or seen.accounts
    return bool(seen.goods) and not (more or seen.quoted or seen.asks)


def _only_changes(sign: Intent, seen: Evidence) -> bool:
    """Whether nothing whole was named that a value or a change could be mistaken for."""
    return sign is Intent.OUT_OF_SCOPE or not (sign in _FINAL or seen.goods or seen.unknown)


def _said_apart(sign: Intent, seen: Evidence) -> bool:
    """Whether the words of a sign stand in clauses that order nothing, and no question is asked."""
    asked_for = seen.accounts or (sign not in _HARMLESS and seen.has(CueKind.OWN_REQUEST))
    if not asked_for or seen.asks or seen.has(CueKind.PAST):
        return False
    cues = [cue for kind in _BESIDE[sign] for cue in seen.cues.get(kind, ())]
    return bool(cues) and seen.ordering.isdisjoint(cue.start for cue in cues)


def orders_freely(seen: Evidence) -> bool:
    """Whether a whole order is named and nothing holds it back."""
    named = seen.goods and (seen.sizes or seen.quantities or seen.accounts)
    dropped = any(cue.start > seen.last_slot for cue in seen.cues.get(CueKind.CORRECTION_OR_DROP, ()))
    held = seen.quoted or seen.strangers or dropped or seen.has(CueKind.FORBID, CueKind.CONDITION)
    return bool(named) and not held


def _may_be_ordered(seen: Evidence) -> bool:
    """Whether a whole order is named freely, or goods of which so little is said that they are asked about."""
    return orders_freely(seen) or bool(
        seen.goods
        and not (seen.sizes or seen.quantities or seen.accounts)
        and not (seen.quoted or seen.strangers or seen.has(CueKind.FORBID, CueKind.CONDITION))
    )
