"""Fits `data/beside/weights.txt`: how harmful a clause beside an order is.

    python -m tests.bench.fit_beside            # fit, and write the file
    python -m tests.bench.fit_beside curve      # how well it does on people it has not heard

It learns from what is labelled in `tests/nlu/beside.yaml` and from the corpus: all clauses of an order
that is complete are harmless, and of a message that orders nothing the likeliest one is harmful. The
curve is of voices and files that were left out, each in its turn.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from bot.commands.parse import framer_for
from bot.filling import vocabulary_of
from nlu.beside import clauses_beside
from nlu.clause_judge import BASE, Clause, ClauseJudge
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog_file import read_catalog
from tests.bench.judged import DATA, NLU, catalog_of
from tests.nlu.test_corpus import complete

FILE = DATA / "beside" / "weights.txt"
ORDERS = ("100话费13812345678", "爱奇艺月卡13812345678", "京东卡100", "Q币50 3344556677", "两张50的星巴克")
SECOND = ("100", "京东卡50")
RECIPIENT = "13812345678"
SAYINGS_MAX = 30
"""Of a line with alternatives so many are made."""
LINE_WEIGHT_MAX = 8.0
SEEN_MIN = 3
RIDGE = 1.0
STEPS = 70
ROUNDS = 2
WEIGHT_MIN = 0.1
FOLDS = 5

_HEADING = "// Written by `python -m {}`: a weight, and the features of a clause that have it."
_SPEAKS_OF_IT = frozenset(
    {"modify", "provide", "thanks", "greet", "confirm", "save_contact", "reorder", "help", "out_of_scope"}
)


@dataclass(frozen=True)
class Said:
    """The clauses beside one order, and whether one of them makes it none."""

    who: str
    harmful: bool
    clauses: tuple[Clause, ...]
    weight: float = 1.0
    ordered: bool = True
    """Whether the message is read as a complete order without being judged."""
    gold: bool = False


def main() -> None:
    """Fit and write, or draw the curve."""
    beside = ClauseJudge(Lexicon.read(DATA).beside_kinds, {})
    drawing = sys.argv[1:] == ["curve"]
    said = [*of_lines(read=drawing), *of_corpus(read=drawing)]
    if drawing:
        curve(said, beside)
        return
    weights = fitted(said, beside)
    FILE.write_text(written(weights, "tests.bench.fit_beside"), encoding="utf-8")
    print(f"{len(said)} messages; wrote {len(weights)} weights to {FILE.name}")


def written(weights: Mapping[str, float], by: str) -> str:
    """The file of some weights: each with all the features that have it."""
    by_weight: dict[str, list[str]] = {}
    for name, weight in sorted(weights.items()):
        by_weight.setdefault(f"{weight:.2f}", []).append(name)
    lines = [
        " ".join((weight, *names))
        for weight, names in sorted(by_weight.items(), key=lambda row: float(row[0]))
    ]
    return "\n".join((_HEADING.format(by), *lines)) + "\n"


def of_lines(read: bool) -> Iterator[Said]:
    """What `tests/nlu/beside.yaml` says, around orders of the demo shop. `read`: whether it is wanted how each
    message is read as it is."""
    reader, framer = _reader("demo"), framer_for(catalog_of("demo", NLU), DATA)
    labelled = yaml.safe_load((NLU / "beside.yaml").read_text(encoding="utf-8"))
    turn = itertools.count()
    for kind, voices in labelled.items():
        for who, lines in voices.items():
            for line in filter(None, re.split(r" / |\n", lines)):
                made = list(sayings(line.strip()))
                for saying in made:
                    forms = (saying,) if "◇" in saying else (f"◇ {saying}", f"{saying},◇")
                    for form in forms:
                        text = _with_order(form, next(turn))
                        yield Said(
                            who,
                            kind == "harmful",
                            tuple(clauses_beside(reader._reader.read(text, reader._assortment))),
                            min(1.0, LINE_WEIGHT_MAX / len(made) / len(forms)),
                            not read or complete(dict(framer.frame(text))),
                        )


def of_corpus(read: bool) -> Iterator[Said]:
    """The clauses of the corpus' messages."""
    for file in sorted((NLU / "corpus").glob("*.jsonl")):
        shop = file.stem.split("-")[0].rstrip("0123456789")
        reader, framer = _reader(shop), framer_for(catalog_of(shop, NLU / "corpus"), DATA)
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            gold = case["gold"]
            said = gold.get("intent", "order")
            intents = {said} if isinstance(said, str) else set(said)
            if gold.get("complete") is None:
                continue
            clauses = tuple(clauses_beside(reader._reader.read(case["text"], reader._assortment)))
            one = Said(
                file.stem, False, clauses, ordered=not read or complete(dict(framer.frame(case["text"])))
            )
            if gold["complete"]:
                yield replace(one, gold=True)
            elif intents == {"order"}:
                yield replace(one, weight=0.3)
            elif not intents & {"order", *_SPEAKS_OF_IT} and any("◇" in clause.text for clause in clauses):
                yield replace(one, harmful=True)


