"""Talks written from the contract alone, played through the whole shop: what they expect holds."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import assemble_sandbox
from bot.commands.talk import Stage
from orders.catalog_file import read_catalog
from orders.clock import VirtualClock
from tests.conversations.play import DATA, readers
from tests.talks.expectations import Answer, Shown, always_broken, broken

FOLDER = Path(__file__).parent
CATALOG = DATA / "catalog" / "demo.csv"
START = datetime.fromisoformat("2026-01-05T10:00:00+08:00")

FILES: Mapping[Path, list[Any]] = {
    file: json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))
}
TALKS: Mapping[str, Any] = {talk["id"]: talk for talks in FILES.values() for talk in talks}
SHOPS: Mapping[str, Path] = {
    talk["id"]: file.with_suffix(".csv")
    for file, talks in FILES.items()
    for talk in talks
    if file.with_suffix(".csv").exists()
}
"""The catalogs of talks that are not of the demo shop."""


@pytest.mark.parametrize("talk_id", TALKS)
def test_the_talk_goes_as_expected(talk_id: str) -> None:
    wrong = asyncio.run(played(TALKS[talk_id], SHOPS.get(talk_id)))
    if wrong:
        pytest.fail(f"{TALKS[talk_id]['title']}\n" + "\n".join(wrong), pytrace=False)


async def played(talk: Mapping[str, Any], shop: Path | None = None) -> list[str]:
    """Everything that did not hold, with the step at which it did not. `shop`: its catalog, if not the demo's."""
    catalog = shop or CATALOG
    products = {sku.sku_id: sku.product_id for sku in read_catalog(catalog)}
    with tempfile.TemporaryDirectory(prefix="xiadan-talk-") as folder:
        clock = VirtualClock(START)
        async with assemble_sandbox(
            database_url=f"sqlite+aiosqlite:///{folder}/shop.db",
            data=DATA,
            clock=clock,
            base_url="https://shop.example",
            catalog=catalog,
            readers=readers(),
        ) as app:
            return await _through(Stage(app, clock), talk["steps"], products)


async def _through(stage: Stage, steps: list[Any], products: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    last: dict[str, Answer] = {}
    choices: dict[int, list[Mapping[str, str]]] = {}
    payments: Counter[str] = Counter()
    news_may_come: set[str] = set()
    for at, written in enumerate(steps):
        step = _with_numbers(written["step"], last)
        expected, who = written.get("expect", {}), step["customer"]
        answer: Any = await stage.step(step)
        payments[who] += "pay" in step and "error" not in answer
        choices[at] = [choice for reply in answer["replies"] for choice in reply["choices"]]
        quiet = who not in news_may_come
        found = broken(expected, answer, Shown(choices, products))
        found += always_broken(step, expected, answer, last.get(who), payments[who], quiet)
        wrong += [f"step {at} {step}: {sentence}" for sentence in found]
        last[who] = answer
        if "wait_minutes" in step:
            news_may_come |= set(last)
        news_may_come.discard(who)
    return wrong


def _with_numbers(step: Mapping[str, Any], last: Mapping[str, Answer]) -> dict[str, Any]:
    """The step with `{order_no:c1}` filled in: the number of that customer's newest order."""

    def number(reference: re.Match[str]) -> str:
        orders = last[reference[1]]["orders"] if reference[1] in last else []
        return str(orders[-1]["order_no"]) if orders else "20200101000000"

    return {
        name: re.sub(r"\{order_no:(\w+)\}", number, value) if isinstance(value, str) else value
        for name, value in step.items()
    }
