"""Edits of the corpus: a right frame never becomes a silently wrong one, and no no becomes a yes.

`make mutate` does the same with twenty thousand edits and any seed, and prints the near-misses.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.nlu.mutate import Judged, Verdict, judged
from tests.nlu.mutations import EDITS, bases, mutations

SEED, COUNT, EVERY = 20_261_122, 2_000, 5


@pytest.fixture(scope="module")
def found() -> list[Judged]:
    return [judged(mutation) for mutation in mutations(SEED, COUNT, bases(EVERY))]


def told(found: list[Judged], verdict: Verdict) -> list[str]:
    return [f"{one.mutation.kind}: {one.mutation.text}" for one in found if one.verdict is verdict]


def test_no_edit_makes_a_silently_wrong_order(found: list[Judged]) -> None:
    assert not told(found, Verdict.WRONG)


def test_no_edit_turns_a_no_into_a_yes(found: list[Judged]) -> None:
    assert not told(found, Verdict.AGREED)


def test_every_kind_of_edit_is_tried(found: list[Judged]) -> None:
    assert Counter(one.mutation.kind for one in found).keys() == set(EDITS)


def test_most_spellings_of_one_order_are_read_without_a_question(found: list[Judged]) -> None:
    spellings = [one for one in found if one.mutation.wanted and one.mutation.kind in _SPELLINGS]
    asked = [one for one in spellings if one.verdict is Verdict.OPEN]
    assert len(asked) <= 0.03 * len(spellings)


_SPELLINGS = {
    "traditional",
    "full_width",
    "capitals",
    "politeness",
    "number_spelled",
    "number_spoken",
    "line_breaks",
}
