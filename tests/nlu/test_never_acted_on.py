"""Who says no or changes his mind never has an order made or a quote confirmed, however he slips."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.parser import Parser
from orders.catalog_file import read_catalog
from tests.nlu.test_corpus import CATALOGS, DATA, cases, complete

LABELLED = Path(__file__).parent / "intents"
REFUSING = frozenset({"cancel", "deny", "modify"})
ACTING = frozenset({"confirm", "order"})

BEFORE = ("嗯，", "那个，", "老板", "哎呀", "你好，", "好吧，", "行，")
BEHIND = ("啊", "吧", "哈", "呀", "了", "谢谢", "。", "！！", "～", "好吗", "哦")
KEPT = frozenset("不别没取消改换退莫甭唔勿算停错要成去减加再少多次")
"""A slip that loses one of these may well say something else."""


def with_fillers(text: str) -> Iterator[str]:
    yield text
    for filler in BEFORE:
        yield filler + text
    for filler in BEHIND:
        yield text + filler
    yield re.sub(r"[，。,.!！?？]", "", text)
    yield re.sub(r"[，。,.!！?？]", " ", text)


def mistyped(text: str) -> Iterator[str]:
    """With one character twice or lost, but for those that carry the no itself."""
    for at in range(1, len(text)):
        if not text[at - 1].isascii():  # a letter twice makes another word of cancel
            yield text[:at] + text[at - 1] + text[at:]
    for at, character in enumerate(text):
        if plain(character) not in KEPT and not character.isascii():
            yield text[:at] + text[at + 1 :]


def short_messages(shop: str) -> Iterator[dict[str, Any]]:
    """Those of which only the intent is known; they were said to the demo shop."""
    for file in sorted(LABELLED.glob(f"{shop}*.jsonl")):
        yield from map(json.loads, filter(str.strip, file.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("shop", CATALOGS)
def test_no_is_never_a_yes_or_an_order(shop: str) -> None:
    frame = frames_of(shop)
    wrong: list[tuple[str, str]] = []
    for text, meant in refusals(cases(shop)):
        # A change that loses its word for changing by a slip is an order of what is new.
        acting = {"confirm"} if "modify" in meant else ACTING
        wrong += [(said, i) for said in with_fillers(text) if (i := frame(said)["intent"]) in ACTING]
        wrong += [(said, i) for said in mistyped(text) if (i := frame(said)["intent"]) in acting]
    assert not wrong


def test_no_in_other_words_is_never_a_yes_nor_a_whole_order() -> None:
    """Goods that are only named may be asked about where a slip took the no away: Q币放放，月底没钱."""
    frame = frames_of("demo")
    wrong: list[tuple[str, str]] = []
    for text, _ in refusals(short_messages("demo")):
        wrong += [(said, i) for said in with_fillers(text) if (i := frame(said)["intent"]) in ACTING]
        wrong += [
            (said, "whole")
            for said in mistyped(text)
            if complete(found := frame(said)) or found["intent"] == "confirm"
        ]
    assert not wrong


def refusals(said: Iterable[dict[str, Any]]) -> Iterator[tuple[str, set[str]]]:
    """The texts that refuse or change something for sure, and which of it they do."""
    for case in said:
        gold = case["gold"].get("intent", ())
        meant = {gold} if isinstance(gold, str) else set(gold)
        if meant and meant <= REFUSING:
            yield case["text"], meant


def frames_of(shop: str) -> Callable[[str], dict[str, Any]]:
    catalog = read_catalog(CATALOGS[shop])
    framer = Framer(catalog, Parser(vocabulary_of(catalog), Lexicon.read(DATA)), 0.5)
    return cast("Callable[[str], dict[str, Any]]", framer.frame)
