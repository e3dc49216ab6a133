"""The shop's own words: what it was taught beside its catalog and `data/intents.yaml`.

A `Lesson` is one thing taught; `ShopWords` are all that hold at one version. Immutable: a new lesson
makes new words, and whoever reads with the old ones goes on reading with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from nlu.lexicon import IntentPhrases
from nlu.normalise import plain
from nlu.understanding import Intent


class LessonKind(StrEnum):
    ALIAS = "alias"
    """Other words for a product; the subject is its id."""
    PHRASE = "phrase"
    """An example of an intent; the subject is the intent, with the topic behind a dot for faq."""


@dataclass(frozen=True, slots=True)
class Lesson:
    kind: LessonKind
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson that holds. Its number is the version with which it came."""

    number: int
    lesson: Lesson
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopWords:
    """Everything that was taught and not forgotten, as of `version`."""

    version: int = 0
    taught: tuple[Taught, ...] = ()

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Product id -> its taught names."""
        found: dict[str, tuple[str, ...]] = {}
        for lesson in self.lessons(LessonKind.ALIAS):
            found[lesson.subject] = (*found.get(lesson.subject, ()), lesson.words)
        return found

    @property
    def phrases(self) -> tuple[IntentPhrases, ...]:
        return tuple(
            IntentPhrases(*meaning_of(lesson.subject), (plain(lesson.words),))
            for lesson in self.lessons(LessonKind.PHRASE)
        )

    def lessons(self, kind: LessonKind) -> tuple[Lesson, ...]:
        return tuple(one.lesson for one in self.taught if one.lesson.kind is kind)

    def trying(self, lesson: Lesson) -> ShopWords:
        """As they would be with the lesson; never written down."""
        number = self.version + 1
        return ShopWords(number, (*self.taught, Taught(number, lesson, _NEVER)))

    def find(self, number: int) -> Taught | None:
        return next((one for one in self.taught if one.number == number), None)


_NEVER = datetime.min.replace(tzinfo=UTC)

NO_WORDS = ShopWords()


def meaning_of(subject: str) -> tuple[Intent, str | None]:
    """`status`, or `faq.delivery` with its topic. Raises ValueError where there is no such intent."""
    intent, _, topic = subject.partition(".")
    return Intent(intent), topic or None


def subject_of(intent: Intent, topic: str | None) -> str:
    return f"{intent.value}.{topic}" if topic else intent.value
