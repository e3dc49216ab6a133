"""E-mail addresses, typed or spoken (艾特, 点). What has an @ but is no address is given as typed,
so that it becomes a problem and not a half account."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.numerals import DIGITS
from nlu.page import Mark


def emails(text: str, lexicon: Lexicon) -> list[Mark[str]]:
    """What was meant as an e-mail address, lower case, left to right."""
    marks: list[Mark[str]] = []
    at = 0
    for found in _at_pattern(lexicon).finditer(text):
        if found.start() < at:
            continue
        local = _LOCAL.search(text, max(at, found.start() - _LOCAL_LONGEST), found.start())
        host = _host_pattern(lexicon).match(text, found.end())
        typed = found[0].strip() == "@"
        if not local or (not host and not typed):
            continue
        name = "".join(_SPOKEN.get(character, character) for character in local[0].replace(" ", ""))
        name = name.replace("点", ".")
        partial = _PARTIAL.match(text, found.end())
        domain, end = (
            _domain(host, lexicon) if host else (partial[0], partial.end()) if partial else ("", found.end())
        )
        dots = len(name) - len(name.lstrip(".-"))  # 他的账号是…abc@ begins behind the dots
        dots = dots if dots < len(name) and local[0][:dots] == name[:dots] else 0
        marks.append(Mark(f"{name[dots:]}@{domain}", local.start() + dots, end))
        at = end
    return marks


def _domain(host: re.Match[str], lexicon: Lexicon) -> tuple[str, int]:
    said = host[0]
    for dot in lexicon.words("accounts.spoken_dot"):
        said = said.replace(dot, ".")
    said = "".join(_SPOKEN.get(character, character) for character in said.replace(" ", ""))
    return said.rstrip(".-"), host.end() - (len(said) - len(said.rstrip(".-")))


@lru_cache(maxsize=4)
def _at_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf" ?(?:@|{any_of(lexicon, 'accounts.spoken_at')}) ?")


@lru_cache(maxsize=4)
def _host_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    dot = rf" ?(?:\.|{any_of(lexicon, 'accounts.spoken_dot')}) ?"
    label = r"(?:[a-z0-9\-]{1,63}|[零〇一二三四五六七八九幺]{2,8})"
    return re.compile(rf"{label}(?:{dot}{label}){{1,4}}")


_LOCAL_LONGEST = 64
_LOCAL = re.compile(
    r"(?:[a-z0-9._%+\-]|(?<=[a-z0-9._])点(?=[a-z0-9])){1,64}$|[零〇一二三四五六七八九幺]{1,64}$"
)
_PARTIAL = re.compile(r"[a-z0-9.\-@]{1,64}")
_SPOKEN = {"幺": "1"} | {character: str(digit) for character, digit in DIGITS.items()}
