"""Fits `data/beside/talk.txt`: how harmful it would be to leave a clause out.

    python -m tests.bench.fit_talk              # fit, and write the file
    python -m tests.bench.fit_talk curve        # how well it does on people it has not heard

It learns from `tests/nlu/beside.yaml` (harmless remarks may be left out, harmful ones never), from
`tests/nlu/talk.yaml` (what tells with numbers, and what orders on), from `tests/nlu/told.yaml` (what names goods and
tells or means something), and from the corpus: a clause is talk where a
complete order is read rightly without it, and none where it is then read wrongly, or where a message that orders
nothing would become an order.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.clause_judge import SLOT, Clause, ClauseJudge
from nlu.lexicon import Lexicon
from nlu.normalise import normalise
from nlu.parser import Parser
from nlu.stretches import Stretches, plain_clause
from nlu.talk import TALK_MAX, UNSURE_MAX, without
from nlu.understanding import Intent
from orders.catalog_file import read_catalog
from tests.bench.fit_beside import regression, sayings, written
from tests.bench.judged import DATA, NLU, catalog_of, shop_of
from tests.nlu.test_corpus import complete, right

FILE = DATA / "beside" / "talk.txt"
PLACES = "<>"
SAYINGS_WEIGHT_MAX = 4.0
BROUGHT_ABOUT = 3.0
"""The weight of a clause without which a message would become an order that it is not."""
UNHEARD_OF = 0.15
"""The weight of the clauses of messages that order nothing: most of them mean something."""
ASKED = 0.5
"""The same of messages that ask or complain."""
FOLDS = 4
SURE_AT = 0.5

_BESIDE_ORDERS = frozenset(
    {Intent.ORDER, Intent.PROVIDE, Intent.GREET, Intent.THANKS, Intent.PAY, Intent.HELP, Intent.OUT_OF_SCOPE}
)
"""What people say beside an order without holding it back, or about anything."""
_ASKING = frozenset({"price", "status", "refund", "receipt", "cancel", "human", "faq", "history", "search"})


@dataclass(frozen=True)
class Heard:
    """A clause by somebody, and whether it must not be left out."""

    who: str
    harmful: bool
    clause: Clause
    weight: float


def main() -> None:
    """Fit and write, or draw the curve."""
    judge = ClauseJudge(Lexicon.read(DATA).beside_kinds, {})
    heard = [*of_lines(), *of_phrases(), *of_corpus()]
    if sys.argv[1:] == ["curve"]:
        curve(heard, judge)
        return
    weights = fitted(heard, judge)
    FILE.write_text(written(weights, "tests.bench.fit_talk"), encoding="utf-8")
    print(f"{len(heard)} clauses; wrote {len(weights)} weights to {FILE.name}")


def of_lines() -> Iterator[Heard]:
    """What is labelled by hand, in front of an order and behind it."""
    for file, harmful_kind in (
        ("beside.yaml", "harmful"),
        ("talk.yaml", "orders on"),
        ("told.yaml", "means"),
    ):
        labelled = yaml.safe_load((NLU / file).read_text(encoding="utf-8"))
        for kind, voices in labelled.items():
            for who, lines in voices.items():
                for line in filter(None, map(str.strip, re.split(r" / |\n", lines))):
                    said = [one for one in sayings(line) if file == "told.yaml" or SLOT not in one]
                    weight = min(1.0, SAYINGS_WEIGHT_MAX / max(1, len(said))) / len(PLACES)
                    for one in said:
                        text = plain_clause(normalise(one).text)
                        for place in PLACES:
                            yield Heard(who, kind == harmful_kind, Clause(text, place), weight)


def of_phrases() -> Iterator[Heard]:
    """What is said to ask, to complain, to refuse: the example phrases of intents that order nothing."""
    for entry in Lexicon.read(DATA).intents:
        if entry.intent in _BESIDE_ORDERS:
            continue
        for at, phrase in enumerate(entry.phrases):
            if "{" not in phrase:
                text = plain_clause(normalise(phrase).text)
                for place in PLACES:
                    yield Heard(f"{entry.intent} {at % FOLDS}", True, Clause(text, place), 1 / len(PLACES))


def of_corpus() -> Iterator[Heard]:
    """The clauses of utterances, by what becomes of the frame without them."""
    framers: dict[str, Framer] = {}
    for file in sorted((NLU / "corpus").glob("*.jsonl")):
        shop = shop_of(file)
        framer = framers.setdefault(shop, _hears_all(shop))
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            yield from _of_case(file.stem, framer, case["text"], case["gold"])


def _hears_all(shop: str) -> Framer:
    """Reads a shop's customers and leaves nothing out, whatever was fitted before."""
    catalog = read_catalog(catalog_of(shop, NLU / "corpus"))
    return Framer(catalog, Parser(vocabulary_of(catalog), replace(Lexicon.read(DATA), talk={})), SURE_AT)


