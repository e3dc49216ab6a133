"""The words next to an account that say what it is: 手机号是…, QQ：…, 845510293(QQ)."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Label:
    """`kind` is None where the word (账号) leaves the kind open."""

    kind: str | None
    word: str
    start: int
    end: int


def label_before(text: str, start: int, lexicon: Lexicon) -> Label | None:
    """The label that introduces what begins at `start`, over a few linking words."""
    label = _label_ending(text, _skipped_back(text, start, lexicon), lexicon)
    if label and label.kind is None:
        # QQ的号码是…: the word in front says which kind.
        further = _label_ending(text, _skipped_back(text, label.start, lexicon), lexicon)
        return Label(further.kind, further.word, further.start, label.end) if further else label
    return label


def _label_ending(text: str, at: int, lexicon: Lexicon) -> Label | None:
    window = text[max(0, at - _LONGEST) : at]
    best: Label | None = None
    for kind, words in _labels(lexicon):
        for word in words:
            if window.endswith(word) and (best is None or len(word) > len(best.word)):
                before = text[at - len(word) - 1 : at - len(word)] if at > len(word) else ""
                if not (_latin(word[0]) and _latin(before)) and not (word[0] == "卡" and before in _PERIODS):
                    best = Label(kind, word, at - len(word), at)
    return best


def label_behind(text: str, end: int, lexicon: Lexicon) -> Label | None:
    """The label that explains what ended at `end`: (QQ), 是我手机号. It must end its clause."""
    at = end
    for _ in range(_LINKS):
        link = next((word for word in lexicon.words("accounts.linkers") if text.startswith(word, at)), None)
        if link is None:
            break
        at += len(link)
    for kind, words in _labels(lexicon):
        for word in words:
            if kind and text.startswith(word, at):
                behind = text[at + len(word) : at + len(word) + 3].lstrip(" :=")
                if (not behind or not behind[0].isalnum()) and at - end <= _LONGEST:
                    return Label(kind, word, at, at + len(word))
    return None


def _skipped_back(text: str, start: int, lexicon: Lexicon) -> int:
    at = start
    for _ in range(_LINKS):
        window = text[max(0, at - _LONGEST) : at]
        if _ends_with_label(window, lexicon):
            break
        link = next((word for word in lexicon.words("accounts.linkers") if window.endswith(word)), None)
        if link is None:
            break
        at -= len(link)
    return at


def _ends_with_label(window: str, lexicon: Lexicon) -> bool:
    return any(window.endswith(words) for _, words in _labels(lexicon))


def _labels(lexicon: Lexicon) -> list[tuple[str | None, tuple[str, ...]]]:
    kinds: list[tuple[str | None, tuple[str, ...]]] = [
        (kind.kind, kind.labels) for kind in lexicon.accounts.values()
    ]
    return [*kinds, (None, lexicon.words("accounts.labels"))]


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


_LINKS = 4
_PERIODS = ("月", "季", "年", "周", "天")
"""In 季卡号码 the 卡 belongs to what is bought."""
_LONGEST = 12
