"""How things are said, rather than what: taking back, joining, doubting, forbidding, quoting.

The words are data (`data/lexicon/stance.yaml`); here they are found. What they do to the lines
stands in `nlu/gathering.py`, what they do to the intent in `nlu/intents.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.sounds import heard


class CueKind(StrEnum):
    """The value is the list in `data/lexicon/stance.yaml`."""

    CORRECTION = "correction"
    CORRECTION_OR_DROP = "correction_or_drop"
    INSTEAD = "instead"
    BUT = "but"
    OR = "or"
    JOIN = "join"
    EACH = "each"
    RESPECTIVELY = "respectively"
    FORBID = "forbid"
    CONDITION = "condition"
    NOT_CONDITION = "not_condition"
    REPORTED = "reported"
    ELSEWHERE = "elsewhere"
    PAST = "past"
    PRICE = "price"
    SEARCH = "search"
    FAQ = "faq"
    ORDER = "order"
    TOPUP = "topup_verbs"
    HUMAN = "human"
    REFUND = "refund"
    REFUND_QUESTION = "refund_question"
    RECEIPT = "receipt"
    STATUS = "status"
    HISTORY = "history"
    REORDER = "reorder"
    SAVE_CONTACT = "save_contact"
    PAY = "pay"
    GREET = "greet"
    THANKS = "thanks"
    HELP = "help"
    CONFIRM = "confirm"
    DENY = "deny"
    MODIFY = "modify"
    POLITE = "polite"
    OWN_REQUEST = "own_request"
    QUESTION = "question"
    DROP = "drop"
    ADD = "add"
    REAL_GOODS = "real_goods"


@dataclass(frozen=True, slots=True)
class Cue:
    kind: CueKind
    start: int
    end: int
    word: str


class Cues:
    """Finds the words of stance. One kind may overlap another; within a kind the longest counts."""

    def __init__(self, lexicon: Lexicon) -> None:
        kinds: dict[str, list[CueKind]] = {}
        for kind in CueKind:
            for word in dict.fromkeys(lexicon.words(f"stance.{kind.value}")):
                kinds.setdefault(word, []).append(kind)
        for kind, shortest in _SLIP_MIN.items():
            for word in lexicon.words(f"stance.{kind.value}"):
                for slip in _slips(word) if len(word) >= shortest else ():
                    kinds.setdefault(slip, [kind])
        self._words = list(kinds)
        self._kinds = list(kinds.values())
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.Standard)
        self._kinds_of = kinds
        self._no_change = re.compile(any_of(lexicon, "stance.no_change"))
        self._about_to = re.compile(f"{any_of(lexicon, 'stance.about_to')}$")
        self._sounding = self._heard_words(lexicon)
        self._sounds = AhoCorasick(list(self._sounding) or ["\0"], matchkind=MatchKind.LeftmostLongest)

    def _heard_words(self, lexicon: Lexicon) -> dict[str, tuple[str, bool]]:
        """By sound: words of stance that are known when they are misspelled (曲消, 不尧了), and whether
        they are so only at the head of a clause."""
        found = {heard(word): (word, True) for word in lexicon.words("stance.heard_in_front")}
        prices = (word for word in lexicon.words("stance.price") if len(word) >= _SLIP_MIN[CueKind.PRICE])
        found |= {heard(word): (word, False) for word in prices if _CHINESE.fullmatch(word)}
        return found | {heard(word): (word, False) for word in lexicon.words("stance.heard")}

    def _misspelled(self, text: str) -> Iterable[Cue]:
        for _, start, end in self._sounds.find_matches_as_indexes(sounds := heard(text)):
            word, in_front = self._sounding[sounds[start:end]]
            at_head = start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "\0")
            wrong = sum(one != other for one, other in zip(text[start:end], word, strict=True))
            if wrong == 1 and (at_head or not in_front):
                yield from (Cue(kind, start, end, word) for kind in self._kinds_of.get(word, ()))

    def read_spaced(self, text: str) -> tuple[Cue, ...]:
        """The same where blanks may have slipped between Chinese characters: 多 少钱."""
        if not _BLANKS.search(text):
            return self.read(text)
        dropped = {at for match in _BLANKS.finditer(text) for at in range(*match.span())}
        places = [at for at in range(len(text)) if at not in dropped]
        tight = "".join(text[at] for at in places)
        # Words that the blanks set apart stay apart too: both readings count.
        moved = (
            Cue(cue.kind, places[cue.start], places[cue.end - 1] + 1, cue.word) for cue in self.read(tight)
        )
        return tuple(sorted({*moved, *self.read(text)}, key=lambda cue: (cue.start, -cue.end)))

    def read(self, text: str) -> tuple[Cue, ...]:
        """All cues of `text` (what has been read of it is NUL), left to right."""
        met = self._automaton.find_matches_as_indexes(text, overlapping=True)
        met.sort(key=lambda match: (match[1], -match[2]))
        found: list[Cue] = []
        free_from: dict[CueKind, int] = {}
        no_change = [match.span() for match in self._no_change.finditer(text)]
        for index, start, end in met:
            bounded = _bounded(text, start, end)
            for kind in self._kinds[index]:
                if start < free_from.get(kind, 0):
                    continue  # inside a longer word of the kind
                free_from[kind] = end
                if kind in _OF_CHANGE and any(one <= start and end <= two for one, two in no_change):
                    continue  # the 换 of 兑换
                if kind is CueKind.PAST and self._about_to.search(text, 0, start):
                    continue  # 米要买了 is still to come
                if kind is CueKind.CORRECTION and _REFUSED_BEHIND.fullmatch(text, max(0, start - 1), end + 1):
                    continue  # 三十就行了啊不要一百: 啊 ends what was said before
                if bounded:
                    found.append(Cue(kind, start, end, self._words[index]))
        found += self._misspelled(text)
        return tuple(sorted(found, key=lambda cue: (cue.start, -cue.end)))


_REFUSED_BEHIND = re.compile("[了吧的][啊呀哈]不[要用]")
_OF_CHANGE = frozenset({CueKind.MODIFY, CueKind.BUT})
_BLANKS = re.compile(r"(?<=[\u4e00-\u9fff])[ \ufffd]+(?=[\u4e00-\u9fff])")
"""Blanks, and the sign for a character that got lost on its way: 换\ufffd成 may have lost nothing."""


def without_blanks(text: str) -> str:
    """The text without what may have slipped between its Chinese characters: 把A换 成B."""
    return _BLANKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks, the marks included."""

    start: int
    end: int


