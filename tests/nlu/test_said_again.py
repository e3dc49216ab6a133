"""What a speaker says twice in one breath is ordered once; what he says differently is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer

DATA = Path(__file__).parents[2] / "data"

ONCE = {
    "帮我买三张京东卡一百一张的对一百的三张单位发福利用": ("jd-ecard-100", 3),
    "嗯我要两张五十的天猫超市卡对就两张": ("tmall-card-50", 2),
    "喂帮我买两张一百的京东卡嗯对两张": ("jd-ecard-100", 2),
    "要一张星巴克两百的对就两百的一张": ("starbucks-200", 1),
    "买天猫卡一百的买三张三张啊": ("tmall-card-100", 3),
    "骏网卡三十的五张对五张三十的": ("junwang-30", 5),
    "steam国区一百的两张嗯对国区一百两张": ("steam-cn-100", 2),
    "要四张五十的猫超卡四张都是五十的": ("tmall-card-50", 4),
    "给我来五十块话费就五十手机幺三九零二七七幺八五三": ("topup-50", 1),
    "话费充一百对一百块号码是幺三九零二七七幺八五三": ("topup-100", 1),
    "话费五十对五十打到13902771853": ("topup-50", 1),
    "就是那个喜马拉雅一个月的不要多就一个月幺三零七二九五五一六三": ("ximalaya-1m", 1),
    "给儿子充二十个Q币QQ310527749奖励他考试考了九十八分": ("qcoin-20", 1),
}
NOT_ONCE = {
    "一百的京东卡两张两百的两张": [("jd-ecard-100", 2), ("jd-ecard-200", 2)],
    "京东卡一百的两张天猫卡一百的两张": [("jd-ecard-100", 2), ("tmall-card-100", 2)],
    "来三张一百的京东卡嗯三张五十的天猫卡": [("jd-ecard-100", 3), ("tmall-card-50", 3)],
}
ASKED = [
    "帮我买三张京东卡一百一张的对两百的三张",
    "我要两张五十的天猫超市卡对就三张",
    "给我来五十块话费就一百手机幺三九零二七七幺八五三",
    "京东卡一百的三张，一百的三张",
]


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(DATA / "catalog" / "demo.csv", DATA)


@pytest.mark.parametrize("text", ONCE)
def test_what_is_affirmed_is_ordered_once(framer: Framer, text: str) -> None:
    frame = framer.frame(text)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [ONCE[text]]
    assert not frame["missing"]


@pytest.mark.parametrize("text", NOT_ONCE)
def test_other_goods_in_the_same_breath_are_a_line_of_their_own(framer: Framer, text: str) -> None:
    assert [(line["sku"], line["quantity"]) for line in framer.frame(text)["lines"]] == NOT_ONCE[text]


@pytest.mark.parametrize("text", ASKED)
def test_what_is_said_again_differently_is_asked_about(framer: Framer, text: str) -> None:
    assert framer.frame(text)["missing"]


ROWS_OF_CELLS = {
    "京东卡，100*15，京东卡，50*10，骏卡，10*30": [
        ("jd-ecard-100", 15, None), ("jd-ecard-50", 10, None), ("junwang-10", 30, None)
    ],
    "完美点卡!100*15!/!完美点卡!50*10!/!骏卡!10*30": [
        ("wanmei-card-100", 15, None), ("wanmei-card-50", 10, None), ("junwang-10", 30, None)
    ],
    "京东卡，100，京东卡，50，骏卡，50": [
        ("jd-ecard-100", 1, None), ("jd-ecard-50", 1, None), ("junwang-50", 1, None)
    ],
    "话费，50，13800138000，话费，100，13900139000，京东卡，50": [
        ("topup-50", 1, "13800138000"), ("topup-100", 1, "13900139000"), ("jd-ecard-50", 1, None)
    ],
    "京东卡，100，京东卡，100的": [("jd-ecard-100", 1, None)],
    "京东卡100两张，京东卡，谢谢": [("jd-ecard-100", 2, None)],
    "京东卡50，不对，京东卡，100": [("jd-ecard-100", 1, None)],
}  # fmt: skip


@pytest.mark.parametrize("text", ROWS_OF_CELLS)
def test_the_same_name_alone_heads_the_next_line_and_no_size_slips_to_other_goods(
    framer: Framer, text: str
) -> None:
    lines = [(line["sku"], line["quantity"], line["account"]) for line in framer.frame(text)["lines"]]
    assert lines == ROWS_OF_CELLS[text]
