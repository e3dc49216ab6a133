"""Does confidence mean what it says? Of the frames given 0.9, nine in ten ought to be right.

What `policy.toml` calls sure is set by this: look at it after every change to the reader. It is
measured on `tests/nlu/apart/`, on which nobody tunes the reader or fits the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Console
from rich.table import Table

from tests.bench.curves import Axis, Line, chart
from tests.bench.judged import NLU, ROOT, Judged, judged

DRAWING = ROOT / "docs" / "bench" / "reliability.svg"

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Bin:
    """The frames whose confidence lies between two edges."""

    low: float
    high: float
    frames: int
    confidence: float
    """Mean."""
    right: float
    """Share."""
    wrong_orders: int
    complete: int


def main() -> None:
    """Print how often frames of each confidence were right, and draw it."""
    cases = list(judged(NLU / "apart"))
    table = Table(
        title="Confidence",
        caption=f"{len(cases)} utterances of tests/nlu/apart; expected calibration error "
        f"{calibration_error(cases):.3f}",
    )
    for column in ("confidence", "frames", "right", "mean confidence", "complete", "wrong orders"):
        table.add_column(column, justify="right")
    for one in bins(cases):
        table.add_row(
            f"{one.low:.2f}-{min(one.high, 1):.2f}",
            str(one.frames),
            f"{one.right:.3f}",
            f"{one.confidence:.3f}",
            str(one.complete),
            str(one.wrong_orders),
        )
    Console(width=100).print(table)
    DRAWING.parent.mkdir(exist_ok=True)
    DRAWING.write_text(drawn(cases), encoding="utf-8")


def drawn(cases: Sequence[Judged]) -> str:
    """The reliability curve. A larger dot stands for more frames."""
    points = bins(cases)
    ticks = [0.2, 0.4, 0.6, 0.8, 1.0]
    measured = Line(
        f"as measured on {len(cases)} utterances nobody tuned on",
        [(one.confidence, one.right) for one in points],
        sizes=[2 + 14 * (one.frames / len(cases)) ** 0.5 for one in points],
    )
    return chart(
        "How often a frame is right, by its confidence",
        Axis("confidence of the frame", 0, 1, ticks),
        Axis("share that is right", 0, 1, ticks),
        [measured, Line("as promised", [(0, 0), (1, 1)], dashed=True)],
    )


def bins(cases: Sequence[Judged]) -> list[Bin]:
    """The reliability curve: one point for each span of confidence that has frames."""
    found = []
    for low, high in pairwise(EDGES):
        inside = [case for case in cases if low <= case.confidence < high]
        if inside:
            found.append(
                Bin(
                    low,
                    high,
                    len(inside),
                    sum(case.confidence for case in inside) / len(inside),
                    sum(case.right for case in inside) / len(inside),
                    sum(case.wrong_order for case in inside),
                    sum(case.complete for case in inside),
                )
            )
    return found


def calibration_error(cases: Sequence[Judged]) -> float:
    """By how much confidence and the share that is right differ, on average over the frames."""
    return sum(one.frames * abs(one.confidence - one.right) for one in bins(cases)) / len(cases)
