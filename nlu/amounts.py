"""How much is meant: money, foreign money, sizes in the catalog's units, periods, bare numbers.

What an amount means depends on the catalog (`50` may be yuan, Q币 or a quantity), so this reader
claims nothing: the parser takes the characters of the amounts that it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from nlu.lexicon import Lexicon
from nlu.money import with_small_change
from nlu.numerals import Number, hedged, number, numbers
from nlu.page import Mark, Page
from nlu.periods import converted, period_behind, periods_alone
from nlu.understanding import Measure
from nlu.units import Units

__all__ = ["Amount", "AmountKind", "Units", "read", "single"]


class AmountKind(StrEnum):
    MONEY = "money"
    """Renminbi; counted in 元."""
    CURRENCY = "currency"
    """Another money: `units` holds its name (美元, 日元, 港币 ...), or the catalog's word for it."""
    SIZE = "size"
    """A number in a unit that the catalog sells by: 680点券, 10G, 3台. No `units` at all: a unit
    of virtual goods that this catalog does not have."""
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
        unit = self.units[0] if len(self.units) == 1 else None
        return Measure(self.low if self.exact else None, unit, self.text)

    def in_unit(self, unit: str) -> Decimal | None:
        """The exact value counted in `unit`, or None where it does not convert or is not exact.

        Money only converts to 元; periods convert as shops sell them (月卡 is 30 天, 一年 365 天,
        周卡 a quarter of a 月), never by calendar arithmetic.
        """
        if not self.exact:
            return None
        if self.kind is AmountKind.PERIOD:
            return converted(self.low, self.units[0], unit)
        return self.low if unit in self.units else None


def read(page: Page, lexicon: Lexicon, units: Units) -> tuple[Mark[Amount], ...]:
    """All amounts in what is still free, left to right. Claims nothing.

    Call after references, accounts, filters and `other_numbers` have taken theirs. Marks do not
    overlap each other; they may overlap the marks of `quantities` (`1台`, `50个`).
    """
    text = page.rest()
    marks: list[Mark[Amount]] = []
    at = 0
    for found in numbers(text):
        behind_size = bool(marks) and marks[-1].end == found.start and marks[-1].value.kind is AmountKind.SIZE
        if found.start < at or not (_counts(text, found, page.text) or behind_size):
            continue
        if _DURATION.match(text, found.end) and not units.pattern.match(text, found.end):
            continue
        mark = _hedged(text, _amount(text, page.text, found, units, at), lexicon)
        if mark.value.kind is AmountKind.BARE and mark.value.text in _FORMAL and _in_word(text, mark):
            continue  # 陆续, 参加, 队伍
        joined = _range(text, marks[-1], mark) if marks else None
        if joined:
            marks[-1] = joined
        else:
            marks.append(mark)
        at = mark.end
    return _merged(marks, [*_without_number(text), *_single(text, units)])


def _amount(text: str, whole: str, found: Mark[Number], units: Units, free_from: int) -> Mark[Amount]:
    """`free_from`: what stands before it belongs to the amount before; `whole` is the text with what
    is read."""
    money = _money(text, found, units, free_from) or _currency(text, whole, found, units, free_from)
    if money:
        return money
    period, size = _period(text, found), _size(text, found, units)
    if period and size and size.end > period.end:
        return size  # 300月相 counts 月相
    if period and size and size.value.units and text[found.end : size.end].strip() in _ONE_LETTER:
        return size  # 1m where the catalog sells by the megabyte
    return period or size or _bare(text, found)


def _in_word(text: str, mark: Mark[Amount]) -> bool:
    """Whether a formal numeral touches another character of a word."""
    return any(
        "一" <= character <= "龥"
        for character in (text[mark.start - 1 : mark.start], text[mark.end : mark.end + 1])
        if character
    )


