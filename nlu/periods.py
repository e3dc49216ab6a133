"""How long a membership runs: 一个月, 半年, 季卡, 包年, 一年半; and what that is in a shop's units.

Shops sell 30 days as a month and 365 as a year, so periods convert by what is on the shelf, not by
the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nlu.in_front import in_front
from nlu.numerals import Number
from nlu.numerals import number as plain_number
from nlu.page import Mark


@dataclass(frozen=True, slots=True)
class Period:
    """`low` and `high` count in `unit`: 月, 天, 周 or 永久. `value` is None when no one period was said."""

    low: Decimal
    high: Decimal
    unit: str
    exact: bool = True
    card: bool = False


def converted(value: Decimal, unit: str, to: str) -> Decimal | None:
    """`value` in another unit, or None where shops do not sell one as the other."""
    if unit == to:
        return value
    if to == "年":
        months = converted(value, unit, "月")
        return months / 12 if months is not None and months % 12 == 0 else None
    return _SAME_PERIOD.get((value, unit, to))


def period_behind(text: str, number: Mark[Number]) -> Mark[Period] | None:
    """The period that a number begins: 三个月, 30天, 一年半, 2个季度."""
    found = _UNIT.match(text, number.end)
    if not found:
        return None
    word, card = found["unit"], bool(found["card"])
    unit, factor = _UNITS[word]
    if word in _ONE_LETTER and number.value.low not in _ONE_LETTER[word]:
        return None
    low, high, exact = number.value.low * factor, number.value.high * factor, number.value.exact
    end = found.end()
    if found["half"]:
        low, high, unit = _and_a_half(low, high, unit, factor)
    elif tail := _HALF_TAIL.match(text, end):
        low, high, unit = _and_a_half(low, high, unit, factor)
        end = tail.end()
    if word == "年" and not card and (months := _MONTHS_BEHIND.match(text, end)):
        more = plain_number(months["months"])
        if more is not None and more.exact:  # 一年零三个月
            low, high, end = low + more.low, high + more.low, months.end()
    if found["of"] and (word in "年天日" or (card and word != "月")):
        return None  # 两个年卡 are two cards
    # 两个月卡 may be two cards of a month or one of two months; 两年卡 likewise.
    # 七天卡 is one of seven days: cards of a day are counted by 张 and 个.
    if card and number.value.low != 1 and not (word == "月" and number.value.low in _CERTAIN_MONTHS):
        exact = exact and word == "天"
    return Mark(Period(low, high, unit, exact and low == high, card), number.start, end)


def periods_alone(text: str) -> list[Mark[Period]]:
    """The periods that need no number: 月卡, 包年, 季度会员, 半年, 半个月, 整年."""
    marks: list[Mark[Period]] = []
    if _MAY_BE_ALONE.search(text) is None:
        return marks
    for found in _ALONE.finditer(text):
        before = text[max(0, found.start() - 1) : found.start()]
        word = (
            found["card"]
            or found["flat"]
            or found["kind"]
            or found["half"]
            or found["whole"]
            or found["latin"]
            or found["short"]
            or found["said"]
            or found["life"]
        )
        changed = in_front(_CHANGED, text, found.start()) is not None  # 改成年卡 is no 成年
        if before and before in _NOT_BEHIND.get(word[0], ()) and not changed:
            continue
        value, unit = _ALONE_MEANS[next(key for key in found.groupdict() if found[key])](word)
        marks.append(
            Mark(
                Period(value, value, unit, card=not (found["half"] or found["life"])),
                found.start(),
                found.end(),
            )
        )
    return marks


def _and_a_half(low: Decimal, high: Decimal, unit: str, factor: int) -> tuple[Decimal, Decimal, str]:
    if unit == "月" and factor == 1:
        return low * 30 + 15, high * 30 + 15, "天"
    half = Decimal(factor) / 2
    return low + half, high + half, unit


_CERTAIN_MONTHS = (Decimal(6), Decimal(12), Decimal(24))

_UNITS: dict[str, tuple[str, int]] = {
    "月": ("月", 1),
    "天": ("天", 1),
    "日": ("天", 1),
    "年": ("月", 12),
    "周": ("周", 1),
    "星期": ("周", 1),
    "礼拜": ("周", 1),
    "季": ("月", 3),
    "季度": ("月", 3),
    "day": ("天", 1),
    "days": ("天", 1),
    "month": ("月", 1),
    "months": ("月", 1),
    "year": ("月", 12),
    "years": ("月", 12),
    "week": ("周", 1),
    "weeks": ("周", 1),
    "yue": ("月", 1),
    "nian": ("月", 12),
    "tian": ("天", 1),
    "mo": ("月", 1),
    "mos": ("月", 1),
    "yr": ("月", 12),
    "yrs": ("月", 12),
    "m": ("月", 1),
    "y": ("月", 12),
    "d": ("天", 1),
}
_ONE_LETTER: dict[str, frozenset[int]] = {
    "m": frozenset({1, 2, 3, 6, 12, 24, 36}),
    "y": frozenset({1, 2, 3, 5}),
    "d": frozenset({1, 3, 7, 15, 30, 60, 90, 180, 365}),
}
"""How much of a period one letter may stand for: 12m, 1y, 30d; anything else is no period."""
LIFETIME = "永久"
"""The unit of what is bought once and for all; it is no multiple of any other."""
_UNIT = re.compile(
    r" ?(?P<of>个 ?)?(?P<half>半)?"
    r"(?P<unit>季度|星期|礼拜|(?:days?|months?|years?|weeks?|yue|nian|tian|mos?|yrs?|[myd])(?![a-z0-9])|[月天年周季日](?!份|底|初|末|抛|报|刊|历|活|费|租|结|薪|用|志|期间|期刊|期待|轮|前|光|空|猫))"
    r"(?P<card>卡)?"
)
_MONTHS_BEHIND = re.compile(r"[零又加]?(?P<months>\d{1,2}|[一二两三四五六七八九十]{1,3})个月(?!卡)")
_HALF_TAIL = re.compile(r"半(?!价|折|夜|天|小时|路)")
_ALONE = re.compile(
    r"(?P<card>(?:半年|双月|双周|月|季|季度|年|周|星期|日|天)(?:卡|包(?!括|含|装|裹|子)))"
    r"|(?:包|按(?=(?:半年|月|季度?|年)[买付订续开充交的]))(?P<flat>半年|月|季度?|年|周|天)"
    r"|(?P<kind>(?:月度|季度|年度|半年度)(?=会员|vip|svip|卡|套餐|大会员|的|$|[ ,。])|年费|月费)"
    r"|(?P<half>半年|半个月|半个季度|半月(?!板))(?!前|后|内|以|之|没|了|多)"
    r"|(?P<latin>(?:monthly|yearly|annual|annually|quarterly|weekly|(?<![a-z])(?:yue|ji|nian|zhou|bannian) ?ka)(?![a-z])"
    r"|(?<![a-z])(?:yue|ji|nian|zhou|bannian) ?卡|(?:半年|[月季年周日天]) ?ka(?![a-z]))"
    r"|(?P<short>(?<![0-9一二两三四五六七八九十几数半上这下本每当同那哪过拜])(?:(?:(?<=[ \0,a-z])|(?<=^)|(?<=[^0-9一二两三四五六七八九十几数半上这下本每那哪了过])个)[年月季]"
    r"|(?<=[^0-9一二两三四五六七八九十几数半上这下本每那哪了过])个(?:周|星期|礼拜))(?=的(?!事|时候)|[嘅吧先试呗啊呀哈咯啦哦嘛就]|会员|$|[ ,。!~\0]))"
    r"|(?P<said>(?<=[要来开买换选])[年月季](?=的(?:$|[ ,。!~吧啊呀哈嘛就\0])))"
    r"|(?P<life>永久|终身|终生|买断|一辈子|lifetime(?![a-z]))(?!有效|封|删|关|免|没|失|停|记|难|保存|学)"
    r"|(?P<whole>一?(?:[全整]年(?!龄|级)|整月|整季))"
)
_MAY_BE_ALONE = re.compile("[年月季周日天期拜永终买辈a-z]")
"""Without one of these nothing is said of a period."""
_CHANGED = re.compile("[改换变升转]成$")
_NOT_BEHIND = {
    "年": [
        "少",
        "青",
        "中",
        "老",
        "周",
        "童",
        "成",
        "今",
        "去",
        "明",
        "前",
        "往",
        "每",
        "当",
        "常",
        "过",
        "多",
        "百",
        "千",
        "万",
        "跨",
        "历",
        "同",
    ],
    "天": [
        "今",
        "明",
        "昨",
        "后",
        "每",
        "当",
        "整",
        "春",
        "夏",
        "秋",
        "冬",
        "聊",
        "白",
        "半",
        "一",
        "二",
        "三",
        "四",
        "五",
        "六",
        "七",
        "八",
        "九",
        "十",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
    ],
    "日": ["生", "节", "今", "昨", "次", "假", "工", "当", "每", "昔"],
    "季": ["赛", "四", "春", "夏", "秋", "冬"],
    "周": ["上", "本", "这", "下", "每"],
    "月": ["上", "本", "这", "下", "每", "当", "花", "明", "半"],
    "半": ["大", "多", "小", "前", "后", "过", "一"],
}
_CARD_MEANS: dict[str, tuple[Decimal, str]] = {
    "月": (Decimal(1), "月"),
    "季": (Decimal(3), "月"),
    "半": (Decimal(6), "月"),
    "年": (Decimal(12), "月"),
    "周": (Decimal(1), "周"),
    "星": (Decimal(1), "周"),
    "礼": (Decimal(1), "周"),
    "日": (Decimal(1), "天"),
    "天": (Decimal(1), "天"),
}


def _card(word: str) -> tuple[Decimal, str]:
    if word.startswith("双"):
        return Decimal(2), word[1]
    return _CARD_MEANS[word[0]]


def _half(word: str) -> tuple[Decimal, str]:
    if word.startswith("半年"):
        return Decimal(6), "月"
    return (Decimal(45), "天") if "季" in word else (Decimal(15), "天")


def _latin(word: str) -> tuple[Decimal, str]:
    if word.endswith(("ka", "卡")):
        spoken = word.removesuffix("ka").removesuffix("卡").strip()
        if spoken not in _SPOKEN and spoken != "bannian":
            return _card(spoken)
        return _half("半年") if spoken == "bannian" else _CARD_MEANS[_SPOKEN[spoken]]
    return {"m": _CARD_MEANS["月"], "q": _CARD_MEANS["季"], "w": _CARD_MEANS["周"]}.get(
        word[0], _CARD_MEANS["年"]
    )


_SPOKEN = {"yue": "月", "ji": "季", "nian": "年", "zhou": "周"}


def _short(word: str) -> tuple[Decimal, str]:
    return _CARD_MEANS[word.removeprefix("个")[0]]


def _whole(word: str) -> tuple[Decimal, str]:
    return _CARD_MEANS[word[-1]]


def _life(word: str) -> tuple[Decimal, str]:
    return Decimal(1), LIFETIME


_ALONE_MEANS = {
    "life": _life,
    "card": _card,
    "flat": _card,
    "kind": _card,
    "half": _half,
    "whole": _whole,
    "latin": _latin,
    "short": _short,
    "said": _short,
}

_DAYS_OF_MONTHS = {1: 30, 2: 60, 3: 90, 6: 180, 9: 270, 12: 365, 24: 730, 36: 1095}
_SAME_PERIOD: dict[tuple[Decimal, str, str], Decimal] = {
    **{(Decimal(months), "月", "天"): Decimal(days) for months, days in _DAYS_OF_MONTHS.items()},
    **{(Decimal(days), "天", "月"): Decimal(months) for months, days in _DAYS_OF_MONTHS.items()},
    (Decimal(1), "周", "月"): Decimal("0.25"),
    (Decimal(7), "天", "月"): Decimal("0.25"),
    (Decimal(2), "周", "月"): Decimal("0.5"),
    (Decimal(1), "周", "天"): Decimal(7),
    (Decimal(2), "周", "天"): Decimal(14),
    (Decimal(4), "周", "天"): Decimal(28),
    (Decimal(7), "天", "周"): Decimal(1),
    (Decimal("0.25"), "月", "周"): Decimal(1),
    (Decimal("0.25"), "月", "天"): Decimal(7),
    (Decimal("0.5"), "月", "天"): Decimal(15),
    (Decimal(15), "天", "月"): Decimal("0.5"),
}
