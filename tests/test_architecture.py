"""The house rules that a machine can hold: who may import whom, and where Chinese may stand."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"bot", "nlu", "orders", "adapters", "data", "tests"}

MAY_IMPORT = {
    "nlu": {"nlu"},
    "orders": {"orders"},
    "bot": {"bot", "nlu", "orders"},
    "adapters": {"adapters", "bot", "orders"},
}

COMPOSITION_ROOT = {
    "bot/app.py", "bot/engine.py", "bot/gateways.py", "bot/lines.py", "bot/running.py", "bot/suppliers.py",
    "bot/workbench.py",
}  # fmt: skip
"""The modules that may import adapters, because they put the pieces together."""

READS_THE_ENVIRONMENT = {"bot/settings.py"}

FORBIDDEN_ROOM_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def modules(room: str) -> Iterator[Path]:
    return (ROOT / room).rglob("*.py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    allowed = MAY_IMPORT[room]
    broken = [
        f"{relative(path)}:{line} imports {name}"
        for path in modules(room)
        for line, name in imported(path)
        if (top := name.split(".")[0]) in OURS
        and top not in allowed
        and not (top == "adapters" and relative(path) in COMPOSITION_ROOT)
    ]
    assert not broken, "\n".join(broken)


def test_adapters_never_see_the_database() -> None:
    """But for the job engine that lives in PostgreSQL, which makes its own tables there."""
    broken = [
        f"{relative(path)}:{line} imports {name}"
        for path in modules("adapters")
        for line, name in imported(path)
        if name.split(".")[0] in {"sqlalchemy", "aiosqlite", "sqlite3", "psycopg"}
        and (relative(path), name) != ("adapters/jobs_procrastinate.py", "psycopg")
    ]
    assert not broken, "\n".join(broken)


def test_nlu_knows_no_clock_and_no_network() -> None:
    forbidden = {"datetime", "time", "asyncio", "httpx", "sqlalchemy", "sqlite3", "os"}
    broken = [
        f"{relative(path)}:{line} imports {name}"
        for path in modules("nlu")
        for line, name in imported(path)
        if name.split(".")[0] in forbidden
    ]
    assert not broken, "\n".join(broken)


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"\bos\.(environ|getenv)\b")
    broken = [
        relative(path)
        for room in MAY_IMPORT
        for path in modules(room)
        if reading.search(path.read_text(encoding="utf-8")) and relative(path) not in READS_THE_ENVIRONMENT
    ]
    assert not broken, broken


def test_no_room_is_a_drawer_for_odds_and_ends() -> None:
    odd = [
        relative(path)
        for room in MAY_IMPORT
        for path in modules(room)
        if {path.stem, *path.relative_to(ROOT).parts[:-1]} & FORBIDDEN_ROOM_NAMES
    ]
    assert not odd, odd


def test_no_chinese_sentence_stands_in_code() -> None:
    """Six Chinese characters in a row make a sentence; sentences live in data/ and pages.

    A character class of a pattern is a set of characters, and no words.
    """
    found: list[str] = []
    for room in MAY_IMPORT:
        for path in modules(room):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docstrings = {id(doc) for doc in _docstrings(tree)}
            found += [
                f"{relative(path)}:{node.lineno}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
                and re.search(r"[\u4e00-\u9fff]{6}", re.sub(r"\[[^\]]*\]", "", node.value))
            ]
    assert not found, "Chinese sentences in code:\n" + "\n".join(found)


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Docstrings, and the strings under an attribute that document it."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                yield child.value


def test_no_committed_file_names_a_package_index() -> None:
    hosts = re.compile(
        "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"ian\.org/"])
    )
    text_files = {".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".cfg", ".sh", "", ".in"}
    skipped = {".git", ".venv", "state", "node_modules", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    broken = [
        relative(path)
        for path in ROOT.rglob("*")
        if path.is_file()
        and not skipped & set(path.relative_to(ROOT).parts)
        and path.suffix in text_files
        and hosts.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not broken, broken


GUIDES = (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
FILE_ENDINGS = "py|toml|yaml|yml|csv|txt|md|env|sh|css|js|html|service"


@pytest.mark.parametrize("guide", GUIDES, ids=relative)
def test_a_guide_names_only_files_that_exist(guide: Path) -> None:
    """With a folder: that very file, or some where it has a `*`. Without one: a file of that name anywhere."""
    quoted = re.findall(r"`([^`\s]+)`", guide.read_text(encoding="utf-8"))
    linked = re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8"))
    paths = [
        path for text in quoted if re.search(rf"\.({FILE_ENDINGS})$|/$", text) for path in _spelled_out(text)
    ]
    broken = [path for path in paths if not _stands_somewhere(path)]
    broken += [path for path in linked if not (guide.parent / path).exists()]
    assert not broken, broken


def _spelled_out(path: str) -> Iterator[str]:
    """`orders/{placing,settling}.py` is two paths."""
    choice = re.search(r"\{([^{}]*)\}", path)
    if choice is None:
        yield path
        return
    for one in choice[1].split(","):
        yield from _spelled_out(path.replace(choice[0], one))


OF_A_SHOPKEEPER = re.compile(r"^(\.env$|state/|/|~)|<|acme")
"""What is made by whoever reads the guide."""


def _stands_somewhere(path: str) -> bool:
    if OF_A_SHOPKEEPER.search(path):
        return True
    if "/" in path.rstrip("/"):
        return any(ROOT.glob(path.rstrip("/")))
    name = path.rstrip("/")
    return (ROOT / name).exists() or any(
        found for room in OURS | {"deploy"} for found in (ROOT / room).rglob(name)
    )


def test_every_package_has_its_reason() -> None:
    """In ARCHITECTURE.md, under the heading of packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["postgres"], *extras["dev"]]
    names = {re.split(r"[\[<>=~ ]", one)[0] for one in wanted} - {"xiadan"}
    guide = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = guide.partition("## Packages, and why")[2].partition("\n## ")[0]
    missing = sorted(
        name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", section)
    )
    assert not missing, missing


def test_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)
