"""A recipient or a server that follows is asked for, and nothing else is."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.test_corpus import complete


@pytest.mark.parametrize(
    ("shop", "text", "skus", "missing"),
    [
        ("demo", "充50话费，号码等会儿发你", ["topup-50"], ["account"]),
        ("demo", "魔兽月卡一张，战网账号等我翻翻", ["wow-30d"], ["account"]),
        ("demo", "Q币50，qq号一时想不起来了，待会告诉你", ["qcoin-50"], ["account"]),
        ("demo", "中石化加油卡充500，卡号不在手边，回头找找再发你", ["sinopec-500"], ["account"]),
        ("demo", "CF点5000，QQ301827465，哪个大区我忘了", ["cf-5000"], ["region"]),
        ("demo", "京东卡100一张，顺便话费50，号码等会给你", ["jd-ecard-100", "topup-50"], ["account"]),
        ("demo", "优酷年卡，绑哪个手机我再想想", ["youku-12m"], ["account"]),
        ("parents", "猿题库初中年卡 手机号我问下孩子", ["ytk-cz12"], ["account"]),
    ],
)
def test_who_says_that_it_follows_is_asked_for_it_alone(
    shop: str, text: str, skus: list[str], missing: list[str]
) -> None:
    frame = framer_of(shop).frame(text)
    assert frame["intent"] == "order"
    assert [line["sku"] for line in frame["lines"]] == skus
    assert frame["missing"] == missing


@pytest.mark.parametrize(
    "text",
    [
        "话费50到13800138000，号码晚点再给你",
        "爱奇艺年卡2份，一份给18266130972，另一份的号码晚点给",
        "京东卡50，卡号等会给你",
        "话费100，我再想想",
        "话费100，等我问问",
        "话费50，号码不要了",
    ],
)
def test_beside_a_recipient_or_without_one_to_come_it_remains_a_question(text: str) -> None:
    frame = framer_of("demo").frame(text)
    assert not complete(frame)
    assert "variant" in frame["missing"] or frame["intent"] == "cancel"
