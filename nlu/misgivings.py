"""Numbers that were broken, doubled or counted twice: what they say cannot be known, so it is asked.

两嗯个月 is no 月 of which there are two, 一百百 no hundred, and 五张…一张 neither five nor one. A reader
takes from such talk what it can use; here the line that it was taken for is put in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from nlu.amounts import AmountKind
from nlu.leftovers import Left
from nlu.lexicon import Lexicon
from nlu.products import Closeness
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record, same_value
from nlu.sounds import heard
from nlu.understanding import Slot

_NUMERALS = frozenset("零一二三四") | frozenset("五六七八九") | frozenset("十百千万亿") | {"两"}
_READ = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.ACCOUNT, EventKind.NAME, EventKind.REGION})
LATIN_WORD_MAX = 12
_LATIN_BEFORE = re.compile(rf"(?<![a-z])[a-z]{{2,{LATIN_WORD_MAX}}} ?$")
_LATIN_WORD = re.compile(r" ?([a-z]{3,12})(?![a-z])")
_TORN_UNIT = re.compile(r"的[gmt]b?(?![a-z0-9])")
_LETTERS = re.compile(r"[a-wyz]{1,2}(?![a-z0-9])")
_LATIN = re.compile(r"(?<![a-z@._\-])[a-z]{3,10}(?![a-z@._\-])")
_CHANGED = re.compile(r"[\u4e00-\u9fff]{2,6}")
_PAUSE = re.compile(r"[,，;。\n]")
_SHREDS = re.compile(r"[\s\-—–·.]{1,3}")
_SHREDDED_MIN = 8
"""Digits of numbers side by side from which on they are rather one recipient."""
_PRICE = re.compile("价[啥什么多几]|[啥么多何]价")
_ALONE = re.compile("一(?![0-9一二三四五六七八九十百千人位半])")
"""By itself it is no size of anything: 一学年."""
_LOST = "\ufffd"
_STUTTERED = re.compile(r"([一二两三四五六七八九十半])\1年")
_UNIT_ENDS = frozenset("时月年") | frozenset("天周季")
_MEASURES = frozenset("张份套") | frozenset("台单杯")
_HEARD_NUMERALS = frozenset(
    heard(numeral) for numeral in _NUMERALS - frozenset("零一百") - frozenset("千万亿")
)
_ENDED = re.compile(r"[,，;。\n]|[张份个套] ")
_PAUSES = frozenset({EventKind.COMMA, EventKind.STOP})


def misgive(
    text: str, events: Sequence[Event], records: Sequence[Record], spare: Left, wished: bool,
    changes: Sequence[int], lexicon: Lexicon,
) -> None:  # fmt: skip
    """Mark the records that hold such a number. `wished`: a word of asking for goods was said.
    `changes`: behind words of changing that begin a clause."""
    left, nameable = spare.over, spare.nameable
    strange = (
        *_misheard_counts(text, left),
        *_misspelt_tiers(text, events, lexicon),
        *_unread_periods(text, events, left),
        *_unread_choices(events, left),
        *_misheard_carriers(text, events, left, lexicon),
        *_unread_changes(text, events, changes, left),
        *_unread_partners(text, events, nameable, lexicon),
        *_shredded_numbers(text, events),
        *_half_a_choice(events),
        *_guessed_names(events, left),
        *_unread_prices(text, left, wished),
    )
    for at in strange:
        _doubt(records, at)
    if _LOST in text:
        # A character that was lost on the way may have been a digit.
        for record in records:
            record.doubtful = True
    if not wished and _only_mentioned(text, records, left, lexicon):
        records[0].doubtful = True
    for at in _broken(text, events, lexicon):
        _doubt(records, at)
    for event in events:
        if event.amount is not None and (
            _run_on(text, event, events, left) or _misspelt_unit(text, event, events, lexicon)
        ):
            _doubt(records, event.start)
    for record in records:
        own = [name.start for name in record.names]
        if _said_again(text, list(_within(record, events, EventKind.AMOUNT)), left):
            record.doubtful = True
        for event in _within(record, events, EventKind.AMOUNT, EventKind.QUANTITY):
            if event.start - 1 not in left or any(start < event.start for start in own):
                continue
            counted = event.quantity is not None and event.quantity.kind is QuantityKind.COUNTED
            perhaps_named = event.amount is not None and event.start - 2 in left and not record.corrected
            if (counted and not own) or perhaps_named:
                # 天、龙八部, 滴敌20一张，高德…: what stands in front was perhaps its name.
                record.doubtful = True
        if _sized_below_a_scrap(text, record, events, lexicon):
            record.doubtful = True
        unnamed = record.name is None or Slot.PRODUCT in record.inherited
        if unnamed and any(
            _scrap_near(event, left)
            or _latin_scrap(text, event, events, lexicon)
            or _scrap_behind(text, event, nameable)
            for event in record.amounts
        ):
            # 花废充100 takes no other line's goods, and 金拱就100 is no plain top-up.
            record.doubtful = True
        if (
            unnamed
            and record.names
            and any(_latin_scrap(text, event, events, lexicon) for event in record.qualifiers)
        ):
            # Nor does PN日服 10000.
            record.doubtful = True
    if len(records) > 1 and any(_perhaps_of_each(text, event, left) for event in events):
        for record in records:
            record.doubtful = True
    recipients = sum(bool(record.accounts) for record in records)
    for record in records:
        if recipients < 2 and _counted_twice(text, list(_within(record, events, *EventKind))):
            record.doubtful = True


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


def _sized_below_a_scrap(text: str, record: Record, events: Sequence[Event], lexicon: Lexicon) -> bool:
    """psn港服100一张 esohp港服100一张: behind a size comes a line of its own, whose goods nobody could read."""
    amounts = list(_within(record, events, EventKind.AMOUNT))
    tiers = lexicon.words("signs.latin_tiers")
    return any(
        any(amount.end <= event.start for amount in amounts)
        and _latin_scrap(text, event, events, lexicon)
        and not text[: event.start].rstrip().endswith(tiers)
        for event in (*amounts, *_within(record, events, EventKind.QUALIFIER))
    )


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
        if other.kind in _READ or other.kind is EventKind.QUALIFIER
    )


def _doubt(records: Sequence[Record], at: int) -> None:
    before = [record for record in records if record.start <= at]
    for record in before[-1:] or records[:1]:
        record.doubtful = True


def _within(record: Record, events: Iterable[Event], *kinds: EventKind) -> Iterable[Event]:
    """The events of such kinds between the first and the last that a record took up."""
    return (event for event in events if event.kind in kinds and record.start <= event.start <= record.end)


def _broken(text: str, events: Sequence[Event], lexicon: Lexicon) -> Iterable[int]:
    """Where a number and its measure or its period were torn apart: 12😂个, 一那啥年."""
    accounts = [(event.start, event.end) for event in events if event.kind is EventKind.ACCOUNT]
    for found in _torn(lexicon).finditer(text):
        if not any(start <= found.start() < end for start, end in accounts):
            yield found.start()


def _run_on(text: str, event: Event, events: Sequence[Event], left: frozenset[int]) -> bool:
    """Whether a numeral touches the amount that belongs to nothing: 一百百, 百二百. Not 648一发."""
    scaled = text[max(0, event.start - 2) : event.start] in ("百个", "千个", "万个")
    amount = event.amount
    lone = (
        amount is not None and amount.kind is AmountKind.BARE and _ALONE.match(text, event.start) is not None
    )
    return (
        lone
        or scaled
        or any(
            text[at : at + 1] in _NUMERALS
            and at in left
            and not any(
                other is not event
                and other.kind in _READ
                and other.start <= at < other.end
                and not (other.kind is EventKind.AMOUNT and event.start in (other.end, 0))
                for other in events
            )
            for at in (event.start - 1, event.end)
            if 0 <= at < len(text)
        )
    )


def _misheard_counts(text: str, left: frozenset[int]) -> Iterable[int]:
    """粱张: somebody counted something, and how many of what is not known."""
    for at in left:
        counts = text[at + 1 : at + 2] in _MEASURES and text[at + 1 : at + 2]
        if counts and (text[at] in _NUMERALS or (counts != "杯" and heard(text[at]) in _HEARD_NUMERALS)):
            yield at


def _unread_periods(text: str, events: Sequence[Event], left: frozenset[int]) -> Iterable[int]:
    """一一年, 20宵时: a number beside a unit that nobody could read."""
    for found in _STUTTERED.finditer(text):
        if found.start() in left or found.start() + 1 in left:
            yield found.start()
    for event in events:
        amount = event.amount
        if amount is not None and amount.kind is AmountKind.BARE and not amount.text.isalpha():
            behind = text[event.end : event.end + 3]
            if heard(behind[:1]) == heard("个"):
                continue  # 1各月 is one month
            if any(event.end + at in left and character in _UNIT_ENDS for at, character in enumerate(behind)):
                yield event.start


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
    slots = sorted(event.start for event in events if event.kind in _READ | {EventKind.QUALIFIER})
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
    said = [event for event in events if event.kind in _READ or event.kind is EventKind.OR]
    if len(said) > 1 and said[0].kind is EventKind.OR and said[1].start - said[0].end <= 1:
        yield said[0].start


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


def _shredded_numbers(text: str, events: Sequence[Event]) -> Iterable[int]:
    """136 270 94158 in three lines: no three sizes, but a recipient that was broken."""
    bare = [e for e in events if e.amount is not None and e.amount.kind is AmountKind.BARE]
    digits = 0
    for one, other in pairwise(bare):
        said = text[one.start : one.end]
        digits = digits or len(said)
        touching = _SHREDS.fullmatch(text, one.end, other.start) and said.isdigit()
        digits = digits + other.end - other.start if touching else 0
        if digits >= _SHREDDED_MIN:
            yield one.start


def _misheard_carriers(
    text: str, events: Sequence[Event], left: frozenset[int], lexicon: Lexicon
) -> Iterable[int]:
    """异动, 动移: a carrier that was misspelled, and is not the number's."""
    named = lexicon.groups("carriers.prefixes")
    for event in events:
        if event.account is None or event.account.kinds[:1] != ("phone",):
            continue
        mine = next((name for name, prefixes in named.items() if event.account.text.startswith(prefixes)), "")
        for name in named:
            sounds = {heard(name), heard(name[::-1])}
            for at in left | {at - 1 for at in left}:
                word = text[at : at + len(name)]
                slips = sum(one != other for one, other in zip(word, name, strict=False))
                near = heard(word) in sounds and (slips == 1 or word == name[::-1])
                if near and name != mine and len(word) == len(name):
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


