"""Shops of a few goods each, for sentences that no other catalog shows: a product is one line of text.

yd | 中国移动话费直充 | 话费 | phone | 30元 50元 | 移动充值
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.filling import vocabulary_of
from bot.frame import Framer, Json
from nlu.parser import Parser
from orders.catalog_file import catalog_from_rows
from tests.nlu.readers import lexicon
from tests.nlu.test_corpus import complete

HEADINGS = (
    "sku", "product", "name", "category", "aliases", "variant", "face_value", "unit", "list_price", "price",
    "account", "regions", "stock", "sales", "eta_minutes", "supplier", "supplier_rating", "delivery", "refund",
)  # fmt: skip
PERIODS = {"周卡": "0.25月", "月卡": "1月", "季卡": "3月", "半年卡": "6月", "年卡": "12月"}


@cache
def shop(goods: str) -> Framer:
    """`goods`: a product a line, its columns id, name, category, account, variants, aliases, regions; a
    variant is its label, and its size where the label does not say it: 个人版=12月."""
    rows = [HEADINGS, *(row for line in goods.strip().splitlines() for row in _rows(line))]
    catalog = catalog_from_rows(enumerate(rows, start=1), "goods")
    return Framer(catalog, Parser(vocabulary_of(catalog), lexicon()), 0.5)


def _rows(line: str) -> Iterator[tuple[str, ...]]:
    columns = [column.strip() for column in line.split("|")]
    product, name, category, account, variants, aliases, regions = (*columns, "", "")[:7]
    for label, face, unit in map(_variant, variants.split()):
        delivery, refund = ("card", "unused") if account == "none" else ("topup", "failed_only")
        yield (
            f"{product}-{label}", product, name, category, aliases, label, face, unit, "999", "999", account,
            regions, "99", "10", "5", "甲方", "4.8", delivery, refund,
        )  # fmt: skip


def _variant(text: str) -> tuple[str, str, str]:
    label, _, size = text.partition("=")
    found = re.fullmatch(r"([\d.]+)(\S+)", size or PERIODS.get(label, label))
    assert found is not None, text
    return label, found[1], found[2]


def bought(frame: dict[str, Json]) -> list[tuple[object, ...]]:
    """What a frame orders, as (sku, quantity, account); empty where it is no complete order."""
    lines = frame["lines"]
    assert isinstance(lines, list)
    if not complete(frame):
        return []
    return [
        (line["sku"], line["quantity"], line["account"]) for line in lines if isinstance(line, dict)
    ]  # fmt: skip
