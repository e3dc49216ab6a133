"""Utterances with what they mean, read and judged: what the figures of the bench are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu.confidence import Clues
from tests.nlu.test_corpus import complete, right

ROOT = Path(__file__).parents[2]
NLU = ROOT / "tests" / "nlu"
DATA = ROOT / "data"


@dataclass(frozen=True)
class Judged:
    """One utterance, and whether its whole frame is right."""

    shop: str
    text: str
    confidence: float
    clues: Clues
    right: bool
    complete: bool
    wrong_order: bool
    """Complete, and not what the gold says: a silent wrong order."""
    over_asked: bool
    """Not complete, where the gold is."""
    intent_right: bool


def judged(folder: Path) -> Iterator[Judged]:
    """All utterances of a folder of tests/nlu, each read with the catalog of its shop."""
    framers: dict[str, Framer] = {}
    for file in sorted(folder.glob("*.jsonl")):
        shop = shop_of(file)
        if shop not in framers:
            framers[shop] = framer_for(catalog_of(shop, folder), DATA)
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            yield _judge(shop, framers[shop], json.loads(line))


def shop_of(file: Path) -> str:
    """The shop whose customers speak in a file."""
    return file.stem.split("-")[0].rstrip("0123456789")


def catalog_of(shop: str, folder: Path) -> Path:
    """The catalog that the utterances of a folder about this shop are read with."""
    places = (
        folder / f"{shop}.csv",
        NLU / "apart" / f"{shop}.csv",
        NLU / "corpus" / f"{shop}.csv",
        DATA / "catalog" / f"{shop}.csv",
    )
    return next(place for place in places if place.exists())


def _judge(shop: str, framer: Framer, case: dict[str, Any]) -> Judged:
    frame: Any = framer.frame(case["text"])
    verdict = right(case["gold"], frame)
    said = complete(frame)
    return Judged(
        shop=shop,
        text=case["text"],
        confidence=frame["confidence"],
        clues=framer.clues(case["text"]),
        right=all(verdict.values()),
        complete=said,
        wrong_order=said and not all(verdict.get(key, True) for key in ("intent", "lines", "complete")),
        over_asked=bool(case["gold"].get("complete")) and not said,
        intent_right=verdict.get("intent", True),
    )
