"""Servers as players say them, and words for servers that mean none."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer, line


@pytest.mark.parametrize(
    "server",
    [
        "微信区 安卓的",
        "安卓的微信区",
        "微信区，安卓",
        "微信 安卓",
        "安卓，微信区",
        "微区的安卓",
        "微信区安卓系统",
    ],
)
def test_a_server_is_said_in_its_parts_in_any_order(server: str) -> None:
    assert line("esports", f"王者680点券 {server} QQ 938475620")["region"] == "安卓微信区"


def test_half_a_server_leaves_the_other_half_to_ask() -> None:
    frame = framer("esports").frame("王者680点券 微信区 QQ 938475620")
    assert frame["missing"] == ["region"]
    assert frame["problems"] == []


@pytest.mark.parametrize("text", ["用微信付", "微信支付", "微信付款吧", "用微信"])
def test_how_it_is_paid_is_no_server(text: str) -> None:
    frame = framer("esports").frame(text)
    assert (frame["intent"], frame["payment"]) == ("pay", "wechat")


def test_a_server_and_how_it_is_paid_stand_beside_each_other() -> None:
    frame = framer("esports").frame("铲铲680点券 微信区 QQ 938475620，用微信付")
    assert complete(frame)
    assert (frame["lines"][0]["region"], frame["payment"]) == ("微信区", "wechat")


@pytest.mark.parametrize(
    "warning",
    ["别充到微信区去了", "千万别充到微信区", "不要微信区", "别给我充到微信区里", "不要充到微信区去"],
)
def test_a_server_that_is_not_wanted_leaves_the_other(warning: str) -> None:
    frame = framer("esports").frame(f"充王者680点券，安卓QQ区，QQ 938475620，{warning}")
    assert complete(frame)
    assert frame["lines"][0]["region"] == "安卓QQ区"


@pytest.mark.parametrize(
    "text", ["lol充5000点券 qq 192837465，别充到艾欧尼亚", "王者680点券，安卓QQ区，QQ 938475620，别充了"]
)
def test_what_forbids_the_order_forbids_it(text: str) -> None:
    assert not complete(framer("esports").frame(text))
