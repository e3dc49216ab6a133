"""What the shopkeeper decided: limits, times and switches, read from `data/policy.toml`.

The dataclasses are the schema: a key that is missing, unknown, of another type or below its
least value is an error that names the file, the key and the remedy.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from orders.errors import PolicyError
from orders.money import Fen

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class QuotePolicy:
    good_for_minutes: int
    fee_per_mille: int

    @property
    def good_for(self) -> timedelta:
        return timedelta(minutes=self.good_for_minutes)


@dataclass(frozen=True, slots=True)
class Limits:
    order_total_max_yuan: int
    confirm_above_yuan: int
    lines_max: int
    unpaid_orders_max: int
    choices_max: int
    message_length_max: int
    orders_shown_max: int
    refused_notices_kept_per_minute: int

    @property
    def order_total_max_fen(self) -> Fen:
        return Fen(self.order_total_max_yuan * 100)

    @property
    def confirm_above_fen(self) -> Fen:
        return Fen(self.confirm_above_yuan * 100)


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    sure_at: float
    guess_at: float


@dataclass(frozen=True, slots=True)
class ConversationPolicy:
    silence_minutes: int
    draft_kept_hours: int


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    attempts_max: int
    answer_within_seconds: int
    query_seconds: tuple[int, ...]
    notice_age_max_seconds: int
    refund_query_seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WalletPolicy:
    """What customers may leave with the shop, to be spent later."""

    deposit_min_yuan: int
    deposit_max_yuan: int
    balance_max_yuan: int

    @property
    def deposit_min_fen(self) -> Fen:
        return Fen(self.deposit_min_yuan * 100)

    @property
    def deposit_max_fen(self) -> Fen:
        return Fen(self.deposit_max_yuan * 100)

    @property
    def balance_max_fen(self) -> Fen:
        return Fen(self.balance_max_yuan * 100)


@dataclass(frozen=True, slots=True)
class GatewayPolicy:
    """Which gateways are offered to the customers of a channel, the first one first. A gateway that is
    named here and not configured is passed over."""

    web: tuple[str, ...]
    wechat: tuple[str, ...]
    telegram: tuple[str, ...]

    def of(self, channel: str) -> tuple[str, ...]:
        """Those of a channel by its name; the web's for a channel that is none of them."""
        return {"wechat": self.wechat, "telegram": self.telegram}.get(channel, self.web)