def _counts(text: str, found: Mark[Number], whole: str) -> bool:
    """Whether the characters around a number let it be an amount at all."""
    clock = whole[max(0, found.start - 3) : found.start]
    before, after = text[max(0, found.start - 3) : found.start], text[found.end : found.end + 2]
    if text[found.start : found.end] == "一" and _A_LITTLE.match(text, found.end):
        return False
    if (
        before.endswith(("第", "负"))
        or _FACTOR.search(before)
        or (after[:1] in ("%", "‰", "*") and after[1:] == "*")
    ):
        return False
    if text[found.start : found.end] == _TEN and _TEN in (before[-1:], after[:1]):
        return False  # 十十 is no number
    if found.value.arabic and (before.endswith(("#", "*")) or _CLOCK.search(clock)):
        return False
    return found.end - found.start <= _LONGEST and not (after[:1] == "%" or before.endswith("**"))


def _money(text: str, found: Mark[Number], units: Units, free_from: int) -> Mark[Amount] | None:
    value = found.value
    unit = units.yuan.match(text, found.end)
    if unit:
        low, high, exact, end = value.low, value.high, value.exact, unit.end()
        if exact and unit[0].strip() in _WHOLE:
            low, exact, end = with_small_change(text, low, end)
            high = low
        if unit[0].strip() in units.any_money:
            return _marked(text, AmountKind.BARE, (low, high, exact), (), found.start, end)
        return _marked(text, AmountKind.MONEY, (low, high, exact), ("元",), found.start, end)
    small = _SMALL.match(text, found.end)
    if small:
        scale = Decimal("0.01") if small["unit"].startswith("分") else Decimal("0.1")
        low = value.low * scale
        if small["cents"]:
            low += Decimal(number(small["cents"]).low if number(small["cents"]) else 0) / 100  # type: ignore[union-attr]
        return _marked(text, AmountKind.MONEY, (low, low, value.exact), ("元",), found.start, small.end())
    before = units.yuan_before.search(text, max(free_from, found.start - _REACH), found.start)
    # steam50人民币3张: what is counted behind has its own number.
    if before and not (before[0].strip()[-1:] > "\u4dff" and _COUNTED_BEHIND.match(text, found.end)):
        return _marked(
            text, AmountKind.MONEY, (value.low, value.high, value.exact), ("元",), before.start(), found.end
        )
    return None


def _currency(
    text: str, whole: str, found: Mark[Number], units: Units, free_from: int
) -> Mark[Amount] | None:
    value = (found.value.low, found.value.high, found.value.exact)
    at = found.end + (text[found.end : found.end + 1] == " ")
    behind = units.currencies.starting_at(text, at)
    server = behind is not None and len(behind[0]) == 1 and _SERVER_BEHIND.match(text, at + 1)
    if behind and not server and not (behind[0].isascii() and _DIGIT_BEHIND.match(text, at + len(behind[0]))):
        return _marked(text, AmountKind.CURRENCY, value, (behind[1],), found.start, at + len(behind[0]))
    at = found.start - (text[max(0, found.start - 1) : found.start] == " ")
    sign = units.signs.ending_at(whole, at)
    if sign and text[at - 1] != "\0" and at - len(sign[0]) >= free_from:
        # The HK of PSN HK$100 is read, and still says whose dollars they are.
        start = max(at - len(sign[0]), text.rfind("\0", 0, at) + 1)
        return _marked(text, AmountKind.CURRENCY, value, (sign[1],), start, found.end)
    return None


def _period(text: str, found: Mark[Number]) -> Mark[Amount] | None:
    period = period_behind(text, found)
    if not period:
        return None
    said = period.value
    mark = _marked(
        text, AmountKind.PERIOD, (said.low, said.high, said.exact), (said.unit,), period.start, period.end
    )
    return replace(mark, value=replace(mark.value, card=said.card))


