"""What is said beside an order: harmless talk leaves it as it is, and anything else is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from tests.bench.judged import DATA, NLU, catalog_of
from tests.nlu.test_corpus import complete


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(catalog_of("demo", NLU / "corpus"), DATA)


@pytest.mark.parametrize(
    "said",
    [
        "话费100 13812345678 我儿子在外地念大学",
        "没话费了 话费100 13812345678",
        "京东卡100两张 周末带俩娃去",
        "话费100 13812345678 谢谢啦",
        "麻烦快点 话费100 13812345678",
        "话费100 13812345678 别发短信",
        "能帮我充100话费到13812345678吗",
        "朋友推荐来的 京东卡100",
        "爱奇艺月卡13812345678 追剧用",
        "话费100 13812345678 充好告诉我一声",
    ],
)
def test_harmless_talk_leaves_the_order_as_it_is(framer: Framer, said: str) -> None:
    assert complete(dict(framer.frame(said)))


@pytest.mark.parametrize(
    "said",
    [
        "话费100 13812345678 我爸充过了",
        "50话费13812345678 撤回",
        "Q币50 3344556677 是我儿子乱点的",
        "卖你两张京东卡100",
        "50话费13812345678 好像是这个号",
        "爱奇艺月卡 能投屏的话来一个 13812345678",
        "下个月再充13812345678 100",
        "京东卡100 好不好用",
        "话费100 13812345678 号码待确认",
        "天猫卡100 密码被刮花了",
        "老板奖励我京东卡100两张",
    ],
)
def test_what_revokes_doubts_puts_off_or_tells_makes_no_order(framer: Framer, said: str) -> None:
    assert not complete(dict(framer.frame(said)))


def test_the_goods_that_are_asked_about_are_those_that_were_said(framer: Framer) -> None:
    frame: dict[str, Any] = dict(framer.frame("话费100 13812345678 我爸充过了"))
    assert frame["intent"] != "order" or frame["candidates"] == ["topup-100"]


@pytest.mark.parametrize(
    "joined",
    [
        "再加一个",
        "再来一个",
        "另外来个",
        "还有",
        "再带",
        "然后再来个",
        "也来一个",
        "顺便再买个",
        "最后再加上",
        "另外再配一份",
    ],
)
def test_words_that_only_go_on_with_the_list_say_nothing_beside_it(framer: Framer, joined: str) -> None:
    frame = framer.frame(f"50Q币{joined}QQ超级会员月卡，QQ都是672019384")
    lines = [(line["sku"], line["quantity"], line["account"]) for line in frame["lines"]]
    assert complete(frame)
    assert lines == [("qcoin-50", 1, "672019384"), ("qq-svip-1m", 1, "672019384")]


@pytest.mark.parametrize("joined", ["没到，再来", "换成", "还是", "不够再加"])
def test_words_that_say_more_are_asked_about(framer: Framer, joined: str) -> None:
    frame = framer.frame(f"50Q币{joined}QQ超级会员月卡，QQ都是672019384")
    lines = [line["sku"] for line in frame["lines"]]
    assert not (complete(frame) and lines == ["qcoin-50", "qq-svip-1m"])


@pytest.mark.parametrize("text", ["京东卡50兼五张", "京东卡50件五张", "京东卡100减两张", "京东卡50 腿3张"])
def test_what_sounds_like_less_orders_no_more(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


@pytest.mark.parametrize("text", ["京东卡50来五张", "京东卡50五张", "京东卡50的五张", "京东卡50要五张"])
def test_what_only_asks_for_a_count_is_the_count(framer: Framer, text: str) -> None:
    (line,) = framer.frame(text)["lines"]
    assert (line["sku"], line["quantity"]) == ("jd-ecard-50", 5)
