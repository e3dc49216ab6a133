"""Whether every part of a list is whole: no recipient that lost digits or a line of its own, no count that was
torn from 各 or that only says how many lines there are, no size that another clause says of something else.

A separator that is lost between two numbers, or one that slips into a number, leaves two orders that look right
where there is one, or one where there are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlu.alternations import any_of
from nlu.amounts import AmountKind
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record, is_article, same_value
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.sounds import heard
from nlu.understanding import Slot
from nlu.vocabulary import Vocabulary


class ProofOfPieces:
    """Holds the numbers of lists against each other, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        labels = {word for kind in lexicon.accounts.values() for word in kind.labels}
        self._labels = frozenset((*labels, *lexicon.words("accounts.labels")))
        hums = any_of(lexicon, "accounts.fillers")
        self._silence = re.compile(rf"(?:{hums}|[^\w\n,，]|\[[^\[\]\n]{{1,4}}\])+$")
        self._wanted = re.compile(rf"{any_of(lexicon, 'stance.order')}$")
        self._takes_away = frozenset(map(heard, _LESS))
        self._torn_each = re.compile(
            rf"[各每](?:{hums}|[^\w\n,，]|[a-z]{{2,5}}(?![a-z])|\[[^\[\]\n]{{1,4}}\])+$"
        )

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Which lines may hold but a piece of what was said, or more than that."""
        yield from self._recipients(said)
        yield from self._counts(said)
        yield from _sizes(said)
        yield from _turned(said)
        yield from _dangling(said)
        yield from self._servers(said)
        yield from self._uncounted(said)

    def _recipients(self, said: Said) -> Iterator[Doubt]:
        used = {line.account.value for line in said.lines if line.account is not None}
        lengths = {len(value) for value in used if value.isdigit()}
        for at, line, record in said.pairs():
            for event in record.accounts:
                if event.account is None or event.account.contact:
                    continue  # whose number somebody has is not said
                refused = any(problem.slot is Slot.ACCOUNT for problem in line.problems)
                unused = line.account is None and not refused and event.account.text not in used
                if len(said.lines) > 1 and unused:
                    # …B 充200。孙子要一张苹果充值卡, which goes to nobody
                    yield at, Unproven.RECIPIENT_UNUSED
                if event.account.text.isdecimal() and self._torn(said, record, event, lengths):
                    yield at, Unproven.RECIPIENT
            if Slot.ACCOUNT in record.inherited and _has_its_own(said, record):
                yield at, Unproven.RECIPIENT

    def _torn(self, said: Said, record: Record, account: Event, lengths: set[int]) -> bool:
        """1829 - 30441是uid; 扣扣3，358210497; A、B、3 - 20018873: digits beside a recipient that may be its own."""
        sizes = {event.start for one in said.records for event in one.amounts}
        sizes |= {one.quantity.start for one in said.records if one.quantity is not None}
        behind = _DIGITS_BEHIND.match(said.text, account.end)
        if behind is not None:
            start, end = behind.span("digits")
            second = len(record.amounts) > 1 and any(start <= size.start < end for size in record.amounts)
            dashed = end - start <= _PIECE_MAX and _DASH.search(said.text, account.end, start) is not None
            if second or dashed or not _used(sizes, start, end):
                return True
        front = _DIGITS_IN_FRONT.search(said.text, max(0, account.start - _REACH), account.start)
        if front is None:
            return False
        start, end = front.span("digits")
        own = [size for size in record.amounts if start <= size.start < end]
        if not own:
            return not _used(sizes, start, end) and _DASH.search(said.text, end, account.start) is not None
        if any(size.amount is not None and size.amount.kind is not AmountKind.BARE for size in own):
            return False
        digits = len(account.account.text) if account.account is not None else 0
        if digits not in lengths - {digits} and digits + end - start in lengths - {digits}:
            return True
        if not said.text[end : account.start].strip():
            return False
        called = (
            name for name in record.names if name.end <= start and not said.text[name.end : start].strip()
        )
        return any(said.text[name.start : name.end] in self._labels for name in called)

    def _counts(self, said: Said) -> Iterator[Doubt]:
        """各。。。两张 is said of each; 两个~都是我的号 counts the lines; 50碱五张 perhaps takes some away."""
        left = said.reading.shape.left.over
        for at, _, record in said.pairs():
            event = record.quantity
            if event is None or event.quantity is None or is_article(event):
                continue
            wanted = self._wanted.search(said.text, 0, event.start)
            less = (wanted.start() if wanted is not None else event.start) - 1
            if less in left and heard(said.text[less]) in self._takes_away:
                yield at, Unproven.COUNT  # 50碱五张, 100减来三张
            names = [name.start for name in record.names]
            adds = (*said.reading.cues.get(CueKind.ADD, ()), *said.reading.cues.get(CueKind.JOIN, ()))
            own = min((size.start for size in record.amounts), default=len(said.text))
            if any(event.end <= cue.start < min(own, *names, len(said.text)) for cue in adds if names):
                yield at, Unproven.COUNT  # Q鄙20个充A 另外绿钻月卡也是
            silent = self._silence.search(said.text, 0, event.start)
            front = silent.start() if silent is not None else event.start
            if front < event.start and heard(said.text[front - 1 : front]) in self._takes_away:
                yield at, Unproven.COUNT
            if any(one is not event and said.text[one.end : one.end + 1] == _FOR for one in record.ones):
                yield at, Unproven.SHARED_COUNT  # 年卡两份，一份给A，一份给B
            if len(said.lines) < 2:
                continue
            if self._torn_each.search(said.text, max(0, event.start - _REACH), event.start):
                yield from said.all(Unproven.SHARED_COUNT)
            counted = event.quantity.kind is QuantityKind.COUNTED
            alone = counted and said.beside(event.start, SLOT_EVENTS) == [event]
            if alone and event.quantity.count == len(said.lines) and not event.quantity.each:
                yield at, Unproven.COUNT

    def _uncounted(self, said: Said) -> Iterator[Doubt]:
        """两个密药: a count of what nobody understood, which was taken for no count of the goods."""
        left = said.reading.shape.left.over
        for match in _COUNTED.finditer(said.text):
            read = any(e.start < match.end("count") and match.start() < e.end for e in said.reading.events)
            again = said.text.count(match["count"]) > 1
            if not read and not again and match.start("what") in left:
                yield said.nearest(match.start()), Unproven.COUNT_UNUSED

    def _servers(self, said: Said) -> Iterator[Doubt]:
        """steam国区100，苹果200: a server that the goods taken over do not have is perhaps the name of others."""
        for at, line, record in said.pairs():
            taken_over = line.product is not None and Slot.PRODUCT in record.inherited
            own = any(record.start <= event.start < record.end for event in record.regions)
            if taken_over and own and line.product and not self._products[line.product.value].regions:
                yield at, Unproven.NAME_UNUSED


def _sizes(said: Said) -> Iterator[Doubt]:
    """QQ会3个月，绿钻也3个月: the same of something else, and only one of the two was understood."""
    left = said.reading.shape.left.over
    for at, _, record in said.pairs():
        for size in record.amounts[1:]:
            again = any(same_value(one, size) for one in record.amounts if one.start < size.start)
            apart = said.clause(record.amounts[0].start) != said.clause(size.start)
            letters = _LETTERS_FIRST.search(said.text, max(0, size.start - _REACH), size.start)
            strange = letters is not None and not any(
                event.start <= letters.start("word") < event.end for event in said.reading.events
            )
            if again and apart and (strange or not left.isdisjoint(range(size.start - 2, size.start))):
                yield at, Unproven.NAME_UNUSED  # 肯德基50 A，麦当就50一张; 优酷年卡 / B那年卡
    if said.turned or len(said.lines) != 1:
        return
    sizes = [event for event in said.reading.events if event.amount is not None]
    for at, event in enumerate(sizes):
        also = said.text[max(0, event.start - 2) : event.start].rstrip("来要开充买").endswith("也")
        if also and any(
            same_value(one, event) and said.clause(one.start) != said.clause(event.start)
            for one in sizes[:at]
        ):
            yield 0, Unproven.NAME_UNUSED


def _turned(said: Said) -> Iterator[Doubt]:
    """账号A，打漏肋个字，账号是B: the same goods for two, and between the two stands what nobody understood, or a word
    that takes back. The second is perhaps the first one, corrected."""
    left = said.reading.shape.left.over
    doubting = [
        cue.start
        for kind in (CueKind.CORRECTION, CueKind.DENY, CueKind.CORRECTION_OR_DROP)
        for cue in said.reading.cues.get(kind, ())
    ]
    for (at, one, first), (_, other, second) in pairwise(said.pairs()):
        same = one.sku is not None and other.sku is not None and one.sku.value == other.sku.value
        if not same or not first.accounts or not second.accounts or Slot.PRODUCT not in second.inherited:
            continue
        low, high = first.accounts[-1].end, second.accounts[0].start
        between = [event for event in said.reading.events if low <= event.start < high]
        taken_back = any(low <= start < high for start in doubting)
        if any(event.kind in _LISTING - ({EventKind.JOIN} if taken_back else set()) for event in between):
            continue
        if _alike(first.accounts[-1], second.accounts[0]) and _IS.search(said.text, low, high):
            yield at, Unproven.REFUSED  # …120785，，是…120786
            yield at + 1, Unproven.REFUSED
        unread = len(left.intersection(range(low, high))) >= _UNREAD_MIN
        if unread or taken_back:
            yield at, Unproven.REFUSED
            yield at + 1, Unproven.REFUSED


def _alike(one: Event, other: Event) -> bool:
    """Whether two numbers differ in but two digits."""
    if one.account is None or other.account is None or len(one.account.text) != len(other.account.text):
        return False
    return sum(a != b for a, b in zip(one.account.text, other.account.text, strict=True)) <= _TWO


def _dangling(said: Said) -> Iterator[Doubt]:
    """完美点卡100*15 / 完美点卡，50*10 / 骏卡，10*30: goods that are named at the end of a line, and the next line takes
    what is named behind it."""
    for (at, _, one), (_, _, other) in pairwise(said.pairs()):
        if len(one.names) < _TWO or not one.amounts or not other.names or not other.amounts:
            continue
        behind = said.text[one.amounts[-1].end : one.names[-1].start].strip()
        if not behind:
            continue  # 移动100话费 is one name with its size in the midst
        if one.names[-1].start >= one.amounts[-1].end and other.names[0].start >= other.amounts[-1].end:
            yield at, Unproven.CROSSED
            yield at + 1, Unproven.CROSSED


def _has_its_own(said: Said, record: Record) -> bool:
    """券A。腾讯月卡 爱奇艺季卡 优酷年卡 B: the sentence of the goods has a recipient of its own, and theirs is the
    one of the sentence before."""
    stops = [match.start() for match in _STOP.finditer(said.text)]
    begin = max((stop for stop in stops if stop < record.start), default=-1)
    end = min((stop for stop in stops if stop >= record.end), default=len(said.text))
    before = any(event.end <= begin for event in record.accounts)
    inside = [e for e in said.reading.events if e.kind is EventKind.ACCOUNT and begin < e.start < end]
    return before and bool(inside)


def _used(starts: set[int], begin: int, end: int) -> bool:
    return any(begin <= start < end for start in starts)


_PIECE_MAX = 2
_LETTERS_FIRST = re.compile("(?:^|[\n,，;；、])\\s*(?P<word>[a-uwyz])[\u4e00-\u9fff]?$")
"""A letter at the beginning of a line or clause, right in front of a size: what is left of a name. 5x and v年卡 are none."""
_FOR = "给"
_LESS = "减退扣"
_REACH = 12
_DIGITS_BEHIND = re.compile(r"[ ,.·\-—–_]{1,3}(?P<digits>\d{1,8})(?=[\s,，。;；!！\-—–_·]|$)")
_DIGITS_IN_FRONT = re.compile(r"(?<![\da-z.])(?P<digits>\d{1,8})[ ,，.·\-—–_]{1,3}$")
_TWO = 2
_COUNTED = re.compile(
    "(?<![零一二三四五六七八九十百千0-9第])(?P<count>[两二三四五六七八九十2-9][个张份套])(?P<what>[\u4e00-\u9fff])"
)
_UNREAD_MIN = 2
_LISTING = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.QUANTITY, EventKind.JOIN, EventKind.NOUN})
_DASH = re.compile("[-—–_·]")
_IS = re.compile("(?<![都也])是")
_STOP = re.compile("[。;；!！\n]")
