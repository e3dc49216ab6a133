"""A line of an order while its slots are read one after the other, with what is found wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nlu.page import Page
from nlu.records import Event, Record
from nlu.shape import Shape
from nlu.understanding import Problem, ProblemCode, Slot, SlotSpan, Span, SpokenLine
from nlu.wanted import Decision


@dataclass(slots=True)
class Unfinished:
    page: Page
    record: Record
    """What was said of the line."""
    shape: Shape
    decision: Decision
    """Which goods it orders."""
    line: SpokenLine
    problems: list[Problem] = field(default_factory=list)
    spans: list[SlotSpan] = field(default_factory=list)

    def is_open(self, slot: Slot) -> bool:
        """Whether two values were said for a slot, or which one is meant was left open."""
        return slot in self.record.open or slot in self.record.conflicts

    def place(self, event: Event) -> Span:
        return self.page.span(event.start, event.end)

    def found(self, slot: Slot, where: Span, value: str) -> None:
        self.spans.append(SlotSpan(slot, where.start, where.end, value))

    def wrong(self, slot: Slot, code: ProblemCode, value: str) -> None:
        self.problems.append(Problem(slot, code, value))

    def ask_for_size(self) -> None:
        """The size is left open, and offered."""
        options = (self.line.sku.value,) if self.line.sku else self.line.sku_options
        self.line = replace(self.line, sku=None, sku_options=options)

    @property
    def possible(self) -> tuple[str, ...]:
        """The products that it may order."""
        one = self.decision.product_id
        return (one,) if one else self.decision.product_options
