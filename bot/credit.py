"""Phone credit that is a product for each carrier: whose number it is tells which one is meant.

Who says 话费 and then 181… wants that number charged, whatever network it is of. Only who named the
carrier himself contradicts himself with a number of another one.
"""

from __future__ import annotations

from dataclasses import replace

from nlu.parser import Parser
from nlu.understanding import SpokenLine
from orders.catalog import AccountKind, Catalog
from orders.draft import DraftLine


class Credit:
    """Chooses among the carriers' credits of one catalog. Immutable."""

    def __init__(self, catalog: Catalog, parser: Parser) -> None:
        self._catalog = catalog
        self._parser = parser

    def for_number(self, line: DraftLine, number: str) -> DraftLine | None:
        """The line with the product that charges `number`; its size is still what was said of it. The line as
        it is where its goods are open and none or several fit; None where its goods contradict the number."""
        credit = self._parser.credit_of_carriers
        options = (line.product_id,) if line.product_id else line.product_options
        if not options or not set(options) <= set(credit) or self._charges(line.product_id, number):
            return line
        if line.carrier_named:
            return None
        fits = [one for one in credit if self._charges(one, number)]
        if len(fits) != 1:
            return None if line.product_id else line
        return replace(
            self._with_size(line), product_id=fits[0], product_options=(), sku_id=None, sku_options=()
        )

    def given(self, line: DraftLine, spoken: SpokenLine) -> SpokenLine:
        """What was said with the number that the reader held against the goods in hand, where these may
        change with it."""
        told = spoken.despite_conflict()
        if (
            line.product_id is None
            or line.carrier_named
            or spoken.product is not None
            or told.account is None
        ):
            return spoken
        phone = self._parser.lexicon.accounts[AccountKind.PHONE.value]
        return told if phone.accepts(told.account.value) else spoken

    def names_carrier(self, text: str) -> bool:
        """Whether a message names any carrier: 移动话费."""
        return any(carrier in text for carrier in self._parser.lexicon.groups("carriers.prefixes"))

    def _charges(self, product_id: str | None, number: str) -> bool:
        return product_id is not None and self._parser.charges(product_id, number)

    def _with_size(self, line: DraftLine) -> DraftLine:
        """The line with its size as it was said, or as its variant has it."""
        sku = self._catalog.sku(line.sku_id) if line.sku_id else None
        if line.measure_text is not None or sku is None:
            return line
        return replace(line, measure_value=sku.face_value, measure_unit=sku.unit, measure_text=sku.variant)
