"""How characters sound, and that it is the same in every process: what is equally near is offered alike."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nlu.sounds import heard, syllable


@pytest.mark.parametrize(("character", "spoken"), [("话", "hua"), ("费", "fei"), ("a", None), ("1", None)])
def test_a_character_is_said_by_its_first_reading(character: str, spoken: str | None) -> None:
    assert syllable(character) == spoken


@pytest.mark.parametrize(("typed", "meant"), [("话废", "话费"), ("原审", "原神"), ("声", "森"), ("找", "早")])
def test_what_people_hardly_tell_apart_is_heard_alike(typed: str, meant: str) -> None:
    assert heard(typed) == heard(meant)


def test_sounds_do_not_depend_on_what_was_heard_before() -> None:
    after_others = "from nlu.sounds import heard; heard('原神月卡'); print(ascii(heard('话费')))"
    told = subprocess.run([sys.executable, "-c", after_others], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ascii(heard("话费"))
