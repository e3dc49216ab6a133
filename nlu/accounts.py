"""Whom it is for: phones typed and spoken, QQ and UID, e-mail, game accounts, fuel cards, addresses.

A recipient is exactly right or it is a problem: a masked, short or long number is never repaired.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from nlu.addresses import addresses
from nlu.digits import Digits, chains, joined, phone_length
from nlu.emails import emails
from nlu.labels import Label, is_label, label_before, label_behind
from nlu.lexicon import Lexicon
from nlu.normalise import INVISIBLE
from nlu.page import Mark, Page
from nlu.understanding import Problem, ProblemCode, Slot
from nlu.words import Words

PHONE, QQ, UID, FUEL_CARD, EMAIL, GAME_ID, ADDRESS = (
    "phone",
    "qq",
    "uid",
    "fuel_card",
    "email",
    "game_id",
    "address",
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as one kind of account: `account` canonical, or None with the `problem`.

    Neither account nor problem: it was said to be of another kind, so this one was not said.
    """

    kind: str
    account: str | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Characters that name a recipient, before it is known what the product needs.

    `said` is the kind that a label named (手机号, QQ, uid), or None. A number called a phone is
    no QQ number, whatever the product.
    """

    text: str
    """Digits without separators and country code; e-mail lower case; game accounts and addresses
    as typed."""
    kinds: tuple[str, ...]
    """Kinds that it may be without any problem, likeliest first. Empty: a problem as any kind."""
    said: str | None = None
    labelled: bool = False
    """Whether any label stands there, also one that leaves the kind open (账号)."""
    label: tuple[int, int] | None = None
    """Where the label stands in the normalised text; its characters stay free for other readers."""
    masked: bool = False
    spoken: bool = False
    claimed: bool = True
    """False: perhaps no account at all (a bare number of 5 or 6 digits, a word like mengxy88);
    its characters stay free, and the parser takes them if it uses the reading."""
    as_typed: str = ""
    """All digits that were given, with 86 in front if it was there: a UID is never shortened."""
    contact: bool = False
    """A person said by name (老妈): `text` is the name, and which account is meant is not said."""
    as_given: str = ""
    """A number with what belongs to it only as a game account: 88213345(2231)."""

    def read_as(self, kind: str, lexicon: Lexicon) -> Recipient:
        """This recipient as the kind that a product needs, canonical or with its problem."""
        if self.masked:
            code = ProblemCode.PHONE_LENGTH if kind == PHONE else ProblemCode.ACCOUNT_FORMAT
            return Recipient(kind, None, Problem(Slot.ACCOUNT, code, self.text))
        if self.said and self.said != kind and kind not in _MAY_BE_CALLED.get(self.said, ()):
            if self.said == PHONE and kind in (QQ, UID):
                problem = Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, self.text)
                return Recipient(kind, None, problem)
            return Recipient(kind, None)
        text = (self.as_typed if kind == UID else self.as_given if kind == GAME_ID else "") or self.text
        known = lexicon.accounts.get(kind)
        if known and known.accepts(text):
            return Recipient(kind, text)
        return Recipient(kind, None, self._problem(kind, text))

    def _problem(self, kind: str, text: str) -> Problem | None:
        if kind == PHONE:
            if not text.isdigit() or (len(text) < 7 and self.said != PHONE):
                return None  # perhaps not meant as a phone at all: the phone was not said
            code = ProblemCode.PHONE_PREFIX if len(text) == 11 else ProblemCode.PHONE_LENGTH
            return Problem(Slot.ACCOUNT, code, text)
        if kind in (ADDRESS, GAME_ID):
            return None
        return Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, text)


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Account], ...]:
    """All recipients in what is still free, left to right; claims those with `claimed`.

    The mark covers the account itself, without its label. Call after `references`.
    """
    marks: list[Mark[Account]] = []
    for find in _FINDERS:
        for mark in find(page, lexicon):
            if not page.free(mark.start, mark.end):
                continue
            if mark.value.claimed:
                page.take(mark.start, mark.end)
            marks.append(mark)
    taken = [mark for mark in marks if mark.value.claimed]
    perhaps = [
        mark
        for mark in marks
        if not mark.value.claimed and not any(mark.start < one.end and one.start < mark.end for one in taken)
    ]
    return tuple(sorted(taken + perhaps, key=lambda mark: mark.start))


def carrier(phone: str, lexicon: Lexicon) -> str | None:
    """移动, 联通, 电信 or 广电 by the prefix of a mobile number; None where the prefix belongs to
    a virtual operator or nobody."""
    for name, prefixes in lexicon.groups("carriers.prefixes").items():
        if phone.startswith(prefixes):
            return name
    return None


# A label names a kind; people also call these kinds by it.
_MAY_BE_CALLED: dict[str, tuple[str, ...]] = {
    PHONE: (GAME_ID,),
    UID: (GAME_ID,),
    GAME_ID: (UID, QQ, EMAIL, PHONE),
    EMAIL: (GAME_ID,),
    FUEL_CARD: (),
    QQ: (),
    ADDRESS: (),
}


def _addresses(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    marks = []
    for found in addresses(page.rest(), lexicon):
        said = ADDRESS if found.value else None
        account = Account(
            _typed(page, found.start, found.end), (ADDRESS,), said, said is not None, found.value
        )
        marks.append(Mark(account, found.start, found.end))
    return marks


def _emails(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    known = lexicon.accounts[EMAIL]
    marks = []
    for found in emails(page.rest(), lexicon):
        kinds = (EMAIL, GAME_ID) if known.accepts(found.value) else ()
        marks.append(Mark(Account(found.value, kinds, EMAIL), found.start, found.end))
    return marks


def _masked(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    text = page.rest()
    marks = []
    for found in _MASKED.finditer(text):
        label = label_before(text, found.start(), lexicon)
        said = label.kind if label else None
        start = found.start("tail") if found["tail"] else found.start()
        marks.append(Mark(Account(text[start : found.end()], (), said, masked=True), start, found.end()))
    return marks


def _numbers(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    text = page.rest()
    marks: list[Mark[Account]] = []
    for chain in chains(text, lexicon):
        at = 0
        while at < len(chain):
            count, mark = _number(text, chain[at : at + _PARTS], lexicon)
            zone = _ZONE.match(text, mark.end) if mark else None
            if mark and zone and len(mark.value.text) != 11:
                as_given = _name_typed(page, mark.start, zone.end())
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
    if len(first.digits) < 3 and first.digits[0] != "1" and first.digits != "86" and not first.spoken:
        return 1, None  # begins no phone, and is too short for anything else
    label = label_before(text, first.start, lexicon)
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
    if len(number.digits) < (4 if called else 7):
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
    count = _grouped(parts, (19,)) or _grouped(parts, (16,)) or _in_threes(text, parts, label)
    number = joined(parts[:count]) if count > 1 else parts[0]
    size = len(number.digits)
    named = label is not None and label.kind in (QQ, UID, PHONE, FUEL_CARD)
    apart = text[number.end : number.end + 1] == " "
    unit = _unit_words(lexicon).starting_at(text, number.end + apart)
    if unit and (size < 7 or unit[0] in _SURE_UNITS) and not (named and apart):
        return max(1, count), None
    if size < 5 and not (size > 2 and label and label.kind in (QQ, UID) and len(label.word) > 1):
        return max(1, count), None
    mark = _account(text, number, label, lexicon)
    sure = (size >= 7 and not _DAY.fullmatch(number.digits)) or label is not None
    return max(1, count), mark if sure else replace(mark, value=replace(mark.value, claimed=False))


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


def _in_threes(text: str, parts: list[Digits], label: Label | None) -> int:
    """How many parts make a number that was called QQ or UID and is written 123 456 789."""
    if not label or label.kind not in (QQ, UID):
        return 0
    count = 1
    while (
        count < len(parts)
        and len(parts[count].digits) == 3
        and parts[count].start - parts[count - 1].end == 1
    ):
        count += 1
    return count if count >= 3 and len(parts[0].digits) == 3 else 0


def _account(
    text: str, number: Digits, label: Label | None, lexicon: Lexicon, country: str = ""
) -> Mark[Account]:
    behind = None if label and label.kind else label_behind(text, number.end, lexicon)
    label = behind or label
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


def _names(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """Accounts in letters: behind a label, or, as a mere possibility, letters mixed with digits."""
    text = page.rest()
    marks: list[Mark[Account]] = []
    for found in _TOKEN.finditer(text):
        label = label_before(text, found.start(), lexicon)
        if is_label(found[0], lexicon):
            continue
        linked = label is not None and any(link in text[label.end : found.start()] for link in "是:为")
        if label and label.kind in (None, GAME_ID, UID, EMAIL) and (linked or _is_name(found[0], label)):
            said = None if label.kind == UID else label.kind
            kinds = () if said == EMAIL else (GAME_ID,)
            account = Account(_name_typed(page, *found.span()), kinds, said, True, (label.start, label.end))
            marks.append(Mark(account, *found.span()))
        elif _MIXED.fullmatch(found[0]):
            # Nothing that is for sale is written with _ or #; letters and digits alone may be a name.
            account = Account(_name_typed(page, *found.span()), (GAME_ID,), claimed=not found[0].isalnum())
            marks.append(Mark(account, *found.span(), sureness=0.9 if account.claimed else 0.5))
    for word in lexicon.words("accounts.named"):
        at = text.find(word)
        while at >= 0:
            start = at + len(word)
            named = _NAMED.match(text, start)
            if named and not any(
                mark.start < named.end("name") and named.start("name") < mark.end for mark in marks
            ):
                account = Account(
                    _name_typed(page, *named.span("name")), (GAME_ID,), GAME_ID, True, (at, start)
                )
                marks.append(Mark(account, *named.span("name")))
            at = text.find(word, start)
    return marks


def _is_name(token: str, label: Label) -> bool:
    return len(token) >= 2 and (len(label.word) > 1 or any(character.isdigit() for character in token))


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


def _typed(page: Page, start: int, end: int) -> str:
    span = page.span(start, end)
    return page.original[span.start : span.end].strip()


def _name_typed(page: Page, start: int, end: int) -> str:
    """A game account as typed, capitals and all; full width and keycaps are no part of it."""
    typed = unicodedata.normalize("NFKC", _typed(page, start, end))
    return "".join(character for character in typed if character not in INVISIBLE)


@lru_cache(maxsize=4)
def _unit_words(lexicon: Lexicon) -> Words[str]:
    return Words.of(lexicon.words("accounts.units_behind"))


@lru_cache(maxsize=4)
def _other_words(lexicon: Lexicon) -> Words[str]:
    return Words.of(lexicon.words("accounts.not_accounts"))


_SURE_UNITS = ("元", "块", "点券", "q币")
_PARTS = 24
"""More groups than any account is said in; a bound keeps reading linear."""
_NUMERIC = (PHONE, FUEL_CARD, QQ, UID, GAME_ID)
_COUNTRY_CODE = re.compile(r"\(?(?:\+|00)86\)?[ \-]*$")
_WITH_COUNTRY_CODE = re.compile(r"(?:0086|86)(\d{11})")
_DAY = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MASKED = re.compile(
    r"(?<!\d)\d{0,7}(?:[*×•·#]{2,}|(?<=\d)[x]{3,}(?![a-z])|(?<=\d{3})(?:\.{3,}|…+|-{3,}|_{2,})(?=\d{3,4}(?!\d)))\d{0,7}(?<=[\d*x#•·×])"
    r"|尾号(?:是|为)?[ :]?(?P<tail>\d{3,4})(?!\d)"
)
_TOKEN = re.compile(r"[a-z0-9][a-z0-9_.\-#]{1,63}")
_ZONE = re.compile(r" ?\(\d{2,6}\)")
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[\d_#])[a-z][a-z0-9_#]{4,39}")
_NAMED = re.compile(r"[ :是叫为]{0,4}(?P<name>[0-9a-z_一-龥·丶]{2,16})(?=$|[\s,。;!、])")
_FINDERS: tuple[Callable[[Page, Lexicon], list[Mark[Account]]], ...] = (
    _addresses,
    _emails,
    _masked,
    _numbers,
    _names,
)
