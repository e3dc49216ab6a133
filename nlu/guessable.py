"""Which spellings may be meant by what is only near to them, be it by sound or with a slip."""

from __future__ import annotations

import re

from nlu.entries import Entry
from nlu.lexicon import Lexicon, word_set
from nlu.mention import MentionKind
from nlu.name_table import NameTable
from nlu.roles import Role
from nlu.scripts import all_chinese


def guessable_names(table: NameTable) -> list[str]:
    """The names, of what is sold here and of what is not, that may be guessed at."""
    return [text for text, entry in table.entries.items() if _may_be_guessed(table, text, entry)]


def _may_be_guessed(table: NameTable, text: str, entry: Entry) -> bool:
    if entry.kind is MentionKind.UNKNOWN:
        return len(text) > 3
    return (
        entry.kind is MentionKind.NAME
        and not entry.thin
        and not table.is_partial(text, entry)
        and not table.lost_version(text)
        and not _SPOKEN_VERSION.search(text)
    )


_SPOKEN_VERSION = re.compile(r"[a-z][一二三四五六七八九十]+$")


def guessable_servers(table: NameTable, lexicon: Lexicon) -> list[str]:
    """The servers that are found by their sound, and longer ones with a slip. None that is told from
    another by one character: 华东电信, 港澳台服, 电信一区."""
    regions = [text for text, entry in table.entries.items() if entry.kind is MentionKind.REGION]
    if not regions:
        return []
    exact = word_set(lexicon, "signs.numeral_characters", "signs.compass")
    telling = [word for word, (role, _) in table.namer.words.items() if role in _OF_SERVERS]
    return [
        text
        for text in regions
        if len(text) >= 3
        and all_chinese(text)
        and exact.isdisjoint(text)
        and not any(word in text for word in telling)
    ]


_OF_SERVERS = frozenset({Role.COUNTRY, Role.CARRIER})
