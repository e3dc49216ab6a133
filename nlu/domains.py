"""Domain names: where they are for sale, what is to be registered is whom it is for.

They show by their own form what they are, and need no label. The form of one beside other goods (a shop's
own page) is none of their recipients.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nlu.alternations import any_of
from nlu.labels import label_before
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.page import Mark, Page
from nlu.recipients import GAME_ID, Account


def domains(page: Page, lexicon: Lexicon) -> list[Mark[Account]]:
    """The domain names in what is still free, in lower case; none that was called something else."""
    text = page.rest()
    return [
        Mark(Account(found[0], (GAME_ID,)), *found.span())
        for found in _pattern(lexicon).finditer(text)
        if label_before(text, found.start(), lexicon) is None
    ]


def ending_of(account: str, lexicon: Lexicon) -> str | None:
    """The ending of what has the form of a domain name: cn."""
    found = _pattern(lexicon).fullmatch(account.lower())
    return found["ending"] if found else None


def introduces(text: str, end: int, recipients: Iterable[Mark[Account]], lexicon: Lexicon) -> bool:
    """Whether a name that ends at `end` only says that a domain name follows: 域名是…"""
    return any(
        mark.start >= end
        and _LINK.fullmatch(text, end, mark.start)
        and ending_of(mark.value.text, lexicon) is not None
        for mark in recipients
    )


def registers(names: Iterable[str], account: str, lexicon: Lexicon) -> bool:
    """Whether goods of these names are for such a domain name: .com域名注册 registers none that ends in cn. An address
    for mail is none."""
    if "@" in account:
        return True
    said = _said_of_goods(lexicon)
    sold = {found[1] or found[2] for name in names for found in said.finditer(plain(name))}
    return not sold or ending_of(account, lexicon) in sold


@lru_cache(maxsize=4)
def _pattern(lexicon: Lexicon) -> re.Pattern[str]:
    endings = _endings(lexicon)
    label = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    return re.compile(
        rf"(?<![a-z0-9@._/-])(?!www\.)(?:{label}\.)(?:{label}\.){{0,2}}?(?P<ending>{endings})(?![a-z0-9@/-]|\.[a-z0-9])"
    )


@lru_cache(maxsize=4)
def _said_of_goods(lexicon: Lexicon) -> re.Pattern[str]:
    """How a name says which ending its goods are for."""
    endings = _endings(lexicon)
    return re.compile(rf"\.({endings})(?![a-z0-9])|(?<![a-z0-9])({endings}) ?域名")


def _endings(lexicon: Lexicon) -> str:
    """Any ending, the longest first."""
    return any_of(lexicon, "accounts.domain_endings")


_LINK = re.compile(" ?(?:还是|就是|是|为|叫|填|:|=)? ?")
