"""Does confidence mean what it says? Of the frames given 0.9, nine in ten ought to be right.

What `policy.toml` calls sure is set by this table: print it after every change to the reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.parse import framer_for
from bot.frame import Json

DATA = Path(__file__).parents[2] / "data"
CORPUS = Path(__file__).parents[1] / "nlu" / "corpus"
EDGES = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Judged:
    confidence: float
    right: bool
    wrong_order: bool
    """Complete, and not what the gold says."""


def main() -> None:
    """Print how often frames of each confidence were right."""
    judged = list(_judged())
    table = Table(title="Confidence", caption=f"{len(judged)} utterances of tests/nlu/corpus")
    for column in ("confidence", "frames", "right", "mean confidence", "wrong orders"):
        table.add_column(column, justify="right")
    for low, high in pairwise(EDGES):
        inside = [one for one in judged if low <= one.confidence < high]
        if not inside:
            continue
        right = sum(one.right for one in inside) / len(inside)
        mean = sum(one.confidence for one in inside) / len(inside)
        wrong = sum(one.wrong_order for one in inside)
        table.add_row(
            f"{low:.2f}-{min(high, 1):.2f}", str(len(inside)), f"{right:.3f}", f"{mean:.3f}", str(wrong)
        )
    Console(width=100).print(table)


def _judged() -> Iterator[Judged]:
    for catalog, pattern in (
        (DATA / "catalog" / "demo.csv", "demo-*.jsonl"),
        *((file, f"{file.stem}.jsonl") for file in sorted(CORPUS.glob("*.csv"))),
    ):
        framer = framer_for(catalog, DATA)
        for file in sorted(CORPUS.glob(pattern)):
            for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
                case = json.loads(line)
                frame = framer.frame(case["text"])
                right = _is_right(case["gold"], frame)
                confidence = frame["confidence"]
                assert isinstance(confidence, float | int)
                yield Judged(float(confidence), right, _complete(frame) and not right)


def _is_right(gold: dict[str, Json], frame: dict[str, Json]) -> bool:
    """Whether the frame says everything that the gold says."""
    intents = gold["intent"] if isinstance(gold.get("intent"), list) else [gold.get("intent")]
    if not isinstance(intents, list) or frame["intent"] not in intents:
        return False
    if "complete" in gold and gold["complete"] != _complete(frame):
        return False
    lines, said = gold.get("lines"), frame["lines"]
    if not isinstance(lines, list):
        return True
    return isinstance(said, list) and len(lines) == len(said) and all(map(_line_is_right, lines, said))


def _line_is_right(gold: Json, said: Json) -> bool:
    if not isinstance(gold, dict) or not isinstance(said, dict):
        return False
    return all(str(said.get(key)).lower() == str(value).lower() for key, value in gold.items())


def _complete(frame: dict[str, Json]) -> bool:
    lines = frame["lines"]
    if frame["intent"] not in ("order", "modify") or not isinstance(lines, list) or not lines:
        return False
    whole = all(isinstance(line, dict) and line.get("sku") for line in lines)
    return whole and not frame["missing"] and not frame["problems"]


if __name__ == "__main__":
    main()
