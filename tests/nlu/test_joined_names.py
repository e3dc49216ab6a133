"""Names that stand side by side: two that are one, and what stands behind them."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import shop

SHOP = """
dx | 电信校园宽带(天翼) | 校园网 | phone | 一个月=1月 一学期=5月
lt | 联通校园宽带 | 校园网 | phone | 一个月=1月 一学期=5月
yd | 移动校园宽带 | 校园网 | phone | 一个月=1月 一学期=5月
net | 校园网充值(深澜/锐捷账号) | 校园网 | uid | 30元 50元
jp | 日本eSIM流量卡 不限速 | eSIM流量 | email | 3天 7天
eu | 欧洲33国eSIM流量卡 | eSIM流量 | email | 7天 15天
"""


@pytest.mark.parametrize(
    "said",
    [
        "校园宽带移动校园宽带校园网充值，来一张",
        "校园宽带移动校园宽带校园网 一个月",
        "校园宽带联通校园宽带校园网充值",
        "esim流量卡日本流量卡流量卡，来一张",
        "esim流量卡日本流量卡日本流量卡",
    ],
)
def test_three_names_in_a_row_are_asked_about(said: str) -> None:
    frame = shop(SHOP).frame(said)
    lines = frame["lines"]
    assert isinstance(lines, list)
    assert frame["missing"] or not lines
