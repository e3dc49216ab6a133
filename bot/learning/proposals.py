"""What customers meant by words that were not understood, as lessons that a shopkeeper may accept.

Counted are customers, not messages: one who says a thing a hundred times is still one. Nothing is ever
taught by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.learning.known import slots_of
from bot.learning.words import Lesson, LessonKind
from bot.store.misses import KeptMiss, MissKind
from nlu.understanding import Intent

AGREEING_MIN = 0.8
"""Of the customers of whom it is known what they meant, so many must have meant the same."""

TEACHABLE = frozenset(
    {
        Intent.STATUS,
        Intent.HISTORY,
        Intent.REFUND,
        Intent.RECEIPT,
        Intent.PRICE,
        Intent.SEARCH,
        Intent.FAQ,
        Intent.HELP,
        Intent.SAVE_CONTACT,
    }
)
"""Meanings that are proposed: none that buys or drops anything. A shopkeeper can teach those himself."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`number` is that of the oldest miss it comes from, so it stays the same while others come and go."""

    number: int
    lesson: Lesson
    agreeing: int
    of: int


@dataclass(frozen=True, slots=True)
class MissGroup:
    """One phrase, and everybody who said it."""

    number: int
    phrase: str
    kinds: tuple[MissKind, ...]
    customers: int
    times: int
    outcomes: tuple[tuple[str, int], ...]
    """Product ids and intents that it turned out to mean, with how many customers, most first."""
    intent: str
    """What it was last taken for, with its confidence."""
    confidence: float
    last_at: datetime
    proposal: Proposal | None


def grouped(kept: Sequence[KeptMiss], customers_min: int) -> tuple[MissGroup, ...]:
    """Everything that was missed, by its phrase, what most customers said first."""
    proposed = {proposal.lesson: proposal for proposal in proposals(kept, customers_min)}
    by_words = {one.lesson.words: one for one in proposed.values()}
    by_phrase: dict[str, list[KeptMiss]] = defaultdict(list)
    for one in kept:
        by_phrase[one.miss.phrase].append(one)
    groups = [_group(phrase, said, by_words) for phrase, said in by_phrase.items()]
    return tuple(sorted(groups, key=lambda group: (-group.customers, -group.times, -group.number)))


def _group(phrase: str, said: Sequence[KeptMiss], proposed: dict[str, Proposal]) -> MissGroup:
    latest = max(said, key=lambda one: one.at)
    outcomes = Counter(dict.fromkeys((one.chat, one.product or one.meant or "") for one in said))
    counted = Counter(meant for _, meant in outcomes if meant)
    words = [one.miss.words for one in said if one.miss.words]
    return MissGroup(
        number=min(one.miss_id for one in said),
        phrase=phrase,
        kinds=tuple(sorted({one.miss.kind for one in said})),
        customers=len({one.chat for one in said}),
        times=sum(one.times for one in said),
        outcomes=tuple(counted.most_common(3)),
        intent=latest.miss.intent,
        confidence=latest.miss.confidence,
        last_at=latest.at,
        proposal=next((proposed[word] for word in (phrase, *words) if word in proposed), None),
    )


def proposals(kept: Iterable[KeptMiss], customers_min: int) -> tuple[Proposal, ...]:
    """The lessons that enough customers agree on, the most wanted first."""
    kept = tuple(kept)
    found = [
        *_agreed(
            (one for one in kept if one.miss.words and one.miss.kind is not MissKind.UNKNOWN),
            lambda one: one.miss.words,
            lambda one: one.product,
            LessonKind.ALIAS,
            customers_min,
        ),
        *_agreed(
            (one for one in kept if one.miss.kind is MissKind.UNCLEAR and not slots_of(one.miss.phrase)),
            lambda one: one.miss.phrase,
            lambda one: one.meant,
            LessonKind.PHRASE,
            customers_min,
        ),
    ]
    return tuple(sorted(found, key=lambda one: (-one.agreeing, one.number)))


def _agreed(
    kept: Iterable[KeptMiss],
    words_of: Callable[[KeptMiss], str],
    meaning_of: Callable[[KeptMiss], str | None],
    kind: LessonKind,
    customers_min: int,
) -> Iterable[Proposal]:
    by_words: dict[str, list[KeptMiss]] = defaultdict(list)
    for one in kept:
        by_words[words_of(one)].append(one)
    for words, said in by_words.items():
        # The last word of each customer counts.
        meant = {one.chat: meaning for one in said if (meaning := meaning_of(one)) is not None}
        if len(meant) < customers_min:
            continue
        subject, agreeing = Counter(meant.values()).most_common(1)[0]
        if agreeing < customers_min or agreeing < AGREEING_MIN * len(meant):
            continue
        if kind is LessonKind.PHRASE and subject.partition(".")[0] not in TEACHABLE:
            continue
        yield Proposal(min(one.miss_id for one in said), Lesson(kind, subject, words), agreeing, len(meant))
