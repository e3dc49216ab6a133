"""What messages like this one have meant: the nearest example phrase, or a vote of all of them.

The phrases are `data/intents.yaml`; goods, sizes and recipients are masked in them and in the message.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Indel

from nlu.lexicon import Lexicon
from nlu.segmenter import Segmenter
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

NEAR = 0.82
"""How like an example a message must be to mean the same by that alone."""

BARE = re.compile(r"[\s，,。.!！?？~～…、:：;；\-—\"“”'()（）]+")
"""What is left out of a message and of the examples before they are compared."""


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
        self._by_length: dict[int, list[int]] = {}
        for at, phrase in enumerate(self._phrases):
            self._by_length.setdefault(len(phrase), []).append(at)
        self._comparable: dict[int, tuple[list[int], list[str]]] = {}
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
        self._voted = list(counts)
        self._weights: dict[str, list[tuple[int, float]]] = {}
        """Of each n-gram: the meanings that it speaks for, by their places in `_voted`."""
        for place, own in enumerate(counts.values()):
            rest = everything - sum(own.values())
            mine = sum(own.values())
            for gram, count in own.items():
                here = (count + 0.1) / (mine + 0.1 * size)
                there = (total[gram] - count + 0.1) / (rest + 0.1 * size)
                if here > there:
                    self._weights.setdefault(gram, []).append((place, math.log(here / there)))

    def guess(self, masked: str) -> Guess:
        """What examples say a message means; confidence 0 where nothing resembles it."""
        text = BARE.sub("", masked)
        found = self._exact.get(text)
        if found is not None:
            return Guess(found[0], found[1], 0.99)
        places, phrases = self._as_long(len(text))
        near = process.extractOne(text, phrases, scorer=Indel.normalized_similarity, score_cutoff=NEAR)
        if near is not None and len(text) > 1:
            intent, topic = self._meanings[places[near[2]]]
            return Guess(intent, topic, min(0.97, 0.6 + 0.38 * near[1]))
        return self._vote(text)

    def _as_long(self, length: int) -> tuple[list[int], list[str]]:
        """The phrases that are not so much longer or shorter that they cannot be near."""
        if length not in self._comparable:
            spread = (2 - NEAR) / NEAR
            if length > max(self._by_length, default=0) * spread + 1:
                return [], []
            others = range(int(length / spread), int(length * spread) + 2)
            places = sorted(place for other in others for place in self._by_length.get(other, ()))
            self._comparable[length] = places, [self._phrases[place] for place in places]
        return self._comparable[length]

    def _features(self, text: str) -> Iterable[str]:
        """Short runs of characters catch slips and new wordings; whole words carry the meaning."""
        yield from _grams(text)
        yield from (f"{word} " for word in self._segmenter.words(text) if len(word) > 1)

    def _vote(self, text: str) -> Guess:
        scores: dict[int, float] = {}
        grams = dict.fromkeys(self._features(text))
        for gram in grams:
            for place, weight in self._weights.get(gram, ()):
                scores[place] = scores.get(place, 0.0) + weight
        if not scores:
            return Guess(Intent.OUT_OF_SCOPE, None, 0.0)
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        best, score = self._voted[ranked[0][0]], ranked[0][1]
        other = next((value for place, value in ranked[1:] if self._voted[place][0] is not best[0]), 0.0)
        coverage = score / (3.0 * max(1, len(grams)))
        margin = (score - other) / score
        return Guess(best[0], best[1], max(0.05, min(0.9, 0.35 + 0.5 * margin + 0.3 * min(1.0, coverage))))


def _masked_phrase(phrase: str) -> str:
    for name, mask in MASKS.items():
        phrase = phrase.replace("{" + name + "}", mask)
    return BARE.sub("", phrase)


def _grams(text: str) -> Iterable[str]:
    if not text:
        return
    padded = f"^{text}$"
    yield from text
    for length in (2, 3):
        yield from (padded[at : at + length] for at in range(len(padded) - length + 1))
