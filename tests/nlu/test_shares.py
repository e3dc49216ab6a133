"""Everybody gets what he is to get, and what cannot be told, or is taken back, is asked about."""

from __future__ import annotations

import pytest

from bot.commands.parse import framer_for
from tests.nlu.readers import DATA
from tests.nlu.test_corpus import CATALOGS, complete

FRAMER = framer_for(DATA / "catalog" / "demo.csv", DATA)
A, B, C = "13812345678", "15912349876", "18655554321"

ASKED = [
    # Somebody else wants it too, or each of several.
    "京东卡100 上午一张下午一张",
    "京东卡100，我一张老婆一张",
    "京东卡100 一张自用一张送人",
    "老王要京东卡100 老李也要",
    "老王京东卡100 老李要一样的",
    f"爱奇艺月卡{A} 我妹也要",
    f"{A}充50 老婆的也充50",
    f"{A}充50 再给我妈充一样的",
    "steam国区和美区各50",
    "港服ps和ns各200",
    f"腾讯视频vip和svip月卡各一个 {A}",
    f"三个人每人一杯瑞幸 {A}",
    f"一家三口都要看爱奇艺 月卡 {A}",
    "半打京东卡100",
    # Some of those who were listed.
    f"张三{A} 李四{B} 王五{C} 除了李四都充50",
    f"{A}\n{B}\n{C}\n都充50 最后一个不充",
    f"{A}、{B} 只给后一个充50话费",
    f"{A} 话费100 √\n{B} 话费50 ×",
    f"下面三个号充50，除去最后一个：{A} {B} {C}",
    "京东卡50和天猫卡100，后者来三张",
    # Who pays, calls or was served before gets nothing.
    f"给{B}充100话费 我电话{A}",
    f"{A}充50 {B}是我联系方式",
    f"{A}充50，付款人{B}",
    f"{A}充100 用{B}付",
    f"{A}充50 和上次{B}一样快充",
    f"{A}充50 {B}看着充",
    f"{A}充50，{B}先等等",
    f"{A}充100 {B}少充50",
    f"给{A}充100,{B}充两倍",
    # What there is in all, and what was there before.
    "京东卡100两张 星巴克50 共两张",
    f"爱奇艺月卡和优酷月卡 两个会员 {A}",
    "买过三次了 京东卡100再来",
    "我有500块 买京东卡200两张",
    # What is refused, whatever part of the order it is.
    "京东卡两张100 不是一张200",
    "京东卡100一张 不要两张50的",
    "京东卡100不用两张一张就够",
    f"肯德基100 不要拆成50 {A}",
    "原神60 100234567 别选世界树",
    f"给我充50,不要充错到{B},是{A}",
    f"腾讯视频VIP月卡 上次开成SVIP了 {A}",
    # An address that is corrected in the same breath.
    "花卡29 地址北京市朝阳区望京1号 改成 上海市浦东新区张江2号",
]

TAKEN_BACK = [
    "去掉", "删掉", "太贵", "贵死了", "没钱了", "反悔了", "我反悔了", "错", "撤回", "下次吧", "还是下次吧",
    "忽略这条", "上面的忽略", "点错了", "不看了", "叉掉", "取消", "取消吧", "取 消", "取消掉这条",
]  # fmt: skip

HARMLESS = ["急", "快点", "别忘了", "不急", "谢谢了", "别充错", "麻烦了", "辛苦"]

READ = [
    ("京东卡100 天猫卡100 一共两张", [("jd-ecard-100", 1, None), ("tmall-card-100", 1, None)]),
    ("京东卡100两张 星巴克50 共三张", [("jd-ecard-100", 2, None), ("starbucks-50", 1, None)]),
    ("京东卡100\n天猫卡100\n一共两张", [("jd-ecard-100", 1, None), ("tmall-card-100", 1, None)]),
    ("京东卡100 一共三张", [("jd-ecard-100", 3, None)]),
    (f"{A} 话费50、{B} 话费100,共两单", [("topup-50", 1, A), ("topup-100", 1, B)]),
    ("魔兽月卡lily@qq.com，季卡tom@163.com", [("wow-30d", 1, "lily@qq.com"), ("wow-90d", 1, "tom@163.com")]),
    (f"话费100 不接受慢充 {A}", [("topup-100", 1, A)]),
    (f"爱奇艺优酷腾讯都看腻了 来个B站月卡 {A}", [("bilibili-1m", 1, A)]),
    (f"爱奇艺月卡 白金太贵了 {A}", [("iqiyi-1m", 1, A)]),
    (f"话费100 慢充太慢了 {A}", [("topup-100", 1, A)]),
    (f"爱奇艺月卡 非白金 {A}", [("iqiyi-1m", 1, A)]),
    (f"{A}充50 {B}也充50", [("topup-50", 1, A), ("topup-50", 1, B)]),
]


@pytest.mark.parametrize("text", ASKED)
def test_what_cannot_be_told_is_asked(text: str) -> None:
    assert not complete(FRAMER.frame(text))


@pytest.mark.parametrize("words", TAKEN_BACK)
@pytest.mark.parametrize("order", [f"50话费{A}", f"{A} 话费50\n{B} 话费100", "京东卡100"])
def test_last_words_that_take_it_back_leave_no_order(order: str, words: str) -> None:
    assert not complete(FRAMER.frame(f"{order} {words}"))


@pytest.mark.parametrize("words", HARMLESS)
def test_other_last_words_leave_it_as_it_is(words: str) -> None:
    assert complete(FRAMER.frame(f"50话费{A} {words}"))


@pytest.mark.parametrize(("text", "lines"), READ)
def test_who_gets_what_is_read(text: str, lines: list[tuple[str, int, str | None]]) -> None:
    frame: dict[str, object] = FRAMER.frame(text)
    assert complete(frame)
    told = frame["lines"]
    assert isinstance(told, list)
    assert [(line["sku"], line["quantity"], line["account"]) for line in told] == lines


@pytest.mark.parametrize(
    ("shop", "text"),
    [
        ("life", f"搜狐黄金月卡 {A} 反悔了"),
        ("campus", "绿钻月卡 不是学生 3344556677"),
        ("games", "原神国际服 60 别选美服 800123456"),
    ],
)
def test_other_shops_ask_too(shop: str, text: str) -> None:
    assert not complete(framer_for(CATALOGS[shop], DATA).frame(text))


def test_a_tier_that_is_refused_behind_the_plain_goods_leaves_them() -> None:
    (line,) = framer_for(CATALOGS["life"], DATA).frame(f"咪咕会员月卡 钻石不要 {A}")["lines"]
    assert line["sku"] == "migu-1m"
