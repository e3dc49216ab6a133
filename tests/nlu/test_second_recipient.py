"""Two recipients around one order: whether both are meant, or only one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

AGAINST = [
    "给15873309126充100话费 18273309126",
    "给15873309126充100话费，18273309126",
    "15873309126话费100 18273309126",
    "310527749充20Q币，310527748",
    "手机15873309126爱奇艺月卡18273309126",
    "充100话费 15873309126 18273309126",
]
BOTH = [
    "给15873309126充100话费，18273309126也充",
    "给15873309126和18273309126充100话费",
    "15873309126、18273309126话费100",
    "话费100：15873309126，18273309126",
    "15873309126 话费100\n18273309126",
]


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", AGAINST)
def test_a_number_that_nothing_joins_to_the_first_stands_against_it(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["account_conflict"]
    assert [line["account"] for line in frame["lines"]] == [None]


@pytest.mark.parametrize("text", BOTH)
def test_numbers_that_are_joined_get_a_line_each(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [line["account"] for line in frame["lines"]] == ["15873309126", "18273309126"]
    assert {line["sku"] for line in frame["lines"]} == {"topup-100"}
    assert not frame["missing"]


def test_each_number_with_a_size_of_its_own_is_a_line(framer: Framer) -> None:
    frame = framer.frame("13811110063充100话费13911110064充50话费")
    assert [line["sku"] for line in frame["lines"]] == ["topup-100", "topup-50"]


@pytest.mark.parametrize(
    "text",
    [
        "cf点2000 电信二区：qq 66120934、qq 66120936；手机13812345678充50",
        "cf点2000 电信二区 qq66120934，qq66120936。手机一三八…一二三四…五六七八 充50",
    ],
)
def test_a_recipient_of_another_kind_with_a_size_of_its_own_is_a_line_of_its_own(
    framer: Framer, text: str
) -> None:
    frame = framer.frame(text)
    lines = frame["lines"]
    assert isinstance(lines, list)
    assert [(line["sku"], line["account"]) for line in lines if isinstance(line, dict)] == [
        ("cf-2000", "66120934"),
        ("cf-2000", "66120936"),
        ("topup-50", "13812345678"),
    ]
