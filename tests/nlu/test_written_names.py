"""A name as one product is written means that one, whatever else it may be another way to write."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import shop

BOTH = """
hz | QQ黄钻贵族 | QQ业务 | qq | 月卡 季卡 | 黄钻
hhz | QQ空间豪华黄钻 | QQ业务 | qq | 月卡 季卡 | 豪华黄钻
"""
ONE = "hhz | QQ空间豪华黄钻 | QQ业务 | qq | 月卡 季卡 | 豪华黄钻"


@pytest.mark.parametrize(
    ("goods", "text", "product"),
    [
        (BOTH, "黄钻月卡 3344556677", "hz"),
        (BOTH, "豪华黄钻季卡 3344556677", "hhz"),
        (ONE, "黄钻月卡 3344556677", "hhz"),
    ],
)
def test_it_means_the_one_that_is_called_so(goods: str, text: str, product: str) -> None:
    (line,) = shop(goods).frame(text)["lines"]
    assert line["product"] == product
