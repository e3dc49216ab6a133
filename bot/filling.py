"""The one bridge from words to draft: what was heard goes into the order that is being talked about.

The last word wins. What was not mentioned stays; what no longer fits what was said (the account of
another kind of product, the size of another product) goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from nlu.parser import Parser
from nlu.understanding import Heard, Intent, Measure, SpokenLine, Understanding
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from orders.catalog import AccountKind, Catalog, Product
from orders.draft import Draft, DraftLine, Problem, Slot

NOTHING_TAUGHT: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def vocabulary_of(catalog: Catalog, taught: Mapping[str, tuple[str, ...]] = NOTHING_TAUGHT) -> Vocabulary:
    """The catalog as the parser may see it: words and sizes, no price of ours, no stock. `taught`: more
    names of products, by their ids."""
    return Vocabulary.compile(
        _words_of(product, taught.get(product.product_id, ())) for product in catalog.products
    )


def _words_of(product: Product, taught: tuple[str, ...]) -> ProductWords:
    return ProductWords(
        product_id=product.product_id,
        name=product.name,
        category=product.category,
        aliases=(*product.aliases, *taught),
        account_kind=product.account_kind.value,
        regions=product.regions,
        variants=tuple(
            VariantWords(
                sku_id=sku.sku_id,
                label=sku.variant,
                face_value=sku.face_value,
                unit=sku.unit,
                list_price_fen=sku.list_price_fen,
                sales=sku.sales,
            )
            for sku in product.skus
        ),
        sales=product.sales,
    )


@dataclass(frozen=True, slots=True)
class Filling:
    """The draft after a message. `unplaced` are lines that could belong to several lines in hand."""

    draft: Draft
    unplaced: tuple[SpokenLine, ...] = ()


class Filler:
    """Fills drafts for one catalog, with the parser compiled from the same catalog.

    `sure_at` is the sureness from which a reading needs no yes of its own (policy).
    """

    def __init__(self, catalog: Catalog, parser: Parser, sure_at: float) -> None:
        self._catalog = catalog
        self._parser = parser
        self._sure_at = sure_at

    def filled(self, draft: Draft, understanding: Understanding) -> Filling:
        """Put what was understood into the draft."""
        draft = replace(
            draft,
            payment=understanding.payment.value if understanding.payment else draft.payment,
        )
        spoken = _no_surer_than(_each_for_its_contact(understanding), understanding.confidence)
        if not spoken:
            return Filling(draft)
        if any(line.dropped for line in spoken):
            return self._without_dropped(draft, spoken)
        if not draft.lines or self._starts_over(draft, understanding):
            return Filling(replace(draft, lines=self._new_lines(spoken)))
        if understanding.adds:
            return Filling(replace(draft, lines=(*draft.lines, *self._new_lines(spoken))))
        return self._patched(draft, spoken)

    def _starts_over(self, draft: Draft, understanding: Understanding) -> bool:
        """A whole order sentence about other goods is a new order, not a change of the old one."""
        if understanding.adds or understanding.intent not in (Intent.ORDER, Intent.REORDER):
            return False
        named = {line.product.value for line in understanding.lines if line.product}
        in_hand = {line.product_id for line in draft.lines if line.product_id}
        options = {option for line in draft.lines for option in line.product_options}
        return bool(named) and bool(in_hand or options) and not named & (in_hand | options)

    def _new_lines(self, spoken: Iterable[SpokenLine]) -> tuple[DraftLine, ...]:
        return tuple(self.patch(DraftLine(), line) for line in spoken)

    def _without_dropped(self, draft: Draft, spoken: Sequence[SpokenLine]) -> Filling:
        """Take away the lines that are no longer wanted, change those that stay, add what else was said."""
        gone: set[int] = set()
        unplaced: list[SpokenLine] = []
        for line in (line for line in spoken if line.dropped):
            at = self._position(draft, line)
            if at is None:
                unplaced.append(line)
            else:
                gone.add(at)
        changes = {line.position: line for line in spoken if line.position is not None and not line.dropped}
        kept = tuple(
            self.patch(line, changes[at]) if at in changes else line
            for at, line in enumerate(draft.lines)
            if at not in gone
        )
        new = self._new_lines(line for line in spoken if line.position is None and not line.dropped)
        return Filling(replace(draft, lines=(*kept, *new)), tuple(unplaced))

    def _patched(self, draft: Draft, spoken: Sequence[SpokenLine]) -> Filling:
        if len(draft.lines) > 1:
            spoken = tuple(_for_the_one_named(draft, line) for line in spoken)
        if len(draft.lines) == 1 and len(spoken) > 1 and self._spreads(draft.lines[0], spoken):
            base = replace(draft.lines[0], account=None) if _all_with_account(spoken) else draft.lines[0]
            return Filling(replace(draft, lines=tuple(self.patch(base, line) for line in spoken)))
        if len(spoken) == 1 and self._for_every_line(draft, spoken[0]):
            return self._patched_where_open(draft, spoken[0])
        if len(spoken) == len(draft.lines) and all(line.position is None for line in spoken):
            pairs = zip(draft.lines, spoken, strict=True)
            return Filling(replace(draft, lines=tuple(self.patch(old, line) for old, line in pairs)))
        lines = list(draft.lines)
        unplaced: list[SpokenLine] = []
        for line in spoken:
            at = self._position(draft, line)
            if at is not None:
                lines[at] = self.patch(lines[at], line)
            elif line.product is not None:
                lines.append(self.patch(DraftLine(), line))
            else:
                unplaced.append(line)
        return Filling(replace(draft, lines=tuple(lines)), tuple(unplaced))

    def _spreads(self, in_hand: DraftLine, spoken: Sequence[SpokenLine]) -> bool:
        """Several recipients or sizes for the one product in hand make several lines of it."""
        return all(line.product is None or line.product.value == in_hand.product_id for line in spoken)

    def _for_every_line(self, draft: Draft, line: SpokenLine) -> bool:
        """One bare answer to a question that several lines share."""
        return len(draft.lines) > 1 and line.position is None and line.product is None

    def _patched_where_open(self, draft: Draft, spoken: SpokenLine) -> Filling:
        """`13800138000` for two memberships that both lack a number goes to both."""
        lines = list(draft.lines)
        fits = [at for at, line in enumerate(lines) if self._lacks(line, spoken)]
        for at in fits:
            lines[at] = self.patch(lines[at], spoken)
        return Filling(replace(draft, lines=tuple(lines)), () if fits else (spoken,))

    def _lacks(self, line: DraftLine, spoken: SpokenLine) -> bool:
        open_slots = {problem.slot for problem in line.problems}
        product = self._catalog.product(line.product_id) if line.product_id else None
        wants_account = product is None or product.account_kind is not AccountKind.NONE
        wants_region = product is not None and bool(product.regions)
        if spoken.contact and not spoken.account:
            return wants_account and line.account is None
        if spoken.account or any(problem.slot.value == Slot.ACCOUNT for problem in spoken.problems):
            return wants_account and (line.account is None or Slot.ACCOUNT in open_slots)
        if spoken.region:
            return wants_region and line.region is None
        if spoken.sku or spoken.measure:
            return line.sku_id is None
        return Slot.QUANTITY in open_slots

    def _position(self, draft: Draft, spoken: SpokenLine) -> int | None:
        """Which line in hand is meant, or None where that cannot be told."""
        if spoken.position is not None:
            return spoken.position if 0 <= spoken.position < len(draft.lines) else None
        if spoken.product is not None:
            same = [at for at, line in enumerate(draft.lines) if line.product_id == spoken.product.value]
            if len(same) == 1:
                return same[0]
            if same:
                return None
        return 0 if len(draft.lines) == 1 else None

    def patch(self, line: DraftLine, spoken: SpokenLine) -> DraftLine:
        """One line after what was said of it; what was not mentioned stays."""
        before = line.product_id
        line = replace(line, tops_up=line.product_id is None and (line.tops_up or spoken.tops_up))
        line = self._with_product(line, spoken)
        line = self._with_size(line, spoken, newly_named=line.product_id != before)
        if spoken.quantity_change is not None:
            line = _counted(line, line.quantity + spoken.quantity_change)
        if spoken.quantity is not None:
            line = _settled(replace(line, quantity=spoken.quantity.value), Slot.QUANTITY)
        line = self._with_account(line, spoken)
        if spoken.region is not None:
            line = _settled(replace(line, region=spoken.region.value), Slot.REGION)
        line = _with_problems(line, spoken)
        guessed = (line.guessed and not self._said_whole(line, spoken)) or not self._sure(spoken)
        return self._as_phone_credit(replace(line, guessed=guessed))

    def _as_phone_credit(self, line: DraftLine) -> DraftLine:
        """`充个50`, and then only a mobile number: rule 7 of the parse contract, over two messages."""
        credit = self._parser.phone_credit
        phone = self._parser.lexicon.accounts[AccountKind.PHONE.value]
        said = line.tops_up and line.measure_text and line.account and phone.accepts(line.account)
        if credit is None or not said or line.product_id is not None or line.product_options:
            return line
        return self._sized_by_what_was_said(_settled(replace(line, product_id=credit), Slot.PRODUCT))

    def _with_product(self, line: DraftLine, spoken: SpokenLine) -> DraftLine:
        if spoken.product is None:
            if spoken.product_options and line.product_id is None:
                return _settled(replace(line, product_options=spoken.product_options), Slot.PRODUCT)
            return line
        if spoken.product.value == line.product_id:
            return line
        before = self._catalog.product(line.product_id) if line.product_id else None
        after = self._catalog.product(spoken.product.value)
        if after is None:
            return line
        line = replace(line, product_id=after.product_id, product_options=(), sku_id=None, sku_options=())
        line = _settled(_settled(line, Slot.PRODUCT), Slot.VARIANT)
        if before is not None and before.account_kind is not after.account_kind:
            line = _settled(replace(line, account=None), Slot.ACCOUNT)
        if before is None and line.account is not None and not self._takes(after, line.account):
            # A number that was said before the goods, and is of another kind than theirs.
            wrong = Problem(Slot.ACCOUNT, "account_format", line.account)
            line = replace(line, account=None, problems=(*line.problems, wrong))
        elif before is None and line.account is not None and after.account_kind is not AccountKind.PHONE:
            # A mobile number may be a QQ number, too; whether it is this one's is for him to say.
            mobile = self._parser.lexicon.accounts[AccountKind.PHONE.value].accepts(line.account)
            line = replace(line, account_guessed=line.account_guessed or mobile)
        if line.region is not None and line.region not in after.regions:
            line = _settled(replace(line, region=None), Slot.REGION)
        return line

    def _with_size(self, line: DraftLine, spoken: SpokenLine, *, newly_named: bool) -> DraftLine:
        if spoken.measure is not None:
            measure = spoken.measure.value
            line = replace(
                line, measure_value=measure.value, measure_unit=measure.unit, measure_text=measure.text
            )
        if spoken.sku is not None:
            return _settled(replace(line, sku_id=spoken.sku.value, sku_options=()), Slot.VARIANT)
        of_the_line_in_hand = spoken.product is None and spoken.measure is not None and line.product_id
        # All sizes of the product in hand are no news about its size.
        no_news = spoken.measure is None and line.sku_id in spoken.sku_options
        if (
            newly_named
            and spoken.sku_options
            and spoken.measure is None
            and line.product_id
            and line.measure_text
        ):
            # `充50`, then `话费`; a 50 card, then `换成话费`: the size was said before the product was.
            sized = self._sized_by_what_was_said(line)
            if sized.sku_id in spoken.sku_options:
                return sized
        if spoken.sku_options and not of_the_line_in_hand and not no_news:
            return _settled(replace(line, sku_id=None, sku_options=spoken.sku_options), Slot.VARIANT)
        if any(problem.slot.value == Slot.VARIANT for problem in spoken.problems):
            return replace(line, sku_id=None)
        if line.product_id is None or (line.sku_id is not None and spoken.measure is None):
            return line
        return self._sized_by_what_was_said(line)

    def _sized_by_what_was_said(self, line: DraftLine) -> DraftLine:
        """`充100`, then `Q币`: the size was said before the product was."""
        assert line.product_id is not None
        if line.measure_text is None:
            product = self._catalog.product(line.product_id)
            only = product.skus[0].sku_id if product and len(product.skus) == 1 else None
            return replace(line, sku_id=only)
        measure = Measure(line.measure_value, line.measure_unit, line.measure_text)
        reading = self._parser.variant_for(line.product_id, measure)
        line = _settled(replace(line, sku_id=reading.sku_id, sku_options=reading.options), Slot.VARIANT)
        if reading.unavailable:
            refused = Problem(Slot.VARIANT, "variant_unavailable", line.measure_text or "")
            return replace(line, problems=(*line.problems, refused))
        return line

    def _with_account(self, line: DraftLine, spoken: SpokenLine) -> DraftLine:
        if spoken.contact is not None:
            # Another recipient: whose number it was before does not matter any more.
            line = _settled(replace(line, contact=spoken.contact, account=None), Slot.ACCOUNT)
        if spoken.account is None:
            return line
        product = self._catalog.product(line.product_id) if line.product_id else None
        if product is not None and product.account_kind is AccountKind.NONE:
            return line
        kind = spoken.account_kind
        if product is not None and kind is not None and kind != product.account_kind.value:
            wrong = Problem(Slot.ACCOUNT, "account_format", spoken.account.value)
            line = _settled(replace(line, account=None), Slot.ACCOUNT)
            return replace(line, problems=(*line.problems, wrong))
        unsure = spoken.account.sureness < self._sure_at
        return _settled(replace(line, account=spoken.account.value, account_guessed=unsure), Slot.ACCOUNT)

    def _takes(self, product: Product, account: str) -> bool:
        """Whether the account can be one of the product's kind."""
        kind = self._parser.lexicon.accounts.get(product.account_kind.value)
        return product.account_kind is AccountKind.NONE or kind is None or kind.accepts(account)

    def _said_whole(self, line: DraftLine, spoken: SpokenLine) -> bool:
        """Whether nothing of the line is left that he did not say himself just now."""
        product = self._catalog.product(line.product_id) if line.product_id else None
        to_nobody = product is not None and product.account_kind is AccountKind.NONE
        return (
            spoken.sku is not None
            and (spoken.account is not None or to_nobody)
            and (spoken.quantity is not None or line.quantity == 1)
        )

    def _sure(self, spoken: SpokenLine) -> bool:
        heard: tuple[Heard[str] | Heard[int] | None, ...] = (
            spoken.product, spoken.sku, spoken.quantity, spoken.region,
        )  # fmt: skip
        return all(value is None or value.sureness >= self._sure_at for value in heard)


