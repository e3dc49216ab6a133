"""Whom goods are for, in the words of other trades: houses of the shop's own town, plates, long card numbers."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer, line


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("桶装水一桶，送到建设路52号3单元402，电话放门口就行", "建设路52号3单元402"),
        ("五桶桶装水送到人民路小学门卫室，快到了提前喊我一声", "人民路小学门卫室"),
        ("送5桶桶装水到城北路供销社家属院2栋301，门口有狗打电话", "城北路供销社家属院2栋301"),
        ("送10桶桶装水到西关村委会对面老张超市", "西关村委会对面老张超市"),
        ("桶装水一桶 建设路52号3单元402", "建设路52号3单元402"),
        ("来一桶桶装水，我家在幸福小区2栋301", "幸福小区2栋301"),
        ("桶装水5桶，地址：建设路12号阳光小区，北门进，3号楼501", "建设路12号阳光小区，北门进，3号楼501"),
    ],
)
def test_an_address_of_the_town_ends_where_talk_begins(text: str, address: str) -> None:
    frame = framer("village").frame(text)
    assert complete(frame)
    assert frame["lines"][0]["account"] == address


@pytest.mark.parametrize("text", ["送5桶桶装水到我家楼下超市", "桶装水5桶 老地方", "桶装水5桶 52号楼"])
def test_what_says_too_little_of_where_it_goes_is_asked_about(text: str) -> None:
    assert framer("village").frame(text)["missing"] == ["account"]


def test_where_one_lives_is_no_recipient_of_other_goods() -> None:
    assert line("village", "话费100 13800138000 我在阳光小区3栋")["account"] == "13800138000"


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("停车月卡一个月，万达广场，车牌豫A8K32D", "豫A8K32D"),
        ("停车场月卡三个月，火车站南广场，车牌是粤BDF1234", "粤BDF1234"),
        ("停车场月卡一个月 万达广场 浙A·D12345", "浙A·D12345"),
        ("我的车豫A8K32D停车月卡万达广场的，一个月", "豫A8K32D"),
    ],
)
def test_a_plate_is_whole_with_the_character_of_its_province(text: str, plate: str) -> None:
    frame = framer("garage").frame(text)
    assert complete(frame)
    assert frame["lines"][0]["account"] == plate


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("移动宽带月付 账号0012736A", "0012736A"),
        ("移动宽带月付，0012736a", "0012736a"),
        ("移动宽带月付 账号0012736", "0012736"),
        ("移动宽带月付 账号A0012736", "A0012736"),
    ],
)
def test_of_a_number_with_a_letter_nothing_is_cut_off(text: str, account: str) -> None:
    assert line("desktop", text)["account"] == account


@pytest.mark.parametrize("text", ["话费50 13800138000a", "100Q币 QQ12345678s"])
def test_a_letter_where_only_digits_belong_is_asked_about(text: str) -> None:
    frame = framer("allround").frame(text)
    assert frame["missing"] == ["account"]


def test_a_card_number_in_groups_of_four_is_read_to_its_end() -> None:
    text = "ETC卡充1000 鲁通卡 ETC卡号 3701 1823 2208 0123 4567"
    assert line("garage", text)["account"] == "37011823220801234567"


def test_a_user_name_may_be_introduced_in_english() -> None:
    assert line("esports", "my roblox username is Pixel_Frog88, 400 robux")["account"] == "Pixel_Frog88"


@pytest.mark.parametrize(("who", "contact"), [("小号", "小号"), ("我大号", "大号"), ("我大哥", "大哥")])
def test_a_number_of_ones_own_is_a_contact_by_its_whole_name(who: str, contact: str) -> None:
    frame = framer("esports").frame(f"给{who}充30块金铲铲")
    assert (frame["contact"], frame["missing"]) == (contact, ["account", "region"])
