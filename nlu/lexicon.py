"""The words of the trade, from files that a shopkeeper may change, checked when they are read.

`data/lexicon/*.yaml` hold lists (`key: [word, ...]`) and groups (`key: {meaning: [word, ...]}`);
a reader asks for `words("quantities.measure_words")`: file, dot, key. All words come normalised.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from nlu import intent_weights
from nlu.normalise import plain
from nlu.understanding import Intent

# libyaml reads ten times faster, which a start-up feels; some builds of PyYAML come without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LexiconError(Exception):
    """A data file is wrong. Says where, what, and what to do about it."""

    def __init__(self, file: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {problem}. {remedy}")
        self.file, self.line, self.problem, self.remedy = file, line, problem, remedy


STARS_MAX = 4
"""So many stand for the hidden end of an account of which only the front is shown."""


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
    by_brand: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Goods whose name holds this brand take only recipients of this pattern."""

    def accepts(self, account: str) -> bool:
        return self.pattern.fullmatch(account) is not None

    def mask(self, account: str) -> str:
        """`138****5678`: fit for logs and for repeating an account in public."""
        hidden = len(account) - self.shown_start - self.shown_end
        if hidden < 1:
            return account[:1] + "*" * max(1, len(account) - 1)
        if not self.shown_end:
            # An address is no number whose digits one would count: a row of stars says nothing more.
            hidden = min(hidden, STARS_MAX)
        return account[: self.shown_start] + "*" * hidden + account[len(account) - self.shown_end :]


