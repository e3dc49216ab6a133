"""Words of which a part was typed in pinyin: 芒guoTV, 苹果chong值卡, 爱奇yi.

Whoever does not find a character types how it is said. Such letters are heard as the character would be,
so that the name is found by its sound; whatever is no syllable stays what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.sounds import heard, syllable


@dataclass(frozen=True, slots=True)
class HalfSpelled:
    """`sounds`: the text as it is heard. `places`: where each of its characters stood in the text; one more
    entry holds the end."""

    sounds: str
    places: tuple[int, ...]
    spelled: frozenset[int]
    """Offsets in `sounds` of what was typed in letters."""

    def mixed(self, start: int, end: int) -> bool:
        """Whether a stretch of the sounds is partly in characters and partly in letters."""
        letters = sum(at in self.spelled for at in range(start, end))
        characters = sum(self.sounds[at] > _LAST_CHARACTER for at in range(start, end)) - letters
        return letters > 0 and characters > 0


def half_spelled(text: str) -> HalfSpelled | None:
    """How `text` is heard, or None where no letters stand beside a Chinese character."""
    touching = {at for run in _TOUCHING.finditer(text) for at in range(*run.span())}
    if not touching:
        return None
    as_typed = heard(text)
    sounds: list[str] = []
    places: list[int] = []
    spelled: set[int] = set()
    at = 0
    while at < len(text):
        found = _syllable_at(text, at) if at in touching else None
        places.append(at)
        if found is None:
            sounds.append(as_typed[at])
            at += 1
            continue
        letters, character = found
        spelled.add(len(sounds))
        sounds.append(heard(character))
        at += len(letters)
    return HalfSpelled("".join(sounds), (*places, len(text)), frozenset(spelled)) if spelled else None


def _syllable_at(text: str, at: int) -> tuple[str, str] | None:
    """The longest syllable that begins here, and a character that is said so."""
    run = _LETTERS.match(text, at)
    known = _characters()
    for length in range(min(_SYLLABLE_MAX, len(run[0]) if run else 0), 0, -1):
        if (character := known.get(text[at : at + length])) is not None:
            return text[at : at + length], character
    return None


@cache
def _characters() -> dict[str, str]:
    """For each syllable one character that is said so."""
    found: dict[str, str] = {}
    for code in range(0x4E00, 0x9FA6):
        spoken = syllable(chr(code))
        if spoken is not None and _VOWEL.search(spoken):
            found.setdefault(spoken, chr(code))
    return found


_TOUCHING = re.compile(r"(?<=[\u4e00-\u9fff])[a-z]{2,}|(?<![a-z])[a-z]{2,}(?=[\u4e00-\u9fff])")
_LETTERS = re.compile("[a-z]+")
_VOWEL = re.compile("[aeiouv]")
_SYLLABLE_MAX = 6
_LAST_CHARACTER = "\uffff"
"""Sounds stand above all characters that are typed."""
