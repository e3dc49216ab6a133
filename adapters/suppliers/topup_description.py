"""How an outside supplier wants to be spoken to, as a value: what `data/suppliers/<name>.yaml` can say.

The dataclasses are the schema. There is no logic in a description: a field of a request is filled with
one of the facts below, a place in an answer is a path of names, and a code means what it is listed under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from zoneinfo import ZoneInfo


class Send(StrEnum):
    """How the fields of a request travel."""

    FORM = "form"
    JSON = "json"
    QUERY = "query"


class Method(StrEnum):
    POST = "POST"
    GET = "GET"


class Hash(StrEnum):
    MD5 = "md5"
    SHA256 = "sha256"
    HMAC_SHA256 = "hmac-sha256"


class Case(StrEnum):
    UPPER = "upper"
    LOWER = "lower"


class Sequence(StrEnum):
    SORTED = "sorted"
    """By the names of the fields."""
    LISTED = "listed"
    """As `fields` of the signature lists them."""


class Pairs(StrEnum):
    KEY_IS_VALUE = "key=value"
    KEY_VALUE = "keyvalue"
    VALUE = "value"


class Unit(StrEnum):
    YUAN = "yuan"
    FEN = "fen"


class Fact(StrEnum):
    """What a field of a request can be filled with. A fact that is not known leaves the field out."""

    REQUEST_NO = "request_no"
    """Our number of the request."""
    ACCOUNT = "account"
    CODE = "code"
    """What the supplier calls the goods."""
    QUANTITY = "quantity"
    FACE_VALUE = "face_value"
    """Of one piece, in yuan: a guard, or what is asked for."""
    COST_MAX = "cost_max"
    """The most that one piece may cost, in the supplier's unit of money."""
    CALLBACK_URL = "callback_url"
    REGION = "region"
    TIME = "time"
    DAY = "day"
    """Of a bill: 2026-01-05."""
    SETTING = "setting"
    """`setting.user`: what the shop's settings say."""
    TEXT = "text"
    """`text.fast`: these very characters."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A fact, with the name of the setting or the text where it needs one."""

    fact: Fact
    argument: str = ""

    @classmethod
    def read(cls, text: str) -> Filling:
        """Raises ValueError."""
        name, dot, argument = text.partition(".")
        fact = Fact(name)
        if (fact in (Fact.SETTING, Fact.TEXT)) != bool(dot and argument):
            raise ValueError(text)
        return cls(fact, argument)


@dataclass(frozen=True, slots=True)
class Signing:
    """The text that is signed: the fields, joined, between `before` and `after`."""

    field: str
    hash: Hash
    before: str = ""
    after: str = ""
    """`&apikey={key}`: a name in braces is a setting."""
    key: str = ""
    """With hmac-sha256: the setting that is the key."""
    sequence: Sequence = Sequence.SORTED
    fields: tuple[str, ...] = ()
    """With `listed`: these, in this order."""
    outside: tuple[str, ...] = ()
    """Fields that are sent and not signed."""
    pairs: Pairs = Pairs.KEY_IS_VALUE
    joiner: str = "&"
    skip_empty: bool = False
    case: Case = Case.LOWER

    def filled(self, settings: Mapping[str, str]) -> tuple[str, str]:
        """What stands before and behind the fields."""
        return self.before.format(**settings), self.after.format(**settings)

    @property
    def settings(self) -> frozenset[str]:
        named = {
            name for part in (self.before, self.after) for _, name, _, _ in Formatter().parse(part) if name
        }
        return frozenset(named | ({self.key} if self.key else set()))


class Meaning(StrEnum):
    """What a code that is not `ok` means, or the message that comes with it."""

    REFUSED = "refused"
    """Definitively: nothing was and will be delivered."""
    UNKNOWN_NUMBER = "unknown_number"
    """It knows nothing of our request."""
    REPEATED = "repeated"
    """It has our request already."""
    WORKING = "working"
    BALANCE_LOW = "balance_low"
    GUARDED = "guarded"
    """The goods have another face value, or cost more than we allow."""
    BAD_ACCOUNT = "bad_account"


@dataclass(frozen=True, slots=True)
class Answering:
    """Where the verdict of an answer stands. What is listed nowhere is not understood, so that we ask."""

    code: str
    ok: tuple[str, ...]
    message: str = ""
    codes: Mapping[str, Meaning] = field(default_factory=dict)
    words: Mapping[Meaning, tuple[str, ...]] = field(default_factory=dict)
    """Pieces of the message, for suppliers with one code for everything; they outrank the code."""


class State(StrEnum):
    DONE = "done"
    WORKING = "working"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class OrderReading:
    """The names of an order's parts, in answers and in callbacks."""

    state: str
    states: Mapping[State, tuple[str, ...]]
    number: str = ""
    """Our number, said back to us."""
    ref: str = ""
    """Their number."""
    arrived: str = ""
    """The face value that reached the recipient, in yuan."""
    cost: str = ""
    """What was charged for the whole of it."""
    cards: str = ""
    """Card keys: one text, or several by `*`."""
    cards_split: str = ""
    """What stands between several keys of one text."""


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    fields: Mapping[str, Filling]
    method: Method = Method.POST
    send: Send = Send.FORM
    at: str = ""
    """Where in the answer it stands that is asked for; `*` is every item of a list."""


@dataclass(frozen=True, slots=True)
class PriceCall(Call):
    code: str = "code"
    cost: str = "price"
    available: str = ""
    available_is: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BillCall(Call):
    number: str = "number"
    ref: str = "ref"
    amount: str = "amount"
    state: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    acknowledgement: str
    """The very text that makes the supplier stop calling."""
    send: Send = Send.FORM
    sign: Signing | None = None
    """Where it differs from the signature of our requests."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What the supplier calls one of our SKUs. `cost` in yuan, where it has no list of prices to ask for."""

    code: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Description:
    base_url: str
    sign: Signing
    answer: Answering
    order: OrderReading
    submit: Call
    query: Call
    secrets: tuple[str, ...]
    """Settings that nobody may see; at least one of them signs."""
    settings: tuple[str, ...] = ()
    goods: Mapping[str, Goods] = field(default_factory=dict)
    """By our SKU."""
    callback: Callback | None = None
    balance: Call | None = None
    prices: PriceCall | None = None
    bill: BillCall | None = None
    rating: Decimal = Decimal(5)
    """How good the shopkeeper thinks it is, 0 to 5."""
    money: Unit = Unit.YUAN
    """In which unit costs, prices and the balance stand."""
    time: str = "unix"
    """`unix`, `unix_ms`, or a pattern such as %Y%m%d%H%M%S."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    plain_http: bool = False
    """Allow http without TLS: whoever listens can read and forge the answers."""

    @property
    def calls(self) -> Mapping[str, Call]:
        named = {
            "submit": self.submit, "query": self.query, "balance": self.balance, "prices": self.prices,
            "bill": self.bill,
        }  # fmt: skip
        return {name: call for name, call in named.items() if call is not None}
