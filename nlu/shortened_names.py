"""Names of which only some characters were said, where nothing else names the goods.

By a part of the name (健身房 of 校园健身房次卡), by the kind of thing that only one of the goods is, or by
characters from its beginning and its end (小步早教).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nlu.abbreviations import Abbreviations
from nlu.lexicon import Lexicon, word_set
from nlu.mention import Closeness, Mention, MentionKind
from nlu.overlaps import covered
from nlu.parts import Part, Parts, clauses_with
from nlu.roles import Role

SHORT_PART = 2
"""A part of a name of so few characters may mean something else."""
SHORT_FORM_COST = 1.0
"""What it costs to call a product by some of the characters of its name."""


class ShortenedNames:
    """Finds the shortened names of one catalog. Immutable once built."""

    def __init__(self, parts: Parts, written: Mapping[str, str], lexicon: Lexicon) -> None:
        """`written`: product id -> its squeezed name."""
        self._parts = parts
        self._abbreviations = Abbreviations(written, word_set(lexicon, "signs.no_name_characters"))

    def by_parts(self, text: str, chosen: Sequence[Mention], edges: frozenset[int]) -> Iterator[Mention]:
        """Goods said by parts of their names, in the clauses in which nothing else is named, or where the
        part holds what seemed to be the name of others: 奇异果 of 银河奇异果TV, 猫砂 of 猫砂盆."""
        known = covered(len(text), chosen)
        labels = [m for m in chosen if m.kind is MentionKind.NAME and self._parts.only_labels(m.text)]
        named = [mention for mention in chosen if mention.kind in GOODS and mention not in labels]
        closed = _closed(text, named, labels)
        for part in self._parts.read(text, closed, edges):
            if sum(not one for one in known[part.start : part.end]) >= SHORT_PART:
                yield _by_part(text, part)
        if any(map(_said_shorter, named)):
            yield from self._around(text, named, labels, known, edges)

    def _around(
        self, text: str, named: Sequence[Mention], labels: Sequence[Mention], known: bytearray,
        edges: frozenset[int],
    ) -> Iterator[Mention]:  # fmt: skip
        """Parts that hold all of what was said shorter, and go on."""
        whole = [m for m in named if not _said_shorter(m)]
        for part in self._parts.read(text, _closed(text, whole, labels), edges, labels=False):
            beside = [m for m in named if m.start < part.end and part.start < m.end]
            words = [text[m.start : m.end] for m in beside]
            part.options = {
                one: cost
                for one, cost in part.options.items()
                if all(self._parts.in_name(one, word) for word in words)
            }
            more = not all(known[part.start : part.end])
            if beside and part.options and more and all(_within(m, part) for m in beside):
                yield _by_part(text, part)

    def by_kind(self, text: str, chosen: Sequence[Mention]) -> Iterator[Mention]:
        """Goods named by their kind alone, where nothing is named and nothing else is for the same."""
        if any(mention.kind in GOODS for mention in chosen):
            return
        for part in self._parts.kinds(text, bytearray(len(text))):
            if any(
                one.kind is MentionKind.NOUN
                and one.role is Role.SUBJECT
                and part.start <= one.start < one.end <= part.end
                and one.options.keys() == part.options.keys()
                for one in chosen
            ):
                said = text[part.start : part.end]
                yield Mention(part.start, part.end, said, MentionKind.NAME, part.options, Closeness.PARTIAL)

    def abbreviated(self, text: str, chosen: Sequence[Mention]) -> Iterator[Mention]:
        """Goods of whose names the middle was left out, where nothing is named."""
        if any(mention.kind in GOODS for mention in chosen):
            return
        for start, end, meant in self._abbreviations.read(text, covered(len(text), chosen)):
            options = dict.fromkeys(meant, SHORT_FORM_COST)
            yield Mention(start, end, text[start:end], MentionKind.NAME, options, Closeness.PARTIAL)


GOODS = frozenset({MentionKind.NAME, MentionKind.UNKNOWN})


def _closed(text: str, named: Sequence[Mention], labels: Sequence[Mention]) -> bytearray:
    """The clauses in which goods are named, and the labels of sizes (硕博版): a part of the name of these may stand
    beside them."""
    closed = clauses_with(text, [(mention.start, mention.end) for mention in named])
    for label in labels:
        closed[label.start : label.end] = b"\x01" * (label.end - label.start)
    return closed


def _by_part(text: str, part: Part) -> Mention:
    closeness = Closeness.SOUND if part.by_sound else Closeness.PARTIAL
    thin = part.end - part.start <= SHORT_PART
    said = text[part.start : part.end]
    return Mention(part.start, part.end, said, MentionKind.NAME, part.options, closeness, thin=thin)


def _said_shorter(mention: Mention) -> bool:
    """Whether it is no whole name or alias of anything, so that a longer name may hold it."""
    return mention.kind is MentionKind.NAME and min(mention.options.values(), default=0.0) > 0


def _within(mention: Mention, part: Part) -> bool:
    """Whether a part of a name goes on where a mention ends, or begins before it."""
    longer = part.end - part.start > mention.end - mention.start
    return longer and part.start <= mention.start and mention.end <= part.end
