"""How the intent is decided where single signs and the message as a whole say different things, or no sign speaks.

`nlu/weighing.py` knows how people talk and nothing of what must not happen. So it never moves an order on
where something refuses, doubts, quotes or puts off; `nlu/overruling.py` says when it is heard against a sign.
"""

from __future__ import annotations

from nlu.corrections import Cue, CueKind
from nlu.evidence import CLAUSE_END, SENTENCE_END, Evidence
from nlu.examples import Guess
from nlu.overruling import ORDERS_NOTHING, SURE_IN_A_STORY, orders_freely
from nlu.signs import Signs
from nlu.understanding import Intent
from nlu.weighing import Weighed

LIKELY = 0.35
AT_ALL = 0.2
ALIKE = 0.7
EXAMPLES_COUNT = 0.45
"""How much the examples say beside the whole message, where no sign says anything."""


def borne_out(sign: Intent, guess: Guess, weighed: Weighed, seen: Evidence) -> bool:
    """Whether an order of nothing is meant for one: 我没说要买，别老给我弹下单 speaks of ordering, too; and so
    it is with goods that are only named, where the examples know better: 那个点券放一放."""
    if sign is not Intent.ORDER or seen.sizes or seen.accounts or seen.unknown:
        return True
    share = weighed.of(Intent.ORDER, Intent.MODIFY, Intent.PROVIDE)
    if seen.goods:
        only_named = not seen.quantities and guess.intent in ORDERS_NOTHING
        return not only_named or guess.confidence < ALIKE or share >= LIKELY
    return share >= AT_ALL


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
