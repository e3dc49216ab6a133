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
