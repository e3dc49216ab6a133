"""What a whole message says about how its lines belong together, before anything is shared between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nlu.leftovers import NOTHING_LEFT, Left
from nlu.records import Event, Record


@dataclass(frozen=True, slots=True)
class Shape:
    """What the whole message says about how its lines belong together."""

    each: bool = False
    """各, 都, 分别 or a count of recipients was said."""
    respectively: bool = False
    tops_up: bool = False
    contact: bool = False
    each_quantity: Event | None = None
    suits: Callable[[Record, Record], bool] = lambda mine, other: True
    """Whether the first record's recipient is one that the goods of the second can go to."""
    takes_nobody: Callable[[Record], bool] = lambda record: False
    """Whether the goods of a record go to no recipient."""
    left: Left = NOTHING_LEFT
    pauses: frozenset[int] = frozenset()
    """Where a comma or a colon stands, or a line ends."""
    rows: bool = False
    """Whether each recipient stands in a row of its own: what its row says is of it alone."""
