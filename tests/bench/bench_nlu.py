"""How fast messages are read, how often rightly, and at what cost: a table, no assertion.

Each catalog is measured in a process of its own, so that memory and cold start are its own. The
baseline is what one would write in an afternoon: `rapidfuzz.process.extractOne` with WRatio over
the names of all SKUs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Intent
from nlu.vocabulary import Vocabulary
from orders.catalog_file import read_catalog
from tests.bench.made_catalog import Order, catalog_of, orders_from

DATA = Path(__file__).parents[2] / "data"
CORPUS = Path(__file__).parents[1] / "nlu" / "corpus"
SIZES = ("demo", "10000", "100000")
ORDERS = 400
HOSTILE = (
    "一",
    "一万",
    "1 ",
    "12 13 ",
    "手机1 ",
    "零1",
    "到100",
    "九折",
    "号码",
    "嗯1",
    "话费",
    "月卡",
    "第1个",
    "省市区",
    "138 ",
)
BASELINE_QUERIES = 30


@dataclass(frozen=True)
class Figures:
    """Of one catalog; times in milliseconds, memory in megabytes."""

    catalog: str
    skus: int
    cold_start_ms: float
    build_ms: float
    memory_mb: float
    parse_p50_ms: float
    parse_p99_ms: float
    hostile_ms: float
    hostile_growth: float
    exact: str
    exact_wrong: int
    slips: str
    slips_wrong: int
    absent_taken: str
    baseline_p50_ms: float


def main() -> None:
    """Measure every size in a process of its own, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--size", help="measure this one here, and print JSON")
    arguments.add_argument("--sizes", default=",".join(SIZES), help="demo, or counts of SKUs")
    given = arguments.parse_args()
    if given.size:
        print(json.dumps(asdict(_measured(given.size))))
        return
    measured = []
    for size in given.sizes.split(","):
        command = [sys.executable, "-m", "tests.bench.bench_nlu", "--size", size]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        measured.append(Figures(**json.loads(answer.stdout)))
    _print(measured)


def _print(measured: list[Figures]) -> None:
    table = Table(title="Reading", caption="right / asked; wrong is what would have been ordered wrongly")
    table.add_column("")
    for figures in measured:
        table.add_column(f"{figures.catalog} ({figures.skus} SKUs)", justify="right")
    rows: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("cold start to the first answer, ms", lambda one: f"{one.cold_start_ms:.0f}"),
        ("compiling the catalog, ms", lambda one: f"{one.build_ms:.0f}"),
        ("memory of the process, MB", lambda one: f"{one.memory_mb:.0f}"),
        ("one message, p50 ms", lambda one: f"{one.parse_p50_ms:.2f}"),
        ("one message, p99 ms", lambda one: f"{one.parse_p99_ms:.2f}"),
        ("worst hostile line of 1000, ms", lambda one: f"{one.hostile_ms:.1f}"),
        ("same, twice as long: times", lambda one: f"{one.hostile_growth:.1f}"),
        ("orders, right SKU", lambda one: one.exact),
        ("orders, wrong", lambda one: str(one.exact_wrong)),
        ("with one slip, right product", lambda one: one.slips),
        ("with one slip, wrong", lambda one: str(one.slips_wrong)),
        ("goods not sold, taken for others", lambda one: one.absent_taken),
        ("baseline: WRatio over all names, p50 ms", lambda one: f"{one.baseline_p50_ms:.2f}"),
        ("reading, as a part of the baseline", lambda one: f"{one.parse_p50_ms / one.baseline_p50_ms:.3f}"),
    )
    for name, cell in rows:
        table.add_row(name, *(cell(figures) for figures in measured))
    Console(width=120).print(table)


def _measured(size: str) -> Figures:
    started = time.perf_counter()
    lexicon = Lexicon.read(DATA)
    if size == "demo":
        vocabulary = vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv"))
        sold, absent = list(vocabulary.products.values()), catalog_of(400, seed=9)
    else:
        made = catalog_of(int(size) + 1000)
        # The last of one and the same draw are not sold: as like to the others as can be.
        sold, absent = made[: -len(made) * 1000 // (int(size) + 1000)], made[-200:]
        vocabulary = Vocabulary.compile(sold)
    begun = time.perf_counter()
    parser = Parser(vocabulary, lexicon)
    built = time.perf_counter()
    parser.understand("充100话费到13800138000")
    answered = time.perf_counter()
    orders = orders_from(sold, ORDERS) if size != "demo" else []
    texts = [order.text for order in orders] or _corpus()
    times = sorted(_milliseconds(parser, text) for text in texts)
    hostile, growth = _hostile(parser)
    exact, exact_wrong = _judged(parser, orders, by_product=False)
    slips, slips_wrong = _judged(
        parser, orders_from(sold, ORDERS, 3, edits=1) if orders else [], by_product=True
    )
    taken = sum(_complete_sku(parser, order.text) is not None for order in orders_from(absent, ORDERS, 4))
    return Figures(
        catalog="made up" if orders else "demo",
        skus=sum(len(product.variants) for product in sold),
        cold_start_ms=(answered - started) * 1000,
        build_ms=(built - begun) * 1000,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        parse_p50_ms=quantiles(times, n=100)[49],
        parse_p99_ms=quantiles(times, n=100)[98],
        hostile_ms=hostile,
        hostile_growth=growth,
        exact=exact,
        exact_wrong=exact_wrong,
        slips=slips,
        slips_wrong=slips_wrong,
        absent_taken=f"{taken}/{ORDERS}",
        baseline_p50_ms=_baseline(
            [f"{product.name}{variant.label}" for product in sold for variant in product.variants], texts
        ),
    )


def _milliseconds(parser: Parser, text: str) -> float:
    started = time.perf_counter()
    parser.understand(text)
    return (time.perf_counter() - started) * 1000


def _corpus() -> list[str]:
    return [
        json.loads(line)["text"]
        for file in sorted(CORPUS.glob("demo-*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def _hostile(parser: Parser) -> tuple[float, float]:
    """The slowest of lines that are nothing but one trap, and how it grows with its length."""
    single = {seed: min(_milliseconds(parser, (seed * 1000)[:1000]) for _ in range(2)) for seed in HOSTILE}
    slowest = max(single, key=lambda seed: single[seed])
    double = min(_milliseconds(parser, (slowest * 2000)[:2000]) for _ in range(2))
    return single[slowest], double / single[slowest]


def _complete_sku(parser: Parser, text: str) -> str | None:
    """The SKU that would be ordered without a question, or None."""
    understood = parser.understand(text)
    if understood.intent is not Intent.ORDER or understood.problems or len(understood.lines) != 1:
        return None
    line = understood.lines[0]
    return line.sku.value if line.sku and not line.problems else None


def _judged(parser: Parser, orders: list[Order], by_product: bool) -> tuple[str, int]:
    right = wrong = 0
    for order in orders:
        ordered = _complete_sku(parser, order.text)
        if ordered is not None and ordered != order.sku_id:
            wrong += 1
        if by_product:
            lines = parser.understand(order.text).lines
            named = lines[0].product.value if lines and lines[0].product else None
            offered = lines[0].product_options[:1] if lines else ()
            right += order.product_id in (named, *offered)
        else:
            right += ordered == order.sku_id
    return (f"{right}/{len(orders)}" if orders else "-"), wrong


def _baseline(names: list[str], texts: list[str]) -> float:
    times = []
    for text in texts[:BASELINE_QUERIES]:
        started = time.perf_counter()
        process.extractOne(text, names, scorer=fuzz.WRatio)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
