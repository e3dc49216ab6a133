"""How characters sound, so that a homophone (话废, 原审) and pinyin (huafei) can be recognised.

Only names are ever heard this way; numbers never are. The table of characters is pypinyin's; the rest of
that package, which loads half a million phrases, is not needed and not imported.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Mapping
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

_LAST_CHARACTER = 0x9FFF
"""The last of the characters in use; half of the table stands behind it, and nobody writes those."""

_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def _readings_by_character() -> Mapping[int, str]:
    """The readings of each character, commonest first, by code point: `pypinyin/pinyin_dict.py` alone."""
    package = find_spec("pypinyin")
    assert package is not None, "pypinyin is among the dependencies"
    assert package.origin is not None
    spec = spec_from_file_location("_pinyin_dict", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec is not None
    assert spec.loader is not None
    table = module_from_spec(spec)
    spec.loader.exec_module(table)
    readings: Mapping[int, str] = table.pinyin_dict
    return readings


def _first_syllables() -> tuple[list[str | None], array[int]]:
    """The toneless syllables that there are, None the first of them; and for each code point the place of its
    first reading among them. The table of 40 thousand readings takes 8 MB, and this 0.4."""
    syllables: list[str | None] = [None]
    places: dict[str, int] = {}
    readings = _readings_by_character()
    by_code = array("H", bytes(2 * (_LAST_CHARACTER + 1)))
    for code, spoken in readings.items():
        if code > _LAST_CHARACTER:
            continue
        first = spoken.partition(",")[0]
        if first not in places:
            places[first] = len(syllables)
            syllables.append(_toneless(first))
        by_code[code] = places[first]
    return syllables, by_code


def _toneless(reading: str) -> str | None:
    apart = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return re.sub(r"[^a-zv]", "", "".join(sign for sign in apart if not unicodedata.combining(sign))) or None


_SYLLABLES, _BY_CODE = _first_syllables()


def syllable(character: str) -> str | None:
    """The toneless first reading of a Chinese character, None for anything else."""
    code = ord(character)
    return _SYLLABLES[_BY_CODE[code]] if code < len(_BY_CODE) else None


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
    return text.translate(_HEARD)


def _sound(character: str) -> str:
    spoken = syllable(character) if "\u4e00" <= character <= "\u9fff" else None
    return character if spoken is None else _SOUNDS[_as_typed(spoken)]


def _as_typed(spoken: str) -> str:
    for long, short in _MERGED:
        if spoken.startswith(long):
            spoken = short + spoken[2:]
    if len(spoken) > 1:
        spoken = spoken.replace("v", "u")
    return spoken[:-1] if spoken.endswith("ng") else spoken


_SOUNDS = {
    spoken: chr(0xF0000 + place)
    for place, spoken in enumerate(dict.fromkeys(_as_typed(one) for one in _SYLLABLES if one is not None))
}
"""Syllable -> its private character, the same in every process: what is equally near to a message is offered in
the same order."""


class _Heard(dict[int, str]):
    """Code point -> how it sounds, worked out when it is first met. As a table of `str.translate`, which
    takes half the time of a loop."""

    def __missing__(self, code: int) -> str:
        sound = self[code] = _sound(chr(code))
        return sound


_HEARD = _Heard()
