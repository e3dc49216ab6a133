"""What the customer wants. Deterministic signs decide first; examples decide what they leave over.

The signs are words of stance and what was read of the message (goods, sizes, recipients); the
examples are `data/intents.yaml`. A message that forbids, doubts, quotes or asks never orders,
whatever else stands in it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Indel

from nlu.corrections import Cue, CueKind
from nlu.lexicon import Lexicon
from nlu.segmenter import Segmenter
from nlu.signs import Signs
from nlu.understanding import Intent

MASKS = {
    "product": "\ue001",
    "size": "\ue002",
    "account": "\ue003",
    "quantity": "\ue004",
    "region": "\ue005",
    "order": "\ue006",
    "contact": "\ue007",
}
"""One private character stands for each slot, in examples and messages alike."""

_BARE = re.compile(r"[\s，,。.!！?？~～…、:：;；\-—\"“”'()（）]+")


@dataclass(frozen=True, slots=True)
class Guess:
    intent: Intent
    topic: str | None
    confidence: float


class Examples:
    """The example phrases: the nearest one if it is near, else a vote of all by their n-grams."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases: list[str] = []
        self._meanings: list[tuple[Intent, str | None]] = []
        for entry in lexicon.intents:
            for phrase in entry.phrases:
                self._phrases.append(_masked_phrase(phrase))
                self._meanings.append((entry.intent, entry.topic))
        self._exact = dict(zip(self._phrases, self._meanings, strict=True))
        self._segmenter = Segmenter(word for word in lexicon.vocabulary() if len(word) > 1)
        self._train()

    def _train(self) -> None:
        """Complement naive Bayes over the n-grams: closed form, a few milliseconds."""
        counts: dict[tuple[Intent, str | None], Counter[str]] = {}
        total: Counter[str] = Counter()
        for phrase, meaning in zip(self._phrases, self._meanings, strict=True):
            grams = Counter(self._features(phrase))
            counts.setdefault(meaning, Counter()).update(grams)
            total.update(grams)
        size, everything = len(total) or 1, sum(total.values())
        self._weights: dict[str, dict[tuple[Intent, str | None], float]] = {}
        for meaning, own in counts.items():
            rest = everything - sum(own.values())
            mine = sum(own.values())
            for gram, count in own.items():
                here = (count + 0.1) / (mine + 0.1 * size)
                there = (total[gram] - count + 0.1) / (rest + 0.1 * size)
                self._weights.setdefault(gram, {})[meaning] = math.log(here / there)

    def guess(self, masked: str) -> Guess:
        """What examples say a message means; confidence 0 where nothing resembles it."""
        text = _BARE.sub("", masked)
        found = self._exact.get(text)
        if found is not None:
            return Guess(found[0], found[1], 0.99)
        near = process.extractOne(text, self._phrases, scorer=Indel.normalized_similarity, score_cutoff=0.82)
        if near is not None and len(text) > 1:
            intent, topic = self._meanings[near[2]]
            return Guess(intent, topic, min(0.97, 0.6 + 0.38 * near[1]))
        return self._vote(text)

    def _features(self, text: str) -> Iterable[str]:
        """Short runs of characters catch slips and new wordings; whole words carry the meaning."""
        yield from _grams(text)
        yield from (f"{word} " for word in self._segmenter.words(text) if len(word) > 1)

    def _vote(self, text: str) -> Guess:
        scores: dict[tuple[Intent, str | None], float] = {}
        grams = Counter(self._features(text))
        for gram in grams:
            for meaning, weight in self._weights.get(gram, {}).items():
                if weight > 0:
                    scores[meaning] = scores.get(meaning, 0.0) + weight
        if not scores:
            return Guess(Intent.OUT_OF_SCOPE, None, 0.0)
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        best, score = ranked[0]
        other = next((value for meaning, value in ranked[1:] if meaning[0] is not best[0]), 0.0)
        coverage = score / (3.0 * max(1, len(grams)))
        margin = (score - other) / score
        return Guess(best[0], best[1], max(0.05, min(0.9, 0.35 + 0.5 * margin + 0.3 * min(1.0, coverage))))


def _masked_phrase(phrase: str) -> str:
    for name, mask in MASKS.items():
        phrase = phrase.replace("{" + name + "}", mask)
    return _BARE.sub("", phrase)


