"""How much is meant: money, foreign money, sizes in the catalog's units, periods, bare numbers.

What an amount means depends on the catalog (`50` may be yuan, Q币 or a quantity), so this reader
claims nothing: the parser takes the characters of the amounts that it uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import Measure


class AmountKind(StrEnum):
    MONEY = "money"
    """Renminbi; counted in 元."""
    CURRENCY = "currency"
    """Another money: `units` holds its name (美元, 日元, 港币 ...)."""
    SIZE = "size"
    """A number in a unit that the catalog sells by: 680点券, 10G, 3台."""
    PERIOD = "period"
    """A time that a membership runs: 一年 is 12 月, 季卡 3 月, 周卡 1 周, 30天 30 天."""
    BARE = "bare"
    """A number without a unit. Bare Chinese numerals of one character have a low sureness."""


@dataclass(frozen=True, slots=True)
class Amount:
    """`low == high` and `exact`, or else no one amount was meant (a range, an approximation)."""

    kind: AmountKind
    low: Decimal
    high: Decimal
    exact: bool
    units: tuple[str, ...]
    """The catalog's own units that the word may stand for (`点`: 点券 or CF点); ("元",) for money,
    one of 月 天 周 for a period, empty for a bare number."""
    text: str
    """As normalised."""
    counted: bool = False
    """A 个 stands between number and unit: `50个Q币`."""
    card: bool = False
    """The period was said as a kind of card or package: 月卡, 包年, 季度会员."""

    @property
    def measure(self) -> Measure:
        """What was said, for a line that is still open. No value unless exact."""
        return Measure(
            self.low if self.exact else None, self.units[0] if len(self.units) == 1 else None, self.text
        )

    def in_unit(self, unit: str) -> Decimal | None:
        """The exact value counted in `unit`, or None where it does not convert or is not exact.

        Money only converts to 元; periods convert as shops sell them (月卡 is 30 天, 一年 365 天,
        周卡 a quarter of a 月), never by calendar arithmetic.
        """
        return None


@dataclass(frozen=True, slots=True)
class Units:
    """How the units of one catalog may be written. Build once per catalog."""

    spellings: Mapping[str, tuple[str, ...]]
    """Normalised spelling -> the catalog's units that it may mean."""

    @classmethod
    def of(cls, lexicon: Lexicon, units: Mapping[str, Iterable[str]]) -> Units:
        """`units`: each unit of the catalog with further spellings that only the catalog knows
        (the aliases of a product that is its own unit: Q币 -> QB, 扣币)."""
        return cls({})


def read(page: Page, lexicon: Lexicon, units: Units) -> tuple[Mark[Amount], ...]:
    """All amounts in what is still free, left to right. Claims nothing.

    Call after references, accounts, filters and `other_numbers` have taken theirs. Marks do not
    overlap each other; they may overlap the marks of `quantities` (`1台`, `50个`).
    """
    return ()
