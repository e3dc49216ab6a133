"""What was asked decides how a bare word is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, OfferedChoice, ProblemCode, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    catalog = read_catalog(DATA / "catalog" / "demo.csv")
    return Parser(vocabulary_of(catalog), Lexicon.read(DATA))


def offered(*pairs: tuple[str, str]) -> tuple[OfferedChoice, ...]:
    return tuple(OfferedChoice(label, means) for label, means in pairs)


CARDS = Expectation(
    Slot.VARIANT,
    offered(
        ("周卡 · 7.20元", "iqiyi-7d"),
        ("月卡 · 18元", "iqiyi-1m"),
        ("季卡 · 46.80元", "iqiyi-3m"),
        ("取消", "cancel"),
    ),
    (LineInHand(product_id="iqiyi"),),
)
REGIONS = Expectation(
    Slot.REGION,
    offered(*((name, name) for name in ("安卓QQ区", "安卓微信区", "苹果QQ区", "苹果微信区"))),
    (LineInHand(product_id="hok", sku_id="hok-680"),),
)
COINS = Expectation(
    Slot.VARIANT,
    offered(*((f"{size}Q币 · {size}元", f"qcoin-{size}") for size in (1, 5, 10, 20, 30, 50))),
    (LineInHand(product_id="qcoin"),),
)
BUY = Expectation(None, offered(("来一份", "topup-100")), (LineInHand(product_id="topup"),))
YES = Expectation(
    Slot.CONFIRM, offered(("对，下单", "confirm"), ("修改", "modify"), ("取消", "cancel")), quoted=True
)


@pytest.mark.parametrize(
    ("asked", "text", "means"),
    [
        (CARDS, "2", "iqiyi-1m"),
        (CARDS, "２", "iqiyi-1m"),
        (CARDS, "二", "iqiyi-1m"),
        (CARDS, "第二个", "iqiyi-1m"),
        (CARDS, "我要第2个吧", "iqiyi-1m"),
        (CARDS, "选3", "iqiyi-3m"),
        (CARDS, "月卡", "iqiyi-1m"),
        (CARDS, "月卡的", "iqiyi-1m"),
        (CARDS, "月卡 · 18元", "iqiyi-1m"),
        (CARDS, "就月卡吧", "iqiyi-1m"),
        (REGIONS, "安卓微信区", "安卓微信区"),
        (REGIONS, "3", "苹果QQ区"),
        (REGIONS, "最后一个", "苹果微信区"),
        (BUY, "来一份", "topup-100"),
        (BUY, "那来一份吧", "topup-100"),
        (YES, "1", "confirm"),
        (YES, "修改", "modify"),
        (COINS, "第五个", "qcoin-30"),
        (CARDS, "0", "cancel"),
        (CARDS, "返回", "cancel"),
    ],
)
def test_a_choice_is_taken_by_number_name_or_place(
    parser: Parser, asked: Expectation, text: str, means: str
) -> None:
    assert parser.understand(text, asked).chosen == means


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (CARDS, "9"),
        (CARDS, "多少钱"),
        (REGIONS, "微信区"),
        (COINS, "5"),
        (CARDS, "换成优酷月卡"),
        (YES, "算了"),
    ],
)
def test_what_is_no_choice_or_two_is_not_taken(parser: Parser, asked: Expectation, text: str) -> None:
    assert parser.understand(text, asked).chosen is None


def test_a_number_that_is_a_size_and_a_place_leaves_both_open(parser: Parser) -> None:
    line = parser.understand("5", COINS).lines[0]
    assert set(line.sku_options) == {"qcoin-5", "qcoin-30"}


@pytest.mark.parametrize(
    ("product", "text", "account"),
    [
        ("genshin", "100123456", "100123456"),
        ("qcoin", "13800138000", "13800138000"),
        ("topup", "138 0013 8000", "13800138000"),
        ("mhxy", "wanhua7788", "wanhua7788"),
        (
            "sim-card",
            "张三 13800138000 浙江省杭州市西湖区文三路1号",
            "张三 13800138000 浙江省杭州市西湖区文三路1号",
        ),
    ],
)
def test_a_bare_recipient_is_of_the_kind_that_was_asked_for(
    parser: Parser, product: str, text: str, account: str
) -> None:
    asked = Expectation(Slot.ACCOUNT, (), (LineInHand(product_id=product),))
    understood = parser.understand(text, asked)
    assert [line.account.value for line in understood.lines if line.account] == [account]
    assert not understood.lines[0].problems


@pytest.mark.parametrize("text", ["算了", "转人工", "多少钱", "在吗", "什么时候到账"])
def test_a_name_in_a_game_is_not_made_of_another_wish(parser: Parser, text: str) -> None:
    asked = Expectation(Slot.ACCOUNT, (), (LineInHand(product_id="mhxy"),))
    assert not any(line.account for line in parser.understand(text, asked).lines)


TWO = Expectation(
    lines=(
        LineInHand("youku", "youku-1m", account="13800138000"),
        LineInHand("iqiyi", "iqiyi-1m", account="13800138000"),
    ),
    quoted=True,
)


@pytest.mark.parametrize(
    ("text", "position"),
    [("不要优酷了", 0), ("去掉爱奇艺", 1), ("第二笔不要了", 1), ("把第1个删了", 0), ("优酷去掉吧", 0)],
)
def test_a_line_is_dropped_by_name_or_place(parser: Parser, text: str, position: int) -> None:
    understood = parser.understand(text, TWO)
    assert understood.intent is Intent.MODIFY
    assert [(line.position, line.dropped) for line in understood.lines] == [(position, True)]


def test_a_change_is_meant_for_the_line_that_is_named(parser: Parser) -> None:
    assert parser.understand("第二个改成季卡", TWO).lines[0].position == 1


COINS_QUOTED = Expectation(
    lines=(LineInHand("qcoin", "qcoin-100", account="12345678", quantity=1),), quoted=True
)


def test_a_count_of_goods_that_count_themselves_is_their_size(parser: Parser) -> None:
    line = parser.understand("改成200个", COINS_QUOTED).lines[0]
    assert (line.sku and line.sku.value, line.quantity) == ("qcoin-200", None)


def test_a_count_that_is_no_size_stays_a_count(parser: Parser) -> None:
    line = parser.understand("改成3个", COINS_QUOTED).lines[0]
    assert (line.sku, line.quantity and line.quantity.value) == (None, 3)


@pytest.mark.parametrize("text", ["等等", "等一下", "先别急", "等一下 打错了", "等等，写错了"])
def test_to_wait_is_not_to_cancel(parser: Parser, text: str) -> None:
    assert parser.understand(text, COINS_QUOTED).intent is Intent.DENY


@pytest.mark.parametrize("text", ["我付完了", "付了", "已经付款了"])
def test_who_says_that_he_paid_asks_whether_it_is_there(parser: Parser, text: str) -> None:
    assert parser.understand(text, COINS_QUOTED).intent is Intent.STATUS


@pytest.mark.parametrize(
    ("in_hand", "text", "product"),
    [
        ("steam-cn", "美区的50", "steam-us"),
        ("steam-cn", "50的", None),
        ("topup", "来个100的慢充", "topup-slow"),
    ],
)
def test_a_sibling_that_is_named_is_not_taken_for_what_is_in_hand(
    parser: Parser, in_hand: str, text: str, product: str | None
) -> None:
    line = parser.understand(text, Expectation(lines=(LineInHand(in_hand),))).lines[0]
    assert (line.product and line.product.value) == product


@pytest.mark.parametrize("text", ["嗯", "好", "行，就这个", "对的"])
def test_a_yes_is_no_waiting(parser: Parser, text: str) -> None:
    assert parser.understand(text, COINS_QUOTED).intent is Intent.CONFIRM


def test_another_recipient_comes_on_top(parser: Parser) -> None:
    asked = Expectation(
        lines=(LineInHand("topup", "topup-30", account="13850452136", quantity=1),), quoted=True
    )
    understood = parser.understand("15284317761也充30，一起付", asked)
    assert understood.adds
    assert [line.account and line.account.value for line in understood.lines] == ["15284317761"]


def test_three_cards_are_a_count_and_no_third_choice(parser: Parser) -> None:
    assert parser.understand("三张吧", CARDS).chosen is None


@pytest.mark.parametrize(
    "text", ["[图片]", "【语音】", "[动画表情]", "[图片][图片]", "[语音] 15秒", "[Photo]"]
)
def test_the_name_of_a_picture_is_no_text(parser: Parser, text: str) -> None:
    assert parser.understand(text).topic == "unreadable"


@pytest.mark.parametrize("text", ["[捂脸]", "[图片] 充50到13800138000", "[ok]", "[抱拳]"])
def test_what_stands_in_brackets_or_beside_them_may_be(parser: Parser, text: str) -> None:
    assert parser.understand(text).topic != "unreadable"


def test_a_number_that_came_first_gets_the_plain_top_up(parser: Parser) -> None:
    asked = Expectation(Slot.PRODUCT, (), (LineInHand(account="13800138000"),))
    (line,) = parser.understand("充100", asked).lines
    assert line.sku is not None
    assert line.sku.value == "topup-100"


def test_a_number_for_goods_that_go_to_nobody_is_no_answer(parser: Parser) -> None:
    asked = Expectation(Slot.ACCOUNT, (), (LineInHand(product_id="jd-ecard"),))
    assert all(line.account_kind != "none" for line in parser.understand("13800138000", asked).lines)


SHORT = Expectation(
    Slot.ACCOUNT,
    lines=(LineInHand(product_id="topup", sku_id="topup-30", account_begun="1391234567"),),
)


@pytest.mark.parametrize(
    "text",
    [
        "哦哦少打一个8 13912345678",
        "漏了个3 13912345678",
        "少打了一个数 13912345678",
        "不好意思少写了个5，13912345678",
        "多打了一个0，是13912345678",
        "少输了一位 13912345678",
        "打漏了一个8 13912345678",
        "中间漏打了个5 13912345678",
        "最后少了一位 13912345678",
        "13912345678 刚才掉了个2",
    ],
)
def test_the_digit_that_was_left_out_is_no_size(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, SHORT).lines
    assert line.account is not None
    assert line.account.value == "13912345678"
    assert line.sku is None
    assert line.measure is None
    assert not line.problems


@pytest.mark.parametrize(
    "text", ["少充一个20的 13912345678", "多了个50的 13912345678", "少打了个20元的 13912345678"]
)
def test_a_size_that_was_too_much_or_too_little_is_one(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, SHORT).lines
    assert line.measure is not None


LICENCE = Expectation(Slot.ACCOUNT, lines=(LineInHand(product_id="m365", sku_id="m365-personal-1y"),))


@pytest.mark.parametrize(
    "text",
    [
        "wangpeng_sz163.com",
        "wangpeng_sz.163.com",
        "wangpengqq.com",
        "12345678qq.com",
        "邮箱是wangpeng163.com",
        "wangpeng.sina.com.cn",
        "wangpenggmail.com吧",
    ],
)
def test_an_address_without_its_sign_is_a_wrong_address(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, LICENCE).lines
    assert [problem.code for problem in line.problems] == [ProblemCode.ACCOUNT_FORMAT]
    assert line.sku is None


@pytest.mark.parametrize("text", ["漏了@  wangpeng_sz@163.com", "wangpeng163.com 不对 wangpeng_sz@163.com"])
def test_the_address_that_is_put_right_counts(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, LICENCE).lines
    assert line.account is not None
    assert line.account.value == "wangpeng_sz@163.com"


TOPUP = Expectation(Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-100"),))


@pytest.mark.parametrize("text", ["好像是139的", "我记得是139", "应该是139那个", "139开头的", "139"])
def test_what_a_number_begins_with_is_no_size(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, TOPUP).lines
    assert [problem.value for problem in line.problems] == ["139"]
    assert line.problems[0].code is ProblemCode.PHONE_LENGTH


@pytest.mark.parametrize("text", ["139邮箱的", "好像是163的"])
def test_the_name_of_a_mailbox_is_no_size(parser: Parser, text: str) -> None:
    understood = parser.understand(text, LICENCE)
    assert not understood.lines
    assert understood.topic == "no_account"


def test_it_may_be_said_in_front_of_the_number(parser: Parser) -> None:
    (line,) = parser.understand("是135的 13512345678", TOPUP).lines
    assert line.account is not None
    assert not line.problems


@pytest.mark.parametrize("text", ["换成150的", "充150", "150元的"])
def test_a_size_that_is_not_sold_is_still_refused(parser: Parser, text: str) -> None:
    (line,) = parser.understand(text, TOPUP).lines
    assert [problem.slot for problem in line.problems] == [Slot.VARIANT]
