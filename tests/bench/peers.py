"""Other readers of Chinese numbers and phones beside ours: how often rightly, and how fast.

They are no part of the shop and never asked at run time: `pip install -e '.[bench]'` brings them, in
the versions of `tests/bench/constraints.txt`. One that is not installed is said so, loudly, and the
rest goes on. Where a peer and our reader disagree on what the tables and the corpus say, both answers
are listed, so that somebody can judge.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from bot.commands.parse import framer_for
from nlu.normalise import plain
from nlu.numerals import number

ROOT = Path(__file__).parents[2]
NUMERALS = ROOT / "tests" / "nlu" / "tables" / "numerals.yaml"
CORPUS = ROOT / "tests" / "nlu" / "corpus"
CATALOG = ROOT / "data" / "catalog" / "demo.csv"
SECONDS_MAX = 5
"""For one text; Recognizers-Text takes 16 s for a line of 200 digits."""
PHONES = re.compile(r"(?:\+?86[- ]?)?(1[3-9]\d{9})")


@dataclass(frozen=True)
class Peer:
    """One reader. `value`: the one number that a phrase is, None where it is none. `phones`: those in a text."""

    name: str
    value: Callable[[str], Decimal | None] | None = None
    phones: Callable[[str], list[str]] | None = None


@dataclass
class Score:
    """What a peer made of the tables and the corpus."""

    right: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    """Phrase, what it means, what was read."""
    guessed: list[tuple[str, str]] = field(default_factory=list)
    """Approximations that were read as one exact number."""
    phones: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Print the table; with --list also what each read otherwise than the tables say."""
    arguments = argparse.ArgumentParser(description="Our reader beside its peers.")
    arguments.add_argument("--list", action="store_true", help="also list every disagreement")
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    table = yaml.safe_load(NUMERALS.read_text(encoding="utf-8"))
    exact = [(str(phrase), str(value)) for value, phrases in table["exact"].items() for phrase in phrases]
    vague = [str(phrase) for phrase in table["vague"]]
    spoken, texts = list(_recipients()), _texts()
    console = Console(width=120)
    shown = Table(title="Readers of numbers and phones")
    for column in ("", "numbers right", "guesses taken for exact", "phones right", "p50 ms", "p99 ms"):
        shown.add_column(column, justify="right" if column else "left")
    for peer in _peers(console):
        score = _scored(peer, exact, vague, spoken, texts)
        shown.add_row(*_row(peer, score, len(exact), len(vague), len(spoken)))
        if given.list:
            for phrase, value, read in score.wrong:
                console.print(f"{peer.name}: {phrase} is {value}, read as {read}")
            for phrase, read in score.guessed:
                console.print(f"{peer.name}: {phrase} is no one number, read as {read}")
    console.print(shown)


def _row(peer: Peer, score: Score, exact: int, vague: int, spoken: int) -> tuple[str, ...]:
    marks = quantiles(score.times_ms, n=100) if len(score.times_ms) > 1 else [0.0] * 99
    return (
        peer.name,
        f"{score.right}/{exact}" if peer.value else "-",
        f"{len(score.guessed)}/{vague}" if peer.value else "-",
        f"{score.phones}/{spoken}" if peer.phones else "-",
        f"{marks[49]:.3f}",
        f"{marks[98]:.3f}",
    )


def _scored(
    peer: Peer, exact: list[tuple[str, str]], vague: list[str], spoken: list[tuple[str, list[str]]],
    texts: list[str],
) -> Score:  # fmt: skip
    score = Score()
    for phrase, value in exact if peer.value else ():
        read = _limited(peer.value, phrase)
        if read == Decimal(value):
            score.right += 1
        else:
            score.wrong.append((phrase, value, str(read)))
    for phrase in vague if peer.value else ():
        read = _limited(peer.value, phrase)
        if read is not None:
            score.guessed.append((phrase, str(read)))
    for text, phones in spoken if peer.phones else ():
        found = _limited(peer.phones, text) or []
        if sorted(found) == sorted(phones):
            score.phones += 1
        else:
            score.missed.append((text, str(found)))
    work = peer.phones or peer.value
    for text in texts:
        begun = time.perf_counter()
        _limited(work, text)
        score.times_ms.append((time.perf_counter() - begun) * 1000)
    return score


