"""`python -m tests.nlu.mutate SEED COUNT`: edits of the corpus, read and judged.

Prints by kind how many are still right, asked about or silently wrong, then every silent wrong and the
worst near-misses. Ends with 1 where an order was silently wrong or a no became a yes.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import tests.nlu.changing
import tests.nlu.keeping  # noqa: F401
from nlu.understanding import Expectation, Intent, LineInHand, OfferedChoice, Slot
from tests.nlu.mutations import AGREEING, Mutation, bases, lines_of, mutations
from tests.nlu.test_corpus import complete

NEAR_MISSES_SHOWN = 25


class Verdict(StrEnum):
    RIGHT = "right"
    OPEN = "asked"
    """The edited text says a whole order, and the reader asks."""
    WRONG = "SILENT WRONG"
    AGREED = "NO TO YES"


@dataclass(frozen=True)
class Judged:
    mutation: Mutation
    frame: dict[str, Any]
    verdict: Verdict

    @property
    def near_miss(self) -> float:
        """How near an open frame came to a wrong order: its confidence where a slot holds a wrong
        value, halved for each slot that still would be asked."""
        if self.verdict is not Verdict.OPEN and not (
            self.verdict is Verdict.RIGHT and not complete(self.frame)
        ):
            return 0.0
        wanted = {line[0] for line in self.mutation.wanted}, {line[2] for line in self.mutation.wanted}
        wrong = any(
            (line[0] is not None and line[0] not in wanted[0])
            or (line[2] is not None and line[2] not in wanted[1])
            for line in lines_of(self.frame)
        )
        ordering = self.frame["intent"] in ("order", "modify", "reorder")
        whole = bool(self.frame["lines"]) and all(line["sku"] for line in self.frame["lines"])
        asked = len(set(self.frame["missing"]) | {problem["slot"] for problem in self.frame["problems"]})
        return float(self.frame["confidence"]) / 2**asked if wrong and ordering and whole else 0.0


def judged(mutation: Mutation) -> Judged:
    frame: Any = mutation.base.shop.framer.frame(mutation.text)
    if complete(frame):
        right = mutation.accepts(lines_of(frame))
        return Judged(mutation, frame, Verdict.RIGHT if right else Verdict.WRONG)
    if mutation.base.refuses and (frame["intent"] in AGREEING or _agreed_when_asked(mutation)):
        return Judged(mutation, frame, Verdict.AGREED)
    return Judged(mutation, frame, Verdict.OPEN if mutation.wanted else Verdict.RIGHT)


def _agreed_when_asked(mutation: Mutation) -> bool:
    """Whether a no becomes a yes where an order lies in hand and only the yes is missing."""
    sku = next(iter(mutation.base.shop.catalog))
    hand = (LineInHand(sku.product_id, sku.sku_id, None, None),)
    asked = Expectation(Slot.CONFIRM, (OfferedChoice("确认", "confirm"),), hand, quoted=True)
    understood = mutation.base.shop.parser.understand(mutation.text, asked)
    return understood.chosen == "confirm" or understood.intent is Intent.CONFIRM


def report(found: Iterable[Judged]) -> int:
    """Prints the tables; returns how many must not be."""
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    bad: list[Judged] = []
    near: list[Judged] = []
    for one in found:
        counts[one.mutation.kind][one.verdict] += 1
        if one.verdict in (Verdict.WRONG, Verdict.AGREED):
            bad.append(one)
        elif one.near_miss:
            near.append(one)
    total: Counter[Verdict] = sum(counts.values(), Counter())
    print(f"{'kind':20}{'all':>7}" + "".join(f"{verdict:>14}" for verdict in Verdict))
    for kind, verdicts in [*sorted(counts.items()), ("ALL", total)]:
        print(f"{kind:20}{verdicts.total():7}" + "".join(f"{verdicts[verdict]:14}" for verdict in Verdict))
    for one in bad:
        _show(one, one.verdict)
    print(f"\nThe worst near-misses, of {len(near)}:")
    for one in sorted(near, key=lambda one: -one.near_miss)[:NEAR_MISSES_SHOWN]:
        _show(one, f"{one.near_miss:.2f}")
    return len(bad)


def _show(one: Judged, mark: str) -> None:
    frame, mutation = one.frame, one.mutation
    print(f"\n{mark}  {mutation.kind}  {mutation.base.shop.name}  {frame['intent']} {frame['confidence']}")
    print(f"  was  {mutation.base.text!r}")
    print(f"  now  {mutation.text[:300]!r}")
    print(f"  says {list(mutation.wanted)}")
    print(
        f"  read {list(lines_of(frame))} missing {frame['missing']} {[p['code'] for p in frame['problems']]}"
    )


def main(seed: int = 1, count: int = 20_000) -> int:
    started = time.monotonic()
    among = bases()
    bad = report(judged(mutation) for mutation in mutations(seed, count, among))
    print(
        f"\n{count} edits of {len(among)} utterances, seed {seed}, {time.monotonic() - started:.0f} s: {bad} silently wrong"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
