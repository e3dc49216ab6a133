"""A shop that nobody has heard of, without one alias: how its customers say what they want besides its names."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.nlu.test_corpus import complete

DATA = Path(__file__).parents[2] / "data"
HEADER = (
    "sku,product,name,category,aliases,variant,face_value,unit,list_price,price,account,regions,"
    "stock,sales,eta_minutes,supplier,supplier_rating,delivery,refund"
)
GOODS = (
    ("pan", "飞梭网盘会员", "云盘", "phone", "月", {"月卡": 1, "年卡": 12}),
    ("pan-super", "飞梭网盘超级会员", "云盘", "phone", "月", {"月卡": 1, "季卡": 3, "年卡": 12}),
    ("docs-super", "石墨笔超级会员Pro版", "云盘", "phone", "月", {"月卡": 1, "年卡": 12}),
    ("date", "月老VIP会员", "交友", "phone", "月", {"月卡": 1, "季卡": 3, "年卡": 12}),
    ("date-black", "月老黑金会员", "交友", "phone", "月", {"月卡": 1, "季卡": 3}),
    ("listen", "听潮听书VIP会员", "听书", "phone", "月", {"月卡": 1, "半年卡": 6, "年卡": 12}),
    ("class", "南山网校课程卡", "学习", "none", "元", {"100元": 100, "300元": 300, "500元": 500}),
    ("taxi", "小鹿打车代金券", "出行", "phone", "元", {"10元": 10, "20元": 20, "50元": 50}),
    ("taxi-green", "青竹打车代金券", "出行", "phone", "元", {"10元": 10, "30元": 30}),
    ("bike", "轻燕单车骑行卡", "出行", "phone", "天", {"7天": 7, "30天": 30, "90天": 90}),
    ("check", "知研论文查重卡", "学习", "none", "次", {"本科版": 1, "硕博版": 2}),
    ("hello", "哈喽单车骑行卡", "出行", "phone", "天", {"30天": 30, "180天": 180}),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Framer:
    rows = [
        f"{product}-{size},{product},{name},{category},,{label},{size},{unit},100,90,{account},,"
        "99,10,5,供货,4.5,topup,failed_only"
        for product, name, category, account, unit, sizes in GOODS
        for label, size in sizes.items()
    ]
    path = tmp_path_factory.mktemp("shop") / "unheard.csv"
    path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return framer_for(path, DATA)


ORDERED = {
    # A card's period, half of it in pinyin.
    "听潮听书vip yue卡 17721560938": "listen-1",
    "飞梭网盘 年ka 17721560938": "pan-12",
    "听潮听书 bannian卡 17721560938": "listen-6",
    "月老黑金 季 ka 17721560938": "date-black-3",
    # What somebody is, where nothing that is sold is told by it.
    "想买一张南山网校300元的课程卡奖励学生": "class-300",
    "我是大三学生，南山网校课程卡500元一张": "class-500",
    # Parts of a name beside a label that is the goods' alone.
    "知研查重卡硕博版来一张": "check-2",
    "查重卡硕博版来一张": "check-2",
    "我研三，知研查重本科版一张": "check-1",
    # A tier that is named apart from its goods.
    "飞梭网盘会员年卡 13812094467 哦不是，要超级会员的年卡": "pan-super-12",
    # A tier that is not wanted, by the words behind it or in front.
    "飞梭网盘会员月卡 13812094467，超级会员用不上，普通的就够了": "pan-1",
    "飞梭网盘会员月卡 13812094467，超级会员太贵了": "pan-1",
    "飞梭网盘会员年卡，超级的就算了，13812094467": "pan-12",
    "月老黑金会员开一个月，18270065593，别给我开成普通vip了啊": "date-black-1",
    # Sizes and names around each other; a card of so many days.
    "轻燕7天骑行卡 13048816620，不对，换30天的吧还是划算": "bike-30",
    "轻燕单车七天卡整一个，13840927761": "bike-7",
    "飞梭网盘一年的超级会员13048816620": "pan-super-12",
    "轻燕骑行卡90天 13840927761": "bike-90",
    # A kind of goods that is nobody else's.
    "听书年卡 13911820473": "listen-12",
    # A month, said by its measure word alone.
    "唔該幫我開個月嘅聽潮聽書會員，電話13512968804": "listen-1",
    "听潮听书续个月先，13512968804": "listen-1",
    # What was bought before and is used up, and what some other day may bring.
    "上个月买的南山网校课程卡300的用完了，500的来一张，别再跟我推荐别的课了": "class-500",
    "听潮听书月卡先听听看，号码是18338804751，好听的话下次再买长的": "listen-1",
    "上次在你家买的飞梭网盘挺好用，帮我表妹也开一个，超级会员一年的那种，她电话13427806615": "pan-super-12",
    # Another size that is forbidden, and what went wrong another time.
    "南山网校课程卡300元一张，别给我100的啊": "class-300",
    "听潮听书年卡，17721560938，别再给我推月卡了": "listen-12",
    "小鹿打车券20，13602285541，上次别家就弄错了": "taxi-20",
    "小鹿打车券50，13602285541，不对，充20，她花不了多少": "taxi-20",
    # No condition, and no wish to be shown anything.
    "南山网校课程卡我只要100元的一张就够了": "class-100",
    "南山网校课程卡300元来一张，不用推荐别的": "class-300",
}
ASKED = [
    "听潮听书vip ka 17721560938",
    "听潮听书 yueka nianka 17721560938",
    "南山网校课程卡学生版500元",
    "南山网校课程卡，要学生的，500元一张",
    "飞梭网盘会员月卡 13812094467 哦不是，要黑金会员的月卡",
    "飞梭网盘超级会员月卡 13812094467，超级会员太贵了",
    "飞梭网盘会员月卡 13812094467，普通的用不上",
    "月老会员开一个月，18270065593，别给我开成普通vip了啊",
    "月老黑金会员开一个月，18270065593，别给我开成黑金vip了啊",
    "网盘年卡 13911820473",
    "老王听书年卡 13911820473",
    "听书三年 13911820473",
    "7天骑行卡和30天骑行卡 13048816620",
    "飞梭网盘月卡超级会员年卡13048816620",
    "飞梭网盘月卡 超级会员年卡13048816620",
    "听潮听书会员，过个年吧，13512968804",
    "听潮听书会员，用了好几个月会员，13512968804",
    "听潮听书月卡，号码是18338804751，下次再买",
    "听潮听书月卡，好听的话下次再买",
    "南山网校课程卡300用完了，500的来一张",
    "飞梭网盘会员年卡13427806615，我表妹也开一个",
    "南山网校课程卡只要300元就买一张",
    "南山网校课程卡300元，要不要推荐一下别的",
    "给两个同事买300的南山网校课程卡",
    "把听潮听书年卡列一下",
    "南山网校课程卡300元一张，别给我300的",
    "别给我100的南山网校课程卡",
    "南山网校课程卡300元一张，别给我拆成100的",
    "小鹿打车券20，13602285541，刚才弄错了",
    "小鹿打车券20，13602285541，要不了多少钱吧",
]


@pytest.mark.parametrize("text", ORDERED)
def test_it_is_ordered_as_it_was_said(shop: Framer, text: str) -> None:
    frame = shop.frame(text)
    assert [line["sku"] for line in frame["lines"]] == [ORDERED[text]]
    assert complete(frame)


SEVERAL = {
    "给两个司机充打车券，都是小鹿20的：13602285541、13922718063": [
        ("taxi-20", "13602285541"),
        ("taxi-20", "13922718063"),
    ],
    "本周进货单\n南山网校课程卡300元 2张\n南山网校课程卡500元 1张": [
        ("class-300", None),
        ("class-500", None),
    ],
    "要的列一下：\n1. 小鹿打车券20元 13911604428\n2. 听潮听书月卡 13508826614": [
        ("taxi-20", "13911604428"),
        ("listen-1", "13508826614"),
    ],
}


@pytest.mark.parametrize("text", SEVERAL)
def test_each_of_several_has_its_line(shop: Framer, text: str) -> None:
    frame = shop.frame(text)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == SEVERAL[text]
    assert complete(frame)


@pytest.mark.parametrize("text", ["打车券10元的，13775590428", "充张打车券 13775590428"])
def test_a_kind_of_goods_offers_those_that_are_for_it(shop: Framer, text: str) -> None:
    frame = shop.frame(text)
    assert set(frame["candidates"]) == {"taxi", "taxi-green"}
    assert frame["missing"] == ["product"]


def test_a_greeting_is_no_product_of_that_number(shop: Framer) -> None:
    (line,) = shop.frame("Hello，我要南山网校课程卡100元一张")["lines"]
    assert line["sku"] == "class-100"


@pytest.mark.parametrize("text", ASKED)
def test_what_is_like_it_and_says_less_is_asked_about(shop: Framer, text: str) -> None:
    assert not complete(shop.frame(text))
