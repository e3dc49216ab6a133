"""Confidence: a reading that left something open, or unread, is less often right than a clear one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.confidence import confidence
from tests.bench.calibrate import fitted

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


def sure(framer: Framer, text: str) -> float:
    said = framer.frame(text)["confidence"]
    assert isinstance(said, float)
    return said


def test_a_whole_order_is_surer_than_one_with_something_open(framer: Framer) -> None:
    assert sure(framer, "100元话费到13800138000") > 0.9
    assert sure(framer, "100元话费到13800138000") > sure(framer, "来个10G流量包")


def test_words_that_nobody_read_make_less_sure(framer: Framer) -> None:
    assert sure(framer, "100元话费到13800138000") > sure(framer, "100元话费到13800138000烟雨楼台霜雪")


def test_confidence_is_a_share_whatever_the_clues() -> None:
    assert confidence({"base": 1000.0}, {}) <= 1
    assert confidence({"base": -1000.0}, {}) >= 0
    assert confidence({}, {"unheard of": 3.0}) == 0.5


def test_weights_are_those_that_make_what_was_seen_likeliest() -> None:
    seen = (
        [({}, True)] * 90 + [({}, False)] * 10 + [({"open": 1.0}, True)] * 50 + [({"open": 1.0}, False)] * 50
    )
    weights = fitted(seen)
    assert confidence(weights, {}) == pytest.approx(0.9, abs=0.02)
    assert confidence(weights, {"open": 1.0}) == pytest.approx(0.5, abs=0.03)
