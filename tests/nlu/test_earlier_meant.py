"""Which earlier order a message is about: by its day, whose it is, the end of its number, what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.earlier_meant import Became, Day, EarlierMeant, EarlierSaid
from nlu.lexicon import Lexicon

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def reader() -> EarlierMeant:
    return EarlierMeant(Lexicon.read(DATA))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天那笔到账了没", Day.YESTERDAY),
        ("昨晚充的还没到", Day.YESTERDAY),
        ("昨天在你家买的会员呢", Day.YESTERDAY),
        ("昨天给我妈充的那个", Day.YESTERDAY),
        ("昨天下午那单", Day.YESTERDAY),
        ("今天早上下的单好了吗", Day.TODAY),
        ("前天拍的卡", Day.DAY_BEFORE),
        ("上周买的那张", Day.LAST_WEEK),
        ("上个月开的会员", Day.LAST_MONTH),
        ("前几天充的话费", Day.LATELY),
        ("今天能到吗", None),
        ("昨天充过了，不要了", None),
        ("昨天就没货", None),
        ("昨天那边说今天到", None),
        ("那天充的", None),
    ],
)
def test_the_day(reader: EarlierMeant, text: str, day: Day | None) -> None:
    assert reader.read(text).day == day


@pytest.mark.parametrize(
    ("text", "person", "pointed"),
    [
        ("我妈那单到了没", "妈", True),
        ("给老婆充的那个", "老婆", True),
        ("二舅的手机号充的呢", "二舅", True),
        ("我妈说没收到", "妈", False),
        ("我爸那边还没到", "爸", False),
        ("我妈自己买了，不要了", "妈", False),
        ("我那单呢", None, False),
    ],
)
def test_whose(reader: EarlierMeant, text: str, person: str | None, pointed: bool) -> None:
    said = reader.read(text)
    assert (said.person, said.pointed) == (person, pointed)


@pytest.mark.parametrize(
    ("text", "account", "fits"),
    [
        ("尾号0618那单", "15927340618", True),
        ("后四位0618的退了", "15927340618", True),
        ("0618那个", "15927340618", True),
        ("159那个到了没", "15927340618", True),
        ("159开头的那单", "15927340618", True),
        ("15927340618那单呢", "15927340618", True),
        ("尾号159那单", "15927340618", False),
        ("0618开头的", "15927340618", False),
    ],
)
def test_some_digits_of_the_recipient(reader: EarlierMeant, text: str, account: str, fits: bool) -> None:
    (part,) = reader.read(text).digits
    assert part.of(account) is fits


@pytest.mark.parametrize("text", ["100的退了", "50那张", "等了20分钟了", "200的话费"])
def test_a_size_is_no_part_of_a_number(reader: EarlierMeant, text: str) -> None:
    assert reader.read(text).digits == ()


@pytest.mark.parametrize(
    ("text", "became"),
    [
        ("没付的那单", Became.UNPAID),
        ("我哪个还没付", Became.UNPAID),
        ("哪几单没付款", Became.UNPAID),
        ("没到账的那个", Became.NOT_THERE),
        ("哪个还没到", Became.NOT_THERE),
        ("付了的那单", Became.PAID),
        ("怎么还没到", None),
        ("我付了啊", None),
        ("还没付", None),
    ],
)
def test_what_became_of_it(reader: EarlierMeant, text: str, became: Became | None) -> None:
    assert reader.read(text).became == became


def test_nothing_said_of_it_is_nothing(reader: EarlierMeant) -> None:
    assert reader.read("怎么样了") == EarlierSaid()
