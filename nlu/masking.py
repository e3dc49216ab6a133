"""A message with nothing of the customer's own left in it: fit to be kept, compared and shown.

Goods, sizes and recipients become the slots of the example phrases (`充{size}到{account}`), so that
the same wish of many people is one phrase. What was not read may be a number, a key or a name all the
same; whatever looks like one is hidden too, rather too much than too little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nlu.addresses import addresses
from nlu.alternations import any_of, either
from nlu.lexicon import Lexicon
from nlu.reading import Reading

LOOKED_AT_MAX = 400
"""Characters of a message. What can be taught is said at its beginning, and hostile ones are long."""

SCRAP_LENGTH_MAX = 12
ADDRESSES_MAX = 50

HIDDEN = ("number", "key", "link", "secret")
"""Slots that only hide something: an example phrase cannot hold them."""


@dataclass(frozen=True, slots=True)
class Masked:
    """`phrase` is normalised, with slots in braces. `scraps` are the runs of characters that nobody
    understood, left to right: perhaps a name of something sold."""

    phrase: str
    scraps: tuple[str, ...]


class Masker:
    """Hides what is the customer's own. Immutable; made once for a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._patterns = (
            *_LOOKS,
            ("contact", _introduced(lexicon.words("masking.introduces_name"), r"[一-龥]{2,4}|[a-z]{2,20}")),
            ("secret", _introduced(lexicon.words("masking.introduces_secret"), r"[^\s，,。;；]{3,64}")),
            ("contact", _whole_names(lexicon)),
        )

    def masked(self, reading: Reading, names: Iterable[str] = ()) -> Masked:
        """`names`: those of people whom the customer is known to speak of, himself included."""
        text = reading.page.text
        found = [*reading.masks, *_said(text, reading.owners, "contact")]
        kept = reading.remembered.name.value if reading.remembered else None
        found += _said(text, (kept, reading.contact, *names), "contact")
        read = _without(text, found)
        found += [(start, end, "account") for start, end in self._addresses(text)]
        for slot, pattern in self._patterns:
            # In the whole text: part of a key may look like an amount, and the rest is no less a key.
            spans = [match.span(1) for match in pattern.finditer(text)]
            found += [(*span, slot) for span in spans if any(map(str.isalnum, read[slice(*span)]))]
        chosen = _apart(found)
        return Masked(_phrase(text, chosen), tuple(_scraps(reading, chosen)))

    def _addresses(self, text: str) -> Iterator[tuple[int, int]]:
        for _ in range(ADDRESSES_MAX):
            marks = addresses(text, self._lexicon)
            if not marks:
                return
            for mark in marks:
                yield mark.start, mark.end
                text = text[: mark.start] + "\n" * (mark.end - mark.start) + text[mark.end :]


_TOKEN = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_DIGIT = r"[\d零〇一二三四五六七八九幺洞拐勾两]"

_LOOKS = (
    (
        "link",
        re.compile(r"((?:https?://|www\.)[!-~]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|top|xyz)[!-~]*)"),
    ),
    ("account", re.compile(r"([\w.+-]+ ?@ ?[\w-]+(?:\.[\w-]+)*)")),
    # Letters and digits mixed, groups with hyphens, and whatever no word is long enough for.
    (
        "key",
        re.compile(
            rf"(?<![a-z0-9_-])((?=(?:[a-z_-]*\d){{2}})(?=[\d_-]*[a-z])(?=[a-z0-9_-]{{6,}}){_TOKEN}"
            r"|[a-z0-9]{3,}(?:[-_][a-z0-9]{3,}){2,}|[a-z0-9]*_[a-z0-9_]{3,}|[a-z0-9]{16,})"
        ),
    ),
    ("number", re.compile(rf"({_DIGIT}(?:[ \-.·,，]{{0,2}}{_DIGIT}){{3,}})")),
)


def _introduced(words: Iterable[str], what: str) -> re.Pattern[str]:
    front = either(words)
    return re.compile(rf"(?:{front})(?:是|叫|为|[:： ])*({what})")


def _whole_names(lexicon: Lexicon) -> re.Pattern[str]:
    """给李雷的: a surname and one or two characters more, where somebody's name may stand."""
    front, surnames, ends = (
        any_of(lexicon, f"masking.{name}") for name in ("leads_to_name", "surnames", "name_ends")
    )
    return re.compile(rf"{front}({surnames}[一-龥]{{1,2}}?)(?={ends}|[\s,，。!！:：\d]|$)")


def _said(text: str, words: Iterable[str | None], slot: str) -> Iterator[tuple[int, int, str]]:
    for word in words:
        if not word:
            continue
        at = text.find(word)
        while at >= 0:
            yield at, at + len(word), slot
            at = text.find(word, at + len(word))


def _without(text: str, found: Iterable[tuple[int, int, str]]) -> str:
    characters = list(text)
    for start, end, _ in found:
        characters[start:end] = "\0" * (end - start)
    return "".join(characters)


def _apart(found: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Masks that overlap hide together what either hides, under the name of the first."""
    chosen: list[tuple[int, int, str]] = []
    for start, end, slot in sorted(found, key=lambda mask: (mask[0], -mask[1])):
        if chosen and start < chosen[-1][1]:
            chosen[-1] = (chosen[-1][0], max(end, chosen[-1][1]), chosen[-1][2])
        else:
            chosen.append((start, end, slot))
    return chosen


def _phrase(text: str, masks: Iterable[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, slot in masks:
        pieces += [harmless(text[at:start]), "{", slot, "}"]
        at = end
    pieces.append(harmless(text[at:]))
    return re.sub(r"\s+", " ", "".join(pieces)).strip(" ,.;!~…，。；！～、")


def harmless(text: str) -> str:
    """Without what would act on a terminal or a page, or pass for a slot."""
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or (unicodedata.category(character)[0] not in "CZM" and character not in "{}")
    )


def _scraps(reading: Reading, masks: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    """Chinese characters that are left over, and latin words that nobody read."""
    text = reading.page.text
    taken = bytearray(character == "\0" for character in reading.page.rest())
    spans = [(event.start, event.end) for event in reading.events]
    spans += [(cue.start, cue.end) for found in reading.cues.values() for cue in found]
    for start, end in spans:
        taken[start:end] = b"\x01" * (end - start)
    hidden = bytearray(len(text))
    for start, end, _ in masks:
        hidden[start:end] = b"\x01" * (end - start)
    left = "".join(
        character
        if not hidden[at] and (at in reading.shape.left.over or (not taken[at] and character.isascii()))
        else "\0"
        for at, character in enumerate(text)
    )
    for match in _SCRAP.finditer(left):
        if match.end() - match.start() <= SCRAP_LENGTH_MAX:
            yield match[0]


_SCRAP = re.compile(r"(?:[a-z][a-z0-9]*)?[一-龥]+(?:[a-z][a-z0-9]*)?|[a-z][a-z0-9]+")
