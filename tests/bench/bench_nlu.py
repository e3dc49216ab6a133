"""How fast messages are read, how often rightly, and at what cost: tables and curves, no assertion.

Each catalog is measured in a process of its own, on one core, so that memory and cold start are its
own. Times are processor time but for the cold start, so that what else the machine does counts
little. The baseline is what one would write in an afternoon: `rapidfuzz.process.extractOne` with
WRatio over the names of all SKUs; it has no way to say that something is not sold.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

from rapidfuzz import fuzz, process

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Intent
from nlu.vocabulary import ProductWords, Vocabulary
from orders.catalog_file import read_catalog
from tests.bench.curves import Axis, Line, chart
from tests.bench.made_catalog import Order, catalog_of, families_of, misspelled_families, orders_from

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
CORPUS = ROOT / "tests" / "nlu" / "corpus"
DRAWINGS = ROOT / "docs" / "bench"
SIZES = ("demo", "10000", "100000", "1000000", "families 10000", "families 1000000")
FAMILIES = "families "
"""In front of a size: names of brand, kind and server, with slips anywhere in them, half of them by sound."""
ORDERS = 400
ABSENT_PRODUCTS = 200
LENGTHS = (125, 250, 500, 1000, 2000)
HOSTILE = (
    "一", "一万", "1 ", "12 13 ", "手机1 ", "零1", "到100", "九折", "号码", "嗯1", "话费", "月卡", "第1个",
    "省市区", "138 ", "50还是", "1、", "不对，", "q币 ", "给老妈充50，",
)  # fmt: skip
BASELINE_SECONDS = 20


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
    by_length_ms: list[float]
    hostile_ms: list[float]
    """The slowest of the hostile lines, at each of LENGTHS."""
    orders: int
    exact: int
    exact_wrong: int
    slip: int
    slip_wrong: int
    slips: int
    slips_wrong: int
    absent_taken: int
    baseline_p50_ms: float
    baseline_slip: float
    """Share of the orders with one slip whose product the baseline puts first."""


def main() -> None:
    """Measure every size in a process of its own, print the table and draw the curves."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--size", help="measure this one here, and print JSON")
    arguments.add_argument("--since", type=float, help="when the process was asked for")
    arguments.add_argument("--sizes", default=",".join(SIZES), help="demo, or counts of SKUs")
    given, _ = arguments.parse_known_args()
    if given.size:
        print(json.dumps(asdict(_measured(given.size, given.since or time.time()))))
        return
    measured = []
    for size in given.sizes.split(","):
        command = [sys.executable, "-m", "tests.bench.bench_nlu", "--size", size, "--since", str(time.time())]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        measured.append(Figures(**json.loads(answer.stdout)))
    _print(measured)
    _draw([one for one in measured if one.catalog != "families"])


def _print(measured: list[Figures]) -> None:
    # Not loaded by the processes that are measured: they do not print.
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title="Reading", caption="wrong is what would have been ordered wrongly, without a question"
    )
    table.add_column("")
    for figures in measured:
        table.add_column(f"{figures.catalog} ({figures.skus:,} SKUs)", justify="right")

    def share(count: Callable[[Figures], int]) -> Callable[[Figures], str]:
        return lambda one: f"{count(one) / one.orders:.4f}" if one.orders else "-"

    rows: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("cold start to the first answer, ms", lambda one: f"{one.cold_start_ms:.0f}"),
        ("compiling the catalog, ms", lambda one: f"{one.build_ms:.0f}"),
        ("memory of the process, MB", lambda one: f"{one.memory_mb:.0f}"),
        ("one message, p50 ms", lambda one: f"{one.parse_p50_ms:.2f}"),
        ("one message, p99 ms", lambda one: f"{one.parse_p99_ms:.2f}"),
        ("worst hostile line of 1000, ms", lambda one: f"{one.hostile_ms[LENGTHS.index(1000)]:.1f}"),
        ("same, twice as long: times", lambda one: f"{one.hostile_ms[-1] / one.hostile_ms[-2]:.1f}"),
        ("orders read to the SKU", share(lambda one: one.exact)),
        ("  wrong size or product", lambda one: f"{one.exact_wrong}/{one.orders}"),
        ("one slip in the name: recall@1", share(lambda one: one.slip)),
        ("  wrong", lambda one: f"{one.slip_wrong}/{one.orders}"),
        ("two slips: recall@1", share(lambda one: one.slips)),
        ("  wrong", lambda one: f"{one.slips_wrong}/{one.orders}"),
        ("goods not sold, taken for others", lambda one: f"{one.absent_taken}/{ORDERS}"),
        ("WRatio over all names, p50 ms", lambda one: f"{one.baseline_p50_ms:.2f}"),
        ("  reading takes, of that", lambda one: f"{one.parse_p50_ms / one.baseline_p50_ms:.4f}"),
        ("  one slip: recall@1", lambda one: f"{one.baseline_slip:.2f}" if one.orders else "-"),
    )
    for name, cell in rows:
        table.add_row(name, *(cell(figures) for figures in measured))
    Console(width=130).print(table)


