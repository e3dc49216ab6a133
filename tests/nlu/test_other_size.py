"""A size that nobody had said is refused, and another is named: 不要年卡，就一个月."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.test_corpus import complete

PHONE = "13800112233"


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("优酷会员不要年卡，就一个月", "youku-1m"),
        ("不要年卡，太贵了，优酷会员就要季卡", "youku-3m"),
        ("不是要年卡啊，年卡用不完，就要月卡，芒果会员", "mgtv-1m"),
        ("迅雷会员不要月的，要年的", "xunlei-12m"),
        ("优酷会员要季的", "youku-3m"),
        ("芒果会员不要年卡，就来个季卡吧", "mgtv-3m"),
    ],
)
def test_the_other_is_ordered(text: str, sku: str) -> None:
    frame = framer_of("demo").frame(f"{text}，{PHONE}")
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]


@pytest.mark.parametrize(
    "text", ["优酷会员不要年卡", "优酷会员不要年卡，太贵", "优酷会员不要月卡，不对，就那个"]
)
def test_where_none_is_named_it_is_asked_for(text: str) -> None:
    assert not complete(framer_of("demo").frame(f"{text}，{PHONE}"))
