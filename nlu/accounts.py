"""Whom it is for: phones typed and spoken, QQ and UID, e-mail, game accounts, fuel cards, addresses.

Numbers are read in `nlu/account_numbers.py`; here stand the accounts in letters, and which reader comes when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from nlu.account_hints import hints, landlines, without_hints
from nlu.account_numbers import numbers
from nlu.addresses import PROVINCE_OR_CITY, addresses
from nlu.alternations import either
from nlu.covered import Covered
from nlu.domains import domains
from nlu.emails import emails
from nlu.in_front import in_front
from nlu.labels import Label, is_label, label_before
from nlu.lexicon import Lexicon
from nlu.named_accounts import goes_on, named
from nlu.page import Mark, Page
from nlu.recipients import (
    ADDRESS,
    EMAIL,
    FUEL_CARD,
    GAME_ID,
    PHONE,
    QQ,
    UID,
    Account,
    Recipient,
    name_typed,
    typed,
)

__all__ = [
    "ADDRESS",
    "EMAIL",
    "FUEL_CARD",
    "GAME_ID",
    "PHONE",
    "QQ",
    "UID",
    "Account",
    "Recipient",
    "carrier",
    "is_plate",
    "read",
    "take_hosts_named",
]


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Account], ...]:
    """All recipients in what is still free, left to right; claims those with `claimed`.

    The mark covers the account itself, without its label. Call after `references`.
    """
    marks: list[Mark[Account]] = []
    found = bytearray(len(page.text))
    for find in _FINDERS:
        for mark in find(page, lexicon):
            if not page.free(mark.start, mark.end):
                continue
            if all(found[mark.start : mark.end]) and any(_holds(one, mark) for one in marks):
                continue
            found[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
            if mark.value.claimed:
                page.take(mark.start, mark.end)
            marks.append(mark)
    taken = [mark for mark in marks if mark.value.claimed]
    claimed = Covered.by(taken)
    perhaps = [mark for mark in marks if not mark.value.claimed and not claimed.meets(mark.start, mark.end)]
    return tuple(sorted(without_hints(taken) + perhaps, key=lambda mark: mark.start))


def _holds(whole: Mark[Account], part: Mark[Account]) -> bool:
    """Whether an account is but a piece of one that was found before: A8K32D of 豫A8K32D."""
    longer = part.end - part.start < whole.end - whole.start
    return longer and whole.start <= part.start and part.end <= whole.end


def take_hosts_named(page: Page, marks: Iterable[Mark[Account]]) -> None:
    """战网绑的是163那个 zhang@163.com: the number is the host of the address, and no size. Call when the names
    are taken: that of 163邮箱会员 is part of goods."""
    for mark in marks:
        host = _HOST_IN_DIGITS.search(mark.value.text) if mark.value.said == EMAIL else None
        if host is None:
            continue
        for again in re.finditer(rf"(?<![0-9a-z.@]){host[1]}(?![0-9])(?={_OF_HOST})", page.rest()):
            page.take(*again.span())


_HOST_IN_DIGITS = re.compile(r"@(\d{2,5})\.")
_OF_HOST = r"\s*(?:的|那|这|邮箱|信箱|网易)"


def carrier(phone: str, lexicon: Lexicon) -> str | None:
    """移动, 联通, 电信 or 广电 by the prefix of a mobile number; None where the prefix belongs to
    a virtual operator or nobody."""
    for name, prefixes in lexicon.groups("carriers.prefixes").items():
        if phone.startswith(prefixes):
            return name
    return None


def _addresses(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    marks = []
    text = page.rest()
    for found in addresses(text, lexicon):
        said = ADDRESS if found.value else None
        # A house of the shop's own town (建设路52号) may be where somebody lives: only goods that are sent need it.
        sure = said is not None or PROVINCE_OR_CITY.match(text, found.start) is not None
        account = Account(
            typed(page, found.start, found.end), (ADDRESS,), said, said is not None, found.value, claimed=sure
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
        if _PAUSED.fullmatch(found[0]) and not text[found.end() : found.end() + 1].isdigit():
            continue  # 135……1111……2222: said with pauses
        label = label_before(text, found.start(), lexicon)
        said = label.kind if label else None
        marks.append(Mark(Account(found[0], (), said, masked=True), *found.span()))
    return marks


def _tagged(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """Momo酱#0721: a name with its number, which may be Chinese in part."""
    text = page.rest()
    marks = []
    for found in _TAGGED.finditer(text):
        start, end = found.span("name")
        label = label_before(text, start, lexicon)
        for at in range(start + 1, end):
            if text[at] == "#":
                break
            inside = label_before(text, at, lexicon)
            if inside is not None and inside.start >= found.start("name"):
                start, label = at, inside  # the 账号 of 账号小白#1234 is no part of it
        span = start, end
        account = Account(name_typed(page, *span), (GAME_ID,), GAME_ID if label else None, label is not None)
        marks.append(Mark(account, *span))
    return marks


