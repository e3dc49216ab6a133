"""Signs that something was said which nobody understood: half a choice, a partner without a name, a price.

A reader takes from such talk what it can use; here the line that it was taken for is put in doubt. What is
wrong with the numbers themselves is found by `nlu/broken_numbers.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence, Set

from rapidfuzz.distance import OSA

from nlu.broken_numbers import (
    READ,
    broken,
    counted_twice,
    misheard_counts,
    misspelt_unit,
    run_on,
    shredded_numbers,
    unread_periods,
)
from nlu.leftovers import Left
from nlu.lexicon import Lexicon
from nlu.mention import Closeness
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record, same_value
from nlu.sounds import heard
from nlu.understanding import Slot

LATIN_WORD_MAX = 12
_LATIN_BEFORE = re.compile(rf"(?<![a-z])[a-z]{{2,{LATIN_WORD_MAX}}} ?$")
_LATIN = re.compile(r"(?<![a-z@._\-])[a-z]{3,10}(?![a-z@._\-])")
_CHANGED = re.compile(r"[\u4e00-\u9fff]{2,6}")
_PAUSE = re.compile(r"[,，;。\n]")
_PARTS_OF_SPEECH = frozenset({EventKind.QUALIFIER, EventKind.JOIN, EventKind.OR})
_PRICE = re.compile("价[啥什么多几]|[啥么多何]价")
_LOST = "\ufffd"
_ENDED = re.compile(r"[,，;。\n]|[张份个套] ")


def misgive(
    text: str, events: Sequence[Event], records: Sequence[Record], spare: Left, wished: bool,
    changes: Sequence[int], lexicon: Lexicon,
) -> None:  # fmt: skip
    """Mark the records that such a sign speaks against. `wished`: a word of asking for goods was said.
    `changes`: behind words of changing that begin a clause."""
    for at in _strange_places(text, events, spare, wished, changes, lexicon):
        _doubt(records, at)
    left = spare.over
    # A character that was lost on the way may have been a digit.
    lost = _LOST in text
    of_each = len(records) > 1 and any(_perhaps_of_each(text, event, left) for event in events)
    if not wished and _only_mentioned(text, records, left, lexicon):
        records[0].doubtful = True
    several = sum(bool(record.accounts) for record in records) > 1
    starts = [event.start for event in events]
    for record in records:
        taken_up = events[bisect_left(starts, record.start) : bisect_right(starts, record.end)]
        amounts = [event for event in taken_up if event.kind is EventKind.AMOUNT]
        if (
            lost
            or of_each
            or _said_again(text, amounts, left)
            or (not several and counted_twice(text, taken_up))
            or any(_perhaps_of_a_stranger(record, event, left) for event in taken_up)
            or _sized_below_a_scrap(text, amounts, taken_up, events, lexicon)
            or _perhaps_of_other_goods(text, record, events, spare, lexicon)
        ):
            record.doubtful = True


def _strange_places(
    text: str, events: Sequence[Event], spare: Left, wished: bool, changes: Sequence[int], lexicon: Lexicon
) -> Iterable[int]:
    """Where something stands that speaks against the record that it is said of."""
    left, nameable = spare.over, spare.nameable
    yield from misheard_counts(text, left)
    yield from _misspelt_tiers(text, events, lexicon)
    yield from unread_periods(text, events, left)
    yield from _unread_choices(events, left)
    yield from _misheard_carriers(text, events, left, lexicon)
    yield from _misheard_less(text, events, left, lexicon)
    yield from _unread_changes(text, events, changes, left)
    yield from _unread_partners(text, events, nameable, lexicon)
    yield from shredded_numbers(text, events)
    yield from _half_a_choice(events)
    yield from _unread_others(text, events, left)
    yield from _guessed_names(events, left)
    yield from _unread_prices(text, left, wished)
    yield from broken(text, events, lexicon)
    for event in events:
        if event.amount is not None and (
            run_on(text, event, events, left) or misspelt_unit(text, event, events, lexicon)
        ):
            yield event.start


def _perhaps_of_a_stranger(record: Record, event: Event, left: frozenset[int]) -> bool:
    """天、龙八部, 滴敌20一张，高德…: what stands in front of a size or a count was perhaps its name."""
    if event.kind is not EventKind.AMOUNT and event.kind is not EventKind.QUANTITY:
        return False
    if event.start - 1 not in left or any(name.start < event.start for name in record.names):
        return False
    counted = event.quantity is not None and event.quantity.kind is QuantityKind.COUNTED
    perhaps_named = event.amount is not None and event.start - 2 in left and not record.corrected
    return (counted and not record.names) or perhaps_named


def _perhaps_of_other_goods(
    text: str, record: Record, events: Sequence[Event], spare: Left, lexicon: Lexicon
) -> bool:
    """花废充100 takes no other line's goods, and 金拱就100 is no plain top-up; nor does PN日服 10000."""
    if record.name is not None and Slot.PRODUCT not in record.inherited:
        return False
    tiers = record.qualifiers if record.names else ()
    return any(
        _scrap_near(event, spare.over)
        or _latin_scrap(text, event, events, lexicon)
        or _scrap_behind(text, event, spare.nameable)
        for event in record.amounts
    ) or any(_latin_scrap(text, event, events, lexicon) for event in tiers)