def _for_the_one_named(draft: Draft, spoken: SpokenLine) -> SpokenLine:
    """`妈妈138…，爸爸139…`: each number is for the line of the one who is named with it."""
    if spoken.contact is None or spoken.position is not None or spoken.product is not None:
        return spoken
    theirs = [at for at, line in enumerate(draft.lines) if line.contact == spoken.contact]
    return replace(spoken, position=theirs[0]) if len(theirs) == 1 else spoken


def _each_for_its_contact(understanding: Understanding) -> tuple[SpokenLine, ...]:
    """The lines, each with the contact it is for; one who was named for no line is meant by all."""
    name, lines = understanding.contact, understanding.lines
    if name is None or any(line.contact for line in lines):
        return lines
    return tuple(replace(line, contact=name) for line in lines) or (SpokenLine(contact=name),)


def _no_surer_than(spoken: tuple[SpokenLine, ...], confidence: float) -> tuple[SpokenLine, ...]:
    """The lines; no good in them is surer than the message as a whole. Where something is open it is
    asked anyway, and the answer makes it sure."""
    if not all(line.sku and not line.problems for line in spoken):
        return spoken
    return tuple(
        replace(line, product=replace(line.product, sureness=min(line.product.sureness, confidence)))
        if line.product is not None
        else line
        for line in spoken
    )


def _counted(line: DraftLine, quantity: int) -> DraftLine:
    """With so many; fewer than none is a problem, and what was in hand stays."""
    line = _settled(line, Slot.QUANTITY)
    if quantity < 1:
        return replace(
            line, problems=(*line.problems, Problem(Slot.QUANTITY, "quantity_limit", str(quantity)))
        )
    return replace(line, quantity=quantity)


def _all_with_account(spoken: Sequence[SpokenLine]) -> bool:
    return all(line.account is not None for line in spoken)


def _settled(line: DraftLine, slot: Slot) -> DraftLine:
    """The line without its old problems with `slot`: the last word wins."""
    return replace(line, problems=tuple(problem for problem in line.problems if problem.slot is not slot))


def _with_problems(line: DraftLine, spoken: SpokenLine) -> DraftLine:
    for problem in spoken.problems:
        slot = Slot(problem.slot.value)
        line = _settled(line, slot)
        if slot is Slot.ACCOUNT:
            line = replace(line, account=None)
        line = replace(line, problems=(*line.problems, Problem(slot, problem.code.value, problem.value)))
    return line
