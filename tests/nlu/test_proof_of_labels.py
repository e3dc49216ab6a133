"""Every size that is named by its label is ordered, or it is asked about."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop
from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


@pytest.mark.parametrize(
    "text",
    [
        "科目一VIP 13728391046，再来一个科目四",
        "驾考宝典科目一13728391046 科目四也要",
        "科目四VIP 13728391046 加科目一",
    ],
)
def test_of_two_labels_none_is_left_out_silently(text: str) -> None:
    frame = framer("garage").frame(text)
    assert frame["intent"] == "order"
    assert not complete(frame)


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("科目一VIP 13728391046", ["exam-1-1"]),
        ("科目一VIP 13728391046，科目四VIP 13728391046", ["exam-1-1", "exam-1-2"]),
        ("驾考宝典13728391046，不要科目一，要科目四", ["exam-1-2"]),
    ],
)
def test_labels_that_are_lines_or_taken_back_ask_nothing(text: str, skus: list[str]) -> None:
    frame = framer("garage").frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == skus


PROGRAMS = """
win | Windows 11 正版激活密钥 | 电脑软件 | none | 家庭版=1个 专业版=1个 | win11
pdf | 福昕高级PDF编辑器授权码 | 电脑软件 | none | 标准版=12月 专业版=12月 | 福昕PDF
yd | 移动话费 | 手机缴费 | phone | 50元 100元
kd | 库迪咖啡兑换码 | 吃喝玩乐 | none | 单杯=1杯 三杯装=3杯 | 库迪
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("win11专业版一个，还有福昕PDF标准版一个", [("win-专业版", 1, None), ("pdf-标准版", 1, None)]),
        ("福昕PDF标准版来两个，win11专业版一个", [("pdf-标准版", 2, None), ("win-专业版", 1, None)]),
        (
            "移动100话费充13812345678，再来一个三杯装库迪",
            [("yd-100元", 1, "13812345678"), ("kd-三杯装", 1, None)],
        ),
        ("福昕PDF专业版一个，标准版也要，win11家庭版一个", []),
    ],
)
def test_a_label_is_of_the_goods_that_it_was_said_of(text: str, lines: list[tuple[object, ...]]) -> None:
    assert bought(shop(PROGRAMS).frame(text)) == lines
