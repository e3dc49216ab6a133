"""Accounts in a game whose name may be Chinese, by the word that introduces them: 昵称 月下独酌, 游戏账号：夜莺小姐_07.

Behind some words nothing but a name stands. Behind others (游戏账号) people also say whose it is or that it comes
later, so there a name needs a colon in front, or the signs of which names are made and sentences are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nlu.alternations import any_of, repeatable
from nlu.lexicon import Lexicon

Named = tuple[tuple[int, int], tuple[int, int]]
"""Where the name stands, and where its label."""


def named(text: str, lexicon: Lexicon) -> Iterator[Named]:
    """All of them, the surer words first."""
    for word in lexicon.words("accounts.named"):
        at = text.find(word)
        while at >= 0:
            start = at + len(word)
            if found := _NAMED.match(text, start):
                yield found.span("name"), (at, start)
            at = text.find(word, start)
    marked, told = _marked(lexicon)
    for found in marked.finditer(text):
        name = found["name"]
        telling = _OF_NAMES.search(name) is not None and _OF_SALES.search(name) is None
        if told.search(name) is None and (found["colon"] or (telling and found["link"]) or "_" in name):
            yield found.span("name"), found.span("label")


def goes_on(text: str, end: int) -> bool:
    """Whether digits that end there are but the beginning of a name: 07夜莺."""
    found = _GOES_ON.match(text, end)
    return found is not None and _OF_SALES.search(found[0]) is None


@lru_cache(maxsize=4)
def _marked(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    labels = any_of(lexicon, "accounts.named_if_marked")
    return (
        re.compile(
            rf"(?P<label>{labels}) ?(?:(?P<colon>:)|(?P<link>是|叫|为))? ?(?P<name>{_NAME})(?={_PAUSE})"
        ),
        re.compile(repeatable((*lexicon.words("remarks.no_name"), *lexicon.words("accounts.no_names")))),
    )


_NAME = r"[0-9a-z_一-龥·丶]{2,16}"
_PAUSE = r"$|[\s,。;!、]"
_NAMED = re.compile(rf"[ :是叫为]{{0,4}}(?P<name>{_NAME})(?={_PAUSE})")
_GOES_ON = re.compile(rf"[一-龥][0-9a-z_一-龥]{{0,14}}(?={_PAUSE})")
_OF_NAMES = re.compile("[一-龥][0-9a-z_]+$|^[a-z_]+[一-龥]")
_OF_SALES = re.compile("[的充买要来给个张年月元块]")
