"""How one message was read: the only thing that leaves `nlu`.

A reader never invents: every value carries the characters it was read from and how sure
the reader is, so that whoever acts on it can decide between going on, confirming and asking.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Intent(StrEnum):
    """What the customer wants of us with this message (contract: the parse frame)."""

    ORDER = "order"
    SEARCH = "search"
    PRICE = "price"
    STATUS = "status"
    HISTORY = "history"
    REORDER = "reorder"
    PAY = "pay"
    CONFIRM = "confirm"
    DENY = "deny"
    CANCEL = "cancel"
    MODIFY = "modify"
    PROVIDE = "provide"
    REFUND = "refund"
    RECEIPT = "receipt"
    HUMAN = "human"
    FAQ = "faq"
    HELP = "help"
    SAVE_CONTACT = "save_contact"
    GREET = "greet"
    THANKS = "thanks"
    OUT_OF_SCOPE = "out_of_scope"


class Slot(StrEnum):
    """A thing that can be said. The first five make an order line; the rest stand beside it."""

    PRODUCT = "product"
    VARIANT = "variant"
    ACCOUNT = "account"
    REGION = "region"
    QUANTITY = "quantity"
    CONFIRM = "confirm"
    CHOICE = "choice"
    PAYMENT = "payment"
    CONTACT = "contact"
    ORDER_REF = "order_ref"
    SORT = "sort"
    CATEGORY = "category"
    MAX_PRICE = "max_price"
    MIN_PRICE = "min_price"
    MAX_ETA_MINUTES = "max_eta_minutes"
    MAX_DISCOUNT = "max_discount"
    MIN_DISCOUNT = "min_discount"
    MIN_RATING = "min_rating"


class ProblemCode(StrEnum):
    """What can be wrong with what was said (contract: `problems`)."""

    PHONE_LENGTH = "phone_length"
    PHONE_PREFIX = "phone_prefix"
    ACCOUNT_FORMAT = "account_format"
    VARIANT_UNAVAILABLE = "variant_unavailable"
    REGION_UNKNOWN = "region_unknown"
    QUANTITY_LIMIT = "quantity_limit"
    OUT_OF_STOCK = "out_of_stock"
    PRODUCT_UNKNOWN = "product_unknown"
    ACCOUNT_CONFLICT = "account_conflict"


class SortKey(StrEnum):
    PRICE = "price"
    SALES = "sales"
    ETA = "eta"
    RATING = "rating"
    DISCOUNT = "discount"


class PaymentMethod(StrEnum):
    WECHAT = "wechat"
    ALIPAY = "alipay"
    UNIONPAY = "unionpay"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets into the message as it was typed, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """A value, where it was read, and how sure the reader is (0..1, calibrated)."""

    value: T
    span: Span
    sureness: float = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was said and cannot be right; `value` is what was said."""

    slot: Slot
    code: ProblemCode
    value: str


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a variant as it was said: `100元`, `年卡`, `680点券`, a bare `50`, `家庭版`.

    `value` and `unit` are None where the variant was named by a word (`家庭版`).
    Periods are in their own unit (月, 天); `text` is the words as typed.
    """

    value: Decimal | None
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One order line, as far as it was said. None means: not said, or open.

    A line that is still open keeps what was said (`measure`), so that `充100` and then
    `Q币` make 100 Q币. The ids are the catalog's own.
    """

    product: Heard[str] | None = None
    sku: Heard[str] | None = None
    measure: Heard[Measure] | None = None
    quantity: Heard[int] | None = None
    account: Heard[str] | None = None
    account_kind: str | None = None
    region: Heard[str] | None = None
    product_options: tuple[str, ...] = ()
    """Product ids worth offering while the product is open, best first."""
    sku_options: tuple[str, ...] = ()
    """SKU ids worth offering while the variant is open, best first."""
    region_options: tuple[str, ...] = ()
    """Servers that fit the half of a name that was said (`微信区`), as the catalog spells them."""
    problems: tuple[Problem, ...] = ()
    position: int | None = None
    """Which line in hand is meant, from 0, when the customer said so (`第二个`)."""
    quantity_change: int | None = None
    """So many more or fewer than in hand (`减两张` is -2); then `quantity` is None."""
    uncounted: bool = False
    """Some are wanted, and how many was not said: 来几张."""
    contact: str | None = None
    """Who gets this line, where he was named beside others (`给老妈充100，给老爸充50`); the first of
    them is `Understanding.contact` too. For `save_contact` of several, whose account this is."""
    dropped: bool = False
    """The customer no longer wants this line (`不要优酷了`)."""
    tops_up: bool = False
    """A word of topping up was said (充, 交, 缴): with no goods named, a mobile number makes it phone credit."""

    def despite_conflict(self) -> SpokenLine:
        """The line with the telephone number that was held against the goods in hand; itself where there is none."""
        refused = [one for one in self.problems if one.code is ProblemCode.ACCOUNT_CONFLICT]
        if self.account is not None or len(refused) != 1 or not refused[0].value.isdecimal():
            return self
        others = tuple(one for one in self.problems if one is not refused[0])
        number = Heard(refused[0].value, Span(0, 0))
        return replace(self, account=number, account_kind="phone", problems=others)


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits that were said of a search; None where nothing was said."""

    max_price_fen: int | None = None
    min_price_fen: int | None = None
    max_eta_minutes: int | None = None
    max_discount: Decimal | None = None
    """Fraction of the list price paid: 九折 is 0.9."""
    min_discount: Decimal | None = None
    min_rating: Decimal | None = None
    category: str | None = None

    @property
    def empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True, slots=True)
class SlotSpan:
    """Where a slot was found: for `xiadan parse`, and for showing the reader at work."""

    slot: Slot
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """One message, understood. Immutable, and complete in itself."""

    text: str
    intent: Intent
    confidence: float
    """How often a frame like this is right, 0 to 1 (calibrated: `nlu/confidence.py`)."""
    lines: tuple[SpokenLine, ...] = ()
    options: tuple[str, ...] = ()
    """What the message is about when nothing is ordered: product or SKU ids, best first."""
    problems: tuple[Problem, ...] = ()
    """Problems that belong to no line (`product_unknown`)."""
    filters: Filters = field(default_factory=Filters)
    sort: SortKey | None = None
    order_ref: str | None = None
    """`last`, an order number, or None."""
    order_at: int | None = None
    """Which of several orders, oldest first (`第一个`); from the newest where negative (`上上次`)."""
    every_order: bool = False
    """All open orders are meant (`都不要了`)."""
    times: int | None = None
    """So many times the whole earlier order (`再来两次`), for `reorder`."""
    payment: PaymentMethod | None = None
    contact: str | None = None
    forgets: bool = False
    """For `save_contact`: what is remembered under the name is to be forgotten (`忘掉老妈的号码`)."""
    renews: str | None = None
    """Whose remembered number is out of date (`老妈换号了`); the account that was said is the new one."""
    topic: str | None = None
    """Which question of `data/intents.yaml` was asked, for `faq`."""
    adds: bool = False
    """The lines come on top of what is in hand (`再来一张`, `另外`, `还要`), rather than in its place."""
    broken: bool = False
    """What was delivered is said not to work; with `refund` where money is asked back in the same breath."""
    apart: bool = False
    """The lines are an order of their own beside the one in hand (`再买一单`, `另外下一单`)."""
    revives: bool = False
    """What was called off just now is wanted after all (`刚才那个还是要的`), for `reorder`; for `modify`, what is in
    hand shall be again what it was before (`换回去`): before its last change, or at first where `order_at` is 0."""
    chosen: str | None = None
    """What the answered choice means, when the message answers one (`2`, its label, `第二个`)."""
    spans: tuple[SlotSpan, ...] = ()
    clear: float = 1.0
    """How clear the signs of the intent were, 0 to 1: whether there is anything to ask again about. A
    message without any sense is read as such with much confidence and nothing clear."""


@dataclass(frozen=True, slots=True)
class OfferedChoice:
    """A choice that the bot showed: its label, and what choosing it means."""

    label: str
    means: str


@dataclass(frozen=True, slots=True)
class LineInHand:
    """What is known so far of a line that is being talked about."""

    product_id: str | None = None
    sku_id: str | None = None
    measure: Measure | None = None
    account: str | None = None
    region: str | None = None
    quantity: int | None = None
    product_options: tuple[str, ...] = ()
    """Which products it may be while that is open; a number's prefix or a region may decide it."""
    contact: str | None = None
    """Under which name its recipient is kept, where he is."""
    account_begun: str | None = None
    """The digits that were given for the recipient so far, while they are no whole number."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the bot just asked and what lies in hand, so that `2` or `138…` can be read.

    `asking` is the slot of the open question (`Slot.CONFIRM` for a yes or no), `choices` what
    was offered with it, in the order shown. `quoted` says that a quote was shown and not paid,
    `open_orders` how many orders can still be paid. `looking`: the line in hand was only talked about.
    `shown`: what was offered before, when something else was asked since.
    `changed`: it was something else before, to which it can go back.
    `people`: the names under which this customer keeps recipients.
    """

    asking: Slot | None = None
    choices: tuple[OfferedChoice, ...] = ()
    lines: tuple[LineInHand, ...] = ()
    quoted: bool = False
    open_orders: int = 0
    looking: bool = False
    changed: bool = False
    shown: tuple[OfferedChoice, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def nothing_in_hand(self) -> bool:
        """Whether a message is read as the first one of a talk."""
        return not (self.lines or self.asking or self.choices or self.quoted)


NOTHING_EXPECTED = Expectation()
