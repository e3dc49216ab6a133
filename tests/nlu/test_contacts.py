"""Recipients remembered under a name: kept, renewed, forgotten, and what is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Intent
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("以后“小姨”就是15922734417，帮我记着", "小姨"),
        ("记一下，18912340987是我二舅", "二舅"),
        ("帮我保存联系人：老丈人，18804427766", "老丈人"),
        ("把QQ 88273645记成小号，下次好用", "小号"),
        ("老爸的QQ是12345678，记下来", "老爸"),
        ("记一下，阿May的邮箱是 maymay@hotmail.com", "阿may"),
    ],
)
def test_a_recipient_is_remembered_under_his_name(parser: Parser, text: str, name: str) -> None:
    understood = parser.understand(text)
    assert (understood.intent, understood.contact, understood.forgets) == (Intent.SAVE_CONTACT, name, False)
    assert understood.lines[0].account is not None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("老妈换号了，是13800138000", "老妈"),
        ("我妈换手机号了，新号13800138000", "妈"),
        ("小李换号了，新号是13800138000，存一下", "小李"),
        ("我老婆最近换了个手机号，13800138000", "老婆"),
        ("老妈的新号是13800138000", "老妈"),
        ("我媳妇号码变了，现在是13800138000", "媳妇"),
        ("老媽換號碼了，13800138000", "老妈"),
        ("阿公換咗號，13800138000", "阿公"),
    ],
)
def test_a_new_number_is_told(parser: Parser, text: str, name: str) -> None:
    understood = parser.understand(text)
    assert (understood.intent, understood.contact) == (Intent.SAVE_CONTACT, name)
    assert [line.account.value for line in understood.lines if line.account] == ["13800138000"]
    assert understood.renews == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("忘掉老妈的号码", "老妈"),
        ("把老妈的号码删了吧", "老妈"),
        ("不用记老爸的电话了", "老爸"),
        ("删除联系人小李", "小李"),
        ("帮我把二舅的号码删掉", "二舅"),
        ("我老公的号不用存了", "老公"),
        ("别再记老王的号了", "老王"),
    ],
)
def test_a_person_is_forgotten(parser: Parser, text: str, name: str) -> None:
    understood = parser.understand(text)
    assert (understood.intent, understood.contact, understood.forgets) == (Intent.SAVE_CONTACT, name, True)


@pytest.mark.parametrize(
    "text", ["我忘了老妈的号码", "老妈的号码忘了", "换号了，13800138000", "删掉第二个", "号码换了"]
)
def test_nobody_is_forgotten_or_renewed(parser: Parser, text: str) -> None:
    understood = parser.understand(text)
    assert (understood.forgets, understood.renews) == (False, None)


def test_who_has_a_new_number_gets_the_order_there(parser: Parser) -> None:
    understood = parser.understand("给老婆充50，她换号了，13700137000")
    assert (understood.intent, understood.renews) == (Intent.ORDER, "老婆")


@pytest.mark.parametrize("text", ["给这个电话充50", "给那个号码充100", "给这边充50", "给每个人充50"])
def test_what_is_pointed_at_is_nobodys_name(parser: Parser, text: str) -> None:
    assert parser.understand(text).contact is None


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("话费，老妈50，老爸100", ["topup-50", "topup-100"]),
        ("充话费：爷爷30，奶奶50", ["topup-30", "topup-50"]),
        ("话费我妈50我爸100", ["topup-50", "topup-100"]),
        ("话费 老妈充50 老爸充100 老婆那份30", ["topup-50", "topup-100", "topup-30"]),
        ("优酷，老妈月卡，老爸年卡", ["youku-1m", "youku-12m"]),
        ("京东卡，老妈100，老爸200", ["jd-ecard-100", "jd-ecard-200"]),
    ],
)
def test_everybody_gets_the_size_that_stands_behind_him(parser: Parser, text: str, sizes: list[str]) -> None:
    understood = parser.understand(text)
    assert understood.intent is Intent.ORDER
    assert [line.sku.value for line in understood.lines if line.sku] == sizes
    assert not any(line.account for line in understood.lines)


@pytest.mark.parametrize("text", ["话费，老妈50，100", "话费，50老妈，老爸100"])
def test_where_a_size_is_nobodys_it_is_asked_who_gets_what(parser: Parser, text: str) -> None:
    assert not all(line.sku for line in parser.understand(text).lines)
