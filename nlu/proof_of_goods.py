"""Whether the goods of a line are the ones that were said: not refused, not told of, not a sibling's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from itertools import pairwise

from nlu.abbreviations import in_order
from nlu.alternations import any_of, either
from nlu.assortment import Assortment
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.mention import ANOTHER, Closeness, Mention
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.recipients import PHONE
from nlu.records import Event, EventKind, Record, same_goods
from nlu.roles import Role
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven, refusing, variant_of
from nlu.tiers_said import SAID_OF_IT
from nlu.understanding import Slot, SpokenLine
from nlu.vocabulary import Vocabulary
from nlu.words_around import WordsAround


class ProofOfGoods:
    """Holds goods, their kinds and their servers against the message, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable, goods: Assortment) -> None:
        self._vocabulary, self._table, self._goods = vocabulary, table, goods
        self._server_words = re.compile(any_of(lexicon, "signs.servers"))
        self._refusing = re.compile(refusing(lexicon))
        self._warning = re.compile(any_of(lexicon, "proof.warning"))
        self._joined = re.compile(rf"[、,，/+;；。&\n]|{any_of(lexicon, 'proof.joined')}")
        self._either_size = re.compile(rf"[的块元钱卡券包 ]{{0,4}}{any_of(lexicon, 'signs.either_is_well')}")
        """200的都行: behind the last of several sizes."""
        self._had = re.compile(any_of(lexicon, "proof.had"))
        devices = lexicon.groups("names.region_parts")
        everywhere = (
            *lexicon.words("names.ordinary_servers"),
            *devices,
            *(w for of in devices.values() for w in of),
        )
        self._everywhere = re.compile(rf"(?:{either(everywhere)}|{any_of(lexicon, 'signs.servers')})+")
        """Servers of one's device, and the usual ones, which say nothing where there is no choice."""
        self._around = WordsAround(vocabulary, lexicon, table)

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the goods is not proven."""
        yield from self._refused(said)
        if not said.turned:
            yield from self._unused(said)
            yield from self._either(said)
        yield from self._beside_each_other(said)
        yield from self._told(said)
        yield from self._regions(said)
        yield from self._servers_of_others(said)
        yield from self._taken_over(said)
        yield from self._strangers(said)

    def calls_so(self, said: Said, word: str) -> bool:
        """Whether a word stands in the name of the goods of some line."""
        products = (self._vocabulary.products[line.product.value] for line in said.lines if line.product)
        return any(
            word in _LATIN.findall(plain(name)) for one in products for name in (one.name, *one.aliases)
        )

    def _refused(self, said: Said) -> Iterator[Doubt]:
        """What was refused is not what is ordered."""
        named = (event for event in said.reading.events if event.kind in _DESCRIBING and event.mention)
        refused = (*said.reading.refused, *(event for event in named if self._is_refused(said, event)))
        for event in refused:
            for at, line, record in said.pairs():
                if self._describes(said, event, line, record):
                    yield at, Unproven.REFUSED

    def _is_refused(self, said: Said, event: Event) -> bool:
        """Whether a word of refusing stands in front, in the same clause, with nothing that was read between."""
        begin, _ = said.bounds(event.start)
        read = (other.end for other in said.beside(event.start, SLOT_EVENTS) if other.end <= event.start)
        begin = max(begin, event.start - _REFUSED_REACH, *read, 0)
        ends = [match.end() for match in self._refusing.finditer(said.text, begin, event.start)]
        return bool(ends) and self._warning.search(said.text, ends[-1], event.start) is None

    def _describes(self, said: Said, event: Event, line: SpokenLine, record: Record) -> bool:
        """Whether what an event says is true of a line."""
        mention = event.mention
        if line.product is None or mention is None:
            return False
        product_id = line.product.value
        if event.kind is EventKind.NAME:
            best = min(mention.options.values(), default=0.0)
            if mention.options.get(product_id, best + 1) > best:
                return False
            sizes = (e for e in said.beside(event.start, _SIZES) if 0 <= e.start - event.end <= 2)
            return all(size in record.amounts for size in sizes)
        carried = self._table.qualifiers[product_id]
        if self._has(carried, mention):
            return True
        if mention.role is Role.PLAIN_TIER:
            return not any(role is Role.TIER for role, _ in carried)
        return bool(mention.text) and mention.text in self._label(line)

    def _has(self, carried: Set[tuple[Role, str]], mention: Mention) -> bool:
        """Whether a tier or country is among those that goods have, under this name or another."""
        called = (mention.meaning, *self._table.namer.same_tiers.get(mention.meaning, ()))
        return any((mention.role, meaning) in carried for meaning in called)

    def _label(self, line: SpokenLine) -> str:
        variant = variant_of(line, self._vocabulary)
        return variant.label if variant is not None else ""

    def _unused(self, said: Said) -> Iterator[Doubt]:
        """Goods and kinds that were named are those of some line."""
        products = {line.product.value for line in said.lines if line.product is not None}
        for event in said.reading.events:
            mention = event.mention
            if mention is None:
                continue
            if event.kind is EventKind.NAME and mention.options:
                yield from self._said_in_name(said, event)
                exact = mention.closeness is Closeness.EXACT and not mention.thin
                # 原神300结晶 B服: a server tells which of those that are called so is meant.
                served = any(record.regions for record in said.records)
                meant = mention.options.keys() if served else _meant_by(mention)
                if exact and not meant & products and not _lifted(said, event):
                    yield said.nearest(event.start), Unproven.NAME_UNUSED
            elif event.kind is EventKind.NOUN and mention.options:
                listed = CueKind.RESPECTIVELY in said.reading.cues
                if listed and not mention.options.keys() & products:
                    yield said.nearest(event.start), Unproven.NAME_UNUSED
            elif event.kind is not EventKind.QUALIFIER or mention.role not in _TELLING:
                continue
            elif not any(self._carries(line, mention) for line in said.lines):
                yield said.nearest(event.start), Unproven.TIER_UNUSED

    def _either(self, said: Said) -> Iterator[Doubt]:
        """个人版和家庭版哪个都行, 100、200都行: of two between which the customer left the choice neither is the one."""
        sizes = [event for event in said.reading.events if event.kind is EventKind.AMOUNT]
        if any(self._either_size.match(said.text, event.end) for event in sizes[1:]):
            yield from said.all(Unproven.SIZE_UNUSED)
        if not any(event.kind is EventKind.OR for event in said.reading.events):
            return
        labels = "\0".join(plain(self._label(line)) for line in said.lines)
        for event in said.reading.events:
            kind = event.kind is EventKind.QUALIFIER and event.mention is not None
            if kind and event.mention and event.mention.role is None and event.mention.text not in labels:
                yield said.nearest(event.start), Unproven.TIER_UNUSED

    def _said_in_name(self, said: Said, name: Event) -> Iterator[Doubt]:
        """日 of 日本流量: what a name says of its tier or country is true of the goods."""
        for at, line, record in said.pairs():
            if line.product is None or name not in record.names or name.mention is None or record.qualifiers:
                continue
            if not name.mention.said <= {
                meaning for _, meaning in self._table.qualifiers[line.product.value]
            }:
                yield at, Unproven.TIER_UNUSED

    def _carries(self, line: SpokenLine, mention: Mention) -> bool:
        """Whether the goods of a line have a tier or country in their name or on their label."""
        if line.product is None or mention.role is None:
            return True
        product = self._vocabulary.products[line.product.value]
        carried = self._table.qualifiers[product.product_id]
        if self._has(carried, mention):
            return True
        if mention.meaning in SAID_OF_IT and any(role is Role.TIER for role, _ in carried):
            return True  # 白金的，家里电视上看
        if self._table.namer.writes_tier((product.name, *product.aliases), mention.meaning):
            return True
        words = (product.name, *product.aliases, self._label(line), *product.regions)
        return any(
            said in plain(word) for word in words for said in (mention.meaning, mention.text[:_TIER_LENGTH])
        )

    def _beside_each_other(self, said: Said) -> Iterator[Doubt]:
        """年卡 家庭组 is perhaps one thing, and in 爱奇艺腾讯优酷 stands a name that nobody understood."""
        for at, (one, other) in enumerate(pairwise(said.records)):
            if not one.names or not other.names or one.names[-1].start >= other.names[-1].start:
                continue
            own = {event.start for event in (*other.amounts, *other.accounts)} - {
                event.start for event in (*one.amounts, *one.accounts)
            }
            low, high = one.names[-1].end, other.names[-1].start
            if not own and other.quantity is None and not self._joined.search(said.text, low, high):
                yield from ((place, Unproven.NAME_UNUSED) for place in (at, at + 1))
        names = [event for event in said.reading.events if event.kind is EventKind.NAME]
        left = said.reading.shape.left.over
        for first, second in pairwise(names):
            if second.start - first.end > _BETWEEN_MAX or same_goods(first.mention, second.mention):
                continue
            words = [at for at in range(first.end, second.start) if said.text[at] not in _JOINERS]
            if len(words) > 1 and left.issuperset(words):
                yield said.nearest(first.start), Unproven.NAME_UNUSED

    def _told(self, said: Said) -> Iterator[Doubt]:
        """优酷年卡快到期了，爱奇艺来个月卡: what the customer has is not what he orders beside it. Nor is it 优酷 in
        上次买的优酷到账挺快，这回开个你果年卡, where a size is all that was understood of the order."""
        past = {said.clause(cue.start) for cue in said.reading.cues.get(CueKind.PAST, ())}
        for at, record in enumerate(said.records):
            named = {said.clause(event.start) for event in record.names}
            sized = {said.clause(event.start) for event in record.amounts}
            left = said.reading.shape.left.over
            unread = any(
                event.start - 1 in left
                or (event.start - 2 in left and not said.cues.meets(event.start - 1, event.start))
                for event in record.amounts
            )
            if named and sized and named <= past and not named & sized and unread:
                yield at, Unproven.TOLD
        if len(said.lines) < 2:
            return
        for at, record in enumerate(said.records):
            last = max((e.end for e in (*record.names, *record.amounts)), default=0)
            behind = self._had.search(said.text, last, min(last + _HAD_REACH, said.bounds(last)[1]))
            if behind is not None and _BEHIND.fullmatch(said.text, last, behind.start()):
                yield at, Unproven.TOLD  # A 300的用完了 500的来一张
        told = {said.clause(match.start()) for match in self._had.finditer(said.text)}
        # 上次买的A 300用完了，500的来一张: goods that were not named again are ordered where their size is.
        clauses = [
            {
                said.clause(e.start)
                for e in (record.amounts if Slot.PRODUCT in record.inherited else record.names)
            }
            for record in said.records
        ]
        if not all(own and own <= told for own in clauses):
            yield from ((at, Unproven.TOLD) for at, own in enumerate(clauses) if own and own <= told)

    def _regions(self, said: Said) -> Iterator[Doubt]:
        """安卓区, where 安卓QQ区 and 安卓微信区 are served, is neither."""
        for at, line, record in said.pairs():
            if line.region is None or line.product is None or not record.regions:
                continue
            event, span = record.regions[-1], line.region.span
            if span.end - span.start > len(said.text) // 2 > event.end - event.start:
                continue  # of two halves that stand apart: 苹果手机，微信区
            typed = self._bare(said.text[event.start : event.end].replace(" ", ""))
            regions = self._vocabulary.products[line.product.value].regions
            fits = sum(in_order(typed, plain(one)) for one in regions)
            if typed and fits > 1 and all(typed != self._bare(plain(one)) for one in regions):
                yield at, Unproven.REGION

    def _servers_of_others(self, said: Said) -> Iterator[Doubt]:
        """绝区零60底片 国际服, where it is sold for no server: only what everybody plays on goes without saying."""
        for at, line, record in said.pairs():
            if line.product is None or self._vocabulary.products[line.product.value].regions:
                continue
            if Slot.REGION in record.inherited:
                continue  # what was said of the line before
            own = self._table.qualifiers[line.product.value]
            product = self._vocabulary.products[line.product.value]
            written = plain("\0".join((product.name, *product.aliases))).replace(" ", "")
            for event in record.regions:
                typed = plain(said.text[event.start : event.end]).replace(" ", "")
                told = self._table.namer.role_of(typed) or (Role.COUNTRY, typed)
                network = typed.startswith(
                    tuple(self._table.carriers_of(line.product.value))
                )  # 电信1 of 电信1GB
                if not (network or told in own or typed in written or self._everywhere.fullmatch(typed)):
                    yield at, Unproven.STRANGER

    def _strangers(self, said: Said) -> Iterator[Doubt]:
        """优酷酷喵月卡: the words around a name are the goods' own."""
        for at, line, record in said.pairs():
            if line.product is not None and self._around.strange(said, record, line.product.value):
                yield at, Unproven.STRANGER

    def _taken_over(self, said: Said) -> Iterator[Doubt]:
        """UU周卡给138…，再来50Y币: a telephone that goods before it were sent to is no account of a game."""
        for at, line, record in said.pairs():
            if line.product is None or line.account is None or Slot.ACCOUNT not in record.inherited:
                continue
            if self._vocabulary.products[line.product.value].account_kind == PHONE:
                continue
            for event in record.accounts:
                phone = event.account is not None and event.account.kinds[:1] == (PHONE,)
                if phone and event.account and event.account.said is None and record.start > event.end:
                    yield at, Unproven.RECIPIENT

    def _bare(self, region: str) -> str:
        return self._server_words.sub("", region)