def _perhaps_of_each(text: str, event: Event, left: frozenset[int]) -> bool:
    """A、B、C，铬两张: two of each, or of the last alone?"""
    counted = event.quantity is not None and event.quantity.kind is QuantityKind.COUNTED
    at = event.start - 1
    return counted and at in left and at > 0 and _PAUSE.match(text, at - 1) is not None


def _said_again(text: str, amounts: Sequence[Event], left: frozenset[int]) -> bool:
    """滴滴20一张，高20一张, psn港服100一张 esohp港服100: the same size again behind what was perhaps a name."""
    return any(
        _ENDED.search(text, one.end, event.start) and same_value(one, event)
        for at, event in enumerate(amounts)
        if event.start - 1 in left
        for one in amounts[:at]
    )


def _sized_below_a_scrap(
    text: str, amounts: Sequence[Event], taken_up: Sequence[Event], events: Sequence[Event], lexicon: Lexicon
) -> bool:
    """psn港服100一张 esohp港服100一张: behind a size comes a line of its own, whose goods nobody could read."""
    sized = min((amount.end for amount in amounts), default=len(text))
    tiers = lexicon.words("signs.latin_tiers")
    return any(
        event.start >= sized
        and event.kind in _SIZING
        and _latin_scrap(text, event, events, lexicon)
        and not text[: event.start].rstrip().endswith(tiers)
        for event in taken_up
    )


_SIZING = frozenset({EventKind.AMOUNT, EventKind.QUALIFIER})


def _scrap_near(event: Event, left: frozenset[int]) -> bool:
    return any(event.start - at in left and event.start - at - 1 in left for at in (1, 2))


def _scrap_behind(text: str, event: Event, nameable: Set[int]) -> bool:
    """50的巴星克: goods that nobody could read."""
    at = event.end + (text[event.end : event.end + 1] == "的")
    return {at, at + 1} <= nameable


def _latin_scrap(text: str, event: Event, events: Sequence[Event], lexicon: Lexicon) -> bool:
    """Kep年卡: letters right in front of a size, read by nobody."""
    found = _LATIN_BEFORE.search(text, max(0, event.start - LATIN_WORD_MAX - 1), event.start)
    if found is None or found[0].strip() in lexicon.words("signs.latin_talk"):
        return False
    return not any(
        other.start <= found.start() < other.end
        for other in events
        if other.kind in READ or other.kind in _PARTS_OF_SPEECH
    )


def _doubt(records: Sequence[Record], at: int) -> None:
    before = [record for record in records if record.start <= at]
    for record in before[-1:] or records[:1]:
        record.doubtful = True


def _unread_choices(events: Sequence[Event], left: frozenset[int]) -> Iterable[int]:
    """日服还是服美: the other one was not understood."""
    for event in events:
        if event.kind is EventKind.OR and not left.isdisjoint(range(event.end, event.end + 3)):
            yield event.start
        if event.kind is EventKind.OR and {event.start - 1, event.start - 2} <= left:
            # 优枯或者爱奇艺
            yield next((other.start for other in events if other.start >= event.end), event.start)


def _unread_changes(
    text: str, events: Sequence[Event], changes: Sequence[int], left: frozenset[int]
) -> Iterable[int]:
    """…，换快冲的: it was said to what, and nobody understood."""
    slots = sorted(event.start for event in events if event.kind in READ | {EventKind.QUALIFIER})
    for at in changes:
        begins = at + (text[at : at + 1] == " ")
        unread = begins in left and begins + 1 in left
        if slots and slots[0] < at and (unread or (slots[-1] < at and _CHANGED.match(text, at))):
            yield at


