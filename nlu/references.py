"""Which order is talked about: by its number, or as the last one. Read before everything else,
so that the digits of an order number are no phone, and 上一单 is no quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu.alternations import any_of
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.page import Mark, Page

LAST = "last"
_ORDERS = re.compile("单")


@dataclass(frozen=True, slots=True)
class Reference:
    """`order` is an order number (digits), or `LAST`."""

    order: str

    @property
    def last(self) -> bool:
        return self.order == LAST


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Reference], ...]:
    """All references, left to right; claims their characters (of a number, not of its label)."""
    marks = [*_numbers(page.text, lexicon), *_last(page.text, lexicon)]
    for mark in marks:
        page.take(mark.start, mark.end)
    return tuple(sorted(marks, key=lambda mark: mark.start))


def _numbers(text: str, lexicon: Lexicon) -> list[Mark[Reference]]:
    marks: list[Mark[Reference]] = []
    for found in _DIGITS.finditer(text):
        before = text[max(0, found.start() - _REACH) : found.start()].rstrip(" :#是为,")
        number, size = found[0], found.end() - found.start()
        dated = _DATED.match(number) is not None
        if before.endswith(lexicon.words("references.not_labels")):
            continue
        if not dated and before.endswith(lexicon.words("references.of_players")) and not _ORDERS.search(text):
            continue  # 和平精英680，编号5530198842
        labelled = before.endswith(lexicon.words("references.labels"))
        called_number = labelled and before.endswith(("号", "编号", "码", "id"))
        if (
            (called_number and size >= 6)
            or (labelled and size >= 6 and (dated or not _MAY_BE_MOBILE.match(number)))
            or _corrects(marks, text, found, lexicon)
            or (size >= 6 and not _MOBILE.match(number) and _THIS_ORDER.match(text, found.end()))
            or (dated and size in _OWN_SIZES and not _OTHER_LABEL.search(before))
        ):
            marks.append(Mark(Reference(number), *found.span()))
    return _as_corrected(marks, text, lexicon)


def _corrects(marks: list[Mark[Reference]], text: str, found: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether a number stands in the place of the order number before it: 订单60918224，啊不，60981224."""
    if not marks or abs(len(marks[-1].value.order) - len(found[0])) > 1:
        return False
    between = text[marks[-1].end : found.start()]
    return _MAY_BE_MOBILE.match(found[0]) is None and _correcting(lexicon).fullmatch(between) is not None


def _as_corrected(marks: list[Mark[Reference]], text: str, lexicon: Lexicon) -> list[Mark[Reference]]:
    """The numbers, each with the one that takes its place."""
    told: list[Mark[Reference]] = []
    for mark in reversed(marks):
        corrects = told and _correcting(lexicon).fullmatch(text[mark.end : told[-1].start])
        told.append(Mark(told[-1].value, mark.start, mark.end) if corrects else mark)
    return told[::-1]


@lru_cache(maxsize=4)
def _correcting(lexicon: Lexicon) -> re.Pattern[str]:
    """What stands between an order number and the one that corrects it."""
    words = any_of(lexicon, "stance.correction")
    labels = any_of(lexicon, "references.labels")
    return re.compile(rf"[^\d]{{0,12}}{words}[ ,，。.!~:是应该]{{0,6}}{labels}?[ :是]{{0,2}}")


def _last(text: str, lexicon: Lexicon) -> list[Mark[Reference]]:
    marks = []
    end = 0
    for found in _pattern(lexicon).finditer(text):
        refused = in_front(_REFUSED, text, found.start()) and _ITS_ACCOUNT.match(text, found.end())
        if found.start() >= end and not refused:
            marks.append(Mark(Reference(LAST), *found.span()))
            end = found.end()
    return marks


@lru_cache(maxsize=4)
def _pattern(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(any_of(lexicon, "references.last"))


_REACH = 8
_OWN_SIZES = (12, 13, 14, 15, 17, 18, 20)
"""Ours are 14 digits and begin with the day. 16 and 19 digits are fuel cards."""
_DIGITS = re.compile(r"\d{6,32}")
_DATED = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_THIS_ORDER = re.compile(r"\s?[这那]?[个一]?(?:订单|单)(?!张)")
_MAY_BE_MOBILE = re.compile(r"1[0-9]{10}$")
_MOBILE = re.compile(r"1[3-9]\d{9}$")
_REFUSED = re.compile(r"(?:别|不要|不再|不用|甭|不是)[^,，。;；\n]{0,5}$")
_ITS_ACCOUNT = re.compile(r"(?:[的那这]|[那这]?个|一个)*(?:账号|帐号|号码|手机号|手机|卡号|号)")
"""别充到上回那个号: an account is refused, and no order is talked about."""
_OTHER_LABEL = re.compile(r"(?:id|卡号|账号|qq|号码|手机号?|电话)$")
