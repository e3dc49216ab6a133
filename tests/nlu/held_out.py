"""How well intents are told apart without having seen the phrase: `data/intents.yaml`, held out.

Each example phrase is read by a parser that was made without it and its neighbours in the draw. That
measures what the examples and the signs make of wordings nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlu.intents import Intents
from nlu.lexicon import IntentPhrases, Lexicon
from nlu.parser import Parser
from nlu.understanding import Intent
from nlu.vocabulary import Vocabulary

FOLDS = 40

FILLED = {
    "product": "爱奇艺会员",
    "size": "100元",
    "account": "13800138000",
    "quantity": "两张",
    "region": "安卓微信区",
    "order": "订单20261122000123",
    "contact": "老妈",
}
"""What stands for a slot while a phrase is read."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    phrase: str
    intent: Intent
    read: Intent


def held_out(vocabulary: Vocabulary, lexicon: Lexicon, folds: int = FOLDS) -> Iterator[HeldOut]:
    """Every example phrase, with its goods filled in, as it is read by who never saw it."""
    parser = Parser(vocabulary, lexicon)
    phrases = [(entry.intent, phrase) for entry in lexicon.intents for phrase in entry.phrases]
    for fold in range(folds):
        hidden = {pair for at, pair in enumerate(phrases) if at % folds == fold}
        kept = tuple(_without(entry, hidden) for entry in lexicon.intents)
        parser._intents = Intents(replace(lexicon, intents=kept))
        for intent, phrase in sorted(hidden):
            yield HeldOut(phrase, intent, parser.understand(filled(phrase)).intent)


def _without(entry: IntentPhrases, hidden: set[tuple[Intent, str]]) -> IntentPhrases:
    return replace(entry, phrases=tuple(p for p in entry.phrases if (entry.intent, p) not in hidden))


def filled(phrase: str) -> str:
    """The phrase with something said in each of its slots."""
    for slot, words in FILLED.items():
        phrase = phrase.replace("{" + slot + "}", words)
    return phrase
