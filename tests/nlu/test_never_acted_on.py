"""Who says no or changes his mind never has an order made or a quote confirmed, however he slips."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.parser import Parser
from orders.catalog_file import read_catalog
from tests.nlu.test_corpus import CATALOGS, DATA, cases

REFUSING = frozenset({"cancel", "deny", "modify"})
ACTING = frozenset({"confirm", "order"})

BEFORE = ("嗯，", "那个，", "老板", "哎呀", "你好，", "好吧，", "行，")
BEHIND = ("啊", "吧", "哈", "呀", "了", "谢谢", "。", "！！", "～", "好吗", "哦")
KEPT = frozenset("不别没取消改换退莫甭唔勿算停错要成去减加再少多")
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


@pytest.mark.parametrize("shop", CATALOGS)
def test_no_is_never_a_yes_or_an_order(shop: str) -> None:
    catalog = read_catalog(CATALOGS[shop])
    framer = Framer(catalog, Parser(vocabulary_of(catalog), Lexicon.read(DATA)), 0.5)
    wrong: list[tuple[str, str]] = []
    for case in cases(shop):
        gold = case["gold"].get("intent", ())
        meant = {gold} if isinstance(gold, str) else set(gold)
        if not meant or not meant <= REFUSING:
            continue
        # A change that loses its word for changing by a slip is an order of what is new.
        acting = {"confirm"} if "modify" in meant else ACTING
        for text in with_fillers(case["text"]):
            if (intent := str(framer.frame(text)["intent"])) in ACTING:
                wrong.append((text, intent))
        for text in mistyped(case["text"]):
            if (intent := str(framer.frame(text)["intent"])) in acting:
                wrong.append((text, intent))
    assert not wrong