def _plates(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """豫A8K32D, 浙A·D12345: whose car it is, for the goods that ask for it. The character in front is part of it."""
    text = page.rest()
    marks = []
    for found in _PLATE.finditer(text):
        before = text[: found.start()].rstrip(" :是为")
        word = next((word for word in lexicon.words("accounts.plates") if before.endswith(word)), None)
        label = (len(before) - len(word), len(before)) if word else None
        if label is None and (called := label_before(text, found.start(), lexicon)) is not None:
            label = called.start, called.end  # 账号沪A88K66
        account = Account(
            name_typed(page, *found.span()),
            (GAME_ID,),
            None,
            label is not None,
            label,
            claimed=label is not None,
        )
        marks.append(Mark(account, *found.span()))
    return marks


def _lettered(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """户号0012736A: a number with a letter at its end is one word, of which nothing is cut off."""
    text = page.rest()
    marks = []
    for found in _LETTERED.finditer(text):
        called = label_before(text, found.start(), lexicon)
        label = (called.start, called.end) if called else None
        typed = name_typed(page, *found.span())
        account = Account(typed, (GAME_ID,), called.kind if called else None, label is not None, label)
        marks.append(Mark(account, *found.span()))
    return marks


def is_plate(account: str) -> bool:
    """Whether an account has the form of a car's plate."""
    return _PLATE.fullmatch(account.lower()) is not None


def _names(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """Accounts in letters: behind a label, or, as a mere possibility, letters mixed with digits."""
    text = page.rest()
    marks: list[Mark[Account]] = []
    for found in _TOKEN.finditer(text):
        label = label_before(text, found.start(), lexicon)
        if (
            is_label(found[0], lexicon)
            or found[0] in _linking(lexicon)
            or (found[0].isdigit() and (label is None or label.kind is None))
        ):
            continue  # 每个号200: digits are read as numbers, or not at all
        if found[0].isdigit() and len(found[0]) < _DIGITS_MIN and label is not None and label.kind == EMAIL:
            continue  # 企业邮箱10用户 counts
        if found[0].isdigit() and len(found[0]) < _DIGITS_MIN and _COUNTS.match(text, found.end()):
            continue  # 填快手ID 70快币: what the title of goods ends with labels no size
        if found[0].isdigit() and label is not None and label.kind == GAME_ID and goes_on(text, found.end()):
            continue  # 游戏账号：07夜莺
        if label and label.kind == EMAIL and "的" in text[label.end : found.start()]:
            continue  # 这个邮箱的Microsoft 365 names goods
        if found[0] in _mail_hosts(lexicon) and _mailbox(lexicon).match(text, found.end()) is not None:
            continue  # 账号是outlook邮箱 x@outlook.com: whose mail the address is
        if label and label.kind == EMAIL and found[0] in _latin_tiers(lexicon):
            continue  # 网易邮箱VIP
        linked = label is not None and any(link in text[label.end : found.start()] for link in "是:为")
        if label and label.kind in (None, GAME_ID, UID, EMAIL) and (linked or _is_name(found[0], label)):
            said = None if label.kind == UID else label.kind
            kinds = () if said == EMAIL else (GAME_ID,)
            spoken = _SPOKEN_ON.match(text, found.end())
            end = spoken.end() if spoken else found.end()
            account = Account(
                name_typed(page, found.start(), end),
                kinds if spoken is None else (),
                said,
                True,
                (label.start, label.end),
                # xiaobai零零七 may be xiaobai007 or not: it is asked about, and never cut short.
                masked=spoken is not None,
            )
            marks.append(Mark(account, found.start(), end))
        elif _MIXED.fullmatch(found[0]):
            # Nothing that is for sale is written with _ or #; letters and digits alone may be a name.
            start, end = found.span()
            if in_front(_HANDLE, text, start):
                start -= 1  # @coolguy_777 is the name with its sign
            account = Account(name_typed(page, start, end), (GAME_ID,), claimed=not found[0].isalnum())
            marks.append(Mark(account, start, end, sureness=0.9 if account.claimed else 0.5))
    for name, introduced in named(text, lexicon):
        if not any(mark.start < name[1] and name[0] < mark.end for mark in marks):
            account = Account(name_typed(page, *name), (GAME_ID,), GAME_ID, True, introduced)
            marks.append(Mark(account, *name))
    return marks


@lru_cache(maxsize=4)
def _linking(lexicon: Lexicon) -> frozenset[str]:
    """The `is` of `username is BlueTiger_77`."""
    return frozenset(word.strip(" :") for word in lexicon.words("accounts.linkers") if word.isascii())


@lru_cache(maxsize=4)
def _latin_tiers(lexicon: Lexicon) -> frozenset[str]:
    """Words that lift goods above others: pro, vip."""
    tiers = (word for words in lexicon.groups("goods.premium").values() for word in words)
    return frozenset(word for word in (*tiers, *lexicon.words("goods.generic")) if word.isascii())


@lru_cache(maxsize=4)
def _mail_hosts(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.words("accounts.mail_hosts"))


@lru_cache(maxsize=4)
def _mailbox(lexicon: Lexicon) -> re.Pattern[str]:
    boxes = (word for word in lexicon.words("accounts.mailboxes") if not word.isascii())
    return re.compile(f" ?(?:{either(boxes)})")


def _is_name(token: str, label: Label) -> bool:
    return len(token) >= 2 and (len(label.word) > 1 or any(character.isdigit() for character in token))


_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·. \-]?(?=[a-z]{0,6}\d)[a-z\d]{5,6}(?![a-z\d])"
)
_DIGITS_MIN = 5
_COUNTS = re.compile("(?![的充冲买要来给和跟再还另是就哈啊呢吧谢])[一-龥]")
"""Behind a short number: what it counts."""
_HANDLE = re.compile(r"(?:^|[^a-z0-9._\-])@$")
_MASKED = re.compile(
    r"(?<!\d)\d{0,7}(?:[*×•·#]{2,}|(?<=\d)[x]{3,}(?![a-z])|(?<=\d{3})(?:\.{3,}|…+|-{3,}|_{2,})(?=\d{3,4}(?!\d)))\d{0,7}(?<=[\d*x#•·×])"
)
_PAUSED = re.compile(r"1[3-9]\d\.{3,6}\d{4}|\d{3,4}")
_TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9_\-#]|\.(?!\.)){1,63}")
_SPOKEN_ON = re.compile(r"[零〇幺一二三四五六七八九两]{1,8}(?![十百千万个张份月年天块元])")
_TAGGED = re.compile(
    r"(?:^|(?<=[\s,:，。;是为叫]))(?P<name>[0-9a-z_一-龥·丶.]{0,14}[a-z0-9_一-龥]#[0-9a-z]{2,6})(?![0-9a-z一-龥])"
)
_LETTERED = re.compile(
    r"(?:(?<![a-z0-9@._\-])|(?<=qq)|(?<=uid))\d{5,19}[abcdefhijlnoprstuvyz](?![a-z0-9@._\u4e00-\u9fff]|[ ]?[服区])"
)
"""Without the letters that count (k, w, g, m) or come in front of something else (q, x)."""
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[\d_#])[a-z][a-z0-9_#]{4,39}")
_FINDERS: tuple[Callable[[Page, Lexicon], list[Mark[Account]]], ...] = (
    _addresses,
    _emails,
    domains,
    _tagged,
    hints,
    _masked,
    landlines,
    _plates,
    _lettered,
    numbers,
    _names,
)
