"""Credit of several carriers: the number says whose is meant, and of nobody's number it is asked."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

MOBILE, UNICOM, TELECOM, VIRTUAL, BROADCAST = (
    "13829405716",
    "18603927458",
    "17384620195",
    "17012345678",
    "19212345678",
)
IN_NAMES = """
yd | 中国移动话费直充 | 话费 | phone | 50元 100元 300元
lt | 中国联通话费直充 | 话费 | phone | 50元 100元
dx | 中国电信话费直充 | 话费 | phone | 50元 100元
slow | 三网话费慢充(72小时内) | 话费 | phone | 50元 100元 500元 | 慢充话费
flow | 中国移动5G流量包 | 流量 | phone | 10GB 30GB
line | 联通宽带充值 | 宽带 | phone | 50元 100元
"""
IN_ALIASES = """
yd | A网手机充值 | 充值 | phone | 50元 100元 300元 | 移动话费
lt | B网手机充值 | 充值 | phone | 50元 100元 | 联通话费
dx | C网手机充值 | 充值 | phone | 50元 100元 | 电信话费
slow | 话费慢充 | 充值 | phone | 50元 100元 500元
"""
IN_BRACKETS = """
yd | 话费充值(移动) | 话费 | phone | 50元 100元 300元
lt | 话费充值(联通) | 话费 | phone | 50元 100元
dx | 话费充值(电信) | 话费 | phone | 50元 100元
slow | 话费慢充 | 话费 | phone | 50元 100元 500元
"""
SLOW_OF_EACH = """
yd | 移动话费快充 | 话费 | phone | 50元 100元 300元
lt | 联通话费快充 | 话费 | phone | 50元 100元
dx | 电信话费快充 | 话费 | phone | 50元 100元
slow | 移动话费慢充 | 话费 | phone | 50元 100元 500元
slowlt | 联通话费慢充 | 话费 | phone | 50元 100元 500元
"""
SHOPS = [IN_NAMES, IN_ALIASES, IN_BRACKETS, SLOW_OF_EACH]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize(
    ("text", "sku", "account"),
    [
        (f"话费50 {MOBILE}", "yd-50元", MOBILE),
        (f"{UNICOM} 话费100", "lt-100元", UNICOM),
        (f"帮我交100话费 {TELECOM}", "dx-100元", TELECOM),
        (f"充50给{MOBILE}", "yd-50元", MOBILE),
        (f"给{TELECOM}充100", "dx-100元", TELECOM),
        (f"充话费，{TELECOM}，一百块的", "dx-100元", TELECOM),
        (f"手机充值100 {UNICOM}", "lt-100元", UNICOM),
        (f"喂你好我要充话费充五十块钱号码是{UNICOM}", "lt-50元", UNICOM),
        (f"移动话费100 {MOBILE}", "yd-100元", MOBILE),
        (f"{UNICOM}是联通的，充100话费", "lt-100元", UNICOM),
        (f"不要慢充，话费100 {MOBILE}", "yd-100元", MOBILE),
        (f"话费50，{MOBILE}，哦不，{UNICOM}", "lt-50元", UNICOM),
        (f"话费300 {MOBILE}", "yd-300元", MOBILE),
    ],
)
def test_the_number_says_whose_credit_it_is(goods: str, text: str, sku: str, account: str) -> None:
    assert bought(shop(goods).frame(text)) == [(sku, 1, account)]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize(
    ("text", "skus"),
    [
        (f"话费：\n{MOBILE} 50\n{UNICOM} 100\n{TELECOM} 100", ["yd-50元", "lt-100元", "dx-100元"]),
        (f"{MOBILE} {UNICOM} 各充100话费", ["yd-100元", "lt-100元"]),
        (f"{TELECOM}和{MOBILE}各充50", ["dx-50元", "yd-50元"]),
        (f"{MOBILE} 100话费\n{UNICOM} 50话费", ["yd-100元", "lt-50元"]),
    ],
)
def test_each_number_of_a_list_says_it_for_its_own_line(goods: str, text: str, skus: list[str]) -> None:
    assert [sku for sku, _, _ in bought(shop(goods).frame(text))] == skus


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize(
    "text",
    ["话费100", "充话费", "给老妈充50", f"话费100 {VIRTUAL}", f"充100给{VIRTUAL}", f"话费100 {BROADCAST}"],
)
def test_without_a_number_of_theirs_it_is_open_among_them(goods: str, text: str) -> None:
    frame = shop(goods).frame(text)
    assert [line["product"] for line in frame["lines"]] == [None]
    assert frame["candidates"][:3] == ["yd", "lt", "dx"]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize("text", [f"话费500 {MOBILE}", f"话费300 {UNICOM}"])
def test_what_its_carrier_is_not_sold_in_is_not_taken_from_another(goods: str, text: str) -> None:
    frame = shop(goods).frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["variant_unavailable"]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize(
    "text", [f"慢充100 {MOBILE}", f"话费慢充100，{MOBILE}", f"{MOBILE} 100话费，慢充就行"]
)
def test_the_slow_one_is_sold_where_it_is_named(goods: str, text: str) -> None:
    assert bought(shop(goods).frame(text)) == [("slow-100元", 1, MOBILE)]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize("text", [f"移动话费100 {UNICOM}", f"联通话费50，{MOBILE}"])
def test_a_number_of_another_carrier_than_was_named_is_no_recipient(goods: str, text: str) -> None:
    frame = shop(goods).frame(text)
    assert [problem["code"] for problem in frame["problems"]] == ["account_conflict"]
    assert "account" in frame["missing"]


def test_a_carrier_that_is_not_sold_is_no_reason_for_the_slow_one() -> None:
    goods = "yd | 移动话费 | 话费 | phone | 50元 100元\nslow | 话费慢充 | 话费 | phone | 50元 100元"
    for text in (f"话费100 {UNICOM}", f"{UNICOM}是联通的，充100话费", f"联通话费50，{UNICOM}"):
        frame = shop(goods).frame(text)
        assert not bought(frame)
        assert [line["product"] for line in frame["lines"]] == [None]


def test_what_is_for_all_networks_is_the_plain_one() -> None:
    goods = "all | 三网话费 | 话费 | phone | 50元 100元\nyd | 移动话费特惠 | 话费 | phone | 50元 100元"
    assert bought(shop(goods).frame(f"话费50 {MOBILE}")) == [("all-50元", 1, MOBILE)]
    assert bought(shop(goods).frame(f"话费50 {UNICOM}")) == [("all-50元", 1, UNICOM)]
    assert bought(shop(goods).frame(f"移动话费50 {MOBILE}")) == [("yd-50元", 1, MOBILE)]


IN_VARIANTS = """
hf | 话费充值 | 话费 | phone | 移动50元=50元 移动100元=100元 联通50元=50元 联通100元=100元 电信100元=100元
ll | 全国流量包 | 流量 | phone | 移动10GB=10GB 联通10GB=10GB 联通30GB=30GB
"""


@pytest.mark.parametrize(
    ("text", "sku", "account"),
    [
        (f"话费50 {MOBILE}", "hf-移动50元", MOBILE),
        (f"{UNICOM} 话费100", "hf-联通100元", UNICOM),
        (f"给{TELECOM}充100", "hf-电信100元", TELECOM),
        (f"移动话费100 {MOBILE}", "hf-移动100元", MOBILE),
        (f"{UNICOM}是联通的，充100话费", "hf-联通100元", UNICOM),
        (f"话费50，{MOBILE}，哦不，{UNICOM}", "hf-联通50元", UNICOM),
        (f"流量10G {UNICOM}", "ll-联通10GB", UNICOM),
        (f"{MOBILE} 10个G流量", "ll-移动10GB", MOBILE),
    ],
)
def test_the_number_says_it_where_the_variants_are_the_carriers(text: str, sku: str, account: str) -> None:
    assert bought(shop(IN_VARIANTS).frame(text)) == [(sku, 1, account)]


@pytest.mark.parametrize(
    "text",
    [
        f"移动话费100 {UNICOM}",
        f"话费50 {TELECOM}",
        f"话费100 {VIRTUAL}",
        f"流量30G {MOBILE}",
        f"流量10G {BROADCAST}",
        f"流量30G {TELECOM}",
        "话费100",
    ],
)
def test_no_variant_of_another_carrier_is_sold_for_it(text: str) -> None:
    assert not bought(shop(IN_VARIANTS).frame(text))


@pytest.mark.parametrize("goods", SHOPS[1:])
@pytest.mark.parametrize(
    ("text", "sku", "account"),
    [
        (f"移动100 {MOBILE}", "yd-100元", MOBILE),
        (f"联通100，{UNICOM}", "lt-100元", UNICOM),
        (f"{MOBILE} 移动 50", "yd-50元", MOBILE),
        (f"电信100块\n{TELECOM}", "dx-100元", TELECOM),
        (f"yd50 {MOBILE}", "yd-50元", MOBILE),
        (f"lt 话费50 {UNICOM}", "lt-50元", UNICOM),
        (f"话费50 {UNICOM} liantong", "lt-50元", UNICOM),
    ],
)
def test_a_carrier_and_a_sum_are_its_credit(goods: str, text: str, sku: str, account: str) -> None:
    assert bought(shop(goods).frame(text)) == [(sku, 1, account)]


@pytest.mark.parametrize("goods", SHOPS)
@pytest.mark.parametrize(
    "text",
    [
        f"移动100 {UNICOM}",
        f"lt 话费50 {MOBILE}",
        f"话费50 {MOBILE} dx的",
        f"移动彩铃100 {MOBILE}",
        f"移动流量100 {MOBILE}",
        f"移动宽带100 {MOBILE}",
        f"移动积分100 {MOBILE}",
        f"移动卡100 {MOBILE}",
        f"移动10 {MOBILE}",
        f"移动100……不对是联通100，{MOBILE}",
    ],
)
def test_another_carrier_or_another_thing_of_it_is_asked_about(goods: str, text: str) -> None:
    assert not bought(shop(goods).frame(text))


def test_a_carrier_and_a_sum_are_open_where_it_sells_more_by_that_sum() -> None:
    """Broadband of 100 yuan, and data of 30 GB."""
    frame = shop(IN_NAMES).frame(f"联通100，{UNICOM}")
    assert not bought(frame)
    assert not bought(shop(IN_NAMES).frame(f"移动30 {MOBILE}"))
