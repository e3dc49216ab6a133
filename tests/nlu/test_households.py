"""Bills of several houses, shops and cars: 每户200 in front of their numbers, and how many there are."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


@pytest.mark.parametrize(
    "text",
    [
        "几套出租屋的国网电费，都是浙江的，每户200：3307712045、3307712046",
        "我名下几套房子的国网电费，浙江，每套200：3307712045、3307712046",
        "浙江国网电费每家200：3307712045、3307712046",
        "浙江国网电费每间房200：3307712045、3307712046",
        "两家店的国网电费 浙江 一家200：3307712045、3307712046",
        "国网电费浙江，两户，每户200：3307712045、3307712046",
    ],
)
def test_each_house_gets_the_sum(text: str) -> None:
    frame = framer("daily").frame(text)
    assert complete(frame), frame
    lines = [(line["sku"], line["quantity"], line["account"], line["region"]) for line in frame["lines"]]
    assert lines == [("gw-200", 1, "3307712045", "浙江"), ("gw-200", 1, "3307712046", "浙江")]


@pytest.mark.parametrize(
    "text",
    [
        "国网电费浙江，三户每户200：3307712045、3307712046",
        "国网电费浙江，每户200：3307712045、3307712046，共三户",
        "国网电费浙江，每户200",
    ],
)
def test_houses_without_a_number_are_asked_for(text: str) -> None:
    assert not complete(framer("daily").frame(text))


@pytest.mark.parametrize("text", ["国网电费200户号3307712045 浙江", "浙江国网电费 200 户号 3307712045"])
def test_a_number_in_front_of_a_label_counts_no_houses(text: str) -> None:
    (line,) = framer("daily").frame(text)["lines"]
    assert (line["sku"], line["account"]) == ("gw-200", "3307712045")


@pytest.mark.parametrize("text", ["国网电费200，浙江，户号71", "国网电费200 浙江 缴费户号：330，谢谢"])
def test_a_number_too_short_for_a_house_is_a_wrong_one(text: str) -> None:
    frame = framer("daily").frame(text)
    assert [line["sku"] for line in frame["lines"]] == ["gw-200"]
    assert [problem["code"] for problem in frame["problems"]] == ["account_format"]
