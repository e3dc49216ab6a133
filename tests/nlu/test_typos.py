"""Looking only where a name may begin or end must find every name that looking everywhere does."""

from __future__ import annotations

import random

import pytest

from nlu.typos import LATIN_WINDOW_MAX, WINDOW_MAX, Misspellings
from tests.nlu.readers import lexicon

NAMES = (
    "话费充值",
    "网易云音乐",
    "度一下",
    "哔哩哔哩",
    "norton",
    "windows",
    "和平精英",
    "爱奇艺会员",
    "安安安",
)
CHARACTERS = "话费充值网易云音乐哔哩和平精英爱奇艺安度一下nortwids 5"


def slipped(chance: random.Random, name: str) -> str:
    at = chance.randrange(len(name))
    character = chance.choice(CHARACTERS)
    swapped = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    replaced = name[:at] + character + name[at + 1 :]
    return chance.choice([name[:at] + name[at + 1 :], name[:at] + character + name[at:], swapped, replaced])


def everywhere(typos: Misspellings, text: str) -> set[tuple[int, int, frozenset[str]]]:
    """What is found when every piece of the text is compared with every name."""
    found = set()
    for start in range(len(text)):
        for end in range(start + 2, len(text) + 1):
            piece = text[start:end]
            window = LATIN_WINDOW_MAX if piece[0].isascii() else WINDOW_MAX
            inside = any(
                0 < at < len(text)
                and (text[at - 1] + text[at]).isascii()
                and (text[at - 1] + text[at]).isalpha()
                for at in (start, end)
            )
            if " " in piece or inside or end - start > window + 1:
                continue
            names = [name for name in NAMES if name != piece and typos._one_slip(piece, name)]
            if names:
                found.add((start, end, frozenset(names)))
    return found


@pytest.mark.parametrize("passing", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_no_slip_is_overlooked(seed: int, passing: bool) -> None:
    chance = random.Random(seed)
    typos = Misspellings(NAMES, lexicon(), passing)
    for _ in range(10):
        before, behind = (
            "".join(chance.choice(CHARACTERS) for _ in range(chance.randrange(4))) for _ in range(2)
        )
        text = before + slipped(chance, chance.choice(NAMES)) + behind
        read = {
            (start, end, frozenset(names)) for start, end, names in typos.read(text, bytearray(len(text)))
        }
        assert read == everywhere(typos, text), text
