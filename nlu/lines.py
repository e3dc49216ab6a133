"""What each line of an order means: its product, size, count, recipient and server, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from nlu.accounts import PHONE, carrier
from nlu.amounts import Amount, AmountKind
from nlu.delivery_said import DeliverySaid
from nlu.goods import Goods
from nlu.half_servers import HalfServers
from nlu.leftovers import beside, scraps
from nlu.lexicon import Lexicon
from nlu.line_recipients import LineRecipients
from nlu.normalise import plain
from nlu.other_goods import OtherGoods
from nlu.page import Page
from nlu.products import Names
from nlu.quantities import QuantityKind
from nlu.records import Event, Record, words_of
from nlu.roles import Role
from nlu.shape import Shape
from nlu.size import SENSELESS_UNITS
from nlu.understanding import Heard, LineInHand, ProblemCode, Slot, SlotSpan, SpokenLine
from nlu.unfinished import Unfinished
from nlu.vocabulary import Vocabulary
from nlu.wanted import Decision, Wanted

QUANTITY_MAX = 999
_DEVICE = "台"
_SOME = re.compile(r"好?几|[一二两三四五六七八九][二两三四五六七八九]")
"""Several, and how many is for him to say: 来几张, 两三张."""
OPTIONS_MAX = 8


@dataclass(frozen=True, slots=True)
class Spoken:
    line: SpokenLine
    spans: tuple[SlotSpan, ...]
    decision: Decision


class LineReader:
    """Turns records into lines for one catalog."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, names: Names, goods: Goods) -> None:
        self._vocabulary, self._lexicon, self._names, self._goods = vocabulary, lexicon, names, goods
        self._assortment = goods.assortment
        self._delivery = DeliverySaid(lexicon, names.table.namer.delivery_words)
        self._other_goods = OtherGoods(vocabulary, lexicon, names, goods.assortment)
        self._half_servers = HalfServers(vocabulary, lexicon)
        self._recipients = LineRecipients(vocabulary, lexicon, names.table, goods.assortment)

    def line(
        self, page: Page, record: Record, shape: Shape, hand: LineInHand | None = None, alone: bool = False
    ) -> Spoken:
        """What a record means, with everything that is wrong or open about it. `hand`: the line in
        hand, for what the record does not name again. `alone`: no other line is said in the message."""
        amounts, counted = self._split(record)
        if not amounts and record.name is not None:
            amounts = self._assortment.period_in_name(record.name)
        wanted = self._wanted(page, record, shape, hand, alone, amounts)
        in_hand = hand is not None and not record.names and bool(hand.product_id or hand.product_options)
        decision = (
            self._goods.decide_in_hand(hand, wanted) if hand and in_hand else self._goods.decide(wanted)
        )
        decision = self._doubted(page, record, shape, decision)
        if decision.product_id is None and self._names.dense and not in_hand:
            decision = replace(decision, product_options=self._likely(page.text, record, amounts, decision))
        if record.uncorrected and self._sized_anew(page.text, record, decision):
            record.uncorrected = False
        so_far = Unfinished(page, record, shape, decision, SpokenLine(tops_up=shape.tops_up))
        self._read_goods(so_far, amounts, in_hand)
        _read_quantity(so_far, counted)
        self._recipients.read(so_far)
        self._read_region(so_far)
        if alone and so_far.line.region is None and decision.product_id is not None:
            so_far.line = self._half_servers.read(page.text, so_far.line, decision.product_id)
            if so_far.line.region is not None or so_far.line.region_options:
                so_far.problems = [one for one in so_far.problems if one.slot is not Slot.REGION]
        line = replace(so_far.line, problems=tuple(so_far.problems))
        if (
            in_hand
            and hand is not None
            and hand.product_id is not None
            and decision.product_id == hand.product_id
        ):
            line = replace(line, product=None)
        return Spoken(line, tuple(so_far.spans), decision)

    def _wanted(
        self, page: Page, record: Record, shape: Shape, hand: LineInHand | None, alone: bool,
        amounts: tuple[Amount, ...],
    ) -> Wanted:  # fmt: skip
        phone = _phone(record) or self._phone_in_hand(hand)
        return Wanted(
            mention=record.name,
            noun=record.nouns[-1].mention if record.nouns else None,
            qualifiers=_told_by(record.qualifiers),
            refused=_told_by(record.refused),
            amounts=amounts,
            labels=tuple(
                event.mention.text for event in record.qualifiers if event.mention and not event.mention.role
            ),
            nearby=_nearby(page.text, record),
            around=page.text if alone else "",
            requalified=record.requalified,
            scraps=scraps(record, shape.left.over, page.text),
            comes_as=self._delivery.of(page.text, record, shape.left.over),
            beside=beside(record, shape.left.over, page.text),
            behind=page.text[record.names[-1].end : record.names[-1].end + 8] if record.names else "",
            regions=tuple(event.mention.text for event in record.regions if event.mention),
            carrier=carrier(phone, self._lexicon) if phone else None,
            account_kind=next((event.account.said for event in record.accounts if event.account), None),
            tops_up=shape.tops_up and (phone is not None or shape.contact or bool(record.accounts)),
        )

    def _doubted(self, page: Page, record: Record, shape: Shape, decision: Decision) -> Decision:
        """The decision, open where other goods were named or may be meant as well."""
        if record.name is not None and not record.name.options:
            decision = Decision()
        one, others = decision.product_id, self._other_goods
        if one is not None and (
            others.of_another_kind(page.text, record, one)
            or others.beside_a_stranger(page, record, shape, one)
        ):
            decision = replace(decision, product_id=None, product_options=(one,))
        elif one and others.half_a_word(page.text, record, one, shape):
            record.doubtful = True
        if Slot.PRODUCT in record.open | record.conflicts:
            decision = replace(decision, product_id=None, product_options=_alternatives(record))
        return decision

    def _sized_anew(self, text: str, record: Record, decision: Decision) -> bool:
        """瑞幸单杯，错了要5杯的: what the size corrects was said by a word that names a variant."""
        sized = [event for event in record.amounts if event.start >= record.corrected_from > 0]
        front = text[record.start : record.corrected_from].replace(" ", "")
        return (
            bool(sized)
            and decision.product_id is not None
            and self._assortment.sized_in(decision.product_id, front)
        )

    def _split(self, record: Record) -> tuple[tuple[Amount, ...], Event | None]:
        """Amounts that size the goods, and one that only counts them (三台 of what is sold singly)."""
        options = tuple(record.name.options) if record.name else ()
        pieces = record.quantity.quantity.count if record.quantity and record.quantity.quantity else None
        sizes: list[Amount] = []
        counted: Event | None = None
        for event in record.amounts:
            amount = event.amount
            assert amount is not None
            counts = (
                amount.kind is AmountKind.SIZE and options and not self._assortment.sells_by(options, amount)
            )
            singly = self._assortment.sold_singly(options, amount)
            if singly or (counts and amount.units and all(unit in SENSELESS_UNITS for unit in amount.units)):
                counted = event
            elif not (counts and _DEVICE in amount.units and amount.low == pieces):
                sizes.append(amount)  # else 三台电脑…来三个密钥: one for each, where no size counts computers
        return tuple(sizes), counted

    def _phone_in_hand(self, hand: LineInHand | None) -> str | None:
        """13800138000, and then 充100: a number that was said before any goods."""
        if hand is None or hand.account is None or hand.product_id or hand.product_options:
            return None
        return hand.account if self._lexicon.accounts[PHONE].accepts(hand.account) else None

    def _likely(
        self, text: str, record: Record, amounts: tuple[Amount, ...], decision: Decision
    ) -> tuple[str, ...]:
        """What to ask about where no product is certain: those whose names are likest to what was typed
        around the line, sold in the size that was said first."""
        begin = max((text.rfind(mark, 0, record.start) for mark in "\n,，。;；"), default=-1) + 1
        likely = self._names.likely(text[begin : record.end + 12])
        sold = (one for one in likely if not amounts or self._assortment.sold_in(one, amounts))
        named = decision.product_options if record.name is not None else ()
        return (
            tuple(dict.fromkeys((*islice(sold, OPTIONS_MAX), *named, *likely)))[:OPTIONS_MAX]
            or decision.product_options
        )

    def _read_goods(self, so_far: Unfinished, amounts: tuple[Amount, ...], in_hand: bool) -> None:
        page, record, decision = so_far.page, so_far.record, so_far.decision
        places = record.names or record.nouns or record.amounts
        span = so_far.place(places[-1]) if places else page.span(0, 0)
        if record.amounts and amounts:
            where = so_far.place(record.amounts[-1])
            so_far.line = replace(so_far.line, measure=Heard(amounts[0].measure, where))
            so_far.found(Slot.VARIANT, where, amounts[0].text)
        if decision.product_id is None:
            so_far.line = replace(so_far.line, product_options=decision.product_options)
            return
        so_far.found(Slot.PRODUCT, span, decision.product_id)
        so_far.line = replace(so_far.line, product=Heard(decision.product_id, span, decision.sureness))
        variant, uncorrected = decision.variant, record.uncorrected and not in_hand
        if so_far.is_open(Slot.VARIANT) or record.doubtful or uncorrected:
            options = variant.options or ((variant.sku_id,) if variant.sku_id else ())
            options = self._assortment.all_of(decision.product_id, amounts) or options
            so_far.line = replace(so_far.line, sku_options=options)
        elif variant.sku_id is not None:
            sized = so_far.line.measure.span if so_far.line.measure else span
            so_far.line = replace(so_far.line, sku=Heard(variant.sku_id, sized, decision.sureness))
        else:
            if variant.unavailable:
                said = amounts[0].text if amounts else ""
                so_far.wrong(Slot.VARIANT, ProblemCode.VARIANT_UNAVAILABLE, said)
            so_far.line = replace(so_far.line, sku_options=variant.options)

    def _read_region(self, so_far: Unfinished) -> None:
        if not so_far.record.regions or so_far.is_open(Slot.REGION):
            return
        event = so_far.record.regions[-1]
        assert event.mention is not None
        said, product_id = event.mention.text, so_far.decision.product_id
        meant: dict[str, None] = {}
        for one in so_far.possible or tuple(event.mention.options):
            meant |= dict.fromkeys(self._names.table.regions_of(one, said))
        own = self._vocabulary.products[product_id].regions if product_id is not None else ()
        if own and not meant and not any(said in plain(region) for region in own):
            so_far.wrong(Slot.REGION, ProblemCode.REGION_UNKNOWN, said)
        if len(meant) == 1:
            region, span = next(iter(meant)), so_far.place(event)
            so_far.found(Slot.REGION, span, region)
            so_far.line = replace(so_far.line, region=Heard(region, span, event.mention.closeness.value))


