"""Where the credit of every carrier is a product, the number tells which is meant; who named one is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.credit import Credit
from bot.filling import Filler, vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, LineInHand
from orders.catalog_file import read_catalog
from orders.draft import Draft, DraftLine

DATA = Path(__file__).resolve().parents[2] / "data"
SHOP = Path(__file__).resolve().parents[1] / "talks" / "carriers.csv"
MOBILE = DraftLine(product_id="cm-fee", sku_id="cm-50", account="13588067734")


@pytest.fixture(scope="module")
def filler() -> Filler:
    catalog = read_catalog(SHOP)
    return Filler(catalog, Parser(vocabulary_of(catalog), Lexicon.read(DATA)), 0.9)


def test_another_carriers_number_takes_its_own_credit_of_that_size(filler: Filler) -> None:
    line = filler.sent_to(MOBILE, "18157240936")
    assert (line.product_id, line.sku_id, line.account) == ("ct-fee", "ct-50", "18157240936")


def test_who_named_the_carrier_is_asked(filler: Filler) -> None:
    line = filler.sent_to(replace(MOBILE, carrier_named=True, account=None), "18157240936")
    assert line.account is None
    assert [problem.code for problem in line.problems] == ["account_conflict"]


def test_the_same_number_said_again_contradicts_again(filler: Filler) -> None:
    line = replace(MOBILE, carrier_named=True, account=None)
    for _ in range(2):
        line = filler.sent_to(line, "18157240936")
        assert line.account is None
        assert [problem.code for problem in line.problems] == ["account_conflict"]


def test_a_size_that_the_other_carrier_does_not_sell_is_asked(filler: Filler) -> None:
    line = filler.sent_to(replace(MOBILE, sku_id="cm-20"), "18157240936")
    assert line.product_id == "ct-fee"
    assert line.sku_id is None


def test_open_goods_are_settled_by_the_number(filler: Filler) -> None:
    line = DraftLine(product_options=("cm-fee", "cu-fee", "ct-fee"), measure_text="100")
    assert filler.sent_to(line, "18157240936").product_id == "ct-fee"


def test_other_goods_stay_what_they_are(filler: Filler) -> None:
    line = DraftLine(product_id="wuwa", sku_id="wuwa-month")
    assert filler.sent_to(line, "112904857") == replace(line, account="112904857")


@pytest.mark.parametrize(("text", "named"), [("充移动50话费", True), ("充50话费", False)])
def test_naming_the_carrier_is_kept(filler: Filler, text: str, named: bool) -> None:
    parser = Parser(vocabulary_of(read_catalog(SHOP)), Lexicon.read(DATA))
    filled = filler.filled(Draft(), parser.understand(f"{text}13588067734")).draft
    assert [line.carrier_named for line in filled.lines] == [named]


def test_a_corrected_number_of_another_carrier_is_charged(filler: Filler) -> None:
    parser = Parser(vocabulary_of(read_catalog(SHOP)), Lexicon.read(DATA))
    asked = Expectation(
        lines=(LineInHand("cm-fee", "cm-50", account="13588067734", quantity=1),), quoted=True
    )
    corrected = parser.understand("号码错了，是18157240936", asked)
    (line,) = filler.filled(Draft((MOBILE,)), corrected).draft.lines
    assert (line.sku_id, line.account, line.problems) == ("ct-50", "18157240936", ())


def test_no_number_is_refused_where_one_credit_is_for_all() -> None:
    catalog = read_catalog(DATA / "catalog" / "demo.csv")
    credit = Credit(catalog, Parser(vocabulary_of(catalog), Lexicon.read(DATA)))
    line = DraftLine(product_id="topup", sku_id="topup-50")
    assert credit.for_number(line, "18157240936") == line
