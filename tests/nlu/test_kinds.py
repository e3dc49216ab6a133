"""Another kind of thing of a brand that is sold here is not what is sold here."""

from __future__ import annotations

import pytest

from bot.frame import Framer
from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


@pytest.fixture(scope="module")
def demo() -> Framer:
    return framer("../../../data/catalog/demo")


@pytest.mark.parametrize(
    "text",
    [
        "优酷少儿会员月卡13800138000",
        "知乎音乐会员月卡13800138000",
        "B站漫画大会员月卡13800138000",
        "网易云阅读会员季卡13800138000",
        "QQ音乐听书会员月卡QQ12345678",
        "爱奇艺体育会员一年13800138000",
        "13800138000开个芒果TV少儿会员，月卡",
    ],
)
def test_another_kind_of_the_brand_is_asked_about(demo: Framer, text: str) -> None:
    frame = demo.frame(text)
    assert frame["intent"] == "order"
    assert not complete(frame)


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("优酷视频月卡13800138000", "youku-1m"),
        ("喜马拉雅听书会员月卡13800138000", "ximalaya-1m"),
        ("B站番剧大会员月卡13800138000", "bilibili-1m"),
        ("迅雷超级会员月卡13800138000，看视频用", "xunlei-1m"),
        ("爱奇艺会员月卡13800138000，周末一家子看电影", "iqiyi-1m"),
    ],
)
def test_the_kind_that_the_goods_are_asks_nothing(demo: Framer, text: str, sku: str) -> None:
    frame = demo.frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku]
