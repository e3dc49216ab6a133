"""Names and messages without what people put between the words of a name: blanks, hyphens, 那个, 这个, 的."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.normalise import plain
from nlu.scripts import is_chinese, is_latin
from nlu.vocabulary import ProductWords


def squeezed(text: str) -> tuple[str, list[int]]:
    """`text` without blanks, hyphens (T-Mobile) and 那个 (苹果那个充值卡), and where each character stood; one
    more entry holds the end."""
    parted = [found.start() for found in _PARTED.finditer(text)]
    if not parted:
        return text, [*range(len(text) + 1)]
    gone = {at for found in _POINTING.finditer(text) for at in range(*found.span())}
    gone.update([at for at in parted if _unsaid(text, at)])
    places = [at for at in range(len(text)) if at not in gone]
    return "".join([text[at] for at in places]), [*places, len(text)]


def _unsaid(text: str, at: int) -> bool:
    """Whether a blank, a 的 or a hyphen only parts what belongs together."""
    if text[at] == "的":
        return _inner(text, at)
    return text[at] == " " or (is_latin(text[at - 1 : at]) and is_latin(text[at + 1 : at + 2]))


def squeezed_name(name: str) -> str:
    """A name as a catalog writes it, as it is searched."""
    return squeezed(plain(name))[0]


def names_of(product: ProductWords) -> Iterator[str]:
    """The name and the aliases of a product as they are searched."""
    yield from map(squeezed_name, (product.name, *product.aliases))


_POINTS = frozenset("那这")
_PARTED = re.compile("[ 的-]|[那这]个")
_POINTING = re.compile("(?<=[\u4e00-\u9fffa-z])的?[那这]个(?=[\u4e00-\u9fffa-z])")


def _inner(text: str, at: int) -> bool:
    """Whether a 的 stands between two words of a name: 知网的卡. The one of 慢的那种 belongs to the kind."""
    parts = 0 < at < len(text) - 1 and _wordy(text[at - 1]) and _wordy(text[at + 1])
    return parts and text[at + 1] not in _POINTS


def _wordy(character: str) -> bool:
    return is_chinese(character) or is_latin(character)
