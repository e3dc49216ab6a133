"""What each line of an order means: its product, size, count, recipient and server, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from nlu.accounts import ADDRESS, PHONE, UID, carrier
from nlu.amounts import Amount, AmountKind
from nlu.delivery_said import DeliverySaid
from nlu.domains import registers
from nlu.goods import Goods
from nlu.leftovers import beside, scraps
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.other_goods import OtherGoods
from nlu.page import Page
from nlu.products import Names
from nlu.quantities import QuantityKind
from nlu.recipients import typed
from nlu.records import Event, Record, whole_address, words_of
from nlu.roles import Role
from nlu.shape import Shape
from nlu.size import SENSELESS_UNITS
from nlu.understanding import Heard, LineInHand, Problem, ProblemCode, Slot, SlotSpan, SpokenLine
from nlu.vocabulary import Vocabulary
from nlu.wanted import Decision, Wanted

QUANTITY_MAX = 999
_DEVICE = "台"
OPTIONS_MAX = 8


def without_echoes(lines: tuple[SpokenLine, ...]) -> tuple[SpokenLine, ...]:
    """The lines with those left open that come out as one before them and name no goods of their own:
    what was perhaps said once is not sold twice."""
    told: list[SpokenLine] = []
    for line in lines:
        echo = line.sku is not None and any(
            other.sku is not None
            and line.product is not None
            and other.product is not None
            and other.sku.value == line.sku.value
            and other.product.span == line.product.span
            and (other.account and other.account.value) == (line.account and line.account.value)
            and other.contact == line.contact
            and (other.region and other.region.value) == (line.region and line.region.value)
            for other in told
        )
        told.append(
            replace(line, sku=None, sku_options=(line.sku.value,)) if echo and line.sku is not None else line
        )
    return tuple(told)


def _told_by(events: Sequence[Event]) -> tuple[tuple[Role, str], ...]:
    """The tiers, countries and carriers of events."""
    mentions = (event.mention for event in events)
    return tuple((mention.role, mention.meaning) for mention in mentions if mention and mention.role)


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

    def line(
        self, page: Page, record: Record, shape: Shape, hand: LineInHand | None = None, alone: bool = False
    ) -> Spoken:
        """What a record means, with everything that is wrong or open about it. `hand`: the line in
        hand, for what the record does not name again. `alone`: no other line is said in the message."""
        amounts, counted = self._split(record)
        if not amounts and record.name is not None:
            amounts = self._assortment.period_in_name(record.name)
        phone = self._phone(record) or self._phone_in_hand(hand)
        wanted = Wanted(
            mention=record.name,
            noun=record.nouns[-1].mention if record.nouns else None,
            qualifiers=_told_by(record.qualifiers),
            refused=_told_by(record.refused),
            amounts=amounts,
            labels=tuple(
                event.mention.text for event in record.qualifiers if event.mention and not event.mention.role
            ),
            nearby=self._nearby(page.text, record),
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
        taken_up = hand is not None and not record.names and (hand.product_id or hand.product_options)
        decision = (
            self._goods.decide_in_hand(hand, wanted) if hand and taken_up else self._goods.decide(wanted)
        )
        if record.name is not None and not record.name.options:
            decision = Decision()
        if decision.product_id is not None and (
            self._other_goods.of_another_kind(page.text, record, decision.product_id)
            or self._other_goods.beside_a_stranger(page, record, shape, decision.product_id)
        ):
            decision = replace(decision, product_id=None, product_options=(decision.product_id,))
        if decision.product_id and self._other_goods.half_a_word(
            page.text, record, decision.product_id, shape
        ):
            record.doubtful = True
        if Slot.PRODUCT in record.open | record.conflicts:
            decision = replace(decision, product_id=None, product_options=self._alternatives(record))
        if decision.product_id is None and self._names.dense and not taken_up:
            decision = replace(decision, product_options=self._likely(page.text, record, amounts, decision))
        if record.uncorrected and self._sized_anew(page.text, record, decision):
            record.uncorrected = False
        problems: list[Problem] = []
        spans: list[SlotSpan] = []
        line = SpokenLine(tops_up=shape.tops_up)
        line = self._with_goods(page, line, record, amounts, decision, bool(taken_up), problems, spans)
        line = self._with_quantity(page, line, record, counted, shape, problems, spans)
        line = self._with_account(page, line, record, decision, shape, problems, spans)
        line = self._with_region(page, line, record, decision, problems, spans)
        same = decision.product_id == hand.product_id if hand is not None else False
        if hand is not None and taken_up and hand.product_id is not None and same:
            line = replace(line, product=None)
        return Spoken(replace(line, problems=tuple(problems)), tuple(spans), decision)

    def _nearby(self, text: str, record: Record) -> str:
        """The words of a record; where its size or tier was corrected, only those of the correction."""
        anew = [e for e in (*record.amounts, *record.qualifiers) if e.start >= record.corrected_from > 0]
        if not record.corrected or not anew:
            return words_of(text, record)
        late = replace(record, start=record.corrected_from, borrowed=[])
        return words_of(text, late)

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
        return hand.account if self._lexicon.accounts["phone"].accepts(hand.account) else None

    def _phone(self, record: Record) -> str | None:
        for event in record.accounts:
            if (
                event.account is not None
                and "phone" in event.account.kinds
                and event.account.said in (None, "phone")
            ):
                return event.account.text
        return None

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

    def _alternatives(self, record: Record) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for event in record.names:
            if event.mention is not None:
                best = min(event.mention.options.values(), default=0.0)
                found |= dict.fromkeys(p for p, cost in event.mention.options.items() if cost <= best + 0.6)
        return tuple(found)[:OPTIONS_MAX]

    def _with_goods(
        self, page: Page, line: SpokenLine, record: Record, amounts: tuple[Amount, ...], decision: Decision, in_hand: bool,
        problems: list[Problem], spans: list[SlotSpan],
    ) -> SpokenLine:  # fmt: skip
        places = record.names or record.nouns or record.amounts
        place = places[-1] if places else None
        span = page.span(place.start, place.end) if place else page.span(0, 0)
        if record.amounts and amounts:
            event = record.amounts[-1]
            where = page.span(event.start, event.end)
            line = replace(line, measure=Heard(amounts[0].measure, where))
            spans.append(SlotSpan(Slot.VARIANT, where.start, where.end, amounts[0].text))
        if decision.product_id is None:
            return replace(line, product_options=decision.product_options)
        spans.append(SlotSpan(Slot.PRODUCT, span.start, span.end, decision.product_id))
        line = replace(line, product=Heard(decision.product_id, span, decision.sureness))
        variant = decision.variant
        if (
            Slot.VARIANT in record.open | record.conflicts
            or record.doubtful
            or (record.uncorrected and not in_hand)
        ):
            options = variant.options or ((variant.sku_id,) if variant.sku_id else ())
            return replace(line, sku_options=self._assortment.all_of(decision.product_id, amounts) or options)
        if variant.sku_id is not None:
            return replace(
                line,
                sku=Heard(variant.sku_id, line.measure.span if line.measure else span, decision.sureness),
            )
        if variant.unavailable:
            said = amounts[0].text if amounts else ""
            problems.append(Problem(Slot.VARIANT, ProblemCode.VARIANT_UNAVAILABLE, said))
        return replace(line, sku_options=variant.options)

    def _with_quantity(
        self, page: Page, line: SpokenLine, record: Record, counted: Event | None, shape: Shape,
        problems: list[Problem], spans: list[SlotSpan],
    ) -> SpokenLine:  # fmt: skip
        event = record.quantity
        count: int | None = None
        if event is not None and event.quantity is not None:
            count = event.quantity.count
            uncertain = (
                event.quantity.kind is QuantityKind.COUNTED and event.quantity.follows in shape.left.over
            )
            if count is None or (uncertain and event.quantity.word == "个"):
                return replace(
                    line, sku=None, sku_options=(line.sku.value,) if line.sku else line.sku_options
                )
        elif counted is not None and counted.amount is not None and counted.amount.exact:
            event, count = counted, int(counted.amount.low)
        if event is None or count is None:
            return line
        if Slot.QUANTITY in record.open | record.conflicts:
            return replace(line, sku=None, sku_options=(line.sku.value,) if line.sku else line.sku_options)
        span = page.span(event.start, event.end)
        spans.append(SlotSpan(Slot.QUANTITY, span.start, span.end, str(count)))
        if not 1 <= count <= QUANTITY_MAX:
            problems.append(Problem(Slot.QUANTITY, ProblemCode.QUANTITY_LIMIT, str(count)))
        return replace(line, quantity=Heard(count, span))

    def _strange(self, record: Record, kind: str | None, shape: Shape) -> bool:
        """Whether a recipient is perhaps none of these goods': an address beside a top-up; 瘦机138…, which
        was called a phone by all appearances, for a QQ number; a mobile number that was said for other
        goods, before the correction."""
        told = [event for event in record.accounts if event.account is not None]
        if kind not in (None, ADDRESS) and any(e.account.kinds == (ADDRESS,) for e in told if e.account):
            return True
        event = self._fitting(record.accounts, kind)
        account = event.account
        mobile = account is not None and account.kinds[:1] == ("phone",) and account.said is None
        if not mobile or kind in (None, "phone"):
            return False
        of_others = record.renamed and event.start < record.corrected_from
        return of_others or not shape.left.over.isdisjoint(range(event.start - 3, event.start))

    def _with_account(
        self, page: Page, line: SpokenLine, record: Record, decision: Decision, shape: Shape,
        problems: list[Problem], spans: list[SlotSpan],
    ) -> SpokenLine:  # fmt: skip
        if not record.accounts:
            return line
        kind = self._account_kind(decision)
        if kind == "none":
            parcel = any(event.account and event.account.kinds == (ADDRESS,) for event in record.accounts)
            return replace(line, sku=None, sku_options=(line.sku.value,)) if parcel and line.sku else line
        if Slot.ACCOUNT in record.open or self._strange(record, kind, shape):
            return line
        if Slot.ACCOUNT in record.conflicts:
            said = " ".join(event.account.text for event in record.accounts if event.account)
            problems.append(Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_CONFLICT, said))
            return line
        event = self._fitting(record.accounts, kind)
        account = event.account
        assert account is not None
        if account.contact:
            return replace(line, contact=account.text)
        span = page.span(event.start, event.end)
        if (
            kind == UID
            and account.said == PHONE
            and PHONE not in account.kinds
            and decision.product_id is not None
        ):
            # 电话85298127345: a telephone of another country.
            foreign = self._assortment.charges_phones(decision.product_id)
            account = replace(account, said=None) if foreign else account
        wanted_kind = kind or account.said or (account.kinds[0] if account.kinds else "phone")
        recipient = account.read_as(wanted_kind, self._lexicon)
        if decision.carrier_conflict:
            problems.append(Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_CONFLICT, account.text))
            return line
        if recipient.account is None:
            if recipient.problem is not None:
                problems.append(recipient.problem)
            return line
        given = recipient.account
        if decision.product_id is not None and not self._brand_takes(decision.product_id, kind, given):
            problems.append(Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, account.text))
            return line
        if recipient.kind == ADDRESS:
            whole = whole_address(page.text, event, record)
            span, given = page.span(*whole), typed(page, *whole)
        spans.append(SlotSpan(Slot.ACCOUNT, span.start, span.end, given))
        return replace(line, account=Heard(given, span), account_kind=recipient.kind)

    def _brand_takes(self, product_id: str, kind: str | None, account: str) -> bool:
        """Whether the brand of the goods has recipients of this form: a card of 中石油 has 16 digits."""
        product = self._vocabulary.products[product_id]
        if not registers((product.name, *product.aliases), account, self._lexicon):
            return False
        known = self._lexicon.accounts.get(kind or "")
        if known is None or not known.by_brand:
            return True
        name = plain(product.name)
        spellings = self._names.table.namer.brand_spellings
        patterns = [
            pattern
            for brand, pattern in known.by_brand.items()
            if any(spelling in name for spelling in spellings(brand))
        ]
        return len(patterns) != 1 or patterns[0].fullmatch(account) is not None

    def _account_kind(self, decision: Decision) -> str | None:
        options = (decision.product_id,) if decision.product_id else decision.product_options
        kinds = {self._vocabulary.products[product_id].account_kind for product_id in options if product_id}
        return kinds.pop() if len(kinds) == 1 else None

    def _fitting(self, accounts: Sequence[Event], kind: str | None) -> Event:
        for event in accounts:
            assert event.account is not None
            if kind is not None and event.account.said == kind:
                return event
        for event in accounts:
            assert event.account is not None
            if kind is not None and kind in event.account.kinds and event.account.said is None:
                return event
        return accounts[-1]

    def _with_region(
        self, page: Page, line: SpokenLine, record: Record, decision: Decision,
        problems: list[Problem], spans: list[SlotSpan],
    ) -> SpokenLine:  # fmt: skip
        if not record.regions or Slot.REGION in record.open | record.conflicts:
            return line
        event = record.regions[-1]
        assert event.mention is not None
        options = (decision.product_id,) if decision.product_id else decision.product_options
        meant: dict[str, None] = {}
        for product_id in options or tuple(event.mention.options):
            meant |= dict.fromkeys(self._names.table.regions_of(product_id, event.mention.text))
        span = page.span(event.start, event.end)
        if (
            not meant
            and decision.product_id is not None
            and (own := self._vocabulary.products[decision.product_id].regions)
            and not any(event.mention.text in plain(region) for region in own)
        ):
            problems.append(Problem(Slot.REGION, ProblemCode.REGION_UNKNOWN, event.mention.text))
        if len(meant) == 1:
            region = next(iter(meant))
            spans.append(SlotSpan(Slot.REGION, span.start, span.end, region))
            return replace(line, region=Heard(region, span, event.mention.closeness.value))
        return line