def _draw(measured: list[Figures]) -> None:
    """The cost against the size of the catalog and the length of the message, on logarithmic axes."""
    skus = [figures.skus for figures in measured]
    if len(measured) > 1:
        x = Axis("SKUs", min(skus), max(skus), skus, logarithmic=True)

        def line(name: str, of: Callable[[Figures], float], dashed: bool = False) -> Line:
            return Line(name, [(one.skus, of(one)) for one in measured], dashed)

        reading = (
            line("a message, p99", lambda one: one.parse_p99_ms),
            line("a message, p50", lambda one: one.parse_p50_ms),
            line("WRatio over all names, p50", lambda one: one.baseline_p50_ms, dashed=True),
        )
        _save("reading", "One message", x, "ms", reading)
        compiling = (
            line("compiling, ms", lambda one: one.build_ms),
            line("memory, MB", lambda one: one.memory_mb),
        )
        _save("compiling", "One catalog", x, "ms, MB", compiling)
    lengths = (
        Line("the worst hostile line", list(zip(LENGTHS, measured[0].hostile_ms, strict=True))),
        Line("orders one behind the other", list(zip(LENGTHS, measured[0].by_length_ms, strict=True))),
    )
    _save("length", "The length of a message", Axis("characters", 125, 2000, LENGTHS, True), "ms", lengths)


def _save(name: str, title: str, x: Axis, unit: str, lines: Sequence[Line]) -> None:
    values = [value for line in lines for _, value in line.points]
    ticks = [10.0**power for power in range(-2, 7) if min(values) / 10 < 10.0**power < max(values) * 10]
    y = Axis(unit, ticks[0], ticks[-1], ticks, logarithmic=True)
    (DRAWINGS / f"{name}.svg").write_text(chart(title, x, y, lines), encoding="utf-8")


