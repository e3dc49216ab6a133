"""What the title of goods says of its recipient and of its days is no size and no recipient of an order."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

SHOP = """
kb | 快手快币 填快手ID(纯数字) | 直播 | uid | 70快币 350快币
dk | 大话点卡直充(通行证账号) | 点卡 | game_id | 30元 100元
ly | 南山乐园一日票 | 门票 | phone | 成人=1张 儿童=1张
hy | 海洋馆门票 2日票 | 门票 | phone | 成人=1张 长者=1张
jk | 健身卡 | 运动 | phone | 1天 30天
"""


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("快手快币 填快手ID 70快币 UID123456789", ("kb-70快币", 1, "123456789")),
        ("350快币 快手ID 123456789", ("kb-350快币", 1, "123456789")),
        ("大话点卡直充(通行证账号) 30元 账号xiaoming_88", ("dk-30元", 1, "xiaoming_88")),
        ("大话点卡100元，通行证账号 8888", ("dk-100元", 1, "8888")),
        ("南山乐园一日票成人13812345678", ("ly-成人", 1, "13812345678")),
        ("南山乐园一日票儿童 2张 13812345678", ("ly-儿童", 2, "13812345678")),
        ("海洋馆门票2日票长者 13812345678", ("hy-长者", 1, "13812345678")),
        ("健身卡1天 13812345678", ("jk-1天", 1, "13812345678")),
    ],
)
def test_a_title_orders_its_goods(said: str, line: tuple[object, ...]) -> None:
    assert bought(shop(SHOP).frame(said)) == [line]


@pytest.mark.parametrize(
    "said",
    [
        "快手快币 填快手ID UID123456789",
        "快手快币80快币 快手ID 123456789",
        "南山乐园一日票13812345678",
        "南山乐园三日票成人13812345678",
        "海洋馆1日票成人13812345678",
        "健身卡3天 13812345678",
    ],
)
def test_another_size_or_none_is_asked_about(said: str) -> None:
    assert not bought(shop(SHOP).frame(said))


LISTED = """
yp | 南山咖啡 中杯/大杯饮品券 | 饮品 | none | 中杯1份=1杯 大杯1份=1杯 超大杯1份=1杯 | 南山饮品券
jd | 星舰直播大舰队(舰长月卡) | 直播 | uid | 舰长1个月=1月 提督1个月=1月 | 舰长;提督
"""


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("南山饮品券中杯1份", ("yp-中杯1份", 1, None)),
        ("南山饮品券大杯两份", ("yp-大杯1份", 2, None)),
        ("来张南山饮品券，超大杯的", ("yp-超大杯1份", 1, None)),
        ("舰长1个月 UID123456789", ("jd-舰长1个月", 1, "123456789")),
        ("开一个月提督 UID123456789", ("jd-提督1个月", 1, "123456789")),
    ],
)
def test_what_a_title_lists_of_its_sizes_tells_them_apart(said: str, line: tuple[object, ...]) -> None:
    assert bought(shop(LISTED).frame(said)) == [line]


@pytest.mark.parametrize(
    "said",
    [
        "南山咖啡 中杯/大杯饮品券",
        "南山咖啡 中杯/大杯饮品券 大杯1份",
        "南山饮品券中杯大杯各一份",
        "南山饮品券一份",
        "星舰直播大舰队 UID123456789",
        "舰长提督1个月 UID123456789",
        "星舰直播大舰队(舰长月卡)提督1个月 UID123456789",
    ],
)
def test_a_list_of_sizes_chooses_none(said: str) -> None:
    assert not bought(shop(LISTED).frame(said))
