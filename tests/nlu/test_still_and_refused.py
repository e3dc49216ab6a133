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
}
ASKED = [
    "酷优还是爱奇艺月卡 13730284465",
    "50还是100话费 13730284465",
    "京东卡或者天猫卡都行，100的",
    "优酷年卡 13730284465，不对，年卡用不完",
    "话费100 13730284465 哦不，要200，200用不完就下次",
]


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
