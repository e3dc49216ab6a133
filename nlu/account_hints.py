"""Parts of a number that only point at it: 尾号7731, 139开头的, a number that was broken off (没输完).

They are no recipients beside the whole number, and never make one out of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.labels import label_before
from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.recipients import PHONE, QQ, UID, Account


def landlines(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """021-58871234: a telephone that nothing can be sold to."""
    text = page.rest()
    marks = []
    for found in _LANDLINE.finditer(text):
        label = label_before(text, found.start(), lexicon)
        if label is None or label.kind not in (QQ, UID):
            digits = re.sub(r"\D", "", found[0])
            marks.append(Mark(Account(digits, (), label.kind if label else None), *found.span()))
    return marks


def hints(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """The parts of numbers by which people tell which one they mean."""
    text = page.rest()
    marks = []
    for found in _HINT.finditer(text):
        label = label_before(text, found.start(), lexicon)
        part = "tail" if found["tail"] else "end" if found["end"] else "head"
        said = label.kind if label else None
        marks.append(Mark(Account(found[part], (), said, masked=True), *found.span(part)))
    return marks


def without_hints(marks: Sequence[Mark[Account]]) -> list[Mark[Account]]:
    """Without the parts of the one whole number that was said, too."""
    whole = {mark.value.text for mark in marks if _whole(mark.value)}
    if len(whole) != 1:
        return list(marks)
    number = whole.pop()
    return [mark for mark in marks if _whole(mark.value) or not _part_of(number, mark, marks)]


def _whole(account: Account) -> bool:
    return PHONE in account.kinds and not account.masked


def _part_of(number: str, mark: Mark[Account], marks: Sequence[Mark[Account]]) -> bool:
    account = mark.value
    if account.contact or not account.text.isdigit() or not 3 <= len(account.text) < len(number):
        return False
    if account.masked:
        return number.startswith(account.text) or number.endswith(account.text)
    # 1583920，没输完，15839204671: broken off, and said in full behind it.
    # In a list 1583920467 is the number of somebody else, that lost a digit.
    broken_off = (
        account.said in (None, PHONE) and account.text[0] == "1" and len(account.text) <= BROKEN_OFF_MAX
    )
    follows = any(other.start > mark.end for other in marks if other.value.text == number)
    return broken_off and follows and number.startswith(account.text)


BROKEN_OFF_MAX = 8
_LANDLINE = re.compile(r"(?<![\d.])0(?:10|2\d|[3-9]\d{2})(?:[-‐– ]|\) ?)[2-9]\d{6,7}(?:[-转]\d{1,5})?(?!\d)")
_HINT = re.compile(
    r"(?:尾号|尾数|末四位|后四位|结尾)(?:是|为|的)?[ :]?(?P<tail>\d{3,4})(?![\d元块])"
    r"|(?<!\d)(?P<end>\d{3,4})(?=(?:结尾|收尾))"
    r"|(?<!\d)(?P<head>1\d{2,6})(?=(?:开头|打头|起头))"
)
