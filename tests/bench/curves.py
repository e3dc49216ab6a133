"""Draws the bench's curves as SVG that any browser shows and a diff can be read of.

A chart of lines over two axes is all that is needed, so no plotting library is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 44, 56
COLOURS = ("#0b6e4f", "#c8553d", "#3d5a80", "#e09f3e", "#6d597a", "#7f7f7f")


@dataclass(frozen=True)
class Line:
    """One curve: its name and its points."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False
    sizes: Sequence[float] = ()
    """How large the mark of each point is, in pixels; 3 where not said."""


@dataclass(frozen=True)
class Axis:
    """One axis: what it counts, where it begins and ends, what stands at its ticks."""

    name: str
    low: float
    high: float
    ticks: Sequence[float]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1; what is beyond the ends lies on them."""
        low, high, value = (
            (math.log10(max(one, 1e-12)) for one in (self.low, self.high, value))
            if self.logarithmic
            else (self.low, self.high, value)
        )
        return min(1.0, max(0.0, (value - low) / (high - low)))


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """The chart as an SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" font-size="15">{escape(title)}</text>',
        *_grid(x, y),
    ]
    for at, line in enumerate(lines):
        parts += _curve(line, COLOURS[at % len(COLOURS)], x, y, at)
    return "\n".join([*parts, "</svg>", ""])


def _across(x: Axis, value: float) -> float:
    return round(LEFT + x.share(value) * (WIDTH - LEFT - RIGHT), 1)


def _up(y: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM), 1)


def _grid(x: Axis, y: Axis) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    found = [f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#444"/>']
    for tick in x.ticks:
        at = _across(x, tick)
        found.append(f'<path d="M{at} {TOP}V{bottom}" stroke="#ddd"/>')
        found.append(f'<text x="{at}" y="{bottom + 18}" text-anchor="middle">{_spelled(tick)}</text>')
    for tick in y.ticks:
        at = _up(y, tick)
        found.append(f'<path d="M{LEFT} {at}H{right}" stroke="#ddd"/>')
        found.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{_spelled(tick)}</text>')
    middle = (LEFT + right) / 2
    found.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x.name)}</text>')
    upright = (TOP + bottom) / 2
    found.append(
        f'<text transform="translate(18 {upright}) rotate(-90)" text-anchor="middle">{escape(y.name)}</text>'
    )
    return found


def _curve(line: Line, colour: str, x: Axis, y: Axis, at: int) -> list[str]:
    places = [(_across(x, across), _up(y, up)) for across, up in line.points]
    drawn = " ".join(f"{across},{up}" for across, up in places)
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    found = [f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>']
    if not line.dashed:
        sizes = line.sizes or [3.0] * len(places)
        found += [
            f'<circle cx="{across}" cy="{up}" r="{size:.1f}" fill="{colour}"/>'
            for (across, up), size in zip(places, sizes, strict=True)
        ]
    top = TOP + 14 + 17 * at
    found.append(f'<path d="M{LEFT + 12} {top - 4}h22" stroke="{colour}" stroke-width="2"{dashes}/>')
    found.append(f'<text x="{LEFT + 40}" y="{top}">{escape(line.name)}</text>')
    return found


def _spelled(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1_000:g}k" if value >= 1_000 else f"{value:g}"
