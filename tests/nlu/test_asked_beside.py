"""A common question takes nothing from the order beside it, and is answered with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "sku", "topic"),
    [
        ("京东卡50来一张，再问下能用支付宝不", "jd-ecard-50", "payment"),
        ("来张天猫卡100，支持花呗吗？", "tmall-card-100", "payment"),
        ("充50话费13800138000，微信能付吗", "topup-50", "payment"),
        ("充50话费13800138000，对了可以刷卡不", "topup-50", "payment"),
        ("请问能用银联吗，充100Q币到1029384756", "qcoin-100", "payment"),
        ("给我妈充50话费13800138000，多久能到账啊", "topup-50", "arrival"),
        ("开个爱奇艺季卡 13800138000 大概几分钟到", "iqiyi-3m", "arrival"),
        ("爱奇艺季卡 13800138000，顺便问下什么时候发货", "iqiyi-3m", "arrival"),
        ("之前在你家买过，来张京东卡100，多久发货", "jd-ecard-100", "arrival"),
        ("来三张京东卡100，能开发票吗", "jd-ecard-100", "invoice"),
        ("爱奇艺季卡 13800138000，可以开票不", "iqiyi-3m", "invoice"),
        ("你们不是骗子吧？50话费 13800138000", "topup-50", "safety"),
        ("网易云年卡 13800138000 靠谱吗", "netease-music-12m", "safety"),
        ("帮我办个芒果月卡13800138000，会不会自动续费", "mgtv-1m", "usage"),
        ("买张天猫卡100，怎么用啊", "tmall-card-100", "usage"),
        ("充50话费13800138000，安全吗，多久到账，能开票不", "topup-50", "safety"),
        ("爱奇艺季卡13800138000，多久到账", "iqiyi-3m", "arrival"),
        ("网易云年卡 13800138000，半小时内能到吗", "netease-music-12m", "arrival"),
        ("优酷月卡13800138000，便宜点呗", "youku-1m", "bargain"),
        ("老客户了给个折扣，来三张京东卡100", "jd-ecard-100", "bargain"),
        ("Q币100充到1029384756，不到账可要退钱的", "qcoin-100", "refund_rule"),
        ("话费50 13800138000，万一没到能退款吗", "topup-50", "refund_rule"),
        ("芒果月卡13800138000，充不上就退我", "mgtv-1m", "refund_rule"),
        ("来张京东卡50，不是黑卡吧", "jd-ecard-50", "safety"),
        ("话费50 13800138000 不会乱扣我钱吧", "topup-50", "safety"),
        ("来张京东卡50，有优惠券吗", "jd-ecard-50", "shop"),
        ("优酷月卡13800138000，几个人能用", "youku-1m", "terms"),
        ("优酷会员一个月13800138000 只能登一台吗", "youku-1m", "terms"),
        ("给我来个优酷月卡13800138000，支持投屏吗", "youku-1m", "terms"),
        ("帮我充50话费13800138000，买错了能退吗", "topup-50", "refund_rule"),
        ("来两张京东卡100，支持退款吗", "jd-ecard-100", "refund_rule"),
        ("充50话费13800138000，要不要我提供身份证", "topup-50", "safety"),
        ("充50话费13800138000，能不能再少两块", "topup-50", "bargain"),
        ("京东卡50来一张，没货就算了", "jd-ecard-50", None),
        ("有人吗，话费50 13800138000", "topup-50", None),
    ],
)
@pytest.mark.parametrize(
    "asked", [Expectation(), Expectation(people=("老妈",))], ids=["a stranger", "a regular"]
)
def test_the_order_is_whole_and_the_question_is_kept(
    parser: Parser, text: str, sku: str, topic: str | None, asked: Expectation
) -> None:
    understood = parser.understand(text, asked)
    assert understood.intent is Intent.ORDER
    assert [line.sku.value for line in understood.lines if line.sku] == [sku]
    assert understood.topic == topic


def test_what_the_order_lacks_is_asked_all_the_same(parser: Parser) -> None:
    understood = parser.understand("20张京东卡，可以开发票吗")
    (line,) = understood.lines
    assert understood.topic == "invoice"
    assert line.product is not None
    assert line.quantity is not None
    assert line.sku is None


def test_an_answer_keeps_it_too(parser: Parser) -> None:
    asked = Expectation(asking=Slot.ACCOUNT, lines=(LineInHand(product_id="topup", sku_id="topup-50"),))
    understood = parser.understand("13812345678 能开发票不", asked)
    assert understood.lines[0].account is not None
    assert understood.topic == "invoice"


@pytest.mark.parametrize(
    "text",
    [
        "京东卡50能用支付宝买吗",
        "能用支付宝吗",
        "要是能用支付宝就来张京东卡100",
        "不能用支付宝吗，那京东卡100不要了",
        "能用支付宝吗，京东卡50怎么卖",
        "京东卡50两张，能退吗？退不了就不要了",
        "50话费充错了13800138000，能退吗",
        "京东卡100，能退吗",
        "买了两张京东卡100，可以退吗",
        "除非便宜点，充50话费13800138000",
        "充100话费到13812345678，安全吗，不安全算了",
        "京东卡50来一张，能便宜点吗，不便宜不买",
        "刚充100话费13812345678，多久到账",
        "上次京东卡50来一张，能退吗",
        "我妈让我问充100话费13812345678多久到账",
        "要是充100话费到13812345678，多久到账",
        "会员买成一年的了，能退吗",
        "网上有人卖100话费只要60，是真的吗",
        "京东卡能开发票吗",
        "话费50 13800138000没到账退钱",
        "京东卡50便宜点吗",
        "便宜点就来张京东卡100",
        "京东卡100，安全吗",
        "京东卡100两张，怎么用啊",
        "给13800138000充的50话费，什么时候到",
        "刚付了京东卡100两张的钱，能开发票吗",
        "我买的京东卡100两张，多久发货",
        "京东卡100来两张，能开发票吧，不能开就不要了",
        "京东卡100来两张，安全吗，不安全我不敢买",
    ],
)
def test_what_hangs_on_it_stays_a_question(parser: Parser, text: str) -> None:
    assert parser.understand(text).intent is not Intent.ORDER


@pytest.mark.parametrize(
    "text",
    [
        "能开发票吗，能开就来2张京东卡100",
        "京东卡100来两张，多久到账？太久就算了",
        "帮我充的话费50 13800138000，多久到账",
        "充50话费13800138000，这个号能充吗",
        "充50话费13800138000，会不会太多了",
        "充50话费13800138000，怎么还没到账",
    ],
)
def test_what_may_change_the_order_is_asked_about(parser: Parser, text: str) -> None:
    assert not all(line.sku for line in parser.understand(text).lines) or not parser.understand(text).lines
