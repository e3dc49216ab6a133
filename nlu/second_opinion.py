"""When what a whole message speaks for is heard against a single sign in it, and when no sign speaks.

`nlu/weighing.py` knows how people talk and nothing of what must not happen. So it never moves an order on
where something refuses, doubts, quotes or puts off, and never says yes or changes anything by itself.
"""

from __future__ import annotations

from nlu.corrections import Cue, CueKind
from nlu.evidence import CLAUSE_END, SENTENCE_END, Evidence
from nlu.examples import Guess
from nlu.signs import Signs
from nlu.understanding import Intent
from nlu.weighing import Weighed

SURE_ORDER = 0.9
SURE_IN_A_STORY = 0.95
SURE_NAMED = 0.7
SURE_ALONE = 0.85
SURE_OF_TWO = 0.5
"""So sure where the examples say the same."""
SURE_AGAINST_TWO = 0.97
"""So sure where the examples say what the sign says, or a whole order was named."""
LIKELY = 0.35
AT_ALL = 0.2
EXAMPLES_COUNT = 0.45
"""How much the examples say beside the whole message, where no sign says anything."""

_MOVES_ON = frozenset({Intent.CONFIRM, Intent.MODIFY, Intent.PROVIDE, Intent.REORDER, Intent.PAY})
_EMPTY = frozenset({Intent.ORDER, Intent.PROVIDE})
_BESIDE = {
    Intent.RECEIPT: (CueKind.RECEIPT,),
    Intent.SEARCH: (CueKind.SEARCH,),
    Intent.FAQ: (CueKind.FAQ, CueKind.HELP),
    Intent.REFUND: (CueKind.REFUND, CueKind.REFUND_QUESTION),
    Intent.STATUS: (CueKind.STATUS,),
}
"""What is wanted beside an order, in a clause of its own, without the order being held back: and by which
words it is known. Whoever asks what it costs has not ordered yet."""
_HARMLESS = frozenset({Intent.RECEIPT, Intent.SEARCH})
_ONLY_ASKS = frozenset(
    {Intent.PRICE, Intent.FAQ, Intent.SEARCH, Intent.STATUS, Intent.REFUND, Intent.HUMAN, Intent.HELP}
)
"""What may be wanted where something is refused as well: 先不下单，多少钱 asks for the price."""


def overruled(sign: Intent, guess: Guess, weighed: Weighed, seen: Evidence) -> bool:
    """Whether a sign was of something beside what the message wants."""
    other, share = weighed.intent, weighed.share
    if other is Intent.MODIFY and sign in _EMPTY and not seen.goods:
        return share >= SURE_NAMED
    if other is Intent.REORDER and sign is Intent.ORDER and seen.has(CueKind.PAST) and not seen.accounts:
        return share >= SURE_ALONE
    if other is sign or other in _MOVES_ON:
        return False
    if other is Intent.ORDER:
        if sign is Intent.PROVIDE:
            return share >= SURE_NAMED
        sure = SURE_ORDER if sign in _HARMLESS else SURE_IN_A_STORY
        return share >= sure and sign in _BESIDE and _said_apart(sign, seen) and _may_be_ordered(seen)
    if sign is Intent.CANCEL:
        return other in _ONLY_ASKS and share >= SURE_ORDER
    words = {kind.value for kind in seen.cues}
    named = sign is Intent.ORDER and (seen.sizes or seen.accounts) and not seen.asks
    named = named and other.value not in words
    if guess.intent is sign or named:
        return share >= SURE_AGAINST_TWO
    return share >= (SURE_OF_TWO if guess.intent is other else SURE_ALONE)


def borne_out(sign: Intent, weighed: Weighed, seen: Evidence) -> bool:
    """Whether an order of nothing is meant for one: 我没说要买，别老给我弹下单 speaks of ordering, too."""
    if sign is not Intent.ORDER or seen.goods or seen.sizes or seen.accounts or seen.unknown:
        return True
    return weighed.of(Intent.ORDER, Intent.MODIFY, Intent.PROVIDE) >= AT_ALL


def _said_apart(sign: Intent, seen: Evidence) -> bool:
    """Whether the words of a sign stand in clauses that order nothing, and no question is asked."""
    asked_for = seen.accounts or (sign not in _HARMLESS and seen.has(CueKind.OWN_REQUEST))
    if not asked_for or seen.asks or seen.has(CueKind.PAST):
        return False
    cues = [cue for kind in _BESIDE[sign] for cue in seen.cues.get(kind, ())]
    return bool(cues) and seen.ordering.isdisjoint(cue.start for cue in cues)


def orders_beside(weighed: Weighed, seen: Evidence, signs: Signs) -> bool:
    """Whether the customer orders for sure in a message that also tells of others. Their words reach to the
    end of the sentence, and into the next behind `收到短信。`; goods or recipients there are theirs."""
    if weighed.of(Intent.ORDER) < SURE_IN_A_STORY or not orders_freely(seen):
        return False
    told = [cue for kind in (CueKind.REPORTED, CueKind.ELSEWHERE) for cue in seen.cues.get(kind, ())]
    return bool(told) and not any(_reaches_an_order(cue, seen, signs) for cue in told)


def _reaches_an_order(cue: Cue, seen: Evidence, signs: Signs) -> bool:
    if seen.order_behind(cue.end):
        return False
    begin = max((m.end() for m in CLAUSE_END.finditer(seen.text, 0, cue.start)), default=0)
    if any(begin <= place < cue.start for place in seen.named_at):
        return False  # 那个盐选会员，说是知乎的: told of what was named
    ends = [m.start() for m in SENTENCE_END.finditer(seen.text, cue.end)] + [len(seen.text)] * 2
    carried = cue.word.endswith(tuple(signs.carriers)) and ends[0] - cue.end <= 1
    return any(cue.end <= place < ends[1 if carried else 0] for place in seen.named_at)


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


def rather(guess: Guess, weighed: Weighed) -> Guess:
    """What the examples and the whole message say together."""
    shares = dict(weighed.shares)
    shares[guess.intent] += EXAMPLES_COUNT * guess.confidence
    intent = max(shares, key=lambda one: shares[one])
    if shares[intent] < LIKELY:
        return Guess(Intent.OUT_OF_SCOPE, None, 0.4)
    if intent is guess.intent:
        return Guess(intent, guess.topic, max(guess.confidence, weighed.of(intent)))
    return Guess(intent, None, weighed.of(intent))
