"""Live through many seeds: `python -m tests.simulation 9000-9009 5000 --jobs 2`.

Prints a line a seed: events, orders, moves of state, faults by kind, violations, and the digest of
everything that happened. Exits with 1 where an invariant broke, after the seed, the number of the event and
the last events before it; the same seed fails at the same event again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from tests.simulation.house import A_SOUND_SHOP, Kit
from tests.simulation.life import Report, live
from tests.simulation.straight import Straight


def seeds_of(text: str) -> range:
    """`9000-9009`, or one seed."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


@cache
def straight() -> Straight:
    """This process's own database, for one seed after the other."""
    return Straight()


def lived(task: tuple[int, int, Kit]) -> Report:
    seed, events, kit = task
    return live(seed, events, straight(), kit)


def reports(tasks: Iterable[tuple[int, int, Kit]], jobs: int) -> Iterator[Report]:
    if jobs == 1:
        yield from map(lived, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(lived, tasks)


def main(arguments: list[str], kit: Kit = A_SOUND_SHOP) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", type=seeds_of, help="such as 9000-9009")
    parser.add_argument("events", type=int, help="how many events each seed lives through")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes at once")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    faults: Counter[str] = Counter()
    events = broken = 0
    for report in reports([(seed, chosen.events, kit) for seed in chosen.seeds], chosen.jobs):
        print(report, flush=True)
        events += report.events
        faults += report.faults
        if report.broken is not None:
            broken += 1
            print(f"seed {report.seed} broke at event {report.events}: {report.broken}; before it:")
            print("\n".join(f"  {line}" for line in report.last), flush=True)
    seconds = time.monotonic() - began
    print(
        f"{len(chosen.seeds)} seeds, {events} events, {sum(faults.values())} faults of {len(faults)} kinds, "
        f"{broken} violations, {seconds:.0f} s, {events / seconds:.0f} events/s"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
