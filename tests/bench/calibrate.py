"""Fits the weights of `data/confidence.toml`: how often a reading with such clues is right.

    python -m tests.bench.calibrate

It learns from `tests/nlu/calibration/`, on which nobody tunes the reader: on its own corpus a reader is
righter than it will ever be among customers. Logistic regression with a little ridge, by Newton's
method; small enough to be read, and exact enough for a dozen clues.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlu.confidence import Clues
from tests.bench.judged import DATA, NLU, Judged, judged

FOLDER = NLU / "calibration"
FILE = DATA / "confidence.toml"
RIDGE = 1.0
STEPS = 30

_HEADING = """# How much each clue of `nlu/confidence.py` weighs for a reading being right. Fitted, not written by
# hand: `python -m tests.bench.calibrate`, {count} utterances of tests/nlu/calibration.

[weights]
"""


def main() -> None:
    """Fit, and write the file."""
    cases = list(judged(FOLDER))
    weights = fitted([(case.clues, case.right) for case in cases])
    lines = [f"{name} = {weight:.3f}" for name, weight in sorted(weights.items())]
    FILE.write_text(_HEADING.format(count=len(cases)) + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(cases)} utterances, {share_right(cases):.3f} right; wrote {FILE.name}")


def share_right(cases: Sequence[Judged]) -> float:
    return sum(case.right for case in cases) / len(cases)


def fitted(examples: Sequence[tuple[Clues, bool]]) -> dict[str, float]:
    """The weights that make what was seen likeliest; `base` is what stands without any clue."""
    names = ["base", *sorted({name for clues, _ in examples for name in clues})]
    rows = [[1.0, *(clues.get(name, 0.0) for name in names[1:])] for clues, _ in examples]
    weights = [0.0] * len(names)
    for _ in range(STEPS):
        gradient = [-RIDGE * weight if at else 0.0 for at, weight in enumerate(weights)]
        curvature = [[RIDGE * (at == to) * (at > 0) for to in range(len(names))] for at in range(len(names))]
        for row, (_, outcome) in zip(rows, examples, strict=True):
            likely = 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, row, strict=True))))
            for at, x in enumerate(row):
                if x:
                    gradient[at] += x * (outcome - likely)
                    for to, y in enumerate(row):
                        curvature[at][to] += x * y * likely * (1 - likely)
        step = _solved(curvature, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return dict(zip(names, weights, strict=True))


def _solved(matrix: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Gaussian elimination with pivots."""
    size = len(values)
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            rows[below] = [x - factor * y for x, y in zip(rows[below], rows[at], strict=True)]
    answer = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][to] * answer[to] for to in range(at + 1, size))
        answer[at] = (rows[at][size] - known) / rows[at][at]
    return answer


if __name__ == "__main__":
    main()
