"""The words of the trade: what is wrong with a file is said with its line and a remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nlu.lexicon import Lexicon, LexiconError
from nlu.understanding import Intent
from tests.nlu.readers import DATA, lexicon


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of one's own, to spoil."""
    for name in ("lexicon", "beside"):
        shutil.copytree(DATA / name, tmp_path / name)
    for name in ("accounts.yaml", "intents.yaml", "confidence.toml", "intent_weights.txt"):
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


def test_the_words_that_are_shipped_can_be_read() -> None:
    words = lexicon()
    assert {"phone", "qq", "uid", "email", "game_id", "fuel_card", "address"} <= set(words.accounts)
    assert {phrases.intent for phrases in words.intents} == set(Intent)


def test_words_come_normalised_and_the_longest_first(folder: Path) -> None:
    (folder / "lexicon" / "mine.yaml").write_text("greetings: [ＨＩ, 您好啊, 妳好]\n", encoding="utf-8")
    assert Lexicon.read(folder).words("mine.greetings") == ("您好啊", "hi", "妳好")


def test_groups_keep_their_meaning_as_written(folder: Path) -> None:
    (folder / "lexicon" / "mine.yaml").write_text("colours:\n  Red: [红, 红色]\n", encoding="utf-8")
    assert dict(Lexicon.read(folder).groups("mine.colours")) == {"Red": ("红色", "红")}


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("lexicon/mine.yaml", "a: [b\n", 2, "not YAML"),
        ("lexicon/mine.yaml", "", 1, "empty"),
        ("lexicon/mine.yaml", "- b\n", 1, "expected"),
        ("lexicon/mine.yaml", "a: [b]\na: [c]\n", 2, "twice"),
        ("lexicon/mine.yaml", "a:\n  b: word\n", 2, "list"),
        ("lexicon/mine.yaml", "a: [b, [c]]\n", 1, "one word"),
        ("intents.yaml", "order: [买]\nbuying: [买]\n", 2, "no intent"),
        ("accounts.yaml", "phone:\n  pattern: '1'\n  labels: [a]\n", 2, "no shown"),
        (
            "accounts.yaml",
            "phone:\n  pattern: '('\n  labels: [a]\n  shown: [1, 1]\n",
            2,
            "regular expression",
        ),
        ("accounts.yaml", "phone:\n  pattern: '1'\n  labels: [a]\n  shown: [1]\n", 4, "two counts"),
        ("confidence.toml", "[weights\n", 0, "not TOML"),
        ("confidence.toml", "[weights]\nbase = 'much'\n", 0, "no table of numbers"),
        ("beside/weights.txt", "// by hand\nmuch a b\n", 2, "begins with no number"),
        ("beside/kinds.yaml", "P: person\n", 1, "list"),
        ("intent_weights.txt", "asks\tfaq 0.5\nasks\tfaq much\n", 2, "no trait with its weights"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    folder: Path, file: str, content: str, line: int, words: str
) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        Lexicon.read(folder)
    assert caught.value.file == folder / file
    assert caught.value.line == line
    assert words in str(caught.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "accounts.yaml").unlink()
    with pytest.raises(LexiconError, match=r"accounts\.yaml:0: the file is missing"):
        Lexicon.read(folder)


@pytest.mark.parametrize(
    ("kind", "account", "shown"),
    [
        ("phone", "13800138000", "138****8000"),
        ("qq", "845510293", "84*****93"),
        ("fuel_card", "1000113400012345678", "1000***********5678"),
        ("qq", "1234", "1***"),
        ("address", "张三 13800138000 浙江省杭州市", "张三 ****"),
        ("nothing known", "secret", "s***"),
    ],
)
def test_an_account_is_shown_masked(kind: str, account: str, shown: str) -> None:
    assert lexicon().mask(kind, account) == shown
