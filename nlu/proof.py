"""The last look before lines count as understood: whether the message itself proves each of them.

Gathering decides what belongs together; it may be led astray by a word that nobody foresaw. So a line
is held against the message once more, by rules that know nothing of how it came about: every number
said is accounted for, a count counts goods and nothing else, what was refused is not ordered, everybody
who was listed gets something, and nobody gets what stands beside another. What is not proven is asked
about; nothing is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from nlu.abbreviations import in_order
from nlu.corrections import CueKind
from nlu.goods import Goods
from nlu.lexicon import Lexicon
from nlu.name_table import NameTable
from nlu.naming import Role
from nlu.normalise import plain
from nlu.numerals import numbers
from nlu.other_numbers import OtherKind
from nlu.products import BRANDLESS, Closeness, Mention
from nlu.quantities import QuantityKind
from nlu.reading import Reading
from nlu.records import Event, EventKind, Record, is_article, same_goods
from nlu.understanding import SpokenLine
from nlu.vocabulary import Vocabulary


class Unproven(StrEnum):
    """Why a line is not proven."""

    NUMBER = "number"
    """A number was said that nobody used and that tells of nothing else."""
    COUNT = "count"
    """What was counted is perhaps not the goods."""
    COUNT_UNUSED = "count unused"
    SHARED_COUNT = "shared count"
    REFUSED = "refused"
    REGION = "region"
    """The server that was said may be another one of the goods."""
    SIBLING = "sibling"
    """A piece of a name was said that other goods share."""
    NAME_UNUSED = "name unused"
    TIER_UNUSED = "tier unused"
    SIZE_UNUSED = "size unused"
    RECIPIENT_UNUSED = "recipient unused"
    RECIPIENTS = "recipients"
    CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class _Said:
    """One message and the lines that were made of it."""

    reading: Reading
    text: str
    lines: Sequence[SpokenLine]
    records: Sequence[Record]
    ends: Sequence[int]

    @property
    def turned(self) -> bool:
        """Whether something was taken back: then not everything that was said has to be ordered."""
        return any(event.kind in _TURNS for event in self.reading.events)

    def clause(self, at: int) -> int:
        return bisect_left(self.ends, at)

    def nearest(self, at: int) -> int:
        """The line that a place in the text most likely belongs to."""
        before = [place for place, record in enumerate(self.records) if record.start <= at]
        return before[-1] if before else 0


_TURNS = frozenset(
    {EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER, EventKind.OR}
)
_GOODS = frozenset(
    {
        EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT, EventKind.QUALIFIER, EventKind.REGION,
        EventKind.QUANTITY, EventKind.ACCOUNT,
    }
)  # fmt: skip
_TELLING = frozenset({Role.TIER, Role.COUNTRY})
_ORDERS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT, EventKind.ACCOUNT})
_CLAUSE_END = re.compile(r"[,，。;；!！?？\n:：]")


class Prover:
    """Holds lines against their message, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable, goods: Goods) -> None:
        self._vocabulary, self._table, self._goods = vocabulary, table, goods
        self._server_words = re.compile("|".join(map(re.escape, lexicon.words("signs.servers"))))
        self._labels = {
            variant.sku_id: variant.label
            for product in vocabulary.products.values()
            for variant in product.variants
        }
        self._faces = {
            variant.sku_id: variant.face_value
            for product in vocabulary.products.values()
            for variant in product.variants
        }
        self._of_cards = frozenset(lexicon.words("proof.of_cards"))
        any_of = {name: _either(lexicon.words(f"proof.{name}")) for name in _LISTS}
        self._refusing = re.compile(rf"{any_of['refusing']}{any_of['refusing_verbs']}{{0,3}}\s?$")
        self._not_goods = re.compile(rf"\s?{any_of['counted_otherwise']}")
        self._latin_count = re.compile(rf"(?<![a-z]){any_of['latin_counts']}(?![a-z])")
        self._told_behind = re.compile(rf"\s?{any_of['told_behind']}")
        passed = _either(
            (
                *lexicon.words("aside.function_characters"),
                *lexicon.words("proof.passed_over"),
                *lexicon.words("goods.generic"),
            )
        )
        self._passed_over = re.compile(rf"(?:{passed}|[^\u4e00-\u9fff0-9])*[\u4e00-\u9fff]?")
        self._reached_by = re.compile(rf"{any_of['reached_by']}(?:qq|微信|号|手机|电话|[\s:：是]){{0,3}}$")
        self._numbers_said = re.compile(any_of["numbers_said"])
        self._each = re.compile(any_of["for_each"])
        self._for_each = re.compile(rf"{any_of['for_each']}\s?$")
        self._total = re.compile(rf"{any_of['totals']}[^,，。;；!！?？\n]{{0,6}}$")

    def doubts(self, reading: Reading, lines: Sequence[SpokenLine]) -> dict[int, set[Unproven]]:
        """By place: why a line that is complete in itself is not proven."""
        if not any(line.sku for line in lines):
            return {}
        text = reading.page.text
        said = _Said(reading, text, lines, reading.records, [m.start() for m in _CLAUSE_END.finditer(text)])
        found: dict[int, set[Unproven]] = {}
        for at, why in self._all(said):
            if lines[at].sku is not None:
                found.setdefault(at, set()).add(why)
        return found

    def _all(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        yield from self._numbers(said)
        yield from self._counts(said)
        yield from self._unused(said)
        yield from self._refused(said)
        yield from self._recipients(said)
        yield from self._others(said)
        yield from self._crossed(said)
        yield from self._scraps(said)
        yield from self._siblings(said)
        yield from self._regions(said)

    def _numbers(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """Every number is used, or tells of something else."""
        known = bytearray(len(said.text) + 1)
        events = said.reading.events
        spans = [(event.start, event.end) for event in events]
        spans += [event.account.label for event in events if event.account and event.account.label]
        spans += said.reading.elsewhere
        spans += [(mark.start, mark.end) for mark in said.reading.others]
        for start, end in spans:
            known[start:end] = b"\x01" * (end - start)
        accounts = [event.account.text for event in events if event.account is not None]
        unread = [
            mark.start
            for mark in numbers(said.text)
            if not any(known[mark.start : mark.end])
            and mark.value.high > 1
            and not self._told_behind.match(said.text, mark.end)
            and not _piece_of(said.text[mark.start : mark.end], accounts)
        ]
        unread += [
            match.start()
            for match in self._latin_count.finditer(said.text)
            if not any(known[match.start() : match.end()])
        ]
        if said.turned:
            return
        for at in unread:
            yield said.nearest(at), Unproven.NUMBER

    def _counts(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """More than one of something is ordered only where the goods were counted."""
        shared: dict[tuple[int, int], set[str]] = {}
        for at, (line, record) in enumerate(zip(said.lines, said.records, strict=True)):
            event = record.quantity
            if line.quantity is None or line.quantity.value < 2 or event is None or event.quantity is None:
                continue
            if self._not_goods.match(said.text, event.end) or self._in_name(said.text, event, line):
                yield at, Unproven.COUNT
            left = said.reading.shape.left.over
            sure = event.quantity.kind is not QuantityKind.COUNTED or event.quantity.word in self._of_cards
            if event.quantity.follows in left and not sure:
                yield at, Unproven.COUNT
            if not sure and not self._beside_goods(said, event):
                yield at, Unproven.COUNT
            if self._counts_lines(said, event):
                yield at, Unproven.COUNT
            if line.account is not None and not event.quantity.each:
                shared.setdefault((event.start, event.end), set()).add(line.account.value)
            article = any(
                other.quantity is not None
                and is_article(other)
                and other.end - other.start > 1
                and said.clause(other.start) == said.clause(event.start)
                and not _priced(said.reading.events, other)
                and not other.quantity.each
                and not self._for_each.search(said.text, 0, other.start)
                for other in said.reading.events
            )
            if article:
                yield at, Unproven.COUNT
        each = CueKind.EACH in said.reading.cues or CueKind.RESPECTIVELY in said.reading.cues
        for at, record in enumerate(said.records):
            if record.quantity is None:
                continue
            gets = shared.get((record.quantity.start, record.quantity.end), set())
            count = record.quantity.quantity.count if record.quantity.quantity else None
            if len(gets) > 1 and (not each or count == len(gets)):
                yield at, Unproven.SHARED_COUNT

    def _beside_goods(self, said: _Said, count: Event) -> bool:
        """Whether a count stands right at the goods or their size, or has a clause of its own."""
        clause = said.clause(count.start)
        begin = said.ends[clause - 1] + 1 if clause else 0
        end = said.ends[clause] if clause < len(said.ends) else len(said.text)
        near = [e for e in said.reading.events if begin <= e.start < end and e.kind in _GOODS]
        before = [e.end for e in near if e.end <= count.start]
        behind = [e.start for e in near if e.start >= count.end]
        return bool(
            before and self._nothing_between(said, max(before), count.start)
        ) or self._nothing_between(said, count.end, min(behind, default=end))

    def _nothing_between(self, said: _Said, start: int, end: int) -> bool:
        return self._passed_over.fullmatch(said.text, start, end) is not None if start < end else True

    def _counts_lines(self, said: _Said, count: Event) -> bool:
        """要三张卡：京东100、天猫100、星巴克100: as many as there are lines, said ahead of them all."""
        assert count.quantity is not None
        if len(said.lines) < 2 or count.quantity.each:
            return False
        goods = [e for e in said.reading.events if e.kind in (EventKind.NAME, EventKind.AMOUNT)]
        ahead = bool(goods) and count.end <= goods[0].start
        return ahead and said.clause(count.start) != said.clause(goods[0].start)

    def _in_name(self, text: str, event: Event, line: SpokenLine) -> bool:
        """八套 of 八套卷: the count is a piece of the name."""
        if line.product is None:
            return False
        product = self._vocabulary.products[line.product.value]
        said = text[event.start : event.end + 1].strip()
        return len(said) > 1 and any(said in name for name in (product.name, *product.aliases))

    def _unused(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """Everything that was said of goods, sizes, counts and recipients is in some line."""
        if said.turned or not said.records:
            return
        used = {
            (event.start, event.end)
            for record in said.records
            for event in (
                *record.names, *record.amounts, *record.accounts, *record.qualifiers,
                *((record.quantity,) if record.quantity else ()),
            )
        }  # fmt: skip
        products = {line.product.value for line in said.lines if line.product is not None}
        for event in said.reading.events:
            unused = (event.start, event.end) not in used
            mention = event.mention
            if event.kind is EventKind.NAME and mention is not None and mention.options:
                exact = mention.closeness is Closeness.EXACT and not mention.thin
                if exact and not mention.options.keys() & products and not self._lifted(said, event):
                    yield said.nearest(event.start), Unproven.NAME_UNUSED
            elif event.kind is EventKind.QUALIFIER and mention is not None and mention.role in _TELLING:
                if not any(self._carries(line, mention) for line in said.lines):
                    yield said.nearest(event.start), Unproven.TIER_UNUSED
            elif event.kind is EventKind.AMOUNT and unused:
                if not self._total.search(said.text, 0, event.start):
                    yield said.nearest(event.start), Unproven.SIZE_UNUSED
            elif event.kind is EventKind.ACCOUNT and unused:
                yield said.nearest(event.start), Unproven.RECIPIENT_UNUSED
            elif event.quantity is not None and unused and not is_article(event):
                if not self._is_total(said, event):
                    yield said.nearest(event.start), Unproven.COUNT_UNUSED

    def _lifted(self, said: _Said, name: Event) -> bool:
        """话费…要慢充的: a tier that was said apart makes another good of the one that was named."""
        return any(
            name in record.names
            and any(
                e.mention is not None and e.mention.role is not Role.PLAIN_TIER for e in record.qualifiers
            )
            for record in said.records
        )

    def _is_total(self, said: _Said, event: Event) -> bool:
        """两份，一份给A，一份给B: the count is what the lines make together."""
        assert event.quantity is not None
        count = event.quantity.count
        if count in {self._faces.get(line.sku.value) for line in said.lines if line.sku}:
            return True  # Q币来50个
        made = sum(line.quantity.value if line.quantity else 1 for line in said.lines)
        if count != made:
            return count == len({line.account.value for line in said.lines if line.account})
        alike = len({line.sku.value for line in said.lines if line.sku}) == 1
        clause = said.clause(event.start)
        beside = any(
            e.kind is EventKind.ACCOUNT and said.clause(e.start) == clause for e in said.reading.events
        )
        return alike or not beside

    def _refused(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """What was refused is not what is ordered."""
        for event in said.reading.refused:
            for at, (line, record) in enumerate(zip(said.lines, said.records, strict=True)):
                if line.product is not None and self._describes(said, event, line, record):
                    yield at, Unproven.REFUSED
        for event in said.reading.events:
            if event.kind not in (EventKind.NAME, EventKind.QUALIFIER) or event.mention is None:
                continue
            if not self._refusing.search(said.text, max(0, event.start - 12), event.start):
                continue
            for at, (line, record) in enumerate(zip(said.lines, said.records, strict=True)):
                if line.product is not None and self._describes(said, event, line, record):
                    yield at, Unproven.REFUSED

    def _carries(self, line: SpokenLine, mention: Mention) -> bool:
        """Whether the goods of a line have a tier or country in their name or on their label."""
        if line.product is None or mention.role is None:
            return True
        product = self._vocabulary.products[line.product.value]
        label = self._labels.get(line.sku.value, "") if line.sku else ""
        words = " ".join(map(plain, (product.name, *product.aliases, label, *product.regions)))
        return (mention.role, mention.meaning) in self._table.qualifiers[product.product_id] or any(
            word in words for word in (mention.meaning, mention.text)
        )

    def _describes(self, said: _Said, event: Event, line: SpokenLine, record: Record) -> bool:
        """Whether what an event says is true of a line."""
        assert line.product is not None
        assert event.mention is not None
        mention, product_id = event.mention, line.product.value
        if event.kind is EventKind.NAME:
            best = min(mention.options.values(), default=0.0)
            if mention.options.get(product_id, best + 1) > best:
                return False
            sizes = [
                e for e in said.reading.events
                if e.kind is EventKind.AMOUNT and 0 <= e.start - event.end <= 2
            ]  # fmt: skip
            return all(e in record.amounts for e in sizes)
        carried = self._table.qualifiers[product_id]
        if (mention.role, mention.meaning) in carried:
            return True
        if mention.role is Role.PLAIN_TIER:
            return not any(role is Role.TIER for role, _ in carried)
        label = self._labels.get(line.sku.value, "") if line.sku else ""
        return bool(mention.text) and mention.text in label

    def _recipients(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """As many recipients as were said."""
        gets = {event.account.text for event in said.reading.events if event.account is not None}
        for mark in said.reading.others:
            if mark.value.kind is not OtherKind.MANY or mark.value.value is None:
                continue
            people = not said.text[mark.start : mark.end].endswith("家")
            told = not self._each.search(said.text) and not self._in_order(said, mark.start)
            told = told or mark.value.value == len(said.lines)
            if people and not gets and mark.value.value > 1 and not told:
                # 给3个员工，人手一张: three times as many as was said.
                yield from (
                    (at, Unproven.RECIPIENTS)
                    for at, line in enumerate(said.lines)
                    if not line.quantity or line.quantity.value % mark.value.value
                )
            numbers_said = self._numbers_said.search(said.text, mark.start, mark.end) is not None
            aside = len(gets) == 1 and not (numbers_said and self._in_order(said, mark.start))
            if gets and not aside and mark.value.value > 1 and mark.value.value != len(gets):
                yield from ((at, Unproven.RECIPIENTS) for at in range(len(said.lines)))

    def _in_order(self, said: _Said, at: int) -> bool:
        """Whether something that is ordered stands in the clause of a place."""
        clause = said.clause(at)
        return any(e.kind in _ORDERS and said.clause(e.start) == clause for e in said.reading.events)

    def _others(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """A number by which the customer wants to be reached is no recipient, where there is another."""
        if len({e.account.text for e in said.reading.events if e.account is not None}) < 2:
            return
        for at, record in enumerate(said.records):
            for event in record.accounts:
                front = event.account.label[0] if event.account and event.account.label else event.start
                if self._reached_by.search(said.text, max(0, front - 12), front):
                    yield at, Unproven.RECIPIENTS

    def _crossed(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """Nobody gets a size that stands beside another recipient."""
        cues = said.reading.cues
        placed = any(mark.value.kind is OtherKind.LEADING for mark in said.reading.others)
        if CueKind.RESPECTIVELY in cues or said.turned or placed:
            return
        accounts = sorted({e.start for e in said.reading.events if e.kind is EventKind.ACCOUNT})
        owners: dict[int, set[int]] = {}
        for at, record in enumerate(said.records):
            for event in record.amounts:
                owners.setdefault(event.start, set()).add(at)
        for at, record in enumerate(said.records):
            if record.names and any(
                len(owners[size.start]) == 1 and self._name_between(said, record.names[-1], size)
                for size in record.amounts
            ):
                yield at, Unproven.CROSSED
            if not record.accounts or len(record.accounts) > 1:
                continue
            mine = record.accounts[0].start
            for event in record.amounts:
                if len(owners[event.start]) > 1:
                    continue
                low, high = sorted((mine, event.start))
                if any(low < other < high for other in accounts):
                    yield at, Unproven.CROSSED

    def _siblings(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """万达的票, where its cinemas have two kinds of them: a piece of a name means one thing only where
        nothing else that has it is sold in the size."""
        for at, (line, record) in enumerate(zip(said.lines, said.records, strict=True)):
            mention = record.name
            if line.product is None or mention is None or record.qualifiers or not mention.partial:
                continue
            if min(mention.options.values(), default=0.0) < BRANDLESS:
                continue
            sizes = tuple(event.amount for event in record.amounts if event.amount is not None)
            others = (one for one in mention.options if one != line.product.value)
            if any(not sizes or self._goods.sold_in(one, sizes) for one in others):
                yield at, Unproven.SIBLING

    def _regions(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """安卓区, where 安卓QQ区 and 安卓微信区 are served, is neither."""
        for at, (line, record) in enumerate(zip(said.lines, said.records, strict=True)):
            if line.region is None or line.product is None or not record.regions:
                continue
            event = record.regions[-1]
            typed = self._server_words.sub("", said.text[event.start : event.end].replace(" ", ""))
            regions = self._vocabulary.products[line.product.value].regions
            fits = [one for one in regions if in_order(typed, plain(one))]
            exact = any(typed == self._server_words.sub("", plain(one)) for one in regions)
            if typed and len(fits) > 1 and not exact:
                yield at, Unproven.REGION

    def _name_between(self, said: _Said, name: Event, size: Event) -> bool:
        """Whether other goods are named between a name and its size."""
        low, high = sorted((name.start, size.start))
        return any(
            e.kind is EventKind.NAME and low < e.start < high and not same_goods(e.mention, name.mention)
            for e in said.reading.events
        )

    def _scraps(self, said: _Said) -> Iterator[tuple[int, Unproven]]:
        """In a list of names nothing stands that nobody understood: 爱奇艺腾讯优酷."""
        names = [event for event in said.reading.events if event.kind is EventKind.NAME]
        for one, other in pairwise(names):
            if same_goods(one.mention, other.mention):
                continue
            places = range(one.end, other.start)
            left = [said.text[at] not in _JOINERS for at in places]
            unread = all(at in said.reading.shape.left.over for at in places if said.text[at] not in _JOINERS)
            if 1 < sum(left) <= _NAME_MAX and unread:
                yield said.nearest(one.start), Unproven.NAME_UNUSED


_JOINERS = frozenset("、,，/ +和跟与")
_NAME_MAX = 8


def _priced(events: Sequence[Event], article: Event) -> bool:
    """50美元一张的: a price for each, and no count."""
    return any(
        event.kind is EventKind.AMOUNT
        and (abs(event.end - article.start) <= 1 or abs(event.start - article.end) <= 1)
        for event in events
    )


def _piece_of(digits: str, accounts: Iterable[str]) -> bool:
    """尾号8000: digits of a recipient that is said in full elsewhere."""
    return len(digits) >= _PIECE_MIN and any(digits in account for account in accounts)


_PIECE_MIN = 4
_LISTS = (
    "numbers_said",
    "reached_by",
    "told_behind",
    "for_each",
    "refusing",
    "refusing_verbs",
    "counted_otherwise",
    "latin_counts",
    "totals",
)


def _either(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
