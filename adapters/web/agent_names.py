"""What a member of staff may be called. The name stands beside what he says to customers, so it must
not pass for the shop's own voice, nor carry characters that are not seen or that turn the line around."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from bot.handover import RESERVED_NAMES

_ITS_OWN_WORDS = re.compile("机器人|機器人|系统|系統|通知|robot|system")
_ITS_OWN_NAMES = frozenset({*RESERVED_NAMES, "news", "客服", "人工", "自动回复"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"})
_UNSEEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that draw nothing, and so belong to no class that says so."""


class NameTrouble(StrEnum):
    """Why a name is refused; the login page has the words."""

    MISSING = "no_name"
    UNSEEN = "unseen_in_name"
    TAKEN_BY_THE_SHOP = "shop_name"


def name_trouble(name: str) -> NameTrouble | None:
    """What is wrong with the name, or None."""
    if any(_is_unseen(character) for character in name):
        return NameTrouble.UNSEEN
    plain = "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())
    if not plain:
        return NameTrouble.MISSING
    if plain in _ITS_OWN_NAMES or _ITS_OWN_WORDS.search(plain):
        return NameTrouble.TAKEN_BY_THE_SHOP
    return None


def _is_unseen(character: str) -> bool:
    return (
        unicodedata.category(character) in _UNSEEN
        or character in _UNSEEN_LETTERS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
