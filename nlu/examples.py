"""What messages like this one have meant: the nearest example phrase, or a vote of all of them.

The phrases are `data/intents.yaml`; goods, sizes and recipients are masked in them and in the message.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import Indel

from nlu.corrections import CueKind, Cues
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

SMOOTHING = 0.1
STANCE = "\0"
"""In front of a kind of words, so that it is no character of a message."""
STANCE_WEIGHT = 2.0
MARGIN = 10.0
"""A vote that is won by so much is right eight times in ten (`tests/nlu/held_out.py`)."""

BARE = re.compile(r"[\s，,。.!！?？~～…、:：;；\-—\"“”'()（）]+")
"""What is left out of a message and of the examples before they are compared."""


@dataclass(frozen=True, slots=True)
class Guess:
    intent: Intent
    topic: str | None
    confidence: float
    alike: bool = False
    """Whether an example is the same but for a character or two, so that nothing was voted on."""


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
        self._having: dict[str, list[int]] = {}
        """Character -> the phrases that hold it, by their places; the shortest first."""
        self._length = list(map(len, self._phrases)).__getitem__
        for place in sorted(range(len(self._phrases)), key=self._length):
            for character in set(self._phrases[place]):
                self._having.setdefault(character, []).append(place)
        self._segmenter = Segmenter(word for word in lexicon.vocabulary() if len(word) > 1)
        self._train(Cues(lexicon))

    def _train(self, cues: Cues) -> None:
        """Complement naive Bayes over features: closed form, a few milliseconds."""
        counts: defaultdict[tuple[Intent, str | None], Counter[str]] = defaultdict(Counter)
        total = Counter[str]()
        for phrase, meaning in zip(self._phrases, self._meanings, strict=True):
            features = self._features(phrase, {cue.kind for cue in cues.read(phrase)})
            counts[meaning].update(features)
            total.update(features)
        size, everything = len(total) or 1, sum(total.values())
        self._voted = list(counts)
        self._absent: list[float] = []
        """Of each meaning: what a feature says of it that it was never seen with."""
        said: dict[str, list[tuple[int, float]]] = {}
        alike: dict[tuple[int, float], tuple[int, float]] = {}
        for place, own in enumerate(counts.values()):
            mine = sum(own.values())
            here, there = mine + SMOOTHING * size, everything - mine + SMOOTHING * size
            self._absent.append(math.log(SMOOTHING / here * there))
            for feature, count in own.items():
                one = (place, _weight(count, total[feature], feature[0] == STANCE))
                said.setdefault(feature, []).append(alike.setdefault(one, one))
        rows: dict[tuple[tuple[int, float], ...], tuple[float, ...]] = {}
        self._weights: dict[str, tuple[float, ...]] = {}
        """Of each feature: how much more it says for each meaning in `_voted` than if it had not been seen
        with it. Most features are as rare as many others and say the same: they share a row."""
        for feature, pairs in said.items():
            row = tuple(pairs)
            if row not in rows:
                says = dict(row)
                rows[row] = tuple([says.get(place, 0.0) for place in range(len(counts))])
            self._weights[feature] = rows[row]

    def guess(self, masked: str, stance: Iterable[CueKind] = ()) -> Guess:
        """What examples say a message means; confidence 0 where nothing resembles it. `stance`: the kinds
        of words of stance in it."""
        text = BARE.sub("", masked)
        found = self._exact.get(text)
        if found is not None:
            return Guess(found[0], found[1], 0.99, alike=True)
        places = self._may_be_near(text)
        phrases = [self._phrases[place] for place in places]
        near = process.extractOne(text, phrases, scorer=Indel.normalized_similarity, score_cutoff=NEAR)
        if near is not None and len(text) > 1:
            intent, topic = self._meanings[places[near[2]]]
            return Guess(intent, topic, min(0.97, 0.6 + 0.38 * near[1]), alike=True)
        return self._vote(text, stance)

    def _may_be_near(self, text: str) -> list[int]:
        """The phrases that share so many characters with a text that they can be near: one that is lacks
        few of the text's characters, so it has one of its rarest, be these one more than those few; and it is
        not much shorter or longer."""
        lacking = int(len(text) * (1 - NEAR / (2 - NEAR)) + 1e-9)
        having = sorted((self._having.get(character, []) for character in text), key=len)
        near: set[int] = set()
        for gone, places in enumerate(having[: lacking + 1]):
            # A phrase that lacks so many characters is near only if it has few more of its own.
            longest = int(((1 - NEAR / 2) * len(text) - gone) / (NEAR / 2) + 1e-9)
            begin = bisect_left(places, len(text) - lacking, key=self._length)
            near.update(places[begin : bisect_right(places, longest, begin, key=self._length)])
        return sorted(near)

    def _features(self, text: str, stance: Iterable[CueKind]) -> list[str]:
        """Short runs of characters catch slips and new wordings; whole words carry the meaning, and what
        kind of words they are carries it to words that no example has."""
        words = [f"{word} " for word in self._segmenter.words(text) if len(word) > 1]
        return list(dict.fromkeys((*_grams(text), *words, *[f"{STANCE}{kind}" for kind in stance])))

    def _vote(self, text: str, stance: Iterable[CueKind]) -> Guess:
        features = [feature for feature in self._features(text, stance) if feature in self._weights]
        known = sum(map(_times, features))
        if not known:
            return Guess(Intent.OUT_OF_SCOPE, None, 0.0)
        said = map(sum, zip(*map(self._weights.__getitem__, features), strict=True))
        scores = [absent * known + score for absent, score in zip(self._absent, said, strict=True)]
        ranked = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
        intent, topic = self._voted[ranked[0]]
        other = next((place for place in ranked if self._voted[place][0] is not intent), ranked[0])
        margin = scores[ranked[0]] - scores[other]
        return Guess(intent, topic, round(min(0.95, 1 - 0.57 * math.exp(-margin / MARGIN)), 4))


@cache
def _weight(count: int, seen: int, of_stance: bool) -> float:
    """How much more a feature says for a meaning with which it was seen `count` of `seen` times than if it had
    never been. Most were seen as rarely as many others."""
    present = (count + SMOOTHING) / (seen - count + SMOOTHING)
    return (STANCE_WEIGHT if of_stance else 1.0) * math.log(present / SMOOTHING * (seen + SMOOTHING))


def _times(feature: str) -> float:
    """How many times a feature counts."""
    return STANCE_WEIGHT if feature[0] == STANCE else 1.0


def _masked_phrase(phrase: str) -> str:
    for name, mask in MASKS.items():
        phrase = phrase.replace("{" + name + "}", mask)
    return BARE.sub("", phrase)


def _grams(text: str) -> list[str]:
    if not text:
        return []
    padded = f"^{text}$"
    pairs = [padded[at : at + 2] for at in range(len(padded) - 1)]
    return [*text, *pairs, *[padded[at : at + 3] for at in range(len(padded) - 2)]]