def _size(text: str, found: Mark[Number], units: Units) -> Mark[Amount] | None:
    between = _COUNTED.match(text, found.end)
    for start, counted in ((found.end, False), (between.end() if between else 0, True)):
        match = units.pattern.match(text, start) if start else None
        if match is None and start and text[start : start + 1] == " ":
            match = units.pattern.match(text, start + 1)
            if (
                match
                and len(match[0]) == 1
                and not _latin(match[0])
                and _WORD_BEHIND.match(text, match.end())
            ):
                match = None  # 648 天空岛
        if match:
            exact = found.value.exact and not (found.value.shortened and counted)
            value = (found.value.low, found.value.high, exact)
            mark = _marked(text, AmountKind.SIZE, value, units.spellings[match[0]], found.start, match.end())
            return replace(mark, value=replace(mark.value, counted=counted))
    return None


def _bare(text: str, found: Mark[Number]) -> Mark[Amount]:
    value = found.value
    before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 1]
    # 一百五张 is 150 of something, or 100 of which five: nobody can know.
    exact = value.exact and not (value.shortened and _MEASURED.match(text, found.end))
    sureness = 1.0
    if value.arabic:
        if (_latin(after) and not _TIMES.match(text, found.end)) or (_latin(before) and before != "x"):
            sureness = 0.4
    elif found.end - found.start == 1:
        sureness = 0.7 if _open(before) and _open(after) else 0.2
    else:
        sureness = 0.95
    mark = _marked(text, AmountKind.BARE, (value.low, value.high, exact), (), found.start, found.end)
    return Mark(mark.value, mark.start, mark.end, sureness)


def _marked(
    text: str,
    kind: AmountKind,
    value: tuple[Decimal, Decimal, bool],
    units: tuple[str, ...],
    start: int,
    end: int,
) -> Mark[Amount]:
    low, high, exact = value
    return Mark(Amount(kind, low, high, exact, units, text[start:end]), start, end)


def _hedged(text: str, mark: Mark[Amount], lexicon: Lexicon) -> Mark[Amount]:
    if mark.value.exact and hedged(text, mark.start, mark.end, lexicon):
        return replace(mark, value=replace(mark.value, exact=False))
    return mark


def _range(text: str, first: Mark[Amount], second: Mark[Amount]) -> Mark[Amount] | None:
    """50到100 as one amount that is not exact; None where the two do not belong together."""
    if not _TO.fullmatch(text, first.end, second.start) or first.value.high >= second.value.high:
        return None
    if second.value.high >= _NO_SIZE and second.value.high > first.value.high * _SPREAD_MAX:
        return None  # 30到123456: thirty, to the account 123456
    kinds = {first.value.kind, second.value.kind}
    if len(kinds) == 2 and AmountKind.BARE not in kinds:
        return None
    if second.value.kind is AmountKind.BARE and _MEASURED.match(text, second.end):
        return None
    unit = second.value if second.value.units else first.value
    value = replace(
        unit, low=first.value.low, high=second.value.high, exact=False, text=text[first.start : second.end]
    )
    return Mark(value, first.start, second.end, min(first.sureness, second.sureness))


def _without_number(text: str) -> list[Mark[Amount]]:
    """月卡, 包年, 半年; 百元 is a hundred yuan, 百块 only about."""
    marks = []
    for period in periods_alone(text):
        said = period.value
        value = (said.low, said.high, said.exact)
        mark = _marked(text, AmountKind.PERIOD, value, (said.unit,), period.start, period.end)
        marks.append(replace(mark, value=replace(mark.value, card=said.card)))
    for found in _HUNDRED.finditer(text):
        low = Decimal({"百": 100, "千": 1000, "万": 10_000}[found["scale"]])
        exact = found["unit"] == "元"
        marks.append(_marked(text, AmountKind.MONEY, (low, low, exact), ("元",), *found.span()))
    return marks


