"""Whether what is ordered more than once was counted, and whether as many people get it as were said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from nlu.alternations import any_of, repeatable
from nlu.amounts import AmountKind
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import number
from nlu.other_numbers import OtherKind, OtherNumber
from nlu.page import Mark
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record, is_article
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven, variant_of
from nlu.taking_turns import counts_left_over
from nlu.understanding import Slot, SpokenLine
from nlu.vocabulary import Vocabulary


class ProofOfCounts:
    """Holds counts of goods and of recipients against the message, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._vocabulary = vocabulary
        self._of_cards = frozenset(lexicon.words("proof.of_cards"))
        self._not_goods = re.compile(rf"\s?{any_of(lexicon, 'proof.counted_otherwise')}")
        silent = ("aside.function_characters", "proof.passed_over", "goods.generic")
        passed = repeatable(word for name in silent for word in lexicon.words(name))
        self._passed_over = re.compile(rf"(?:{passed}|[^\u4e00-\u9fff0-9])*[\u4e00-\u9fff]?")
        reached = any_of(lexicon, "proof.reached_by")
        self._reached_by = re.compile(rf"{reached}(?:qq|微信|号|手机|电话|[\s:：是]){{0,3}}$")
        hums = any_of(lexicon, "accounts.fillers")
        self._torn = re.compile(
            rf"(?:\[[^\[\]\n]{{1,4}}\]|[^\w\n]|[的就是哈]|{hums}){{1,4}}([a-z]{{1,3}})(?![a-z0-9])"
        )
        self._numbers_said = re.compile(any_of(lexicon, "proof.numbers_said"))
        self._plural = re.compile(rf"(?<![a-z]){any_of(lexicon, 'proof.latin_plurals')}(?![a-z])")
        self._each = re.compile(any_of(lexicon, "proof.for_each"))
        self._has = re.compile(rf"{any_of(lexicon, 'proof.has')}|(?<![还没]){_HAVE}")
        self._for_each = re.compile(rf"{any_of(lexicon, 'proof.for_each')}\s?$")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the counts is not proven."""
        yield from self._of_goods(said)
        if len(said.lines) == 1 and said.lines[0].quantity is None and self._plural.search(said.text):
            yield 0, Unproven.COUNT
        if counts_left_over(said.text, said.reading.events):
            yield from said.all(Unproven.COUNT)
        yield from self._shared(said)
        yield from self._unused(said)
        for mark in said.reading.others:
            if mark.value.kind is OtherKind.MANY and (mark.value.value or 0) > 1:
                yield from self._of_recipients(said, mark)
        yield from self._reached(said)
        accounts = (event for event in said.reading.events if event.kind is EventKind.ACCOUNT)
        if any(_CUT_OFF.match(said.text, event.end) for event in accounts):
            yield from said.all(Unproven.RECIPIENT_UNUSED)

    def face_of(self, lines: Sequence[SpokenLine]) -> Decimal | None:
        """What the face values of the lines make together; None where they are not all money."""
        made = Decimal(0)
        for line in lines:
            variant = variant_of(line, self._vocabulary)
            if variant is None or variant.unit != _MONEY:
                return None
            made += variant.face_value * (line.quantity.value if line.quantity is not None else 1)
        return made

    def _of_goods(self, said: Said) -> Iterator[Doubt]:
        """More than one of something is ordered only where the goods were counted."""
        for at, line, record in said.pairs():
            event = record.quantity
            if line.quantity is None or line.quantity.value < 2 or event is None or event.quantity is None:
                continue
            counted = self._counts_goods(said, event, line) and not self._is_size(line, record)
            counted = counted and not self._holds_the_size(said, event, line, record)
            counted = counted and not self._counts_units(said, event, line, record)
            if counted and not self._one_beside(said, event, record) and not self._told_of(said, event):
                continue
            yield at, Unproven.COUNT

    def _counts_goods(self, said: Said, count: Event, line: SpokenLine) -> bool:
        assert count.quantity is not None
        labelled = any(
            event.start == count.end and event.mention is not None and event.mention.role is None
            for event in said.beside(count.start, _LABELS)
        )
        others = not labelled and self._not_goods.match(said.text, count.end) is not None
        if others or self._in_name(said.text, count, line):
            return False
        if (
            _joined_on(said, count, line)
            or self._counts_lines(said, count)
            or self._torn_from_unit(said, count, line)
        ):
            return False
        if count.quantity.kind is not QuantityKind.COUNTED or count.quantity.word in self._of_cards:
            return True
        unread = count.quantity.follows in said.reading.shape.left.over
        return not unread and self._beside_goods(said, count)

    def _one_beside(self, said: Said, count: Event, record: Record) -> bool:
        """八套卷来一份: another count in the clause says one. Not 50美元一张的, which is a price, nor 五百的来一张再来
        两张一百的, where the one is of another size."""
        sized = [one for one in said.records if one.amounts and one.amounts != record.amounts]
        others = {one.quantity.start for one in sized if one.quantity} | {
            e.start for one in sized for e in one.ones
        }
        return any(
            other.quantity is not None
            and is_article(other)
            and other.end - other.start > 1
            and not other.quantity.each
            and other.start not in others
            and not _priced(said.reading.events, other)
            and not self._for_each.search(said.text, max(0, other.start - _REACH), other.start)
            for other in said.beside(count.start, _QUANTITIES)
        )

    def _is_size(self, line: SpokenLine, record: Record) -> bool:
        """电信流量10个的月包: the count is how much of it the goods have, and its unit was lost."""
        variant = variant_of(line, self._vocabulary)
        if variant is None or line.quantity is None or line.quantity.value != variant.face_value:
            return False
        sized = any(e.amount is not None and e.amount.low == variant.face_value for e in record.amounts)
        return not sized and variant.unit not in _PERIODS

    def _counts_units(self, said: Said, count: Event, line: SpokenLine, record: Record) -> bool:
        """Q币50个，…，我出一半: of what is sold in such packs the count is the size, where the size that was taken
        stands in another clause."""
        variant = variant_of(line, self._vocabulary)
        if variant is None or line.product is None or line.quantity is None or variant.unit in _PERIODS:
            return False
        sizes = {one.face_value for one in self._vocabulary.products[line.product.value].variants}
        near = any(said.clause(event.start) == said.clause(count.start) for event in record.amounts)
        named = any(said.clause(event.start) == said.clause(count.start) for event in record.names)
        return line.quantity.value in sizes and named and not near and variant.unit != _MONEY

    def _holds_the_size(self, said: Said, count: Event, line: SpokenLine, record: Record) -> bool:
        """滴滴二十一张，高德20一张: the size is taken over from other goods, and the count may be the size and one."""
        if line.product is None or Slot.VARIANT not in record.inherited:
            return False
        found = _AND_ONE.fullmatch(said.text, count.start, count.end)
        size = number(found["size"]) if found is not None else None
        sold = self._vocabulary.products[line.product.value].variants
        return size is not None and size.low >= _TEN and any(one.face_value == size.low for one in sold)

    def _told_of(self, said: Said, count: Event) -> bool:
        """我这有120箱!蜂: what the customer has, in a clause without goods."""
        begin, _ = said.bounds(count.start)
        alone = not said.beside(count.start, SLOT_EVENTS - _QUANTITIES)
        return alone and self._has.search(said.text, begin, count.start) is not None

    def _beside_goods(self, said: Said, count: Event) -> bool:
        """Whether a count stands right at the goods or their size, or nothing follows it in its clause."""
        _, end = said.bounds(count.start)
        near = said.beside(count.start, SLOT_EVENTS)
        before = [event.end for event in near if event.end <= count.start]
        behind = [event.start for event in near if event.start >= count.end]
        if before and self._nothing_between(said, max(before), count.start):
            return True
        return self._nothing_between(said, count.end, min(behind, default=end))

    def _nothing_between(self, said: Said, start: int, end: int) -> bool:
        return start >= end or self._passed_over.fullmatch(said.text, start, end) is not None

    def _counts_lines(self, said: Said, count: Event) -> bool:
        """要三张卡：京东100、天猫100、星巴克100: as many as there are lines, said ahead of them all."""
        assert count.quantity is not None
        if len(said.lines) < 2 or count.quantity.each:
            return False
        goods = [e for e in said.reading.events if e.kind in (EventKind.NAME, EventKind.AMOUNT)]
        ahead = bool(goods) and count.end <= goods[0].start
        return ahead and said.clause(count.start) != said.clause(goods[0].start)

    def _torn_from_unit(self, said: Said, count: Event, line: SpokenLine) -> bool:
        """十个🙏G: the unit of the goods stands behind the count, over what says nothing."""
        torn = self._torn.match(said.text, count.end)
        variant = variant_of(line, self._vocabulary) if torn is not None else None
        return torn is not None and variant is not None and plain(variant.unit).startswith(torn[1])

    def _in_name(self, text: str, count: Event, line: SpokenLine) -> bool:
        """八套 of 八套卷: the count is a piece of the name."""
        if line.product is None:
            return False
        product = self._vocabulary.products[line.product.value]
        piece = text[count.start : count.end + 1].strip()
        return len(piece) > 1 and any(piece in name for name in (product.name, *product.aliases))

    def _shared(self, said: Said) -> Iterator[Doubt]:
        """Of 10张，A和B nobody knows who gets how many, unless each was said."""
        sizes: defaultdict[int, list[int]] = defaultdict(list)
        gets: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for at, line, record in said.pairs():
            for event in record.amounts[:1]:
                sizes[event.start].append(at)
            counted = line.quantity is not None and line.quantity.value > 1
            quantity = record.quantity.quantity if record.quantity is not None else None
            if counted and line.account is not None and quantity is not None and not quantity.each:
                assert record.quantity is not None
                gets[record.quantity.start][line.account.value] = at
        for places in sizes.values():
            counts = [said.lines[at].quantity for at in places]
            if None in counts and any(count is not None and count.value > 1 for count in counts):
                yield from ((at, Unproven.SHARED_COUNT) for at in places)
        each = CueKind.EACH in said.reading.cues or CueKind.RESPECTIVELY in said.reading.cues
        for owners in gets.values():
            count = said.lines[next(iter(owners.values()))].quantity
            if len(owners) > 1 and (not each or (count is not None and count.value == len(owners))):
                yield from ((at, Unproven.SHARED_COUNT) for at in owners.values())

    def _unused(self, said: Said) -> Iterator[Doubt]:
        """Every count is ordered, or is the sum of what is."""
        if said.turned:
            return
        used = {record.quantity.start for record in said.records if record.quantity is not None}
        used |= {event.start for record in said.records for event in record.amounts}
        for event in said.reading.events:
            if event.quantity is None or event.start in used or is_article(event):
                continue
            if not self._is_total(said, event):
                yield said.nearest(event.start), Unproven.COUNT_UNUSED

    def _is_total(self, said: Said, event: Event) -> bool:
        """两份，一份给A，一份给B: the count is what the lines make together."""
        assert event.quantity is not None
        count = event.quantity.count
        for _, line, record in said.pairs():
            variant = variant_of(line, self._vocabulary)
            priced = [one.amount for one in record.amounts if one.amount and one.amount.kind in _PRICED]
            sized = any(amount.low == count for amount in priced)
            if variant is not None and variant.face_value == count and not sized:
                return True  # Q币来50个; not US $50 code，50个就好
        made = sum(line.quantity.value if line.quantity else 1 for line in said.lines)
        if count != made:
            return count == len({line.account.value for line in said.lines if line.account})
        alike = len({line.sku.value for line in said.lines if line.sku}) == 1
        return alike or not said.beside(event.start, _ACCOUNTS)

    def _of_recipients(self, said: Said, mark: Mark[OtherNumber]) -> Iterator[Doubt]:
        """As many recipients as were said: 这三个号, 给3个员工人手一张."""
        many, gets = mark.value.value or 0, len(said.recipients)
        people = not said.text[mark.start : mark.end].endswith("家")
        in_order = bool(said.beside(mark.start, _ORDERS))
        if gets == 0:
            told = not (self._each.search(said.text) or in_order) or many == len(said.lines)
            if people and not told:
                for at, line in enumerate(said.lines):
                    if line.quantity is None or line.quantity.value % many:
                        yield at, Unproven.RECIPIENTS
        elif gets == 1:
            numbers = in_order and self._numbers_said.search(said.text, mark.start, mark.end) is not None
            if numbers or (people and self._people_behind(said, mark)):
                yield from said.all(Unproven.RECIPIENTS)
        elif many != gets:
            yield from said.all(Unproven.RECIPIENTS)

    def _people_behind(self, said: Said, mark: Mark[OtherNumber]) -> bool:
        """快速通关4项 三个人: people who were counted behind the goods, and nothing that they do, may each
        want one."""
        goods = any(event.start < mark.start for event in said.beside(mark.start, _GOODS))
        return goods and _NOTHING_DONE.match(said.text, mark.end) is not None

    def _reached(self, said: Said) -> Iterator[Doubt]:
        """A number by which the customer wants to be reached is no recipient, where there is another."""
        if len(said.recipients) < 2:
            return
        for at, record in enumerate(said.records):
            for event in record.accounts:
                front = event.account.label[0] if event.account and event.account.label else event.start
                if self._reached_by.search(said.text, max(0, front - _REACH), front):
                    yield at, Unproven.RECIPIENTS


_REACH = 12
_MONEY = "元"
_HAVE = "有"
_AND_ONE = re.compile("(?P<size>\\w{1,6})[一壹1] ?[张份个]")
_TEN = 10
_PRICED = (AmountKind.MONEY, AmountKind.CURRENCY)
_PERIODS = frozenset("年季月周天")
_NOTHING_DONE = re.compile(r"\s*(?:$|[,，。;；!！\n]|[a-z0-9])")
_QUANTITIES = frozenset({EventKind.QUANTITY})
_ACCOUNTS = frozenset({EventKind.ACCOUNT})
_GOODS = frozenset({EventKind.NAME, EventKind.AMOUNT})
_ORDERS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT, EventKind.ACCOUNT})


def _joined_on(said: Said, count: Event, line: SpokenLine) -> bool:
    """QBB 20个，再加QQ超会: a count in front of goods that are added counted something else."""
    names = [e.start for _, of, record in said.pairs() if of is line for e in record.names]
    return any(
        event.kind is EventKind.JOIN
        and count.end <= event.start < min(names, default=0)
        and said.clause(count.start) != said.clause(event.start)
        and said.beside(count.start, SLOT_EVENTS) == [count]
        for event in said.reading.events
    )


def _priced(events: Sequence[Event], article: Event) -> bool:
    """50美元一张的: a price for each, and no count."""
    return any(
        event.kind is EventKind.AMOUNT
        and (abs(event.end - article.start) <= 1 or abs(event.start - article.end) <= 1)
        for event in events
    )


_LABELS = frozenset({EventKind.QUALIFIER})
"""成人票两张儿童票一张: no two children are counted."""
_CUT_OFF = re.compile(r" ?、 ?[a-z][a-z0-9]{3,}$")
"""a.cn、qiuyue: what is left of another recipient at the end of a message."""