@dataclass(frozen=True, slots=True)
class StarsPolicy:
    fen_per_star: int

    def stars_for(self, amount_fen: int) -> int:
        """The price in whole stars, rounded up: the shop never gets less than it asked."""
        return -(-amount_fen // self.fen_per_star)


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    answer_within_seconds: int
    query_after_seconds: tuple[int, ...]
    absent_confirm_minutes: int
    attempts_max: int
    refund_failed: bool


@dataclass(frozen=True, slots=True)
class StockPolicy:
    low_at: int
    expiry_margin_days: int

    @property
    def expiry_margin(self) -> timedelta:
        return timedelta(days=self.expiry_margin_days)


@dataclass(frozen=True, slots=True)
class AfterSalesPolicy:
    replacements_per_line_max: int
    replace_by_itself: bool
    overdue_factor: int
    overdue_minutes_min: int
    refund_alone_max_yuan: int

    @property
    def refund_alone_max_fen(self) -> Fen:
        return Fen(self.refund_alone_max_yuan * 100)

    def patience(self, eta_minutes: int) -> timedelta:
        """How long after the payment a promise of `eta_minutes` counts as broken."""
        return timedelta(minutes=max(eta_minutes * self.overdue_factor, self.overdue_minutes_min))


@dataclass(frozen=True, slots=True)
class SupplierPolicy:
    price_minutes: int
    balance_minutes: int
    balance_low_yuan: int
    cost_max_per_mille: int
    pause_minutes: int
    failures_in_row_max: int
    attempts_looked_at: int
    failing_costs_per_mille: int
    slow_costs_per_mille: int
    rating_costs_per_mille: int
    wait_minutes: int
    wait_for_supplier: bool

    @property
    def balance_low_fen(self) -> Fen:
        return Fen(self.balance_low_yuan * 100)

    def cost_max_fen(self, price_fen: int) -> Fen:
        """The most that a piece may cost which is sold at this price: never more than the price."""
        return Fen(min(price_fen, price_fen * self.cost_max_per_mille // 1000))


@dataclass(frozen=True, slots=True)
class JobPolicy:
    lease_seconds: int
    attempts_max: int
    retry_seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SweepPolicy:
    every_minutes: int
    settled_stuck_minutes: int


@dataclass(frozen=True, slots=True)
class ReconciliationPolicy:
    hour: int
    tries_max: int
    retry_minutes: tuple[int, ...]
    catch_up_days: int
    edge_minutes: int
    kept_per_mille_max: int

    def keeps_as_usual(self, fee_fen: int, amount_fen: int) -> bool:
        """Whether a gateway keeps, or gives back, no more of an amount than it may unasked."""
        return abs(fee_fen) <= -(-amount_fen * self.kept_per_mille_max // 1000)


@dataclass(frozen=True, slots=True)
class LearningPolicy:
    misses_kept_days: int
    misses_max: int
    misses_per_day_max: int
    misses_per_customer_per_day_max: int
    phrase_length_max: int
    proposal_customers_min: int
    lessons_max: int


@dataclass(frozen=True, slots=True)
class Policy:
    quote: QuotePolicy
    limits: Limits
    reading: ReadingPolicy
    conversation: ConversationPolicy
    payment: PaymentPolicy
    gateways: GatewayPolicy
    stars: StarsPolicy
    wallet: WalletPolicy
    delivery: DeliveryPolicy
    stock: StockPolicy
    aftersales: AfterSalesPolicy
    suppliers: SupplierPolicy
    jobs: JobPolicy
    sweep: SweepPolicy
    reconciliation: ReconciliationPolicy
    learning: LearningPolicy

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read and check the file. Raises PolicyError, OSError where it cannot be opened."""
        try:
            said = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{path}: not a TOML file: {error}") from error
        sections = get_type_hints(cls)
        _expect_names(path, "", set(sections), set(said))
        return cls(**{name: _section(path, name, kind, said[name]) for name, kind in sections.items()})


ZERO_ALLOWED = frozenset(
    {
        "balance_low_yuan",
        "expiry_margin_days",
        "failing_costs_per_mille",
        "fee_per_mille",
        "guess_at",
        "low_at",
        "rating_costs_per_mille",
        "refund_alone_max_yuan",
        "replacements_per_line_max",
        "slow_costs_per_mille",
        "sure_at",
    }
)


# The parsed file is the one place where a value may be anything at all.
def _section(path: Path, name: str, kind: type[S], said: Any) -> S:
    if not isinstance(said, dict):
        raise PolicyError(f"{path}: {name} must be a section, [{name}]")
    hints = get_type_hints(kind)
    _expect_names(path, f"{name}.", {field.name for field in fields(kind)}, set(said))  # type: ignore[arg-type]
    return kind(**{key: _value(path, f"{name}.{key}", key, hints[key], said[key]) for key in hints})


def _expect_names(path: Path, prefix: str, known: set[str], said: set[str]) -> None:
    if unknown := sorted(said - known):
        raise PolicyError(f"{path}: {prefix}{unknown[0]} is not known; known are {', '.join(sorted(known))}")
    if missing := sorted(known - said):
        raise PolicyError(f"{path}: {prefix}{missing[0]} is missing; write it down")


def _value(path: Path, full_name: str, name: str, hint: Any, said: Any) -> Any:
    least = 0 if name in ZERO_ALLOWED else 1
    if hint is bool:
        if isinstance(said, bool):
            return said
        raise PolicyError(f"{path}: {full_name} is {said!r}; write true or false")
    if hint is str:
        if isinstance(said, str) and said:
            return said
        raise PolicyError(f"{path}: {full_name} is {said!r}; write a text")
    if hint is float:
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1:
            return float(said)
        raise PolicyError(f"{path}: {full_name} is {said!r}; write a number from 0 to 1")
    if hint is int:
        return _whole(path, full_name, said, least)
    if hint == tuple[str, ...]:
        if isinstance(said, list) and said and all(isinstance(item, str) and item for item in said):
            return tuple(said)
        raise PolicyError(f'{path}: {full_name} is {said!r}; write a list of names, such as ["alipay"]')
    if isinstance(said, list) and said:
        return tuple(_whole(path, full_name, item, 1) for item in said)
    raise PolicyError(f"{path}: {full_name} is {said!r}; write a list of whole numbers, such as [5, 15]")


def _whole(path: Path, full_name: str, said: Any, least: int) -> int:
    if isinstance(said, int) and not isinstance(said, bool) and least <= said <= 10**9:
        return said
    raise PolicyError(f"{path}: {full_name} is {said!r}; write a whole number, {least} or more")
