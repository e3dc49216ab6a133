"""Every sentence the bot can say stands in the data, and every one that stands there can be said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.announcer import QUIET
from bot.telling import TOLD
from bot.wording import Voice, Wording, WordingError, names_in
from nlu.lexicon import Lexicon
from nlu.understanding import PaymentMethod, ProblemCode, SortKey
from orders.catalog import AccountKind, Delivery
from orders.coupon import CouponDenied
from orders.order import CustomerState, EventKind
from orders.payment import RefundDenied

ROOT = Path(__file__).resolve().parents[2]
WORDING = Wording.read(ROOT / "data" / "replies.yaml")
LEXICON = Lexicon.read(ROOT / "data")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def literals() -> Iterator[str]:
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def families() -> set[str]:
    """The fixed beginnings of keys that are put together from an enumeration."""
    return {
        first.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(first := node.values[0], ast.Constant)
        and isinstance(first.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z_.]*", first.value)
    }


def said() -> Iterator[tuple[str, ast.Call]]:
    """Calls that say a sentence by a literal key."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in ("say", "choice") and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{path.name}:{node.lineno}", node


def test_every_sentence_that_is_said_exists() -> None:
    missing = [
        f"{at} says {call.args[0].value}" for at, call in said() if not WORDING.has(call.args[0].value)
    ]
    assert not missing, "\n".join(missing)


def test_every_sentence_is_given_the_facts_it_names() -> None:
    broken = []
    for at, call in said():
        if any(keyword.arg is None for keyword in call.keywords):
            continue
        given = {keyword.arg for keyword in call.keywords}
        key = call.args[0].value
        for sentence in WORDING.sentences.get(key, ()):
            if lacking := names_in(sentence) - given:
                broken.append(f"{at} says {key} without {sorted(lacking)}")
    assert not broken, "\n".join(broken)


def test_every_sentence_that_exists_is_said() -> None:
    texts, beginnings = set(literals()), families()
    unused = [
        key
        for key in WORDING.sentences
        if key not in texts
        and not key.startswith("channel.")
        and not any(key.startswith(beginning) for beginning in beginnings)
    ]
    assert not unused, unused


ENUMERATED = [
    *(f"problem.{code.value}" for code in ProblemCode),
    "problem.amount_limit",
    "problem.lines_limit",
    *(f"kind.{kind.value}" for kind in AccountKind),
    *(f"ask.account.{kind.value}" for kind in AccountKind if kind is not AccountKind.NONE),
    *(f"state.{state.value}" for state in CustomerState),
    *(f"state.delivered_as.{delivery.value}" for delivery in Delivery),
    *(f"status.{state.value}" for state in CustomerState),
    *(f"news.{kind.value}" for kind in EventKind if kind not in QUIET),
    *(f"refund.denied.{reason.value}" for reason in RefundDenied),
    *(f"coupon.denied.{reason.value}" for reason in CouponDenied),
    *(f"quote.rule.{kind.value}" for kind in TOLD),
    *(f"search.by_{key.value}" for key in SortKey),
    *(f"faq.{phrases.topic}" for phrases in LEXICON.intents if phrases.topic),
    *(f"pay.by_{method.value}" for method in PaymentMethod if method is not PaymentMethod.BALANCE),
]


@pytest.mark.parametrize("key", ENUMERATED)
def test_every_outcome_has_a_sentence(key: str) -> None:
    assert WORDING.has(key), f"data/replies.yaml lacks {key}"


def test_variants_take_turns() -> None:
    wording = Wording({"hello": ("one", "two")})
    assert [Voice(wording, turn).say("hello") for turn in range(3)] == ["one", "two", "one"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 'one'\na: 'two'\n", "stands there twice"),
        ("a: '{0}'\n", "is no name"),
        ("a: 'open {'\n", "stray brace"),
        ("a:\n  b: [[1]]\n", "is no sentence"),
        ("just text\n", "holds no keys"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "replies.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WordingError, match=complaint) as error:
        Wording.read(path)
    assert str(path) in str(error.value)


def test_a_missing_sentence_says_what_to_add() -> None:
    with pytest.raises(WordingError, match=r"Add `no\.such`"):
        WORDING.say("no.such")
