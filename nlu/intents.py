"""What the customer wants. Deterministic signs decide first; examples decide what they leave over.

The signs are words of stance and what was read of the message (goods, sizes, recipients); the
examples are `data/intents.yaml`. A message that forbids, doubts, quotes or asks never orders,
whatever else stands in it.
"""

from __future__ import annotations

import re

from nlu.after_orders import Sign, about_recipients, after_an_order, after_sales, past, told
from nlu.alternations import repeatable
from nlu.asking import asking, wished_behind
from nlu.believable import BEYOND_DOUBT, REFUSED, believable, without_yes
from nlu.clauses import Clauses
from nlu.corrections import CueKind, without_blanks
from nlu.evidence import Evidence
from nlu.examples import BARE, Examples, Guess
from nlu.lexicon import Lexicon
from nlu.overruling import SURE_ORDER, overruled
from nlu.second_opinion import borne_out, rather
from nlu.signs import Signs
from nlu.understanding import Intent
from nlu.weighing import Weighed, Weighing
from nlu.withheld import Withheld


class Intents:
    """Decides the intent of a message that stands alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._examples = Examples(lexicon)
        self._weighing = Weighing(lexicon.intent_weights)
        self._signs = Signs.read(lexicon)
        self._withheld = Withheld.read(lexicon)
        self._pure = {
            kind: sorted(lexicon.words(f"stance.{kind.value}"), key=len, reverse=True)
            for kind in (
                CueKind.CONFIRM,
                CueKind.DENY,
                CueKind.GREET,
                CueKind.THANKS,
                CueKind.FORBID,
                CueKind.CORRECTION_OR_DROP,
            )
        }
        leading = (
            *lexicon.words("signs.noise"),
            *lexicon.words("stance.greet"),
            *lexicon.words("signs.leads"),
        )
        self._head = re.compile(rf"(?:{repeatable(leading)}|[\s,，。.!！~…])*")
        noise = repeatable(lexicon.words("signs.noise"))
        self._ended = re.compile(rf"(?:{noise})*(?:[\s,，。.!！~…]|我|$)")
        self._patterns = {
            kind: re.compile(rf"(?:{repeatable((*words, *lexicon.words('signs.noise')))}|\s)+")
            for kind, words in self._pure.items()
        }

    def _is_pure(self, kind: CueKind, bare: str) -> bool:
        """Whether a message, without its punctuation, is nothing but such words."""
        only = self._patterns[kind].fullmatch(bare) is not None
        return only and any(word in bare for word in self._pure[kind])

    def decide(self, evidence: Evidence) -> Guess:
        """The intent; confidence says how clear the signs were."""
        if wished_behind(evidence):
            return Guess(Intent.ORDER, None, 0.9)
        if evidence.goods and self._signs.sold_here.fullmatch(evidence.masked):
            return Guess(Intent.SEARCH, None, 0.9)
        weighed = self._weighing.weigh(evidence)
        guess = self._decided(evidence, weighed)
        means_nothing = guess.intent is Intent.OUT_OF_SCOPE and len(evidence.text) <= A_WORD
        if (guess.intent is Intent.CONFIRM or means_nothing) and evidence.sounds_like_no:
            return Guess(Intent.DENY, None, 0.6)
        if guess.intent is Intent.ORDER and evidence.begins_with_no:
            return Guess(Intent.CANCEL, None, 0.6)  # 怖要充了
        if guess.intent is Intent.CONFIRM and self._says_more(evidence, weighed):
            return Guess(Intent.OUT_OF_SCOPE, None, 0.4)
        return guess

    def calls_off(self, evidence: Evidence) -> bool:
        """Whether a message as a whole surely wants nothing: 200话费那个先缓缓哈."""
        return self._weighing.weigh(evidence).of(*REFUSED) >= SURE_SHARE

    def _decided(self, evidence: Evidence, weighed: Weighed) -> Guess:
        guess = self._examples.guess(evidence.masked, evidence.cues)
        heard = told(evidence, guess, weighed, self._signs)
        sign = heard or self._by_signs(evidence, guess, weighed)
        if sign is None:
            return believable(guess if guess.alike else rather(guess, weighed), weighed, evidence)
        intent, confidence = sign
        if (
            heard is None
            and guess.confidence < SAID_AS_WRITTEN
            and overruled(intent, guess, weighed, evidence)
        ):
            return Guess(
                weighed.intent, guess.topic if guess.intent is weighed.intent else None, weighed.share
            )
        if heard is None and not borne_out(intent, guess, weighed, evidence):
            return believable(rather(guess, weighed), weighed, evidence)
        unheard = not guess.alike and weighed.of(intent) > SURE_SHARE
        if heard is None and not unheard and _outvoted(intent, guess, evidence):
            return guess
        topic = guess.topic if guess.intent is intent else None
        if guess.intent is intent:
            confidence = min(0.99, confidence + 0.03)
        return Guess(intent, topic, confidence)

    def _says_more(self, seen: Evidence, weighed: Weighed) -> bool:
        """嗯，整岔劈了: beside the yes stands what by itself is none, whatever the whole sounds like. Of what
        is one beyond doubt a likely no only counts."""
        if self._examples.guess(seen.masked, seen.cues).alike:
            return False
        more = BARE.sub("", without_yes(seen.masked, seen))
        if not more or self._courteous(more):
            return False
        yes = [(cue.start, cue.end) for cue in seen.cues.get(CueKind.CONFIRM, ())]
        no = [
            cue
            for cue in seen.cues.get(CueKind.DENY, ())
            if not any(start <= cue.start < end for start, end in yes)
        ]
        alone = self._examples.guess(more)
        likely = LIKELY_NO if weighed.of(Intent.CONFIRM) >= BEYOND_DOUBT else 0.0
        return bool(no) or (alone.intent in REFUSED and alone.confidence >= likely)

    def _courteous(self, text: str) -> bool:
        return any(self._is_pure(kind, text) for kind in (CueKind.CONFIRM, CueKind.THANKS, CueKind.GREET))

    def _by_signs(self, seen: Evidence, guess: Guess, weighed: Weighed) -> Sign:
        if not re.search(r"[a-z0-9\u4e00-\u9fff]", seen.text):
            return None if guess.confidence >= SAID_AS_WRITTEN else (Intent.OUT_OF_SCOPE, 0.9)
        if _STICKERS.fullmatch(seen.text) and guess.confidence < SURE_STICKER:
            return Intent.OUT_OF_SCOPE, 0.9
        signs = self._signs
        return (
            about_recipients(seen, guess, signs)
            or after_sales(seen, guess, signs)
            or self._refusing(seen, guess)
            or self._bare_words(seen, guess)
            or past(seen, guess, weighed, signs)
            or after_an_order(seen, guess, signs)
            or self._withheld_order(seen)
            or asking(seen, guess, signs)
            or _let_go(seen, guess, weighed)
            or self._ordering(seen, guess)
        )

    def _withheld_order(self, seen: Evidence) -> Sign:
        return None if seen.has(CueKind.PRICE) else self._withheld.intent(seen.masked, seen.contrasted)

    def _refusing(self, seen: Evidence, guess: Guess) -> Sign:
        if self._signs.postponed.search(seen.text) and not seen.corrected and seen.slots:
            # Neither an order nor the end of one.
            return Intent.OUT_OF_SCOPE, 0.6
        if seen.has(CueKind.FORBID):
            last = max(cue.end for cue in seen.cues[CueKind.FORBID])
            replaced = seen.contrasted and seen.slots > 1 and seen.last_slot >= last
            protests = all(cue.word in self._signs.protests for cue in seen.cues[CueKind.FORBID])
            if not replaced:
                return (Intent.DENY, 0.85) if protests else (Intent.CANCEL, 0.93)
        if self._is_pure(CueKind.CORRECTION_OR_DROP, BARE.sub("", seen.text)):
            return Intent.CANCEL, 0.9
        unwanted = self._signs.unwanted.search(seen.text)
        if unwanted and seen.slots and max(seen.last_slot, seen.recounted) < unwanted.start():
            return Intent.CANCEL, 0.8
        return None

    def _bare_words(self, seen: Evidence, guess: Guess) -> Sign:
        """A message of nothing but polite words, yes or no."""
        bare = BARE.sub("", seen.text)
        for kind, intent in _PURE:
            if self._is_pure(kind, bare):
                return intent, 0.95
        asks = seen.text.endswith(("吗", "?", "么", "不")) or seen.has(CueKind.PRICE)
        if seen.goods or seen.accounts or asks:
            return None
        if self._signs.pay_link.search(seen.text):
            return Intent.PAY, 0.85
        if seen.has(CueKind.FAQ):
            return None
        if seen.payments:
            return Intent.PAY, 0.93
        if seen.has(CueKind.PAY):
            return Intent.PAY, 0.85
        if (
            not seen.slots
            and (seen.has(CueKind.HELP) or self._signs.how_to_buy.search(seen.text))
            and (seen.trade or guess.confidence >= 0.9 or guess.intent is Intent.HELP)
        ):
            return Intent.HELP, 0.85
        if (
            seen.contact
            and not seen.has(CueKind.ORDER)
            and not seen.slots
            and re.search(r"(?:号|手机|电话)$", seen.text)
        ):
            return Intent.PROVIDE, 0.8
        return None

    def _ordering(self, seen: Evidence, guess: Guess) -> Sign:
        verb = seen.has(CueKind.ORDER)
        if seen.goods or seen.unknown:
            if not seen.sizes and not seen.accounts and self._signs.other_work.search(seen.text):
                return Intent.OUT_OF_SCOPE, 0.7
            if self._signs.change_of.search(without_blanks(seen.as_meant)) or self._shown_wrong(seen):
                return Intent.MODIFY, 0.8
            if self._signs.not_this.search(seen.text) and not seen.sizes:
                return Intent.MODIFY, 0.7
            if seen.goods and not seen.accounts and self._changes_goods(seen):
                return Intent.MODIFY, 0.7
            if seen.reals and not seen.sizes and not seen.accounts and not seen.goods:
                return Intent.OUT_OF_SCOPE, 0.6
            if guess.intent in _ORDERS_NOTHING and guess.confidence >= SAID_AS_WRITTEN:
                return guess.intent, 0.9
            return Intent.ORDER, 0.95 if verb or seen.sizes or seen.accounts else 0.85
        if seen.has(CueKind.MODIFY) and (seen.slots or guess.intent is Intent.MODIFY) and not _whole(seen):
            return Intent.MODIFY, 0.88
        if seen.reals and not seen.sizes and not seen.accounts:
            return Intent.OUT_OF_SCOPE, 0.85
        if verb and (seen.nouns or (seen.sizes and (seen.accounts or seen.contact))):
            return Intent.ORDER, 0.9
        if seen.units and (seen.accounts or verb):
            return Intent.ORDER, 0.85
        if seen.slots:
            return self._slots_only(seen, guess, verb)
        if seen.nouns and (guess.intent is Intent.ORDER or seen.quantities):
            return Intent.ORDER, 0.7
        if seen.contact and verb:
            return Intent.ORDER, 0.7
        if seen.qualifiers and not verb and len(BARE.sub("", seen.text)) <= 6:
            return Intent.PROVIDE, 0.7
        if (
            not seen.trade
            and guess.confidence < 0.6
            and guess.intent not in (Intent.GREET, Intent.THANKS, Intent.CONFIRM, Intent.DENY)
        ):
            return Intent.OUT_OF_SCOPE, 0.7
        return None

    def _changes_goods(self, seen: Evidence) -> bool:
        """Whether something is changed in front of the goods: beside something of an order, or in a clause of
        nothing else. 换了工作，… changes the customer's life."""
        clauses = Clauses.of(seen.rest)
        changes = (cue for cue in seen.cues.get(CueKind.MODIFY, ()) if cue.start < seen.first_slot)
        told = (seen.rest[slice(*clauses.bounds(cue.start))] for cue in changes)
        return any("\0" in clause or self._signs.only_changes.fullmatch(clause) for clause in told)

    def _shown_wrong(self, seen: Evidence) -> bool:
        """不是这个呀，我说的是点卡: what was shown is not it, and what else is said changes it."""
        if self._signs.shown_wrong.search(seen.text) and not seen.accounts:
            return True
        heads = [cue for cue in seen.cues.get(CueKind.DENY, ()) if cue.start < seen.first_slot]
        instead = {cue.word for cue in seen.cues.get(CueKind.INSTEAD, ())}
        return any(
            cue.word not in instead
            and len(cue.word) > 1
            and self._head.fullmatch(seen.text, 0, cue.start) is not None
            and self._ended.match(seen.text, cue.end) is not None
            for cue in heads
        )

    def _slots_only(self, seen: Evidence, guess: Guess, verb: bool) -> Sign:
        if seen.foreign and not seen.accounts:
            return Intent.OUT_OF_SCOPE, 0.8
        topup = seen.has(CueKind.TOPUP)
        if (topup and (seen.accounts or seen.sizes)) or (seen.nouns and seen.sizes):
            return Intent.ORDER, 0.88
        if (
            guess.intent in (Intent.PROVIDE, Intent.MODIFY, Intent.DENY, Intent.ORDER)
            and guess.confidence > 0.5
        ):
            return guess.intent, max(0.6, guess.confidence - 0.1)
        if len(BARE.sub("", seen.rest).replace("\0", "")) <= 6:
            return Intent.PROVIDE, 0.8
        if seen.accounts or seen.regions:
            return Intent.PROVIDE, 0.6
        return None if seen.trade else (Intent.OUT_OF_SCOPE, 0.6)