def _unread_partners(
    text: str, events: Sequence[Event], nameable: Set[int], lexicon: Lexicon
) -> Iterable[int]:
    """讯视频和B站都…: of two goods that are joined nobody understood the one."""
    joins = lexicon.words("signs.joins_names")
    names = [event for event in events if event.kind is EventKind.NAME]
    begins, ends = {name.start for name in names}, {name.end for name in names}
    for event in events:
        unread = ({event.start - 1, event.start - 2} <= nameable and event.end in begins) or (
            {event.end, event.end + 1} <= nameable and event.start in ends
        )
        if event.kind is EventKind.JOIN and unread and text[event.start : event.end] in joins:
            yield event.start


def _half_a_choice(events: Sequence[Event]) -> Iterable[int]:
    """酷优或者爱奇艺: of two the first was not understood."""
    said = [event for event in events if event.kind in READ or event.kind is EventKind.OR]
    if len(said) > 1 and said[0].kind is EventKind.OR and said[1].start - said[0].end <= 1:
        yield said[0].start


def _unread_others(text: str, events: Sequence[Event], left: frozenset[int]) -> Iterable[int]:
    """…, 钻也三个月: of something else the same is wanted, and nobody understood of what."""
    return (
        event.start
        for event in events
        if event.amount is not None
        and text[event.start - 1 : event.start] == "也"
        and event.start - 2 in left
    )


def _guessed_names(events: Sequence[Event], left: frozenset[int]) -> Iterable[int]:
    """咪了视频会员: beside a name that was only guessed at stand characters of what it may be instead."""
    for event in events:
        mention = event.mention
        guessed = mention is not None and mention.closeness is Closeness.TYPO
        if event.kind is EventKind.NAME and guessed and event.start - 1 in left:
            yield event.start


def _unread_prices(text: str, left: frozenset[int], wished: bool) -> Iterable[int]:
    """分别价啥: who speaks of a price and asks for nothing perhaps wants to know it."""
    return (
        ()
        if wished
        else [
            found.start()
            for found in _PRICE.finditer(text)
            if found.end() - 1 in left or found.start() in left
        ]
    )


def _misheard_carriers(
    text: str, events: Sequence[Event], left: frozenset[int], lexicon: Lexicon
) -> Iterable[int]:
    """异动, 动移: a carrier that was misspelled, and is not the number's."""
    if not left:
        return
    named = lexicon.groups("carriers.prefixes")
    places = left | {at - 1 for at in left}
    for event in events:
        if event.account is None or event.account.kinds[:1] != ("phone",):
            continue
        mine = next((name for name, prefixes in named.items() if event.account.text.startswith(prefixes)), "")
        for name in named.keys() - {mine}:
            turned = name[::-1]
            sounds = {heard(name), heard(turned)}
            words = (text[at : at + len(name)] for at in places)
            if any(
                len(word) == len(name)
                and heard(word) in sounds
                and (word == turned or sum(a != b for a, b in zip(word, name, strict=True)) == 1)
                for word in words
            ):
                yield event.start


def _misheard_less(
    text: str, events: Sequence[Event], left: frozenset[int], lexicon: Lexicon
) -> Iterable[int]:
    """京东卡50兼五张: a count with an unread word in front that sounds like one of taking away."""
    if not left:
        return
    sounds = {heard(word) for word in lexicon.words("signs.fewer") if len(word) == 1}
    for event in events:
        at = event.start - 1
        if event.kind is EventKind.QUANTITY and at in left and heard(text[at]) in sounds:
            yield event.start


def _misspelt_tiers(text: str, events: Sequence[Event], lexicon: Lexicon) -> Iterable[int]:
    """svic: a word that is one slip from one that tells a product from its siblings."""
    tiers = lexicon.words("signs.latin_tiers")
    taken = {at for event in events for at in range(event.start, event.end)}
    named = {event.end + gap for event in events if event.kind is EventKind.NAME for gap in (0, 1)}
    for found in _LATIN.finditer(text):
        if found.start() not in named or found[0] in tiers or not taken.isdisjoint(range(*found.span())):
            continue
        if any(len(tier) > 2 and OSA.distance(found[0], tier, score_cutoff=1) == 1 for tier in tiers):
            yield found.start()


def _only_mentioned(text: str, records: Sequence[Record], left: frozenset[int], lexicon: Lexicon) -> bool:
    """Win11密钥换了主板…, 请问苹果充值卡500元的现在…: goods are named, and what is said of them was not
    understood. Whoever only names goods wants them; whoever says more of them perhaps not."""
    if len(records) != 1 or records[0].accounts or records[0].counted:
        return False
    asks = any(word in text for word in lexicon.words("signs.asking_politely"))
    bare = not records[0].amounts and not records[0].quantity
    return asks or (bare and len(left) > 1)


def at_head(text: str, start: int) -> bool:
    """Whether a clause begins here, behind another."""
    return start > 0 and not text[start - 1].isalnum()
