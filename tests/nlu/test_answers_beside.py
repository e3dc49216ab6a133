"""An answer is heard beside a common question, which gets its answer, too: 50的，多久到账."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Measure, OfferedChoice, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"
SIZE = Expectation(
    asking=Slot.VARIANT,
    lines=(LineInHand(product_id="kfc"),),
    choices=(OfferedChoice("50元 · 44元", "kfc-50"), OfferedChoice("100元 · 88元", "kfc-100")),
)
NUMBER = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="kfc", sku_id="kfc-50"),))
GOODS = Expectation(asking=Slot.PRODUCT, lines=(LineInHand(measure=Measure(None, None, "100")),))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("50的，多久到账", "arrival"),
        ("50的，安全吗", "safety"),
        ("要50的，支持支付宝吗", "payment"),
        ("50的吧，能便宜点吗", "bargain"),
        ("你们是不是都这么慢，50的50的", None),
    ],
)
def test_a_size_beside_a_question(parser: Parser, text: str, topic: str | None) -> None:
    understood = parser.understand(text, SIZE)
    sizes = [line.sku.value for line in understood.lines if line.sku]
    assert understood.chosen == "kfc-50" or sizes == ["kfc-50"]
    assert understood.topic == topic


@pytest.mark.parametrize(
    "text", ["15639072218 安全吗", "15639072218多久能到", "号码是15639072218，几分钟到", "靠谱吗 15639072218"]
)
def test_a_number_beside_a_question(parser: Parser, text: str) -> None:
    understood = parser.understand(text, NUMBER)
    assert [line.account.value for line in understood.lines if line.account] == ["15639072218"]
    assert understood.topic in ("arrival", "safety")


@pytest.mark.parametrize(
    "text",
    [
        "哦我没存过，15639072218",
        "以前给他充过的，15639072218",
        "上次那个号 15639072218",
        "15639072218 能便宜点吗",
        "不是上次那个号，15639072218",
    ],
)
def test_a_number_beside_talk_that_sounds_like_another_wish(parser: Parser, text: str) -> None:
    understood = parser.understand(text, NUMBER)
    assert understood.intent in (Intent.PROVIDE, Intent.MODIFY)
    assert [line.account.value for line in understood.lines if line.account] == ["15639072218"]


@pytest.mark.parametrize("text", ["上次买了什么", "上次那个号", "卡密再发我一下"])
def test_another_wish_without_a_number_is_one(parser: Parser, text: str) -> None:
    understood = parser.understand(text, NUMBER)
    assert not any(line.account for line in understood.lines)


@pytest.mark.parametrize("text", ["话费嘛，我还能充啥", "话费呗，还能有啥", "话费呀，多久到账"])
def test_goods_beside_a_question(parser: Parser, text: str) -> None:
    understood = parser.understand(text, GOODS)
    assert [line.product.value for line in understood.lines if line.product] == ["topup"]


@pytest.mark.parametrize(
    "text",
    [
        "要是50的能用两次我就要，能吗",
        "如果是100的，安全吗",
        "50的或者100的都行，多久到账",
        "50的和100的，哪个到账快",
        "50的不要，多久到账",
        "不是50的，100的多久到",
        "50的我朋友买过，靠谱吗",
    ],
)
def test_what_is_only_spoken_of_is_no_answer(parser: Parser, text: str) -> None:
    understood = parser.understand(text, SIZE)
    assert understood.chosen is None
    assert not [line for line in understood.lines if line.sku]


@pytest.mark.parametrize(
    "text", ["我朋友15639072218被骗过，安全吗", "15639072218和13800138000，都能充吗，多久到账"]
)
def test_nobody_else_gets_it(parser: Parser, text: str) -> None:
    understood = parser.understand(text, NUMBER)
    assert not [line for line in understood.lines if line.account]


def test_a_yes_to_a_quote_is_not_taken_out_of_a_question(parser: Parser) -> None:
    asked = Expectation(asking=Slot.CONFIRM, lines=NUMBER.lines, quoted=True)
    assert parser.understand("对，多久到账", asked).intent is Intent.FAQ
