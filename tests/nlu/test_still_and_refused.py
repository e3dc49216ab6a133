"""Words that look like a choice or a correction and are none, and sizes that were given up for a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

ORDERED = {
    "话费慢充50，后天到都行，13327718046": ("topup-slow-50", "13327718046"),
    "今天还是100元话费，号码换一个：13730284465，谢谢您": ("topup-100", "13730284465"),
    "这次还是100元话费13730284465": ("topup-100", "13730284465"),
    "来张星巴克100的 啊不 100拿不出手 要200的": ("starbucks-200", None),
    "大会员年卡 15700338264 更正：要季卡，年卡买不起哈哈": ("bilibili-3m", "15700338264"),
    "话费100，改成50，100舍不得，13730284465": ("topup-50", "13730284465"),
    "我要微软365家庭版，邮箱是 linfang1987@outlook.com，家里四口人都要用": (
        "m365-family-1y",
        "linfang1987@outlook.com",
    ),
    "唉算了还是要吧 爱奇艺季卡 13730284465": ("iqiyi-3m", "13730284465"),
    "还是给我开吧，B站季卡 13730284465": ("bilibili-3m", "13730284465"),
    "想了想还是买吧 100话费13730284465": ("topup-100", "13730284465"),
    "还是给我来一张吧，京东卡100": ("jd-ecard-100", None),
    "我又想要了 优酷月卡13730284465": ("youku-1m", "13730284465"),
    "又想开了，腾讯视频月卡13730284465": ("tencent-video-1m", "13730284465"),
    "还是下单吧 芒果TV月卡 13730284465": ("mgtv-1m", "13730284465"),
    "重新下 爱奇艺季卡 13730284465": ("iqiyi-3m", "13730284465"),
    "重新帮我下个单，100话费13730284465": ("topup-100", "13730284465"),
    "重新来一份吧 50Q币 QQ 1029384756": ("qcoin-50", "1029384756"),
    "那再买个100Q币 还是1029384756": ("qcoin-100", "1029384756"),
    "再来50Q币，还是这个号1029384756": ("qcoin-50", "1029384756"),
    "再充50Q币 还是充1029384756": ("qcoin-50", "1029384756"),
    "50Q币还是原来那个QQ 1029384756": ("qcoin-50", "1029384756"),
    "充100 还是13730284465": ("topup-100", "13730284465"),
}
ASKED = [
    "酷优还是爱奇艺月卡 13730284465",
    "50还是100话费 13730284465",
    "京东卡或者天猫卡都行，100的",
    "优酷年卡 13730284465，不对，年卡用不完",
    "话费100 13730284465 哦不，要200，200用不完就下次",
    "还是充了，100话费13730284465",
    "又买了 100话费13730284465",
    "重新充了 100话费13730284465",
    "还是贵 100话费13730284465",
    "100话费13730284465还是13817204466",
    "100Q币还是1029384756还是2029384756",
    "给我妈还是13730284465充100",
    "100Q币还是话费13730284465",
    "100话费13730284465 试试",
    "话费100 13730284465试试",
    "steam国区100两张 测试",
    "京东卡100来两张试试算了",
]
REFUSED = [
    "还是不要了 100话费13730284465",
    "还是先不买 100话费13730284465",
    "100话费13730284465 还是再看看吧",
    "京东卡100来两张 算了",
]
TRIED = {
    "那steam国区100的先来2张试试": ("steam-cn-100", 2),
    "天猫卡200先拿一张试试看": ("tmall-card-200", 1),
    "买一张100京东卡试试吧": ("jd-ecard-100", 1),
    "要一张京东卡100的先试试": ("jd-ecard-100", 1),
    "Q币来10个先试一下 QQ1029384756": ("qcoin-10", 1),
    "先开一个月试试，爱奇艺 13730284465": ("iqiyi-1m", 1),
    "京东卡100来两张体验一下": ("jd-ecard-100", 2),
}


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ORDERED)
def test_it_is_ordered_as_it_was_said(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [ORDERED[text]]
    assert not frame["missing"]


@pytest.mark.parametrize("text", ASKED)
def test_what_was_left_open_is_asked_about(framer: Framer, text: str) -> None:
    assert framer.frame(text)["missing"]


def test_a_kind_of_goods_over_a_list_is_no_brand_that_is_not_sold(framer: Framer) -> None:
    frame = framer.frame("工会发电影会员，爱奇艺月卡：\n13817204466\n13918830275")
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [
        ("iqiyi-1m", "13817204466"),
        ("iqiyi-1m", "13918830275"),
    ]
    assert not frame["missing"]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_given_up_after_all_is_not_ordered(framer: Framer, text: str) -> None:
    assert not framer.frame(text)["lines"]


@pytest.mark.parametrize("text", TRIED)
def test_goods_that_are_asked_for_to_try_them_are_ordered(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [TRIED[text]]
    assert not frame["missing"]
