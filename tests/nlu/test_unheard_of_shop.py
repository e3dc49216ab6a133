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
    ("movie", "银幕光影电影券", "出行", "none", "张", {"单张": 1}),
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
    # A tier that is named apart from its goods.
    "飞梭网盘会员年卡 13812094467 哦不是，要超级会员的年卡": "pan-super-12",
}
ASKED = [
    "听潮听书vip ka 17721560938",
    "听潮听书 yueka nianka 17721560938",
    "南山网校课程卡学生版500元",
    "南山网校课程卡，要学生的，500元一张",
    "飞梭网盘会员月卡 13812094467 哦不是，要黑金会员的月卡",
]


@pytest.mark.parametrize("text", ORDERED)
def test_it_is_ordered_as_it_was_said(shop: Framer, text: str) -> None:
    frame = shop.frame(text)
    assert [line["sku"] for line in frame["lines"]] == [ORDERED[text]]
    assert complete(frame)


@pytest.mark.parametrize("text", ASKED)
def test_what_is_like_it_and_says_less_is_asked_about(shop: Framer, text: str) -> None:
    assert not complete(shop.frame(text))
