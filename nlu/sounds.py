"""How characters sound, so that a homophone (话废, 原审) and pinyin (huafei) can be recognised.

Only names are ever heard this way; numbers never are. The table is read once from pypinyin's data;
nothing of pypinyin runs while a message is read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@cache
def syllable(character: str) -> str | None:
    """The toneless first reading of a Chinese character, None for anything else."""
    readings = pinyin_dict.get(ord(character))
    if not readings:
        return None
    first = readings.split(",")[0].replace("ü", "v")
    toneless = "".join(
        part for part in unicodedata.normalize("NFD", first) if not unicodedata.combining(part)
    )
    return re.sub(r"[^a-zv]", "", toneless) or None


def pinyin(word: str) -> str | None:
    """The syllables of `word` run together, or None where a character has no reading."""
    syllables = [
        syllable(character) if "\u4e00" <= character <= "\u9fff" else character for character in word
    ]
    return None if None in syllables else "".join(part for part in syllables if part)


def initials(word: str) -> str:
    """The first letters of the syllables: 网易云 is wyy. Latin characters stay."""
    return "".join((syllable(character) or character)[0] for character in word)


def heard(text: str) -> str:
    """`text` with each Chinese character replaced by one that stands for its sound.

    Offsets stay: one character for one. zh ch sh and final ng sound like z c s and n, as many people
    type them.
    """
    return "".join(map(_sound, text))


@cache
def _sound(character: str) -> str:
    if not "\u4e00" <= character <= "\u9fff":
        return character
    spoken = syllable(character)
    if spoken is None:
        return character
    for long, short in _MERGED:
        if spoken.startswith(long):
            spoken = short + spoken[2:]
    if spoken.endswith("ng"):
        spoken = spoken[:-1]
    return _SOUNDS.setdefault(spoken, chr(0xF0000 + len(_SOUNDS)))


_SOUNDS: dict[str, str] = {}
"""Syllable -> its private character. Grows by at most the number of Chinese syllables (about 400)."""
