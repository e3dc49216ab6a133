"""Numbers that are no amount: dates, times, ordinals, versions, ages, codes, other people's numbers.

Taking them away before amounts are read is what keeps 5G套餐, 第3个 and 10点50分 from being bought. The forms that
they have are in `nlu/number_forms.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.lexicon import Lexicon
from nlu.number_forms import OtherKind, forms
from nlu.numerals import number_at
from nlu.page import Mark, Page
from nlu.units import Units


@dataclass(frozen=True, slots=True)
class OtherNumber:
    kind: OtherKind
    value: int | None = None


def read(page: Page, lexicon: Lexicon, units: Units | None = None) -> tuple[Mark[OtherNumber], ...]:
    """All such numbers in what is still free, left to right; claims them.

    Call after references, accounts and the exact names of products (`win11` may be for sale). `units`:
    what the shop sells by counts here, whatever it is elsewhere: 一篇, 2级.
    """
    text = page.rest()
    characters = set(text)
    adverbs = lexicon.words("numerals.adverbs")
    marks: list[Mark[OtherNumber]] = []
    for form in forms(lexicon):
        if form.needs and not form.beside_read and characters.isdisjoint(form.needs):
            continue
        for found in form.pattern.finditer(page.text if form.beside_read else text):
            start, end = found.span("all")
            sold = units is not None and _sold_so(form.kind, found, units)
            if sold and found["all"] not in adverbs:
                continue
            if start < end and page.free(start, end):
                page.take(start, end)
                marks.append(Mark(OtherNumber(form.kind, form.value(found)), start, end))
    return tuple(sorted(marks, key=lambda mark: mark.start))


def _sold_so(kind: OtherKind, found: re.Match[str], units: Units) -> bool:
    """Whether goods are sold by what was counted: it is a number and nothing but a unit of the shop behind it, or a
    day of the month that is as well so many days."""
    if kind is OtherKind.DATE:
        return units.by_day and _DAYS.match(found.string, found.start("all")) is not None
    if kind not in _COUNTED:
        return False
    text = found["all"]
    mark = number_at(text, 0)
    unit = units.pattern.match(text, mark.end) if mark is not None else None
    return unit is not None and unit.end() == len(text)


_DAYS = re.compile(
    r"[0-9一二三四五六七八九十]{1,3}日(?![\u4e00-\u9fff])|[0-9一二三四五六七八九十]{1,3}日(?=[的券票卡])"
)
"""So many days, where the shop counts them so and no day of the month is told by what happens then."""
_COUNTED = frozenset({OtherKind.MEASURE, OtherKind.WORD, OtherKind.MANY})

__all__ = ["OtherKind", "OtherNumber", "read"]
