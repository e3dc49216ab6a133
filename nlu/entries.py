"""Spelling -> what it means: the pages of a table of names, with no opinion on what is written there."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlu.mention import MentionKind
from nlu.roles import Role
from nlu.scripts import all_chinese


@dataclass(slots=True)
class Entry:
    """What one spelling means; see `Mention` for the fields."""

    kind: MentionKind
    options: dict[str, float] = field(default_factory=dict)
    thin: bool = True
    role: Role | None = None
    meaning: str = ""
    said: frozenset[str] = frozenset()
    family: str = ""


class Entries(dict[str, Entry]):
    """The entries by their spellings."""

    def add_name(
        self, text: str, product_id: str, cost: float, thin: bool, said: frozenset[str], family: str = ""
    ) -> None:  # fmt: skip
        """One more product that a spelling may name. `thin`: it may mean something else as well."""
        if text.isdigit() or len(text) < (1 if thin and all_chinese(text) else 2):
            return
        entry = self.get(text)
        if entry is None:
            entry = self[text] = Entry(MentionKind.NAME, said=said)
        entry.family = entry.family or family
        before = entry.options.get(product_id)
        if before is None or cost < before:
            entry.options[product_id] = cost
        entry.thin = entry.thin and thin