def _misspelt_unit(text: str, event: Event, events: Sequence[Event], lexicon: Lexicon) -> bool:
    """1 yaer: a word that is one slip from a unit."""
    if event.amount is None or event.amount.kind is not AmountKind.BARE:
        return False
    if _TORN_UNIT.match(text, event.end):
        return True  # 30的G流量包
    letter = _LETTERS.match(text, event.end)
    if letter and not any(other.start <= event.end < other.end for other in events):
        return True  # 50Q到…: 50 of what?
    found = _LATIN_WORD.match(text, event.end)
    words = lexicon.words("quantities.latin_units")
    return (
        found is not None
        and found[1] not in words
        and any(OSA.distance(found[1], word, score_cutoff=1) == 1 for word in words if len(word) > 3)
    )


def _counted_twice(text: str, events: list[Event]) -> bool:
    """喜茶卡五张，…，一张: two counts in two clauses, the second of them one. Not 两张，100一张."""
    count: int | None = None
    for at, event in enumerate(events):
        if event.kind is EventKind.CORRECTION:
            count = None
        if event.quantity is None:
            continue
        said = text[event.start : event.end]
        before = events[at - 1] if at else None
        priced = before is not None and before.kind is EventKind.AMOUNT and before.end == event.start
        paused = (
            any(other.kind in _PAUSES for other in events[:at]) or text[event.start - 1 : event.start] == " "
        )
        one = event.quantity.kind is QuantityKind.ARTICLE and said.startswith("一")
        if one and count is not None and count > 1 and paused and not priced:
            return True
        if event.quantity.kind is QuantityKind.COUNTED:
            count = event.quantity.count
    return False


