"""A shop that sells mail: 邮箱, 网易邮箱 and gmail beside an address only say whose it is, where other goods are named."""

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
MONTHS = {"月卡": 1, "年卡": 12}
GOODS = (
    ("m163", "网易邮箱VIP会员", "邮箱", "163邮箱会员", "email", "月", MONTHS),
    ("qqm", "QQ邮箱会员", "邮箱", "", "qq", "月", MONTHS),
    ("gmail", "Gmail邮箱账号", "邮箱", "谷歌邮箱", "none", "个", {"新号": 1, "三年老号": 1}),
    ("outlook", "Outlook邮箱", "邮箱", "微软邮箱", "none", "个", {"普通号": 1}),
    ("icloud", "iCloud储存空间", "云", "", "email", "GB", {"50G": 50, "200G": 200}),
    ("spotify", "Spotify会员", "影音", "声田", "email", "月", MONTHS),
    ("notion", "Notion Plus订阅", "办公", "", "email", "月", {"1年": 12}),
    ("jd", "京东E卡", "卡券", "京东卡", "none", "元", {"100元": 100}),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Framer:
    rows = [
        f"{product}-{label},{product},{name},{category},{aliases},{label},{size},{unit},{10 * size + at},9,{account},,"
        "99,10,5,供货,4.5,topup,failed_only"
        for product, name, category, aliases, account, unit, sizes in GOODS
        for at, (label, size) in enumerate(sizes.items())
    ]
    path = tmp_path_factory.mktemp("shop") / "mail.csv"
    path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return framer_for(path, DATA)


def ordered(shop: Framer, text: str) -> list[str]:
    frame = shop.frame(text)
    assert complete(frame), frame
    return [" ".join(filter(None, (line["sku"], line["account"]))) for line in frame["lines"]]


WHOSE_MAIL = {
    "声田会员一个月，邮箱 linda.zhou88@gmail.com": "spotify-月卡 linda.zhou88@gmail.com",
    "声田会员一个月 QQ邮箱 12345678@qq.com": "spotify-月卡 12345678@qq.com",
    "开一年spotify，我的QQ邮箱是12345678@qq.com": "spotify-年卡 12345678@qq.com",
    "notion一年，网易邮箱 abc_d@163.com": "notion-1年 abc_d@163.com",
    "notion一年 163邮箱abc_d@163.com": "notion-1年 abc_d@163.com",
    "Notion plus一年，谷歌邮箱：abc.d@gmail.com": "notion-1年 abc.d@gmail.com",
    "Notion plus一年，gmail: abc.d@gmail.com": "notion-1年 abc.d@gmail.com",
    "iCloud 200G，账号是outlook邮箱 abc.d@outlook.com": "icloud-200G abc.d@outlook.com",
    "spotify一年，企业邮箱 it@corp.cn": "spotify-年卡 it@corp.cn",
    "spotify开1个月，用户名就是邮箱 lili@outlook.com": "spotify-月卡 lili@outlook.com",
    "给我的邮箱lili@163.com开个spotify一个月": "spotify-月卡 lili@163.com",
    "spotify 1个月 lili@163.com 这是我邮箱": "spotify-月卡 lili@163.com",
    "spotify 1个月，lili@163.com（网易邮箱）": "spotify-月卡 lili@163.com",
    "spotify一年，发到我163邮箱lili@163.com": "spotify-年卡 lili@163.com",
    "spotify一年，邮箱用lili@163.com这个": "spotify-年卡 lili@163.com",
    "京东卡100一张，发到我邮箱lili@163.com": "jd-100元",
}


@pytest.mark.parametrize(("text", "line"), WHOSE_MAIL.items())
def test_a_word_beside_an_address_that_says_whose_it_is_names_no_goods(
    shop: Framer, text: str, line: str
) -> None:
    assert ordered(shop, text) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("给网易邮箱VIP续一年，邮箱地址是x12@163.com", "m163-年卡 x12@163.com"),
        ("网易邮箱 x12@163.com 续一年", "m163-年卡 x12@163.com"),
        ("163邮箱会员续一个月，邮箱x12@163.com", "m163-月卡 x12@163.com"),
        ("我的163邮箱x12@163.com续个年卡会员", "m163-年卡 x12@163.com"),
        ("给这个网易邮箱 x12@163.com 开一年VIP", "m163-年卡 x12@163.com"),
        ("QQ邮箱会员年卡，QQ 12345678", "qqm-年卡 12345678"),
        ("给我QQ邮箱12345678@qq.com续个会员一年", "qqm-年卡 12345678"),
        ("谷歌邮箱新号来一个", "gmail-新号"),
        ("微软邮箱一个", "outlook-普通号"),
    ],
)
def test_mail_is_ordered_where_nothing_else_is_named(shop: Framer, text: str, line: str) -> None:
    assert ordered(shop, text) == [line]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "声田一个月 lili@163.com，网易邮箱 lulu@163.com 也续一个月",
            ["spotify-月卡 lili@163.com", "m163-月卡 lulu@163.com"],
        ),
        (
            "网易邮箱VIP一年 邮箱x12@163.com，再来个声田一个月 邮箱 y12@gmail.com",
            ["m163-年卡 x12@163.com", "spotify-月卡 y12@gmail.com"],
        ),
        (
            "声田和网易邮箱各一个月 lili@163.com",
            ["spotify-月卡 lili@163.com", "m163-月卡 lili@163.com"],
        ),
        (
            "帮两个邮箱开spotify一个月：a1b2@163.com、lili@qq.com",
            ["spotify-月卡 a1b2@163.com", "spotify-月卡 lili@qq.com"],
        ),
        ("京东卡100一张，微软邮箱一个", ["jd-100元", "outlook-普通号"]),
    ],
)
def test_mail_with_a_size_of_its_own_is_ordered_beside_other_goods(
    shop: Framer, text: str, lines: list[str]
) -> None:
    assert ordered(shop, text) == lines


@pytest.mark.parametrize(
    "text",
    [
        "开一个月 邮箱 lili@163.com",
        "声田一个月和网易邮箱 lili@163.com",
        "声田一个月 lili@163.com，顺便谷歌邮箱",
        "声田一个月，lili@163.com，邮箱新号来俩",
        "声田会员一个月，邮箱是linda@@gmail",
        "声田会员一个月，邮箱晚点给你",
        "声田一个月，网易邮箱lili@163.com，还是QQ邮箱lili@qq.com",
    ],
)
def test_what_of_the_mail_is_wanted_is_asked_where_it_is_not_said(shop: Framer, text: str) -> None:
    assert not complete(shop.frame(text))


def test_an_address_that_comes_later_is_missing_and_no_goods(shop: Framer) -> None:
    frame = shop.frame("notion一年，邮箱等会给")
    assert ([line["sku"] for line in frame["lines"]], frame["missing"]) == (["notion-1年"], ["account"])