_ORDERS_NOTHING = frozenset(
    {
        Intent.STATUS,
        Intent.REFUND,
        Intent.HISTORY,
        Intent.HUMAN,
        Intent.RECEIPT,
        Intent.FAQ,
        Intent.CANCEL,
        Intent.DENY,
        Intent.SEARCH,
        Intent.PRICE,
    }
)
"""What somebody wants who names goods and orders none; an example phrase to the letter may say so."""

SAID_AS_WRITTEN = 0.98
NEARLY_WRITTEN = 0.96
LIKELY_NO = 0.6
A_WORD = 4
"""So long is a bare yes or no, its particles included."""


_ACTS = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.CONFIRM})
"""What moves an order on. Examples alone never make a message so."""

_LETS_GO = frozenset({Intent.CANCEL, Intent.DENY, Intent.MODIFY})
_POLITE = frozenset({Intent.GREET, Intent.THANKS})

SURE_STICKER = 0.92
_STICKERS = re.compile(r"(?:\s*\[[^\[\]]{1,12}\])+\s*")
"""[捂脸]: the names of stickers, of which only a few mean something."""

SURE_SHARE = 0.7
"""So sure of the whole message, no vote of the examples is heard."""
SURE_VOTE = 0.93
"""From here on the examples are right where a sign says something else (`tests/nlu/held_out.py`)."""