@dataclass(frozen=True, slots=True)
class IntentPhrases:
    """Example phrases of one intent; of one question (`topic`) where the intent is faq."""

    intent: Intent
    topic: str | None
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All words, frozen. `read` it once at start. Two are never equal, so that what is compiled
    from one can be kept beside it."""

    accounts: Mapping[str, AccountKind]
    intents: tuple[IntentPhrases, ...]
    confidence: Mapping[str, float]
    """What each clue weighs (`nlu/confidence.py`)."""
    intent_weights: intent_weights.Weights
    """What each trait of a message says for and against each intent (`nlu/weighing.py`)."""
    beside: Mapping[str, float]
    """What each feature of a clause weighs (`nlu/beside.py`)."""
    talk: Mapping[str, float]
    """The same, for whether it is mere talk (`nlu/talk.py`)."""
    beside_kinds: Mapping[str, tuple[str, ...]]
    """Kinds of words by which such a clause is judged; they are no words of the trade."""
    _words: Mapping[str, tuple[str, ...]]
    _groups: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def read(cls, folder: Path) -> Lexicon:
        """Read `intents.yaml`, `accounts.yaml`, `confidence.toml`, `intent_weights.txt`, `beside/` and
        `lexicon/*.yaml` of the data folder.

        Raises LexiconError naming file, line and remedy.

        intents.yaml: `intent: [phrase, ...]`, and for faq `faq: {topic: [phrase, ...]}`.
        """
        words: dict[str, tuple[str, ...]] = {}
        groups: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for file in sorted((folder / "lexicon").glob("*.yaml")):
            for key, node in _mapping(file, _document(file)).items():
                name = f"{file.stem}.{key}"
                if isinstance(node, yaml.MappingNode):
                    entries = _mapping(file, node).items()
                    groups[name] = MappingProxyType(
                        {meaning: _words(file, spellings) for meaning, spellings in entries}
                    )
                else:
                    words[name] = _words(file, node)
        beside = _listed_weights(folder / "beside" / "weights.txt")
        return cls(
            MappingProxyType(_accounts(folder / "accounts.yaml")),
            _intents(folder / "intents.yaml"),
            MappingProxyType(_weights(folder / "confidence.toml")),
            MappingProxyType(_intent_weights(folder / intent_weights.FILE)),
            MappingProxyType(beside),
            MappingProxyType(
                _listed_weights(folder / "beside" / "talk.txt", {name: name for name in beside})
            ),
            MappingProxyType(_kinds(folder / "beside" / "kinds.yaml")),
            MappingProxyType(words),
            MappingProxyType(groups),
        )

    def with_phrases(self, more: Iterable[IntentPhrases]) -> Lexicon:
        """The same words, and more example phrases."""
        return replace(self, intents=(*self.intents, *more))

    def vocabulary(self) -> Iterator[str]:
        """Every word of every list and group."""
        for words in self._words.values():
            yield from words
        for group in self._groups.values():
            for spellings in group.values():
                yield from spellings

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


@lru_cache(maxsize=64)
def word_set(lexicon: Lexicon, *names: str) -> frozenset[str]:
    """The words of some lists as one set, made once: the tables of many small catalogs share it."""
    return frozenset(plain(word) for name in names for word in lexicon.words(name))


def _accounts(file: Path) -> dict[str, AccountKind]:
    kinds: dict[str, AccountKind] = {}
    for kind, node in _mapping(file, _document(file)).items():
        facts = _mapping(file, node)
        for needed in ("pattern", "labels", "shown"):
            if needed not in facts:
                raise LexiconError(file, _line(node), f"{kind} has no {needed}", "Add the line")
        shown = _words_as_written(file, facts["shown"])
        if len(shown) != 2 or not all(count.isdigit() for count in shown):
            raise LexiconError(
                file, _line(facts["shown"]), f"shown of {kind} is not two counts", "Write it like [3, 4]"
            )
        by_brand = _mapping(file, facts["by_brand"]) if "by_brand" in facts else {}
        kinds[kind] = AccountKind(
            kind,
            _pattern(file, facts["pattern"]),
            _words(file, facts["labels"]),
            int(shown[0]),
            int(shown[1]),
            {plain(brand): _pattern(file, pattern) for brand, pattern in by_brand.items()},
        )
    return kinds


def _pattern(file: Path, node: yaml.Node) -> re.Pattern[str]:
    written = _scalar(file, node)
    try:
        return re.compile(written)
    except re.error as error:
        raise LexiconError(
            file, _line(node), f"{written!r} is no regular expression ({error})", "Correct it"
        ) from error


def _intents(file: Path) -> tuple[IntentPhrases, ...]:
    found: list[IntentPhrases] = []
    for key, node in _mapping(file, _document(file)).items():
        try:
            intent = Intent(key)
        except ValueError as error:
            known = ", ".join(Intent)
            raise LexiconError(file, _line(node), f"{key!r} is no intent", f"Use one of: {known}") from error
        if isinstance(node, yaml.MappingNode):
            for topic, phrases in _mapping(file, node).items():
                found.append(IntentPhrases(intent, topic, _phrases(file, phrases)))
        else:
            found.append(IntentPhrases(intent, None, _phrases(file, node)))
    return tuple(found)


def _weights(file: Path) -> dict[str, float]:
    restore = "Restore it from the release, or run `python -m tests.bench.calibrate`"
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LexiconError(file, 0, "the file is missing", restore) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(file, 0, f"not TOML ({error})", restore) from error
    weights = said.get("weights")
    if not isinstance(weights, dict) or not all(isinstance(value, int | float) for value in weights.values()):
        raise LexiconError(file, 0, "[weights] is no table of numbers", restore)
    return {name: float(value) for name, value in weights.items()}


def _intent_weights(file: Path) -> intent_weights.Weights:
    restore = "Restore it from the release, or run `python -m tests.bench.weigh`"
    try:
        return intent_weights.read(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LexiconError(file, 0, "the file is missing", restore) from error
    except UnicodeDecodeError as error:
        raise LexiconError(file, 0, "not UTF-8", restore) from error
    except ValueError as error:
        raise LexiconError(file, int(error.args[0]), "no trait with its weights", restore) from error


def _listed_weights(file: Path, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, float]:
    """Weights from a file whose lines are a weight and all the names that have it. Of a name that is `known`
    its string is kept and no second one: of two files about the same clauses, half the names are the same."""
    found: dict[str, float] = {}
    restore = "Restore it from the release, or run `python -m tests.bench.fit_beside`"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise LexiconError(file, 0, "the file is missing", restore) from error
    for number, line in enumerate(lines, 1):
        if line.startswith("//"):
            continue
        weight, *names = line.split(" ")
        try:
            found |= dict.fromkeys(map(known.get, names, names), float(weight))
        except ValueError as error:
            raise LexiconError(file, number, "the line begins with no number", restore) from error
    return found


def _kinds(file: Path) -> dict[str, tuple[str, ...]]:
    return {kind: _words(file, node) for kind, node in _mapping(file, _document(file)).items()}


def _document(file: Path) -> yaml.Node:
    try:
        node: yaml.Node | None = yaml.compose(file.read_text(encoding="utf-8"), LOADER)
    except FileNotFoundError as error:
        raise LexiconError(file, 0, "the file is missing", "Restore it from the release") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise LexiconError(file, line, f"not YAML ({error.problem})", "Correct the line") from error
    if node is None:
        raise LexiconError(file, 1, "the file is empty", "Restore it from the release")
    return node


def _mapping(file: Path, node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise LexiconError(file, _line(node), "expected `name: ...` lines", "Put a name before the list")
    entries: dict[str, yaml.Node] = {}
    for key_node, value in node.value:
        key = _scalar(file, key_node)
        if key in entries:
            raise LexiconError(file, _line(key_node), f"{key!r} stands here twice", "Join the two")
        entries[key] = value
    return entries


def _words(file: Path, node: yaml.Node) -> tuple[str, ...]:
    words = dict.fromkeys(plain(word) for word in _words_as_written(file, node))
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _phrases(file: Path, node: yaml.Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(phrase) for phrase in _words_as_written(file, node)))


def _words_as_written(file: Path, node: yaml.Node) -> list[str]:
    if not isinstance(node, yaml.SequenceNode):
        raise LexiconError(file, _line(node), "expected a list", "Write it like [one, two]")
    return [_scalar(file, item) for item in node.value]


def _scalar(file: Path, node: yaml.Node) -> str:
    # By what was written, not by YAML's type: `no` and `1_000` are words here, not False and 1000.
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        raise LexiconError(
            file, _line(node), "expected one word or phrase", "Write text, in quotes if need be"
        )
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
