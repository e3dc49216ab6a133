"""The words of the trade, from files that a shopkeeper may change, checked when they are read.

`data/lexicon/*.yaml` hold lists (`key: [word, ...]`) and groups (`key: {meaning: [word, ...]}`);
a reader asks for `words("quantities.measure_words")`: file, dot, key. All words come normalised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nlu.understanding import Intent


class LexiconError(Exception):
    """A data file is wrong. Says where, what, and what to do about it."""

    def __init__(self, file: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {problem}. {remedy}")
        self.file, self.line, self.problem, self.remedy = file, line, problem, remedy


@dataclass(frozen=True, slots=True)
class AccountKind:
    """One kind of recipient: what it looks like, what introduces it, how to show it."""

    kind: str
    pattern: re.Pattern[str]
    """Of the whole canonical account."""
    labels: tuple[str, ...]
    shown_start: int
    """How many characters stay readable when masked, in front and behind."""
    shown_end: int

    def accepts(self, account: str) -> bool:
        return self.pattern.fullmatch(account) is not None

    def mask(self, account: str) -> str:
        """`138****5678`: fit for logs and for repeating an account in public."""
        hidden = len(account) - self.shown_start - self.shown_end
        if hidden < 1:
            return account[:1] + "*" * max(1, len(account) - 1)
        return account[: self.shown_start] + "*" * hidden + account[len(account) - self.shown_end :]


@dataclass(frozen=True, slots=True)
class IntentPhrases:
    """Example phrases of one intent; of one question (`topic`) where the intent is faq."""

    intent: Intent
    topic: str | None
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, frozen. `read` it once at start."""

    accounts: Mapping[str, AccountKind]
    intents: tuple[IntentPhrases, ...]
    _words: Mapping[str, tuple[str, ...]]
    _groups: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def read(cls, folder: Path) -> Lexicon:
        """Read `intents.yaml`, `accounts.yaml` and `lexicon/*.yaml` of the data folder.

        Raises LexiconError naming file, line and remedy.

        intents.yaml: `intent: [phrase, ...]`, and for faq `faq: {topic: [phrase, ...]}`.
        """
        return cls({}, (), {}, {})

    def words(self, name: str) -> tuple[str, ...]:
        """The list `file.key`, longest first. Raises KeyError: a missing list is a bug or a deleted file."""
        return self._words[name]

    def groups(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """The groups `file.key`: meaning (as written) -> its spellings, longest first."""
        return self._groups[name]

    def mask(self, kind: str, account: str) -> str:
        """`account` fit to be shown; kinds that are not known show only their first character."""
        known = self.accounts.get(kind)
        return known.mask(account) if known else account[:1] + "***"
