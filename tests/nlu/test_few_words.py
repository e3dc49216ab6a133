"""Looking for words one by one finds what an automaton of them finds."""

from __future__ import annotations

import random

import pytest
from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.few_words import FewWords


@pytest.mark.parametrize("seed", range(20))
def test_the_same_words_are_found_in_the_same_places(seed: int) -> None:
    chance = random.Random(seed)

    def made(most: int) -> str:
        return "".join(chance.choice("会员卡a") for _ in range(chance.randrange(1, most)))

    words = list(dict.fromkeys(made(5) for _ in range(12)))
    text = made(30)
    automaton = AhoCorasick(words, matchkind=MatchKind.Standard)
    assert FewWords(words).find_matches_as_indexes(text) == automaton.find_matches_as_indexes(
        text, overlapping=True
    )
