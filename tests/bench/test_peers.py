"""The bench says which peer it could not measure, and lets none of them stop it."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from tests.bench import peers


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> peers.Peer:
        raise ImportError("no such module")

    for loader in ("_jionlp", "_recognizers", "_cn2an", "_wetext", "_phonenumbers"):
        monkeypatch.setattr(peers, loader, absent)
    out = io.StringIO()
    named = [peer.name for peer in peers._peers(Console(file=out, width=200))]
    assert len(named) == 1
    assert out.getvalue().count("NOT MEASURED") == 5


def test_a_peer_that_hangs_or_raises_has_read_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "SECONDS_MAX", 1)
    assert peers._limited(lambda _: time.sleep(30), "1") is None
    assert peers._limited(lambda text: int(text), "x") is None
