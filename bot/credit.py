"""Phone credit that is a product for each carrier: whose number it is tells which one is meant.

Who says 话费 and then 181… wants that number charged, whatever network it is of. Only who named the
carrier himself contradicts himself with a number of another one.
"""

from __future__ import annotations

from dataclasses import replace

from nlu.parser import Parser
from nlu.understanding import Heard, ProblemCode, Span, SpokenLine
from orders.catalog import AccountKind, Catalog
from orders.draft import DraftLine, Problem, Slot

_NOWHERE = Span(0, 0)


class Credit:
    """Chooses among the carriers' credits of one catalog. Immutable."""

    def __init__(self, catalog: Catalog, parser: Parser) -> None:
        self._catalog = catalog
        self._parser = parser

    def for_number(self, line: DraftLine, number: str) -> DraftLine:
        """The line with the product that charges `number`; its size is still what was said of it. The line as
        it is where that is none or several; refused where the customer named another carrier."""
        credit = self._parser.credit_of_carriers
        options = (line.product_id,) if line.product_id else line.product_options
        if not options or not set(options) <= set(credit) or self._charges(line.product_id, number):
            return line
        if line.carrier_named:
            return _refused(line, number)
        fits = [one for one in credit if self._charges(one, number)]
        if len(fits) != 1:
            return _refused(line, number) if line.product_id else line
        return replace(
            self._with_size(line), product_id=fits[0], product_options=(), sku_id=None, sku_options=()
        )

    def given(self, line: DraftLine, spoken: SpokenLine) -> SpokenLine:
        """What was said with the number that the reader held against the goods in hand, where these may
        change with it."""
        refused = [one for one in spoken.problems if one.code is ProblemCode.ACCOUNT_CONFLICT]
        phone = self._parser.lexicon.accounts[AccountKind.PHONE.value]
        asked_anew = line.product_id is None or spoken.product is not None or spoken.account is not None
        if asked_anew or line.carrier_named or len(refused) != 1 or not phone.accepts(refused[0].value):
            return spoken
        others = tuple(one for one in spoken.problems if one is not refused[0])
        number = Heard(refused[0].value, _NOWHERE)
        return replace(spoken, account=number, account_kind=AccountKind.PHONE.value, problems=others)

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


def _refused(line: DraftLine, number: str) -> DraftLine:
    conflict = Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_CONFLICT.value, number)
    others = tuple(one for one in line.problems if one.slot is not Slot.ACCOUNT)
    return replace(line, account=None, problems=(*others, conflict))
