"""Numbers and words that nobody called a recipient, and that can be nothing else beside these goods.

800219 is too short to be an account by itself, and meimei1998 may be anything. Behind the name of a good
that needs such an account, and is sold in no such size, they are whom it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from nlu.accounts import ADDRESS, GAME_ID, QQ, UID, Account, is_plate
from nlu.amounts import Amount
from nlu.assortment import Assortment
from nlu.domains import ending_of
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind
from nlu.numbers_used import overlap
from nlu.page import Mark

ROUND = "00"
"""A number that ends so is more likely a size that is not sold here than an account."""


def without_idle(
    recipients: Iterable[Mark[Account]], kinds: Set[str], lexicon: Lexicon
) -> tuple[Mark[Account], ...]:  # fmt: skip
    """The recipients without those that show by their form what they are, and that none of the goods can be
    for: a shop's own page, the plate of a car. `kinds`: what the goods need."""
    return tuple(
        mark
        for mark in recipients
        if GAME_ID in kinds
        or mark.value.said is not None
        or (ending_of(mark.value.text, lexicon) is None and not is_plate(mark.value.text))
    )


def unlabelled(
    text: str, recipients: Sequence[Mark[Account]], mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], goods: Assortment,
    makes: Set[str],
) -> list[Mark[Account]]:  # fmt: skip
    """Of the recipients that are perhaps none those that the goods need. `makes`: words that a number
    makes no account of (iphone15, ps5pro)."""
    named = [mention for mention in mentions if mention.kind is MentionKind.NAME]
    kinds = goods.account_kinds(named)
    if kinds == {ADDRESS}:
        return [mark for mark in recipients if not mark.value.claimed and ADDRESS in mark.value.kinds]
    if not kinds or not kinds <= _UNSIGNED:
        return []
    lengths = {len(mark.value.text) for mark in recipients if mark.value.claimed}
    found = []
    for mark in recipients:
        account = mark.value
        if (
            account.claimed
            or not kinds <= set(account.kinds)
            or any(one.start < mark.end and mark.start < one.end for one in named)
        ):
            continue
        if account.text.isdigit():
            sized = [size.value for size in sizes if overlap(size, mark)]
            sold = any(goods.fits(name, sized) for name in named) or any(size.units for size in sized)
            apart = in_front(_APART, text, mark.start) and _ENDS.match(text, mark.end)
            if not apart or _DAY.fullmatch(account.text):
                continue
            if sold or account.text.endswith(ROUND) or (lengths and len(account.text) not in lengths):
                continue
        elif _LETTERS.findall(account.text.lower())[0] in makes:
            continue
        found.append(mark)
    return found


_LETTERS = re.compile("[a-z]+|$")
_APART = re.compile(r"(?:^|[\s,，。;；:、.!~(（给到充冲为是])$")
_ENDS = re.compile(r"$|[\s,，。;；、.!~)）充冲的这来]")
"""A bare number goes on to no word and ends none: 12345粉丝 is nobody's account."""
_DAY = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_UNSIGNED = frozenset({QQ, UID, GAME_ID})
"""Kinds of accounts that show by no sign of their own what they are."""
