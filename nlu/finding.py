"""What each reader finds on a page, in the order in which no later one can be misled.

References and recipients take their digits first, names take theirs before numbers are looked at.
Nothing is believed yet: that is the business of `nlu/believing.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nlu import accounts, amounts, filters, list_markers, other_numbers, payments, quantities, references
from nlu.accounts import Account
from nlu.alternations import any_of
from nlu.amounts import Units
from nlu.assortment import Assortment
from nlu.chatting import without_inside
from nlu.corrections import Cue, CueKind, Cues
from nlu.counts import shared_sizes
from nlu.found import Found
from nlu.leftovers import Leftovers
from nlu.lexicon import Lexicon
from nlu.mention import Closeness, Mention, MentionKind
from nlu.mentions import follows, goes_on_in_front, without_labels
from nlu.normalise import plain
from nlu.not_names import standing_alone
from nlu.other_numbers import OtherKind
from nlu.page import Mark, Page
from nlu.products import Names
from nlu.servers_said import ServersSaid
from nlu.signs import Signs
from nlu.taking_back import REFUSING_REACH, parts_of_numbers, refuses
from nlu.vocabulary import Vocabulary


class Finding:
    """Runs the readers for one catalog."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, names: Names, units: Units, leftovers: Leftovers
    ) -> None:
        self._lexicon, self._names, self._units, self._leftovers = lexicon, names, units, leftovers
        self._cues = Cues(lexicon)
        self._servers = ServersSaid(vocabulary, lexicon, names.table)
        self._signs = Signs.read(lexicon)
        self._numeral = re.compile(any_of(lexicon, "signs.numeral_characters"))
        self._verbs = lexicon.words("stance.topup_verbs")
        served = {plain(region) for one in vocabulary.products.values() for region in one.regions}
        no_names = [word for word in lexicon.words("names.not_names") if word not in served]
        self._not_names = standing_alone(no_names, names.table.namer.words)

    def found(self, page: Page, goods: Assortment) -> Found:
        """What each reader finds, in the order in which no later one can be misled."""
        markers = list_markers.skip(page)
        order = references.read(page, self._lexicon)
        vast = quantities.read_vast(page)
        recipients = accounts.read(page, self._lexicon)
        self._set_aside(page)
        mentions = self._mentioned(page, recipients, goods)
        self._take_names(page, mentions)
        accounts.take_hosts_named(page, recipients)
        words = self._with_verbs(page, _with_references(page, order), mentions)
        parts = parts_of_numbers(page, self._lexicon)
        others = other_numbers.read(page, self._lexicon, self._units)
        limits = filters.read(page, self._lexicon)
        sorts = filters.read_sort(page, self._lexicon)
        sizes = amounts.read(page, self._lexicon, self._units)
        counts = tuple(sorted((*vast, *quantities.read(page, self._lexicon)), key=lambda mark: mark.start))
        paying = payments.read(page, self._lexicon)
        for idle in (self._signs.careful, self._signs.secret):
            words = idle.sub(lambda said: "\0" * len(said[0]), words)
        cues = _grouped(self._cues.read_spaced(words))
        return Found(
            page, markers, order, recipients, mentions, parts, others, limits, sorts, sizes, counts, paying,
            cues,
        )  # fmt: skip

    def _take_names(self, page: Page, mentions: Sequence[Mention]) -> None:
        """Takes the characters of names away, so that their digits are no sizes."""
        for mention in mentions:
            holds_numeral = (
                mention.kind is MentionKind.NOUN and self._numeral.search(mention.text) is not None
            )
            named = mention.kind in (MentionKind.NAME, MentionKind.REGION, MentionKind.UNKNOWN)
            labels = mention.kind is MentionKind.QUALIFIER and mention.role is None
            is_unit = mention.text in self._units.spellings
            if (named or holds_numeral or labels) and not is_unit:
                _take(page, mention.start, mention.end)

    def _set_aside(self, page: Page) -> None:
        """Words that hold the name of a good and mean none: the assistant that one talks through."""
        for match in self._not_names.finditer(page.rest()):
            _take(page, match.start(), match.end())

    def _mentioned(
        self, page: Page, recipients: Sequence[Mark[Account]], goods: Assortment
    ) -> tuple[Mention, ...]:  # fmt: skip
        """The names, without the labels of recipients and the ends of longer words."""
        labels = [mark.value.label for mark in recipients if mark.value.label]
        read = [_without_numeral(page.text, mention) for mention in self._names.read(page)]
        whole = tuple(
            kept
            for mention in read
            if (kept := without_labels(page.text, mention, labels, self._names.table.entries)) is not None
        )
        if not any(mention.kind is MentionKind.NAME for mention in whole):
            whole = tuple(
                sorted((*whole, *_goods_as_labels(read, recipients, goods)), key=lambda one: one.start)
            )
        whole = goods.labelled(page.text, self._servers.read(page.text, whole))
        return tuple(m for m in whole if not self._is_end_of_word(page.text, m, whole))

    def _is_end_of_word(self, text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """Whether an uncertain name is but the end of a longer word that nobody knows."""
        asked_about = mention.guessed and self._names.dense
        if mention.kind is not MentionKind.NAME or asked_about:
            return False
        left = self._leftovers
        # What stands in front is soon seen; whether a name is made of general words takes longer.
        return (
            goes_on_in_front(text, mention, left.function_characters, left.spoken_to, left.begun)
            and (
                mention.thin
                or mention.closeness is not Closeness.EXACT
                or mention.text in self._names.table.soft
            )
            and not follows(mention, mentions)
        )

    def _with_verbs(self, page: Page, words: str, mentions: Sequence[Mention]) -> str:
        """`words` with the verb that a name begins with (充话费): 别充话费 forbids all the same."""
        headed = [mention for mention in mentions if page.text.startswith(self._verbs, mention.start)]
        if not headed:
            return words
        text = list(words)
        for mention in headed:
            verb = next(one for one in self._verbs if page.text.startswith(one, mention.start))
            text[mention.start : mention.start + len(verb)] = verb
        return "".join(text)

    def without_misheard(self, found: Found) -> Found:
        """Without tiers that are a piece of a count (个人 of 8个人 and 几个人), and without an earlier order that is
        only named to be refused (别再充到上回那个号)."""
        text = found.page.text
        counted = [(mark.start, mark.end) for mark in found.others if mark.value.kind is OtherKind.MANY]
        counted += [
            (mention.start - 1, mention.end)
            for mention in found.mentions
            if mention.text.startswith(_COUNTER) and text[mention.start - 1 : mention.start] in _FEW
        ]
        if not counted and not found.order:
            return found
        mentions = tuple(
            mention
            for mention in found.mentions
            if mention.kind is not MentionKind.QUALIFIER
            or not any(start < mention.end and mention.start < end for start, end in counted)
        )
        order = tuple(mark for mark in found.order if not refuses(text, mark.start, self._lexicon))
        cues = found.cues
        if len(order) < len(found.order):
            gone = [(mark.start - REFUSING_REACH, mark.end) for mark in found.order if mark not in order]
            cues = without_inside(cues, gone)
        if shares := shared_sizes(text, found.sizes, len(found.recipients)):
            cues = without_inside(cues, shares)
        return replace(found, mentions=mentions, order=order, cues=cues)


_COUNTER = "个"
_FEW = frozenset("几数")


def _grouped(cues: Sequence[Cue]) -> Mapping[CueKind, tuple[Cue, ...]]:
    grouped: dict[CueKind, list[Cue]] = defaultdict(list)
    for cue in cues:
        grouped[cue.kind].append(cue)
    return {kind: tuple(found) for kind, found in grouped.items()}


def _goods_as_labels(
    mentions: Iterable[Mention], recipients: Sequence[Mark[Account]], goods: Assortment
) -> Iterator[Mention]:
    """加油卡 9030…: where nothing else names the goods, the label of their recipient does, if it is their very name."""
    kinds = {mark.value.label: mark.value.kinds[:1] for mark in recipients if mark.value.label is not None}
    for mention in mentions:
        exact = mention.kind is MentionKind.NAME and mention.closeness is Closeness.EXACT and not mention.thin
        kind = kinds.get((mention.start, mention.end))
        if exact and kind and goods.account_kinds((mention,)) == set(kind):
            yield mention


def _take(page: Page, start: int, end: int) -> None:
    if page.free(start, end):
        page.take(start, end)


def _with_references(page: Page, order: Sequence[Mark[references.Reference]]) -> str:
    """What is free, and the words that point at an order: 按上次的 is both."""
    if not order:
        return page.rest()
    text = list(page.rest())
    for mark in order:
        text[mark.start : mark.end] = page.text[mark.start : mark.end]
    return "".join(text)


def _without_numeral(text: str, mention: Mention) -> Mention:
    """骏网 of 骏网一百, where 骏网一卡通 is sold, and 花卡 of 花卡十五张, which sounds like 花卡实物: a number that is
    counted in ends no name."""
    if mention.kind is not MentionKind.NAME:
        return mention
    begun = _NUMBER_BEGUN.match(text, mention.end - 1) is not None
    if begun and not mention.text.endswith(text[mention.end - 1]):
        return replace(mention, end=mention.end - 1)
    tail = _NUMBER_AT_END.search(text, mention.start + _NAME_MIN, mention.end)
    guessed = mention.closeness is not Closeness.EXACT and tail is not None and tail[0] not in mention.text
    counted = guessed and _COUNTED.match(text, mention.end) is not None
    return replace(mention, end=tail.start()) if counted and tail is not None else mention


_NAME_MIN = 2
_NUMBER_AT_END = re.compile("[一二两三四五六七八九十百]+$")
_COUNTED = re.compile("[张个份套台块元折]")
_NUMBER_BEGUN = re.compile("[一二两三四五六七八九][十百千万]")