def fitted(said: Sequence[Said], beside: ClauseJudge) -> dict[str, float]:
    """The weights that make what was said likeliest. Of several clauses of a harmful message, the one
    that is harmful is that which seems so most, at first the longest."""
    harmless: dict[Clause, float] = defaultdict(float)
    for one in said:
        if not one.harmful:
            for clause in set(one.clauses):
                harmless[clause] += one.weight
    common = {clause for clause, count in harmless.items() if count >= 2}
    bags = [
        (left, one.weight)
        for one in said
        if one.harmful and (left := tuple(c for c in one.clauses if c not in common))
    ]
    judge: ClauseJudge | None = None
    weights: dict[str, float] = {}
    for _ in range(ROUNDS):
        harmful: dict[Clause, float] = defaultdict(float)
        for clauses, weight in bags:
            worst = max(clauses, key=judge.harm if judge else lambda clause: len(clause.text))
            harmful[worst] += weight
        examples = [(beside.features(c), 0, math.sqrt(n) if n > 1 else n) for c, n in harmless.items()]
        examples += [(beside.features(c), 1, math.sqrt(n) if n > 1 else n) for c, n in harmful.items()]
        weights = regression(examples)
        judge = beside.weighing(weights)
    return weights


def regression(examples: Sequence[tuple[set[str], int, float]]) -> dict[str, float]:
    """Logistic regression with a little ridge, by steps that are the smaller the more went before."""
    counts = Counter(name for names, _, _ in examples for name in names)
    index = {name: at for at, name in enumerate(sorted(n for n, c in counts.items() if c >= SEEN_MIN), 1)}
    rows = [([0, *(index[n] for n in names if n in index)], y, w) for names, y, w in examples]
    weights = [0.0] * (len(index) + 1)
    pace = [1e-8] * len(weights)
    for step in range(STEPS):
        slope = [RIDGE * weight for weight in weights]
        slope[0] = 0.0
        for row, harmful, weight in rows:
            total = sum([weights[at] for at in row])
            wrong = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - harmful) * weight
            if abs(wrong) > 1e-3:
                for at in row:
                    slope[at] += wrong
        rate = 0.1 * (1 - step / (STEPS + 10))
        for at, one in enumerate(slope):
            pace[at] = 0.9 * pace[at] + 0.1 * one * one if step else one * one + 1e-8
            weights[at] -= rate * one / math.sqrt(pace[at] + 1e-8)
    kept = {name: round(weights[at], 2) for name, at in index.items() if abs(weights[at]) >= WEIGHT_MIN}
    return kept | {BASE: round(weights[0], 2)}


def curve(said: Sequence[Said], beside: ClauseJudge) -> None:
    """Print, for shares of complete orders that would be asked about, the share of harmful ones that is."""
    people = sorted({one.who for one in said})
    random.Random(1).shuffle(people)
    good: list[float] = []
    bad: list[float] = []
    for fold in range(FOLDS):
        out = set(people[fold::FOLDS])
        judge = beside.weighing(fitted([one for one in said if one.who not in out], beside))
        for one in said:
            if one.who not in out or not one.ordered or not (one.harmful or one.gold):
                continue
            (bad if one.harmful else good).append(max(map(judge.harm, one.clauses), default=0.0))
    good.sort()
    print(f"{len(good)} complete orders, {len(bad)} harmful messages that look complete")
    for share in (0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15):
        bound = good[int(len(good) * (1 - share))]
        refused = sum(harm > bound for harm in bad) / len(bad)
        print(f"asked needlessly {share:.2f}  harm over {bound:.3f}  refused {refused:.3f}")


def _reader(shop: str) -> Parser:
    catalog = read_catalog(catalog_of(shop, NLU / "corpus"))
    return Parser(vocabulary_of(catalog), Lexicon.read(DATA))


def sayings(line: str) -> Iterable[str]:
    """A line with each of its alternatives, or with so many of them."""
    options = [
        piece.split("|") if at % 2 else [piece] for at, piece in enumerate(re.split(r"\(([^()]*)\)", line))
    ]
    if math.prod(map(len, options)) <= SAYINGS_MAX:
        return ["".join(chosen) for chosen in itertools.product(*options)]
    draw = random.Random(line)
    made = ("".join(draw.choice(option) for option in options) for _ in range(SAYINGS_MAX))
    return list(dict.fromkeys(made))


def _with_order(form: str, turn: int) -> str:
    text = re.sub("(?<=[给帮到等])◇(?=.*◇)", RECIPIENT, form)
    return text.replace("◇", ORDERS[turn % len(ORDERS)], 1).replace("◇", SECOND[turn % len(SECOND)])


if __name__ == "__main__":
    main()
