"""One line of the draft after what was said of it: goods, size, count, recipient and server.

What does not fit the goods any more goes, and what was said before them is read once it is known what is ordered.
"""

from __future__ import annotations

from dataclasses import replace

from bot.credit import Credit
from nlu.parser import Parser
from nlu.understanding import Heard, Measure, SpokenLine
from orders.catalog import AccountKind, Catalog, Product
from orders.draft import DraftLine, Problem, Slot


class LineFiller:
    """Fills lines for one catalog, with the parser compiled from the same catalog."""

    def __init__(self, catalog: Catalog, parser: Parser, credit: Credit, sure_at: float) -> None:
        self._catalog = catalog
        self._parser = parser
        self._credit = credit
        self._sure_at = sure_at

    def filled(self, line: DraftLine, spoken: SpokenLine) -> DraftLine:
        """One line after what was said of it; what was not mentioned stays."""
        before = line.product_id
        spoken = self._credit.given(line, spoken)
        line = replace(line, tops_up=line.product_id is None and (line.tops_up or spoken.tops_up))
        line = self._with_product(line, spoken)
        line = self._with_size(line, spoken, newly_named=line.product_id != before)
        if spoken.uncounted:
            line = replace(line, uncounted=True)
        if spoken.quantity_change is not None:
            line = _counted(line, line.quantity + spoken.quantity_change)
        if spoken.quantity is not None:
            line = _settled(replace(line, quantity=spoken.quantity.value, uncounted=False), Slot.QUANTITY)
        line = self._with_account(line, spoken)
        line = _in_region(line, spoken)
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
        line = replace(line, region_options=())
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
        if spoken.product is None and not spoken.product_options:
            line = self.sent_to(line, spoken.account.value)
        else:  # goods that were named with the number are what the reader made of both
            line = _settled(replace(line, account=spoken.account.value), Slot.ACCOUNT)
        return replace(line, account_guessed=unsure)

    def sent_to(self, line: DraftLine, account: str) -> DraftLine:
        """The line with this recipient, and the goods that his number needs."""
        chosen = self._credit.for_number(line, account)
        if chosen is None:
            conflict = Problem(Slot.ACCOUNT, "account_conflict", account)
            line = _settled(replace(line, account=None), Slot.ACCOUNT)
            return replace(line, problems=(*line.problems, conflict))
        others = chosen.product_id != line.product_id
        line = _settled(replace(chosen, account=account), Slot.ACCOUNT)
        return self._sized_by_what_was_said(line) if others else line

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


def _counted(line: DraftLine, quantity: int) -> DraftLine:
    """With so many; fewer than none is a problem, and what was in hand stays."""
    line = _settled(line, Slot.QUANTITY)
    if quantity < 1:
        return replace(
            line, problems=(*line.problems, Problem(Slot.QUANTITY, "quantity_limit", str(quantity)))
        )
    return replace(line, quantity=quantity, uncounted=False)


def _settled(line: DraftLine, slot: Slot) -> DraftLine:
    """The line without its old problems with `slot`: the last word wins."""
    return replace(line, problems=tuple(problem for problem in line.problems if problem.slot is not slot))


def _in_region(line: DraftLine, spoken: SpokenLine) -> DraftLine:
    """In the server that was said; of a half of its name remain those that fit the half said before, too."""
    if spoken.region is not None:
        return _settled(replace(line, region=spoken.region.value, region_options=()), Slot.REGION)
    if not spoken.region_options:
        return line
    both = tuple(one for one in spoken.region_options if one in line.region_options) or spoken.region_options
    region, options = (both[0], ()) if len(both) == 1 else (None, both)
    return _settled(replace(line, region=region, region_options=options), Slot.REGION)


def _with_problems(line: DraftLine, spoken: SpokenLine) -> DraftLine:
    for problem in spoken.problems:
        slot = Slot(problem.slot.value)
        line = _settled(line, slot)
        if slot is Slot.ACCOUNT:
            line = replace(line, account=None)
        line = replace(line, problems=(*line.problems, Problem(slot, problem.code.value, problem.value)))
    return line
