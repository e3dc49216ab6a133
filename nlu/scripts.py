"""In which script a character is written: names in Chinese and names in Latin letters end differently."""

from __future__ import annotations

import re

_CHINESE = re.compile("[\u4e00-\u9fff]*")


def is_latin(character: str) -> bool:
    """Whether it is a small Latin letter; messages are read in small letters."""
    return "a" <= character <= "z"


def is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def all_chinese(text: str) -> bool:
    """Whether every character is Chinese."""
    return _CHINESE.fullmatch(text) is not None


def chinese_count(text: str) -> int:
    """How many of its characters are Chinese."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)
