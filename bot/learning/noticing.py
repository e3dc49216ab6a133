"""What a turn teaches: that a message was missed, or what an earlier one turned out to mean.

Looked at when the turn is decided, and in its transaction. Nothing here changes what the customer is
told; what is kept is masked first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation import Conversation, Purpose
from bot.learning.words import subject_of
from bot.messages import IncomingKind
from bot.store import misses
from bot.store.contacts import contacts_of
from bot.store.misses import Miss, MissKind
from bot.turn import CANCEL, HISTORY, HUMAN, REFUND, REORDER, STATUS, Turn
from nlu.masking import Masked, harmless
from nlu.normalise import plain
from nlu.understanding import Expectation, Intent, ProblemCode, Slot, Understanding
from orders.draft import Draft

LOOKED_BACK_MAX = 4
"""So many messages before a correction are looked through for the one that was misread."""

WORDS_MAX = 20

SAYS_WHAT_WAS_MEANT = frozenset(
    {
        Intent.STATUS,
        Intent.HISTORY,
        Intent.REORDER,
        Intent.PAY,
        Intent.REFUND,
        Intent.RECEIPT,
        Intent.PRICE,
        Intent.SEARCH,
        Intent.FAQ,
        Intent.HELP,
        Intent.HUMAN,
        Intent.CANCEL,
        Intent.SAVE_CONTACT,
    }
)
"""Said right after a message that was not understood, it is most likely the same in other words."""

CHOSEN_MEANS = {
    STATUS: Intent.STATUS,
    HISTORY: Intent.HISTORY,
    REORDER: Intent.REORDER,
    REFUND: Intent.REFUND,
    CANCEL: Intent.CANCEL,
    HUMAN: Intent.HUMAN,
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """The turn, as it was before and as it is now."""

    turn: Turn
    before: Conversation
    expectation: Expectation
    seq: int


def notice(turn: Turn, before: Conversation, expectation: Expectation, seq: int) -> None:
    """Keep what the turn shows was missed. `before`: the conversation when the message came;
    `expectation`: what the parser was told of it; `seq`: the message's number."""
    if turn.message.kind is not IncomingKind.TEXT:
        return
    if len(turn.message.text) > turn.policy.limits.message_length_max:
        return
    seen = _Seen(turn, before, expectation, seq)
    missed = _missed(seen)
    if missed is None:
        _clear_up(seen)
        _corrected(seen)
        return
    misses.keep(turn.tx, turn.chat.key, seq, missed, turn.policy.learning, turn.now)


def _missed(seen: _Seen) -> Miss | None:
    """The miss that this message is, if it is one."""
    turn, heard, after = seen.turn, seen.turn.heard, seen.turn.conversation
    if heard.chosen is not None:
        return None
    if after.unclear > seen.before.unclear:
        return _miss(seen, MissKind.UNCLEAR, _masked(seen))
    if _not_sold(heard):
        return _miss(seen, MissKind.UNKNOWN, _masked(seen))
    question = after.question
    if question is None or question.text == (seen.before.question.text if seen.before.question else ""):
        return None
    if question.slot == Slot.PRODUCT or _price_of_what(turn):
        masked = _masked(seen)
        if masked.scraps or any(line.product_options for line in heard.lines):
            return _miss(seen, MissKind.ASKED, masked)
    return None


def _price_of_what(turn: Turn) -> bool:
    return turn.heard.intent is Intent.PRICE and not turn.heard.options and turn.conversation.browsing is None


def _not_sold(heard: Understanding) -> bool:
    problems = (*heard.problems, *(problem for line in heard.lines for problem in line.problems))
    return any(problem.code is ProblemCode.PRODUCT_UNKNOWN for problem in problems)


def _masked(seen: _Seen) -> Masked:
    turn = seen.turn
    return turn.reader.parser.masked(turn.message.text, seen.expectation, _names(turn))


def _miss(seen: _Seen, kind: MissKind, masked: Masked) -> Miss:
    turn = seen.turn
    phrase, words = masked.phrase, masked.scraps[0] if len(masked.scraps) == 1 else ""
    if kind is MissKind.UNKNOWN:
        # The name of a good is nobody's own, and which one it was is what matters.
        unknown = [one.value for one in turn.heard.problems if one.code is ProblemCode.PRODUCT_UNKNOWN]
        words = harmless(plain(unknown[0])) if unknown else ""
        phrase = phrase.replace("{product}", words, 1) if words else phrase
    question = seen.before.question
    asked = f"{question.purpose.value}.{question.slot}" if question and question.is_open else ""
    in_hand = next((line.product_id for line in seen.before.draft.lines if line.product_id), None)
    return Miss(
        kind=kind,
        phrase=_cut(phrase, turn),
        words=words[:WORDS_MAX],
        asked=asked,
        in_hand=in_hand,
        intent=turn.heard.intent.value,
        confidence=round(turn.heard.confidence, 2),
    )


