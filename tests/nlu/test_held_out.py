"""Intents are told apart in wordings that no example has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.understanding import Intent
from orders.catalog_file import read_catalog
from tests.nlu.held_out import held_out

DATA = Path(__file__).resolve().parents[2] / "data"

RIGHT_MIN = 0.82
ACTED_ON_MAX = 0.01
"""Phrases that say no, or change something, and are read as a yes or an order."""


def test_a_phrase_is_read_by_who_never_saw_it() -> None:
    read = list(held_out(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA), 5))
    right = sum(one.read is one.intent for one in read) / len(read)
    assert right >= RIGHT_MIN, Counter((one.intent, one.read) for one in read if one.read is not one.intent)
    refusing = [one for one in read if one.intent in (Intent.CANCEL, Intent.DENY)]
    acted_on = [one for one in refusing if one.read in (Intent.CONFIRM, Intent.ORDER)]
    assert len(acted_on) <= ACTED_ON_MAX * len(refusing), acted_on


def test_no_phrase_is_written_under_two_intents() -> None:
    seen: dict[str, tuple[Intent, str | None]] = {}
    for entry in Lexicon.read(DATA).intents:
        for phrase in entry.phrases:
            assert seen.setdefault(phrase, (entry.intent, entry.topic)) == (entry.intent, entry.topic), phrase