def _measured(size: str, since: float) -> Figures:
    gc.disable()  # As the shop does while it is put together (bot/cli.py).
    lexicon = Lexicon.read(DATA)
    making = time.time()
    sold, absent = _goods(size)
    made_ms = (time.time() - making) * 1000 if size != "demo" else 0.0
    vocabulary = Vocabulary.compile(sold)
    begun = time.process_time()
    parser = Parser(vocabulary, lexicon)
    build_ms = (time.process_time() - begun) * 1000
    parser.understand("充100话费到13800138000")
    cold_start_ms = (time.time() - since) * 1000 - made_ms
    gc.freeze()
    gc.enable()
    orders = orders_from(sold, ORDERS) if size != "demo" else []
    times = [_milliseconds(parser, text) for text in [order.text for order in orders] or _corpus()]
    exact, exact_wrong = _judged(parser, orders, by_product=False)
    misspelled = misspelled_families if size.startswith(FAMILIES) else orders_from
    slip_orders = misspelled(sold, ORDERS, 3, edits=1) if orders else []
    slip, slip_wrong = _judged(parser, slip_orders, by_product=True)
    slips, slips_wrong = _judged(
        parser, misspelled(sold, ORDERS, 5, edits=2) if orders else [], by_product=True
    )
    taken = sum(_complete_sku(parser, order.text) is not None for order in orders_from(absent, ORDERS, 4))
    talk = "，".join(random.Random(7).sample(_corpus(), 200))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    baseline_p50, baseline_slip = _baseline(sold, slip_orders, _corpus())
    return Figures(
        catalog="families" if size.startswith(FAMILIES) else "made up" if orders else "demo",
        skus=sum(len(product.variants) for product in sold),
        cold_start_ms=cold_start_ms,
        build_ms=build_ms,
        memory_mb=memory_mb,
        parse_p50_ms=quantiles(times, n=100)[49],
        parse_p99_ms=quantiles(times, n=100)[98],
        by_length_ms=[min(_milliseconds(parser, talk[:length]) for _ in range(3)) for length in LENGTHS],
        hostile_ms=_hostile(parser),
        orders=len(orders),
        exact=exact,
        exact_wrong=exact_wrong,
        slip=slip,
        slip_wrong=slip_wrong,
        slips=slips,
        slips_wrong=slips_wrong,
        absent_taken=taken,
        baseline_p50_ms=baseline_p50,
        baseline_slip=baseline_slip,
    )


def _goods(size: str) -> tuple[list[ProductWords], list[ProductWords]]:
    """What is sold and what is not; of a made up catalog the last of one and the same draw are not
    sold, as like to the others as can be."""
    if size == "demo":
        return list(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")).products.values()), catalog_of(
            ORDERS, seed=9
        )
    make = families_of if size.startswith(FAMILIES) else catalog_of
    count = int(size.removeprefix(FAMILIES))
    made = make(count + ABSENT_PRODUCTS * 5)
    sold = len(made) * count // (count + ABSENT_PRODUCTS * 5)
    return made[:sold], made[-ABSENT_PRODUCTS:]


def _milliseconds(parser: Parser, text: str) -> float:
    started = time.process_time_ns()
    parser.understand(text)
    return (time.process_time_ns() - started) / 1e6


def _corpus() -> list[str]:
    return [
        json.loads(line)["text"]
        for file in sorted(CORPUS.glob("demo-*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def _hostile(parser: Parser) -> list[float]:
    """The slowest of lines that are nothing but one trap, at each length."""
    single = {seed: min(_milliseconds(parser, (seed * 1000)[:1000]) for _ in range(2)) for seed in HOSTILE}
    slowest = max(single, key=lambda seed: single[seed])
    return [min(_milliseconds(parser, (slowest * 2000)[:length]) for _ in range(2)) for length in LENGTHS]


def _complete_sku(parser: Parser, text: str) -> str | None:
    """The SKU that would be ordered without a question, or None."""
    understood = parser.understand(text)
    if understood.intent is not Intent.ORDER or understood.problems or len(understood.lines) != 1:
        return None
    line = understood.lines[0]
    return line.sku.value if line.sku and not line.problems else None


def _judged(parser: Parser, orders: list[Order], by_product: bool) -> tuple[int, int]:
    """How many were read rightly, and how many would have been ordered wrongly."""
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
    return right, wrong


def _baseline(sold: list[ProductWords], orders: list[Order], texts: list[str]) -> tuple[float, float]:
    """Its p50 in milliseconds, and how often it puts the product first; as many as there is time for."""
    owners = [product.product_id for product in sold for _ in product.variants]
    names = [f"{product.name}{variant.label}" for product in sold for variant in product.variants]
    times: list[float] = []
    right = 0
    wanted: list[tuple[str, str | None]] = [(order.text, order.product_id) for order in orders]
    for text, product_id in wanted or [(text, None) for text in texts]:
        started = time.process_time_ns()
        found = process.extractOne(text, names, scorer=fuzz.WRatio)
        times.append((time.process_time_ns() - started) / 1e6)
        right += owners[found[2]] == product_id
        if sum(times) > BASELINE_SECONDS * 1000:
            break
    return sorted(times)[len(times) // 2], right / len(times)


if __name__ == "__main__":
    main()
