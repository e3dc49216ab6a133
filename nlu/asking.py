"""Signs that a message asks: what it costs, what there is, how it works, or whether to buy at all."""

from __future__ import annotations

import re

from nlu.after_orders import Sign
from nlu.corrections import CueKind
from nlu.evidence import CLAUSE_END, Evidence
from nlu.examples import Guess
from nlu.signs import Signs
from nlu.understanding import Intent


def asking(seen: Evidence, guess: Guess, signs: Signs) -> Sign:
    if seen.foreign and not (seen.goods or seen.nouns or seen.unknown or seen.accounts):
        return Intent.OUT_OF_SCOPE, 0.8
    # 帮我买三张五十的…行不行 is a request; 三天内到就行 behind a whole order is no search.
    requested = (
        seen.goods and seen.sizes and seen.has(CueKind.OWN_REQUEST) and signs.request_tail.search(seen.text)
    )
    concrete = (seen.accounts and (seen.goods or seen.sizes)) or requested
    strong_price = any(signs.price_question.search(cue.word) for cue in seen.cues.get(CueKind.PRICE, ()))
    if seen.limits and seen.goods and not concrete and _keeps_its_promise(seen, signs):
        return Intent.FAQ, 0.85
    if (seen.limits or seen.sorts) and not strong_price and not concrete and not seen.corrected:
        return Intent.SEARCH, 0.9
    if seen.has(CueKind.PRICE) and not (seen.corrected and concrete and not strong_price):
        return Intent.PRICE, 0.92
    named = seen.goods or seen.sizes or seen.accounts
    if named and signs.whether.search(seen.masked) and signs.whether_to.search(seen.masked):
        return Intent.SEARCH, 0.6  # 要不要充50: whether to buy at all is what he asks.
    if _conditional(seen) and not seen.has(CueKind.NOT_CONDITION):
        on_price = signs.on_price.search(seen.text)
        return Intent.SEARCH if on_price else Intent.OUT_OF_SCOPE, 0.7
    if (
        guess.intent in (Intent.FAQ, Intent.HELP, Intent.SEARCH, Intent.OUT_OF_SCOPE)
        and guess.confidence >= 0.96
    ):
        return guess.intent, guess.confidence
    if seen.has(CueKind.HELP) and not concrete and (seen.trade or seen.slots):
        return Intent.HELP if not seen.goods else Intent.FAQ, 0.8
    if (
        seen.has(CueKind.SEARCH)
        and not concrete
        and not seen.corrected
        and (seen.trade or seen.slots or seen.nouns or seen.unknown)
    ):
        if seen.has(CueKind.FAQ) and guess.intent is Intent.FAQ:
            return Intent.FAQ, 0.75
        return Intent.SEARCH, 0.85
    if (
        seen.has(CueKind.FAQ)
        and (not concrete or "我问" in seen.text)
        and (seen.trade or seen.goods or seen.unknown)
    ):
        return Intent.FAQ, 0.82
    asks = re.search(r"(?:吗|么|(?<![,，。;；\s])[不没]|\?)[\s?。!]*$", seen.heard) is not None
    if asks and not concrete and not seen.has(CueKind.POLITE) and (seen.goods or seen.nouns or seen.unknown):
        if guess.intent in (Intent.FAQ, Intent.SEARCH, Intent.STATUS, Intent.PRICE):
            return guess.intent, 0.7
        return Intent.SEARCH, 0.65
    return None


def wished_behind(seen: Evidence) -> bool:
    """80块的有吗，来一张; 有京东卡吗 来一张: whether there is any was asked, and then, as the last clause, so many of the one good
    that was named are wanted."""
    asked = max((cue.end for cue in seen.cues.get(CueKind.SEARCH, ())), default=-1)
    if (whether := _WHETHER_ANY.match(seen.text)) is not None:
        asked = max(asked, whether.end())
    wishes = [cue.start for cue in seen.cues.get(CueKind.ORDER, ()) if cue.start > asked]
    if asked < 0 or not wishes or max(seen.goods, seen.unknown) != 1 or seen.sizes > 1 or seen.corrected:
        return False
    if seen.has(CueKind.CONDITION, CueKind.OR, CueKind.PRICE) or seen.sorts or seen.limits:
        return False
    if _WISHED.fullmatch(seen.text, asked) is not None:
        return True
    # 有没有京东卡，要一张50的: what was asked for stands between.
    told = seen.quantities or seen.sizes
    return (
        bool(told)
        and max(wishes) < seen.last_slot
        and _WISHED_MASKED.fullmatch(seen.rest[asked:]) is not None
    )


def _keeps_its_promise(seen: Evidence, signs: Signs) -> bool:
    """慢充话费真的72小时内能到？: of what was named first. 72小时内能到的话费有吗 looks for some."""
    asked = signs.held_to.search(seen.text)
    return asked is not None and min(seen.named_at) < asked.start() and not seen.has(CueKind.SEARCH)


_WISHED = re.compile(
    r"[吗嘛么没啊呀呢]?(?:[,，?？!！。\s]+|(?<=[吗嘛么]))[那就先我给帮]{0,3}[来要买拿整搞开办] ?(?:\d{1,4}|[一两二三四五六七八九十几]{1,3}) ?"
    r"(?:[张个份套]|个?[月年])?[吧呗哈啊的\s。!！~]*"
)
_WISHED_MASKED = re.compile(
    r"\0*[这那]?[种个款]?[的卡]?[吗嘛么没啊呀呢]?[,，?？!！。\s]+[那就先我给帮]{0,3}[来要买拿整搞开办充][\0\s个张份的]*(?:[,，\s]+\0+)?"
    r"[吧呗哈啊的\s。!！~]*"
)
"""The same, where what was read is blank."""
_WHETHER_ANY = re.compile(
    r"[^,，。?？!！\s]{0,6}(?:有[^,，。?？!！\s]{1,14}(?:吗|嘛|么|没|不)|有没有[^,，。?？!！\s]{2,14})(?=[,，?？!！\s])"
)
_FOR_SOMEBODY = re.compile(r"(?:顺便|另外|麻烦|然后|[那就还我先])*(?:(?:给|帮|替).{1,5})?")


def _conditional(seen: Evidence) -> bool:
    """`涨工资了再充` waits for something; `再充50` at the head of a clause only adds to what was said."""
    for cue in seen.cues.get(CueKind.CONDITION, ()):
        before = CLAUSE_END.split(seen.text[: cue.start])[-1].strip()
        adds = cue.word.startswith("再") and (not before or _FOR_SOMEBODY.fullmatch(before))
        if not adds:
            return True
    return False
