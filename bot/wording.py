"""Every sentence the bot says, from `data/replies.yaml`, so that a shopkeeper can change it.

A key (`quote.total`) has one sentence or several that mean the same; which one is said follows
from the turn, so that a conversation can be replayed word for word. No logic in the data: only the
names of `str.format`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import yaml

# libyaml reads ten times faster, which a start-up feels; some builds of PyYAML come without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Sentences = Mapping[str, tuple[str, ...]]


class WordingError(Exception):
    """The file of sentences is wrong, or lacks one. Says where, what, and what to do about it."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}")


@dataclass(frozen=True, slots=True)
class Wording:
    """All sentences by key, checked when read."""

    sentences: Sentences
    source: str = "replies.yaml"

    @classmethod
    def read(cls, path: Path) -> Wording:
        """Read and check the file. Raises WordingError naming the line and the remedy."""
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), LOADER)
        except yaml.YAMLError as error:
            raise WordingError(str(path), f"is not YAML: {error}", "Mend the line it names") from error
        if not isinstance(root, yaml.MappingNode):
            raise WordingError(str(path), "holds no keys", "Write `key: sentence` lines")
        sentences: dict[str, tuple[str, ...]] = {}
        for key, line, variants in _leaves(root, "", path):
            if key in sentences:
                raise WordingError(f"{path}:{line}", f"{key} stands there twice", "Keep one of them")
            for sentence in variants:
                _check_names(sentence, f"{path}:{line}", key)
            sentences[key] = variants
        return cls(sentences, str(path))

    def say(self, key: str, *, turn: int = 0, **facts: str | int) -> str:
        """The sentence for `key` with the facts put in; `turn` picks among its variants."""
        return self._variant(key, turn).format(**facts)

    def has(self, key: str) -> bool:
        return key in self.sentences

    def _variant(self, key: str, turn: int) -> str:
        variants = self.sentences.get(key)
        if variants is None:
            raise WordingError(self.source, f"has no sentence {key}", f"Add `{key}` to it")
        return variants[turn % len(variants)]


@dataclass(frozen=True, slots=True)
class Voice:
    """The wording as it is spoken in one turn."""

    wording: Wording
    turn: int = 0

    def say(self, key: str, **facts: str | int) -> str:
        return self.wording.say(key, turn=self.turn, **facts)

    def has(self, key: str) -> bool:
        return self.wording.has(key)


def names_in(sentence: str) -> frozenset[str]:
    """The names that a sentence wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _leaves(node: yaml.MappingNode, prefix: str, path: Path) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for key_node, value in node.value:
        key = f"{prefix}{key_node.value}"
        line = key_node.start_mark.line + 1
        if isinstance(value, yaml.MappingNode):
            yield from _leaves(value, f"{key}.", path)
        elif isinstance(value, yaml.SequenceNode) and value.value:
            yield key, line, tuple(_text(item, key, path) for item in value.value)
        else:
            yield key, line, (_text(value, key, path),)


def _text(node: yaml.Node, key: str, path: Path) -> str:
    where = f"{path}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
        raise WordingError(where, f"{key} is no sentence", "Write text, in quotes if it has a colon")
    return str(node.value).rstrip("\n")


def _check_names(sentence: str, where: str, key: str) -> None:
    try:
        names = names_in(sentence)
    except ValueError as error:
        raise WordingError(
            where, f"{key} has a stray brace: {error}", "Write {{ or }} for a brace"
        ) from error
    if odd := [name for name in names if not name.isidentifier()]:
        raise WordingError(where, f"{key} has {{{odd[0]}}}, which is no name", "Use plain names only")
