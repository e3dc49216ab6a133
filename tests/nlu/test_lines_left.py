"""What is left of an order of two lines: no line that was taken away is sold, and none is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Understanding
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"

CARDS = Expectation(
    lines=(
        LineInHand(product_id="jd-ecard", sku_id="jd-ecard-50", quantity=2),
        LineInHand(product_id="tmall-card", sku_id="tmall-card-100", quantity=1),
    ),
    quoted=True,
    open_orders=1,
)
PHONES = Expectation(
    lines=(
        LineInHand(product_id="topup", sku_id="topup-50", account="13890247716", quantity=1),
        LineInHand(product_id="topup", sku_id="topup-50", account="15185530249", quantity=1),
    ),
    quoted=True,
    open_orders=1,
)


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


def told(understood: Understanding) -> list[str]:
    """Each line as `-1` (the second one goes), `0 ×3`, `0 jd-ecard-100`, `+ starbucks-100`."""
    rows = []
    for line in understood.lines:
        place = "+" if line.position is None else str(line.position)
        sku = line.sku.value if line.sku else line.sku_options[0] if len(line.sku_options) == 1 else None
        size = line.measure.value.text if line.measure and sku is None else sku
        count = f"×{line.quantity.value}" if line.quantity else None
        account = line.account.value if line.account else None
        row = " ".join(filter(None, (place, size, count, account)))
        rows.append(f"-{place}" if line.dropped else row)
    return rows


@pytest.mark.parametrize(
    ("asked", "text", "lines"),
    [
        (CARDS, "天猫卡不要了，京东的3张就好", ["-1", "0 ×3"]),
        (CARDS, "老板说天猫卡去掉 只要京东那5张", ["-1", "0 ×5"]),
        (CARDS, "老婆说不要天猫卡了，只要京东的", ["-1"]),
        (CARDS, "只要京东卡1张", ["-1", "0 ×1"]),
        (CARDS, "天猫卡先别要了，京东的先付", ["-1"]),
        (CARDS, "只要100的", ["-0"]),
        (CARDS, "100的不要了，50的改三张", ["-1", "0 ×3"]),
        (CARDS, "天猫卡不要了，京东卡要100的", ["-1", "0 jd-ecard-100"]),
        (CARDS, "天猫卡不要了，京东卡换成100的，谢谢", ["-1", "0 jd-ecard-100"]),
        (CARDS, "京东卡不要了天猫卡改成3张", ["-0", "1 ×3"]),
        (CARDS, "天猫卡不要了，再加一张星巴克100的", ["-1", "+ starbucks-100 ×1"]),
        (CARDS, "天猫卡不要了，再加一张京东卡100的", ["-1", "+ jd-ecard-100 ×1"]),
        (PHONES, "138那个不充了", ["-0"]),
        (PHONES, "尾号0249的不要了", ["-1"]),
        (PHONES, "室友说他不用充了 15185530249的去掉", ["-1"]),
        (PHONES, "第二个号不要了，第一个改成100", ["-1", "0 100"]),
        (PHONES, "我妈说后面那个不用充了 前面的充100", ["-1", "0 100"]),
        (PHONES, "只充第一个，改成30", ["-1", "0 30"]),
        (PHONES, "第一个号码不要了，换成13712345678", ["0 13712345678"]),
        (PHONES, "把15185530249换成13712345678", ["1 13712345678"]),
        (PHONES, "13890247716改成13712345678吧", ["0 13712345678"]),
        (PHONES, "尾号0249换成13712345678", ["1 13712345678"]),
    ],
)
def test_what_is_left_is_what_was_said(
    parser: Parser, asked: Expectation, text: str, lines: list[str]
) -> None:
    understood = parser.understand(text, asked)
    assert understood.intent is Intent.MODIFY
    assert told(understood) == lines


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (CARDS, "天猫卡不要了，等我女儿回来问问"),
        (CARDS, "天猫卡不要了，天猫卡来3张"),
        (CARDS, "天猫卡不要了，京东卡80的"),
        (PHONES, "第一个号码不要了，换成13712345678，充100"),
        (PHONES, "第三个不要了"),
    ],
)
def test_what_is_half_understood_changes_nothing(parser: Parser, asked: Expectation, text: str) -> None:
    understood = parser.understand(text, asked)
    assert understood.intent is Intent.MODIFY
    assert told(understood) == [] or understood.problems


@pytest.mark.parametrize("text", ["都不要了", "取消这个订单", "这个订单取消", "不充了", "取消吧"])
def test_all_of_it_is_called_off(parser: Parser, text: str) -> None:
    assert parser.understand(text, PHONES).intent is Intent.CANCEL


NAMED = replace(PHONES, lines=(replace(PHONES.lines[0], contact="老爸"), PHONES.lines[1]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("15185530249那个不要了 她自己买了", ["-1"]),
        ("第一个不用充了，他说他还有话费", ["-0"]),
        ("他自己交过了，0249的去掉吧", ["-1"]),
        ("我妈自己充了 后面那个不要了", ["-1"]),
        ("我爸那个不要了", ["-0"]),
        ("爸爸的也不要了，他已经充了", ["-0"]),
        ("尾号0249那个就不要了", ["-1"]),
    ],
)
def test_a_reason_beside_it_changes_nothing_else(parser: Parser, text: str, lines: list[str]) -> None:
    assert told(parser.understand(text, NAMED)) == lines


@pytest.mark.parametrize(
    "text",
    [
        "15185530249那个不要了 她也要充",
        "15185530249那个不要了 她说还是要",
        "15185530249那个不要了 我买了三张",
        "她自己买了",
        "我妈那个不要了",
    ],
)
def test_what_may_mean_more_takes_no_line_away(parser: Parser, text: str) -> None:
    understood = parser.understand(text, NAMED)
    assert understood.intent is not Intent.CANCEL
    assert understood.lines == ()


@pytest.mark.parametrize("text", ["尾号0618那个不要了", "0618的不要", "13900001111那个去掉"])
def test_a_number_that_no_line_has_takes_none_away(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, PHONES).lines
    assert (line.dropped, line.position) == (True, None)
