"""Signs that a message is about an order that was made, a recipient to remember, or other people's doings.

Each function looks for its signs alone and returns None where it finds none; `nlu/intents.py` asks
them in turn.
"""

from __future__ import annotations

from nlu.believable import unfounded
from nlu.corrections import CueKind
from nlu.evidence import Evidence
from nlu.examples import Guess
from nlu.overruling import SURE_ORDER
from nlu.second_opinion import orders_beside
from nlu.signs import Signs
from nlu.understanding import Intent
from nlu.weighing import Weighed

Sign = tuple[Intent, float] | None
"""An intent and how clear its signs are."""


LIKELIER = 0.6
"""So likely, something else is meant than a refusal in which nothing negates."""


def told(seen: Evidence, guess: Guess, weighed: Weighed, signs: Signs) -> Sign:
    """Somebody else's words or doings: no order of this customer."""
    own = seen.has(CueKind.OWN_REQUEST, CueKind.ORDER)
    told = seen.quoted and (seen.quoted_speech or seen.has(CueKind.REPORTED) or not own)
    told = told or (seen.has(CueKind.ELSEWHERE) and not seen.order_follows(CueKind.ELSEWHERE))
    told = told or (seen.has(CueKind.REPORTED) and not seen.order_follows(CueKind.REPORTED))
    if not told or _asks_behind(seen, signs):
        return None
    if orders_beside(weighed, seen, signs) and not _refused(seen, signs):
        return None
    if (seen.has(CueKind.FORBID) or _refused(seen, signs)) and not seen.quoted:
        # 我老板说先别买了: whoever said so, it is not bought.
        return Intent.CANCEL, 0.75
    doubts = guess.intent is Intent.HUMAN and seen.has(CueKind.FAQ)
    if guess.intent in _TELLABLE and guess.confidence >= 0.6 and not doubts:
        return guess.intent, 0.7
    if weighed.intent in _TOLD_AND_ASKED and weighed.share >= SURE_ORDER:
        return weighed.intent, 0.7
    asks = seen.has(CueKind.FAQ, CueKind.QUESTION) or "?" in seen.text
    return Intent.FAQ if asks else Intent.OUT_OF_SCOPE, 0.75


def _asks_behind(seen: Evidence, signs: Signs) -> bool:
    """别处要97，你们这儿什么价: the customer's own question behind what he tells."""
    told = [cue.end for kind in (CueKind.ELSEWHERE, CueKind.REPORTED) for cue in seen.cues.get(kind, ())]
    asked = [match.start() for match in signs.asks_us.finditer(seen.text)]
    return bool(told and asked) and max(asked) > max(told) and seen.has(CueKind.PRICE) and not seen.quoted


def about_recipients(seen: Evidence, guess: Guess, signs: Signs) -> Sign:
    nothing_ordered = not seen.goods and not seen.sizes and not seen.units
    if seen.forgotten and nothing_ordered:
        return Intent.SAVE_CONTACT, 0.93
    if seen.renewed and nothing_ordered and not seen.has(CueKind.TOPUP):
        return Intent.SAVE_CONTACT, 0.9
    if not seen.has(CueKind.SAVE_CONTACT):
        return None
    if (
        seen.accounts
        and (seen.remembered or not seen.goods)
        and not (seen.sizes and (seen.goods or (seen.has(CueKind.TOPUP) and not seen.remembered)))
    ):
        return Intent.SAVE_CONTACT, 0.93
    named = signs.naming.search(seen.text)
    if seen.remembered and named and not seen.sizes:
        return Intent.SAVE_CONTACT, 0.85
    return None


def after_sales(seen: Evidence, guess: Guess, signs: Signs) -> Sign:
    ordering = seen.goods and (seen.accounts or seen.sizes) and seen.has(CueKind.OWN_REQUEST, CueKind.ORDER)
    ordering = ordering and not seen.has(CueKind.PAST)
    if seen.has(CueKind.HUMAN) and not (seen.goods and seen.accounts):
        return (Intent.FAQ, 0.8) if signs.are_you.match(seen.text) else (Intent.HUMAN, 0.92)
    if signs.which_unpaid.search(seen.text) and not ordering:
        return Intent.STATUS, 0.9
    if seen.has(CueKind.REFUND, CueKind.REFUND_QUESTION):
        mine = (
            (seen.has(CueKind.REFUND) and not seen.has(CueKind.QUESTION) and not _asks_whether(seen))
            or seen.has(CueKind.PAST)
            or signs.my_mistake.search(seen.text) is not None
            or seen.order_number
            or seen.last_order
        )
        if (
            seen.has(CueKind.REFUND_QUESTION)
            and not mine
            and not (guess.intent is Intent.REFUND and guess.confidence > 0.96)
        ):
            return Intent.FAQ, 0.85
        return Intent.REFUND, 0.92
    if seen.has(CueKind.REORDER) and not seen.has(CueKind.RECEIPT):
        return Intent.REORDER, 0.92
    waits = seen.has(CueKind.STATUS) and signs.not_yet.search(seen.text) is not None
    again = any(
        cue.word[:1] in ["再", "重", "补", "找", "丢", "删"] for cue in seen.cues.get(CueKind.RECEIPT, ())
    )
    if (
        seen.has(CueKind.RECEIPT)
        and not ((seen.limits or waits) and not again)
        and (again or not (ordering or (seen.goods and seen.quantities)))
    ):
        return Intent.RECEIPT, 0.9
    if signs.may_change.search(seen.text) and not seen.corrected:
        asks = seen.has(CueKind.QUESTION) and not seen.has(CueKind.ORDER)
        if asks or (guess.intent is Intent.MODIFY and guess.confidence > 0.55):
            return Intent.MODIFY, 0.75
    if seen.has(CueKind.MODIFY) and seen.last_order and seen.slots and seen.corrected:
        # 刚才那单改成50.
        return Intent.MODIFY, 0.8
    if seen.fails and not ordering:
        return Intent.STATUS, 0.9
    if seen.has(CueKind.STATUS) and not ordering and not _how_long(seen, signs):
        return Intent.STATUS, 0.9
    if seen.has(CueKind.HISTORY) and not ordering:
        return Intent.HISTORY, 0.9
    if seen.order_number and not seen.has(CueKind.FORBID):
        return (
            (guess.intent, 0.8)
            if guess.intent in _AFTER and guess.confidence > 0.5
            else (Intent.STATUS, 0.85)
        )
    if seen.last_order and not seen.has(CueKind.FORBID):
        if guess.intent in _AFTER and guess.confidence > 0.45:
            return guess.intent, 0.75
        if seen.has(CueKind.FAQ) and not seen.sizes:
            return Intent.STATUS, 0.7
    return None