_QUOTED = re.compile(r"[“「『‘][^”」』’]{1,200}[”」』’]|[“\"「『‘][^”\"」』’\n]{1,200}[”\"」』’]")


def quotations(text: str) -> tuple[Quotation, ...]:
    """Everything between quotation marks."""
    return tuple(Quotation(match.start(), match.end()) for match in _QUOTED.finditer(text))


def of_kind(cues: Iterable[Cue], *kinds: CueKind) -> tuple[Cue, ...]:
    return tuple(cue for cue in cues if cue.kind in kinds)


def _slips(word: str) -> Iterable[str]:
    """A word with two neighbours in each other's place: 多米少. Of a shorter one too little is left."""
    if _CHINESE.fullmatch(word):
        for at in range(len(word) - 1):
            slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if not slip.startswith(_OR_ELSE) and _CANNOT not in slip:
                yield slip


_OR_ELSE, _CANNOT = "要不", "不了"
"""要不充 proposes, and 弄不了 only cannot."""
_SLIP_MIN = {CueKind.PRICE: 3, CueKind.CORRECTION_OR_DROP: 4, CueKind.FORBID: 3}
_CHINESE = re.compile("[\u4e00-\u9fff]+")


def _bounded(text: str, start: int, end: int) -> bool:
    """A latin word counts only where no letter continues it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_latin(text[start]) and _latin(before)) and not (_latin(text[end - 1]) and _latin(after))


def _latin(character: str) -> bool:
    return "a" <= character <= "z"
