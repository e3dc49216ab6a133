"""Fits `data/intent_weights.txt`: how much each trait of a message says for and against each intent.

    python -m tests.bench.weigh

It learns from the corpus and from the example phrases of `data/intents.yaml`: multinomial logistic
regression that leaves most weights at nothing (follow the regularised leader, McMahan 2013), in plain
Python. `python -m tests.bench.weigh --apart` fits without each author in turn and says how much of what
this author wrote the weights alone then understand.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from bot.commands.parse import framer_for
from nlu.evidence import Evidence
from nlu.intent_weights import FILE, Weights, written
from nlu.parser import Parser
from nlu.understanding import Intent
from nlu.weighing import legible, traits
from tests.bench.judged import DATA, NLU, catalog_of, shop_of
from tests.nlu.held_out import filled

SEEN_MIN = 3
"""A trait that was seen less often says nothing."""
ROUNDS = 8
RATE, EASE, SPARSE, RIDGE = 0.3, 1.0, 1.5, 1.0
CALLED = 0.3
"""And so much a message with a word of address in front of it and a particle behind."""
ADDRESSES = ("老板", "你好，", "嗯，", "亲 ", "那个，", "哎呀", "好吧，", "麻烦问下，", "诶")
PARTICLES = ("啊", "哈", "", "了", "。", "吧", "～", "呀", "谢谢", "", "哦")
PHRASE = 0.3
"""A phrase counts for so much of an utterance: it was written for the reader, not to it."""
SMALL = 0.002
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Example:
    file: str
    traits: tuple[str, ...]
    intents: frozenset[Intent]
    """One of these is right."""
    counts: float


def main() -> None:
    """Fit, and write the file."""
    examples = [*uttered(), *phrases()]
    weights = fitted(examples)
    (DATA / FILE).write_text(written(weights), encoding="utf-8")
    right = sum(best(weights, example.traits) in example.intents for example in examples)
    print(f"{len(examples)} utterances and phrases, {right / len(examples):.3f} right; {len(weights)} traits")


def uttered() -> Iterator[Example]:
    """The utterances of the corpus; those that order nothing also as somebody says them who calls the shop first."""
    parsers: dict[str, Parser] = {}
    addresses, particles = cycle(ADDRESSES), cycle(PARTICLES)
    for file in sorted((*(NLU / "corpus").glob("*.jsonl"), *(NLU / "intents").glob("*.jsonl"))):
        shop = shop_of(file)
        if shop not in parsers:
            parsers[shop] = framer_for(catalog_of(shop, NLU / "corpus"), DATA).parser
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            gold = case["gold"].get("intent")
            if gold is None:
                continue
            intents = frozenset(map(Intent, gold if isinstance(gold, list) else [gold]))
            yield _example(file.stem, parsers[shop].evidence(case["text"]), intents, 1.0)
            if Intent.ORDER not in intents:
                called = f"{next(addresses)}{case['text']}{next(particles)}"
                yield _example(file.stem, parsers[shop].evidence(called), intents, CALLED)


def phrases() -> Iterator[Example]:
    """The example phrases, with goods of the demo shop in them."""
    parser = framer_for(catalog_of("demo", NLU / "corpus"), DATA).parser
    for entry in parser.lexicon.intents:
        for phrase in entry.phrases:
            seen = parser.evidence(filled(phrase))
            yield _example("phrases", seen, frozenset({entry.intent}), PHRASE)


def _example(file: str, seen: Evidence, intents: frozenset[Intent], counts: float) -> Example:
    return Example(file, tuple(sorted(map(legible, {*traits(seen)}))), intents, counts)


def fitted(examples: Sequence[Example]) -> dict[str, dict[Intent, float]]:
    """The weights, without those that say nothing."""
    seen = Counter(trait for example in examples for trait in example.traits)
    known = {trait: at for at, trait in enumerate(t for t, n in seen.items() if n >= SEEN_MIN)}
    rows = [[known[trait] for trait in example.traits if trait in known] for example in examples]
    kinds = tuple(Intent)
    pulls = [[0.0] * len(kinds) for _ in known]
    spread = [[0.0] * len(kinds) for _ in known]
    weights = [[0.0] * len(kinds) for _ in known]
    shuffled = list(range(len(examples)))
    draw = random.Random(SEED)
    for _ in range(ROUNDS):
        draw.shuffle(shuffled)
        for which in shuffled:
            row, example = rows[which], examples[which]
            scores = [sum(column) for column in zip(*(weights[trait] for trait in row), strict=True)]
            likely = _shares(scores)
            right = sum(likely[at] for at, kind in enumerate(kinds) if kind in example.intents)
            for at, kind in enumerate(kinds):
                wanted = likely[at] / max(right, 1e-9) if kind in example.intents else 0.0
                slope = (likely[at] - wanted) * example.counts
                if abs(slope) < SMALL:
                    continue
                square = slope * slope
                for trait in row:
                    pull, width, weight = pulls[trait], spread[trait], weights[trait]
                    before = width[at]
                    width[at] = now = before + square
                    pull[at] += slope - (math.sqrt(now) - math.sqrt(before)) / RATE * weight[at]
                    over = abs(pull[at]) - SPARSE
                    weight[at] = (
                        0.0
                        if over <= 0
                        else -math.copysign(over, pull[at]) / ((EASE + math.sqrt(now)) / RATE + RIDGE)
                    )
    found = {
        trait: {
            kind: weights[at][place] for place, kind in enumerate(kinds) if abs(weights[at][place]) >= 0.01
        }
        for trait, at in known.items()
    }
    return {trait: says for trait, says in found.items() if says}


def _shares(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def best(weights: Weights, said: Sequence[str]) -> Intent:
    scores = dict.fromkeys(Intent, 0.0)
    for trait in said:
        for intent, weight in weights.get(trait, {}).items():
            scores[intent] += weight
    return max(scores, key=lambda intent: scores[intent])


def apart() -> None:
    """Print how much of each file is understood by weights that were fitted without its author."""
    examples = [*uttered(), *phrases()]
    right = told = 0
    for author in sorted({_author(example.file) for example in examples} - {"phrases"}):
        weights = fitted([example for example in examples if _author(example.file) != author])
        own = [example for example in examples if _author(example.file) == author]
        hits = sum(best(weights, example.traits) in example.intents for example in own)
        right, told = right + hits, told + len(own)
        print(f"{author:12} {len(own):5} {hits / len(own):.3f}")
    print(f"{'all':12} {told:5} {right / told:.3f}")


def _author(file: str) -> str:
    """Who wrote a file: the number behind the shop, else the shop; one person wrote all of demo2-."""
    shop, _, _ = file.partition("-")
    return shop[-1] if shop[-1].isdigit() else shop


if __name__ == "__main__":
    apart() if "--apart" in sys.argv else main()