def _grams(text: str) -> Iterable[str]:
    padded = f"^{text}$"
    for length in (1, 2, 3):
        for at in range(len(padded) - length + 1):
            gram = padded[at : at + length]
            if gram not in "^$":
                yield gram


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read of one message, for deciding what it wants."""

    text: str
    """Normalised, whole."""
    rest: str
    """Normalised; what was read as goods, recipients or numbers is NUL."""
    masked: str
    cues: Mapping[CueKind, tuple[Cue, ...]] = field(default_factory=dict)
    goods: int = 0
    """Names of things sold here."""
    nouns: int = 0
    unknown: int = 0
    """Names of virtual goods that are not sold here."""
    sizes: int = 0
    accounts: int = 0
    quantities: int = 0
    regions: int = 0
    order_number: bool = False
    last_order: bool = False
    limits: int = 0
    sorts: int = 0
    payments: int = 0
    contact: bool = False
    remembered: bool = False
    quoted: bool = False
    """Goods, sizes or recipients stand between quotation marks."""
    quoted_speech: bool = False
    """A word of saying or writing introduces the quotation."""
    doubtful: bool = False
    corrected: bool = False
    last_slot: int = -1
    first_slot: int = -1
    """Where the first slot stands, -1 where there is none."""
    trade: bool = False
    """Whether the message speaks of buying, paying, accounts or goods at all."""
    qualifiers: int = 0
    """Tiers, countries and carriers that stand by themselves."""
    units: int = 0
    """Sizes in a unit of goods: 10G, 680点券."""
    reals: int = 0
    """Goods of the real world, which no shop of this kind sells."""

    def has(self, *kinds: CueKind) -> bool:
        return any(kind in self.cues for kind in kinds)

    def order_follows(self, kind: CueKind) -> bool:
        """Whether the customer asks for something himself behind what he tells of others."""
        told = max(cue.end for cue in self.cues[kind])
        return any(cue.start >= told for cue in self.cues.get(CueKind.OWN_REQUEST, ()))

    @property
    def slots(self) -> int:
        return self.goods + self.sizes + self.accounts + self.quantities + self.regions


class Intents:
    """Decides the intent of a message that stands alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._examples = Examples(lexicon)
        self._signs = Signs.read(lexicon)
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
        self._patterns = {
            kind: re.compile(
                "(?:"
                + "|".join(map(re.escape, words))
                + "|"
                + "|".join(map(re.escape, lexicon.words("signs.noise")))
                + r"|\s)+"
            )
            for kind, words in self._pure.items()
        }

    def pure(self, kind: CueKind, text: str) -> bool:
        """Whether a message is nothing but such words."""
        bare = _BARE.sub("", text)
        return (
            bool(bare)
            and self._patterns[kind].fullmatch(bare) is not None
            and any(word in bare for word in self._pure[kind])
        )

    def decide(self, evidence: Evidence) -> Guess:
        """The intent; confidence says how clear the signs were."""
        guess = self._examples.guess(evidence.masked)
        sign = self._by_signs(evidence, guess)
        if sign is None:
            return guess if guess.confidence >= 0.3 else Guess(Intent.OUT_OF_SCOPE, None, 0.4)
        intent, confidence = sign
        topic = guess.topic if guess.intent is intent else None
        if guess.intent is intent:
            confidence = min(0.99, confidence + 0.03)
        return Guess(intent, topic, confidence)

    def _by_signs(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        if not re.search(r"[a-z0-9\u4e00-\u9fff]", seen.text):
            return Intent.OUT_OF_SCOPE, 0.9
        for decide in (
            self._told,
            self._about_recipients,
            self._after_sales,
            self._refusing,
            self._bare_words,
            self._past,
            self._after_an_order,
        ):
            found = decide(seen, guess)
            if found is not None:
                return found
        return self._asking(seen, guess) or self._ordering(seen, guess)

    def _told(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        """Somebody else's words or doings: no order of this customer."""
        own = seen.has(CueKind.OWN_REQUEST, CueKind.ORDER)
        told = seen.quoted and (seen.quoted_speech or seen.has(CueKind.REPORTED) or not own)
        told = told or (seen.has(CueKind.ELSEWHERE) and not seen.order_follows(CueKind.ELSEWHERE))
        told = told or (seen.has(CueKind.REPORTED) and not seen.order_follows(CueKind.REPORTED))
        if not told:
            return None
        if guess.intent in _TELLABLE and guess.confidence >= 0.6:
            return guess.intent, 0.7
        asks = seen.has(CueKind.FAQ, CueKind.QUESTION) or "?" in seen.text
        return Intent.FAQ if asks else Intent.OUT_OF_SCOPE, 0.75

    def _about_recipients(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        if not seen.has(CueKind.SAVE_CONTACT):
            return None
        if (
            seen.accounts
            and (seen.remembered or not seen.goods)
            and not (seen.sizes and (seen.goods or (seen.has(CueKind.TOPUP) and not seen.remembered)))
        ):
            return Intent.SAVE_CONTACT, 0.93
        named = self._signs.naming.search(seen.text)
        if seen.remembered and named and not seen.sizes:
            return Intent.SAVE_CONTACT, 0.85
        return None

    def _after_sales(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        ordering = (
            seen.goods and (seen.accounts or seen.sizes) and seen.has(CueKind.OWN_REQUEST, CueKind.ORDER)
        )
        ordering = ordering and not seen.has(CueKind.PAST)
        if seen.has(CueKind.HUMAN) and not (seen.goods and seen.accounts):
            return Intent.HUMAN, 0.92
        if seen.has(CueKind.REFUND, CueKind.REFUND_QUESTION):
            mine = (
                (seen.has(CueKind.REFUND) and not seen.has(CueKind.QUESTION))
                or seen.has(CueKind.PAST)
                or seen.order_number
                or seen.last_order
            )
            if (
                seen.has(CueKind.REFUND_QUESTION)
                and not mine
                and not (guess.intent is Intent.REFUND and guess.confidence > 0.9)
            ):
                return Intent.FAQ, 0.85
            return Intent.REFUND, 0.92
        if seen.has(CueKind.REORDER):
            return Intent.REORDER, 0.92
        again = any(
            cue.word[:1] in ["再", "重", "补", "找", "丢", "删"] for cue in seen.cues.get(CueKind.RECEIPT, ())
        )
        if seen.has(CueKind.RECEIPT) and (again or not (ordering or (seen.goods and seen.quantities))):
            return Intent.RECEIPT, 0.9
        if (
            guess.intent is Intent.MODIFY
            and guess.confidence > 0.55
            and self._signs.may_change.search(seen.text)
        ):
            return Intent.MODIFY, 0.75
        if seen.has(CueKind.STATUS) and not ordering and not self._how_long(seen):
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

    def _how_long(self, seen: Evidence) -> bool:
        mine = seen.has(CueKind.PAST) or seen.order_number or seen.last_order
        return seen.has(CueKind.FAQ) and not mine and not self._signs.not_yet.search(seen.text)

    def _refusing(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        if self._signs.postponed.search(seen.text) and not seen.corrected and seen.slots:
            # Neither an order nor the end of one.
            return Intent.OUT_OF_SCOPE, 0.6
        if seen.has(CueKind.FORBID) and not seen.quoted:
            last = max(cue.end for cue in seen.cues[CueKind.FORBID])
            replaced = seen.corrected and seen.slots > 1 and seen.last_slot >= last
            if not replaced:
                return Intent.CANCEL, 0.93
        if self.pure(CueKind.CORRECTION_OR_DROP, seen.text):
            return Intent.CANCEL, 0.9
        return None

    def _bare_words(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        """A message of nothing but polite words, yes or no."""
        for kind, intent in _PURE:
            if self.pure(kind, seen.text):
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
            and (seen.trade or guess.confidence >= 0.9)
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

    def _past(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        """Something done already is not ordered once more: 上个月充的100话费是哪天充的."""
        asks_when = self._signs.asked_when.search(seen.text)
        if asks_when:
            return Intent.HISTORY, 0.7
        if not seen.has(CueKind.PAST) or seen.has(CueKind.OWN_REQUEST) or seen.corrected:
            return None
        done = self._signs.done.search(seen.text)
        if not done:
            return None
        if guess.intent in _AFTER or guess.intent in _TELLABLE:
            return guess.intent, 0.7
        if seen.has(CueKind.PRICE):
            return Intent.HISTORY, 0.5
        return Intent.STATUS, 0.6

    def _after_an_order(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        """What looks like a whole order and only asks after one, or repeats what a stranger said."""
        if not (seen.sizes and (seen.accounts or seen.goods)) or seen.corrected:
            return None
        if self._signs.stop.search(seen.text):
            return Intent.CANCEL, 0.8
        if self._signs.refused.search(seen.text):
            return Intent.CANCEL, 0.7
        if self._signs.twice.search(seen.text):
            return Intent.REFUND, 0.6
        if self._signs.regularly.search(seen.text):
            return Intent.FAQ, 0.6
        if self._signs.told_by.search(seen.text):
            return Intent.FAQ, 0.7
        if seen.has(CueKind.OWN_REQUEST):
            return None
        if self._signs.whether_done.search(seen.text):
            return Intent.STATUS, 0.75
        if self._signs.complained.search(seen.text):
            return Intent.STATUS, 0.6
        if self._signs.about_it.search(seen.text):
            return Intent.FAQ, 0.75
        return None

    def _asking(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        # 帮我买三张五十的…行不行 is a request; 三天内到就行 behind a whole order is no search.
        requested = (
            seen.goods
            and seen.sizes
            and seen.has(CueKind.OWN_REQUEST)
            and self._signs.request_tail.search(seen.text)
        )
        concrete = (seen.accounts and (seen.goods or seen.sizes)) or requested
        strong_price = any(
            self._signs.price_question.search(cue.word) for cue in seen.cues.get(CueKind.PRICE, ())
        )
        if (seen.limits or seen.sorts) and not strong_price and not concrete and not seen.corrected:
            return Intent.SEARCH, 0.9
        if seen.has(CueKind.PRICE) and not (seen.corrected and concrete and not strong_price):
            return Intent.PRICE, 0.92
        if _conditional(seen) and not seen.has(CueKind.NOT_CONDITION):
            on_price = self._signs.on_price.search(seen.text)
            return Intent.SEARCH if on_price else Intent.OUT_OF_SCOPE, 0.7
        if (
            guess.intent in (Intent.FAQ, Intent.HELP, Intent.SEARCH, Intent.OUT_OF_SCOPE)
            and guess.confidence >= 0.93
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
        asks = re.search(r"(?:吗|么|不|没|\?)[\s?。!]*$", seen.text) is not None
        if (
            asks
            and not concrete
            and not seen.has(CueKind.POLITE)
            and (seen.goods or seen.nouns or seen.unknown)
        ):
            if guess.intent in (Intent.FAQ, Intent.SEARCH, Intent.STATUS, Intent.PRICE):
                return guess.intent, 0.7
            return Intent.SEARCH, 0.65
        return None

    def _ordering(self, seen: Evidence, guess: Guess) -> tuple[Intent, float] | None:
        verb = seen.has(CueKind.ORDER)
        if seen.goods or seen.unknown:
            if not seen.sizes and not seen.accounts and self._signs.other_work.search(seen.text):
                return Intent.OUT_OF_SCOPE, 0.7
            if self._signs.change_of.match(seen.text):
                return Intent.MODIFY, 0.8
            changes = [cue.start for cue in seen.cues.get(CueKind.MODIFY, ())]
            if changes and min(changes) < seen.first_slot and not seen.accounts and seen.goods:
                return Intent.MODIFY, 0.7
            if seen.reals and not seen.sizes and not seen.accounts and not seen.goods:
                return Intent.OUT_OF_SCOPE, 0.6
            return Intent.ORDER, 0.95 if verb or seen.sizes or seen.accounts else 0.85
        if seen.has(CueKind.MODIFY) and (seen.slots or guess.intent is Intent.MODIFY):
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
        if seen.qualifiers and not verb and len(_BARE.sub("", seen.text)) <= 6:
            return Intent.PROVIDE, 0.7
        if (
            not seen.trade
            and guess.confidence < 0.85
            and guess.intent not in (Intent.GREET, Intent.THANKS, Intent.CONFIRM, Intent.DENY)
        ):
            return Intent.OUT_OF_SCOPE, 0.7
        return None

    def _slots_only(self, seen: Evidence, guess: Guess, verb: bool) -> tuple[Intent, float] | None:
        topup = seen.has(CueKind.TOPUP)
        if (topup and (seen.accounts or seen.sizes)) or (seen.nouns and seen.sizes):
            return Intent.ORDER, 0.88
        if (
            guess.intent in (Intent.PROVIDE, Intent.MODIFY, Intent.CONFIRM, Intent.DENY, Intent.ORDER)
            and guess.confidence > 0.5
        ):
            return guess.intent, max(0.6, guess.confidence - 0.1)
        if len(_BARE.sub("", seen.rest).replace("\0", "")) <= 6:
            return Intent.PROVIDE, 0.8
        if seen.accounts or seen.regions:
            return Intent.PROVIDE, 0.6
        return None if seen.trade else (Intent.OUT_OF_SCOPE, 0.6)


_TELLABLE = frozenset(
    {Intent.STATUS, Intent.REFUND, Intent.HISTORY, Intent.HUMAN, Intent.RECEIPT, Intent.FAQ}
)
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
_PURE = (
    (CueKind.DENY, Intent.DENY),
    # 你好 is no yes, although 好 is.
    (CueKind.GREET, Intent.GREET),
    (CueKind.CONFIRM, Intent.CONFIRM),
    (CueKind.THANKS, Intent.THANKS),
)


_CLAUSE_END = re.compile(r"[,.;!?，。；！？、\n]")
_FOR_SOMEBODY = re.compile(r"(?:给|帮|替).{1,5}")


def _conditional(seen: Evidence) -> bool:
    """`涨工资了再充` waits for something; `再充50` at the head of a clause only adds to what was said."""
    for cue in seen.cues.get(CueKind.CONDITION, ()):
        before = _CLAUSE_END.split(seen.text[: cue.start])[-1].strip()
        adds = cue.word.startswith("再") and (not before or _FOR_SOMEBODY.fullmatch(before))
        if not adds:
            return True
    return False