def _outvoted(intent: Intent, guess: Guess, seen: Evidence) -> bool:
    """Whether the examples are so sure of something else that a single sign must have meant it, too. Who
    named goods with a size or a recipient is only told so by an example that is all but the same."""
    if guess.intent is intent or guess.intent in _ACTS:
        return False
    own = seen.last_order or seen.order_number or seen.has(CueKind.PAST)
    told = own and guess.intent is Intent.FAQ and guess.confidence < SAID_AS_WRITTEN
    if told or (intent is Intent.REFUND and guess.intent is not Intent.FAQ):
        return False
    if guess.intent in REFUSED and seen.corrected and seen.slots:
        return False
    if guess.intent in _POLITE and (seen.slots or seen.nouns or seen.unknown):
        return False
    concrete = (seen.goods and seen.sizes) or (seen.accounts and (seen.goods or seen.sizes))
    named_only = intent is Intent.ORDER and not seen.cues
    return guess.confidence >= (NEARLY_WRITTEN if concrete or named_only else SURE_VOTE)


def _let_go(seen: Evidence, guess: Guess, weighed: Weighed) -> Sign:
    """爱奇艺去掉, 50的不要，100的也不要: what is said last is not wanted, and nothing is wanted instead. Of
    京东卡100一张，别的不要 the whole message says that it orders all the same."""
    drops = [cue.start for cue in seen.cues.get(CueKind.DROP, ())]
    named = seen.goods or seen.sizes or seen.accounts
    if not named or (seen.sizes and seen.accounts) or not drops or max(drops) < seen.last_slot:
        return None  # Of several recipients with their sizes one may be let go.
    if guess.intent in _LETS_GO and weighed.of(Intent.ORDER) < SURE_ORDER:
        return guess.intent, 0.7
    return None if weighed.of(Intent.ORDER) > weighed.of(*_LETS_GO) else (Intent.CANCEL, 0.6)


def _whole(seen: Evidence) -> bool:
    """充100给138…，写错了，是139…: ordered whole, and what is changed is changed within the message."""
    changes = [cue.start for cue in seen.cues.get(CueKind.MODIFY, ())]
    return bool(
        seen.has(CueKind.TOPUP)
        and seen.sizes
        and (seen.accounts or seen.contact)
        and all(-1 < seen.first_slot < start for start in changes)
    )


_PURE = (
    (CueKind.DENY, Intent.DENY),
    # 你好 is no yes, although 好 is.
    (CueKind.GREET, Intent.GREET),
    (CueKind.CONFIRM, Intent.CONFIRM),
    (CueKind.THANKS, Intent.THANKS),
)
