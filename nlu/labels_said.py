"""Labels of variants that stand in a message, as they are spelled or as they sound: 家庭版, 转业版."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.label_words import follows_numeral
from nlu.sounds import heard


class LabelsSaid:
    """Finds the words of the labels of one catalog. Immutable."""

    def __init__(self, words: Sequence[str]) -> None:
        self._spelled = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
        spoken = [word for word in words if len(word) >= _HEARD_MIN and _CHINESE.fullmatch(word)]
        self._by_sound = {heard(word): word for word in spoken}
        self._sounds = list(self._by_sound)
        self._heard = AhoCorasick(self._sounds, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str, edges: Container[int] = ()) -> list[tuple[int, int, str]]:
        """`(start, end, word)` of each; first those that only sound so. `edges`: where blanks stood in the text."""
        text = _SPELLED.sub(lambda numeral: _DIGIT[numeral[0]], text)  # 二D
        found = []
        for index, start, end in self._heard.find_matches_as_indexes(heard(text)):
            word = self._by_sound[self._sounds[index]]
            if text[start:end] != word:
                found.append((start, end, word))  # 转业版
        for _, start, end in self._spelled.find_matches_as_indexes(text):
            if (start in edges or not follows_numeral(text, start)) and not _GOES_ON.match(text, end):
                found.append((start, end, text[start:end]))
        return found


_GOES_ON = re.compile("(?<=[0-9])[0-9]")
_SPELLED = re.compile("[二三四](?=[dk](?![a-z]))")
_DIGIT = {"二": "2", "三": "3", "四": "4"}
_HEARD_MIN = 3
"""Shorter labels sound like too much else."""
_CHINESE = re.compile("[\u4e00-\u9fff]+")
