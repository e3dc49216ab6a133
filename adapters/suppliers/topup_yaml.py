"""A YAML file read into frozen dataclasses, so that whatever is wrong is told with line, column and remedy."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import yaml

from orders.errors import SupplierRejected

T = TypeVar("T")

BYTES_MAX = 64 * 1024


class Document:
    """One file; it remembers where everything stood that was read from it."""

    def __init__(self, source: str, root: yaml.Node) -> None:
        self._source = source
        self._root = root
        self._nodes: dict[str, yaml.Node] = {"": root}

    @classmethod
    def open(cls, path: Path) -> Document:
        """Raises SupplierRejected, OSError where it cannot be opened."""
        raw = path.read_bytes()
        if len(raw) > BYTES_MAX:
            raise SupplierRejected(
                str(path), 1, 1, f"the file has {len(raw)} bytes", f"Keep it under {BYTES_MAX}"
            )
        try:
            root = yaml.compose(raw.decode("utf-8"), yaml.SafeLoader)
        except UnicodeDecodeError:
            raise SupplierRejected(str(path), 1, 1, "the file is not UTF-8", "Save it as UTF-8") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            problem = getattr(error, "problem", None) or "it cannot be read"
            raise SupplierRejected(str(path), line, column, f"not YAML: {problem}", "Mend the line") from None
        if root is None:
            raise SupplierRejected(
                str(path), 1, 1, "the file is empty", "Copy one of the descriptions beside it"
            )
        return cls(str(path), root)

    def read(self, kind: type[T]) -> T:
        return self._whole(kind, self._root, "")

    def wrong(self, where: str, problem: str, remedy: str) -> SupplierRejected:
        """An error about the thing of that name, or about what it should have stood in."""
        name = where
        while name not in self._nodes:
            name = name.rpartition(".")[0]
        mark = self._nodes[name].start_mark
        told = f"{where}: {problem}" if where else problem
        return SupplierRejected(self._source, mark.line + 1, mark.column + 1, told, remedy)

    def _whole(self, kind: type[T], node: yaml.Node, where: str) -> T:
        parts = self._entries(node, where)
        hints = get_type_hints(kind)
        known = [one.name for one in fields(kind)]  # type: ignore[arg-type]
        needed = [
            one.name
            for one in fields(kind)  # type: ignore[arg-type]
            if one.default is MISSING and one.default_factory is MISSING
        ]
        for name in parts:
            if name not in known:
                raise self.wrong(_under(where, name), "is not known", f"Known are {', '.join(known)}")
        for name in needed:
            if name not in parts:
                raise self.wrong(_under(where, name), "is missing", "Write it down")
        return kind(
            **{name: self._value(hints[name], part, _under(where, name)) for name, part in parts.items()}
        )

    def _value(self, hint: Any, node: yaml.Node, where: str) -> Any:
        self._nodes[where] = node
        if get_origin(hint) in (Union, types.UnionType):
            hint = next(one for one in get_args(hint) if one is not type(None))
        if get_origin(hint) is tuple:
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            return tuple(self._text(item, where) for item in items)
        if get_origin(hint) is Mapping:
            key, value = get_args(hint)
            return {
                self._scalar(key, name, where): self._value(value, part, _under(where, name))
                for name, part in self._entries(node, where).items()
            }
        if is_dataclass(hint) and isinstance(hint, type) and not hasattr(hint, "read"):
            return self._whole(hint, node, where)
        return self._scalar(hint, self._text(node, where), where)

    def _scalar(self, hint: Any, text: str, where: str) -> Any:
        try:
            if hint is bool:
                return {"true": True, "false": False}[text]
            if hint is Decimal:
                number = Decimal(text)
                return number if number.is_finite() else _reject(text)
            if hint is ZoneInfo:
                return ZoneInfo(text)
            return hint.read(text) if hasattr(hint, "read") else hint(text)
        except (ValueError, KeyError, InvalidOperation, OSError):
            raise self.wrong(where, f"{text!r} cannot stand here", _expected(hint)) from None

    def _entries(self, node: yaml.Node, where: str) -> dict[str, yaml.Node]:
        self._nodes[where] = node
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(where, "is no section", "Write `name: value` lines under it")
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            name = self._text(key_node, where)
            self._nodes[_under(where, name)] = key_node
            if name in entries:
                raise self.wrong(_under(where, name), "stands there twice", "Keep one of them")
            entries[name] = value
        return entries

    def _text(self, node: yaml.Node, where: str) -> str:
        # By what was written, not by YAML's type: 0 and -1 are codes here, and no is a word.
        if not isinstance(node, yaml.ScalarNode):
            self._nodes[where] = node
            raise self.wrong(where, "is no plain text", "Write text, in quotes if it has a colon")
        return str(node.value)


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _reject(text: str) -> Decimal:
    raise ValueError(text)


def _expected(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"Write one of {', '.join(hint)}"
    if hasattr(hint, "read"):
        facts = get_type_hints(hint)["fact"]
        return f"Write one of {', '.join(facts)}; setting and text with a dot and a name behind"
    return {
        bool: "Write true or false",
        Decimal: "Write a number",
        ZoneInfo: "Write a zone such as Asia/Shanghai",
    }.get(hint, "Write text")
