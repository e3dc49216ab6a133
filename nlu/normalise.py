"""One spelling for every way of typing: readers then need to know each word only once.

Full width, keycaps, circled digits, traditional characters, capitals and invisible characters all
come out plain, and every character keeps the way back to where it was typed.
"""

from __future__ import annotations

import re
import unicodedata

from opencc import OpenCC

from nlu.latin_counts import rewritten
from nlu.page import Page

_SIMPLIFIER = OpenCC("t2s")

INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u20e3\u00ad\u202a\u202b\u202c\u202d\u202e"
    "\u034f\u115f\u1160\u3164\uffa0\u180e\u061c\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    + "".join(chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127, *range(128, 160)) if code != 133)
)
"""Zero-width and direction marks, fillers without width, control characters, and what makes a keycap
of a digit: nothing anyone meant to say."""

_LOOK_ALIKES = str.maketrans(
    "аеорсухѕіјАВЕЅІЈКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΧο", "aeopcyxsijABESIJKMHOPCTXABEZHIKMNOPTXo"
)
"""Cyrillic and Greek letters that nobody can tell from latin ones: what looks like steam is meant so."""

_SIZES_APART = re.compile(r"(?<=[0-9])，(?=[0-9]{3}(?![0-9]))")
"""In full width throughout a comma parts the thousands; between latin digits it is a pause."""

_SLIPS = {"咔": "卡", "劵": "券"}
"""Characters that are hardly ever typed but for another one: 月咔."""

_IN_MANDARIN = {
    "唔系": "不是",
    "唔使": "不用",
    "唔啱": "不对",
    "冇错": "没错",
    "勿是": "不是",
    "勿对": "不对",
}
_NEGATIONS = re.compile("|".join(_IN_MANDARIN))
"""A no in Cantonese or in Shanghai, as long as the other one: it takes back what stands behind it."""

_LIST_MARKS = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿")


def normalise(text: str) -> Page:
    """`text` in plain spelling: NFKC, simplified, lower case, nothing invisible.

    Line ends become `\\n`, tabs stay (tables are pasted with them), other blanks become a space.
    """
    pieces = [_PLAIN[code] for code in map(ord, text)]
    marks = [at for at, character in enumerate(text) if character in _LIST_MARKS]
    if len(marks) > 1 and [pieces[at] for at in marks] == [str(mark) for mark in range(1, len(marks) + 1)]:
        for at in marks:
            if text[at + 1 : at + 2].isdecimal():
                # ①138… begins a row of a list, and no number of twelve digits, where the marks count on.
                pieces[at] = "\n"
    for pause in _SIZES_APART.finditer(text):
        # 50，100 are two sizes; only 50,100 in latin type may be one number.
        pieces[pause.start()] = ", "
    characters = list(_NEGATIONS.sub(lambda said: _IN_MANDARIN[said[0]], "".join(pieces)))
    offsets = [at for at, piece in enumerate(pieces) for _ in piece]
    for start, end, said in reversed(list(rewritten("".join(characters)))):
        characters[start:end] = said
        offsets[start:end] = [offsets[start]] * len(said)
    offsets.append(len(text))
    return Page(text, "".join(characters), tuple(offsets))


def plain(text: str) -> str:
    """The normalised text alone, for words that are compared with a page."""
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """Code point -> how it is read, worked out when it is first met. As a table of `str.translate`, which takes
    half the time of a loop."""

    def __missing__(self, code: int) -> str:
        plainly = self[code] = _plain(chr(code))
        return plainly


_PLAIN = _Plain()


def _plain(character: str) -> str:
    if character in INVISIBLE or character == "\r":
        return ""
    if character in "\n\t":
        return character
    if character.isspace():
        return " "
    if character in _LIST_MARKS:
        return str(int(unicodedata.numeric(character)))
    character = _SLIPS.get(character, character)
    compatible = _one_digit(character) or unicodedata.normalize("NFKC", character.translate(_LOOK_ALIKES))
    simple = "".join(_SIMPLIFIER.convert(part) for part in compatible)
    return simple.lower()


def _one_digit(character: str) -> str:
    """A digit of whatever script (٣, ৩, ❸, 𝟛) as the one that everybody types; else nothing."""
    if character.isascii() or len(unicodedata.normalize("NFKC", character)) > 1:
        return ""  # ⒈ and ⑴ are a digit and more, and mark the items of a list
    value: float | None = unicodedata.digit(character, None)
    if value is None and unicodedata.category(character) == "No":
        value = unicodedata.numeric(character, 99)
    return str(int(value)) if value is not None and value < 10 else ""
