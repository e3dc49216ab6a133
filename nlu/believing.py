"""What is believed of what was found on a page: each number is a size, a count or a recipient, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from nlu.accounts import EMAIL, Account
from nlu.alternations import any_of, either
from nlu.amounts import Amount, AmountKind, Units
from nlu.asides import Asides
from nlu.assortment import Assortment
from nlu.corrections import CueKind
from nlu.counts import shared_sizes, without_parts
from nlu.covered import Covered
from nlu.domains import introduces
from nlu.entries import Entry
from nlu.found import Found, Slots
from nlu.given_up import is_given_up
from nlu.leftovers import Leftovers
from nlu.lexicon import Lexicon
from nlu.mailboxes import Mailboxes
from nlu.mention import Mention, MentionKind
from nlu.mentions import believed, owners, with_owner
from nlu.numbers_used import (
    called_one,
    counts_or_sizes,
    counts_people,
    listed,
    one_of_them,
    sent_to,
)
from nlu.page import Mark
from nlu.quantities import Quantity
from nlu.signs import Signs
from nlu.split_names import split_by_sizes
from nlu.spoken_of import spoken_of
from nlu.units_named import without_units
from nlu.unlabelled import unlabelled, without_idle

Sizes = tuple[Mark[Amount], ...]
Counts = tuple[Mark[Quantity], ...]


class Believing:
    """Tells this for one catalog."""

    def __init__(
        self, lexicon: Lexicon, units: Units, leftovers: Leftovers, entries: Mapping[str, Entry]
    ) -> None:
        """`entries`: the names of the catalog."""
        self._lexicon, self._units, self._leftovers, self._entries = lexicon, units, leftovers, entries
        self._signs = Signs.read(lexicon)
        self._rejecting = rejecting_words(lexicon)
        self._counts_of_life = frozenset(lexicon.words("aside.counts_of_life"))
        self._makes = frozenset(lexicon.words("other_numbers.makes"))
        self._few_of = lexicon.words("contacts.few_of")
        callers = set(lexicon.words("contacts.called_upon"))
        people = {*lexicon.words("contacts.people"), *lexicon.words("contacts.counted")}
        self._of_people = re.compile(either(people - callers))
        self._person = re.compile(any_of(lexicon, "contacts.people"))

    def slots(self, found: Found, goods: Assortment, kind_asked: str | None, told: frozenset[int]) -> Slots:
        """`kind_asked`: the kind of recipient that was just asked for. `told`: where numbers stand that are
        no part of an order."""
        text = found.page.text
        found = self._in_misspelt_units(found)
        theirs = owners(
            text,
            found.mentions,
            [mark.start for mark in found.recipients],
            lambda end: introduces(text, end, found.recipients, self._lexicon),
        )
        mailboxes = Mailboxes(text, found.recipients, found.numbers, self._lexicon)
        mailed = EMAIL in goods.account_kinds(m for m in found.mentions if m.kind is MentionKind.NAME)
        theirs += mailboxes.whose(found.mentions, mailed)
        mentions = tuple(mention for mention in found.mentions if mention not in theirs)
        mentions = believed(
            text, mentions, found.sizes, goods, _several(found), self._rejecting,
            lambda end: is_given_up(text, end, self._lexicon),
        )  # fmt: skip
        mentions = split_by_sizes(text, mentions, found.sizes, self._entries)
        mentions = without_units(text, mentions, found.sizes, goods)
        mentions = tuple(mention for mention in mentions if mention.start not in told)
        named = [mention for mention in mentions if mention.kind is MentionKind.NAME]
        aside = spoken_of(
            text, mentions, [start for start, _ in found.numbers], [mark.start for mark in found.recipients if mark.value.claimed],
            found.cues, self._lexicon,
        )  # fmt: skip
        mentions = tuple(mention for mention in mentions if mention not in aside)
        named = [mention for mention in named if mention not in aside]
        asides = Asides(
            text, found.page.rest(), mentions, found.recipients, found.cues,
            found.numbers, self._signs,
            self._leftovers.function_characters, self._counts_of_life,
        )  # fmt: skip
        sizes, counts = self._beside_no_aside(found, asides, told, (*named, *theirs))
        counts, sizes = self._of_goods(found, goods, mentions, named, counts, sizes)
        counted, sized = counts_or_sizes(counts, sizes)
        units = goods.counted_in(dict.fromkeys(chain.from_iterable(name.options for name in named)))
        strange = [mark for mark in sized if units.isdisjoint(mark.value.units)]
        perhaps_told = (
            asides.stories([*counted, *strange])
            | asides.named_in_stories(named)
            | asides.of_other_shops([*counted, *sized])
        )
        used = tuple(
            mailboxes.labelled(with_owner(text, mark, theirs), theirs)
            for mark in self._recipients(found, goods, mentions, sizes, kind_asked)
        )
        counted = without_parts(counted, len({mark.value.text for mark in used}))
        of_recipients = Covered.by(used)
        counted = tuple(mark for mark in counted if not of_recipients.meets(mark.start, mark.end))
        return Slots(
            mentions,
            used,
            self._of_no_recipient(sized, used, mentions),
            counted,
            perhaps_told,
            frozenset(mention.start for mention in aside),
        )

    def _in_misspelt_units(self, found: Found) -> Found:
        misspelt = [mention for mention in found.mentions if mention.guessed and self._is_unit(mention)]
        if not misspelt:
            return found
        return replace(found, sizes=tuple(_in_unit(mark, misspelt, self._units) for mark in found.sizes))

    def _beside_no_aside(
        self, found: Found, asides: Asides, told: frozenset[int], names: Sequence[Mention]
    ) -> tuple[Sizes, Counts]:
        """Sizes and counts of what is ordered: neither told by the way nor a piece of a name or of a share."""
        text = found.page.text
        sizes = tuple(
            mark
            for mark in found.sizes
            if mark.value.kind is not AmountKind.BARE
            or not (self._signs.no_size.match(text, mark.end) or one_of_them(text, mark))
        )
        sizes = asides.without_asides([mark for mark in sizes if mark.start not in told])
        counts = asides.without_asides([mark for mark in found.counts if mark.start not in told])
        kept = {mark.start for mark in counts}
        aside = [mark for mark in found.counts if mark.start not in kept]
        shares = {end for _, end in shared_sizes(text, found.sizes, len(found.recipients))}
        of_asides, of_names = Covered.by(aside), Covered.by(names)
        sizes = tuple(
            mark
            for mark in sizes
            if (mark.value.kind is not AmountKind.BARE or not of_asides.meets(mark.start, mark.end))
            and not (of_names.holds(mark.start, mark.end) and any(_inside(mark, name) for name in names))
            and mark.end not in shares
        )
        return sizes, counts

    def _of_goods(
        self, found: Found, goods: Assortment, mentions: Sequence[Mention], named: Sequence[Mention],
        counts: Counts, sizes: Sizes,
    ) -> tuple[Counts, Sizes]:  # fmt: skip
        """Without what counts people, or is a piece of a longer name."""
        text = found.page.text
        foreign = [
            mark
            for mark in counts
            if (
                mark.value.word in _OF_PEOPLE
                and self._of_people.match(text, mark.value.follows)
                and not _labels_the_only_one(mark, found)
            )
            or (mark.value.count is None and text.endswith(self._few_of, 0, mark.start))
            or (counts_people(text, mark, mentions, sizes) and len(found.recipients) > 1)
            or goods.counts_in_names(text, named, mark.start, mark.end)
        ]
        # Q币15个 QQ…: what counts no recipient is a size all the same.
        gone = [
            mark
            for mark in foreign
            if mark.value.count == 1
            or mark.value.word not in _OF_PEOPLE
            or self._person.match(text, mark.value.follows)
        ]
        not_sizes = Covered.by(gone)
        return (
            tuple(mark for mark in counts if mark not in foreign),
            tuple(mark for mark in sizes if not not_sizes.meets(mark.start, mark.end)),
        )

    def _recipients(
        self, found: Found, goods: Assortment, mentions: Sequence[Mention], sizes: Sizes, kind_asked: str | None
    ) -> Iterable[Mark[Account]]:  # fmt: skip
        """Numbers and words that are recipients: called so, needed, listed, asked for or sent to."""
        text = found.page.text
        kinds = goods.account_kinds(m for m in mentions if m.kind is MentionKind.NAME)
        recipients = without_idle(found.recipients, kinds, self._lexicon)
        needed = unlabelled(text, recipients, mentions, sizes, goods, self._makes)
        rows = listed(text, recipients)
        return (
            mark
            for mark in recipients
            if mark.value.claimed
            or mark in needed
            or mark in rows
            or called_one(mark)
            or kind_asked in mark.value.kinds
            or sent_to(text, mark, sizes)
        )

    def _of_no_recipient(
        self, sized: Sizes, used: Sequence[Mark[Account]], mentions: Sequence[Mention]
    ) -> Sizes:
        """Sizes that are no piece of a recipient or its label, nor of the unit of other goods."""
        of_recipients = Covered.by(used)
        labels = Covered(mark.value.label for mark in used if mark.value.label is not None)
        units = Covered.by(mention for mention in mentions if self._is_unit(mention))
        return tuple(
            mark
            for mark in sized
            if not of_recipients.meets(mark.start, mark.end)
            and not labels.holds(mark.start, mark.end)
            and not units.holds(mark.start, mark.end + 1)  # more of the unit stands behind the size
        )

    def _is_unit(self, mention: Mention) -> bool:
        return mention.text in self._units.spellings


_OF_PEOPLE = frozenset(("个", "位", "名", "台", "口", "部", "条"))
_APART = re.compile("[\n、+;；。]")
_PAUSED = re.compile("[\n、+;；。,，]")
_WANTED = re.compile("[来要整搞拿买订]$")


def rejecting_words(lexicon: Lexicon) -> tuple[str, ...]:
    """Words in front of a tier that is not wanted, longest first."""
    return tuple(sorted(lexicon.words("goods.rejecting"), key=len, reverse=True))


def _several(found: Found) -> bool:
    """Whether goods may be named one after the other."""
    return (
        CueKind.JOIN in found.cues
        or CueKind.CORRECTION in found.cues
        or CueKind.OR in found.cues
        or _APART.search(found.page.text) is not None
    )


def _in_unit(mark: Mark[Amount], misspelt: Sequence[Mention], units: Units) -> Mark[Amount]:
    """100快鼻 counts 快币, however it is spelled: it is no bare number that may as well be a price."""
    unit = next((mention for mention in misspelt if mention.start == mark.end), None)
    if unit is None or mark.value.kind is not AmountKind.BARE:
        return mark
    value = replace(mark.value, kind=AmountKind.SIZE, units=units.spellings[unit.text])
    return replace(mark, value=value)


def _labels_the_only_one(mark: Mark[Quantity], found: Found) -> bool:
    """月卡来两个手机号码138…: so many goods are wanted, and what stands behind the count is the label of the one
    recipient. Not 给两个手机号码充."""
    text, called = found.page.text, [one for one in found.recipients if one.value.claimed]
    if len(called) != 1 or called[0].value.label is None or not _WANTED.search(text, 0, mark.start):
        return False
    begin, end = called[0].value.label
    return begin == mark.value.follows and not _PAUSED.search(text, end, called[0].start)


def _inside(mark: Mark[Amount], name: Mention) -> bool:
    """Whether a size is but a part of a name: 三角 of 三角币."""
    return name.start <= mark.start and mark.end <= name.end and mark.end - mark.start < name.end - name.start