def _of_case(who: str, framer: Framer, text: str, gold: dict[str, Any]) -> Iterator[Heard]:
    parser = framer.parser
    reading = parser._reader.read(text, parser._assortment)
    whole = complete(dict(framer.frame(text)))
    stretches = Stretches(parser.lexicon)
    for one in (*stretches.clauses(reading), *stretches.behind(reading)):
        frame: Any = framer.frame(without(reading, [(one.start, one.end)]))
        fits, ordered = all(right(gold, frame).values()), complete(frame)
        if gold.get("complete") is True:
            if fits and not (one.used and whole):
                yield Heard(who, False, one.clause, 1.0)
            elif not fits and whole:
                yield Heard(who, True, one.clause, 1.0)
        elif ordered and not whole:
            yield Heard(who, True, one.clause, BROUGHT_ABOUT)
        elif gold.get("complete") is False or "order" not in str(gold.get("intent")):
            asked = isinstance(gold.get("intent"), str) and gold["intent"] in _ASKING
            yield Heard(who, True, one.clause, ASKED if asked else UNHEARD_OF)
    for one in stretches.naming(reading):
        frame = framer.frame(without(reading, [(one.start, one.end)]))
        fits, ordered = all(right(gold, frame).values()), complete(frame)
        if gold.get("complete") is True and fits:
            if not one.used:
                yield Heard(who, False, one.clause, 1.0)
        else:
            yield Heard(who, True, one.clause, BROUGHT_ABOUT if ordered else 1.0)


def fitted(heard: Iterable[Heard], judge: ClauseJudge) -> dict[str, float]:
    """The weights that make what was heard likeliest."""
    summed: dict[tuple[Clause, bool], float] = defaultdict(float)
    for one in heard:
        summed[one.clause, one.harmful] += one.weight
    return regression(
        [
            (judge.features(clause), int(harmful), math.sqrt(weight) if weight > 1 else weight)
            for (clause, harmful), weight in summed.items()
        ]
    )


def curve(heard: list[Heard], judge: ClauseJudge) -> None:
    """Print, for bounds, which shares of harmless and of harmful clauses of unheard people are left out."""
    people = sorted({one.who for one in heard})
    random.Random(1).shuffle(people)
    good: list[float] = []
    bad: list[float] = []
    for fold in range(FOLDS):
        out = set(people[fold::FOLDS])
        mine = judge.weighing(fitted((one for one in heard if one.who not in out), judge))
        for one in heard:
            if one.who in out and one.weight > UNHEARD_OF:
                (bad if one.harmful else good).append(mine.harm(one.clause))
    print(f"{len(good)} harmless clauses, {len(bad)} harmful")
    for bound in sorted({0.02, UNSURE_MAX, 0.1, 0.15, TALK_MAX, 0.4, 0.6}):
        left_out = (sum(harm < bound for harm in many) / len(many) for many in (good, bad))
        print(f"bound {bound:.2f}  left out: harmless {next(left_out):.3f}  harmful {next(left_out):.3f}")


if __name__ == "__main__":
    main()
