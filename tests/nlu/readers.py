"""The readers over one message, in the parser's order, without a catalog's names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from nlu import accounts, amounts, filters, other_numbers, payments, quantities, references
from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind, Units
from nlu.lexicon import Lexicon
from nlu.normalise import normalise
from nlu.other_numbers import OtherNumber
from nlu.page import Mark, Page
from nlu.quantities import Quantity
from nlu.understanding import Filters, PaymentMethod, SortKey

DATA = Path(__file__).parents[2] / "data"
TABLES = Path(__file__).parent / "tables"
CATALOG_UNITS = (
    "元",
    "月",
    "天",
    "点券",
    "CF点",
    "GB",
    "Q币",
    "创世结晶",
    "美元",
    "日元",
    "港币",
    "Robux",
    "台",
)


@dataclass(frozen=True)
class Read:
    page: Page
    references: tuple[str, ...]
    accounts: tuple[Mark[Account], ...]
    others: tuple[Mark[OtherNumber], ...]
    filters: Filters
    sort: SortKey | None
    amounts: tuple[Amount, ...]
    quantities: tuple[Quantity, ...]
    payments: tuple[PaymentMethod, ...]

    @property
    def sure_amounts(self) -> tuple[str, ...]:
        return tuple(spelled(amount) for amount in self.amounts if amount.exact)


def spelled(amount: Amount) -> str:
    value = amount.low.normalize()
    unit = "/".join(amount.units) or ("?" if amount.kind is AmountKind.SIZE else "")
    return f"{value:f} {unit}".strip()


@cache
def lexicon() -> Lexicon:
    return Lexicon.read(DATA)


@cache
def units() -> Units:
    return Units.of(lexicon(), dict.fromkeys(CATALOG_UNITS, ()))


def read(text: str) -> Read:
    page, words = normalise(text), lexicon()
    orders = tuple(mark.value.order for mark in references.read(page, words))
    recipients = accounts.read(page, words)
    others = other_numbers.read(page, words)
    limits = filters.collected(filters.read(page, words))
    sorts = filters.read_sort(page, words)
    # A lone 一 in a sentence is hardly ever an amount; the reader says so by its sureness.
    said = tuple(mark.value for mark in amounts.read(page, words, units()) if mark.sureness > 0.5)
    counts = tuple(mark.value for mark in quantities.read(page, words))
    paying = tuple(mark.value for mark in payments.read(page, words))
    sort = sorts[-1].value if sorts else None
    return Read(page, orders, recipients, others, limits, sort, said, counts, paying)


def table(name: str) -> dict[str, object]:
    document = yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def rows(name: str, section: str) -> list[tuple[str, str]]:
    """(phrase, what it means) for each phrase of a section that maps meanings to phrases."""
    meanings = table(name)[section]
    assert isinstance(meanings, dict)
    return [(str(phrase), str(meaning)) for meaning, listed in meanings.items() for phrase in listed]


def phrases(name: str, section: str) -> list[str]:
    listed = table(name)[section]
    assert isinstance(listed, list)
    return [str(phrase) for phrase in listed]
