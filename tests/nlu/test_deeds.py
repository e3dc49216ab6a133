"""What was done or came of it, told of whole goods, orders nothing: 50话费充错了138…, 给138…的50话费没充上."""

from __future__ import annotations

import pytest

from nlu.understanding import Intent
from tests.nlu.shops import framer_of
from tests.nlu.test_corpus import complete

GOODS = (
    ("50话费", "13812345678"),
    ("话费50", "13812345678"),
    ("50个Q币", "3344556677"),
    ("爱奇艺月卡", "13812345678"),
)
PLACES = (
    "{goods}{deed}{number}",
    "{number} {goods} {deed}",
    "{goods}{number}{deed}",
    "给{number}的{goods}{deed}",
)
WENT = (
    "{goods}充到{number}了",
    "{goods}充到{number}上去了",
    "把{goods}充给{number}了",
    "误充{goods}到{number}",
    "刚给{number}充{goods}",
)


@pytest.mark.parametrize(
    "deed", ["没充上", "没到账", "到账了", "充上了", "充好了", "付款了", "充失败了", "没收到"]
)
@pytest.mark.parametrize("place", PLACES)
def test_what_came_of_it_is_asked_about_and_not_ordered(place: str, deed: str) -> None:
    for goods, number in GOODS:
        frame = framer_of("demo").frame(place.format(goods=goods, number=number, deed=deed))
        assert not complete(dict(frame)), frame["text"]


@pytest.mark.parametrize("deed", ["充错了", "充错人了", "充重了", "充错"])
@pytest.mark.parametrize("place", PLACES)
def test_so_is_what_went_wrong(place: str, deed: str) -> None:
    for goods, number in GOODS:
        frame = framer_of("demo").frame(place.format(goods=goods, number=number, deed=deed))
        assert not complete(dict(frame)), frame["text"]


@pytest.mark.parametrize("form", WENT)
def test_so_is_where_it_went(form: str) -> None:
    for goods, number in GOODS:
        frame = framer_of("demo").frame(form.format(goods=goods, number=number))
        assert not complete(dict(frame)), frame["text"]


TOLD = (
    "本来要给{number}充{goods}的", "差点给{number}充{goods}", "去年给{number}充{goods}", "正在给{number}充{goods}",
    "幸亏没给{number}充{goods}", "忘了给{number}充{goods}", "{goods}不给{number}充", "能不能不给{number}充{goods}",
    "我妈让我问{number}充{goods}", "干嘛给{number}充{goods}", "给{number}充{goods}那单", "给{number}充{goods}的发票",
    "给{number}充{goods}出错", "给{number}充{goods}被我老婆骂了", "想给{number}充{goods}但没钱",
)  # fmt: skip


@pytest.mark.parametrize("form", TOLD)
def test_so_is_what_was_done_another_time_or_not_at_all(form: str) -> None:
    for goods, number in GOODS:
        frame = framer_of("demo").frame(form.format(goods=goods, number=number))
        assert not complete(dict(frame)), frame["text"]


@pytest.mark.parametrize(
    "text",
    [
        "50话费充到13812345678就行了",
        "充50话费13812345678，别充错了",
        "50话费13812345678，充好了说一声",
        "50话费13812345678 到账了告诉我",
        "经常在你家买，给13812345678充50话费",
        "一直在你家充的，充50话费13812345678",
        "没话费了，给13812345678充50话费",
        "像往常一样给13812345678充50话费",
        "给13812345678充50话费，发票也要",
        "爱奇艺会员到期了，续个月卡13812345678",
    ],
)
def test_beside_an_order_it_takes_nothing_from_it(text: str) -> None:
    assert complete(dict(framer_of("demo").frame(text)))


def test_who_tells_that_nothing_came_asks_how_it_stands() -> None:
    assert framer_of("demo").frame("给13812345678的50话费没充上")["intent"] == Intent.STATUS
