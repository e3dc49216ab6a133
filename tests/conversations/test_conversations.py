"""Every conversation in this folder goes as it is written down. `pytest --accept` rewrites the bot's lines."""

from __future__ import annotations

import asyncio
import difflib
from pathlib import Path

import pytest

from tests.conversations.play import Conversation, Line, played, read, written

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_conversation_goes_as_written(path: Path, request: pytest.FixtureRequest) -> None:
    expected = path.read_text(encoding="utf-8")
    really = written(asyncio.run(played(read(expected))))
    if request.config.getoption("--accept"):
        path.write_text(really, encoding="utf-8")
        return
    if really != expected:
        shown = difflib.unified_diff(
            expected.splitlines(), really.splitlines(), "as written", "as it went", n=4, lineterm=""
        )
        pytest.fail(f"{path.name}: {read(expected).title}\n" + "\n".join(shown), pytrace=False)


def test_a_conversation_is_written_as_it_is_read() -> None:
    text = "标题\n\n客 你好\n机 第一行\n  第二行\n客2 在吗\n重\n"
    conversation = read(text)
    assert conversation == Conversation(
        "标题",
        (
            Line("客", "", "你好"),
            Line("机", "", "第一行\n第二行"),
            Line("客", "2", "在吗"),
            Line("重", "", ""),
        ),
    )
    assert written(conversation) == text


def test_a_line_without_a_speaker_is_named() -> None:
    with pytest.raises(ValueError, match="line 3"):
        read("标题\n\n谁 你好\n")
