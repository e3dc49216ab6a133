"""Recipients in digits: phones typed and spoken, QQ, UID and fuel cards, whole or wrong.

Which number is which, its label, its length and its kind say; the digits of an amount are never one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from nlu.digits import Digits, chains, joined, phone_length
from nlu.in_front import in_front
from nlu.labels import Label, label_before, label_behind
from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.recipients import ADDRESS, FUEL_CARD, GAME_ID, PHONE, QQ, UID, Account, name_typed
from nlu.words import Words


def numbers(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    text = page.rest()
    marks: list[Mark[Account]] = []
    for chain in chains(text, lexicon):
        at = 0
        while at < len(chain):
            count, mark = _number(text, chain[at : at + _PARTS], lexicon)
            zone = _ZONE.match(text, mark.end) if mark else None
            if mark and zone and len(mark.value.text) != 11:
                as_given = name_typed(page, mark.start, zone.end())
                mark = Mark(replace(mark.value, as_given=as_given), mark.start, zone.end())
            if mark:
                marks.append(mark)
            at += count
    return marks


def _number(text: str, parts: list[Digits], lexicon: Lexicon) -> tuple[int, Mark[Account] | None]:
    """What the first of `parts` begins, and how many of them belong to it."""
    first = parts[0]
    if text[max(0, first.start - 1) : first.start] == "+" and first.digits.startswith("86"):
        first = replace(first, start=first.start - 1)  # the label stands in front of the +
        parts = [first, *parts[1:]]
    label = label_before(text, first.start, lexicon)
    if stub := _stub(text, first, label):
        return 1, stub
    torn = _torn(text, parts, label) if len(first.digits) < 3 and not first.spoken else None
    if torn and not _phone(text, parts, label is not None and label.kind == PHONE, lexicon):
        return 2, torn
    if count := _one_by_one(text, parts, label):
        return count, _account(text, joined(parts[:count]), label, lexicon)
    if len(first.digits) < 3 and first.digits[0] != "1" and first.digits != "86" and not first.spoken:
        return 1, None  # begins no phone, and is too short for anything else
    if _is_other(text, first, lexicon) or (not label and _latin(text[max(0, first.start - 1) : first.start])):
        return 1, None
    code = _COUNTRY_CODE.search(text, max(0, first.start - 6), first.start)
    if not code and first.digits in ("86", "0086") and len(parts) > 1:
        count = _phone(text, parts[1:], True, lexicon)
        if count:
            number = joined(parts[1 : count + 1])
            return count + 1, _account(text, replace(number, start=first.start), label, lexicon, first.digits)
    called_phone = bool(label and label.kind == PHONE) or bool(code)
    count = _phone(text, parts, called_phone, lexicon)
    if count:
        number = joined(parts[:count])
        if code:
            number = replace(number, start=code.start())
            label = label_before(text, code.start(), lexicon)
        return count, _account(text, number, label, lexicon)
    if first.spoken:
        return _spoken(text, parts, label, lexicon)
    return _typed_number(text, parts, label, lexicon)


def _stub(text: str, number: Digits, label: Label | None) -> Mark[Account] | None:
    """户号71，: what was called the number of a house and is too short for one, as all that its clause holds."""
    if (
        label is None
        or label.kind is not None
        or len(label.word) < 2
        or not label.word.endswith(_NUMBER_WORD)
    ):
        return None
    counted = text[max(0, label.start - 1) : label.start] in _COUNTED
    if number.spoken or len(number.digits) > _STUB_MAX or counted or not _CLAUSE_END.match(text, number.end):
        return None
    account = Account(number.digits, (), None, True, (label.start, label.end), masked=True)
    return Mark(account, number.start, number.end)


def _torn(text: str, parts: list[Digits], label: Label | None) -> Mark[Account] | None:
    """QQ是1，820394765: a recipient that begins with too little, and whose rest may be all of it."""
    if label is None or label.kind is None or len(parts) < 2 or len(parts[1].digits) < 5 or parts[1].spoken:
        return None
    if text[label.end : parts[0].start].strip(" ") not in ("是", ":", "为", "就是"):
        return None
    number = joined(parts[:2])
    account = Account(number.digits, (), label.kind, True, (label.start, label.end), masked=True)
    return Mark(account, number.start, number.end)


def _phone(text: str, parts: list[Digits], called_phone: bool, lexicon: Lexicon) -> int:
    count = phone_length(text, parts, called_phone)
    known = lexicon.accounts[PHONE]
    return count if count and known.accepts(joined(parts[:count]).digits) else 0


def _spoken(
    text: str, parts: list[Digits], label: Label | None, lexicon: Lexicon
) -> tuple[int, Mark[Account] | None]:
    """Digits said one by one that make no phone: another account, or a phone that is wrong."""
    count = 1
    while count < len(parts) and parts[count].spoken and not _is_phone_alone(parts[count], lexicon):
        count += 1
    number = joined(parts[:count])
    called = label is not None and label.kind in (PHONE, QQ, UID, FUEL_CARD)
    if len(number.digits) < (4 if called else 5 if label is not None and len(label.word) > 1 else 7):
        return 1, None
    return count, _account(text, number, label, lexicon)


def _typed_number(
    text: str, parts: list[Digits], label: Label | None, lexicon: Lexicon
) -> tuple[int, Mark[Account] | None]:
    if len(parts[0].digits) < 3:
        return 1, None
    count = _wrong_phone(text, parts, label)
    if count:
        return count, _account(text, joined(parts[:count]), label, lexicon)
    long = label is not None and label.kind != FUEL_CARD
    count = (
        (_grouped(parts, (20,)) if long else 0)
        or _grouped(parts, (19,))
        or _grouped(parts, (16,))
        or _in_threes(text, parts, label)
        or _in_fours(text, parts, label)
    )
    number = joined(parts[:count]) if count > 1 else parts[0]
    size = len(number.digits)
    named = label is not None and label.kind in (QQ, UID, PHONE, FUEL_CARD)
    apart = text[number.end : number.end + 1] == " "
    unit = _unit_words(lexicon).starting_at(text, number.end + apart)
    sized_anew = apart and size >= 7 and unit and _SIZE_BEHIND.match(text, number.end + 1 + len(unit[0]))
    if unit and (size < 7 or unit[0] in _SURE_UNITS) and not (named and apart) and not sized_anew:
        return max(1, count), None
    if size < 5 and not (size > 2 and label and label.kind in (QQ, UID) and len(label.word) > 1):
        return max(1, count), None
    mark = _account(text, number, label, lexicon)
    goes_on = (
        _GOES_ON.match(text, number.end)
        or in_front(_COMES_FROM, text, number.start)
        or _begun_before(text, number.start, lexicon)
        or (_TORN_OFF.match(text, number.end) if named else None)
        or (_CUT_SHORT.match(text, number.end) if named and size <= _SHORT_QQ else None)
    )
    if size >= 5 and goes_on:
        # 18374.65.02: nobody knows where it ends.
        return max(1, count), replace(mark, value=replace(mark.value, kinds=(), masked=True))
    sure = (size >= 7 and not _DAY.fullmatch(number.digits)) or label is not None
    return max(1, count), mark if sure else replace(mark, value=replace(mark.value, claimed=False))


def _begun_before(text: str, start: int, lexicon: Lexicon) -> re.Match[str] | None:
    """QQ 90.217735: what was called a number begins in front of the dot."""
    front = _DOTTED.search(text, max(0, start - 8), start)
    label = label_before(text, front.start(), lexicon) if front else None
    return front if label is not None and label.kind in (QQ, UID) else None


def _wrong_phone(text: str, parts: list[Digits], label: Label | None) -> int:
    """How many parts look like a phone written in groups that has too few or too many digits."""
    if len(parts) < 3 or len(parts[0].digits) != 3 or not _may_begin_phone(parts[0].digits):
        return 0
    tight = {text[one.end : other.start] for one, other in pairwise(parts[:3])}
    dashed = all("-" in gap for gap in tight)
    if not dashed and not (label and label.kind == PHONE):
        return 0
    return 3 if len(parts[1].digits) >= 3 and len(parts[2].digits) >= 3 else 0


def _grouped(parts: list[Digits], sizes: tuple[int, ...]) -> int:
    """How many parts make a number printed in groups of four: 1000 1134 0001 2345 678, and never
    an amount and the number behind it."""
    total = 0
    for count, part in enumerate(parts, start=1):
        total += len(part.digits)
        if total in sizes and 3 <= len(part.digits) <= 4:
            return count
        if len(part.digits) != 4 or total > max(sizes):
            break
    return 0


def _one_by_one(text: str, parts: list[Digits], label: Label | None) -> int:
    """How many parts make a number that was called one and is written digit by digit: QQ 2 0 8 7 1 5 3."""
    count = 0
    while (
        count < len(parts) and len(parts[count].digits) == 1 and (not count or _one_blank(text, parts, count))
    ):
        count += 1
    ended = count == len(parts) or not _one_blank(text, parts, count)
    return (
        count
        if label is not None and ended and not parts[0].spoken and _DIGITS_MIN <= count <= _DIGITS_MAX
        else 0
    )


def _in_threes(text: str, parts: list[Digits], label: Label | None) -> int:
    """How many parts make a number that was called QQ or UID and is written 123 456 789 or 1967 203 84."""
    if not label or label.kind not in (QQ, UID):
        return 0
    count = 1
    while count < len(parts) and 2 <= len(parts[count].digits) <= 4 and _one_blank(text, parts, count):
        count += 1
    size = sum(len(part.digits) for part in parts[:count])
    return count if count >= 3 and 3 <= len(parts[0].digits) <= 4 and 7 <= size <= 12 else 0


def _in_fours(text: str, parts: list[Digits], label: Label | None) -> int:
    """How many parts make a number that was called one and is printed in groups of four, whatever its length: 户号1102
    8846 07. A round number at its end may as well be the amount."""
    if not label or label.kind not in (None, FUEL_CARD) or len(label.word) < 2:
        return 0
    count = 1
    while (
        count < len(parts)
        and len(parts[count - 1].digits) == 4
        and text[parts[count - 1].end : parts[count].start] == " "
    ):
        count += 1
    last = parts[count - 1].digits
    fits = count >= 3 and len(last) <= 4 and not last.endswith("0")
    return count if fits and _CLAUSE_END.match(text, parts[count - 1].end) else 0


def _one_blank(text: str, parts: list[Digits], at: int) -> bool:
    return text[parts[at - 1].end : parts[at].start] in (" ", "-")


def _account(
    text: str, number: Digits, label: Label | None, lexicon: Lexicon, country: str = ""
) -> Mark[Account]:
    behind = None if label and label.kind else label_behind(text, number.end, lexicon)
    label = behind or label
    if label is not None and label.kind == ADDRESS:
        label = None  # 发到139…: a number is no address
    said = label.kind if label else None
    digits, as_typed = number.digits, country + number.digits
    bare = _WITH_COUNTRY_CODE.fullmatch(digits)
    if bare and lexicon.accounts[PHONE].accepts(bare[1]):
        digits = bare[1]
    account = Account(
        digits,
        (),
        said,
        label is not None,
        (label.start, label.end) if label else None,
        spoken=number.spoken,
        as_typed=as_typed if as_typed != digits else "",
    )
    kinds = tuple(kind for kind in _NUMERIC if account.read_as(kind, lexicon).account is not None)
    return Mark(replace(account, kinds=kinds), number.start, number.end)


def _is_other(text: str, run: Digits, lexicon: Lexicon) -> bool:
    """Whether a word in front says that the number is nobody's: a code, a courier number."""
    at = run.start
    while at > 0 and text[at - 1] in " :是为":
        at -= 1
    return text[max(0, at - 1) : at] in ("¥", "$") or _other_words(lexicon).ending_at(text, at) is not None


