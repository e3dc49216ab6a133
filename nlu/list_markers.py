"""The numbers that count the items of a list (1、 2. ③) are no amounts and no digits of anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.page import Page


def skip(page: Page) -> tuple[tuple[int, int], ...]:
    """Take the markers that count on from one; each begins a new item."""
    taken: list[tuple[int, int]] = []
    for form in (_AT_LINE_START, _IN_LINE):
        found = list(form.finditer(page.text))
        if _counts_on([match[1] for match in found]):
            for match in found:
                taken += _take(page, match.start(1), match.end(1) + 1)
    return (*taken, *_skip_circled(page))


def _skip_circled(page: Page) -> list[tuple[int, int]]:
    """①滴滴50元 ②…: once normalised they touch the numbers behind them."""
    if _CIRCLED.search(page.original) is None:
        return []
    found: list[tuple[int, int]] = []
    for at, character in enumerate(page.text):
        if not character.isdigit():
            continue
        typed = page.span(at, at + 1).start
        if _CIRCLED.match(page.original, typed) is None:
            continue
        if page.text[at - 1 : at].isdigit() and not (found and found[-1][1] == at):
            return []  # a digit of the number in front of it, which is written so
        if found and page.span(*found[-1]).start == typed:
            found[-1] = (found[-1][0], at + 1)  # the two digits of ⑫
        elif found and found[-1][1] == at:
            return []  # ①②个月: an item holds something
        else:
            found.append((at, at + 1))
    if not _counts_on([page.text[start:end] for start, end in found]):
        return []
    return [span for start, end in found for span in _take(page, start, end)]


def _counts_on(numbers: Sequence[str]) -> bool:
    return len(numbers) > 1 and [int(number) for number in numbers] == list(range(1, len(numbers) + 1))


def _take(page: Page, start: int, end: int) -> list[tuple[int, int]]:
    if not page.free(start, end):
        return []
    page.take(start, end)
    return [(start, end)]


_CIRCLED = re.compile("[\u2460-\u2473]")
_AT_LINE_START = re.compile(r"(?:^|(?<=\n))[\s(]*(\d{1,2})[.、):](?!\d)")
_IN_LINE = re.compile(r"(?:^|(?<=[\s,，;；。:：]))\(?(\d{1,2})[.、):](?!\d)")
