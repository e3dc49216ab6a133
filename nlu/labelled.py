"""Words of the variants' labels in a message: 家庭和企业版 is one word, and neither a tier nor a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlu.mention import Closeness, Mention, MentionKind
from nlu.siblings import KIN_MAX
from nlu.squeezing import squeezed
from nlu.variants import Sizes


def labelled(text: str, mentions: Sequence[Mention], sizes: Sizes) -> tuple[Mention, ...]:
    """The mentions, with the labels of their variants as qualifiers (家庭和企业版, 大杯) instead of the
    tiers and nouns that stand inside of these."""
    named = dict.fromkeys(one for m in mentions if m.kind is MentionKind.NAME for one in m.options)
    if not named or len(named) > KIN_MAX:
        return tuple(mentions)
    only = [mention for mention in mentions if _only_a_label(mention, mentions, sizes)]
    firm = [m for m in mentions if m.kind not in _MAY_BE_A_LABEL and m not in only]
    bare, places = squeezed(text)
    edges = frozenset(at for at in range(1, len(bare)) if places[at] - places[at - 1] > 1)
    labels = [
        Mention(places[start], places[end - 1] + 1, word, MentionKind.QUALIFIER)
        for start, end, word in sizes.labels_in(bare, named, edges)
    ]
    if not labels and not only:
        return tuple(sorted(mentions, key=lambda mention: mention.start))
    slips = [m for m in firm if any(_misread(m, label, firm, sizes) for label in labels)]
    firm = [mention for mention in firm if mention not in slips]
    firm = [_without_label(mention, labels, sizes) for mention in firm]
    inside = [m for m in firm if any(_swallows(label, m, firm, sizes) for label in labels)]
    firm = [mention for mention in firm if mention not in inside]
    labels = [piece for label in labels for piece in _around_names(text, label, firm, sizes)]
    labels += [
        replace(mention, kind=MentionKind.QUALIFIER, options={}, family={})
        for mention in only
        if mention.closeness is not Closeness.EXACT
    ]
    labels = [label for label in labels if not any(_overlap(label, mention) for mention in firm)]
    gone = (*only, *inside, *slips)
    kept = [
        m
        for m in (_without_label(m, labels, sizes) for m in mentions if m not in gone)
        if not any(_overlap(label, m) for label in labels)
    ]
    return tuple(sorted((*kept, *labels), key=lambda mention: mention.start))


def _misread(mention: Mention, label: Mention, names: Sequence[Mention], sizes: Sizes) -> bool:
    """Whether what was taken for a misspelt name of the goods beside it (初中年卡 of 初中版年卡), or for goods
    that are not sold here (office of MS Office), begins with a label of those."""
    guessed = mention.kind is MentionKind.NAME and mention.closeness is not Closeness.EXACT
    within = label.start <= mention.start < label.end
    if not within or not (guessed or mention.kind is MentionKind.UNKNOWN):
        return False
    return any(
        other.kind is MentionKind.NAME
        and other.closeness is Closeness.EXACT
        and not _overlap(other, label)
        and (not guessed or mention.options.keys() <= other.options.keys())
        and all(label.text in sizes.words(one) for one in other.options)
        for other in names
        if other is not mention
    )


def _without_label(mention: Mention, labels: Sequence[Mention], sizes: Sizes) -> Mention:
    """英语 of 英语六级, which is no misspelt 英语四六级: the label at its end is read as such."""
    if mention.kind is not MentionKind.NAME or mention.closeness is Closeness.EXACT:
        return mention
    for label in labels:
        ends = label.end == mention.end and label.start - mention.start >= _NAME_MIN
        if ends and all(label.text in sizes.words(one) for one in mention.options):
            return replace(mention, end=label.start)
    return mention


_NAME_MIN = 2


def _swallows(label: Mention, mention: Mention, names: Sequence[Mention], sizes: Sizes) -> bool:
    """Whether a name is but a piece of a label of other goods: 席位 of 编辑席位, where another good is counted
    in 席位."""
    within = label.start <= mention.start and mention.end <= label.end
    if not within or mention.kind is not MentionKind.NAME or _length(mention) >= _length(label):
        return False
    return any(
        label.text in sizes.words(one)
        for other in names
        if other.kind is MentionKind.NAME and not _overlap(other, label)
        for one in other.options
        if one not in mention.options
    )


def _around_names(
    text: str, label: Mention, firm: Sequence[Mention], sizes: Sizes
) -> Iterator[Mention]:  # fmt: skip
    """A label as it stands; or, where it ends in the goods' own name, what is said in front of that: 深度 of
    深度保洁."""
    names = [m for m in firm if m.kind is MentionKind.NAME and label.start < m.start < label.end]
    if not names:
        yield label
        return
    front = text[label.start : names[0].start].strip()
    if any(front in sizes.words(one) for one in names[0].options):
        yield replace(label, end=label.start + len(front), text=front)


def _length(mention: Mention) -> int:
    return mention.end - mention.start


def _only_a_label(mention: Mention, mentions: Sequence[Mention], sizes: Sizes) -> bool:
    """Whether a name is that of a variant (家庭和学生版) whose product is named beside it, and not by another
    label again (舰长, 提督)."""
    return (
        mention.kind is MentionKind.NAME
        and _is_label(mention, sizes)
        and any(
            other.kind is MentionKind.NAME
            and other.options.keys() & mention.options
            and not _is_label(other, sizes)
            for other in mentions
        )
    )


def _is_label(name: Mention, sizes: Sizes) -> bool:
    return all(name.text in sizes.words(one) for one in name.options)


_MAY_BE_A_LABEL = frozenset({MentionKind.QUALIFIER, MentionKind.NOUN})


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