def _single(text: str, units: Units) -> Iterable[Mark[Amount]]:
    """单次, 单科: one of a unit that the catalog sells by."""
    for found in _ALONE.finditer(text):
        unit = units.pattern.match(text, found.end())
        if unit is not None and len(unit[0]) <= _UNIT_MAX and units.spellings[unit[0]]:
            one = (Decimal(1), Decimal(1), True)
            yield _marked(
                text, AmountKind.SIZE, one, units.spellings[unit[0]], found.start(), unit.end()
            )  # fmt: skip


def single(amount: Amount) -> bool:
    """Whether the one of an amount was said without a numeral: 单次."""
    return amount.kind is AmountKind.SIZE and _ALONE.match(amount.text) is not None


def _merged(marks: list[Mark[Amount]], others: Iterable[Mark[Amount]]) -> tuple[Mark[Amount], ...]:
    """Both in the order of the text; of two that overlap the first kind counts."""
    merged: list[Mark[Amount]] = []
    ranked = [(mark.start, 0, mark) for mark in marks] + [(mark.start, 1, mark) for mark in others]
    for _, rank, mark in sorted(ranked, key=lambda entry: entry[:2]):
        if merged and mark.start < merged[-1].end:
            within = merged[-1].value.kind is AmountKind.BARE and mark.end > merged[-1].end  # 一整年
            if rank == 0 or within:
                merged[-1] = mark
            continue
        merged.append(mark)
    return tuple(merged)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _open(character: str) -> bool:
    """Whether a numeral of one character next to this may stand for itself."""
    return character in ("", "的") or not (character.isalnum() or "一" <= character <= "龥")


_ALONE = re.compile(r"(?<![\u4e00-\u9fff])单(?=(?:[次门科节页课台]|设备)(?:[\W的券票卡版授]|$))")
"""In front of what is sold one by one; 订单次 and 单次数 are none."""
_LONGEST = 12
_FORMAL = frozenset("壹贰弍叁") | frozenset("参肆伍陆") | frozenset("柒捌玖拾")
_ONE_LETTER = ("m", "d")
_DURATION = re.compile(r" ?(?:个|个半)? ?(?:分钟|小时|钟头|秒|刻钟|分半钟|工作日)")
_DIGIT_BEHIND = re.compile(r" ?\d")
_WORD_BEHIND = re.compile(r"[一-龥](?<![的装版券月卡年一两二三四五来到半包用])")
_TIMES = re.compile(r"x ?\d")
_REACH = 10
_WHOLE = ("块", "元", "圆", "塊")
_CLOCK = re.compile(r"\d[.:]$")
"""In front of minutes and decimals; 金额：100 is an amount."""
_SERVER_BEHIND = re.compile("[服区版]")
"""Behind one character for a country's money it is the country: 60 欧服."""
_A_LITTLE = re.compile(r"点(?![券卷劵数])")
_FACTOR = re.compile(r"(?:^|[^a-z张个份套件单])[x*×✕] ?$")
_SMALL = re.compile(
    r" ?(?P<unit>毛钱?|角钱?|分钱|分(?!钟|之|期|享|辨|别|开|配|成|店|支|机|好|评|满|的评|以上|类|批|散|公司))"
    r"(?:(?<=[毛角])(?P<cents>[0-9一二三四五六七八九])(?:分)?(?![0-9十百千万个张份天月年]))?"
)
_TEN = "十"
_UNIT_MAX = 2
"""单台, 单设备."""
_COUNTED_BEHIND = re.compile(" ?[张份个]")
_COUNTED = re.compile(r" ?个 ?")
_MEASURED = re.compile(r" ?[个张份套件单次台杯只条笔组盒包瓶本支位]")
_NO_SIZE = Decimal(10_000)
_SPREAD_MAX = 100
_TO = re.compile(r" ?(?:到|至|~+|-+|—+|–|/) ?")
_HUNDRED = re.compile(
    r"(?P<scale>[百千万])(?<![一二三四五六七八九两几数0-9十百千万上余多来][百千万])(?P<unit>元|块)(?!度|旦|宵)"
)