@lru_cache(maxsize=4)
def _torn(lexicon: Lexicon) -> re.Pattern[str]:
    fillers = (
        "|".join(map(re.escape, sorted(lexicon.words("accounts.fillers"), key=len, reverse=True)))
        + "|[嘛吧呢哈]"
    )
    noise = rf"(?:{fillers}|[a-z]{{2,5}}(?![a-z])|\[[^\]\n]{{1,3}}\]|[^\u4e00-\u9fffa-z0-9\s,;:()\[\]、+*x×/.!?\-])"
    pause = rf"(?:{noise}|[ ,.\n、/!~])"
    return re.compile(
        rf"(?<![0-9])[0-9]{{1,3}}(?:{noise}){{1,4}}[个张份套台]"
        rf"|[一二两三四五六七八九十俩](?:{noise}){{1,4}}[个张份套台]"
        rf"|(?:(?<![0-9])[0-9]{{1,2}}个|[一两二三四五六七八九十半几](?:个)?){pause}{{1,8}}[年月季](?![卡费包票套租付刊度中底初末前后间内])"
        rf"|半{pause}{{1,8}}年"
        rf"|[0-9一二两三四五六七八九十百千](?:{noise}){{1,4}}(?:块|元|毛|角)"
    )


def at_head(text: str, start: int) -> bool:
    """Whether a clause begins here, behind another."""
    return start > 0 and not text[start - 1].isalnum()
