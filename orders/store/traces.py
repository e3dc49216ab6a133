"""The trace of a price as it lies in the order's row: which rule gave what."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orders.money import Fen
from orders.pricing import PriceRule, RuleKind


def written(rules: Sequence[PriceRule]) -> str:
    rows = [
        {
            "kind": rule.kind.value,
            "name": rule.name,
            "off": rule.off_fen,
            "line": rule.line,
            "cut": rule.cut_fen,
        }
        for rule in rules
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> tuple[PriceRule, ...]:
    return tuple(
        PriceRule(RuleKind(row["kind"]), row["name"], Fen(row["off"]), row["line"], Fen(row["cut"]))
        for row in json.loads(text)
    )
