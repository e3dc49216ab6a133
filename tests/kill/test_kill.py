"""Killed a few times on each database; `make kill` kills two hundred times."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.kill.__main__ import PROCESSES, killed

KILLS = 8


@pytest.mark.parametrize("kind", sorted(PROCESSES))
def test_whenever_it_is_killed_every_settled_order_ends_and_nothing_is_delivered_twice(kind: str) -> None:
    # A socket's path must be short, so this is not pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="xiadan-kill-", dir="/tmp") as folder:
        outcome = killed(kind, Path(folder), KILLS, seed=5)
    assert outcome.wrong == (), outcome
    assert outcome.kills == KILLS
    assert outcome.settled > KILLS
