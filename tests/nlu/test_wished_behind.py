"""Whether there is any is asked, and then some is wanted: 有没有京东卡，要一张50的."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.test_corpus import complete


@pytest.mark.parametrize(
    ("text", "sku", "quantity"),
    [
        ("有没有天猫卡，来两张100的", "tmall-card-100", 2),
        ("京东卡有吗，我要500的三张", "jd-ecard-500", 3),
        ("有没有星巴克的卡？给我来一张50的", "starbucks-50", 1),
        ("有没有优酷季卡，开一个，13800112233", "youku-3m", 1),
    ],
)
def test_it_is_ordered(text: str, sku: str, quantity: int) -> None:
    frame = framer_of("demo").frame(text)
    assert complete(frame)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [(sku, quantity)]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("有没有京东卡50的", "search"),
        ("有没有京东卡，要多少钱", "price"),
        ("有没有京东卡，要是有我就买50的", "search"),
        ("有没有便宜点的京东卡，要一张50的", "search"),
        ("有没有京东卡或者天猫卡，来一张100的", "search"),
    ],
)
def test_a_question_alone_is_one(text: str, intent: str) -> None:
    assert framer_of("demo").frame(text)["intent"] == intent