def _read_quantity(so_far: Unfinished, counted: Event | None) -> None:
    """`counted`: the amount that only counts the goods."""
    event = so_far.record.quantity
    count: int | None = None
    if event is not None and event.quantity is not None:
        said = event.quantity
        count = said.count
        uncertain = said.kind is QuantityKind.COUNTED and said.follows in so_far.shape.left.over
        if count is None and _SOME.match(so_far.page.text, event.start, event.end):
            so_far.line = replace(so_far.line, uncounted=True)
            return
        if count is None or (uncertain and said.word == "个"):
            so_far.ask_for_size()
            return
    elif counted is not None and counted.amount is not None and counted.amount.exact:
        event, count = counted, int(counted.amount.low)
    if event is None or count is None:
        return
    if so_far.is_open(Slot.QUANTITY):
        so_far.ask_for_size()
        return
    span = so_far.place(event)
    so_far.found(Slot.QUANTITY, span, str(count))
    if not 1 <= count <= QUANTITY_MAX:
        so_far.wrong(Slot.QUANTITY, ProblemCode.QUANTITY_LIMIT, str(count))
    so_far.line = replace(so_far.line, quantity=Heard(count, span))


def _nearby(text: str, record: Record) -> str:
    """The words of a record; where its size or tier was corrected, only those of the correction."""
    anew = [e for e in (*record.amounts, *record.qualifiers) if e.start >= record.corrected_from > 0]
    if not record.corrected or not anew:
        return words_of(text, record)
    late = replace(record, start=record.corrected_from, borrowed=[])
    return words_of(text, late)