def crossed(said: Said) -> Iterator[Doubt]:
    """Nobody gets a size that stands beside another recipient, or beside other goods."""
    owners: dict[int, set[int]] = {}
    for at, record in enumerate(said.records):
        for event in record.amounts:
            owners.setdefault(event.start, set()).add(at)
    accounts = [e.start for e in said.reading.events if e.kind is EventKind.ACCOUNT]
    for at, record in enumerate(said.records):
        own = [size for size in record.amounts if len(owners[size.start]) == 1]
        names = record.names[-1:]
        between = any(_name_between(said, name, size) for name in names for size in own)
        if between or any(_before_another(record, kind, owners) for kind in record.qualifiers):
            yield at, Unproven.CROSSED
        if len(record.accounts) == 1:
            mine = record.accounts[0].start
            spans = [sorted((mine, size.start)) for size in own]
            if any(low < other < high for low, high in spans for other in accounts):
                yield at, Unproven.CROSSED


def _name_between(said: Said, name: Event, size: Event) -> bool:
    """Whether other goods are named between a name and its size."""
    low, high = sorted((name.start, size.start))
    return any(
        e.kind is EventKind.NAME and low < e.start < high and not same_goods(e.mention, name.mention)
        for e in said.reading.events
    )


def _before_another(record: Record, kind: Event, sizes: Iterable[int]) -> bool:
    """日本流量5天 A 韩国3天 B: a kind behind the recipient and in front of another's size is not its own."""
    own = {event.start for event in record.amounts}
    behind = bool(record.accounts) and record.accounts[-1].end <= kind.start
    return behind and any(0 <= size - kind.end <= 1 and size not in own for size in sizes)


def _meant_by(mention: Mention) -> Set[str]:
    """The goods that a name may mean; Q币卡 where that is what one of them is called means no Q币."""
    own = min(mention.options.values()) == 0
    return {one for one, cost in mention.options.items() if not own or cost < ANOTHER}


def _lifted(said: Said, name: Event) -> bool:
    """话费…要慢充的: a tier that was said apart makes another good of the one that was named."""
    return any(
        name in record.names
        and any(e.mention is not None and e.mention.role is not Role.PLAIN_TIER for e in record.qualifiers)
        for record in said.records
    )


_LATIN = re.compile("[a-z]+")
_TIER_LENGTH = 2
"""电视 of 电视上看 is what (电视通用) says."""
_REFUSED_REACH = 10
_HAD_REACH = 8
_BEHIND = re.compile("[的都已经就快又会员卡]*")
_BETWEEN_MAX = 10
_JOINERS = frozenset("、,，/ +和跟与")
_TELLING = frozenset({Role.TIER, Role.COUNTRY})
_DESCRIBING = frozenset({EventKind.NAME, EventKind.QUALIFIER})
_SIZES = frozenset({EventKind.AMOUNT})
