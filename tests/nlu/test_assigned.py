"""Recipients told by the goods they are for, behind goods that were all listed before."""

from __future__ import annotations

import pytest

from tests.nlu.shops import framer_of
from tests.nlu.small_shops import bought

ONE, OTHER, THIRD = "13812345678", "13912345678", "13712345678"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"优酷和爱奇艺各开一个月，优酷号{ONE}，爱奇艺号{OTHER}", [("youku-1m", ONE), ("iqiyi-1m", OTHER)]),
        (
            f"优酷月卡和爱奇艺月卡各一个，爱奇艺的充{OTHER}，优酷的充{ONE}",
            [("youku-1m", ONE), ("iqiyi-1m", OTHER)],
        ),
        (f"话费100和Q币50，话费充{ONE}，q币充3344556677", [("topup-100", ONE), ("qcoin-50", "3344556677")]),
        (
            f"优酷月卡、爱奇艺月卡、腾讯会员月卡，优酷的{ONE}，爱奇艺的{OTHER}，腾讯的{THIRD}",
            [("youku-1m", ONE), ("iqiyi-1m", OTHER), ("tencent-video-1m", THIRD)],
        ),
        (f"优酷月卡{ONE}，爱奇艺季卡{OTHER}", [("youku-1m", ONE), ("iqiyi-3m", OTHER)]),
    ],
)
def test_each_of_the_goods_gets_its_own(text: str, lines: list[tuple[str, str]]) -> None:
    assert bought(framer_of("demo").frame(text)) == [(sku, 1, account) for sku, account in lines]


@pytest.mark.parametrize(
    "text",
    [
        f"优酷月卡，爱奇艺{ONE}",
        f"优酷月卡和爱奇艺月卡，优酷{ONE}，腾讯{OTHER}",
        f"优酷月卡和优酷年卡，优酷{ONE}，爱奇艺{OTHER}",
    ],
)
def test_what_does_not_fit_the_goods_is_asked_about(text: str) -> None:
    assert bought(framer_of("demo").frame(text)) == []
