"""Of names that were found in the same characters, which one stands."""

from __future__ import annotations

from collections.abc import Iterable

from nlu.mention import Closeness, Mention, MentionKind


def longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Of mentions that overlap the longest stands; of equally long ones the surer."""
    chosen: list[Mention] = []
    occupied: set[int] = set()
    for mention in sorted(mentions, key=_rank):
        places = range(mention.start, mention.end)
        if occupied.isdisjoint(places):
            chosen.append(mention)
            occupied.update(places)
    return chosen


def _rank(mention: Mention) -> tuple[float, int, int, int]:
    reach = mention.end - mention.start
    closeness = mention.closeness
    return (_PENALTY[closeness] - reach, _GUESSED[closeness], _ORDER[mention.kind], mention.start)


_PENALTY = {Closeness.EXACT: 0.0, Closeness.PARTIAL: 0.5, Closeness.SOUND: 0.9, Closeness.TYPO: 1.2}
"""By how many characters a name that was only guessed at counts as shorter."""
_GUESSED = {Closeness.EXACT: 0, Closeness.PARTIAL: 1, Closeness.SOUND: 2, Closeness.TYPO: 3}
"""The surer first."""
_ORDER = {
    MentionKind.NAME: 0,
    MentionKind.REGION: 1,
    MentionKind.UNKNOWN: 2,
    MentionKind.QUALIFIER: 3,
    MentionKind.NOUN: 4,
}


def covered(length: int, mentions: Iterable[Mention]) -> bytearray:
    """For each character of a text whether a mention holds it."""
    taken = bytearray(length)
    for mention in mentions:
        taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
    return taken
