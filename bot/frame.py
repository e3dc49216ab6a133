"""What one message means, as the JSON that other programs read: the parse contract.

The frame of a message is what the bot would make of it as the first message of a conversation:
the same parser, the same filling of an empty draft, the same findings.
"""

from __future__ import annotations

from decimal import Decimal

from bot.filling import Filler
from nlu.confidence import Clues
from nlu.explanation import Explanation
from nlu.parser import Parser
from nlu.understanding import Filters, Intent, Slot, Understanding
from orders.catalog import Catalog
from orders.draft import EMPTY_DRAFT, DraftLine
from orders.quote import Ambiguous, Finding, Missing, Unacceptable, findings

CANDIDATES_MAX = 8

ORDERING = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.REORDER})

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Framer:
    """Turns texts into frames for one catalog, read from a file or from the shop."""

    def __init__(self, catalog: Catalog, parser: Parser, sure_at: float) -> None:
        self._catalog = catalog
        self._parser = parser
        self._filler = Filler(catalog, parser, sure_at)

    @property
    def parser(self) -> Parser:
        """By which it reads."""
        return self._parser

    def frame(self, text: str) -> dict[str, Json]:
        """The frame of `text`, as contract/frame.md lays it down."""
        understanding = self._parser.understand(text)
        lines: tuple[DraftLine, ...] = ()
        found: tuple[Finding, ...] = ()
        if understanding.intent in ORDERING:
            draft = self._filler.filled(EMPTY_DRAFT, understanding).draft
            lines = draft.lines
            found = findings(draft, self._catalog, self._in_stock)
        return {
            "text": text,
            "intent": understanding.intent.value,
            "confidence": round(understanding.confidence, 4),
            "lines": [self._line(line) for line in lines],
            "missing": _missing(found, understanding),
            "candidates": _candidates(found, understanding),
            "problems": _problems(found, understanding),
            "filters": _filters(understanding.filters),
            "sort": understanding.sort.value if understanding.sort else None,
            "order_ref": understanding.order_ref,
            "payment": understanding.payment.value if understanding.payment else None,
            "contact": understanding.contact,
            "spans": [
                {"slot": span.slot.value, "start": span.start, "end": span.end, "value": span.value}
                for span in understanding.spans
            ],
        }

    def explain(self, text: str) -> Explanation:
        """From which pieces of `text` its frame comes."""
        return self._parser.explain(text)

    def clues(self, text: str) -> Clues:
        """What the confidence in `text` comes from."""
        return self._parser.clues(text)

    def _in_stock(self, sku_id: str) -> int:
        sku = self._catalog.sku(sku_id)
        return sku.stock if sku else 0

    def _line(self, line: DraftLine) -> Json:
        return {
            "sku": line.sku_id,
            "product": line.product_id,
            "quantity": line.quantity,
            "account": line.account,
            "region": line.region,
        }


def _missing(found: tuple[Finding, ...], understanding: Understanding) -> list[Json]:
    """A slot with a problem is missing too; the order is the order to ask in."""
    slots = [finding.slot.value for finding in found if not _only_stock(finding)]
    slots += [finding.slot.value for finding in found if _only_stock(finding)]
    slots += [problem.slot.value for problem in understanding.problems]
    askable = [slot.value for slot in (Slot.PRODUCT, Slot.VARIANT, Slot.ACCOUNT, Slot.REGION, Slot.QUANTITY)]
    in_order: list[Json] = [*dict.fromkeys(slot for slot in slots if slot in askable)]
    return in_order


def _only_stock(finding: Finding) -> bool:
    return isinstance(finding, Unacceptable) and finding.code == "out_of_stock"


def _candidates(found: tuple[Finding, ...], understanding: Understanding) -> list[Json]:
    options: list[str] = []
    for finding in found:
        match finding:
            case Ambiguous(options=several) | Unacceptable(options=several):
                options += several
            case Missing():
                pass
    if not found:
        options += understanding.options
    best_first: list[Json] = [*dict.fromkeys(options)]
    return best_first[:CANDIDATES_MAX]


def _problems(found: tuple[Finding, ...], understanding: Understanding) -> list[Json]:
    problems: list[Json] = [
        {"slot": finding.slot.value, "code": finding.code, "value": finding.value}
        for finding in found
        if isinstance(finding, Unacceptable)
    ]
    problems += [
        {"slot": problem.slot.value, "code": problem.code.value, "value": problem.value}
        for problem in understanding.problems
    ]
    return [problem for at, problem in enumerate(problems) if problem not in problems[:at]]


def _filters(filters: Filters) -> dict[str, Json]:
    """Only the limits that were said, in the units of the contract: yuan, minutes, fractions."""
    said: dict[str, Json] = {
        "max_price": _yuan(filters.max_price_fen),
        "min_price": _yuan(filters.min_price_fen),
        "max_eta_minutes": filters.max_eta_minutes,
        "max_discount": _number(filters.max_discount),
        "min_discount": _number(filters.min_discount),
        "min_rating": _number(filters.min_rating),
        "category": filters.category,
    }
    return {name: value for name, value in said.items() if value is not None}


def _yuan(amount_fen: int | None) -> float | int | None:
    return None if amount_fen is None else _number(Decimal(amount_fen) / 100)


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
