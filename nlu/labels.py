"""The words next to an account that say what it is: 手机号是…, QQ：…, 845510293(QQ)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu.alternations import either
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.words import Words


@dataclass(frozen=True, slots=True)
class Label:
    """`kind` is None where the word (账号) leaves the kind open."""

    kind: str | None
    word: str
    start: int
    end: int


def label_before(text: str, start: int, lexicon: Lexicon) -> Label | None:
    """The label that introduces what begins at `start`, over a few linking words."""
    labels, linkers = _words(lexicon)
    label = _label_ending(text, _skipped_back(text, start, labels, linkers), labels)
    if label and (_only_asks(text, label, start) or _is_server(text, label, lexicon)):
        return None
    if label and label.kind is None:
        # QQ的号码是…: the word in front says which kind.
        further = _label_ending(text, _skipped_back(text, label.start, labels, linkers), labels)
        if further is None or _ends_server(text, further, label, lexicon):
            return label
        return Label(further.kind, further.word, further.start, label.end)
    return label


def _is_server(text: str, label: Label, lexicon: Lexicon) -> bool:
    """安卓QQ 2091884710: the word in front of the number is all of a server's name."""
    return label.word in lexicon.words("accounts.server_labels") and bool(
        in_front(_systems(lexicon), text, label.start)
    )


def _ends_server(text: str, further: Label, label: Label, lexicon: Lexicon) -> bool:
    """Whether the word in front of a label, apart from it, is the end of a server's name: 苹果QQ，号是128973645."""
    apart = label.word != _NUMBER or _APART.search(text, further.end, label.start) is not None
    return apart and _is_server(text, further, lexicon)


@lru_cache(maxsize=4)
def _systems(lexicon: Lexicon) -> re.Pattern[str]:
    parts = lexicon.groups("names.region_parts")
    words = (word for name in lexicon.words("accounts.systems") for word in (name, *parts.get(name, ())))
    return re.compile(rf"(?:{either(words)})$")


def _only_asks(text: str, label: Label, start: int) -> bool:
    """Whether a label is one that a title asks for, with no colon behind it: 快币充值(填快手ID) 100快币."""
    asks = in_front(_ASKS, text, label.start) is not None
    return asks and _ASKED.fullmatch(text, label.end, start) is not None


def label_behind(text: str, end: int, lexicon: Lexicon) -> Label | None:
    """The label that explains what ended at `end`: (QQ), 是我手机号. It must end its clause."""
    labels, linkers = _words(lexicon)
    at = end
    for _ in range(_LINKS):
        link = linkers.starting_at(text, at)
        if link is None:
            break
        at += len(link[0])
    found = labels.starting_at(text, at)
    if found is None or found[1] is None or at - end > _LONGEST:
        return None
    word, kind = found
    behind = text[at + len(word) : at + len(word) + 3].lstrip(" :=")
    return None if behind and behind[0].isalnum() else Label(kind, word, at, at + len(word))


def is_label(word: str, lexicon: Lexicon) -> bool:
    """Whether the word is itself a label: 账号 uid 123 has two, and no account called uid."""
    found = _words(lexicon)[0].starting_at(word, 0)
    return found is not None and found[0] == word


def _label_ending(text: str, at: int, labels: Words[str | None]) -> Label | None:
    found = labels.ending_at(text, at)
    if found is None:
        return None
    word, kind = found
    start = at - len(word)
    if word.startswith("卡") and text[max(0, start - 1) : start] in _PERIODS:
        found = labels.ending_at(text[start + 1 : at], at - start - 1)
        return Label(found[1], found[0], at - len(found[0]), at) if found else None
    return Label(kind, word, start, at)


def _skipped_back(text: str, start: int, labels: Words[str | None], linkers: Words[str]) -> int:
    at = start
    for _ in range(_LINKS):
        link = None if labels.ending_at(text, at) else linkers.ending_at(text, at)
        if link is None:
            break
        at -= len(link[0])
    return at


@lru_cache(maxsize=4)
def _words(lexicon: Lexicon) -> tuple[Words[str | None], Words[str]]:
    meanings: dict[str, str | None] = {}
    for kind in lexicon.accounts.values():
        for word in kind.labels:
            meanings.setdefault(word, kind.kind)
    for word in lexicon.words("accounts.labels"):
        meanings.setdefault(word, None)
    return Words(meanings), Words.of(lexicon.words("accounts.linkers"))


_NUMBER = "号"
"""Right behind QQ it makes one word with it: 苹果QQ号."""
_APART = re.compile(r"[\s,，。;；]")
_ASKS = re.compile(r"[(\[【][请需要]?填写?[^()\[\]【】]{0,6}$")
_ASKED = re.compile(r"[)\]】]\s*")
_LINKS = 4
_LONGEST = 12
_PERIODS = ("月", "季", "年", "周", "天")
"""In 季卡号码 the 卡 belongs to what is bought."""
