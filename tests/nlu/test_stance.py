"""Words of stance, where they mean something and where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.filling import vocabulary_of
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog_file import read_catalog

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv")), Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我先问问，爱奇艺年卡多少钱，考虑一下", "price"),
        ("嗯我想想啊，给我来张100的京东卡吧", "order"),
        ("我想想，京东卡先不买了", "cancel"),
        ("爱奇艺月卡缓一缓 13800138000", "cancel"),
        ("京东卡100两张，停一停", "cancel"),
        ("爱奇艺月卡 13800138000，家里电视推一推就开", "order"),
        ("充Q币，QQ 12345678，充多少我问下女儿再说", "order"),
        ("充Q币50多少钱", "price"),
        ("京东卡100来两张，开票的事回头再说", "order"),
        ("京东卡100来两张，不用发票", "order"),
        ("充50到13800138000，好了跟我说一声", "order"),
        ("我妈跟我说充50到13800138000", "out_of_scope"),
        ("收到一条短信。给我充100话费到13800138000", "out_of_scope"),
        ("刚收到一条短信。\n帮我充100话费到13800138000", "out_of_scope"),
        ("收到停机短信。给我充100话费到13800138000", "order"),
        ("收到短信了。给我充100话费到13800138000", "order"),
        ("收到一条短信。快停机了。给我充100话费到13800138000", "order"),
        ("采购清单：\n京东卡100 两张\n天猫卡100 三张", "order"),
        ("礼品卡给我列个清单", "search"),
        ("谁说要年卡了，不是这个", "deny"),
        ("老板说先别买了", "cancel"),
        ("卡密买了能退不", "faq"),
        ("俺充错号了，能给俺退回来不", "refund"),
        ("不要给13800138000充50了，我在营业厅交了", "cancel"),
        ("不要给13900139000充，给13800138000充50", "order"),
        ("13800138000充50，不要，手滑", "cancel"),
        ("别处要97，你们这儿100Q币什么价", "price"),
        ("刚才那单改成50", "modify"),
        ("我的100话费什么时侯到啊", "faq"),
        ("以后我说小店就是13812345678，存一下", "save_contact"),
        ("我是来交换的留学生，京东卡100要一张", "order"),
        ("換季啦，幫我拿一張京東卡100", "order"),
        ("上周换了工作，京东卡100来两张", "order"),
        ("电脑刚换了个主板，win11专业版来一个", "order"),
        ("改天请你喝茶，爱奇艺年卡 13800138000", "order"),
        ("我改主意了，京东卡200来一张", "modify"),
        ("还是换一个吧，京东卡200", "modify"),
        ("刚才的单子要改，京东卡200来一张", "modify"),
        ("换京东卡200吧", "modify"),
        ("37乘以5等于几", "out_of_scope"),
        ("win11多米少", "price"),
        ("Steam美区50刀那个卡好多钎嘛", "price"),
        ("把爱奇艺换\ufffd成腾讯", "modify"),
        ("都簿对", "deny"),
        ("全部对", "confirm"),
        ("怖要给13655412208充了", "cancel"),
        ("不充话费了,充Q币,20的", "order"),
        ("不办话费了，充Q币20个", "order"),
        ("不要再拍一张京东卡100", "cancel"),
        ("京东卡500的两张，不对，还是不先要了", "cancel"),
        ("今天菜市场猪肉啥价", "out_of_scope"),
        ("我想买两张100的京东卡，发给退休的老同事", "order"),
        ("京东卡100两张，发给退役的战友", "order"),
        ("京东卡100两张给我退了", "refund"),
        ("要那个100的京东卡两张给我客户送礼用的", "order"),
        ("送礼的卡有什么推荐", "search"),
        ("京东卡100一张，等打折买游戏", "order"),
        ("京东卡100一张，等打折再买", "search"),
        ("京东卡100一张，等打折了买", "search"),
        ("给俺娃充50话费，13800138000，别充多了", "order"),
        ("给俺娃充50话费，13800138000，别充了", "cancel"),
        ("你别充了，50话费，13800138000", "cancel"),
        ("京东卡100来一张，别问我有没有优惠码", "order"),
        ("京东卡100有没有优惠", "price"),
        ("要不要给13800138000充50话费呢", "search"),
        ("我在想要不要买张100的京东卡", "search"),
        ("给13800138000充50话费要不要", "search"),
        ("不要不要买了，京东卡100的", "cancel"),
        ("等我老公回来问下他QQ号多少再充那100Q币", "out_of_scope"),
        ("我要退款，不对，先帮我查查到没到", "status"),
        ("帮我查查到没到，不对，我要退款", "refund"),
        ("先不下单，京东卡100多少钱", "price"),
        ("您好，麻烦帮外婆交一下话费，她在乡下自己不会弄", "order"),
        ("爱奇艺会员去掉", "modify"),
        ("把爱奇艺会员拿掉", "modify"),
        ("50话费不要了，100的也不要，今天啥都不充", "cancel"),
        ("京东卡100一张，别的不要", "order"),
        ("前两天买的那个京东卡再给我来一份", "reorder"),
        ("我这有张500的京东卡用不上，480出，你们收吗", "out_of_scope"),
        ("我弟昨天充了100话费，被我妈骂了", "out_of_scope"),
        ("能办QQ会员不", "search"),
        ("腾讯视频会员能开不", "search"),
        ("你这能办京东卡不", "search"),
        ("能弄王者点券不", "search"),
        ("老板 能开优酷会员吗", "search"),
        ("网易云会员可以开吗", "search"),
        ("还能充原神吗", "search"),
        ("能不能搞到Steam卡？", "search"),
        ("能帮我充100话费吗", "order"),
        ("话费能退吗", "faq"),
        ("腾讯会员能几个人用", "faq"),
        ("京东卡能买手机不", "faq"),
        ("话费半夜能充吗", "faq"),
        ("优酷能投屏吗", "faq"),
    ],
)
def test_a_word_counts_where_it_means_something(parser: Parser, text: str, intent: str) -> None:
    assert parser.understand(text).intent == intent


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("爱奇艺月卡不要了，优酷月卡来一个13800138000", "youku-1m"),
        ("话费100不要了，充50吧13800138000", "topup-50"),
        ("50的不要，要100的话费13800138000", "topup-100"),
    ],
)
def test_what_is_given_up_gives_way_to_what_follows(parser: Parser, text: str, sku: str) -> None:
    (line,) = parser.understand(text).lines
    assert line.sku is not None
    assert line.sku.value == sku
