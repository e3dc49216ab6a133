"""What a software shop and a shop of games are asked for, in the words of people who had never seen their catalogs."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.small_shops import bought, shop

SOFTWARE = """
cur | Cursor Pro编程助手订阅 | AI订阅 | email | 月卡 年卡
ado | Adobe Creative Cloud全家桶 | 设计 | email | 月卡 年卡
typ | Typora Markdown编辑器激活码 | 工具 | email | 1台设备=1台 3台设备=3台
us | 亚马逊礼品卡(美亚) | 礼品卡 | none | 25美元 50美元
de | 亚马逊礼品卡(德亚) | 礼品卡 | none | 25欧元 50欧元
com | .com域名注册 | 域名 | email | 1年 3年
cn | .cn域名注册 | 域名 | email | 1年 3年
"""
MAIL = "boss_xu@vip.163.com"
GAMES = """
pass | 无畏契约战斗通行证 | 通行证 | qq | 本季通行证=1张
val | 无畏契约点券 | 端游 | qq | 1000点券 2000点券
hk | PSN点卡(港服) | 主机卡 | none | 200港币 500港币
jw | 骏网一卡通 | 点卡 | none | 10元 100元
sc | Steam钱包充值码(国区) | 主机卡 | none | 50元 100元
su | Steam礼品卡(美区) | 主机卡 | none | 5美元 50美元
xb | Xbox礼品卡(美区) | 主机卡 | none | 10美元 50美元
ss | 少年三国志元宝 | 手游 | game_id | 60元宝 300元宝 | 少三 | 1服;2服;10服;12服
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("师傅,cursor按年买,{}", ("cur-年卡", 1, MAIL)),
        ("Adobe CC开1个月 {}", ("ado-月卡", 1, MAIL)),
        ("typora单设备的一份 {}", ("typ-1台设备", 1, MAIL)),
        ("亚马逊美国的礼品卡25刀，来十张", ("us-25美元", 10, None)),
        ("亚马逊德国50欧一张", ("de-50欧元", 1, None)),
        ("cn域名一年,{}", ("cn-1年", 1, MAIL)),
        (".com域名注册3年 邮箱{}", ("com-3年", 1, MAIL)),
    ],
)
def test_software_is_found(text: str, line: tuple[str, int, str | None]) -> None:
    assert bought(shop(SOFTWARE).frame(text.format(MAIL))) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("兄弟给我上个无畏契约的通行证呗，qq 415509327", ("pass-本季通行证", 1, "415509327")),
        ("无畏契约1000 qq 415509327", ("val-1000点券", 1, "415509327")),
        ("唔该，想要港服psn五百蚊嗰张", ("hk-500港币", 1, None)),
        ("骏网一百面值20张", ("jw-100元", 20, None)),
        ("steam钱包50人民币3张", ("sc-50元", 3, None)),
        ("xbox卡10刀一张", ("xb-10美元", 1, None)),
        ("骏网10元三张", ("jw-10元", 3, None)),
        ("【订单】商品：骏网｜面额：100元｜数量：2张", ("jw-100元", 2, None)),
    ],
)
def test_so_are_cards_of_games(text: str, line: tuple[str, int, str | None]) -> None:
    assert bought(shop(GAMES).frame(text)) == [line]


SERVED = "hok | 王者荣耀点券 | 手游 | qq | 300点券 680点券 | 农药 | 安卓QQ;安卓微信;苹果QQ;苹果微信"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("王者680，他用的苹果手机QQ登录的，号是 873320156", "苹果QQ"),
        ("iOS王者 微信登的 300点 QQ 873320156", "苹果微信"),
        ("我苹果手机，微信区，王者680，QQ873320156", "苹果微信"),
        ("王者680 安卓QQ 873320156", "安卓QQ"),
        ("王者680 安卓QQ的编号是873320156", "安卓QQ"),
    ],
)
def test_halves_of_a_server_are_put_together(text: str, region: str) -> None:
    (line,) = shop(SERVED).frame(text)["lines"]
    assert (line["account"], line["region"]) == ("873320156", region)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("两张京东卡100 一张天猫卡200", [("jd-ecard-100", 2), ("tmall-card-200", 1)]),
        ("两张100京东卡 一张200天猫卡", [("jd-ecard-100", 2), ("tmall-card-200", 1)]),
        ("两张京东卡 一张100 一张50", [("jd-ecard-100", 1), ("jd-ecard-50", 1)]),
    ],
)
def test_a_count_behind_a_blank_is_of_the_next_goods(text: str, counts: list[tuple[str, int]]) -> None:
    assert bought(framer_of("demo").frame(text)) == [(sku, count, None) for sku, count in counts]


def test_a_count_is_no_piece_of_a_name_that_sounds_like_it() -> None:
    """花卡十五 sounds like 花卡实物."""
    (line,) = framer_of("demo").frame("花卡十五张，寄到浙江省宁波市鄞州区惠风西路88号")["lines"]
    assert line["quantity"] == 15
