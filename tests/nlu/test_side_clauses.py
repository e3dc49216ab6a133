"""Everyday talk changes nothing of an order, wherever it stands, nor of the answer to a question."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.filling import vocabulary_of
from nlu.choices import WAY_OUT
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, OfferedChoice, Slot, Understanding
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
TABLE: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "tables" / "side_clauses.yaml").read_text(encoding="utf-8")
)
BESIDE = TABLE["beside"]
WHOLE = {
    "给13812345678充50话费，{said}": ("topup-50", "13812345678"),
    "{said}，帮我充50话费，13812345678": ("topup-50", "13812345678"),
    "京东卡100来一张，{said}": ("jd-ecard-100", None),
    "{said}，来张京东卡100": ("jd-ecard-100", None),
    "爱奇艺月卡 13812345678 {said}": ("iqiyi-1m", "13812345678"),
}
CATALOG = read_catalog(DATA / "catalog" / "demo.csv")
OUT = OfferedChoice("取消", WAY_OUT)
FOR_A_NUMBER = Expectation(Slot.ACCOUNT, (OUT,), (LineInHand("topup", "topup-50"),))
QUOTED = Expectation(
    lines=(LineInHand("topup", "topup-50", account="13812345678"),), quoted=True, open_orders=1
)
CHANGING = {Intent.CANCEL, Intent.REORDER}


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(CATALOG), Lexicon.read(DATA))


def ordered(understood: Understanding) -> list[tuple[str | None, str | None]]:
    return [
        (line.sku.value if line.sku else None, line.account.value if line.account else None)
        for line in understood.lines
        if line.quantity is None or line.quantity.value == 1
    ]


@pytest.mark.parametrize("form", WHOLE)
def test_the_order_is_as_if_it_were_not_said(parser: Parser, form: str) -> None:
    heard = {said: parser.understand(form.format(said=said)) for said in BESIDE}
    wrong = [
        said for said, one in heard.items() if one.intent is not Intent.ORDER or ordered(one) != [WHOLE[form]]
    ]
    assert not wrong


@pytest.mark.parametrize("form", ["13812345678，{said}", "{said}，13812345678"])
def test_the_answer_is_as_if_it_were_not_said(parser: Parser, form: str) -> None:
    heard = {said: parser.understand(form.format(said=said), FOR_A_NUMBER) for said in BESIDE}
    wrong = [said for said, one in heard.items() if [number for _, number in ordered(one)] != ["13812345678"]]
    assert not wrong


def test_by_itself_it_leaves_an_order_that_waits_alone(parser: Parser) -> None:
    heard = {said: parser.understand(said, QUOTED) for said in BESIDE if said not in TABLE["alone"]}
    assert not [said for said, one in heard.items() if one.intent in CHANGING or one.lines]