def _phone(record: Record) -> str | None:
    accounts = [event.account for event in record.accounts if event.account is not None]
    phones = (one.text for one in accounts if PHONE in one.kinds and one.said in (None, PHONE))
    return next(phones, None)


def _alternatives(record: Record) -> tuple[str, ...]:
    """All products of the names, but for the unlikely ones."""
    found: dict[str, None] = {}
    for event in record.names:
        if event.mention is not None:
            best = min(event.mention.options.values(), default=0.0)
            found |= dict.fromkeys(p for p, cost in event.mention.options.items() if cost <= best + 0.6)
    return tuple(found)[:OPTIONS_MAX]


def _told_by(events: Sequence[Event]) -> tuple[tuple[Role, str], ...]:
    """The tiers, countries and carriers of events."""
    mentions = (event.mention for event in events)
    return tuple((mention.role, mention.meaning) for mention in mentions if mention and mention.role)


def each_uncounted(spoken: list[Spoken]) -> list[Spoken]:
    """京东卡50和天猫卡100各来几张: how many is asked of each that was not counted."""
    if not any(one.line.uncounted for one in spoken):
        return spoken
    return [
        one if one.line.quantity is not None else replace(one, line=replace(one.line, uncounted=True))
        for one in spoken
    ]


def without_echoes(lines: tuple[SpokenLine, ...]) -> tuple[SpokenLine, ...]:
    """The lines with those left open that come out as one before them and name no goods of their own:
    what was perhaps said once is not sold twice."""
    told: list[SpokenLine] = []
    before = set()
    for line in lines:
        if line.sku is None or line.product is None:
            told.append(line)
            continue
        account, region = (heard and heard.value for heard in (line.account, line.region))
        orders = (line.sku.value, line.product.span, account, line.contact, region)
        echo = orders in before
        before.add(orders)
        told.append(replace(line, sku=None, sku_options=(line.sku.value,)) if echo else line)
    return tuple(told)