def _asks_whether(seen: Evidence) -> bool:
    return seen.text.rstrip("?？。!！啊呀呢 ").endswith(("不", "没", "没有", "不能"))


def _how_long(seen: Evidence, signs: Signs) -> bool:
    mine = seen.has(CueKind.PAST) or seen.order_number or seen.last_order
    return seen.has(CueKind.FAQ) and not mine and not signs.not_yet.search(seen.text)


def past(seen: Evidence, guess: Guess, weighed: Weighed, signs: Signs) -> Sign:
    """Something done already is not ordered once more: 上个月充的100话费是哪天充的."""
    asks_when = signs.asked_when.search(seen.text)
    if asks_when:
        return Intent.HISTORY, 0.7
    if not seen.has(CueKind.PAST) or seen.has(CueKind.OWN_REQUEST) or seen.corrected:
        return None
    done = signs.done.search(seen.text)
    elsewhere = seen.has(CueKind.ELSEWHERE) and orders_beside(weighed, seen, signs)
    if not done or elsewhere:
        return None
    if unfounded(guess.intent, seen) and weighed.share >= LIKELIER:
        return weighed.intent, 0.7  # 我第3次来买了 refuses nothing
    if guess.intent in _AFTER or guess.intent in _TELLABLE:
        return guess.intent, 0.7
    if seen.has(CueKind.PRICE):
        return Intent.HISTORY, 0.5
    return Intent.STATUS, 0.6


def after_an_order(seen: Evidence, guess: Guess, signs: Signs) -> Sign:
    """What looks like a whole order and only asks after one, or repeats what a stranger said."""
    if (seen.accounts or seen.goods) and _refused(seen, signs):
        return Intent.CANCEL, 0.75
    told_by = signs.told_by.search(seen.text)
    told = told_by is not None and not seen.order_behind(told_by.end())
    if told and (seen.sizes or seen.goods):
        return Intent.FAQ, 0.7
    if not (seen.sizes and (seen.accounts or seen.goods)) or seen.corrected:
        return None
    twice = signs.twice.search(seen.text)
    if twice and not signs.warned.search(seen.text, 0, twice.start()):
        return Intent.REFUND, 0.6
    if signs.regularly.search(seen.text):
        return Intent.FAQ, 0.6
    if seen.has(CueKind.OWN_REQUEST):
        return None
    if signs.whether_done.search(seen.text):
        return Intent.STATUS, 0.75
    if signs.complained.search(seen.text):
        return Intent.STATUS, 0.6
    if signs.about_it.search(seen.text):
        return Intent.FAQ, 0.75
    return None


def _refused(seen: Evidence, signs: Signs) -> bool:
    """别给A充: and nothing else is asked for behind it. Not 别给我充到微信区 beside another server."""
    return any(
        match is not None
        and not any(start <= match.start() < end for start, end in seen.refusals)
        and not _ordered_behind(seen, match.end(), signs)
        for match in (signs.stop.search(seen.text), signs.refused.search(seen.text))
    )


def _ordered_behind(seen: Evidence, end: int, signs: Signs) -> bool:
    """不要给A充，给B充50: whether something else is asked for behind what was refused."""
    return seen.last_slot >= end and any(
        cue.start >= end and signs.spent.match(seen.text, cue.end) is None
        for cue in seen.cues.get(CueKind.ORDER, ())
    )


_TELLABLE = frozenset(
    {Intent.STATUS, Intent.REFUND, Intent.HISTORY, Intent.HUMAN, Intent.RECEIPT, Intent.FAQ}
)
_TOLD_AND_ASKED = _TELLABLE | {Intent.PRICE, Intent.SEARCH, Intent.OUT_OF_SCOPE}
_AFTER = frozenset(
    {
        Intent.STATUS,
        Intent.REFUND,
        Intent.RECEIPT,
        Intent.REORDER,
        Intent.CANCEL,
        Intent.HISTORY,
        Intent.HUMAN,
        Intent.PAY,
    }
)
