"""What the READMEs show is what happens: the sample dialogue is a test, the commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
SAMPLE = ROOT / "tests" / "conversations" / "mission.txt"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def sample() -> str:
    """The conversation below its title, as the READMEs show it."""
    _, _, dialogue = SAMPLE.read_text(encoding="utf-8").partition("\n\n")
    return "".join(f"    {line}\n" for line in dialogue.strip().splitlines())


@pytest.mark.parametrize("name", READMES)
def test_the_sample_dialogue_is_the_conversation_that_is_played(name: str) -> None:
    shown = re.search(r"<!-- dialogue:start -->\n+(.*?)\n*<!-- dialogue:end -->", text_of(name), re.S)
    assert shown is not None
    assert shown[1].rstrip() == sample().rstrip()


@pytest.mark.parametrize("name", READMES)
def test_the_commands_exist(name: str) -> None:
    makefile = text_of("Makefile")
    commands = text_of("bot/cli.py")
    for target in re.findall(r"^    make (\w+)", text_of(name), re.M):
        assert re.search(rf"^{target}:", makefile, re.M), f"no make target {target}"
    for command in re.findall(r"xiadan ([a-z]+)", text_of(name)):
        known = rf'(def {command}\(|command\("{command}"\)|name="{command}")'
        assert re.search(known, commands), f"no command {command}"


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "docs/catalog.md",
        "docs/learning.md",
        "docs/reading.md",
    ],
)
def test_every_file_that_is_named_exists(name: str) -> None:
    text = text_of(name)
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    named = re.findall(r"`((?:bot|nlu|orders|adapters|data|tests|docs)/[\w./-]+\.\w+)`", text)
    folder = (ROOT / name).parent
    missing = [path for path in linked if not (folder / path).exists()]
    missing += [path for path in named if not (ROOT / path).exists()]
    assert not missing
