"""One number in the ways that people write it, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

_DIGITS = "零一二三四五六七八九"
_FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def chinese(number: int) -> str:
    """一百零五; of numbers below 100,000."""
    if number >= 10_000:
        rest = number % 10_000
        return (
            chinese(number // 10_000) + "万" + (("零" if rest < 1000 else "") + chinese(rest) if rest else "")
        )
    said, pending = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // value % 10
        if digit:
            said += ("零" if pending and said else "") + _DIGITS[digit] + unit
            pending = False
        else:
            pending = True
    said = said or "零"
    return said.removeprefix("一") if 10 <= number < 20 else said


def spelled(number: int, behind: str = "") -> list[str]:
    """Other spellings of a number; `behind`: the character that follows it."""
    digits = str(number)
    plain = chinese(number)
    ways = [
        plain,
        plain.translate(_FORMAL),
        "".join(chr(ord(digit) + 0xFEE0) for digit in digits),
        "".join(digit + "\ufe0f\u20e3" for digit in digits),
        "".join(chr(0x1D7CE + int(digit)) for digit in digits),
    ]
    if number == 2 or (number >= 200 and digits[0] == "2"):
        ways.append("两" + plain[1:])
    if number <= 20:
        ways += [chr(0x2460 + number - 1)] if number else []
    if len(digits) == 3 and digits.endswith("0") and digits[1] != "0" and behind in "元块的":
        ways.append(plain.removesuffix("十"))
    if number >= 1000 and number % 1000 == 0:
        ways.append(f"{number // 1000}千")
    return ways


@cache
def numbers_by_name() -> dict[str, int]:
    """Chinese numerals below 10,000, with 两 for 二 where it is said, and 六百八 for 六百八十."""
    found = {}
    for number in range(1, 10_000):
        name = chinese(number)
        for one in (name, name.replace("二百", "两百").replace("二千", "两千"), name.translate(_FORMAL)):
            found[one] = number
        if 10 <= number < 20:
            found["一" + chinese(number)] = number  # 一十五, as it stands in longer numbers
        if number % 100 and number % 10 == 0 and 100 < number < 1_000:
            found.setdefault(name.removesuffix("十"), number)  # 六百八
    return found | {"两": 2}


def _script(zero: int) -> Callable[[int], str]:
    return lambda digit: chr(zero + digit)


ACCENTED: tuple[Callable[[int], str], ...] = (
    *map(_script, (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x0F20, 0x17E0, 0xFF10)),
    *map(_script, (0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1FBF0, 0x2080)),
    lambda digit: "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit],
    lambda digit: "⓪①②③④⑤⑥⑦⑧⑨"[digit],
    lambda digit: "⓿❶❷❸❹❺❻❼❽❾"[digit],
    lambda digit: "🄋➀➁➂➃➄➅➆➇➈"[digit],
    lambda digit: "⑴⑵⑶⑷⑸⑹⑺⑻⑼"[digit - 1] if digit else "0",
    lambda digit: str(digit) + "\ufe0f\u20e3",
)
"""Digits of other scripts: Arabic-Indic, Bengali, Thai, mathematical, raised, circled…"""
