"""A few lives of the shop, short ones; `make simulate` lives through as many as one likes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.__main__ import main, straight
from tests.simulation.happenings import HAPPENINGS
from tests.simulation.life import live
from tests.simulation.planted import PLANTED
from tests.simulation.straight import Straight

EVENTS = 1500

FAULTS = (
    "close answers 5xx after commit", "close never arrives", "close is given up", "delivery query is given up",
    "message answers 5xx after commit", "notice forged", "notice lost", "notice of another order",
    "notice of unknown payment", "notice of wrong amount", "notice of wrong app", "notice of wrong currency",
    "notice of wrong merchant", "notice repeated", "notice replayed", "notice stale",
    "notices at the same instant", "paid although closed", "paid twice", "process dies",
    "process stands still", "query answers 5xx after commit", "refund answers 5xx after commit",
    "refund never arrives", "refund is given up", "refunds abnormal", "refunds later", "refunds refused",
    "submission answers 5xx after commit", "submission never arrives", "submission is given up",
    "supplier fails", "supplier hides", "supplier lies", "supplier mute", "supplier needs_info",
    "supplier partial", "supplier reverses", "delivery reversed", "answer to nothing",
)  # fmt: skip


def test_whatever_happens_the_invariants_hold() -> None:
    """After each event; and each kind of event and of fault did happen."""
    kinds: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for seed in range(1, 7):
        report = live(seed, EVENTS, straight())
        assert report.broken is None, f"{report}\n" + "\n".join(report.last)
        assert report.events >= EVENTS
        kinds += report.kinds
        faults += report.faults
    assert {happening.__name__ for happening in HAPPENINGS} - set(kinds) == set()
    assert set(FAULTS) - set(faults) == set()


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    planted = PLANTED[bug]
    world = Straight(planted.kit.rewrite)
    try:
        reports = (live(seed, EVENTS, world, planted.kit) for seed in range(1, 9))
        broken = next((report.broken for report in reports if report.broken is not None), None)
    finally:
        world.close()
    assert broken is not None
    assert broken.number in planted.breaks, broken


def test_a_bug_is_planted_against_each_invariant() -> None:
    assert {number for planted in PLANTED.values() for number in planted.breaks} >= set(range(1, 9))


def test_a_seed_lives_through_the_same_again_whatever_python_hashes() -> None:
    root = Path(__file__).parents[2]
    digests = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "77", "300"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        (digest,) = re.findall(r"digest (\w+)", done.stdout)
        digests.add(digest)
    digests.add(live(77, 300, straight()).digest[:16])
    assert len(digests) == 1


def test_other_seeds_live_through_other_things() -> None:
    assert live(78, 50, straight()).digest != live(79, 50, straight()).digest


def test_a_violation_is_told_with_its_seed_its_event_and_what_came_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kit = PLANTED["a second tap is a second order"].kit
    assert main(["1-1", str(EVENTS)], kit) == 1
    told = capsys.readouterr().out
    assert re.search(r"seed 1 broke at event \d+: invariant 5: two orders of one quote", told)
    assert "somebody_is_quoted" in told
    assert "1 violations" in told


def test_a_sound_shop_leaves_with_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["5-6", "60"]) == 0
    assert capsys.readouterr().out.count("no violation") == 2
