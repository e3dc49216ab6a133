"""What belongs to which line, and what is told beside it: lists, counts, shares, and numbers of no order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


def lines(frame: Any) -> list[tuple[str | None, int | None, str | None]]:
    return [(line["sku"], line["quantity"], line["account"]) for line in frame["lines"]]


def complete(frame: Any) -> bool:
    return frame["intent"] in ("order", "modify") and not frame["missing"] and not frame["problems"]


ONE_ORDER = {
    "家里四口人，三台手机，上个月花了287块，话费充50，13907726614": [("topup-50", 1, "13907726614")],
    "我住3栋502，今年68岁，话费充50，号码13907726614": [("topup-50", 1, "13907726614")],
    "我段位才黄金3，充个话费50玩玩，13907726614": [("topup-50", 1, "13907726614")],
    "跟你说了三遍了，京东卡500一张": [("jd-ecard-500", 1, None)],
    "客户催我好几遍了 京东卡来两张1000的": [("jd-ecard-1000", 2, None)],
    "上次买的优酷到账挺快，这回来个芒果年卡，13907726614": [("mgtv-12m", 1, "13907726614")],
    "这个月流量超了被停机，13907726614充200元话费": [("topup-200", 1, "13907726614")],
    "三个号轮着用的，这次给13907726614这张卡充50话费": [("topup-50", 1, "13907726614")],
    "买两张100的京东卡，一张自己用一张送邻居": [("jd-ecard-100", 2, None)],
    "四张京东卡，每张100，我跟室友一人两张": [("jd-ecard-100", 4, None)],
    "京东卡100的，10张改成5张": [("jd-ecard-100", 5, None)],
    "瑞幸单杯券，不对，要5杯的，13907726614": [("luckin-5", 1, "13907726614")],
    "话费50充13907726614，弄好了跟我说一声": [("topup-50", 1, "13907726614")],
}


@pytest.mark.parametrize("text", ONE_ORDER)
def test_what_is_told_beside_an_order_is_no_part_of_it(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert complete(frame)
    assert lines(frame) == ONE_ORDER[text]


SEVERAL = {
    "steam国区100两张，美区10刀一张": [("steam-cn-100", 2, None), ("steam-us-10", 1, None)],
    "Q币100个 给 QQ2093847561 和 QQ1827364509": [
        ("qcoin-100", 1, "2093847561"),
        ("qcoin-100", 1, "1827364509"),
    ],
    "一等奖 京东卡1000 1张；二等奖 京东卡500 2张": [("jd-ecard-1000", 1, None), ("jd-ecard-500", 2, None)],
    "麻烦一次配齐：\n京东卡500 3张\n星巴克卡100 5张": [("jd-ecard-500", 3, None), ("starbucks-100", 5, None)],
    "50话费三个：\n13800138000\n13912345678\n13713713713": [
        ("topup-50", 1, "13800138000"),
        ("topup-50", 1, "13912345678"),
        ("topup-50", 1, "13713713713"),
    ],
    "three steam us 10 usd cards please": [("steam-us-10", 3, None)],
    "Kaspersky 1 PC 1 year, 2 copies please": [("kaspersky-1pc", 2, None)],
    "chong QB 30 ge, QQ 16620938": [("qcoin-30", 1, "16620938")],
    "Q币10个充QQ 16620938，就10个": [("qcoin-10", 1, "16620938")],
    "爱奇艺月卡给这仨：13800138000 13912345678 13713713713": [
        ("iqiyi-1m", 1, "13800138000"),
        ("iqiyi-1m", 1, "13912345678"),
        ("iqiyi-1m", 1, "13713713713"),
    ],
    "爱奇艺月卡13800138000，优酷月卡也是这个号": [
        ("iqiyi-1m", 1, "13800138000"),
        ("youku-1m", 1, "13800138000"),
    ],
    "京东E卡500 2张\n星巴克卡100 3张\n总共1300": [("jd-ecard-500", 2, None), ("starbucks-100", 3, None)],
    "完美点卡 100*15 / 完美点卡 50*10 / 骏卡 10*30": [
        ("wanmei-card-100", 15, None),
        ("wanmei-card-50", 10, None),
        ("junwang-10", 30, None),
    ],
    "京东卡100一张，即刻要\n13511112222、13611113333充100话费": [
        ("jd-ecard-100", 1, None),
        ("topup-100", 1, "13511112222"),
        ("topup-100", 1, "13611113333"),
    ],
    "京东卡两张1000的，卡密直接发我；steam国区200走起": [
        ("jd-ecard-1000", 2, None),
        ("steam-cn-200", 1, None),
    ],
}


@pytest.mark.parametrize("text", SEVERAL)
def test_each_line_of_a_list_says_its_own_size_and_count(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert complete(frame)
    assert lines(frame) == SEVERAL[text]


@pytest.mark.parametrize(
    "text",
    [
        "话费\n13812345678 50\n老妈 100\n13712345678 30",
        "星礼卡50、天猫卡50、京东卡50，铬两张",
        "我要三样：1. 话费30充13918273640；2. 某币10个充QQ 40918273；3. 京东卡50一张",
        "原神充值：\nuid 188203347 天空岛 648\nuid 500932281 648",
    ],
)
def test_a_line_that_nobody_could_read_whole_is_asked_about(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


@pytest.mark.parametrize("text", ["京东卡100的3张，一人两张", "京东卡100的五张，六张"])
def test_counts_that_contradict_each_other_are_asked_about(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))
    assert len(lines(framer.frame(text))) == 1


@pytest.mark.parametrize(
    "text", ["中石化加油卡充200，卡号1234567890123456", "中石化加油卡200 9130000011112222"]
)
def test_a_card_of_another_company_is_no_card_of_this_one(framer: Framer, text: str) -> None:
    frame: Any = framer.frame(text)
    assert lines(frame) == [("sinopec-200", 1, None)]
    assert [problem["code"] for problem in frame["problems"]] == ["account_format"]


def test_what_stands_in_quotes_and_is_put_off_is_no_order(framer: Framer) -> None:
    frame = framer.frame("“小陈13566820940充100，小刘18677321170充50”，先放着，老板还没批")
    assert not complete(frame)


SHARES = {
    "肯德基100代金券13800138000两张，13900139000一张": (2, 1),
    "肯德基100代金券两张给13800138000，一张给13900139000": (2, 1),
    "爱奇艺月卡给13800138000两份，给13900139000一份": (2, 1),
    "爱奇艺月卡两份给13800138000，年卡一份给13900139000": (2, 1),
    "肯德基100代金券两张，一张给13800138000，一张给13900139000": (1, 1),
    "肯德基100代金券两张，13800138000一张，13900139000一张": (1, 1),
    "两份爱奇艺月卡，一份给13800138000，一份给13900139000": (1, 1),
}


@pytest.mark.parametrize("text", SHARES)
def test_two_are_two_for_one_unless_one_each_is_said(framer: Framer, text: str) -> None:
    """A total that equals the number of recipients is shared out only where every share is said."""
    counts = tuple(count for _, count, _ in lines(framer.frame(text)))
    assert counts == SHARES[text] or not complete(framer.frame(text))


def test_what_is_said_of_each_is_not_asked(framer: Framer) -> None:
    frame = framer.frame("爱奇艺月卡两份给13800138000，年卡一份给13900139000")
    assert complete(frame)
    assert lines(frame) == [("iqiyi-1m", 2, "13800138000"), ("iqiyi-12m", 1, "13900139000")]


LINES_APART = {
    "话费100 13800138000，打错了，50。爱奇艺年卡 13900139000": [
        ("topup-50", 1, "13800138000"), ("iqiyi-12m", 1, "13900139000"),
    ],
    "京东卡500两张，多了，一张就行。肯德基100元代金券一张，手机号是15900426618": [
        ("jd-ecard-500", 1, None), ("kfc-100", 1, "15900426618"),
    ],
    "话费100 13800138000，打错了，50\n京东卡100一张": [("topup-50", 1, "13800138000"), ("jd-ecard-100", 1, None)],
    "话费13511112222三十，13711114444一百\nsteam 充值卡 100 两张": [
        ("topup-30", 1, "13511112222"), ("topup-100", 1, "13711114444"), ("steam-cn-100", 2, None),
    ],
    "开学三件套：WPS年卡、百度网盘月卡、知乎会员月卡，同一个手机 15217733096": [
        ("wps-12m", 1, "15217733096"), ("baidu-pan-1m", 1, "15217733096"), ("zhihu-1m", 1, "15217733096"),
    ],
    "我跟我弟两张中石化油卡都充500：\n1000112233445566778\n1000112233445566779": [
        ("sinopec-500", 1, "1000112233445566778"), ("sinopec-500", 1, "1000112233445566779"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", LINES_APART)
def test_no_line_is_lost_to_a_correction_a_heading_or_the_line_below(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert complete(frame)
    assert lines(frame) == LINES_APART[text]


@pytest.mark.parametrize(
    "text",
    [
        "1. 话费30充13918273640；2. r币10个充QQ 40918273；3. 京东卡50一张",
        "15237740925 充100\n1867，732，1152 充80\n13922048828 充50",
        "话费100 13800138000，打错了，50，爱奇艺年卡 13900139000",
        "网易云年卡15733920418，我搞混了，是QQ音乐绿钻年卡",
        "手机13812345678 充50\nKFC voucher 50 手机13660017748",
    ],
)
def test_what_one_line_lacks_is_not_taken_from_another(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


def test_the_server_of_one_row_is_not_that_of_the_next(framer: Framer) -> None:
    frame = framer.frame("原神充值：\nuid 188203347 天空岛 648\nuid 500932281 648")
    assert [line["region"] for line in frame["lines"]] == ["天空岛", None]
    assert frame["missing"] == ["region"]


def test_who_is_named_behind_the_correction_is_meant(framer: Framer) -> None:
    assert framer.frame("给我爸充…不对，给我妈充50话费")["contact"] == "妈"


def test_an_order_whose_server_was_said_anew_stays_beside_the_next_one(framer: Framer) -> None:
    text = "dnf 1000点券 跨一 q 774839201，我去，我角色在跨七，按跨七来；魔兽世界75块的点卡，邮箱 dk@126.com"
    frame = framer.frame(text)
    assert [sku for sku, _, _ in lines(frame)] == ["dnf-1000", "wow-30d"]
    assert frame["lines"][0]["region"] in (None, "跨七")


@pytest.mark.parametrize(
    "text",
    [
        "商品\t面值\t数量\n京的卡\t100\t2\n星巴克\t50\t3",
        "绿钻月卡 QQ 90.217735",
        "psn港服100一张 esohp港服100一张 steam美区5刀一张",
    ],
)
def test_what_is_half_written_is_asked_about(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


@pytest.mark.parametrize(
    ("text", "sku", "accounts"),
    [
        (
            "网盘会员月卡\n13907726614\n1390772661\n15807726614",
            "baidu-pan-1m",
            ["13907726614", None, "15807726614"],
        ),
        ("芒果会员年卡开给13907726614和12907726614", "mgtv-12m", ["13907726614", None]),
        ("网盘会员月卡\n小李13907726614\n小陈1390772661", "baidu-pan-1m", ["13907726614", None]),
        ("话费：13907726614 30元，1580772661 30元", "topup-30", ["13907726614", None]),
        ("话费各30：13907726614、1390772661", "topup-30", ["13907726614", None]),
    ],
)
def test_a_number_that_is_none_leaves_its_line_in_want_of_a_number_alone(
    framer: Framer, text: str, sku: str, accounts: list[str | None]
) -> None:
    frame = framer.frame(text)
    assert lines(frame) == [(sku, 1, account) for account in accounts]
    assert frame["missing"] == ["account"]
    assert [problem["slot"] for problem in frame["problems"]] == ["account"]
