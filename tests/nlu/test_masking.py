"""What is kept of a message to learn from holds nothing that is the customer's own."""

from __future__ import annotations

import re

import pytest

from bot.filling import vocabulary_of
from nlu.examples import MASKS
from nlu.lexicon import IntentPhrases, Lexicon
from nlu.masking import HIDDEN, Masked
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog
from tests.nlu.readers import DATA, lexicon


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), lexicon())


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("帮我充100到13800138000", "帮我充{size}到{account}"),
        ("幫我充１００到１３８００１３８０００！！", "帮我充{size}到{account}"),
        ("号码一三八零零一三八零零零给我冲", "号码{account}给我冲"),
        ("给老妈的手机充50", "{contact}的手机充{size}"),
        ("我叫张三丰，还是那个号", "我叫{contact},还是那个号"),
        ("转账给李雷的支付宝", "转账给{contact}的支付宝"),
        ("把13800138000存成王小明", "把{account}存成{contact}"),
        ("卡密是ABCD-1234-XYZW", "卡密是{key}"),
        ("密码：老地方见8", "密码:{secret}"),
        ("看看http://evil.com/a?b=c", "看看{link}"),
        ("邮箱 Zhang.San@qq.com 哪去了", "邮箱 {account} 哪去了"),
        ("我的单咕噜咕噜呀？", "我的单咕噜咕噜呀?"),
    ],
)
def test_the_same_wish_of_many_people_is_one_phrase(parser: Parser, text: str, phrase: str) -> None:
    assert parser.masked(text).phrase == phrase


OWN = (
    "13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "1380013800", "138001380001",
    "一三八零零一三八零零零", "幺三八零零幺三八零零零", "11010519491231002X", "6222021234567890123", "845510293",
    "zhang.san@qq.com", "wxid_ab12cd34", "ABCD-EFGH-JKLM-NPQR", "AB12CD34EF56", "sk_live_9a8b7c6d5e",
    "hunter2025", "https://pay.example/o/abcdef123456", "北京市朝阳区建国路88号3单元",
)  # fmt: skip


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize(
    "around", ["{}", "咕噜{}咕噜", "我的{}呢", "这个 {} 怎么没动静", "充个{}到{}", "{}\n{}"]
)
def test_nothing_of_the_customers_own_is_left(parser: Parser, own: str, around: str) -> None:
    masked = parser.masked(around.replace("{}", own))
    kept = re.sub(r"\{\w+\}", " ", masked.phrase) + " ".join(masked.scraps)
    assert not re.search(r"[\d一二三四五六七八九零幺]{4}|[a-z]{4}|朝阳|建国", kept), masked


def test_people_whom_the_customer_is_known_to_speak_of_are_hidden(parser: Parser) -> None:
    assert parser.masked("小豆丁那个咕噜", names=("小豆丁",)) == Masked("{contact}那个咕噜", ("咕噜",))


def test_a_bare_answer_to_the_question_for_a_recipient_is_hidden(parser: Parser) -> None:
    asked = Expectation(Slot.ACCOUNT, (), (LineInHand(product_id="ff14"),))
    assert "剑舞" not in parser.masked("昵称 剑舞江南", asked).phrase


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31m红\x1b[0m",
        "\u202e反\u202c",
        "[bold]粗[/bold]\x07",
        "{product}\ue001咕噜",
        "咕\u0301噜\u0000",
        "a\r\n\tb\u2028c",
    ],
)
def test_what_would_act_on_a_terminal_is_taken_out(parser: Parser, text: str) -> None:
    phrase = parser.masked(text).phrase
    assert all(character.isprintable() for character in phrase), phrase
    assert "{product}" not in phrase
    assert "\ue001" not in phrase


@pytest.mark.parametrize(
    ("text", "scraps"),
    [
        ("充瓦1000点券", ("瓦",)),
        ("来个vlr 60", ("vlr",)),
        ("帮我充100到13800138000", ()),
        ("咕噜", ("咕噜",)),
    ],
)
def test_what_nobody_understood_is_told(parser: Parser, text: str, scraps: tuple[str, ...]) -> None:
    assert parser.masked(text).scraps == scraps


def test_what_only_hides_is_no_slot_of_an_example_phrase() -> None:
    assert not set(HIDDEN) & set(MASKS)


def test_a_lexicon_takes_more_phrases_and_stays_as_it_is() -> None:
    more = lexicon().with_phrases([IntentPhrases(Intent.STATUS, None, ("{product}咕噜咕噜",))])
    assert isinstance(more, Lexicon)
    assert len(more.intents) == len(lexicon().intents) + 1


def test_of_a_long_message_only_the_beginning_is_looked_at(parser: Parser) -> None:
    masked = parser.masked("咕噜" * 150 + "13800138000" * 20 + "天上的星星")
    assert "星星" not in masked.phrase
    assert not re.search(r"\d{4}", masked.phrase)