def _cut(phrase: str, turn: Turn) -> str:
    """What is kept of a phrase, with no half of a slot at its end."""
    return re.sub(r"\{\w*$", "", phrase[: turn.policy.learning.phrase_length_max])


def _names(turn: Turn) -> tuple[str, ...]:
    """Of people whom this customer is known to speak of, as they would be read."""
    names = [one.name for one in contacts_of(turn.tx, turn.customer_id)]
    return tuple(filter(None, (plain(name).strip() for name in (turn.chat.customer_name or "", *names))))


def _clear_up(seen: _Seen) -> None:
    """Write down what an earlier message turned out to mean, if this one tells."""
    turn = seen.turn
    open_miss = misses.still_open(turn.tx, turn.chat.key, seen.seq)
    if open_miss is None:
        return
    miss_id, kind = open_miss
    product = _product_chosen(seen)
    if product is not None:
        misses.clear_up(turn.tx, miss_id, product=product)
        return
    meant = _intent_chosen(seen)
    if meant is not None and kind is MissKind.UNCLEAR:
        misses.clear_up(turn.tx, miss_id, meant=meant)


def _product_chosen(seen: _Seen) -> str | None:
    """The one product that came into the order, or under the eyes, with this message."""
    turn, catalog = seen.turn, seen.turn.reader.catalog
    means = turn.heard.chosen
    if means is not None:
        product = catalog.product(means) or catalog.product_of(means)
        return product.product_id if product else None
    before = _products(seen.before.draft) | ({seen.before.browsing} if seen.before.browsing else set())
    now = _products(turn.conversation.draft)
    now |= {turn.conversation.browsing} if turn.conversation.browsing else set()
    came = now - before
    return next(iter(came)) if len(came) == 1 else None


def _intent_chosen(seen: _Seen) -> str | None:
    heard = seen.turn.heard
    if heard.chosen is not None:
        intent = CHOSEN_MEANS.get(heard.chosen)
        asked = seen.before.question
        guessing = asked is not None and asked.purpose in (Purpose.GUESS, Purpose.PERSON)
        return intent.value if intent and guessing else None
    if heard.intent not in SAYS_WHAT_WAS_MEANT or heard.confidence < seen.turn.policy.reading.sure_at:
        return None
    return subject_of(heard.intent, heard.topic if heard.intent is Intent.FAQ else None)


def _corrected(seen: _Seen) -> None:
    """Other goods took the place of those that were read before: keep how those were said."""
    turn = seen.turn
    was, now = seen.before.draft.lines, turn.conversation.draft.lines
    if len(was) != len(now) or turn.heard.adds or turn.heard.apart or turn.heard.chosen is not None:
        return
    replaced = [
        (old.product_id, new.product_id)
        for old, new in zip(was, now, strict=True)
        if old.product_id and new.product_id and old.product_id != new.product_id
    ]
    if len(replaced) != 1:
        return
    misread, meant = replaced[0]
    miss = _misreading(seen, misread)
    if miss is None:
        return
    kept = misses.keep(turn.tx, turn.chat.key, seen.seq, miss, turn.policy.learning, turn.now)
    if kept is not None:
        misses.clear_up(turn.tx, kept, product=meant)


def _misreading(seen: _Seen, misread: str) -> Miss | None:
    """How the goods were said that were read as `misread`."""
    turn, parser = seen.turn, seen.turn.reader.parser
    denied = plain(turn.message.text).startswith(turn.reader.parser.lexicon.words("stance.deny"))
    for text in misses.said_before(turn.tx, turn.chat.key, seen.seq, LOOKED_BACK_MAX):
        understood = parser.understand(text)
        products = [line.product for line in understood.lines if line.product]
        product = next((one for one in products if one.value == misread), None)
        if product is None:
            continue
        phrase, words = parser.masked(text, names=_names(turn)).phrase, ""
        if product.sureness == 1.0 and understood.confidence >= turn.policy.reading.sure_at and not denied:
            # Said clearly, understood clearly, and then wanted otherwise: a change of mind.
            return None
        if product.sureness < 1.0:
            words = harmless(plain(text[product.span.start : product.span.end]))[:WORDS_MAX]
            phrase = phrase.replace("{product}", words, 1)
        return Miss(
            kind=MissKind.CORRECTED,
            phrase=_cut(phrase, turn),
            words=words,
            asked="",
            in_hand=misread,
            intent=understood.intent.value,
            confidence=round(understood.confidence, 2),
        )
    return None


def _products(draft: Draft) -> set[str]:
    return {line.product_id for line in draft.lines if line.product_id}
