"""The one bridge from words to draft: what was heard goes into the order that is being talked about.

The last word wins. What was not mentioned stays; what no longer fits what was said (the account of
another kind of product, the size of another product) goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.credit import Credit
from bot.line_filling import LineFiller
from nlu.parser import Parser
from nlu.understanding import Intent, SpokenLine, Understanding
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from orders.catalog import AccountKind, Catalog, Product
from orders.draft import Draft, DraftLine, Slot

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
        self._credit = Credit(catalog, parser)
        self._line_filler = LineFiller(catalog, parser, self._credit, sure_at)

    def filled(self, draft: Draft, understanding: Understanding) -> Filling:
        """Put what was understood into the draft."""
        filling = self._filled(draft, understanding)
        if not self._credit.names_carrier(understanding.text):
            return filling
        lines = tuple(
            replace(line, carrier_named=line.product_id is not None) for line in filling.draft.lines
        )
        return replace(filling, draft=replace(filling.draft, lines=lines))

    def _filled(self, draft: Draft, understanding: Understanding) -> Filling:
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
            placed = tuple(line for line in spoken if line.position is not None)
            filling = self._patched(draft, placed) if placed else Filling(draft)
            more = self._more_lines(draft, [line for line in spoken if line.position is None])
            return replace(filling, draft=replace(filling.draft, lines=(*filling.draft.lines, *more)))
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

    def _more_lines(self, draft: Draft, spoken: Sequence[SpokenLine]) -> tuple[DraftLine, ...]:
        """Lines on top of those in hand; one that names no goods is of the same."""
        products = {line.product_id for line in draft.lines}
        of_the_same = DraftLine(product_id=products.pop()) if len(products) == 1 else DraftLine()
        return tuple(
            self.patch(DraftLine() if line.product or line.product_options else of_the_same, line)
            for line in spoken
        )

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
        if spoken.region or spoken.region_options:
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
        return self._line_filler.filled(line, spoken)

    def sent_to(self, line: DraftLine, account: str) -> DraftLine:
        """The line with this recipient, and the goods that his number needs."""
        return self._line_filler.sent_to(line, account)


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


def _all_with_account(spoken: Sequence[SpokenLine]) -> bool:
    return all(line.account is not None for line in spoken)