def _limited(work: Callable[[str], Any] | None, text: str) -> Any:
    """What `work` makes of a text; None where it raises or takes too long."""
    assert work is not None
    try:
        with _seconds(SECONDS_MAX):
            return work(text)
    except Exception:  # a peer may raise whatever it likes: then it has not read the text
        return None


@contextmanager
def _seconds(limit: int) -> Iterator[None]:
    def over(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _recipients() -> Iterator[tuple[str, list[str]]]:
    """Messages of the demo shop whose recipients are all mobile phones, and those phones."""
    for file in sorted(CORPUS.glob("demo-*.jsonl")):
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            accounts = [one.get("account") for one in case["gold"].get("lines") or []]
            if accounts and all(account and PHONES.fullmatch(account) for account in accounts):
                yield case["text"], list(dict.fromkeys(accounts))


def _texts() -> list[str]:
    return [text for text, _ in _recipients()][:200]


def _peers(console: Console) -> Iterator[Peer]:
    yield _ours()
    for name, load in (
        ("jionlp", _jionlp),
        ("recognizers-text", _recognizers),
        ("cn2an", _cn2an),
        ("WeTextProcessing", _wetext),
        ("phonenumbers", _phonenumbers),
    ):
        try:
            yield load()
        except ImportError as error:
            console.print(f"[bold red]NOT MEASURED: {name} is not installed ({error})[/]")


def _ours() -> Peer:
    framer = framer_for(CATALOG, ROOT / "data")

    def value(phrase: str) -> Decimal | None:
        read = number(plain(phrase))
        return read.value if read else None

    def phones(text: str) -> list[str]:
        lines = framer.frame(text)["lines"]
        assert isinstance(lines, list)
        accounts = (line["account"] for line in lines if isinstance(line, dict))
        return list(dict.fromkeys(str(account) for account in accounts if account))

    return Peer("xiadan (the whole frame)", value, phones)


def _jionlp() -> Peer:
    import jionlp  # type: ignore[import-not-found]

    def phones(text: str) -> list[str]:
        found = (re.sub(r"\D", "", one)[-11:] for one in jionlp.extract_phone_number(text))
        return list(dict.fromkeys(found))

    return Peer("jionlp", lambda phrase: _decimal(jionlp.parse_money(phrase)["num"]), phones)


def _recognizers() -> Peer:
    from recognizers_number import Culture, recognize_number  # type: ignore[import-not-found]
    from recognizers_sequence import recognize_phone_number  # type: ignore[import-not-found]

    def value(phrase: str) -> Decimal | None:
        found = recognize_number(phrase, Culture.Chinese)
        whole = [one for one in found if one.start == 0 and one.end >= len(phrase) - 1]
        return _decimal(whole[0].resolution["value"]) if len(whole) == 1 else None

    def phones(text: str) -> list[str]:
        found = recognize_phone_number(text, Culture.Chinese)
        return list(dict.fromkeys(re.sub(r"\D", "", one.text)[-11:] for one in found))

    return Peer("recognizers-text", value, phones)


def _cn2an() -> Peer:
    import cn2an  # type: ignore[import-not-found]

    return Peer("cn2an", lambda phrase: _decimal(cn2an.cn2an(phrase, "smart")))


def _wetext() -> Peer:
    from itn.chinese.inverse_normalizer import InverseNormalizer  # type: ignore[import-not-found]

    reader = InverseNormalizer()
    return Peer("WeTextProcessing", lambda phrase: _decimal(reader.normalize(phrase)))


def _phonenumbers() -> Peer:
    import phonenumbers  # type: ignore[import-not-found]

    def phones(text: str) -> list[str]:
        found = phonenumbers.PhoneNumberMatcher(text, "CN")
        return list(dict.fromkeys(str(match.number.national_number) for match in found))

    return Peer("phonenumbers", None, phones)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, list | tuple):
        return None  # a range is no one number
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


if __name__ == "__main__":
    main()
