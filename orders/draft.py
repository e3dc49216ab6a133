"""What has been said of an order so far: the whole state of the dialogue about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Slot(StrEnum):
    """What a line needs before it can be quoted."""

    PRODUCT = "product"
    VARIANT = "variant"
    ACCOUNT = "account"
    REGION = "region"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something said that cannot be right: the codes of the parse contract."""

    slot: Slot
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of the draft; None where nothing was said or the choice is open."""

    product_id: str | None = None
    sku_id: str | None = None
    quantity: int = 1
    uncounted: bool = False
    """Some are wanted (来几张), and it is still to be said how many."""
    account: str | None = None
    region: str | None = None
    product_options: tuple[str, ...] = ()
    sku_options: tuple[str, ...] = ()
    region_options: tuple[str, ...] = ()
    """Servers of which half the name was said; the other half may come with another message."""
    measure_value: Decimal | None = None
    measure_unit: str | None = None
    measure_text: str | None = None
    """The size that was said before the product was known: `充100`, then `Q币`."""
    tops_up: bool = False
    """It was said with a word of topping up (充, 交, 缴)."""
    problems: tuple[Problem, ...] = ()
    contact: str | None = None
    """A recipient who was named, and whose account was not remembered when the line was filled."""
    guessed: bool = False
    """Something in the line was guessed, so the quote must be confirmed with a yes."""
    account_guessed: bool = False
    """So was the recipient; whoever says him again has settled that."""
    carrier_named: bool = False
    """The customer named the network himself (移动话费), so a number of another one contradicts him."""

    @property
    def unsure(self) -> bool:
        return self.guessed or self.account_guessed


@dataclass(frozen=True, slots=True)
class Draft:
    """The order being talked about."""

    lines: tuple[DraftLine, ...] = ()
    payment: str | None = None
    coupon: str | None = None
    """The code of a coupon that the customer named."""


EMPTY_DRAFT = Draft()
