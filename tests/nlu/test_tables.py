"""The tables of phrases themselves: what stands in them is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

FILES = sorted(Path(__file__).parent.rglob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_table_has_a_name_twice(file: Path) -> None:
    # YAML keeps the last of two silently, and what stands under the first is never run.
    assert list(_twice(yaml.compose(file.read_text(encoding="utf-8")))) == []


def _twice(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        names = Counter(key.value for key, _ in node.value)
        yield from (f"line {node.start_mark.line + 1}: {name}" for name, many in names.items() if many > 1)
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode):
        for child in node.value:
            yield from _twice(child[1] if isinstance(child, tuple) else child)
