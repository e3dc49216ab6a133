"""The corpus: how often a whole frame is right, and that no order is ever silently wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog_file import read_catalog

CORPUS = Path(__file__).parent / "corpus"
DATA = Path(__file__).parents[2] / "data"
CATALOGS = {
    "demo": DATA / "catalog" / "demo.csv",
    **{file.stem: file for file in sorted(CORPUS.glob("*.csv"))},
}
"""By shop: its own catalog beside the corpus, or the demo shop's."""

EXACT_MIN = {"demo": 0.9, "games": 0.85, "noalias": 0.9}
EXACT_MIN_OF_A_NEW_SHOP = 0.7
"""A shop of a trade that nothing was ever tuned for."""


def cases(shop: str) -> Iterator[dict[str, Any]]:
    for file in sorted(CORPUS.glob(f"{shop}*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def complete(frame: dict[str, Any]) -> bool:
    lines = frame["lines"]
    ordering = frame["intent"] in ("order", "modify", "reorder")
    return (
        ordering
        and bool(lines)
        and all(line["sku"] for line in lines)
        and not (frame["missing"] or frame["problems"])
    )


def right(gold: dict[str, Any], frame: dict[str, Any]) -> dict[str, bool]:
    """Which keys of a gold frame the frame has right. Lists of gold are what must be among."""
    checks = {
        "intent": lambda want: frame["intent"] in ([want] if isinstance(want, str) else want),
        "lines": lambda want: same_lines(want, frame["lines"]),
        "complete": lambda want: complete(frame) == want,
        "missing": lambda want: set(want) <= set(frame["missing"]),
        "candidates": lambda want: set(want) <= set(frame["candidates"]),
        "problems": lambda want: set(want) <= {problem["code"] for problem in frame["problems"]},
        "filters": lambda want: all(frame["filters"].get(name) == value for name, value in want.items()),
    }
    return {key: checks[key](want) if key in checks else frame[key] == want for key, want in gold.items()}


def same_lines(gold: list[dict[str, Any]], lines: list[dict[str, Any]]) -> bool:
    left = list(lines)
    for want in gold:
        fits = [line for line in left if all(line[key] == value for key, value in want.items())]
        if not fits:
            return False
        left.remove(fits[0])
    return not left


@pytest.mark.parametrize("shop", CATALOGS)
def test_the_corpus_is_read_and_nothing_is_silently_wrong(shop: str) -> None:
    catalog = read_catalog(CATALOGS[shop])
    framer = Framer(catalog, Parser(vocabulary_of(catalog), Lexicon.read(DATA)), 0.5)
    exact = total = 0
    silently_wrong: list[str] = []
    for case in cases(shop):
        frame: Any = framer.frame(case["text"])
        verdict = right(case["gold"], frame)
        total += 1
        exact += all(verdict.values())
        if complete(frame) and not all(verdict.get(key, True) for key in ("intent", "lines", "complete")):
            silently_wrong.append(case["text"])
    assert not silently_wrong
    assert exact / total >= EXACT_MIN.get(shop, EXACT_MIN_OF_A_NEW_SHOP), f"{exact} of {total}"