def _is_phone_alone(run: Digits, lexicon: Lexicon) -> bool:
    return lexicon.accounts[PHONE].accepts(run.digits)


def _may_begin_phone(digits: str) -> bool:
    return len(digits) >= 2 and digits[0] == "1" and digits[1] in "3456789"


def _latin(character: str) -> bool:
    return character.isascii() and (character.isalpha() or character == "_")


@lru_cache(maxsize=4)
def _unit_words(lexicon: Lexicon) -> Words[str]:
    return Words.of(lexicon.words("accounts.units_behind"))


@lru_cache(maxsize=4)
def _other_words(lexicon: Lexicon) -> Words[str]:
    return Words.of(lexicon.words("accounts.not_accounts"))


_NUMBER_WORD = "户号"
_STUB_MAX = 4
_DIGITS_MIN, _DIGITS_MAX = 6, 12
"""How many digits that are written one by one make a number: as many as a QQ or a UID has."""
_COUNTED = frozenset("个每各") | frozenset("几俩两条")
_CLAUSE_END = re.compile(r" *(?:$|[,，。;；!！?？\n])")
_SURE_UNITS = ("元", "块", "点券", "q币")
_SIZE_BEHIND = re.compile(
    r" ?(?:[1-9]\d{0,4}|[一二两三四五六七八九]?[十百千][一二三四五六七八九十百]*)(?![\d.一二两三四五六七八九十百千万]| ?[张份套组x*×✕])"
)
"""273849506 Q币100: the unit names the goods, whose size stands behind; it counts nothing in front."""
_PARTS = 24
"""More groups than any account is said in; a bound keeps reading linear."""
_NUMERIC = (PHONE, FUEL_CARD, QQ, UID, GAME_ID)
_COUNTRY_CODE = re.compile(r"\(?(?:\+|00)86\)?[ \-]*$")
_WITH_COUNTRY_CODE = re.compile(r"(?:0086|86)(\d{11})")
_DAY = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ZONE = re.compile(r" ?\(\d{2,6}\)")
_DOTTED = re.compile(r"(?<!\d)\d{1,4}\.$")
_COMES_FROM = re.compile(r"\d·$|\d{3}\.$|(?<!\d)\d\.$")
"""8.00219: of what begins in front of the dot only the rest was read."""
_TORN_OFF = re.compile(r" {1,3}\d(?=$|[,，。;!\n])")
"""A single digit that nothing else needs: QQ号201993447 5，"""
_CUT_SHORT = re.compile(r"[ ,，]{1,3}\d{2,4}(?=$|[,，。;\n])")
_SHORT_QQ = 6
"""Few have a number so short: of QQ12345 678 the rest stands behind the blank."""
_GOES_ON = re.compile(r"[.·。\ufffd]\d|[\-—–]+0\d")
