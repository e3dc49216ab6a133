"""What a word for a server says in a message: 安卓的微信区 is one server in two parts, 用微信付 is none.

A shop of games knows servers that are called like a way of paying, and players say the halves of a server
in any order. Both are settled before a server takes its characters away from the readers behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.vocabulary import Vocabulary


class ServersSaid:
    """Reads the servers of one catalog."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable) -> None:
        self._entries = table.entries
        servers = {plain(region) for product in vocabulary.products.values() for region in product.regions}
        self._in_two = _in_two_parts(servers, lexicon.groups("names.region_parts"))
        methods = (word for words in lexicon.groups("payments.methods").values() for word in words)
        regions = [text for text, entry in table.entries.items() if entry.kind is MentionKind.REGION]
        self._paying = {
            word: [region for region in regions if region in word and region != word] for word in methods
        }
        self._paying = {word: held for word, held in self._paying.items() if held}

    def read(self, text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The mentions, without those that only say how it is paid, and with the servers said in parts."""
        kept = [m for m in mentions if m.kind is not MentionKind.REGION or not self._pays(text, m)]
        for start, end, server in self._parts_of(text):
            options = self._entries[server].options
            whole = Mention(start, end, server, MentionKind.REGION, options, meaning=server)
            beside = [m for m in kept if not (m.start < end and start < m.end)]
            inside = [m for m in kept if m not in beside]
            if all(m.kind in _MAY_BE_PART and start <= m.start and m.end <= end for m in inside):
                kept = [*beside, whole]
        return tuple(sorted(kept, key=lambda mention: mention.start))

    def _pays(self, text: str, mention: Mention) -> bool:
        """Whether a server is but the middle of how it is paid: 微信付, 用微信."""
        for word, held in self._paying.items():
            if mention.text not in held:
                continue
            at = text.find(word, max(0, mention.end - len(word)), mention.start + len(word))
            if at < 0 or not at <= mention.start < mention.end <= at + len(word):
                continue
            if at + len(word) > mention.end or _PAID.match(text, mention.end):
                return True
        return False

    def _parts_of(self, text: str) -> Iterator[tuple[int, int, str]]:
        for pattern, server in self._in_two:
            for found in pattern.finditer(text):
                yield (*found.span(), server)


def _in_two_parts(
    servers: set[str], parts: Mapping[str, tuple[str, ...]]
) -> list[tuple[re.Pattern[str], str]]:
    """How each server of two parts is said with something between them, in either order."""
    found = []
    for server in sorted(servers):
        held = [part for part in parts if part in server]
        if len(held) != 2 or sum(map(len, held)) != len(server):
            continue
        spelled = [spelled_out(part, parts[part]) for part in held]
        for one, other in permutations(spelled):
            found.append((re.compile(f"{one}(?:{_BETWEEN})(?:{other})"), server))
    return found


def spelled_out(part: str, others: Sequence[str]) -> str:
    """The spellings of a part that say by themselves that they mean a server or a system."""
    words = [word for word in (part, *others) if len(word) > 2 or (word[-1:] == _SERVER and len(word) > 1)]
    words += [
        word for word in (part, *others) if len(word) == 2 and not word.isascii() and _SERVER not in part
    ]
    return f"(?<![a-z])(?:{either(words)})(?![a-z])"


def logged_in(part: str, others: Sequence[str], behind: str) -> str:
    """The spellings of a part with how somebody logs in, `behind`: 微信登的, QQ登录."""
    words = [word for word in (part, *others) if len(word) > 1 and not word.endswith(_SERVER)]
    return f"(?<![a-z])(?:{either(words)}){behind}"


_SERVER = "区"
_BETWEEN = "(?:区|端|版|系统)?(?:的| |,|，|、){0,2}"
_MAY_BE_PART = frozenset({MentionKind.REGION, MentionKind.QUALIFIER, MentionKind.NOUN})
_PAID = re.compile(r"(?:付|支付|转|扫|吧|哈|可以|行|就行|好了|啊|呗|\s)*(?:$|[,，。;；!！?？\n])")

__all__ = ["ServersSaid", "logged_in", "spelled_out"]
